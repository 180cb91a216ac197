import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { BacktestChart, colorOf, number } from "./backtest_chart";

/** The place of the naive forecast among the data sets. */
const NAIVE = 1;

const percent = (share) => (typeof share === "number" ? share * 100 : null);

/** What the customers brought whom the forecast puts first, second … tenth. */
export class LiftChart extends BacktestChart {
    type = "bar";

    get title() {
        return _t("Revenue by tenth of customers");
    }

    get hint() {
        return _t(
            "Share of the actual revenue, the customers of the highest forecast first. A good forecast has tall bars at the left; without any, each would be 10%. Click a bar to see its customers."
        );
    }

    get labels() {
        return this.data.share.map((share, i) => `${i + 1}`);
    }

    get datasets() {
        return [
            {
                label: _t("Ranked by the model"),
                data: this.data.share.map(percent),
                backgroundColor: colorOf.expected(),
            },
            {
                label: _t("Ranked by the same rate as before"),
                data: this.data.naive_share.map(percent),
                backgroundColor: colorOf.naive(),
            },
        ];
    }

    tooltip(item) {
        return `${item.dataset.label}: ${number(item.parsed.y, 1)} %`;
    }

    get xTitle() {
        return _t("Tenth of customers");
    }

    get yTitle() {
        return _t("% of revenue");
    }

    get columns() {
        return [
            _t("Tenth"),
            _t("Expected revenue"),
            _t("Actual revenue"),
            _t("Share"),
            _t("Times the average"),
            _t("Share by the same rate"),
        ];
    }

    get rows() {
        const { expected, actual, share, lift, naive_share } = this.data;
        return this.labels.map((name, i) => ({
            name,
            cells: [
                number(expected[i], 0),
                number(actual[i], 0),
                `${number(percent(share[i]), 1)} %`,
                number(lift[i], 2),
                {
                    text: `${number(percent(naive_share[i]), 1)} %`,
                    label: _t("Customers of tenth %s by the same rate as before", name),
                    open: () => this.open(i, NAIVE),
                },
            ],
        }));
    }

    open(index, dataset) {
        return this.openCustomers("action_open_tenth", index, dataset === NAIVE);
    }
}

registry.category("fields").add("backtest_lift", {
    component: LiftChart,
    supportedTypes: ["json"],
});
