from datetime import timedelta

from dateutil.relativedelta import relativedelta

from odoo import api, fields, models
from odoo.tools import format_date
from odoo.tools.misc import formatLang

#: Who sees amounts here: those who see them in the invoices, and who runs the scoring.
AMOUNT_GROUPS = (
    'account.group_account_readonly,account.group_account_invoice,'
    'crm_plus.group_customer_documents,crm_plus_analytics.group_manager'
)


class CustomerScore(models.Model):
    """What a customer of a company is worth, as of the last scoring.

    Written by `customer.score.run` alone, all customers of a company at a time.
    """
    _name = 'customer.score'
    _inherit = ['customer.score.prospect.mixin']
    _description = 'Customer Score'
    _order = 'rank, id'
    _rec_name = 'partner_id'

    partner_id = fields.Many2one(
        'res.partner', string="Customer", required=True, readonly=True, ondelete='cascade')
    company_id = fields.Many2one(
        'res.company', required=True, readonly=True, ondelete='cascade')
    currency_id = fields.Many2one(related='company_id.currency_id')
    run_id = fields.Many2one(
        'customer.score.run', string="Scoring", required=True, readonly=True, ondelete='cascade')
    as_of = fields.Date(
        related='run_id.as_of', string="As of",
        help="Invoices up to this date were counted.")
    country_id = fields.Many2one(related='partner_id.country_id')
    user_id = fields.Many2one(related='partner_id.user_id', string="Salesperson")

    # what was bought
    purchases = fields.Integer(
        readonly=True,
        help="Days on which the customer was invoiced. Several invoices of one day are one "
             "purchase; credit notes are none.")
    first_date = fields.Date(string="First Purchase", readonly=True)
    last_date = fields.Date(string="Last Purchase", readonly=True)
    days_since_first = fields.Integer(
        string="Customer for (days)", readonly=True, aggregator='avg',
        help="Days from the first purchase to the date of the scoring.")
    days_since_last = fields.Integer(
        string="Days since Last Purchase", readonly=True, aggregator='avg',
        help="Days from the last purchase to the date of the scoring.")
    interval_days = fields.Float(
        string="Days between Purchases", readonly=True, aggregator='avg', digits=(16, 1),
        help="Average number of days from one purchase to the next.")
    recency = fields.Float(
        string="Recency (time units)", readonly=True, aggregator='avg',
        help="Time from the first to the last purchase, in the time unit of the scoring: "
             "what the model calls recency.")
    age = fields.Float(
        string="Age (time units)", readonly=True, aggregator='avg',
        help="Time from the first purchase to the date of the scoring, in its time unit.")
    revenue = fields.Monetary(
        readonly=True, groups=AMOUNT_GROUPS,
        help="Invoices less credit notes, without taxes, in company currency.")
    average_value = fields.Monetary(
        string="Average Purchase", readonly=True, groups=AMOUNT_GROUPS, aggregator='avg',
        help="Revenue per purchase.")

    revenue_12_months = fields.Monetary(
        string="Revenue of 12 Months", readonly=True, groups=AMOUNT_GROUPS,
        help="Revenue of the 12 months before the date of the scoring.")
    margin = fields.Monetary(
        readonly=True, groups=AMOUNT_GROUPS,
        help="What remained of the revenue after costs, as the settings define it.")
    margin_12_months = fields.Monetary(
        string="Margin of 12 Months", readonly=True, groups=AMOUNT_GROUPS)
    discount = fields.Monetary(
        string="Discount Given", readonly=True, groups=AMOUNT_GROUPS,
        help="By how much the revenue is below the prices before discount.")
    credit_share = fields.Float(
        string="Share Credited", readonly=True, aggregator='avg',
        help="Credit notes as a share of what was invoiced.")
    interval_spread = fields.Float(
        string="Spread of Days between Purchases", readonly=True, aggregator='avg',
        digits=(16, 1),
        help="How much the days between purchases differ from their average (standard "
             "deviation). Small: the customer buys regularly.")
    growth = fields.Float(
        readonly=True, aggregator='avg', export_string_translation=False,
        help="Revenue of 12 months less that of the 12 months before, as a share of both.")
    products = fields.Integer(
        readonly=True, aggregator='avg', help="How many different products were bought.")
    categories = fields.Integer(
        string="Product Categories", readonly=True, aggregator='avg',
        help="From how many different categories products were bought.")
    source_id = fields.Many2one(
        'utm.source', string="Won By", readonly=True, ondelete='set null', index='btree_not_null',
        help="Source of the first won opportunity; or else of the first lead, order or invoice "
             "that has one.")

    # how they pay, and what else is dealt
    days_to_pay = fields.Float(
        string="Days Paid after Term", readonly=True, aggregator='avg', digits=(16, 1),
        help="Average number of days from the due date to the payment, weighted by amount. "
             "Below zero: pays before it is due.")
    late_share = fields.Float(
        string="Share Paid Late", readonly=True, aggregator='avg',
        help="Which part of what was paid came after the due date.")
    overdue = fields.Monetary(
        readonly=True, groups=AMOUNT_GROUPS,
        help="What was due and not paid on the date of the scoring, with taxes.")
    open_pipeline = fields.Monetary(
        readonly=True, groups=AMOUNT_GROUPS,
        help="Expected revenue of leads and opportunities that are neither won nor lost.")
    win_rate = fields.Float(
        readonly=True, aggregator='avg',
        help="Share won of the opportunities that were won or lost.")
    has_outcome = fields.Boolean(
        readonly=True, export_string_translation=False,
        help="Whether an opportunity was won or lost.")
    has_payment = fields.Boolean(
        readonly=True, export_string_translation=False, help="Whether anything was paid.")
    cases = fields.Integer(readonly=True, help="Questions, complaints and the like.")
    satisfaction = fields.Float(
        readonly=True, aggregator='avg',
        help="How satisfied the customer said they were, on average, from 0% to 100%.")
    has_satisfaction = fields.Boolean(
        readonly=True, export_string_translation=False,
        help="Whether the customer said how satisfied they were.")
    cost_to_serve = fields.Monetary(
        readonly=True, groups=AMOUNT_GROUPS,
        help="What dealing with the customer cost: the cost of cases as far as it is known, and "
             "for the others what the settings say that a case costs.")

    # how it compares
    r_score = fields.Integer(
        string="Recency Score", readonly=True, aggregator='avg',
        help="5: in the fifth of customers who bought most recently. 1: longest ago.")
    f_score = fields.Integer(
        string="Frequency Score", readonly=True, aggregator='avg',
        help="5: in the fifth of customers who bought most often. 1: least often.")
    m_score = fields.Integer(
        string="Money Score", readonly=True, aggregator='avg',
        help="5: in the fifth of customers with the most revenue. 1: the least.")
    rfm_code = fields.Char(
        string="RFM", readonly=True, size=3,
        help="Recency, frequency and money score side by side: 555 is the best.")
    segment_id = fields.Many2one(
        'customer.segment', readonly=True, ondelete='set null', index=True)
    segment_color = fields.Integer(related='segment_id.color', string="Segment Colour")
    abc_class = fields.Selection(
        [('A', "A"), ('B', "B"), ('C', "C")], string="ABC Class", readonly=True,
        help="A: the customers who together bring most of the revenue. "
             "The limits are in the settings.")
    abc_class_profit = fields.Selection(
        [('A', "A"), ('B', "B"), ('C', "C")], string="ABC Class by Profit", readonly=True,
        help="A: the customers who together bring most of the profit.")
    lifecycle = fields.Selection([
        ('prospect', "Prospect"),
        ('new', "New"),
        ('growing', "Growing"),
        ('loyal', "Loyal"),
        ('at_risk', "At risk"),
        ('lost', "Lost"),
        ('won_back', "Won back"),
    ], string="Stage", readonly=True,
        help="Where the customer is in their life with the company: by purchases, silence, the "
             "chance that they still buy, and revenue against the year before.")
    composite_score = fields.Integer(
        string="Score", readonly=True, aggregator='avg',
        help="From 0 to 100, out of value, growth, loyalty, payment, service and potential: in "
             "each a customer has all points who surpasses all others.")
    components = fields.Json(
        readonly=True, export_string_translation=False,
        help="By component of the score its points, and how many it could bring.")
    components_table = fields.Html(
        string="What the Score is Made of", compute='_compute_components_table', sanitize=False)
    next_band = fields.Char(
        compute='_compute_next_band',
        help="What is missing to the next better band of scores.")
    profit = fields.Monetary(
        readonly=True, groups=AMOUNT_GROUPS,
        help="Margin, which is after discounts and credit notes, less the cost to serve the "
             "customer and the cost of late payment.")
    rank = fields.Integer(
        readonly=True, aggregator=None,
        help="1 is the customer who is expected to be worth most, or without such an "
             "expectation the one with the most revenue.")

    # what is expected
    outlook = fields.Selection([
        ('active', "Still a customer"),
        ('likely', "Probably still a customer"),
        ('leaving', "Probably leaving"),
        ('lost', "Probably lost"),
        ('once', "Bought once"),
        ('unknown', "Not known"),
    ], readonly=True,
        help="From the chance that the customer still buys: from 80% still a customer, from "
             "50% probably, from 20% probably leaving, below probably lost. Who bought once "
             "has no habit yet from which to tell.")
    p_alive = fields.Float(
        string="Chance Still a Customer", readonly=True, aggregator='avg',
        help="How likely it is that the customer has not stopped buying, judged by how long "
             "they usually wait between purchases.")
    next_purchase_date = fields.Date(
        string="Next Purchase", readonly=True,
        help="The last purchase and the customer's average days between purchases; for who "
             "bought once, those of most customers. In the past: the purchase is late.")
    expected_purchases = fields.Float(
        readonly=True,
        help="Number of purchases to expect within the horizon.")
    expected_value = fields.Monetary(
        string="Value per Purchase", readonly=True, groups=AMOUNT_GROUPS, aggregator='avg',
        help="What a purchase of this customer is expected to bring.")
    customer_value = fields.Monetary(
        readonly=True, groups=AMOUNT_GROUPS,
        help="What the expected purchases within the horizon are worth today: later money "
             "counts less, by the yearly discount rate.")
    is_valued = fields.Boolean(compute='_compute_is_valued')
    reason = fields.Selection([
        ('no_purchase_model', "Not valued: the customers' purchases do not tell enough to "
                              "expect future ones. The scoring says why."),
        ('simple', "Expected by a simple estimate from the customer's own purchases: there is too "
                   "little to learn from. The scoring says why."),
        ('own_average', "Value per purchase is the customer's own average: there is too "
                        "little to compare it with."),
        ('credited', "Credit notes outweigh the repeat purchases: a purchase is valued like "
                     "the average customer's."),
    ], string="Note", readonly=True,
        help="Why the customer is not valued, or valued by a simpler estimate.")
    explanation = fields.Char(
        compute='_compute_explanation',
        help="How the customer buys, and what to make of it.")

    # A constraint, not only an index: merging contacts looks for it, to drop the scores that
    # the merged contact would have twice.
    _unique_partner_company = models.Constraint(
        'UNIQUE (partner_id, company_id)', "A customer has one score in each company.")
    _company_rank_idx = models.Index('(company_id, rank)')

    @api.depends('run_id.purchase_model_state', 'run_id.purchase_model')
    def _compute_is_valued(self):
        for score in self:
            run = score.run_id
            score.is_valued = (
                run.purchase_model_state == 'fitted' or run.purchase_model == 'simple')

    @api.depends('composite_score', 'components', 'run_id.band_limits')
    @api.depends_context('lang')
    def _compute_next_band(self):
        for score in self:
            bands = score.run_id.band_limits
            limits = [limit for limit in bands if limit > score.composite_score]
            if not score.components:
                score.next_band = False
            elif not limits:
                score.next_band = self.env._("In the best band: %s and above", bands[-1])
            else:
                score.next_band = self.env._(
                    "%(points)s points to the next band, from %(limit)s",
                    points=limits[0] - score.composite_score, limit=limits[0])

    @api.depends('components')
    @api.depends_context('lang', 'uid')
    def _compute_components_table(self):
        for score in self:
            # sudo: only the medians of figures that the reader may see are shown
            medians = score.run_id.sudo().medians or {}
            rows = [
                (label, f"{formatLang(self.env, points, digits=1)} / "
                        f"{formatLang(self.env, most, digits=1)}",
                 *score._component_figures(name, medians.get(name)))
                for name, label in self._component_labels().items()
                for points, most in [(score.components or {}).get(name, (0, 0))] if most
            ]
            score.components_table = score.run_id._html_table([
                self.env._("Component"), self.env._("Points"), self.env._("This customer"),
                self.env._("Median of all"),
            ], rows)

    def _component_labels(self) -> dict[str, str]:
        return {
            'value': self.env._("Value"),
            'growth': self.env._("Growth against the year before"),
            'loyalty': self.env._("Loyalty: chance still a customer"),
            'conduct': self.env._("Payment: share paid late"),
            'service': self.env._("Service: cases for each purchase"),
            'satisfaction': self.env._("Service: satisfaction"),
            'potential': self.env._("Potential: open pipeline"),
        }

    def _component_figures(self, name: str, median) -> tuple[str, str]:
        """Return the customer's figure and the median, as far as the reader may see them."""
        if name in ('value', 'potential'):
            field = 'open_pipeline' if name == 'potential' else (
                'customer_value' if self.is_valued else 'revenue')
            if not self._has_field_access(self._fields[field], 'read'):
                return "–", "–"
            return tuple(formatLang(self.env, amount or 0, currency_obj=self.currency_id)
                         for amount in (self[field], median))
        if name == 'service':
            return tuple(formatLang(self.env, number or 0, digits=2)
                         for number in (self.cases / max(self.purchases, 1), median))
        if name == 'growth':
            # share of both years, as a change against the year before
            return tuple(
                "–" if part is None or part >= 1 else f"{2 * part / (1 - part):+.0%}"
                for part in (self.growth, median))
        if name == 'conduct':
            own = self.late_share if self.has_payment else 1
        else:
            own = self.p_alive if name == 'loyalty' else self.satisfaction
        return f"{own:.0%}", f"{median or 0:.0%}"

    @api.depends('purchases', 'interval_days', 'last_date', 'outlook', 'expected_purchases',
                 'days_to_pay', 'has_payment')
    @api.depends_context('lang', 'tz')
    def _compute_explanation(self):
        today = fields.Date.context_today(self)
        for score in self:
            if not score.purchases:
                score.explanation = self.env._("Has not bought yet.")
                continue
            if score.outlook == 'once':
                sentence = score._explain_once(today)
            elif score.purchases == 1:
                sentence = score._explain_one_purchase(today)
            else:
                sentence = score._explain_habit(today)
            score.explanation = ' '.join(filter(None, [sentence, score._explain_payment()]))

    def _explain_one_purchase(self, today) -> str:
        if self.outlook == 'unknown':
            return self.env._("Bought once, %(when)s.", when=self._when_last(today))
        return self.env._(
            "Bought once, %(when)s: %(outlook)s.",
            when=self._when_last(today), outlook=self._outlook_words())

    def _explain_payment(self) -> str:
        """Return how late the customer pays, nothing where that is not worth mentioning."""
        days = round(self.days_to_pay)
        if not self.has_payment or days < 1:
            return ''
        if days == 1:
            return self.env._("Pays one day late on average.")
        return self.env._("Pays %s days late on average.", days)

    def _explain_once(self, today) -> str:
        if not self.is_valued:
            return self.env._("Bought once, %(when)s.", when=self._when_last(today))
        return self.env._(
            "Bought once, %(when)s: about %(purchases)s further purchases to expect in the "
            "next %(months)s months.",
            when=self._when_last(today),
            purchases=formatLang(self.env, self.expected_purchases, digits=1),
            months=self.run_id.horizon_months,
        )

    def _explain_habit(self, today) -> str:
        days = max(1, round(self.interval_days))
        parts = {'days': days, 'when': self._when_last(today)}
        if self.outlook == 'unknown':
            if days == 1:
                return self.env._("Buys every day on average, last bought %(when)s.", **parts)
            return self.env._(
                "Buys every %(days)s days on average, last bought %(when)s.", **parts)
        parts['outlook'] = self._outlook_words()
        if days == 1:
            return self.env._(
                "Buys every day on average, last bought %(when)s: %(outlook)s.", **parts)
        return self.env._(
            "Buys every %(days)s days on average, last bought %(when)s: %(outlook)s.", **parts)

    def _when_last(self, today) -> str:
        """Return when the customer last bought, as seen from the date of the scoring."""
        days = self.days_since_last
        if self.as_of != today:
            date = format_date(self.env, self.last_date)
            if days == 0:
                return self.env._("on %s, the day of the scoring", date)
            if days == 1:
                return self.env._("on %s, the day before the scoring", date)
            return self.env._("on %(date)s, %(days)s days before the scoring", date=date, days=days)
        if days == 0:
            return self.env._("today")
        if days == 1:
            return self.env._("yesterday")
        return self.env._("%s days ago", days)

    def _outlook_words(self) -> str:
        return {
            'active': self.env._("still a customer"),
            'likely': self.env._("probably still a customer"),
            'leaving': self.env._("probably leaving"),
            'lost': self.env._("probably lost"),
        }[self.outlook]

    # -- actions

    def action_open_customer(self):
        """Open the customer."""
        self.ensure_one()
        return self.partner_id._get_records_action()

    def action_open_invoices(self):
        """Open the invoices and credit notes, or the orders, from which this score was made."""
        self.ensure_one()
        if self.run_id.basis == 'order':
            return self._open_orders()
        return {
            'type': 'ir.actions.act_window',
            'name': self.env._("Invoices of %s", self.partner_id.display_name),
            'res_model': 'account.move',
            'views': [(self.env.ref('account.view_out_invoice_tree').id, 'list'), (False, 'form')],
            'domain': [
                ('partner_id.commercial_partner_id', '=', self.partner_id.id),
                ('company_id', '=', self.company_id.id),
                ('move_type', 'in', ['out_invoice', 'out_refund', 'out_receipt']),
                ('state', '=', 'posted'),
                ('invoice_date', '<=', self.as_of),
                *self._window('invoice_date'),
            ],
            'context': {'create': False, 'default_move_type': 'out_invoice'},
        }

    def _open_orders(self) -> dict:
        return {
            'type': 'ir.actions.act_window',
            'name': self.env._("Orders of %s", self.partner_id.display_name),
            'res_model': 'sale.order',
            'views': [(False, 'list'), (False, 'form')],
            'domain': [
                ('partner_id.commercial_partner_id', '=', self.partner_id.id),
                ('company_id', '=', self.company_id.id),
                ('state', '=', 'sale'),
                ('date_order', '<', self.as_of + timedelta(days=1)),
                *self._window('date_order', days=1),
            ],
            'context': {'create': False},
        }

    def _window(self, name: str, days: int = 0) -> list:
        """Return the condition that documents are not older than what was counted."""
        months = self.run_id.window_months
        if not months:
            return []
        after = self.as_of - relativedelta(months=months)
        return [(name, '>=' if days else '>', after + timedelta(days=days))]
