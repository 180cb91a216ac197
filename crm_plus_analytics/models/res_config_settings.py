from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    _inherit = 'res.config.settings'

    customer_value_time_unit = fields.Selection(
        related='company_id.customer_value_time_unit', readonly=False, required=True)
    customer_value_horizon = fields.Integer(
        related='company_id.customer_value_horizon', readonly=False)
    customer_value_discount_rate = fields.Float(
        related='company_id.customer_value_discount_rate', readonly=False)
    customer_value_abc_a = fields.Float(
        related='company_id.customer_value_abc_a', readonly=False)
    customer_value_abc_b = fields.Float(
        related='company_id.customer_value_abc_b', readonly=False)
    customer_value_schedule = fields.Boolean(
        related='company_id.customer_value_schedule', readonly=False)
