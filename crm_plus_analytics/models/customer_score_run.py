import logging
import math
import time
from contextlib import contextmanager
from datetime import timedelta

import numpy as np
import psycopg2
from markupsafe import Markup
from psycopg2.extensions import TransactionRollbackError

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL, format_date
from odoo.tools.misc import formatLang

from .. import scoring
from ..valuation import choice
from .customer_score_writer import ScoreWriter, round_money
from .res_company import BASES, MARGINS, PURCHASE_MODELS, TIME_UNITS

_logger = logging.getLogger(__name__)

#: First key of the advisory lock that a company's scoring holds; the second is its id.
LOCK_SPACE = 0x43565356
#: How often a run is tried again when another transaction changed the same rows.
MAX_TRIES = 3
#: An interrupted scheduled run is repeated, unless this many of the last day's were.
MAX_INTERRUPTIONS = 3
MODEL_TITLES = {**choice.TITLES, 'gamma_gamma': "Gamma-Gamma"}
PARAMETER_TITLES = {'alpha': "α", 'beta': "β", 'gamma': "γ"}
MODEL_STATES = [
    ('fitted', "Estimated"),
    ('few', "Not estimated: there are too few customers to tell."),
    ('no_repeat', "Not estimated: no customer has bought on more than one day."),
    ('alike', "Not estimated: the customers are too few or too much alike to tell them apart."),
]


