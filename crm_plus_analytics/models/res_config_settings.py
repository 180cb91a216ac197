from odoo import api, fields, models

from .res_company import BANDS, LIFECYCLE

#: Settings that are valid only together.
TOGETHER = frozenset({
    *BANDS, *LIFECYCLE.values(), 'customer_value_abc_a', 'customer_value_abc_b',
})


class ResConfigSettings(models.TransientModel):
    _inherit = 'res.config.settings'

    customer_value_basis = fields.Selection(
        related='company_id.customer_value_basis', readonly=False, required=True)
    customer_value_window = fields.Integer(
        related='company_id.customer_value_window', readonly=False)
    customer_value_margin_basis = fields.Selection(
        related='company_id.customer_value_margin_basis', readonly=False, required=True)
    customer_value_margin_rate = fields.Float(
        related='company_id.customer_value_margin_rate', readonly=False)
    customer_value_excluded_category_ids = fields.Many2many(
        related='company_id.customer_value_excluded_category_ids', readonly=False)
    customer_value_time_unit = fields.Selection(
        related='company_id.customer_value_time_unit', readonly=False, required=True)
    customer_value_purchase_model = fields.Selection(
        related='company_id.customer_value_purchase_model', readonly=False, required=True)
    customer_value_horizon = fields.Integer(
        related='company_id.customer_value_horizon', readonly=False)
    customer_value_discount_rate = fields.Float(
        related='company_id.customer_value_discount_rate', readonly=False)
    customer_value_abc_a = fields.Float(
        related='company_id.customer_value_abc_a', readonly=False)
    customer_value_abc_b = fields.Float(
        related='company_id.customer_value_abc_b', readonly=False)
    customer_value_recency_limits = fields.Char(
        related='company_id.customer_value_recency_limits', readonly=False)
    customer_value_frequency_limits = fields.Char(
        related='company_id.customer_value_frequency_limits', readonly=False)
    customer_value_money_limits = fields.Char(
        related='company_id.customer_value_money_limits', readonly=False)
    customer_value_schedule = fields.Boolean(
        related='company_id.customer_value_schedule', readonly=False)
    customer_value_weight_value = fields.Integer(
        related='company_id.customer_value_weight_value', readonly=False)
    customer_value_weight_growth = fields.Integer(
        related='company_id.customer_value_weight_growth', readonly=False)
    customer_value_weight_loyalty = fields.Integer(
        related='company_id.customer_value_weight_loyalty', readonly=False)
    customer_value_weight_conduct = fields.Integer(
        related='company_id.customer_value_weight_conduct', readonly=False)
    customer_value_weight_service = fields.Integer(
        related='company_id.customer_value_weight_service', readonly=False)
    customer_value_weight_potential = fields.Integer(
        related='company_id.customer_value_weight_potential', readonly=False)
    customer_value_capital_rate = fields.Float(
        related='company_id.customer_value_capital_rate', readonly=False)
    customer_value_case_cost = fields.Monetary(
        related='company_id.customer_value_case_cost', readonly=False)
    customer_value_band_low = fields.Integer(
        related='company_id.customer_value_band_low', readonly=False)
    customer_value_band_middle = fields.Integer(
        related='company_id.customer_value_band_middle', readonly=False)
    customer_value_band_high = fields.Integer(
        related='company_id.customer_value_band_high', readonly=False)
    customer_value_new_days = fields.Integer(
        related='company_id.customer_value_new_days', readonly=False)
    customer_value_risk_chance = fields.Float(
        related='company_id.customer_value_risk_chance', readonly=False)
    customer_value_lost_chance = fields.Float(
        related='company_id.customer_value_lost_chance', readonly=False)
    customer_value_risk_intervals = fields.Float(
        related='company_id.customer_value_risk_intervals', readonly=False)
    customer_value_lost_intervals = fields.Float(
        related='company_id.customer_value_lost_intervals', readonly=False)
    customer_value_least_silence = fields.Integer(
        related='company_id.customer_value_least_silence', readonly=False)
    customer_value_longest_silence = fields.Integer(
        related='company_id.customer_value_longest_silence', readonly=False)
    customer_value_decline = fields.Float(
        related='company_id.customer_value_decline', readonly=False)
    customer_value_growth = fields.Float(
        related='company_id.customer_value_growth', readonly=False)
    customer_value_loyal_purchases = fields.Integer(
        related='company_id.customer_value_loyal_purchases', readonly=False)
    customer_value_loyal_days = fields.Integer(
        related='company_id.customer_value_loyal_days', readonly=False)
    customer_tier_automatic = fields.Boolean(
        related='company_id.customer_tier_automatic', readonly=False)

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            company = self.env['res.company'].browse(vals.get('company_id')) or self.env.company
            _write_together(company, vals)
        return super().create(vals_list)

    def write(self, vals):
        _write_together(self.company_id, vals)
        return super().write(vals)


def _write_together(company, vals):
    """Write limits at once that a page would write one by one, each beside the old others."""
    limits = {name: vals[name] for name in TOGETHER & vals.keys()}
    if limits:
        company.write(limits)
