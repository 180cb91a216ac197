import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { BacktestChart, colorOf, number } from "./backtest_chart";

/** Mean purchases foretold, by how often customers had come back before. */
export class ClassesChart extends BacktestChart {
    type = "bar";

    get title() {
        return _t("By repeat purchases before");
    }

    get hint() {
        return _t(
            "Mean purchases per customer in the time foretold. Click a group to see its customers."
        );
    }

    get labels() {
        const { repeats } = this.data;
        return repeats.map((count, i) => (i === repeats.length - 1 ? `${count}+` : `${count}`));
    }

    get datasets() {
        return [
            { label: _t("Actual"), data: [...this.data.actual], backgroundColor: colorOf.actual() },
            { label: _t("Expected"), data: [...this.data.expected], backgroundColor: colorOf.expected() },
            {
                label: _t("Same rate as before"),
                data: [...this.data.naive],
                backgroundColor: colorOf.naive(),
            },
        ];
    }

    get xTitle() {
        return _t("Repeat purchases before");
    }

    get columns() {
        return [
            _t("Repeat purchases before"),
            _t("Customers"),
            _t("Expected"),
            _t("Actual"),
            _t("Same rate as before"),
        ];
    }

    get rows() {
        const { customers, expected, actual, naive } = this.data;
        return this.labels.map((name, i) => ({
            name,
            cells: [
                number(customers[i], 0),
                number(expected[i], 3),
                number(actual[i], 3),
                number(naive[i], 3),
            ],
        }));
    }

    open(index) {
        const { repeats } = this.data;
        return this.openCustomers("action_open_customers", repeats[index], index === repeats.length - 1);
    }
}

registry.category("fields").add("backtest_classes", {
    component: ClassesChart,
    supportedTypes: ["json"],
});