class CustomerScoreRun(models.Model):
    """One scoring of all customers of a company, as of a date.

    A run replaces all scores of its company in one transaction, under a lock of the company,
    or changes nothing. It remembers with which parameters it was made, what it has read,
    what the models estimated and how long it took.
    """
    _name = 'customer.score.run'
    _description = 'Customer Scoring'
    _order = 'id desc'
    _rec_names_search = ['company_id.name']

    company_id = fields.Many2one(
        'res.company', required=True, readonly=True, ondelete='cascade', index=True,
        default=lambda self: self.env.company)
    currency_id = fields.Many2one(related='company_id.currency_id')
    as_of = fields.Date(
        string="As of", required=True, readonly=True, default=fields.Date.context_today,
        help="Invoices up to this date are counted.")
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

    # what was read
    customers = fields.Integer(readonly=True, aggregator='max', help="Customers scored.")
    repeaters = fields.Integer(
        string="Returning Customers", readonly=True, aggregator='max',
        help="Customers who have bought on more than one day.")
    invoices = fields.Integer(
        readonly=True, aggregator='max', help="Posted invoices and receipts read.")
    credit_notes = fields.Integer(readonly=True, aggregator='max')
    without_purchase = fields.Integer(
        string="Left Out", readonly=True, aggregator='max',
        help="Contacts with credit notes only: they have bought nothing.")
    without_average = fields.Integer(
        string="Valued like the Average", readonly=True, aggregator='max',
        help="Returning customers whose credit notes outweigh their repeat purchases. A "
             "purchase of theirs is valued like the average customer's.")
    revenue = fields.Monetary(
        readonly=True, aggregator='max',
        help="Invoices less credit notes of the customers scored, without taxes.")
    total_value = fields.Monetary(
        string="Customer Value", readonly=True, aggregator='max',
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
    estimates = fields.Json(
        readonly=True, export_string_translation=False,
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
        string="γ", readonly=True, aggregator=None,
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

    # how long it took
    seconds_measures = fields.Float(
        string="Reading (s)", readonly=True, digits=(16, 2), aggregator='avg')
    seconds_models = fields.Float(
        string="Computing (s)", readonly=True, digits=(16, 2), aggregator='avg')
    seconds_writing = fields.Float(
        string="Writing (s)", readonly=True, digits=(16, 2), aggregator='avg')
    duration = fields.Float(
        string="Duration (s)", readonly=True, digits=(16, 2), aggregator='avg')

    score_ids = fields.One2many('customer.score', 'run_id', string="Scores")
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

    @api.depends('estimates')
    @api.depends_context('lang')
    def _compute_estimates_table(self):
        for run in self:
            parameters = (run.estimates or {}).get('parameters', [])
            deviances = (run.estimates or {}).get('deviances', {})
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

    @api.depends('score_ids')
    def _compute_is_current(self):
        current = {run for run, in self.env['customer.score']._read_group(
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

    # -- running

    def _execute(self, report=None):
        """Score in the caller's transaction, without committing.

        Whatever goes wrong is written on the run and leaves the former scores as they were.

        :param report: called with the key of each phase as it begins
        :raises UserError: when the company is being scored by another transaction
        :raises TransactionRollbackError: when another transaction changed the same rows;
            the caller may try again in a new one
        """
        self.ensure_one()
        if not self._try_lock('pg_try_advisory_xact_lock'):
            raise UserError(self.env._(
                "The customers of %s are being scored right now. Wait until that is done.",
                self.company_id.name))
        self._start()
        try:
            with self.env.cr.savepoint():
                self._score(report or (lambda phase: None))
        except TransactionRollbackError:
            raise
        except Exception as error:
            _logger.warning("Scoring %s failed", self.id, exc_info=True)
            self._fail(error)
        self._notify_watcher()

    def _start(self):
        self.write({
            'state': 'running', 'date_start': fields.Datetime.now(), 'date_end': False,
            'failure': False,
        })

    def _score(self, report):
        """Measure, model, write: all that a run is about."""
        clock = _Clock()
        report('measures')
        measures = self.env['customer.measures']._measure(
            self.company_id, self.as_of, self._scope())
        clock.lap('seconds_measures')
        # sudo: the segments of the run's company are the same for everybody
        segments = self.env['customer.segment'].sudo()._of_company(self.company_id)
        by_ranges = segments._with_ranges()
        scores = scoring.score(measures, self._parameters(by_ranges), report)
        clock.lap('seconds_models')
        report('writing')
        ScoreWriter(self, by_ranges).replace(measures, scores)
        segments._take_by_conditions(self.company_id)
        self.env['customer.tier.proposal']._propose(self)
        self.env['customer.score.history']._record(self)
        clock.lap('seconds_writing')
        self.write({
            'state': 'done',
            'date_end': fields.Datetime.now(),
            **self._counts(measures, scores),
            **self._estimates(scores),
            **clock.laps,
        })

    def _scope(self):
        """Return what this run measures."""
        return self.company_id._customer_value_scope(
            self.as_of, basis=self.basis, window_months=self.window_months,
            margin_basis=self.margin_basis, margin_rate=self.margin_rate)

    def _parameters(self, segments) -> scoring.Parameters:
        return scoring.Parameters(
            time_unit=self.time_unit,
            purchase_model=self.purchase_model_choice,
            horizon_months=self.horizon_months,
            discount_rate=self.discount_rate,
            abc_thresholds=(self.abc_a, self.abc_b),
            weights=self.weights,
            capital_rate=self.capital_rate,
            case_cost=self.case_cost,
            segments=[segment._rule() for segment in segments],
        )

    def _counts(self, measures, scores) -> dict:
        """Return the values of the run that count what was read."""
        # rounded first: the total is what the customers' values add up to
        total = np.nansum(round_money(scores.value, self.currency_id))
        return {
            'customers': len(measures),
            'repeaters': int((measures.repeats > 0).sum()),
            'invoices': measures.invoices,
            'credit_notes': measures.credit_notes,
            'without_purchase': measures.without_purchase,
            'without_average': int((scores.reason == 'credited').sum()),
            'revenue': float(measures.revenue.sum()),
            'total_value': float(total),
            'medians': scores.standing.medians,
            'usual_interval': scores.standing.usual_interval,
        }

    def _estimates(self, scores) -> dict:
        """Return the values of the run that keep what the models estimated."""
        chosen, value = scores.purchases_by, scores.value_model
        estimates = {
            'gamma_gamma_p': value.p,
            'gamma_gamma_q': value.q,
            'gamma_gamma_gamma': value.gamma,
            'gamma_gamma_log_likelihood': value.log_likelihood,
        }
        names = ('r', 'alpha', 'a', 'b', 'log_likelihood')
        for name in names:
            estimates[f'bg_nbd_{name}'] = (
                getattr(chosen.model, name) if chosen.name == 'bg_nbd' else 0.0)
        return {
            'purchase_model': chosen.name or False,
            'purchase_model_verdict': chosen.verdict,
            'purchase_model_state': chosen.state,
            'value_model_state': scores.value_model_state,
            'estimates': {
                'deviances': dict(chosen.deviances),
                'parameters': [
                    *_parameters_of(chosen.name, chosen.model),
                    *_parameters_of('gamma_gamma', value),
                ],
            },
            **{name: x if math.isfinite(x) else 0.0 for name, x in estimates.items()},
        }

    def _fail(self, error: Exception):
        """Keep why the run failed, in words."""
        if isinstance(error, UserError):
            reason = str(error)
        else:
            reason = self.env._(
                "The scoring stopped because of an unexpected error; the scores from before "
                "are unchanged. For your administrator: %s",
                f"{type(error).__name__}: {error}",
            )
        self.write({'state': 'failed', 'date_end': fields.Datetime.now(), 'failure': reason})

    # -- locking

    def _try_lock(self, function: str) -> bool:
        """Take the lock of the run's company; False when another session has it."""
        self.env.cr.execute(SQL(
            "SELECT %s(%s, %s)", SQL.identifier(function), LOCK_SPACE, self.company_id.id))
        return self.env.cr.fetchone()[0]

    @contextmanager
    def _holding_lock(self):
        """Hold the company's lock across transactions; yield whether it could be had.

        It ends with the connection at the latest, so that a killed process leaves none.
        """
        held = self._try_lock('pg_try_advisory_lock')
        try:
            yield held
        finally:
            if held:
                try:
                    self.env.cr.execute(SQL(
                        "SELECT pg_advisory_unlock(%s, %s)", LOCK_SPACE, self.company_id.id))
                except psycopg2.Error:
                    # The transaction is aborted or the connection gone. Closing the
                    # connection releases the lock where it is not released already.
                    self.env.cr.connection.close()
                    raise

    # -- in the background

    def _execute_committing(self) -> bool:
        """Score in transactions of its own; return False when the company is locked.

        The start is committed first, so that everybody sees it and a killed run is found;
        then everything else at once.
        """
        self.ensure_one()
        # The queue's own way to commit, which also tells the scheduler that it is alive.
        commit = self.env['ir.cron']._commit_progress
        cr = self.env.cr
        with self._holding_lock() as held:
            if not held:
                return False
            self._start()
            self._notify_watcher()
            commit()
            for tries_left in reversed(range(MAX_TRIES)):
                try:
                    self._execute(self._report)
                    commit()
                    break
                except TransactionRollbackError as error:
                    cr.rollback()
                    if not tries_left:
                        self._fail(error)
                        commit()
                except Exception:
                    # Not to be told on the run in this transaction: leave it clean, so that
                    # the lock can be released; the next start finds the run interrupted.
                    cr.rollback()
                    raise
        return True

    def _report(self, phase: str):
        self.env['customer.score.progress']._report(self.id, phase)

    def _notify_watcher(self):
        """Tell the browser of who started the run, once this transaction is committed."""
        self.ensure_one()
        if self.user_id != self.env.ref('base.user_root'):
            self.user_id._bus_send('customer_score_run/progress', self._progress_payload())

    def _progress_payload(self) -> dict:
        localized = self.with_context(lang=self.user_id.lang)
        return {
            'run_id': self.id,
            'state': self.state,
            'phase': localized.phase,
            'percentage': self.percentage,
        }

    @api.model
    def _queue(self, companies, as_of=None, scheduled=False):
        """Queue a run of each company and wake the scheduler.

        :return: the runs
        """
        values = {'scheduled': scheduled}
        if as_of:
            values['as_of'] = as_of
        runs = self.create([{**values, 'company_id': company.id} for company in companies])
        self._wake_scheduler()
        return runs

    def _wake_scheduler(self, at=None):
        # sudo: the job does what is queued, and only that; queuing was the matter of rights
        self.env.ref('crm_plus_analytics.ir_cron_process_queue').sudo()._trigger(at)

    @api.model
    def _mark_interrupted(self, company=None):
        """Mark the runs that say they are running, but hold no lock: their process is gone.

        A scheduled one is queued again, unless that keeps happening.
        """
        domain = [('state', '=', 'running')]
        if company:
            domain.append(('company_id', '=', company.id))
        for run in self.search(domain):
            if not run._try_lock('pg_try_advisory_xact_lock'):
                continue
            run.write({
                'state': 'interrupted',
                'date_end': fields.Datetime.now(),
                'failure': self.env._(
                    "The server was stopped while this scoring was running; the scores from "
                    "before are unchanged. Score again."),
            })
            run._notify_watcher()
            if run.scheduled and run._count_interruptions() < MAX_INTERRUPTIONS:
                self._queue(run.company_id, scheduled=True)

    def _count_interruptions(self) -> int:
        return self.search_count([
            ('company_id', '=', self.company_id.id),
            ('state', '=', 'interrupted'),
            ('date_end', '>', fields.Datetime.now() - timedelta(days=1)),
        ])

    @api.model
    def _cron_process_queue(self):
        """Execute what is queued, one after the other; what is left over comes next time."""
        cron = self.env['ir.cron']
        self._mark_interrupted()
        queue = self.search([('state', '=', 'queued')], order='id')
        cron._commit_progress(remaining=len(queue))
        locked = False
        for index, run in enumerate(queue, start=1):
            locked |= not run._execute_committing()
            if not cron._commit_progress(1, remaining=len(queue) - index):
                break
        if locked:
            # Another worker is scoring that company: look again when it may be done.
            self._wake_scheduler(fields.Datetime.now() + timedelta(minutes=1))

    @api.model
    def _cron_schedule(self):
        """Queue a run of each company that wants to be scored regularly."""
        companies = self.env['res.company'].search([('customer_value_schedule', '=', True)])
        waiting = self.search([('state', '=', 'queued')]).company_id
        self._queue(companies - waiting, scheduled=True)

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


def _parameters_of(name: str, model) -> list:
    """Return rows of model, parameter, estimate and standard error; none without a fit."""
    if not getattr(model, 'converged', False):
        return []
    errors = model.standard_errors
    return [
        *([name, each, getattr(model, each), _finite(error)] for each, error in errors.items()),
        [name, "ln L", model.log_likelihood, None],
    ]


def _finite(number: float) -> float | None:
    return number if math.isfinite(number) else None


class _Clock:
    """Seconds per phase, and in total."""

    def __init__(self):
        self.laps = {'duration': 0.0}
        self._last = time.monotonic()

    def lap(self, name: str):
        """End a phase."""
        now = time.monotonic()
        self.laps[name] = now - self._last
        self.laps['duration'] += self.laps[name]
        self._last = now
