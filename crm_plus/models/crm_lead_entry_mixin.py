from odoo import api, models

#: what may change the stage: written, or computed by Odoo from these
MOVES = {'stage_id', 'team_id', 'user_id', 'type'}


class CrmLeadEntryMixin(models.AbstractModel):
    """Entering a stage starts what the stage has been told to start, once per entry."""

    _name = 'crm.lead.entry.mixin'
    _description = "Opportunity Entering Stages"

    @api.model_create_multi
    def create(self, vals_list):
        leads = super().create(vals_list)
        acting = self.env['crm.stage']._get_process_in_use().acting
        if acting:
            self.env['crm.stage.action']._run_for(
                leads.filtered(lambda lead: lead.stage_id.id in acting))
        return leads

    def write(self, vals):
        if MOVES.isdisjoint(vals):
            return super().write(vals)
        acting = self.env['crm.stage']._get_process_in_use().acting
        if not acting:
            return super().write(vals)
        # where each was as an opportunity: one that is converted enters its stage then
        before = {lead.id: lead.type == 'opportunity' and lead.stage_id.id for lead in self}
        result = super().write(vals)
        self.env['crm.stage.action']._run_for(self.filtered(
            lambda lead: lead.stage_id.id in acting and lead.stage_id.id != before[lead.id]))
        return result
