import { Component } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";

import { ChartCanvas } from "../chart/chart_canvas";
import { chartColors } from "../chart/chart_colors";
import { formatAmount, waterfall } from "./forecast_utils";

/** How the open forecast of then became that of now, bar by bar. */
export class ForecastChanges extends Component {
    static template = "crm_plus.ForecastChanges";
    static components = { ChartCanvas };
    static props = {
        changes: Object,
        date: String,
        currencyId: Number,
        /** Called with the key of a bar. */
        open: Function,
    };

    get names() {
        return {
            before: _t("Open on %s", this.props.date),
            new: _t("New"),
            added: _t("Taken over or reopened"),
            moved_in: _t("Closing moved in"),
            category_up: _t("Category raised"),
            amount_up: _t("Revenue raised"),
            probability_up: _t("Probability raised"),
            amount_down: _t("Revenue lowered"),
            probability_down: _t("Probability lowered"),
            category_down: _t("Category lowered"),
            moved_out: _t("Closing moved out"),
            won: _t("Won"),
            lost: _t("Lost"),
            removed: _t("Handed over or removed"),
            after: _t("Open now"),
        };
    }

    get steps() {
        const { before, bars, after } = this.props.changes;
        return waterfall(before, bars, after).map((step) => ({
            ...step,
            name: this.names[step.key],
            isSum: ["before", "after"].includes(step.key),
            display: this.display(step),
        }));
    }

    display({ key, amount }) {
        const text = formatAmount(Math.abs(amount), this.props.currencyId);
        if (["before", "after"].includes(key)) {
            return text;
        }
        return amount < 0 ? `− ${text}` : `+ ${text}`;
    }

    color({ key, amount, isSum }) {
        const style = getComputedStyle(document.documentElement);
        if (isSum) {
            return chartColors.muted();
        }
        if (key === "won") {
            return style.getPropertyValue("--primary").trim() || chartColors.series(0, 4);
        }
        return style.getPropertyValue(amount < 0 ? "--danger" : "--success").trim();
    }

    get label() {
        return _t("What changed since %s", this.props.date);
    }

    get config() {
        const { steps } = this;
        const { currencyId } = this.props;
        return {
            type: "bar",
            data: {
                labels: steps.map(({ name }) => name),
                datasets: [
                    {
                        data: steps.map(({ from, to }) => [from, to]),
                        backgroundColor: steps.map((step) => this.color(step)),
                        maxBarThickness: 64,
                        minBarLength: 2,
                    },
                ],
            },
            options: {
                plugins: {
                    legend: { display: false },
                    tooltip: {
                        callbacks: {
                            label: (item) => steps[item.dataIndex].display,
                        },
                    },
                },
                scales: {
                    x: { ticks: { color: chartColors.text() }, grid: { display: false } },
                    y: {
                        beginAtZero: true,
                        ticks: {
                            color: chartColors.text(),
                            callback: (value) => formatAmount(value, currencyId),
                        },
                        grid: { color: chartColors.grid() },
                    },
                },
            },
        };
    }

    openBar(index) {
        const step = this.steps[index];
        if (!step.isSum) {
            return this.props.open(step.key);
        }
    }
}
