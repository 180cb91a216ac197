/* global Chart */

import { Component } from "@odoo/owl";
import { deserializeDate } from "@web/core/l10n/dates";
import { _t } from "@web/core/l10n/translation";

import { chartColors } from "@crm_plus/chart/chart_colors";
import { ChartCanvas } from "@crm_plus/chart/chart_canvas";
import { formatCount, shortened } from "../dashboard_utils";
import { HeatMap } from "../heat_map/heat_map";

/** How many customers each segment had, month by month. */
export class SegmentHistory extends Component {
    static template = "crm_plus_analytics.SegmentHistory";
    static components = { ChartCanvas, HeatMap };
    static props = { history: Object, open: Function };

    get labels() {
        return this.props.history.months.map((month) =>
            deserializeDate(month).toFormat("LLL yyyy")
        );
    }

    get label() {
        return _t("Customers of each segment by month");
    }

    get config() {
        const { segments } = this.props.history;
        return {
            type: "bar",
            data: {
                labels: this.labels,
                datasets: segments.map((segment, index) => ({
                    label: segment.name,
                    data: segment.points.map((point) => point.customers),
                    backgroundColor: chartColors.series(index, segments.length),
                    maxBarThickness: 56,
                })),
            },
            options: {
                plugins: {
                    legend: {
                        position: "bottom",
                        labels: {
                            color: chartColors.text(),
                            boxWidth: 12,
                            generateLabels: (chart) =>
                                Chart.defaults.plugins.legend.labels
                                    .generateLabels(chart)
                                    .map((label) => ({ ...label, text: shortened(label.text) })),
                        },
                    },
                    tooltip: {
                        callbacks: {
                            label: (item) => `${item.dataset.label}: ${formatCount(item.raw)}`,
                        },
                    },
                },
                scales: {
                    x: { stacked: true, ticks: { color: chartColors.text() }, grid: { display: false } },
                    y: {
                        stacked: true,
                        ticks: { color: chartColors.text(), precision: 0 },
                        grid: { color: chartColors.grid() },
                    },
                },
            },
        };
    }

    get highest() {
        return Math.max(
            ...this.props.history.segments.flatMap((segment) =>
                segment.points.map((point) => point.customers)
            )
        );
    }

    get rows() {
        return this.props.history.segments.map((segment) => ({
            key: segment.id,
            label: segment.name,
            cells: segment.points.map((point, index) => ({
                key: `${segment.id}-${this.props.history.months[index]}`,
                text: formatCount(point.customers),
                heat: point.customers,
                hint: this.describe(segment, index),
                domain: point.domain,
            })),
        }));
    }

    describe(segment, index) {
        return _t("%(segment)s in %(month)s", { segment: segment.name, month: this.labels[index] });
    }

    openPart(dataset, index) {
        const segment = this.props.history.segments[dataset];
        this.props.open(this.describe(segment, index), segment.points[index].domain);
    }
}
