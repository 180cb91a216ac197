import { MailComposerFormController } from "@mail/chatter/web/mail_composer_form";
import { patch } from "@web/core/utils/patch";

import { isMeantForCustomer } from "./ask_doubts";

const SENDING = ["action_send_mail", "action_schedule_message"];

/** The full composer asks what the small one asks before an answer on a case is sent. */
patch(MailComposerFormController.prototype, {
    async beforeExecuteActionButton(clickParams) {
        const saved = await super.beforeExecuteActionButton(...arguments);
        const caseId = this.answeredCaseId;
        if (saved === false || !caseId || !SENDING.includes(clickParams.name)) {
            return saved;
        }
        const { body, partner_ids } = this.model.root.data;
        const text = new DOMParser().parseFromString(body, "text/html").body.textContent;
        return isMeantForCustomer(this.env.services, caseId, text, partner_ids.currentIds);
    },

    /** The case that is answered here; undefined for notes, other records and many at once. */
    get answeredCaseId() {
        const { model, composition_mode, subtype_is_log, res_ids } = this.model.root.data;
        if (model !== "service.case" || composition_mode !== "comment" || subtype_is_log) {
            return undefined;
        }
        const caseIds = JSON.parse(res_ids);
        return caseIds.length === 1 ? caseIds[0] : undefined;
    },
});
