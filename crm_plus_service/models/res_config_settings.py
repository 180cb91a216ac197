from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    _inherit = 'res.config.settings'

    service_warranty_from = fields.Selection(
        related='company_id.service_warranty_from', readonly=False, required=True
    )
    service_unpaid_contract = fields.Selection(
        related='company_id.service_unpaid_contract', readonly=False, required=True
    )
    service_requests_per_visitor = fields.Integer(
        related='company_id.service_requests_per_visitor', readonly=False, required=True
    )
    service_requests_per_sender = fields.Integer(
        related='company_id.service_requests_per_sender', readonly=False, required=True
    )
    service_portal_cases_per_day = fields.Integer(
        related='company_id.service_portal_cases_per_day', readonly=False, required=True
    )
    service_nps_schedule = fields.Selection(
        related='company_id.service_nps_schedule', readonly=False, required=True
    )
    service_nps_date = fields.Date(related='company_id.service_nps_date', readonly=False)
    service_nps_months = fields.Integer(related='company_id.service_nps_months', readonly=False)
    service_nps_pause_days = fields.Integer(
        related='company_id.service_nps_pause_days', readonly=False
    )
    service_nps_rating_days = fields.Integer(
        related='company_id.service_nps_rating_days', readonly=False
    )
    service_nps_user_id = fields.Many2one(
        related='company_id.service_nps_user_id', readonly=False
    )
    service_nps_purpose_id = fields.Many2one(
        related='company_id.service_nps_purpose_id', readonly=False
    )

    def action_preview_nps(self):
        """List the contacts who would be asked now."""
        self.ensure_one()
        return self.company_id.action_preview_nps()
