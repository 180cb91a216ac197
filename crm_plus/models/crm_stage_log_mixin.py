from odoo import api, models
from odoo.fields import Domain


class CrmStageLogMixin(models.AbstractModel):
    """What is kept of opportunities that are merged, at no cost while nothing has been logged."""

    _name = 'crm.stage.log.mixin'
    _description = "Log of Opportunities at Their Stages"

    @api.model_create_multi
    def create(self, vals_list):
        records = super().create(vals_list)
        if not self.env['crm.stage']._get_process_in_use().logged:
            self.env.registry.clear_cache()
        return records

    @api.model
    def _move_to(self, lead, merged, domain=Domain.TRUE):
        """Give what is logged of the merged leads to the one that they become."""
        if self.env['crm.stage']._get_process_in_use().logged:
            # sudo: a log that nobody writes, of leads that the user may merge
            self.sudo().search(Domain('lead_id', 'in', merged.ids) & domain).lead_id = lead
