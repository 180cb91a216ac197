from odoo import fields, models


class CrmProcessReportMixin(models.AbstractModel):
    """What reports about opportunities have in common, and the way from figures to them."""

    _name = 'crm.process.report.mixin'
    _description = "About Opportunities"

    lead_id = fields.Many2one('crm.lead', "Opportunity", readonly=True)
    company_id = fields.Many2one('res.company', readonly=True)
    team_id = fields.Many2one('crm.team', "Sales Team", readonly=True)
    user_id = fields.Many2one('res.users', "Salesperson", readonly=True)
    partner_id = fields.Many2one('res.partner', "Customer", readonly=True)
    stage_id = fields.Many2one('crm.stage', readonly=True)
    currency_id = fields.Many2one('res.currency', readonly=True)

    def action_open_lead(self):
        """Open the opportunity."""
        self.ensure_one()
        return self.lead_id.get_formview_action()

    def action_open_leads(self):
        """Open the opportunities of the chosen rows as a list."""
        return {
            'type': 'ir.actions.act_window',
            'name': self.env._("Opportunities"),
            'res_model': 'crm.lead',
            'view_mode': 'list,kanban,form',
            'domain': [('id', 'in', self.lead_id.ids)],
            # lost ones are archived
            'context': {'active_test': False, 'create': False},
        }
