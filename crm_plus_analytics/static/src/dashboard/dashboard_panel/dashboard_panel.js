import { Component } from "@odoo/owl";

/** A titled card of the dashboard, with an explanation behind its information sign. */
export class DashboardPanel extends Component {
    static template = "crm_plus_analytics.DashboardPanel";
    static props = {
        title: String,
        help: { type: String, optional: true },
        name: String,
        wide: { type: Boolean, optional: true },
        slots: Object,
    };
}
