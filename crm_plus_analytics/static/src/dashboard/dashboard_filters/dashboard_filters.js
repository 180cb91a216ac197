import { Component } from "@odoo/owl";
import { deserializeDate } from "@web/core/l10n/dates";
import { RecordSelector } from "@web/core/record_selectors/record_selector";

/** Narrows the dashboard down to a company, a sales team, a tag and a country. */
export class DashboardFilters extends Component {
    static template = "crm_plus_analytics.DashboardFilters";
    static components = { RecordSelector };
    static props = {
        filters: Object,
        companies: Array,
        companyId: Number,
        /** the latest first */
        months: { type: Array, element: String },
        canFilterTeam: Boolean,
        /** Called with the name of a filter and its new value. */
        update: Function,
    };

    /** The months of the history by name. */
    get months() {
        return this.props.months.map((month) => ({
            value: month,
            label: deserializeDate(month).toFormat("LLLL yyyy"),
        }));
    }

    get teamDomain() {
        return [["company_id", "in", [this.props.companyId, false]]];
    }
}
