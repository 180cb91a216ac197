import "@crm/views/crm_form/crm_form";
import { registry } from "@web/core/registry";
import { patch } from "@web/core/utils/patch";

import { askToCreate } from "./stage_gate_creation";
import { STAGE_GATE_ERROR } from "./stage_gate_dialog";

/**
 * A stage that was refused does not stay on the screen as if it could be saved. What is new
 * stays as it was typed, and can be created with a reason.
 */
patch(registry.category("views").get("crm_form").Model.Record.prototype, {
    async _save() {
        try {
            return await super._save(...arguments);
        } catch (error) {
            if (error.exceptionName !== STAGE_GATE_ERROR) {
                throw error;
            }
            if (this.resId) {
                const { stage_id, ...others } = this._changes;
                if (stage_id && Object.keys(others).length) {
                    await this._update({ stage_id: this._values.stage_id });
                } else {
                    await this._discard();
                }
                throw error;
            }
            return askToCreate(this, error, () => super._save(...arguments));
        }
    },
});
