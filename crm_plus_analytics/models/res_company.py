from odoo import api, fields, models
from odoo.exceptions import ValidationError

TIME_UNITS = [('day', "Days"), ('week', "Weeks"), ('month', "Months")]
MAX_HORIZON_MONTHS = 120


class ResCompany(models.Model):
    _inherit = 'res.company'

    customer_value_time_unit = fields.Selection(
        TIME_UNITS,
        string="Time Unit",
        default='week',
        required=True,
        help="The unit in which the time between purchases is counted. Weeks suit most "
             "businesses; choose days when customers buy almost daily, months when they buy "
             "a few times a year.",
    )
    customer_value_horizon = fields.Integer(
        string="Horizon (months)",
        default=12,
        required=True,
        help="How many months ahead the purchases and the value of a customer are expected.",
    )
    customer_value_discount_rate = fields.Float(
        string="Yearly Discount Rate",
        default=0.10,
        required=True,
        help="By how much money of next year is worth less than money of today. "
             "10% is usual.",
    )
    customer_value_abc_a = fields.Float(
        string="Class A up to",
        default=0.80,
        required=True,
        help="The customers who together bring this share of the revenue are class A.",
    )
    customer_value_abc_b = fields.Float(
        string="Class B up to",
        default=0.95,
        required=True,
        help="The next customers, until this share of the revenue is reached, are class B. "
             "All others are class C.",
    )
    customer_value_schedule = fields.Boolean(
        string="Score Customers Automatically",
        help="Score all customers of this company regularly, by a scheduled action "
             "(weekly unless it was changed).",
    )

    @api.constrains('customer_value_horizon')
    def _check_customer_value_horizon(self):
        for company in self:
            if not 1 <= company.customer_value_horizon <= MAX_HORIZON_MONTHS:
                raise ValidationError(self.env._(
                    "The horizon must be from 1 to %s months.", MAX_HORIZON_MONTHS,
                ))

    @api.constrains('customer_value_discount_rate')
    def _check_customer_value_discount_rate(self):
        for company in self:
            if not 0 <= company.customer_value_discount_rate <= 1:
                raise ValidationError(self.env._(
                    "The yearly discount rate must be from 0% to 100%.",
                ))

    @api.constrains('customer_value_abc_a', 'customer_value_abc_b')
    def _check_customer_value_abc(self):
        for company in self:
            if not 0 < company.customer_value_abc_a < company.customer_value_abc_b < 1:
                raise ValidationError(self.env._(
                    "The limits of class A and class B must lie between 0% and 100%, "
                    "and the limit of class B above that of class A.",
                ))
