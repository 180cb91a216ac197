import "@crm/views/crm_form/crm_form";
import "@crm/views/crm_kanban/crm_kanban_view";
import { registry } from "@web/core/registry";
import { patch } from "@web/core/utils/patch";

/** Ask why an opportunity was won that has been moved to a won stage, where the company asks. */
async function askWhyWon(model, leadId) {
    const question = await model.orm.call("crm.lead", "get_why_won_question", [[leadId]]);
    if (question) {
        await model.action.doAction(question);
    }
}

const views = registry.category("views");

patch(views.get("crm_kanban").Model.DynamicGroupList.prototype, {
    async moveRecord(recordId, sourceGroupId, _beforeId, targetGroupId) {
        await super.moveRecord(...arguments);
        const target = this.groups.find(({ id }) => id === targetGroupId);
        if (sourceGroupId === targetGroupId || !target || target.groupByField.name !== "stage_id") {
            return;
        }
        const moved = target.list.records.find(({ id }) => id === recordId);
        if (moved) {
            await askWhyWon(this.model, moved.resId);
        }
    },
});

patch(views.get("crm_form").Model.Record.prototype, {
    async _save() {
        const moved = this.resModel === "crm.lead" && "stage_id" in this._changes;
        const saved = await super._save(...arguments);
        if (moved && saved && this.resId) {
            await askWhyWon(this.model, this.resId);
        }
        return saved;
    },
});
