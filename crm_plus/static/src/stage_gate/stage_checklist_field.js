import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";
import { standardFieldProps } from "@web/views/fields/standard_field_props";
import { Component } from "@odoo/owl";

import { StageCriteria } from "./stage_criteria";

/** What the opportunity needs to leave its stage, ticked where it is there. */
export class StageChecklistField extends Component {
    static template = "crm_plus.StageChecklistField";
    static components = { StageCriteria };
    static props = { ...standardFieldProps };

    setup() {
        this.orm = useService("orm");
        this.action = useService("action");
    }

    get criteria() {
        return this.props.record.data[this.props.name] || [];
    }

    async onMeet({ id }) {
        const { record } = this.props;
        if (await record.save()) {
            this.open(
                await this.orm.call("crm.lead", "action_meet_criterion", [[record.resId], id])
            );
        }
    }

    async onDecide({ approval }, method) {
        if (await this.props.record.save()) {
            this.open(await this.orm.call("crm.stage.approval", method, [[approval.id]]));
        }
    }

    open(action) {
        const reload = () => this.props.record.load();
        return action ? this.action.doAction(action, { onClose: reload }) : reload();
    }
}

registry.category("fields").add("crm_plus_stage_checklist", {
    component: StageChecklistField,
    supportedTypes: ["json"],
});
