import { formatDate, deserializeDate } from "@web/core/l10n/dates";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";

import { chartColors } from "@crm_plus/chart/chart_colors";
import { BacktestChart, colorOf, number } from "./backtest_chart";

/** Draws where learning ends and foretelling begins. */
const fitLine = (last, texts) => ({
    id: "fitLine",
    afterDatasetsDraw({ ctx, chartArea, scales }) {
        const x = scales.x.getPixelForValue(last);
        ctx.save();
        ctx.strokeStyle = ctx.fillStyle = chartColors.text();
        ctx.setLineDash([5, 4]);
        ctx.beginPath();
        ctx.moveTo(x, chartArea.top);
        ctx.lineTo(x, chartArea.bottom);
        ctx.stroke();
        ctx.textBaseline = "top";
        ctx.textAlign = "right";
        ctx.fillText(texts.before, x - 6, chartArea.top + 4);
        ctx.textAlign = "left";
        ctx.fillText(texts.after, x + 6, chartArea.top + 4);
        ctx.restore();
    },
});

/** Repeat purchases of all customers over time: expected and actual. */
export class TrackingChart extends BacktestChart {
    type = "line";

    get title() {
        return _t("Repeat purchases over time");
    }

    get hint() {
        return _t(
            "Added up since the beginning. Right of the dashed line the model knew nothing of what came. Click a point to see who bought again in the time before it."
        );
    }

    get labels() {
        return this.data.end.map((day) => formatDate(deserializeDate(day)));
    }

    get datasets() {
        return [
            this.line(_t("Actual"), this.data.actual, colorOf.actual()),
            { ...this.line(_t("Expected"), this.data.expected, colorOf.expected()), borderDash: [6, 4] },
        ];
    }

    line(label, values, color) {
        return {
            label,
            data: [...values],
            borderColor: color,
            backgroundColor: color,
            borderWidth: 2,
            pointRadius: 0,
            pointStyle: "line",
            pointHitRadius: 8,
        };
    }

    get legend() {
        return { ...super.legend, boxWidth: 32, usePointStyle: true };
    }

    get plugins() {
        const last = this.data.in_holdout.indexOf(true) - 1;
        return [fitLine(last, { before: _t("learnt"), after: _t("foretold") })];
    }

    tooltip(item) {
        return `${item.dataset.label}: ${number(item.parsed.y, 0)}`;
    }

    get yTitle() {
        return _t("Repeat purchases");
    }

    get columns() {
        return [_t("Until"), _t("Expected"), _t("Actual"), _t("Difference")];
    }

    get rows() {
        const { expected, actual, in_holdout } = this.data;
        return this.labels.map((name, i) => ({
            name,
            isMarked: !in_holdout[i] && in_holdout[i + 1],
            cells: [
                number(expected[i], 1),
                number(actual[i], 0),
                actual[i] ? `${number((expected[i] / actual[i] - 1) * 100, 1)} %` : "–",
            ],
        }));
    }

    open(index) {
        return this.openCustomers("action_open_period", index);
    }
}

registry.category("fields").add("backtest_tracking", {
    component: TrackingChart,
    supportedTypes: ["json"],
});
