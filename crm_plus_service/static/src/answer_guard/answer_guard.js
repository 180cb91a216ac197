import { Composer } from "@mail/core/common/composer";
import { ConfirmationDialog } from "@web/core/confirmation_dialog/confirmation_dialog";
import { _t } from "@web/core/l10n/translation";
import { patch } from "@web/core/utils/patch";
import { toRaw } from "@odoo/owl";

/**
 * On a case, say plainly whether one writes to the customer or to colleagues, and ask before an
 * answer is sent that looks like a note or reaches nobody outside.
 */
patch(Composer.prototype, {
    get isOnCase() {
        const { composer, type } = this.props;
        return Boolean(
            type && this.env.inChatter && !composer.message && this.thread?.model === "service.case"
        );
    },

    get placeholder() {
        if (!this.isOnCase) {
            return super.placeholder;
        }
        return this.props.type === "note"
            ? _t("For colleagues only…")
            : _t("The customer reads this…");
    },

    async sendMessage() {
        if (this.isOnCase && this.props.type === "message" && !(await this.isMeantForCustomer())) {
            return;
        }
        return super.sendMessage(...arguments);
    },

    /** Whether nothing speaks against sending, or the agent wants it nevertheless. */
    async isMeantForCustomer() {
        const { orm, dialog } = this.env.services;
        const doubts = await orm.call("service.case", "get_answer_doubts", [
            [toRaw(this.thread).id],
            toRaw(this.props.composer).composerText,
        ]);
        if (!doubts.length) {
            return true;
        }
        return new Promise((resolve) =>
            dialog.add(
                ConfirmationDialog,
                {
                    title: _t("Send this to the customer?"),
                    body: doubts.join(" "),
                    confirmLabel: _t("Send"),
                    confirm: () => resolve(true),
                    cancelLabel: _t("Go on writing"),
                    cancel: () => resolve(false),
                },
                { onClose: () => resolve(false) }
            )
        );
    },
});
