from markupsafe import Markup

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import format_date
from odoo.tools.misc import formatLang

from ..valuation import choice
from .customer_score import AMOUNT_GROUPS
from .customer_score_calculation_mixin import MODEL_STATES, READ_FROM
from .res_company import BASES, MARGINS, PURCHASE_MODELS, TIME_UNITS

MODEL_TITLES = {**choice.TITLES, 'gamma_gamma': "Gamma-Gamma"}
PARAMETER_TITLES = {'alpha': "α", 'beta': "β", 'gamma': "γ"}


class CustomerScoreRun(models.Model):
    """One scoring of all customers of a company, as of a date.

    A run replaces all scores of its company in one transaction, under a lock of the company,
    or changes nothing. It remembers with which parameters it was made, what it has read,
    what the models estimated and how long it took.
    """
    _name = 'customer.score.run'
    _inherit = ['customer.score.calculation.mixin', 'customer.score.queue.mixin']
    _description = 'Customer Scoring'
    _order = 'id desc'
    _rec_names_search = ['company_id.name']

    company_id = fields.Many2one(
        'res.company', required=True, readonly=True, ondelete='cascade', index=True,
        default=lambda self: self.env.company)
    currency_id = fields.Many2one(related='company_id.currency_id')
    as_of = fields.Date(
        string="As of", required=True, readonly=True, default=fields.Date.context_today,
        help="Documents up to this date are counted.")
    state = fields.Selection([
        ('queued', "Waiting"),
        ('running', "Running"),
        ('done', "Done"),
        ('failed', "Failed"),
        ('interrupted', "Interrupted"),
    ], required=True, readonly=True, default='queued', index=True,
        help="Failed and interrupted scorings have changed nothing: the scores from before "
             "are still there.")
    user_id = fields.Many2one(
        'res.users', string="Started by", readonly=True, default=lambda self: self.env.user)
    scheduled = fields.Boolean(
        readonly=True, help="Started by the scheduled action, not by a person.")
    date_start = fields.Datetime(string="Started", readonly=True)
    date_end = fields.Datetime(string="Ended", readonly=True)
    failure = fields.Text(string="What Happened", readonly=True)

    # parameters, as they were in the company's settings
    basis = fields.Selection(
        BASES, string="Purchases Are", required=True, readonly=True,
        compute='_compute_parameters', store=True, precompute=True)
    window_months = fields.Integer(
        string="Months Back", readonly=True,
        compute='_compute_parameters', store=True, precompute=True, aggregator=None,
        help="How many months of history were counted. 0: all of it.")
    margin_basis = fields.Selection(
        MARGINS, string="Margin Is", required=True, readonly=True,
        compute='_compute_parameters', store=True, precompute=True)
    margin_rate = fields.Float(
        string="Usual Margin", readonly=True,
        compute='_compute_parameters', store=True, precompute=True, aggregator=None)
    time_unit = fields.Selection(
        TIME_UNITS, required=True, readonly=True,
        compute='_compute_parameters', store=True, precompute=True,
        help="The unit of the estimates.")
    purchase_model_choice = fields.Selection(
        [('auto', "The one that foresees best"), *PURCHASE_MODELS], string="Model Asked For",
        required=True, readonly=True, compute='_compute_parameters', store=True, precompute=True)
    horizon_months = fields.Integer(
        string="Horizon (months)", readonly=True,
        compute='_compute_parameters', store=True, precompute=True,
        aggregator=None)
    discount_rate = fields.Float(
        string="Yearly Discount Rate", readonly=True,
        compute='_compute_parameters', store=True, precompute=True, aggregator=None)
    abc_a = fields.Float(
        string="Class A up to", readonly=True,
        compute='_compute_parameters', store=True, precompute=True, aggregator=None)
    abc_b = fields.Float(
        string="Class B up to", readonly=True,
        compute='_compute_parameters', store=True, precompute=True, aggregator=None)

    weights = fields.Json(
        readonly=True, compute='_compute_parameters', store=True, precompute=True,
        export_string_translation=False,
        help="How much each component counted for the score from 0 to 100.")
    capital_rate = fields.Float(
        string="Cost of Capital", readonly=True,
        compute='_compute_parameters', store=True, precompute=True, aggregator=None)
    case_cost = fields.Monetary(
        string="Cost of a Case", readonly=True,
        compute='_compute_parameters', store=True, precompute=True, aggregator=None)

    left_out_tags = fields.Char(
        string="Tags Left Out", readonly=True,
        compute='_compute_parameters', store=True, precompute=True,
        help="Contacts with one of these tags, as they were called then, were no customers.")

    # computed apart: an upgrade that brings them must leave the other parameters as they were
    band_limits = fields.Json(
        readonly=True, compute='_compute_limits', store=True, precompute=True,
        export_string_translation=False,
        help="The lowest score of each band of scores but the lowest.")
    lifecycle_limits = fields.Json(
        readonly=True, compute='_compute_limits', store=True, precompute=True,
        export_string_translation=False,
        help="What made a customer new, growing, loyal, at risk or lost.")
    cut_points = fields.Json(
        readonly=True, compute='_compute_limits', store=True, precompute=True,
        export_string_translation=False,
        help="Where the scores of recency, frequency and money began, if not at fifths of the "
             "customers.")

    # what was read
    customers = fields.Integer(readonly=True, aggregator='max', help="Customers scored.")
    repeaters = fields.Integer(
        string="Returning Customers", readonly=True, aggregator='max',
        help="Customers who have bought on more than one day.")
    prospects = fields.Integer(
        readonly=True, aggregator='max',
        help="Contacts with a lead or a quotation who have never bought. They are not among the "
             "customers.")
    invoices = fields.Integer(
        string="Documents", readonly=True, aggregator='max',
        help="Posted invoices and receipts or, where they count as purchases, confirmed orders "
             "that were read.")
    credit_notes = fields.Integer(readonly=True, aggregator='max')
    without_purchase = fields.Integer(
        string="Left Out", readonly=True, aggregator='max',
        help="Contacts with credit notes only: they have bought nothing.")
    without_average = fields.Integer(
        string="Valued like the Average", readonly=True, aggregator='max',
        help="Returning customers whose credit notes outweigh their repeat purchases. A "
             "purchase of theirs is valued like the average customer's.")
    revenue = fields.Monetary(
        readonly=True, aggregator='max', groups=AMOUNT_GROUPS,
        help="What the customers scored have bought, less credit notes, without taxes.")
    total_value = fields.Monetary(
        string="Customer Value", readonly=True, aggregator='max', groups=AMOUNT_GROUPS,
        help="What all customers are expected to be worth within the horizon.")

    # what the models estimated
    purchase_model = fields.Selection(
        [*PURCHASE_MODELS, ('simple', "Simple estimate")], string="Model of Purchases",
        readonly=True,
        help="By what the purchases are expected. The simple estimate is the customer's own "
             "rate, drawn towards that of all, for where the data carry no model.")
    purchase_model_verdict = fields.Selection([
        ('best', "It foresaw the last third of the history distinctly better than the others."),
        ('close', "It foresaw the last third of the history best, if hardly better than the "
                  "next one."),
        ('only', "It is the only one that could be estimated."),
        ('untested', "There is too little history to compare models: the first that could be "
                     "estimated is used."),
        ('set', "The settings ask for it."),
        ('none', "No model could be estimated."),
    ], string="Why This One", readonly=True)
    # what customers spend can be told from the estimates of the Gamma-Gamma model
    estimates = fields.Json(
        readonly=True, groups=AMOUNT_GROUPS, export_string_translation=False,
        help="By model: deviance on the last third, log-likelihood, parameters and their "
             "standard errors.")
    estimates_table = fields.Html(
        string="Estimated Parameters", compute='_compute_estimates_table', sanitize=False)
    comparison_table = fields.Html(
        string="Models Compared", compute='_compute_estimates_table', sanitize=False)
    purchase_model_state = fields.Selection(MODEL_STATES, string="Purchases", readonly=True)
    bg_nbd_r = fields.Float(
        string="r", readonly=True, aggregator=None,
        help="Shape of how purchase rates differ between customers. Below 1, many buy "
             "rarely and few often.")
    bg_nbd_alpha = fields.Float(
        string="α", readonly=True, aggregator=None,
        help="Scale of the purchase rates, in the time unit: r / α is the average number of "
             "purchases per time unit of a customer who has not left.")
    bg_nbd_a = fields.Float(
        string="a", readonly=True, aggregator=None,
        help="With b: how the chance of leaving after a purchase differs between customers; "
             "a / (a + b) is its average.")
    bg_nbd_b = fields.Float(
        string="b", readonly=True, aggregator=None, help="See a.")
    bg_nbd_log_likelihood = fields.Float(
        string="Log-likelihood of Purchases", readonly=True, aggregator=None,
        help="How well the model fits the purchases: of two models of the same data, "
             "the one with the higher number.")
    value_model_state = fields.Selection(
        MODEL_STATES, string="Value of a Purchase", readonly=True)
    gamma_gamma_p = fields.Float(
        string="p", readonly=True, aggregator=None,
        help="How evenly a customer spends: the higher, the less the purchases of one "
             "customer differ.")
    gamma_gamma_q = fields.Float(
        string="q", readonly=True, aggregator=None,
        help="How evenly customers spend: the higher, the less they differ.")
    gamma_gamma_gamma = fields.Float(
        string="γ", readonly=True, aggregator=None, groups=AMOUNT_GROUPS,
        help="Scale of the amounts: p × γ / (q − 1) is the average value of a purchase.")
    gamma_gamma_log_likelihood = fields.Float(
        string="Log-likelihood of Values", readonly=True, aggregator=None,
        help="How well the model fits the values of purchases.")

    medians = fields.Json(
        readonly=True, groups='base.group_system', export_string_translation=False,
        help="The customers' median of each component of the score.")
    usual_interval = fields.Float(
        string="Usual Days between Purchases", readonly=True, aggregator=None, digits=(16, 1),
        help="Median of the customers who bought more than once.")

    read_from = fields.Selection(
        READ_FROM, readonly=True,
        help="A scoring in the background reads the documents from the server's read replica, "
             "where it has one that is up to date: that spares the main database.")

    # how long it took
    seconds_measures = fields.Float(
        string="Reading (s)", readonly=True, digits=(16, 2), aggregator='avg')
    seconds_models = fields.Float(
        string="Computing (s)", readonly=True, digits=(16, 2), aggregator='avg')
    seconds_writing = fields.Float(
        string="Writing (s)", readonly=True, digits=(16, 2), aggregator='avg')
    duration = fields.Float(
        string="Duration (s)", readonly=True, digits=(16, 2), aggregator='avg')

    is_current = fields.Boolean(
        compute='_compute_is_current', help="The scores in use are those of this scoring.")
    phase = fields.Char(compute='_compute_progress')
    percentage = fields.Integer(compute='_compute_progress')

    @api.depends('company_id', 'as_of')
    @api.depends_context('lang')
    def _compute_display_name(self):
        for run in self:
            run.display_name = self.env._(
                "%(company)s as of %(date)s",
                company=run.company_id.name, date=format_date(self.env, run.as_of),
            )

    @api.depends('company_id')
    def _compute_parameters(self):
        for run in self:
            company = run.company_id
            run.basis = company.customer_value_basis
            run.window_months = company.customer_value_window
            run.margin_basis = company.customer_value_margin_basis
            run.margin_rate = company.customer_value_margin_rate
            run.time_unit = company.customer_value_time_unit
            run.purchase_model_choice = company.customer_value_purchase_model
            run.horizon_months = company.customer_value_horizon
            run.discount_rate = company.customer_value_discount_rate
            run.abc_a = company.customer_value_abc_a
            run.abc_b = company.customer_value_abc_b
            run.weights = company._customer_value_weights()
            run.capital_rate = company.customer_value_capital_rate
            run.case_cost = company.customer_value_case_cost
            run.left_out_tags = ", ".join(sorted(
                company.customer_value_excluded_category_ids.mapped('display_name')))

    @api.depends('company_id')
    def _compute_limits(self):
        for run in self:
            run.band_limits = run.company_id._customer_value_bands()
            run.lifecycle_limits = run.company_id._customer_value_lifecycle()
            run.cut_points = run.company_id._customer_value_cut_points()

    @api.depends('estimates')
    @api.depends_context('lang', 'uid')
    def _compute_estimates_table(self):
        sees_amounts = self._has_field_access(self._fields['estimates'], 'read')
        for run in self:
            # sudo: estimates from which amounts can be told are left out for who may not see them
            estimates = run.sudo().estimates or {}
            parameters = [
                row for row in estimates.get('parameters', [])
                if sees_amounts or row[0] != 'gamma_gamma']
            deviances = estimates.get('deviances', {})
            run.estimates_table = run._html_table(
                [self.env._("Model"), self.env._("Parameter"), self.env._("Estimate"),
                 self.env._("Standard error")],
                [[MODEL_TITLES[model], PARAMETER_TITLES.get(name, name), run._digits(value),
                  "" if error is None else f"± {run._digits(error)}"]
                 for model, name, value, error in parameters])
            run.comparison_table = run._html_table(
                [self.env._("Model"), self.env._("Error in foreseeing (mean deviance)")],
                [[MODEL_TITLES[model], run._digits(deviance)]
                 for model, deviance in sorted(deviances.items(), key=lambda item: item[1])])

    def _digits(self, value) -> str:
        return formatLang(self.env, value, digits=4)

    @api.model
    def _html_table(self, titles, rows):
        """Return the rows as a table, False when there are none."""
        if not rows:
            return False
        head, *body = (
            Markup("").join(Markup("<{0}>{1}</{0}>").format(tag, cell) for cell in row)
            for tag, row in [('th', titles), *(('td', row) for row in rows)]
        )
        return Markup(
            '<table class="table table-sm w-auto"><thead><tr>{}</tr></thead><tbody>{}</tbody></table>'
        ).format(head, Markup("").join(Markup("<tr>{}</tr>").format(row) for row in body))

    def _compute_is_current(self):
        scores = self.env['customer.score'].with_context(active_test=False)
        current = {run for run, in scores._read_group(
            [('run_id', 'in', self.ids)], ['run_id'])}
        for run in self:
            run.is_current = run in current

    @api.depends('state')
    def _compute_progress(self):
        progress = {
            row.run_id.id: row
            # sudo: how far a run is may be known by whoever reads the run
            for row in self.env['customer.score.progress'].sudo().search(
                [('run_id', 'in', self.filtered(lambda run: run.state == 'running').ids)])
        }
        labels = dict(self.env['customer.score.progress']._fields['phase']
                      ._description_selection(self.env))
        for run in self:
            row = progress.get(run.id)
            run.phase = labels[row.phase] if row else False
            run.percentage = row.percentage if row else 0

    @api.ondelete(at_uninstall=False)
    def _unlink_except_needed(self):
        for run in self:
            if run.state == 'running':
                raise UserError(self.env._("A running scoring cannot be deleted."))
            if run.is_current:
                raise UserError(self.env._(
                    "The scores in use come from the scoring %s: score again before you "
                    "delete it.", run.display_name))

    # -- actions

    def action_open_scores(self):
        """Open the scores that this run has made."""
        self.ensure_one()
        action = self.env['ir.actions.act_window']._for_xml_id(
            'crm_plus_analytics.customer_score_action')
        return {**action, 'domain': [('run_id', '=', self.id)], 'context': {}}

    def action_score_again(self):
        """Open the dialog with the company of this run."""
        self.ensure_one()
        action = self.env['ir.actions.act_window']._for_xml_id(
            'crm_plus_analytics.customer_score_launch_action')
        return {**action, 'context': {'default_company_id': self.company_id.id}}
