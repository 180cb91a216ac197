import logging

from odoo import api, fields, models
from odoo.tools import SQL

_logger = logging.getLogger(__name__)

#: How many escalations happen in one transaction.
BATCH = 200


class ServiceCaseEscalation(models.Model):
    """An escalation that will happen on a target, or has: each once.

    When it happens follows from the target's clock. A job looks every minute what is due; two of
    them at once share the work.
    """

    _name = 'service.case.escalation'
    _description = 'Escalation of a Case'
    _order = 'due_date, id'

    target_id = fields.Many2one(
        'service.case.target', required=True, index=True, ondelete='cascade'
    )
    escalation_id = fields.Many2one('service.escalation', required=True, ondelete='cascade')
    case_id = fields.Many2one(
        related='target_id.case_id', store=True, index=True, ondelete='cascade')
    company_id = fields.Many2one(related='target_id.company_id', store=True, index=True)
    due_date = fields.Datetime(
        string='Due On',
        compute='_compute_due_date',
        store=True,
        help='Empty while the clock stands still and once the promise was reached or withdrawn.',
    )
    done_date = fields.Datetime(string='Happened On', readonly=True)
    failure = fields.Text(
        string='What Went Wrong', readonly=True, help='Why it could not happen.'
    )

    _once = models.Constraint(
        'UNIQUE (target_id, escalation_id)', 'An escalation happens once on a target.'
    )
    _due_idx = models.Index('(due_date) WHERE done_date IS NULL')

    @api.depends(
        'target_id.deadline',
        'target_id.outcome',
        'escalation_id.moment',
        'escalation_id.hours',
        'escalation_id.in_working_hours',
    )
    def _compute_due_date(self):
        waiting = self.filtered(
            lambda it: not it.done_date and it.target_id.outcome == 'open' and it.target_id.deadline
        )
        (self - waiting).due_date = False
        for (calendar, company), rows in waiting.grouped(
            lambda it: (it.target_id.calendar_id, it.company_id)
        ).items():
            plans = [
                (
                    row.target_id.start_date,
                    row.escalation_id._amount(row.target_id),
                    row.target_id._get_pauses(),
                )
                for row in rows
            ]
            moments = calendar._plan_in_working_time(company, plans)
            patient = [
                moment
                for row, moment in zip(rows, moments, strict=True)
                if moment and row.escalation_id.in_working_hours
            ]
            # what ends with the working day happens when work begins again
            begins = dict(zip(
                patient,
                calendar._plan_in_working_time(company, [(it, 0, ()) for it in patient]),
                strict=True,
            ))
            for row, moment in zip(rows, moments, strict=True):
                wait = row.escalation_id.in_working_hours
                row.due_date = (wait and begins.get(moment)) or moment

    # ------------------------------------------------------------
    # SWEEP
    # ------------------------------------------------------------

    @api.model
    def _cron_sweep(self):
        """Note what has been missed, and let happen what is due."""
        cron = self.env['ir.cron']
        self.env['service.case.target']._note_breaches()
        cron._commit_progress()
        # who is told, is told by the queue: a sweep waits for no mail server
        sweep = self.with_context(mail_notify_force_send=False)
        while due := sweep._take_due():
            for row in due:
                row._happen()
            if not cron._commit_progress(len(due)):
                break

    def _take_due(self):
        """Note that the next ones happen now, and return them in their order.

        One statement for all of them. What somebody else is at is left to them.
        """
        self.flush_model()
        self.env.cr.execute(SQL(
            """
            UPDATE service_case_escalation
               SET done_date = %(now)s, write_date = %(now)s
             WHERE id IN (
                   SELECT id FROM service_case_escalation
                    WHERE done_date IS NULL AND due_date <= %(now)s
                    ORDER BY due_date, id
                    LIMIT %(batch)s
                      FOR UPDATE SKIP LOCKED)
         RETURNING due_date, id
            """,
            now=fields.Datetime.now(), batch=BATCH,
        ))
        due = self.browse(id_ for _due_date, id_ in sorted(self.env.cr.fetchall()))
        due.invalidate_recordset(['done_date'])
        return due

    def _happen(self):
        self.ensure_one()
        target = self.target_id
        try:
            with self.env.cr.savepoint():
                self.escalation_id.with_context(lang=self._language())._happen(target)
        except Exception as error:
            # One case must not keep the others from being escalated: it is told on the row.
            _logger.info('Escalation %s of %s failed', self.id, target.case_id.number,
                         exc_info=True)
            self.failure = str(error)

    def _language(self):
        return self.case_id.user_id.lang or self.env.user.lang
