import { Component } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";

import { ChartCanvas } from "../chart/chart_canvas";
import { chartColors } from "../chart/chart_colors";
import { categories, colorOf, formatAmount } from "./forecast_utils";

/** What is forecast for each period: the surest at the bottom, weighted as a line. */
export class ForecastPeriods extends Component {
    static template = "crm_plus.ForecastPeriods";
    static components = { ChartCanvas };
    static props = {
        periods: Array,
        cells: Array,
        currencyId: Number,
        /** Called with a category, or 'weighted', and a period's key. */
        open: Function,
    };

    get label() {
        return _t("Forecast by period");
    }

    get series() {
        return [...categories(), { key: "weighted", name: _t("Weighted") }];
    }

    points(key) {
        return this.props.periods.map((period) =>
            this.props.cells
                .filter((cell) => cell.period === period.key)
                .reduce((total, cell) => total + cell[key], 0)
        );
    }

    dataset({ key, name }) {
        if (key === "weighted") {
            return {
                type: "line",
                label: name,
                data: this.points(key),
                borderColor: colorOf(key),
                backgroundColor: colorOf(key),
                borderWidth: 2,
                pointRadius: 4,
                stack: "weighted",
                order: 0,
            };
        }
        return {
            label: name,
            data: this.points(key),
            backgroundColor: colorOf(key),
            maxBarThickness: 72,
            stack: "categories",
            order: 1,
        };
    }

    get config() {
        const { currencyId } = this.props;
        return {
            type: "bar",
            data: {
                labels: this.props.periods.map(({ name }) => name),
                datasets: this.series.map((series) => this.dataset(series)),
            },
            options: {
                plugins: {
                    legend: {
                        position: "bottom",
                        labels: { color: chartColors.text(), boxWidth: 12 },
                    },
                    tooltip: {
                        callbacks: {
                            label: (item) =>
                                `${item.dataset.label}: ${formatAmount(item.raw, currencyId)}`,
                        },
                    },
                },
                scales: {
                    x: { stacked: true, ticks: { color: chartColors.text() }, grid: { display: false } },
                    y: {
                        stacked: true,
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

    openPart(dataset, index) {
        return this.props.open(this.series[dataset].key, this.props.periods[index].key);
    }
}
