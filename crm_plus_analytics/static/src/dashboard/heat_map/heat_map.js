import { Component } from "@odoo/owl";

import { heatLevel } from "../dashboard_utils";

/** A table whose cells are the darker the more they hold; each opens its customers. */
export class HeatMap extends Component {
    static template = "crm_plus_analytics.HeatMap";
    static props = {
        caption: String,
        corner: { type: String, optional: true },
        columns: { type: Array, element: String },
        /** rows: {key, label, hint?, cells: {key, text, heat, hint, domain?}[]} */
        rows: Array,
        highest: Number,
        open: Function,
    };

    level(cell) {
        return heatLevel(cell.heat, this.props.highest);
    }
}
