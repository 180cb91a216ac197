from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ..measures import Scope
from ..standing import WEIGHTS

TIME_UNITS = [('day', "Days"), ('week', "Weeks"), ('month', "Months")]
MAX_HORIZON_MONTHS = 120
BASES = [('invoice', "Posted invoices"), ('order', "Confirmed orders")]
MARGINS = [
    ('cost', "Revenue less the costs in the order lines"),
    ('rate', "A share of the revenue"),
]
PURCHASE_MODELS = [
    ('bg_nbd', "BG/NBD"),
    ('mbg_nbd', "MBG/NBD"),
    ('pareto_nbd', "Pareto/NBD"),
]


class ResCompany(models.Model):
    _inherit = 'res.company'

    customer_value_basis = fields.Selection(
        BASES,
        string="Purchases Are",
        default='invoice',
        required=True,
        help="What counts as a purchase: a day with posted invoices and receipts, or a day with "
             "confirmed orders. Credit notes reduce the money of both.",
    )
    customer_value_window = fields.Integer(
        string="Months Back",
        default=0,
        required=True,
        help="How many months of history are counted. 0: all of it.",
    )
    customer_value_margin_basis = fields.Selection(
        MARGINS,
        string="Margin Is",
        default='cost',
        required=True,
        help="Where costs of products are kept, margins come from them. Lines of invoices "
             "without an order have no costs: the usual margin stands in for theirs.",
    )
    customer_value_margin_rate = fields.Float(
        string="Usual Margin",
        default=0.30,
        required=True,
        help="Share of the revenue that remains after costs, where costs are not known.",
    )
    customer_value_excluded_category_ids = fields.Many2many(
        'res.partner.category',
        'customer_value_excluded_category_rel', 'company_id', 'category_id',
        string="Left Out",
        help="Customers with one of these tags, or a tag below them, are not measured. The "
             "companies of this database never are.",
    )
    customer_value_time_unit = fields.Selection(
        TIME_UNITS,
        string="Time Unit",
        default='week',
        required=True,
        help="The unit in which the time between purchases is counted. Weeks suit most "
             "businesses; choose days when customers buy almost daily, months when they buy "
             "a few times a year.",
    )
    customer_value_purchase_model = fields.Selection(
        [('auto', "The one that foresees best"), *PURCHASE_MODELS],
        string="Model of Purchases",
        default='auto',
        required=True,
        help="How future purchases are expected. The one that foresees best: each scoring fits "
             "all models to the first two thirds of the history, and uses the one that tells "
             "the last third best.",
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
    customer_value_weight_value = fields.Integer(
        string="Value", default=WEIGHTS['value'], required=True,
        help="What the customer is expected to be worth.")
    customer_value_weight_growth = fields.Integer(
        string="Growth", default=WEIGHTS['growth'], required=True,
        help="Revenue of the last 12 months against the 12 months before.")
    customer_value_weight_loyalty = fields.Integer(
        string="Loyalty", default=WEIGHTS['loyalty'], required=True,
        help="The chance that the customer still buys.")
    customer_value_weight_conduct = fields.Integer(
        string="Payment", default=WEIGHTS['conduct'], required=True,
        help="How little is paid late.")
    customer_value_weight_service = fields.Integer(
        string="Service", default=WEIGHTS['service'], required=True,
        help="How few cases there are for a purchase.")
    customer_value_weight_potential = fields.Integer(
        string="Potential", default=WEIGHTS['potential'], required=True,
        help="Open leads and opportunities.")
    customer_value_capital_rate = fields.Float(
        string="Cost of Capital",
        default=0.08,
        required=True,
        help="What money that comes late costs in a year. It is taken off a customer's profit.",
    )
    customer_value_case_cost = fields.Monetary(
        string="Cost of a Case",
        help="What it costs on average to serve a question or complaint. It is taken off a "
             "customer's profit.",
    )
    customer_value_schedule = fields.Boolean(
        string="Score Customers Automatically",
        help="Score all customers of this company regularly, by a scheduled action "
             "(weekly unless it was changed).",
    )

    @api.constrains('customer_value_window')
    def _check_customer_value_window(self):
        for company in self:
            if company.customer_value_window < 0:
                raise ValidationError(self.env._(
                    "The months back must not be negative. Write 0 to count all of them.",
                ))

    @api.constrains('customer_value_margin_rate')
    def _check_customer_value_margin_rate(self):
        for company in self:
            if not 0 <= company.customer_value_margin_rate <= 1:
                raise ValidationError(self.env._(
                    "The usual margin must be from 0% to 100% of the revenue.",
                ))

    customer_tier_automatic = fields.Boolean(
        string="Assign Tiers Automatically",
        help="After each scoring customers get the tier that the rules propose. Otherwise a "
             "manager confirms the proposals. Tiers set by hand stay in both cases.",
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

    @api.constrains(*(f'customer_value_weight_{name}' for name in WEIGHTS))
    def _check_customer_value_weights(self):
        for company in self:
            weights = company._customer_value_weights().values()
            if min(weights) < 0 or not sum(weights):
                raise ValidationError(self.env._(
                    "The weights of the customer score must not be negative, and one of them "
                    "at least above zero.",
                ))

    @api.constrains('customer_value_capital_rate', 'customer_value_case_cost')
    def _check_customer_value_costs(self):
        for company in self:
            if (not 0 <= company.customer_value_capital_rate <= 1
                    or company.customer_value_case_cost < 0):
                raise ValidationError(self.env._(
                    "The cost of capital must be from 0% to 100%, and the cost of a case not "
                    "below zero.",
                ))

    def _customer_value_weights(self) -> dict[str, int]:
        """Return the weight of each component of the customer score."""
        self.ensure_one()
        return {name: self[f'customer_value_weight_{name}'] for name in WEIGHTS}

    def _customer_value_scope(self, as_of, **chosen) -> Scope:
        """Return what is measured of this company's customers up to a day.

        :param chosen: what is not taken from the settings
        """
        self.ensure_one()
        tags = self.customer_value_excluded_category_ids
        if tags:
            tags = tags.search([('id', 'child_of', tags.ids)])
        return Scope(**{
            'company_id': self.id,
            'as_of': as_of,
            'basis': self.customer_value_basis,
            'window_months': self.customer_value_window,
            'margin_basis': self.customer_value_margin_basis,
            'margin_rate': self.customer_value_margin_rate,
            'excluded_categories': tuple(tags.ids),
            **chosen,
        })
