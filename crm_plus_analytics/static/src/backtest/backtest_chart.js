import { Component, onWillStart, useEffect, useRef } from "@odoo/owl";
import { loadBundle } from "@web/core/assets";
import { useService } from "@web/core/utils/hooks";
import { formatFloat } from "@web/views/fields/formatters";
import { standardFieldProps } from "@web/views/fields/standard_field_props";

import { chartColors } from "@crm_plus/chart/chart_colors";

/** The same colour means the same in every chart of a back-test. */
export const colorOf = {
    actual: () => chartColors.series(2, "sm"),
    expected: () => chartColors.series(0, "sm"),
    naive: () => chartColors.muted(),
};

export function number(value, digits = 2) {
    return typeof value === "number" ? formatFloat(value, { digits: [16, digits] }) : "–";
}

/** Return the mark that lies under the pointer, in a list; an empty one beside all marks. */
function exactly(chart, ev) {
    return chart.getElementsAtEventForMode(ev.native, "nearest", { intersect: true }, false);
}

/**
 * A chart of a back-test: heading, what it says, the chart, and its figures as a table.
 *
 * What differs between charts is what the getters return, and what `open(index, dataset)`
 * opens when a mark is clicked; the table's rows do the same without a mouse.
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
                onClick: (ev, elements, chart) => {
                    // beside the bars, the column's first stands for it
                    const [mark] = [...exactly(chart, ev), ...elements];
                    if (mark) {
                        this.open(mark.index, mark.datasetIndex);
                    }
                },
                onHover: (ev, elements) => {
                    ev.native.target.style.cursor = elements.length ? "pointer" : "default";
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
            title: { display: Boolean(text), text, color: chartColors.text() },
            ticks: { color: chartColors.text(), ...ticks },
            grid: { display: hasGrid, color: chartColors.grid() },
        };
    }

    get legend() {
        return { color: chartColors.text(), boxWidth: 16 };
    }

    get plugins() {
        return [];
    }

    tooltip(item) {
        return `${item.dataset.label}: ${number(item.parsed.y)}`;
    }

    /** A mark, and the row of the table, opens the customers behind it. */
    canOpen = true;

    /**
     * Open the customers of a mark.
     *
     * @param {string} method of the back-test that tells which
     */
    async openCustomers(method, ...args) {
        const { resModel, resId } = this.props.record;
        this.action.doAction(await this.orm.call(resModel, method, [[resId], ...args]));
    }
}
