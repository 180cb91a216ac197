import {
    deserializeDateTime,
    formatDate,
    formatDateTime,
    toLocaleDateString,
} from "@web/core/l10n/dates";
import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";
import { useRecordObserver } from "@web/model/relational_model/utils";
import { standardWidgetProps } from "@web/views/widgets/standard_widget_props";
import { Component, useState } from "@odoo/owl";

const { DateTime } = luxon;

/**
 * The Customer 360 page of a contact: highlights, figures and the timeline.
 *
 * Everything is read from the documents when the page opens, and again when the contact has
 * been saved. Nothing is kept.
 */
export class Customer360 extends Component {
    static template = "crm_plus.Customer360";
    static props = { ...standardWidgetProps };

    setup() {
        this.orm = useService("orm");
        this.action = useService("action");
        this.state = useState({
            status: "loading",
            data: null,
            kinds: [],
            timeline: null,
            loadingTimeline: false,
        });
        this.requestId = 0;
        useRecordObserver((record) => {
            // not awaited: the form does not wait for the page
            const { resId, dirty } = record;
            if (resId && (resId !== this.resId || !dirty)) {
                this.load(resId);
            }
        });
    }

    // -------------------------------------------------------------------------
    // Reading
    // -------------------------------------------------------------------------

    async load(resId = this.props.record.resId) {
        if (resId !== this.resId) {
            Object.assign(this.state, { status: "loading", data: null, kinds: [] });
        }
        this.resId = resId;
        const requestId = ++this.requestId;
        try {
            const data = await this.orm.silent.call("res.partner", "get_customer_360", [[resId]], {
                kinds: this.state.kinds,
            });
            if (requestId === this.requestId) {
                Object.assign(this.state, { status: "ready", data, timeline: data.timeline });
            }
        } catch {
            if (requestId === this.requestId) {
                this.state.status = "error";
            }
        }
    }

    /** Read the first or, with `more`, the next part of the timeline. */
    async loadTimeline({ more = false } = {}) {
        const requestId = ++this.requestId;
        const offset = more ? this.state.timeline.entries.length : 0;
        this.state.loadingTimeline = true;
        try {
            const timeline = await this.orm.call(
                "res.partner",
                "get_customer_timeline",
                [[this.resId]],
                { kinds: this.state.kinds, offset }
            );
            if (requestId === this.requestId) {
                if (more) {
                    timeline.entries = [...this.state.timeline.entries, ...timeline.entries];
                }
                this.state.timeline = timeline;
            }
        } finally {
            this.state.loadingTimeline = false;
        }
    }

    // -------------------------------------------------------------------------
    // What the template shows
    // -------------------------------------------------------------------------

    get entries() {
        const now = DateTime.now();
        let year = null;
        return this.state.timeline.entries.map((entry) => {
            const date = deserializeDateTime(entry.date);
            const newYear = date.year !== year ? String(date.year) : false;
            year = date.year;
            return {
                ...entry,
                newYear,
                day: toLocaleDateString(date),
                time: formatDateTime(date),
                planned: date > now && formatDate(date) !== formatDate(now),
            };
        });
    }

    get hasMore() {
        return this.state.timeline.entries.length < this.state.timeline.total;
    }

    get allCount() {
        return this.state.timeline.counts.reduce((sum, { count }) => sum + count, 0);
    }

    // -------------------------------------------------------------------------
    // What the reader does
    // -------------------------------------------------------------------------

    toggleKind(kind) {
        const kinds = this.state.kinds;
        this.state.kinds = kinds.includes(kind)
            ? kinds.filter((other) => other !== kind)
            : [...kinds, kind];
        return this.loadTimeline();
    }

    showAllKinds() {
        this.state.kinds = [];
        return this.loadTimeline();
    }

    openAction(action) {
        if (action) {
            return this.action.doAction(action);
        }
    }

    openEntry(entry) {
        if (entry.res_model === "res.partner" && entry.res_id === this.props.record.resId) {
            // what was written on this very contact stands in the chatter beside the page
            document.querySelector(".o-mail-Form-chatter")?.scrollIntoView({ behavior: "smooth" });
            return;
        }
        return this.openAction({
            type: "ir.actions.act_window",
            res_model: entry.res_model,
            res_id: entry.res_id,
            views: [[false, "form"]],
        });
    }

    async openCustomerAction(method) {
        const action = await this.orm.call("res.partner", method, [[this.resId]]);
        return this.action.doAction(action, { onClose: () => this.reload() });
    }

    /** Read again what a dialog may have changed, on the page and in the form around it. */
    async reload() {
        const { record } = this.props;
        if (!record.dirty) {
            await record.load();
        }
        return this.load();
    }
}

export const customer360 = {
    component: Customer360,
    additionalClasses: ["d-block", "w-100"],
};

registry.category("view_widgets").add("customer_360", customer360);
