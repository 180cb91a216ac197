from odoo import api, fields, models

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
    _inherit = [
        'customer.score.components.mixin', 'customer.score.documents.mixin',
        'customer.score.explanation.mixin', 'customer.score.line.mixin',
        'customer.score.prospect.mixin',
    ]
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
    basis = fields.Selection(related='run_id.basis')
    as_of = fields.Date(
        related='run_id.as_of', string="As of",
        help="Documents up to this date were counted.")
    country_id = fields.Many2one(related='partner_id.country_id')
    user_id = fields.Many2one(related='partner_id.user_id', string="Salesperson")

    # what was bought
    purchases = fields.Integer(
        readonly=True,
        help="Days on which the customer was invoiced or, where orders count as purchases, "
             "ordered. Several documents of one day are one purchase; credit notes are none.")
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
        help="What was bought, by invoices or orders as the settings say, less credit notes, "
             "without taxes, in company currency.")
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
        help="Credit notes as a share of what was bought.")
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

    # -- actions

    def action_open_customer(self):
        """Open the customer."""
        self.ensure_one()
        return self.partner_id._get_records_action()
