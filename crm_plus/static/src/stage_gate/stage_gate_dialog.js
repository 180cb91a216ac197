import { Dialog } from "@web/core/dialog/dialog";
import { standardErrorDialogProps } from "@web/core/errors/error_dialogs";
import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";
import { Component, useState } from "@odoo/owl";

import { StageCriteria } from "./stage_criteria";

export const STAGE_GATE_ERROR = "odoo.addons.crm_plus.exceptions.StageGateError";

/**
 * What is missing for the opportunities that somebody tried to move, and the ways on: to meet
 * the criteria, to move those that lack nothing, or, for managers, to override with a reason.
 */
export class StageGateDialog extends Component {
    static template = "crm_plus.StageGateDialog";
    static components = { Dialog, StageCriteria };
    static props = {
        ...standardErrorDialogProps,
        // what is new is created with a reason, or with more filled in
        createAnyway: { type: Function, optional: true },
        fillIn: { type: Function, optional: true },
    };

    setup() {
        this.orm = useService("orm");
        this.action = useService("action");
        this.gate = this.props.data.context;
        this.state = useState({ leads: this.gate.leads, reason: "" });
    }

    get canOverride() {
        return this.gate.can_override && (this.props.createAnyway || this.gate.lead_ids.length);
    }

    isShown(lead) {
        const { currentController } = this.action;
        const { resModel, resId } = (currentController && currentController.props) || {};
        return resModel === "crm.lead" && resId === lead.id;
    }

    async onMeet(lead, criterion) {
        const action = await this.orm.call("crm.lead", "action_meet_criterion", [
            [lead.id],
            criterion.id,
        ]);
        if (action) {
            this.props.close();
            await this.action.doAction(action);
        } else {
            await this.read(lead);
        }
    }

    /** Read what has become of the criteria of a lead. */
    async read(lead) {
        const missing = await this.orm.call("crm.lead", "get_stage_criteria", [
            [lead.id],
            lead.criteria.map(({ id }) => id),
        ]);
        lead.criteria = missing;
    }

    moveOthers() {
        return this.move(this.gate.other_ids, {});
    }

    async createAnyway() {
        await this.props.createAnyway(this.state.reason.trim());
        this.props.close();
    }

    fillIn() {
        this.props.close();
        this.props.fillIn();
    }

    moveAnyway() {
        return this.move([...this.gate.lead_ids, ...this.gate.other_ids], {
            stage_override_reason: this.state.reason.trim(),
        });
    }

    async move(leadIds, values) {
        await this.orm.write("crm.lead", leadIds, { stage_id: this.gate.stage_id, ...values });
        this.props.close();
        await this.action.doAction({ type: "ir.actions.client", tag: "soft_reload" });
    }
}

registry.category("error_dialogs").add(STAGE_GATE_ERROR, StageGateDialog);
