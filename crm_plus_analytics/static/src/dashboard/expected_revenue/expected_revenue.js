import { Component } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";

import { formatCustomers, formatMeasure } from "../dashboard_utils";

/** What is expected within the horizon and how sure it is, in all and by segment. */
export class ExpectedRevenue extends Component {
    static template = "crm_plus_analytics.ExpectedRevenue";
    static props = { expected: Object, currencyId: Number, open: Function };

    format(value) {
        return formatMeasure(value, this.props.expected.measure, this.props.currencyId);
    }

    get hasInterval() {
        return this.props.expected.high !== false;
    }

    get interval() {
        return _t("By chance alone between %(low)s and %(high)s; by how much the model may be wrong, a back-test tells", {
            low: this.format(this.props.expected.low),
            high: this.format(this.props.expected.high),
        });
    }

    /** Return the places of a segment's bar and of its interval, in per cent of the track. */
    places(segment) {
        const widest = Math.max(
            ...this.props.expected.segments.map((other) => other.high || other.expected)
        );
        const percent = (value) => (widest ? (value / widest) * 100 : 0);
        return {
            bar: percent(segment.expected),
            low: percent(segment.low),
            reach: percent(segment.high - segment.low),
        };
    }

    hint(segment) {
        const values = {
            segment: segment.name,
            expected: this.format(segment.expected),
            customers: formatCustomers(segment.customers),
            low: this.format(segment.low),
            high: this.format(segment.high),
        };
        return this.hasInterval
            ? _t("%(segment)s: %(expected)s from %(customers)s, by chance alone between %(low)s and %(high)s", values)
            : _t("%(segment)s: %(expected)s from %(customers)s", values);
    }
}
