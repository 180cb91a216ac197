/* global Chart */

import { Component, onWillStart, onWillUnmount, useEffect, useRef } from "@odoo/owl";
import { loadBundle } from "@web/core/assets";

/** Draws a Chart.js chart anew whenever its configuration is another one. */
export class ChartCanvas extends Component {
    static template = "crm_plus.ChartCanvas";
    static props = {
        config: Object,
        label: String,
        /** Called with the indexes of data set and point on which the reader clicked. */
        onClick: Function,
    };

    setup() {
        this.canvas = useRef("canvas");
        onWillStart(() => loadBundle("web.chartjs_lib"));
        useEffect(
            (config) => this.draw(config),
            () => [this.props.config]
        );
        onWillUnmount(() => this.chart?.destroy());
    }

    draw(config) {
        this.chart?.destroy();
        this.chart = new Chart(this.canvas.el, {
            ...config,
            options: {
                maintainAspectRatio: false,
                animation: false,
                ...config.options,
                onClick: (event, elements) => {
                    if (elements.length) {
                        this.props.onClick(elements[0].datasetIndex, elements[0].index);
                    }
                },
                onHover: (event, elements) => {
                    event.native.target.style.cursor = elements.length ? "pointer" : "default";
                },
            },
        });
    }
}
