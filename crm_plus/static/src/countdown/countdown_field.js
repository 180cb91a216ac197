import { browser } from "@web/core/browser/browser";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { standardFieldProps } from "@web/views/fields/standard_field_props";
import { Component, onWillUnmount, useState } from "@odoo/owl";

import { durationText } from "./duration";

const { DateTime } = luxon;
const MINUTE = 60 * 1000;

/** The time that is left until a moment, counted down every minute without asking the server. */
export class CountdownField extends Component {
    static template = "crm_plus.CountdownField";
    static props = { ...standardFieldProps, warningField: { type: String, optional: true } };

    setup() {
        this.state = useState({ now: DateTime.now() });
        const timer = browser.setInterval(() => (this.state.now = DateTime.now()), MINUTE);
        onWillUnmount(() => browser.clearInterval(timer));
    }

    get deadline() {
        return this.props.record.data[this.props.name];
    }

    get text() {
        const left = this.deadline - this.state.now;
        return left < 0
            ? _t("Overdue by %s", durationText(-left))
            : _t("Due in %s", durationText(left));
    }

    get tone() {
        const warning = this.props.record.data[this.props.warningField];
        if (this.deadline < this.state.now) {
            return "danger";
        }
        return warning && warning <= this.state.now ? "warning" : "info";
    }

    get title() {
        return this.deadline.toLocaleString(DateTime.DATETIME_MED_WITH_WEEKDAY);
    }
}

registry.category("fields").add("crm_plus_countdown", {
    component: CountdownField,
    displayName: _t("Time Left"),
    supportedTypes: ["datetime"],
    extractProps: ({ options }) => ({ warningField: options.warning_field }),
});
