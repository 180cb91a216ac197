import logging
import math
import time
from datetime import date, timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import format_date
from odoo.tools.misc import formatLang

from .. import value_backtest
from ..queries import holdout
from .customer_score import AMOUNT_GROUPS
from .customer_score_calculation_mixin import MODEL_STATES, READ_FROM
from .res_company import PURCHASE_MODELS, TIME_UNITS

_logger = logging.getLogger(__name__)

MODELS = [*PURCHASE_MODELS, ('simple', "Simple estimate")]
#: The part of a history that the models learn from, unless the reader wants otherwise.
LEARNING_PART = 2 / 3
#: Documents up to which a back-test is computed while its reader waits, about two seconds.
QUICK_DOCUMENTS = 20_000


class CustomerScoreBacktest(models.Model):
    """The proof of a value model by the past: fitted up to a date, held against what came.

    Made by the dialog "Back-test" alone, so that nobody writes down a made-up proof. It
    reads purchases as the scoring does, in a fixed number of statements, and keeps what
    was expected of every customer beside what came (`customer.score.backtest.customer`).
    """
    _name = 'customer.score.backtest'
    _description = 'Customer Value Back-Test'
    _order = 'id desc'
    _rec_names_search = ['company_id.name']

    company_id = fields.Many2one(
        'res.company', required=True, readonly=True, ondelete='cascade', index=True)
    currency_id = fields.Many2one(related='company_id.currency_id')
    fit_until = fields.Date(
        string="Learn until", required=True, readonly=True,
        help="The model learns from what was bought up to this date.")
    predict_until = fields.Date(
        string="Predict until", required=True, readonly=True,
        help="What the model expects from then up to this date is held against what came.")
    model_asked = fields.Selection(
        [('auto', "The one that foresees best"), *MODELS], string="Model Asked For",
        required=True, readonly=True, default='auto',
        help="The one that foresees best is told from the time before alone, as the scoring "
             "would have told it then.")
    time_unit = fields.Selection(TIME_UNITS, required=True, readonly=True)
    state = fields.Selection([
        ('queued', "Waiting"),
        ('done', "Done"),
        ('empty', "Too Little Data"),
        ('failed', "Failed"),
    ], required=True, readonly=True, default='queued', index=True)
    failure = fields.Text(string="What Happened", readonly=True)
    user_id = fields.Many2one('res.users', string="Started by", readonly=True)
    duration = fields.Float(
        string="Duration (s)", readonly=True, digits=(16, 2), aggregator='avg')
    read_from = fields.Selection(
        READ_FROM, readonly=True,
        help="A back-test in the background reads the documents from the server's read replica, "
             "where it has one that is up to date: that spares the main database.")

    # what was tested
    model = fields.Selection(MODELS, string="Model Tested", readonly=True)
    model_state = fields.Selection(MODEL_STATES, string="Estimation", readonly=True)
    log_likelihood = fields.Float(
        readonly=True, aggregator=None,
        help="How well the model fits what it learnt from: of two models of the same data, "
             "the one with the higher number.")
    # what customers spend can be told from the estimates of the Gamma-Gamma model
    estimates = fields.Json(readonly=True, groups=AMOUNT_GROUPS)
    customers = fields.Integer(
        readonly=True, aggregator=None, help="Customers who had bought by then.")
    repeaters = fields.Integer(
        string="Returning Customers", readonly=True, aggregator=None,
        help="Those of them who had bought on more than one day.")

    # how near it came
    expected_purchases = fields.Float(
        readonly=True, aggregator=None,
        help="Purchases of these customers that the model expected.")
    actual_purchases = fields.Integer(
        readonly=True, aggregator=None, help="Purchases of these customers that came.")
    naive_purchases = fields.Float(
        string="Purchases at the Same Rate", readonly=True, aggregator=None,
        help="Purchases, had each customer gone on at the same rate as before.")
    error = fields.Float(
        string="Typical Error", readonly=True, aggregator=None,
        help="How far the model's expectation is from what a customer bought, in purchases: "
             "the root of the mean square, which lets large misses count for more.")
    naive_error = fields.Float(
        string="Typical Error at the Same Rate", readonly=True, aggregator=None,
        help="The same for the simplest forecast: everybody goes on as before.")
    mean_absolute_error = fields.Float(
        string="Mean Error", readonly=True, aggregator=None,
        help="The mean distance, in purchases, large and small misses alike.")
    naive_mean_absolute_error = fields.Float(
        string="Mean Error at the Same Rate", readonly=True, aggregator=None)
    expected_value = fields.Monetary(
        string="Expected Revenue", readonly=True, aggregator=None, groups=AMOUNT_GROUPS,
        help="What the expected purchases were expected to bring.")
    actual_value = fields.Monetary(
        string="Actual Revenue", readonly=True, aggregator=None, groups=AMOUNT_GROUPS,
        help="What was bought in that time, less credit notes, without taxes.")
    naive_value = fields.Monetary(
        string="Revenue at the Same Rate", readonly=True, aggregator=None, groups=AMOUNT_GROUPS,
        help="Revenue, had each customer gone on spending at the same rate as before.")
    value_error = fields.Monetary(
        string="Typical Error of Revenue", readonly=True, aggregator=None, groups=AMOUNT_GROUPS,
        help="As the typical error of purchases, in money.")
    naive_value_error = fields.Monetary(
        string="Typical Error of Revenue at the Same Rate", readonly=True, aggregator=None,
        groups=AMOUNT_GROUPS)
    beats_naive_purchases = fields.Boolean(
        string="Better in Purchases", readonly=True,
        help="The typical error of purchases is smaller than at the same rate as before.")
    beats_naive_value = fields.Boolean(
        string="Better in Revenue", readonly=True,
        help="The typical error of revenue is smaller than at the same rate as before.")
    beats_naive = fields.Boolean(
        string="Better than the Same Rate", readonly=True,
        help="The model came nearer than the simplest forecast, in purchases and in revenue.")
    verdict = fields.Char(compute='_compute_verdict')

    # what the charts show
    tracking = fields.Json(readonly=True)
    classes = fields.Json(readonly=True)
    lift = fields.Json(readonly=True, groups=AMOUNT_GROUPS)
    contenders = fields.Json(readonly=True)
    customer_ids = fields.One2many('customer.score.backtest.customer', 'backtest_id')

    @api.depends('fit_until', 'predict_until')
    @api.depends_context('lang')
    def _compute_display_name(self):
        for test in self:
            test.display_name = self.env._(
                "Learnt until %(fit)s, predicted until %(predict)s",
                fit=format_date(self.env, test.fit_until),
                predict=format_date(self.env, test.predict_until),
            )

    # -- the verdict, in the reader's language

    @api.depends('state', 'model', 'beats_naive')
    @api.depends_context('lang')
    def _compute_verdict(self):
        for test in self:
            if test.state == 'done':
                test.verdict = test._word_verdict()
            elif test.state == 'empty':
                test.verdict = test._word_obstacle()
            else:
                test.verdict = False

    def _word_obstacle(self) -> str:
        day = format_date(self.env, self.fit_until)
        if not self.customers:
            return self.env._(
                "No customer had bought anything by %s: there is nothing to learn from. "
                "Choose a later date.", day)
        return self.env._(
            "No customer had bought on more than one day by %s: how often customers come back "
            "cannot be learnt from that. Choose a later date.", day)

    def _word_verdict(self) -> str:
        sentences = [self._word_comparison(), self._word_total()]
        if self.model_state != 'fitted':
            states = dict(self._fields['model_state']._description_selection(self.env))
            sentences.append(self.env._(
                "%(why)s The simple estimate was tested in place of the model.",
                why=states[self.model_state]))
        return ' '.join(sentences)

    def _word_comparison(self) -> str:
        if not self.actual_purchases:
            return self.env._(
                "None of these customers bought anything in the time foretold. That says little of "
                "how well the model foresees: choose a time in which they bought.")
        values = {
            'model': dict(self._fields['model']._description_selection(self.env))[self.model],
            'error': self._number(self.error, 2),
            'naive': self._number(self.naive_error, 2),
        }
        if self.beats_naive:
            return self.env._(
                "%(model)s proved better than “the same rate as before”, in purchases and in "
                "revenue: it typically missed the purchases of a customer by %(error)s, against "
                "%(naive)s.", **values)
        if self.beats_naive_purchases:
            return self.env._(
                "%(model)s proved better than “the same rate as before” in purchases, typically "
                "missing those of a customer by %(error)s against %(naive)s, but not in revenue. "
                "Do not rely on its amounts.", **values)
        if self.beats_naive_value:
            return self.env._(
                "%(model)s did not prove better than “the same rate as before” in purchases: it "
                "typically missed those of a customer by %(error)s, against %(naive)s. Only in "
                "revenue it was better. Do not rely on its number of purchases.", **values)
        return self.env._(
            "%(model)s did not prove better than “the same rate as before”: it typically missed "
            "the purchases of a customer by %(error)s, against %(naive)s. Do not rely on it for "
            "this company.", **values)

    def _word_total(self) -> str:
        return self.env._(
            "In all it expected %(expected)s purchases of %(customers)s customers; "
            "%(actual)s came.",
            expected=self._number(self.expected_purchases), customers=self._number(self.customers),
            actual=self._number(self.actual_purchases),
        )

    def _number(self, value: float, digits: int = 0) -> str:
        return formatLang(self.env, value, digits=digits)

    # -- testing

    def _execute(self, replica=False):
        """Test in the caller's transaction; whatever goes wrong is written on the record.

        :param replica: whether to read the server's read replica where it has one; only for
            callers with nothing uncommitted that is to be read
        """
        self.ensure_one()
        begin = time.monotonic()
        try:
            with self.env.cr.savepoint():
                self._examine(replica)
        except Exception as error:
            # whatever it is stands on the record: the background job goes on with the next test,
            # and who waits for this one reads why there is none
            _logger.warning("Back-test %s failed", self.id, exc_info=True)
            self._fail(error)
        self.duration = time.monotonic() - begin

    def _fail(self, error: Exception):
        """Keep why the test failed, in words."""
        self.write({'state': 'failed', 'failure': str(error) if isinstance(error, UserError) else (
            self.env._(
                "The back-test stopped because of an unexpected error. For your "
                "administrator: %s", f"{type(error).__name__}: {error}"))})

    def _examine(self, replica):
        past, read_from = self._read_documents(replica)
        measures = past.measures
        counts = {
            'read_from': read_from,
            'customers': len(measures),
            'repeaters': int((measures.repeats > 0).sum()),
        }
        if not counts['repeaters']:
            self.write({'state': 'empty', **counts})
            return
        result = value_backtest.examine(past, self.time_unit, self.model_asked)
        self.env['customer.score.backtest.customer']._record(self, measures, result.forecast)
        self.write({
            'state': 'done', **counts, **self._findings(result), **value_backtest.charts(result)})

    def _read_documents(self, replica):
        """Return the `value_backtest.Past`, and from which server it is."""
        asked = (self.company_id, self.fit_until, self.company_id._customer_value_scope(
            self.predict_until, window_months=0))
        reader = self.env['customer.score.backtest.reader']
        if replica:
            return reader._measure_on_replica(*asked)
        return reader._measure(*asked), 'primary'

    # -- what is kept

    def _findings(self, result: value_backtest.Result) -> dict:
        """Return the values of the record that tell how near the model came."""
        purchases, value = result.back_test.purchases, result.back_test.value
        # where nobody came, any forecast of few is near: that proves nothing
        came = bool(purchases.model.actual_total)
        likelihood = getattr(result.model, 'log_likelihood', math.nan)
        return {
            'model': result.model_name,
            'model_state': result.model_state,
            'log_likelihood': likelihood if math.isfinite(likelihood) else 0.0,
            'expected_purchases': purchases.model.expected_total,
            'actual_purchases': round(purchases.model.actual_total),
            'naive_purchases': purchases.naive.expected_total,
            'error': purchases.model.root_mean_square,
            'naive_error': purchases.naive.root_mean_square,
            'mean_absolute_error': purchases.model.mean_absolute,
            'naive_mean_absolute_error': purchases.naive.mean_absolute,
            'expected_value': value.model.expected_total,
            'actual_value': value.model.actual_total,
            'naive_value': value.naive.expected_total,
            'value_error': value.model.root_mean_square,
            'naive_value_error': value.naive.root_mean_square,
            'beats_naive_purchases': came and purchases.beats_naive,
            'beats_naive_value': came and value.beats_naive,
            'beats_naive': came and result.back_test.beats_naive,
        }

    # -- when and how much

    @api.model
    def _span(self, company) -> tuple[date | None, date | None, int]:
        """Return the days of a company's first and last purchase, and how many documents."""
        self.env['customer.measures']._flush()
        today = fields.Date.context_today(self)
        self.env.cr.execute(holdout.extent(
            company._customer_value_scope(today, window_months=0)))
        return self.env.cr.fetchone()

    @api.model
    def _queue(self, values: dict):
        """Create a back-test: at once where that is quick, else in the background."""
        test = self.create(values)
        *_days, documents = self._span(test.company_id)
        if documents <= QUICK_DOCUMENTS:
            test._execute()
        else:
            # sudo: the job does what is queued, and only that; queuing was the matter of rights
            self.env.ref('crm_plus_analytics.ir_cron_process_backtests').sudo()._trigger()
        return test

    @api.model
    def _cron_process_queue(self):
        """Execute what is queued, one after the other; what is left over comes next time."""
        cron = self.env['ir.cron']
        queue = self.search([('state', '=', 'queued')], order='id')
        cron._commit_progress(remaining=len(queue))
        for index, test in enumerate(queue, start=1):
            test._execute(replica=True)
            if not cron._commit_progress(1, remaining=len(queue) - index):
                break


def split_date(first: date, last: date) -> date:
    """Return the day up to which models learn when nothing else is said."""
    return first + timedelta(days=round((last - first).days * LEARNING_PART))
