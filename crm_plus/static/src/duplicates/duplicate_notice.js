import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";
import { useDebounced } from "@web/core/utils/timing";
import { useRecordObserver } from "@web/model/relational_model/utils";
import { standardWidgetProps } from "@web/views/widgets/standard_widget_props";
import { Component, onMounted, onWillUnmount, useRef, useState } from "@odoo/owl";

/** The fields that tell who somebody is, by model; as the server's `_typed_fields`. */
const WATCHED_FIELDS = {
    "crm.lead": [
        "email_from",
        "phone",
        "website",
        "partner_name",
        "contact_name",
        "name",
        "city",
        "country_id",
        "company_id",
        "partner_id",
    ],
    "res.partner": [
        "email",
        "phone",
        "website",
        "name",
        "vat",
        "city",
        "country_id",
        "company_id",
        "is_company",
        "parent_id",
        "type",
    ],
};
/** Dialogs in which somebody types what becomes a record of another model. */
const BECOMES = { "crm.lead.quick.entry": "crm.lead" };
/** Without one of these there is nothing to look for. */
const KEY_FIELDS = [
    "email_from",
    "email",
    "phone",
    "website",
    "partner_name",
    "contact_name",
    "vat",
];
const TYPING_DELAY = 400;

/** What is sent to the server of the values of a form and what is being typed into it. */
export function typedValues(model, data, typing = {}) {
    const values = {};
    for (const name of WATCHED_FIELDS[model] || []) {
        const value = name in typing ? typing[name] : data[name];
        if (value) {
            values[name] = typeof value === "object" ? value.id : value;
        }
    }
    return values;
}

/** Whether the values are enough to look for somebody. */
export function isWorthAsking(model, values) {
    const names = model === "res.partner" ? [...KEY_FIELDS, "name"] : KEY_FIELDS;
    return names.some((name) => values[name]);
}

/**
 * Warns, while one types, that somebody exists already among leads and contacts.
 *
 * The server answers with what the user may read, and why it seems to be the same.
 */
export class DuplicateNotice extends Component {
    static template = "crm_plus.DuplicateNotice";
    static props = { ...standardWidgetProps };

    setup() {
        this.orm = useService("orm");
        this.action = useService("action");
        this.root = useRef("root");
        this.state = useState({ matches: [], count: 0 });
        this.typing = {};
        this.asked = "";
        this.requestId = 0;
        // pairs that were dismissed before the record had an id
        this.dismissed = [];
        this.askLater = useDebounced(() => this.ask(), TYPING_DELAY);
        useRecordObserver((record) => {
            // read here, so that changes of each are observed
            this.values = typedValues(this.model, record.data);
            this.typing = {};
            if (this.resId !== record.resId) {
                this.resId = record.resId;
                this.asked = "";
                this.rememberDismissed();
            }
            this.askLater();
        });
        const onInput = (ev) => this.onInput(ev);
        onMounted(() => {
            this.form = this.root.el.closest(".o_form_renderer");
            this.form?.addEventListener("input", onInput);
        });
        onWillUnmount(() => this.form?.removeEventListener("input", onInput));
    }

    get record() {
        return this.props.record;
    }

    /** The model of what one types, which a dialog is not itself. */
    get model() {
        return BECOMES[this.record.resModel] || this.record.resModel;
    }

    get isRecord() {
        return this.model === this.record.resModel;
    }

    get hiddenCount() {
        return this.state.count - this.state.matches.length;
    }

    canLink(match) {
        return (
            this.model === "crm.lead" &&
            match.model === "res.partner" &&
            "partner_id" in this.record.data &&
            !this.record.data.partner_id
        );
    }

    canMerge(match) {
        return match.can_merge && this.record.resId && match.model === this.record.resModel;
    }

    // -------------------------------------------------------------------------
    // Asking
    // -------------------------------------------------------------------------

    onInput({ target }) {
        const name = target.closest(".o_field_widget[name]")?.getAttribute("name");
        const watched = WATCHED_FIELDS[this.model] || [];
        if (watched.includes(name) && this.record.fields[name].type === "char") {
            this.typing[name] = target.value;
            this.askLater();
        }
    }

    async ask() {
        const { data } = this.record;
        const resId = this.isRecord && this.record.resId;
        const values = typedValues(this.model, data, this.typing);
        const asked = JSON.stringify([resId, values]);
        if (asked === this.asked) {
            return;
        }
        this.asked = asked;
        const requestId = ++this.requestId;
        if (!isWorthAsking(this.model, values)) {
            this.show({ matches: [], count: 0 });
            return;
        }
        try {
            // names that are only alike take longer to find: what is known is shown before
            for (const thorough of [false, true]) {
                const answer = await this.orm.silent.call(this.model, "find_duplicates", [values], {
                    record_id: resId || false,
                    thorough,
                });
                if (requestId !== this.requestId) {
                    return;
                }
                // nothing flickers while one types
                if (thorough || answer.count) {
                    this.show(answer);
                }
            }
        } catch {
            // the warning is a help: where it cannot be had, typing goes on
        }
    }

    show({ matches, count }) {
        const shown = matches.filter((match) => !this.isDismissed(match));
        Object.assign(this.state, {
            matches: shown,
            count: count - (matches.length - shown.length),
        });
    }

    isDismissed({ model, id }) {
        return this.dismissed.some((other) => other.model === model && other.id === id);
    }

    // -------------------------------------------------------------------------
    // What the user does
    // -------------------------------------------------------------------------

    open(match) {
        // in a dialog, so that nothing is lost that is not saved yet
        return this.action.doAction({
            type: "ir.actions.act_window",
            name: match.name,
            res_model: match.model,
            res_id: match.id,
            views: [[false, "form"]],
            target: "new",
        });
    }

    async link(match) {
        await this.record.update({ partner_id: { id: match.id, display_name: match.name } });
    }

    async merge(match) {
        if (this.record.dirty && !(await this.record.save())) {
            return;
        }
        const action = await this.orm.call("crm.merge.wizard", "open_for", [
            match.model,
            [this.record.resId, match.id],
        ]);
        return this.action.doAction(action, { onClose: () => this.record.load() });
    }

    async dismiss(match) {
        this.dismissed.push(match);
        this.state.matches = this.state.matches.filter((other) => other !== match);
        this.state.count -= 1;
        await this.rememberDismissed();
    }

    async rememberDismissed() {
        if (!this.record.resId || !this.dismissed.length) {
            return;
        }
        const { resModel, resId } = this.record;
        const pairs = this.dismissed.splice(0);
        await Promise.all(
            pairs.map(({ model, id }) =>
                this.orm.call(resModel, "not_a_duplicate", [[resId], model, id])
            )
        );
    }
}

export const duplicateNotice = {
    component: DuplicateNotice,
    additionalClasses: ["d-block", "w-100"],
};

registry.category("view_widgets").add("crm_duplicate_notice", duplicateNotice);
