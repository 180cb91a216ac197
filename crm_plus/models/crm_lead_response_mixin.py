from datetime import timedelta

from odoo import api, fields, models
from odoo.tools import SQL
from odoo.tools.sql import column_exists, create_column

from .crm_lead_contact_mixin import PERSONAL_MESSAGES

#: how the promise of an answer stands
RESPONSE_STATES = [
    ('waiting', "Waiting"),
    ('kept', "Kept"),
    ('missed', "Missed"),
    ('withdrawn', "Closed Unanswered"),
]
#: Without an escalation that warns, an answer is due soon this long before the deadline.
SOON = timedelta(hours=1)
#: How many leads are escalated in one transaction.
BATCH = 200


class CrmLeadResponseMixin(models.AbstractModel):
    """How soon a person answers a lead: what is promised, by when, and what became of it.

    The deadline is stored, in working hours of the lead's team or company, once the lead gets a
    source or a team to which something is promised. Where nothing is promised, nothing is asked.
    A holiday that is entered later moves a deadline at the latest when it would be missed.
    """

    _name = 'crm.lead.response.mixin'
    _inherit = ['crm.duplicate.source.mixin', 'crm.lead.contact.mixin']
    _description = "Response Time of a Lead"

    response_promise_id = fields.Many2one(
        'crm.response.promise', "Promised Answer", compute='_compute_response', store=True,
        index='btree_not_null', ondelete='set null', copy=False,
    )
    response_calendar_id = fields.Many2one(
        'resource.calendar', "Answered in Working Hours", compute='_compute_response', store=True,
        ondelete='set null', copy=False, export_string_translation=False,
    )
    response_start_date = fields.Datetime(
        "Answer Promised On", compute='_compute_response', store=True, copy=False,
        help="From when the response time is counted.",
    )
    response_deadline = fields.Datetime(
        "Answer By", compute='_compute_response', store=True, copy=False,
        index='btree_not_null',
        help="By when a person is to have answered the lead, in working hours.",
    )
    response_warning_date = fields.Datetime(
        "Answer Due Soon From", compute='_compute_response', store=True, copy=False,
        help="From when on the answer is due soon, and when the escalation before the deadline "
             "happens.",
    )
    response_state = fields.Selection(
        RESPONSE_STATES, "Response Time", compute='_compute_response', store=True, copy=False,
        help="Whether a person has answered the lead in the time that is promised.",
    )
    response_urgency = fields.Selection(
        [('soon', "Due Soon"), ('overdue', "Overdue")], compute='_compute_response_urgency',
    )
    response_date = fields.Datetime(
        "Answered On", readonly=True, copy=False,
        help="When one of us first wrote to the customer, called or met them. Automatic "
             "messages and notes do not count.",
    )
    response_user_id = fields.Many2one(
        'res.users', "Answered By", readonly=True, copy=False, index='btree_not_null',
    )
    response_minutes = fields.Integer(
        "Minutes to Answer", readonly=True, copy=False, aggregator='avg',
        help="Working minutes that passed until somebody answered.",
    )
    response_warned_date = fields.Datetime(
        "Warned On", readonly=True, copy=False,
        help="When the escalation before the deadline happened.",
    )
    response_escalated_date = fields.Datetime(
        "Escalated On", readonly=True, copy=False,
        help="When the deadline was missed, and the escalation at the deadline happened.",
    )

    _response_waiting_idx = models.Index(
        "(response_deadline) WHERE response_state = 'waiting'")

    def _auto_init(self):
        """Promise nothing on leads that were there before promises were."""
        if self._auto and not self._abstract:
            for name, kind in (
                ('response_promise_id', 'int4'), ('response_calendar_id', 'int4'),
                ('response_start_date', 'timestamp'), ('response_deadline', 'timestamp'),
                ('response_warning_date', 'timestamp'), ('response_state', 'varchar'),
            ):
                if not column_exists(self.env.cr, self._table, name):
                    create_column(self.env.cr, self._table, name, kind)
        return super()._auto_init()

    # ------------------------------------------------------------
    # PROMISE
    # ------------------------------------------------------------

    @api.depends('source_id', 'team_id', 'company_id', 'type')
    def _compute_response(self):
        """Promise an answer to leads that have none yet, or wait for one that was promised.

        What has been answered, missed or closed stays as it is, and so does whatever was
        answered before it got a source or a team to which something is promised.
        """
        promises = self.env['crm.response.promise']._get_promises()
        if not promises:
            return
        undecided = self.filtered(
            lambda lead: lead.response_state in (False, 'waiting') and not lead.response_date)
        now = self.env.cr.now().replace(microsecond=0)
        fresh = undecided.filtered(lambda lead: not lead.create_date or lead.create_date >= now)
        new = (undecided - fresh).filtered(lambda lead: not lead.response_promise_id)
        answered = new._answered_before()
        for lead in undecided - answered:
            promise = lead._find_promise(promises)
            if not promise:
                lead._forget_response()
                continue
            if not lead.response_start_date:
                lead.response_start_date = now if lead in new else (
                    lead.create_date or now).replace(microsecond=0)
            lead.response_promise_id = promise.id
            lead.response_calendar_id = (
                promise.calendar_id or lead.team_id.response_calendar_id.id
                or lead._response_company().resource_calendar_id.id)
            lead.response_state = 'waiting'
        (undecided - answered)._plan_response()

    def _find_promise(self, promises):
        """Return the first promise that fits the lead, or None."""
        return next(
            (
                promise for promise in promises
                if promise.source_id in (False, self.source_id.id)
                and promise.team_id in (False, self.team_id.id)
                and promise.company_id in (False, self.company_id.id)
                # what was promised on a lead is still owed once it is an opportunity
                and (promise.lead_type in (False, self.type)
                     or promise.id == self.response_promise_id.id)
            ),
            None,
        )

    def _forget_response(self):
        if self.response_promise_id:
            self.response_promise_id = self.response_calendar_id = False
            self.response_start_date = self.response_state = False
            self.response_deadline = self.response_warning_date = False

    def _response_company(self):
        """Return the company whose holidays count."""
        return self.company_id or self.response_promise_id.company_id or self.env.company

    def _plan_response(self):
        """Set by when the leads that wait are to be answered.

        However many there are, the hours of each calendar are worked out once.
        """
        waiting = self.filtered(
            lambda lead: lead.response_state == 'waiting' and lead.response_promise_id)
        for (calendar, company), leads in waiting.grouped(
            lambda lead: (lead.response_calendar_id, lead._response_company())
        ).items():
            plans = []
            for lead in leads:
                hours = lead.response_promise_id.hours
                warning = lead.response_promise_id.escalation_ids.filtered(
                    lambda it: it.moment == 'before')
                plans += [
                    (lead.response_start_date, round(amount * 3600), ())
                    for amount in (hours, hours - warning.hours)
                ]
            moments = calendar._plan_in_working_time(company, plans) if calendar else [
                start + timedelta(seconds=seconds) for start, seconds, _pauses in plans]
            for lead, deadline, warning in zip(
                leads, moments[::2], moments[1::2], strict=True,
            ):
                warned = deadline != warning and warning
                # what stays as it was is not written
                if lead.response_deadline != deadline:
                    lead.response_deadline = deadline
                if lead.response_warning_date != warned:
                    lead.response_warning_date = warned

    @api.depends('response_state', 'response_deadline', 'response_warning_date')
    def _compute_response_urgency(self):
        now = fields.Datetime.now()
        for lead in self:
            lead.response_urgency = False
            if lead.response_state != 'waiting' or not lead.response_deadline:
                continue
            if lead.response_deadline < now:
                lead.response_urgency = 'overdue'
            elif (lead.response_warning_date or lead.response_deadline - SOON) <= now:
                lead.response_urgency = 'soon'

    # ------------------------------------------------------------
    # ANSWER
    # ------------------------------------------------------------

    def _awaits_contact(self):
        """Return the leads on which an answer is still noted: also one that comes too late."""
        return self.filtered(lambda lead: (
            lead.response_state in ('waiting', 'missed') and not lead.response_date))

    def _note_contact(self, moment, user):
        """Note that a person has been in touch with the customers of these leads."""
        for (calendar, company), leads in self.grouped(
            lambda lead: (lead.response_calendar_id, lead._response_company())
        ).items():
            spans = [(lead.response_start_date, moment) for lead in leads]
            amounts = calendar._work_between(company, spans) if calendar else [
                (end - start).total_seconds() for start, end in spans]
            for lead, seconds in zip(leads, amounts, strict=True):
                lead.write({
                    'response_date': moment,
                    'response_user_id': user.id,
                    'response_minutes': max(seconds, 0) // 60,
                    'response_state': (
                        'kept' if not lead.response_deadline
                        or moment <= lead.response_deadline else 'missed'),
                })

    def _merge_after_move(self, survivor):
        """Let nobody wait who was answered on one of the leads, nor be forgotten who was not."""
        # sudo: what is measured of leads that the user has just been allowed to merge
        leads, kept = self.sudo(), survivor.sudo()
        waiting = leads.filtered(lambda lead: lead.response_state == 'waiting')
        if waiting and not kept.response_state and not kept.response_date:
            first = waiting.sorted('response_deadline')[0]
            kept.write(first._read_response_terms())
        answers = leads.filtered(lambda lead: (
            lead.response_date and kept._awaits_contact()
            and lead.response_date >= kept.response_start_date))
        if answers:
            first = answers.sorted('response_date')[0]
            kept._note_contact(first.response_date, first.response_user_id)
        return super()._merge_after_move(survivor)

    def _read_response_terms(self):
        """Return the values of what is promised, for another lead."""
        self.ensure_one()
        return {
            'response_promise_id': self.response_promise_id.id,
            'response_calendar_id': self.response_calendar_id.id,
            'response_start_date': self.response_start_date,
            'response_deadline': self.response_deadline,
            'response_warning_date': self.response_warning_date,
            'response_warned_date': self.response_warned_date,
            'response_state': self.response_state,
        }

    def _answered_before(self):
        """Return those of the leads whose customers have heard from one of us already."""
        if not self:
            return self
        self.env['mail.message'].flush_model()
        self.env['mail.notification'].flush_model()
        rows = self.env.execute_query(SQL(
            """
            SELECT DISTINCT message.res_id
              FROM mail_message message
              JOIN res_users writer ON writer.partner_id = message.author_id
                   AND writer.active AND NOT writer.share
              LEFT JOIN mail_activity_type activity
                   ON activity.id = message.mail_activity_type_id
             WHERE message.model = 'crm.lead' AND message.res_id = ANY(%(ids)s)
               AND (activity.category IN ('phonecall', 'meeting')
                    OR message.message_type = ANY(%(personal)s)
                       AND message.is_internal IS NOT TRUE
                       AND EXISTS (
                           SELECT FROM mail_notification told
                             JOIN res_partner customer ON customer.id = told.res_partner_id
                            WHERE told.mail_message_id = message.id
                              AND customer.partner_share))
            """,
            ids=self._origin.ids, personal=list(PERSONAL_MESSAGES),
        ))
        return self.filtered(lambda lead: (lead._origin.id,) in set(rows))

    # ------------------------------------------------------------
    # ESCALATION
    # ------------------------------------------------------------

    @api.model
    def _cron_escalate_responses(self):
        """Let happen what is due before and at the deadline, once each, batch by batch."""
        cron = self.env['ir.cron']
        # who is told, is told by the queue: a sweep waits for no mail server
        leads = self.with_context(mail_notify_force_send=False, active_test=False)
        for moment in ('at', 'before'):
            while due := leads._take_due_responses(moment):
                for lead in due.filtered(lambda lead: lead.response_state != 'withdrawn'):
                    lead._escalate_response(moment)
                if not cron._commit_progress(len(due)):
                    return

    @api.model
    def _take_due_responses(self, moment):
        """Note that the next leads escalate now, and return them; others are left to others."""
        column = {'at': 'response_deadline', 'before': 'response_warning_date'}[moment]
        noted = {'at': 'response_escalated_date', 'before': 'response_warned_date'}[moment]
        now = fields.Datetime.now()
        # Those that turn out to be due later leave the selection: it comes to an end.
        while True:
            self.flush_model()
            due = self.browse(row[0] for row in self.env.execute_query(SQL(
                """
                SELECT id FROM crm_lead
                 WHERE response_state = 'waiting' AND %(column)s <= %(now)s
                   AND %(noted)s IS NULL
                 ORDER BY %(column)s, id LIMIT %(batch)s FOR UPDATE SKIP LOCKED
                """,
                column=SQL.identifier(column), noted=SQL.identifier(noted), now=now, batch=BATCH,
            )))
            if not due:
                return due
            closed = due.filtered(lambda lead: not lead.active or lead.won_status != 'pending')
            closed.write({'response_state': 'withdrawn', noted: now})
            # holidays may have been entered since
            (due - closed)._plan_response()
            late = (due - closed).filtered(lambda lead: lead[column] and lead[column] <= now)
            late.write({noted: now, **({'response_state': 'missed'} if moment == 'at' else {})})
            if closed or late:
                return closed | late

    def _escalate_response(self, moment):
        self.ensure_one()
        # sudo: what a promise says happens on its leads, whoever the job runs as
        escalation = self.response_promise_id.sudo().escalation_ids.filtered(
            lambda it: it.moment == moment)
        if not escalation:
            return
        lang = (self.user_id or self.env.user).lang
        try:
            with self.env.cr.savepoint():
                escalation.with_context(lang=lang)._happen(self.with_context(lang=lang))
        except Exception as error:
            # one lead must not keep the others from being escalated: it is told on it
            self._message_log(body=self.env._(
                "The escalation of the response time went wrong: %s", error))
