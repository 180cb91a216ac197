from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    _inherit = 'res.config.settings'

    lead_score_warm = fields.Integer(related='company_id.lead_score_warm', readonly=False)
    lead_score_hot = fields.Integer(related='company_id.lead_score_hot', readonly=False)
    lead_score_full_points = fields.Integer(
        related='company_id.lead_score_full_points', readonly=False)
    duplicate_warn_score = fields.Integer(
        related='company_id.duplicate_warn_score', readonly=False)
    duplicate_list_score = fields.Integer(
        related='company_id.duplicate_list_score', readonly=False)
    duplicate_likeness = fields.Integer(
        related='company_id.duplicate_likeness', readonly=False)
    merge_undo_days = fields.Integer(related='company_id.merge_undo_days', readonly=False)
    lead_quality_bar = fields.Integer(related='company_id.lead_quality_bar', readonly=False)
    lead_stale_days = fields.Integer(related='company_id.lead_stale_days', readonly=False)
