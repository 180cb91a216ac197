from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    _inherit = 'res.config.settings'

    lead_score_warm = fields.Integer(related='company_id.lead_score_warm', readonly=False)
    lead_score_hot = fields.Integer(related='company_id.lead_score_hot', readonly=False)
    lead_score_full_points = fields.Integer(
        related='company_id.lead_score_full_points', readonly=False)
