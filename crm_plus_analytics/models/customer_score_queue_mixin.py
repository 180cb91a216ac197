import logging
from contextlib import contextmanager
from datetime import timedelta

import psycopg2
from psycopg2.extensions import TransactionRollbackError

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

_logger = logging.getLogger(__name__)

#: First key of the advisory lock that a company's scoring holds; the second is its id.
LOCK_SPACE = 0x43565356
#: How often a run is tried again when another transaction changed the same rows.
MAX_TRIES = 3
#: An interrupted scheduled run is repeated, unless this many of the last day's were.
MAX_INTERRUPTIONS = 3


class CustomerScoreQueueMixin(models.AbstractModel):
    """How a scoring is carried out, for ``customer.score.run``, which inherits from this.

    Runs wait in a queue that a scheduled action works off. Each is executed under a lock of
    its company, and commits whole or changes nothing; that its process was killed is seen by
    the lock being free.
    """
    _name = 'customer.score.queue.mixin'
    _description = 'Queue of Customer Scorings'

    # -- running

    def _execute(self, report=None, replica=False):
        """Score in the caller's transaction, without committing.

        Whatever goes wrong is written on the run and leaves the former scores as they were.

        :param report: called with the key of each phase as it begins
        :param replica: whether to read the server's read replica where it has one; only for
            callers with nothing uncommitted that is to be measured
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
                self._score(report or (lambda phase: None), replica)
        except TransactionRollbackError:
            raise
        except Exception as error:
            # whatever it is stands on the record, and the scores stay as they were: the savepoint
            # has undone what was begun
            _logger.warning("Scoring %s failed", self.id, exc_info=True)
            self._fail(error)
        self._notify_watcher()

    def _start(self):
        self.write({
            'state': 'running', 'date_start': fields.Datetime.now(), 'date_end': False,
            'failure': False,
        })

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
                    self._execute(self._report, replica=True)
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
