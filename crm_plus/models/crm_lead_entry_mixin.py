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
        actions = self.env['crm.stage.action']
        if actions._get_active_stages():
            actions._run_for(leads)
        return leads

    def write(self, vals):
        actions = self.env['crm.stage.action']
        if MOVES.isdisjoint(vals) or not actions._get_active_stages():
            return super().write(vals)
        # where each was as an opportunity: one that is converted enters its stage then
        before = {lead.id: lead.type == 'opportunity' and lead.stage_id.id for lead in self}
        result = super().write(vals)
        actions._run_for(self.filtered(lambda lead: lead.stage_id.id != before[lead.id]))
        return result
