import { ConfirmationDialog } from "@web/core/confirmation_dialog/confirmation_dialog";
import { _t } from "@web/core/l10n/translation";

/**
 * Whether nothing speaks against sending an answer on a case, or the agent wants it nevertheless.
 *
 * @param {Object} services of the environment
 * @param {number} caseId
 * @param {string} text what is about to be sent
 * @param {number[]} [partnerIds] to whom, where the agent has chosen that
 * @returns {Promise<boolean>}
 */
export async function isMeantForCustomer({ orm, dialog }, caseId, text, partnerIds = null) {
    const doubts = await orm.call("service.case", "get_answer_doubts", [
        [caseId],
        text,
        partnerIds,
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
}
