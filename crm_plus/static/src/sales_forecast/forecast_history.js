import { Component } from "@odoo/owl";
import { deserializeDateTime, formatDate } from "@web/core/l10n/dates";
import { _t } from "@web/core/l10n/translation";

import { ChartCanvas } from "../chart/chart_canvas";
import { chartColors } from "../chart/chart_colors";
import { categories, colorOf, formatAmount } from "./forecast_utils";

/** What was forecast for a period at each snapshot, and is now. */
export class ForecastHistory extends Component {
    static template = "crm_plus.ForecastHistory";
    static components = { ChartCanvas };
    static props = {
        history: Array,
        cells: Array,
        currencyId: Number,
        /** Called with the id of a snapshot. */
        open: Function,
    };

    get series() {
        return [...categories(), { key: "weighted", name: _t("Weighted") }];
    }

    get points() {
        const now = Object.fromEntries(
            this.series.map(({ key }) => [
                key,
                this.props.cells.reduce((total, cell) => total + cell[key], 0),
            ])
        );
        return [...this.props.history, now];
    }

    get labels() {
        return [
            ...this.props.history.map(({ date }) => formatDate(deserializeDateTime(date))),
            _t("Now"),
        ];
    }

    get label() {
        return _t("How the forecast developed");
    }

    get config() {
        const { currencyId } = this.props;
        const { points } = this;
        return {
            type: "line",
            data: {
                labels: this.labels,
                datasets: this.series.map(({ key, name }) => {
                    const isWeighted = key === "weighted";
                    return {
                        label: name,
                        data: points.map((point) => point[key]),
                        borderColor: colorOf(key),
                        backgroundColor: colorOf(key, 0.6),
                        borderWidth: 2,
                        pointRadius: 3,
                        fill: isWeighted ? false : key === "closed" ? "origin" : "-1",
                        stack: isWeighted ? "weighted" : "categories",
                    };
                }),
            },
            options: {
                interaction: { mode: "index", intersect: false },
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
                    x: { ticks: { color: chartColors.text() }, grid: { display: false } },
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

    openPoint(index) {
        const point = this.props.history[index];
        if (point) {
            return this.props.open(point.snapshot_id);
        }
    }
}
