import { Component, useState } from "@odoo/owl";
import { deserializeDate, formatDate } from "@web/core/l10n/dates";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";
import { standardWidgetProps } from "@web/views/widgets/standard_widget_props";

import { ChartCanvas } from "../chart/chart_canvas";
import { chartColors } from "../chart/chart_colors";
import { dateAxis } from "../chart/date_axis";
import { useSavedRecord } from "../chart/saved_record";

/** How far the goals of a plan were at its reviews and are now, beside the time that has gone. */
export class PlanProgress extends Component {
    static template = "crm_plus.PlanProgress";
    static components = { ChartCanvas };
    static props = { ...standardWidgetProps };

    setup() {
        this.orm = useService("orm");
        this.action = useService("action");
        this.state = useState({ series: [], expected: [] });
        useSavedRecord((resId) => this.load(resId));
    }

    async load(resId) {
        this.resId = resId;
        const chart = await this.orm.silent.call("crm.account.plan", "get_progress_chart", [
            [resId],
        ]);
        if (resId === this.resId) {
            Object.assign(this.state, chart);
        }
    }

    get label() {
        return _t("How far the goals are, in per cent of their way");
    }

    get config() {
        const { series, expected } = this.state;
        return {
            type: "line",
            data: {
                datasets: [
                    ...series.map(({ name, points }, index) => ({
                        label: name,
                        data: this.coordinates(points),
                        borderColor: chartColors.series(index, series.length),
                        backgroundColor: chartColors.series(index, series.length),
                        pointRadius: 4,
                    })),
                    {
                        label: _t("Time gone"),
                        data: this.coordinates(expected),
                        borderColor: chartColors.muted(),
                        backgroundColor: chartColors.muted(),
                        borderDash: [6, 4],
                        pointRadius: 0,
                    },
                ],
            },
            options: {
                plugins: {
                    legend: {
                        position: "bottom",
                        labels: { color: chartColors.text(), boxWidth: 12 },
                    },
                    tooltip: {
                        callbacks: {
                            title: ([item]) => formatDate(deserializeDate(this.pointOf(item).date)),
                            label: (item) => this.describe(item),
                        },
                    },
                },
                scales: {
                    x: dateAxis({
                        min: deserializeDate(expected[0].date).toMillis(),
                        max: deserializeDate(expected[1].date).toMillis(),
                    }),
                    y: {
                        suggestedMin: 0,
                        suggestedMax: 100,
                        ticks: { color: chartColors.text(), callback: (value) => `${value} %` },
                        grid: { color: chartColors.grid() },
                    },
                },
            },
        };
    }

    coordinates(points) {
        return points.map(({ date, progress }) => ({
            x: deserializeDate(date).toMillis(),
            y: progress,
        }));
    }

    pointOf({ datasetIndex, dataIndex }) {
        const { series, expected } = this.state;
        return (series[datasetIndex]?.points ?? expected)[dataIndex];
    }

    describe(item) {
        const { name } = this.state.series[item.datasetIndex];
        const { progress, text } = this.pointOf(item);
        return `${name}: ${text} (${Math.round(progress)} %)`;
    }

    /** A point of a review opens the review, any other the goal. */
    openPoint(datasetIndex, dataIndex) {
        const goal = this.state.series[datasetIndex];
        if (!goal) {
            return;
        }
        const { review_id: reviewId } = goal.points[dataIndex];
        return this.action.doAction({
            type: "ir.actions.act_window",
            res_model: reviewId ? "crm.account.plan.review" : "crm.account.plan.goal",
            res_id: reviewId || goal.id,
            views: [[false, "form"]],
        });
    }
}

registry.category("view_widgets").add("crm_plus_plan_progress", {
    component: PlanProgress,
    additionalClasses: ["d-block", "w-100"],
});
