from odoo import models


class CrmTeamAssignmentMixin(models.AbstractModel):
    """What becomes of duplicates that Odoo merges while it assigns leads by rules.

    It may merge thousands in one go, and writing each merge down takes a third more time: it is
    done where the settings ask for it.
    """

    _name = 'crm.team.assignment.mixin'
    _description = "Assignment of Leads: Merges"

    def _allocate_leads(self, creation_delta_days=7):
        # sudo: one of the settings, whoever assigns
        logged = self.env['ir.config_parameter'].sudo().get_param(
            'crm_plus.assignment.log_merges')
        teams = self if logged else self.with_context(crm_merges_unlogged=True)
        return super(CrmTeamAssignmentMixin, teams)._allocate_leads(
            creation_delta_days=creation_delta_days)
