import { Component, useState } from "@odoo/owl";
import { formatDate, deserializeDate } from "@web/core/l10n/dates";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";
import { formatMonetary } from "@web/views/fields/formatters";
import { standardWidgetProps } from "@web/views/widgets/standard_widget_props";

import { ChartCanvas } from "../chart/chart_canvas";
import { chartColors } from "../chart/chart_colors";
import { dateAxis } from "../chart/date_axis";
import { useSavedRecord } from "../chart/saved_record";

/** The prices of a competitor as they were seen, a line for each product and currency. */
export class PriceHistory extends Component {
    static template = "crm_plus.PriceHistory";
    static components = { ChartCanvas };
    static props = { ...standardWidgetProps };

    setup() {
        this.orm = useService("orm");
        this.action = useService("action");
        this.state = useState({ series: [] });
        useSavedRecord((resId) => this.load(resId));
    }

    async load(resId) {
        this.resId = resId;
        const history = await this.orm.silent.call("crm.competitor", "get_price_history", [[resId]]);
        if (resId === this.resId) {
            this.state.series = history.series;
        }
    }

    get label() {
        return _t("Prices as they were seen");
    }

    get config() {
        const { series } = this.state;
        return {
            type: "line",
            data: {
                datasets: series.map(({ name, currency, points }, index) => ({
                    label: `${name} (${currency})`,
                    data: points.map(({ date, price }) => ({
                        x: deserializeDate(date).toMillis(),
                        y: price,
                    })),
                    borderColor: chartColors.series(index, series.length),
                    backgroundColor: chartColors.series(index, series.length),
                    pointRadius: 5,
                    stepped: true,
                })),
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
                    x: dateAxis(),
                    y: { ticks: { color: chartColors.text() }, grid: { color: chartColors.grid() } },
                },
            },
        };
    }

    pointOf({ datasetIndex, dataIndex }) {
        return this.state.series[datasetIndex].points[dataIndex];
    }

    describe(item) {
        const { name, currency_id: currencyId } = this.state.series[item.datasetIndex];
        const { price, account } = this.pointOf(item);
        const text = `${name}: ${formatMonetary(price, { currencyId })}`;
        return account ? `${text} (${account})` : text;
    }

    openPoint(datasetIndex, dataIndex) {
        return this.action.doAction({
            type: "ir.actions.act_window",
            name: _t("Observations"),
            res_model: "crm.competitor.observation",
            views: [[false, "list"]],
            domain: [["id", "=", this.pointOf({ datasetIndex, dataIndex }).id]],
        });
    }
}

registry.category("view_widgets").add("crm_plus_price_history", {
    component: PriceHistory,
    additionalClasses: ["d-block", "w-100"],
});
