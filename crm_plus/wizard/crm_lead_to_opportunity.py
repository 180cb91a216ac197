from odoo import models

from ..merging.journal import paused_journal


class CrmLead2opportunityPartner(models.TransientModel):
    _inherit = 'crm.lead2opportunity.partner'

    def _action_merge(self):
        """Write it down as one: the leads are merged, converted, handed out, and deleted last."""
        return self.env['crm.merge']._record(
            self.duplicated_lead_ids | self.lead_id, super()._action_merge)

    def _convert_handle_partner(self, lead, action, partner_id):
        """Let the customer stay, who may have bought already when the merge is undone."""
        with paused_journal(self.env):
            return super()._convert_handle_partner(lead, action, partner_id)
