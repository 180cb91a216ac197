import { Component, onWillStart, useState } from "@odoo/owl";
import { Dialog } from "@web/core/dialog/dialog";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";

/** What goes back, what is deleted and what stays when a template's application is undone. */
export class IndustryUndoDialog extends Component {
    static template = "crm_plus.IndustryUndoDialog";
    static components = { Dialog };
    static props = { applicationId: Number, onUndone: Function, close: Function };

    setup() {
        this.orm = useService("orm");
        this.notification = useService("notification");
        this.state = useState({ preview: null, isUndoing: false, failure: null });
        // not awaited: the dialog stands while it is found out what has been used since
        onWillStart(() => void this.load());
    }

    async load() {
        this.state.failure = null;
        try {
            this.state.preview = await this.call("get_undo_preview");
        } catch (error) {
            this.fail(error);
        }
    }

    async undo() {
        Object.assign(this.state, { isUndoing: true, failure: null });
        try {
            await this.call("action_undo");
        } catch (error) {
            this.state.isUndoing = false;
            return this.fail(error);
        }
        this.notification.add(_t("The template has been undone. What stays is named in the journal."), {
            type: "success",
        });
        this.props.close();
        this.props.onUndone();
    }

    call(method) {
        return this.orm.silent.call("crm.industry.application", method, [[this.props.applicationId]]);
    }

    fail(error) {
        this.state.failure =
            error.data?.message || _t("The server could not be reached. Try again in a moment.");
    }

    /** The three lists, those that need a look first. */
    get lists() {
        const { kept, returned, removed } = this.state.preview;
        return [
            {
                key: "kept",
                title: _t("Stays, because it has been changed or used since"),
                icon: "fa-exclamation-triangle text-warning",
                entries: kept.map((entry) => ({ ...entry, note: entry.reason })),
            },
            {
                key: "returned",
                title: _t("Goes back to what it was"),
                icon: "fa-undo text-info",
                // a setting is called like its only field
                entries: returned.map((entry) => ({
                    ...entry,
                    note: entry.fields.filter((label) => label !== entry.name).join(", "),
                })),
            },
            {
                key: "removed",
                title: _t("Is deleted"),
                icon: "fa-trash text-danger",
                entries: removed.map((entry) => ({ ...entry, note: "" })),
            },
        ].filter(({ entries }) => entries.length);
    }

    get canUndo() {
        const { preview, isUndoing } = this.state;
        return Boolean(preview) && !isUndoing && preview.returned.length + preview.removed.length > 0;
    }
}

/** Open the dialog over a form, and show the form anew when it is undone. */
function openUndoDialog(env, { params }) {
    env.services.dialog.add(IndustryUndoDialog, {
        applicationId: params.application_id,
        onUndone: () =>
            env.services.action.doAction({ type: "ir.actions.client", tag: "soft_reload" }),
    });
}

registry.category("actions").add("crm_plus_industry_undo", openUndoDialog);
