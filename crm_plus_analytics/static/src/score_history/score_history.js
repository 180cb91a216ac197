import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import {
    JournalDashboardGraphField,
    journalDashboardGraphField,
} from "@web/views/fields/journal_dashboard_graph/journal_dashboard_graph_field";

/**
 * The customer's score month by month, from 0 to 100; beside it the chance that they still buy.
 * A month without one of them leaves a gap in its line.
 */
export class ScoreHistoryField extends JournalDashboardGraphField {
    renderChart() {
        // the form shows another customer in the same component
        this.data = JSON.parse(this.props.record.data[this.props.name] || "[]");
        if (this.data.length) {
            super.renderChart();
        } else {
            this.chart?.destroy();
            this.chart = null;
        }
    }

    getLineChartConfig() {
        const config = super.getLineChartConfig();
        config.data.datasets = this.data.map((line, index) => ({
            ...config.data.datasets[0],
            label: line.key,
            data: line.values.map((point) => point.y),
            fill: index ? false : "start",
            borderDash: index ? [4, 4] : [],
            pointRadius: 3,
        }));
        Object.assign(config.options.plugins.legend, {
            display: true,
            position: "bottom",
            labels: { boxWidth: 20, boxHeight: 1 },
        });
        config.options.plugins.tooltip.mode = "index";
        config.options.plugins.title = { display: true, text: _t("From 0 to 100, by month") };
        config.options.scales.x.display = true;
        Object.assign(config.options.scales.y, { display: true, min: 0, max: 100 });
        return config;
    }
}

registry.category("fields").add("customer_score_history", {
    ...journalDashboardGraphField,
    component: ScoreHistoryField,
});
