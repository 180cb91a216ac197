import math

from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ..measures import Scope
from ..standing import BAND_LIMITS, WEIGHTS
from ..valuation.lifecycle import Limits
from ..valuation.rfm import LEVELS

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
#: The settings of the bands of scores, from the second lowest up.
BANDS = ('customer_value_band_low', 'customer_value_band_middle', 'customer_value_band_high')
#: The settings by the score whose limits they set.
CUT_POINTS = {
    'recency': 'customer_value_recency_limits',
    'frequency': 'customer_value_frequency_limits',
    'money': 'customer_value_money_limits',
}
#: The settings by the limit of the stages that they set.
LIFECYCLE = {
    'new_for': 'customer_value_new_days',
    'lost_below': 'customer_value_lost_chance',
    'at_risk_below': 'customer_value_risk_chance',
    'at_risk_intervals': 'customer_value_risk_intervals',
    'lost_intervals': 'customer_value_lost_intervals',
    'least_silence': 'customer_value_least_silence',
    'longest_silence': 'customer_value_longest_silence',
    'decline': 'customer_value_decline',
    'growth': 'customer_value_growth',
    'loyal_purchases': 'customer_value_loyal_purchases',
    'loyal_age': 'customer_value_loyal_days',
}


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
        help="How few cases there are for a purchase and, where customers are asked, how "
             "satisfied they are: half each.")
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
        help="What it costs on average to serve a question or complaint. It counts for cases of "
             "which the cost is not known, and is taken off a customer's profit.",
    )
    customer_value_band_low = fields.Integer(
        string="Second Band from", default=BAND_LIMITS[0], required=True,
        help="From this score on a customer is in the second lowest of the four bands.")
    customer_value_band_middle = fields.Integer(
        string="Third Band from", default=BAND_LIMITS[1], required=True,
        help="From this score on a customer is in the second highest of the four bands.")
    customer_value_band_high = fields.Integer(
        string="Best Band from", default=BAND_LIMITS[2], required=True,
        help="From this score on a customer is in the best of the four bands.")
    customer_value_new_days = fields.Integer(
        string="New for (days)", default=int(Limits.new_for), required=True,
        help="For so long after the first purchase a customer is new, and is not yet judged by "
             "having bought only once.")
    customer_value_risk_chance = fields.Float(
        string="At Risk below", default=Limits.at_risk_below, required=True,
        help="Below this chance of still being a customer they are at risk.")
    customer_value_lost_chance = fields.Float(
        string="Lost below", default=Limits.lost_below, required=True,
        help="Below this chance of still being a customer they are lost.")
    customer_value_risk_intervals = fields.Float(
        string="At Risk after (times)", default=Limits.at_risk_intervals, required=True,
        help="Where the chance is not known: silent for longer than so many times the usual time "
             "between the customer's purchases, they are at risk.")
    customer_value_lost_intervals = fields.Float(
        string="Lost after (times)", default=Limits.lost_intervals, required=True,
        help="Where the chance is not known: silent for longer than so many times the usual time "
             "between the customer's purchases, they are lost. Who buys again after such a "
             "silence is won back.")
    customer_value_least_silence = fields.Integer(
        string="Never Alarming (days)", default=int(Limits.least_silence), required=True,
        help="A silence up to so many days is never called long, however often somebody buys: a "
             "holiday is no parting.")
    customer_value_longest_silence = fields.Integer(
        string="Always Lost after (days)", default=0, required=True,
        help="Who was silent for so long is lost, whatever else speaks for them. 0: no such limit.")
    customer_value_decline = fields.Float(
        string="At Risk by a Fall of", default=Limits.decline, required=True,
        help="Who spends less than the year before by this share or more is at risk.")
    customer_value_growth = fields.Float(
        string="Growing by a Rise of", default=Limits.growth, required=True,
        help="Who spends more than the year before by more than this share is growing.")
    customer_value_loyal_purchases = fields.Integer(
        string="Loyal from (purchases)", default=Limits.loyal_purchases, required=True,
        help="So many purchases make a customer loyal, when they have been one for long enough.")
    customer_value_loyal_days = fields.Integer(
        string="Loyal from (days)", default=int(Limits.loyal_age), required=True,
        help="So many days after the first purchase a customer can be loyal.")
    customer_value_schedule = fields.Boolean(
        string="Score Customers Automatically",
        help="Score all customers of this company regularly, by a scheduled action "
             "(weekly unless it was changed).",
    )

    customer_value_recency_limits = fields.Char(
        string="Recency Limits",
        help="Four rising numbers of days since the last purchase, such as 30 90 180 365: up to "
             "the first a customer scores 5, beyond the last 1. Empty: each score is a fifth of "
             "the customers.",
    )
    customer_value_frequency_limits = fields.Char(
        string="Frequency Limits",
        help="Four rising numbers of purchases, such as 2 4 8 16: below the first a customer "
             "scores 1, from the last on 5. Empty: each score is a fifth of the customers.",
    )
    customer_value_money_limits = fields.Char(
        string="Money Limits",
        help="Four rising amounts of revenue, such as 100 500 2000 10000: below the first a "
             "customer scores 1, from the last on 5. Empty: each score is a fifth of the "
             "customers.",
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

    @api.constrains(*BANDS)
    def _check_customer_value_bands(self):
        for company in self:
            low, middle, high = company._customer_value_bands()
            if not 1 <= low < middle < high <= 99:
                raise ValidationError(self.env._(
                    "The limits of the bands of scores must rise from the second to the best "
                    "band, and lie from 1 to 99.",
                ))

    @api.constrains(*LIFECYCLE.values())
    def _check_customer_value_lifecycle(self):
        for company in self:
            limits = company._customer_value_lifecycle()
            if not 0 <= limits['lost_below'] <= limits['at_risk_below'] <= 1:
                raise ValidationError(self.env._(
                    "The chance below which a customer is lost must not exceed that below which "
                    "they are at risk, and both must be from 0% to 100%.",
                ))
            if not 0 < limits['at_risk_intervals'] <= limits['lost_intervals']:
                raise ValidationError(self.env._(
                    "A customer must be at risk after a silence above zero, and lost not before "
                    "they are at risk.",
                ))
            if not 0 < limits['decline'] <= 1 or limits['growth'] < 0:
                raise ValidationError(self.env._(
                    "The fall that puts a customer at risk must be above 0% and up to 100%, the "
                    "rise that makes one grow not below 0%.",
                ))
            if limits['loyal_purchases'] < 1 or min(
                limits[name] or 0
                for name in ('new_for', 'least_silence', 'longest_silence', 'loyal_age')
            ) < 0:
                raise ValidationError(self.env._(
                    "The days of the stages of a customer's life must not be negative, and a "
                    "loyal customer must have bought once at least.",
                ))

    @api.constrains(*CUT_POINTS.values())
    def _check_customer_value_limits(self):
        for company in self:
            for name in CUT_POINTS.values():
                limits = _numbers(company[name])
                if limits is None or limits and (
                        len(limits) != LEVELS - 1 or sorted(set(limits)) != limits):
                    raise ValidationError(self.env._(
                        "“%(limits)s” does not say where the scores begin: write four rising "
                        "numbers with spaces between them as %(setting)s, or nothing for fifths "
                        "of the customers.",
                        limits=company[name],
                        setting=company._fields[name]._description_string(self.env)))

    def _customer_value_cut_points(self) -> dict[str, list[float]]:
        """Return the limits of the scores of recency, frequency and money that are set."""
        self.ensure_one()
        limits = {score: _numbers(self[name]) for score, name in CUT_POINTS.items()}
        return {score: numbers for score, numbers in limits.items() if numbers}

    def _customer_value_bands(self) -> list[int]:
        """Return the lowest score of each band but the lowest."""
        self.ensure_one()
        return [self[name] for name in BANDS]

    def _customer_value_lifecycle(self) -> dict[str, float | None]:
        """Return the fields of `valuation.lifecycle.Limits`, None where there is no limit."""
        self.ensure_one()
        limits = {limit: self[name] for limit, name in LIFECYCLE.items()}
        return {**limits, 'longest_silence': limits['longest_silence'] or None}

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


def _numbers(text: str | bool) -> list[float] | None:
    """Return the numbers of a text, None when something in it is none."""
    try:
        numbers = [float(word) for word in (text or '').replace(';', ' ').split()]
    except ValueError:
        return None
    return numbers if all(map(math.isfinite, numbers)) else None
