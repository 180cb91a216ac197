import { Component } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";

import { formatCustomers, formatMeasure, formatShare } from "../dashboard_utils";

/** The classes A, B and C one upon the other, as wide as they have customers. */
export class ValuePyramid extends Component {
    static template = "crm_plus_analytics.ValuePyramid";
    static props = { levels: Array, currencyId: Number, open: Function };

    setup() {
        this.formatCustomers = formatCustomers;
        this.formatShare = formatShare;
    }

    amount(value) {
        return formatMeasure(value, "revenue", this.props.currencyId);
    }

    width(level) {
        const widest = Math.max(...this.props.levels.map((other) => other.customer_share));
        return widest ? Math.max((level.customer_share / widest) * 100, 2) : 0;
    }

    title(level) {
        return _t("Class %s", level.label);
    }
}
