import { Composer } from "@mail/core/common/composer";
import { _t } from "@web/core/l10n/translation";
import { patch } from "@web/core/utils/patch";
import { toRaw } from "@odoo/owl";

import { isMeantForCustomer } from "./ask_doubts";

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
        const isMeant =
            !this.isOnCase ||
            this.props.type !== "message" ||
            (await isMeantForCustomer(
                this.env.services,
                toRaw(this.thread).id,
                toRaw(this.props.composer).composerText
            ));
        return isMeant ? super.sendMessage(...arguments) : undefined;
    },
});
