import { patch } from "@web/core/utils/patch";
import { KanbanQuickCreateController } from "@web/views/kanban/kanban_record_quick_create";

import { STAGE_GATE_ERROR, StageGateDialog } from "./stage_gate_dialog";

/**
 * Show what a new opportunity lacks for its stage; managers may create it with a reason.
 *
 * @param {Object} record that was refused
 * @param {Error} error the refusal
 * @param {Function} save saves the record once more
 * @param {Function} [fillIn] lets one fill in more than one has been asked for
 * @returns {Promise<boolean>} whether it has been saved in the end
 */
export function askToCreate(record, error, save, fillIn) {
    return new Promise((resolve) => {
        record.model.dialog.add(
            StageGateDialog,
            {
                data: error.data,
                createAnyway: async (reason) =>
                    resolve(await saveWithReason(record, reason, save)),
                fillIn,
            },
            { onClose: () => resolve(false) }
        );
    });
}

async function saveWithReason({ model }, reason, save) {
    const { onWillSaveRecord } = model.hooks;
    model.hooks.onWillSaveRecord = (record, changes) => {
        changes.stage_override_reason = reason;
        return onWillSaveRecord(record, changes);
    };
    try {
        return await save();
    } finally {
        model.hooks.onWillSaveRecord = onWillSaveRecord;
    }
}

/** A column's stage that refuses says why, before the whole form is offered. */
patch(KanbanQuickCreateController.prototype, {
    showFormDialogInError(error) {
        if (error.exceptionName !== STAGE_GATE_ERROR) {
            return super.showFormDialogInError(...arguments);
        }
        const { root } = this.model;
        const onError = (other) => {
            throw other;
        };
        return askToCreate(
            root,
            error,
            () => root._save({ reload: false, onError }),
            () => super.showFormDialogInError(error)
        );
    },
});
