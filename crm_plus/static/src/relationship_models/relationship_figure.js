import { Component } from "@odoo/owl";

/** One figure: a click opens the records that it counts, or those that are missing. */
export class RelationshipFigure extends Component {
    static template = "crm_plus.RelationshipFigure";
    static props = {
        figure: Object,
        open: Function,
        /** Whether it stands in a row with others of its kind, so that they can be compared. */
        isRow: { type: Boolean, optional: true },
    };

    get width() {
        return `width: ${Math.round(100 * this.props.figure.share)}%`;
    }
}
