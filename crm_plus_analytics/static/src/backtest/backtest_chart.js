import { Component, onWillStart, useEffect, useRef } from "@odoo/owl";
import { loadBundle } from "@web/core/assets";
import { cookie } from "@web/core/browser/cookie";
import { getColor, getCustomColor } from "@web/core/colors/colors";
import { useService } from "@web/core/utils/hooks";
import { formatFloat } from "@web/views/fields/formatters";
import { standardFieldProps } from "@web/views/fields/standard_field_props";

const colorScheme = cookie.get("color_scheme");
export const LABEL_COLOR = getCustomColor(colorScheme, "#111827", "#E4E4E4");
export const GRID_COLOR = getCustomColor(colorScheme, "rgba(0,0,0,.1)", "rgba(255,255,255,.15)");

/** The same colour means the same in every chart of a back-test. */
export const COLORS = {
    actual: getColor(2, colorScheme, "sm"),
    expected: getColor(0, colorScheme, "sm"),
    naive: getCustomColor(colorScheme, "#A4A8B6", "#7E8290"),
};

export function number(value, digits = 2) {
    return typeof value === "number" ? formatFloat(value, { digits: [16, digits] }) : "–";
}

/**
 * A chart of a back-test: heading, what it says, the chart, and its figures as a table.
 *
 * What differs between charts is what the getters return.
 */
export class BacktestChart extends Component {
    static template = "crm_plus_analytics.BacktestChart";
    static props = { ...standardFieldProps };

    setup() {
        this.action = useService("action");
        this.orm = useService("orm");
        this.canvas = useRef("canvas");
        onWillStart(() => loadBundle("web.chartjs_lib"));
        useEffect(
            (canvas) => {
                if (!canvas) {
                    return;
                }
                const chart = new Chart(canvas, this.config);
                return () => chart.destroy();
            },
            () => [this.canvas.el, this.data]
        );
    }

    /** What the server keeps of the chart; false where there is nothing to show. */
    get data() {
        return this.props.record.data[this.props.name];
    }

    /** What a screen reader says in place of the chart. */
    get label() {
        return `${this.title}. ${this.hint}`;
    }

    get config() {
        return {
            type: this.type,
            data: { labels: this.labels, datasets: this.datasets },
            options: {
                animation: false,
                maintainAspectRatio: false,
                interaction: { mode: "index", intersect: false },
                onClick: (ev, elements) => elements.length && this.open(elements[0].index),
                onHover: (ev, elements) => {
                    const canOpen = this.canOpen && elements.length;
                    ev.native.target.style.cursor = canOpen ? "pointer" : "default";
                },
                plugins: {
                    legend: { position: "bottom", labels: this.legend },
                    tooltip: { callbacks: { label: (item) => this.tooltip(item) } },
                },
                scales: {
                    x: this.axis(this.xTitle, { maxRotation: 0, autoSkipPadding: 12 }, false),
                    y: { ...this.axis(this.yTitle, {}, true), beginAtZero: true },
                },
            },
            plugins: this.plugins,
        };
    }

    axis(text, ticks, hasGrid) {
        return {
            title: { display: Boolean(text), text, color: LABEL_COLOR },
            ticks: { color: LABEL_COLOR, ...ticks },
            grid: { display: hasGrid, color: GRID_COLOR },
        };
    }

    get legend() {
        return { color: LABEL_COLOR, boxWidth: 16 };
    }

    get plugins() {
        return [];
    }

    tooltip(item) {
        return `${item.dataset.label}: ${number(item.parsed.y)}`;
    }

    /** Whether a mark, and the row of the table, opens the customers behind it. */
    get canOpen() {
        return false;
    }

    open() {}

    async openCustomers(...args) {
        const { resModel, resId } = this.props.record;
        this.action.doAction(
            await this.orm.call(resModel, "action_open_customers", [[resId], ...args])
        );
    }
}
