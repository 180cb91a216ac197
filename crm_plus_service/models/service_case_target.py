from pytz import utc

from odoo import api, fields, models
from odoo.addons.crm_plus.planning import merge_pauses
from odoo.fields import Domain
from odoo.tools import SQL

from ..tools.unfolding import unfolded
from .service_policy_target import KINDS

#: how a promise stands
STATES = [
    ('running', 'On Track'),
    ('paused', 'Waiting'),
    ('due_soon', 'Due Soon'),
    ('overdue', 'Overdue'),
    ('kept', 'Kept'),
    ('missed', 'Missed'),
]


class ServiceCaseTarget(models.Model):
    """One promise on one case: what is to be reached (`kind`) and by when (`deadline`).

    How it works: the row keeps facts only — when the clock started, the hours promised, the
    calendar they are counted in, and when it was reached or withdrawn; the times in which the
    clock stood still are the case's (:class:`service.case.pause`). Deadline and outcome follow
    from them. Whether a running target is overdue depends on the clock on the wall; it is
    therefore worked out on reading (:attr:`state`) and searched by comparing the deadline with
    the present moment, so that it is right at any time without a job that keeps it so.

    Targets are planned by the case (``service_case_promise_mixin.py``); nobody edits them.
    """

    _name = 'service.case.target'
    _description = 'Case Target'
    _order = 'deadline, id'

    case_id = fields.Many2one('service.case', required=True, index=True, ondelete='cascade')
    kind = fields.Selection(KINDS, required=True, default='resolution', string='Promise')
    stage_id = fields.Many2one('service.stage', ondelete='cascade')
    policy_target_id = fields.Many2one(
        'service.policy.target',
        string='Promised By',
        index='btree_not_null',
        ondelete='set null',
        help='The policy that promises it. Empty: the team.',
    )
    team_id = fields.Many2one(related='case_id.team_id', store=True, index=True)
    company_id = fields.Many2one(related='case_id.company_id', store=True, index=True)
    start_date = fields.Datetime(string='Started On', required=True)
    hours = fields.Float(string='Promised Hours', required=True, aggregator='avg')
    warning_hours = fields.Float(aggregator=None)
    pausable = fields.Boolean(string='Stops While Waiting', default=True)
    calendar_id = fields.Many2one(
        'resource.calendar', string='Working Hours', required=True, ondelete='restrict'
    )

    deadline = fields.Datetime(
        compute='_compute_deadline',
        store=True,
        help='Empty while the clock stands still, and when no working time is left for it.',
    )
    warning_date = fields.Datetime(compute='_compute_deadline', store=True)
    done_date = fields.Datetime(string='Reached On', readonly=True)
    withdrawn_date = fields.Datetime(
        string='Withdrawn On',
        readonly=True,
        help='When it was no longer promised, because the case or the policy had changed.',
    )
    reason = fields.Char(
        string='Why Changed', readonly=True, help='Why it was planned anew or withdrawn.'
    )
    outcome = fields.Selection(
        [
            ('open', 'Not Reached Yet'),
            ('kept', 'Kept'),
            ('missed', 'Missed'),
            ('withdrawn', 'Withdrawn'),
        ],
        compute='_compute_outcome',
        store=True,
        help='Whether the target was reached in time or too late. What was withdrawn after its '
        'deadline was missed.',
    )
    state = fields.Selection(
        [*STATES, ('withdrawn', 'Withdrawn')],
        compute='_compute_state',
        search='_search_state',
    )

    breach_date = fields.Datetime(
        string='Found Late On',
        readonly=True,
        help='When the deadline was found to have passed. From then on no change of working '
        'hours makes it good.',
    )
    unfolding = fields.Html(
        string='How It Is Counted',
        compute='_compute_unfolding',
        sanitize=False,
        help='Every stretch of time from the start to the deadline, and whether it counts.',
    )
    escalation_ids = fields.One2many('service.case.escalation', 'target_id', string='Escalations')

    # what it is reported by
    user_id = fields.Many2one(related='case_id.user_id', string='Agent', store=True, index=True)
    type_id = fields.Many2one(related='case_id.type_id', store=True)
    commercial_partner_id = fields.Many2one(
        related='case_id.commercial_partner_id', string='Customer', store=True, index=True
    )
    tier_id = fields.Many2one(
        'crm.customer.tier',
        string='Customer Tier',
        ondelete='set null',
        help='The tier that the customer had when it was promised.',
    )

    _open_unique = models.UniqueIndex(
        '(case_id, kind, COALESCE(stage_id, 0), COALESCE(policy_target_id, 0))'
        ' WHERE done_date IS NULL AND withdrawn_date IS NULL',
        'Each promise runs once on a case.',
    )
    _running_deadline_idx = models.Index(
        '(deadline) WHERE done_date IS NULL AND withdrawn_date IS NULL'
    )
    _not_found_late_idx = models.Index(
        '(deadline) WHERE done_date IS NULL AND withdrawn_date IS NULL AND breach_date IS NULL'
    )

    # ------------------------------------------------------------
    # COMPUTES
    # ------------------------------------------------------------

    @api.depends(
        'start_date',
        'hours',
        'warning_hours',
        'pausable',
        'done_date',
        'withdrawn_date',
        'case_id.pause_ids.start_date',
        'case_id.pause_ids.end_date',
        'calendar_id.tz',
        'calendar_id.two_weeks_calendar',
        'calendar_id.attendance_ids.dayofweek',
        'calendar_id.attendance_ids.hour_from',
        'calendar_id.attendance_ids.hour_to',
        'calendar_id.attendance_ids.day_period',
        'calendar_id.attendance_ids.week_type',
    )
    def _compute_deadline(self):
        ended = self.filtered(
            lambda target: (target.done_date or target.withdrawn_date or target.breach_date)
            and target._origin.deadline
        )
        for target in ended:
            # what has ended or was missed is history: changes of the hours do not rewrite it
            target.deadline = target._origin.deadline
            target.warning_date = target._origin.warning_date
        for (calendar, company), targets in (self - ended).grouped(
            lambda target: (target.calendar_id, target.company_id)
        ).items():
            targets._plan(calendar, company)

    def _plan(self, calendar, company):
        """Set the deadlines of targets that are counted in the same working hours."""
        plans = [
            (target.start_date, round(hours * 3600), target._get_pauses())
            for target in self
            if target.start_date
            for hours in (target.hours, max(target.hours - target.warning_hours, 0.0))
        ]
        moments = iter(
            calendar._plan_in_working_time(company, plans) if calendar else [False] * len(plans)
        )
        for target in self:
            deadline, warning = (next(moments), next(moments)) if target.start_date else (0, 0)
            target.deadline = deadline or False
            target.warning_date = (deadline and warning) or False

    @api.depends('deadline', 'start_date')
    def _compute_unfolding(self):
        for target in self:
            target.unfolding = unfolded(target)

    def _promise(self, values, reason):
        """Promise ``values`` from now on; what is promised already is not planned anew."""
        self.ensure_one()
        promised = self._convert_to_write({name: self[name] for name in values})
        if promised != values:
            self.write({**values, 'reason': reason})

    def _replan(self, reason, deadlines=None):
        """Work the deadlines out anew after the working hours have changed; say why they moved.

        :param deadlines: by target as they were, where they may have been worked out already
        """
        before = deadlines or {target: target.deadline for target in self}
        for name in ('deadline', 'warning_date'):
            self.env.add_to_compute(self._fields[name], self)
        self.filtered(lambda target: target.deadline != before[target]).reason = reason

    def _withdraw(self, reason, moment):
        if self:
            self.write({'withdrawn_date': moment, 'reason': reason})

    @api.model
    def _note_breaches(self):
        """Note on every running target whose deadline has passed that it was missed.

        One statement, however many targets run. Two at once wait for none: who comes second finds
        nothing left to do.
        """
        self.flush_model(['deadline', 'done_date', 'withdrawn_date', 'breach_date'])
        now = fields.Datetime.now()
        self.env.cr.execute(SQL(
            """
            UPDATE service_case_target
               SET breach_date = %(now)s, write_date = %(now)s
             WHERE id IN (
                   SELECT id FROM service_case_target
                    WHERE done_date IS NULL AND withdrawn_date IS NULL AND breach_date IS NULL
                      AND deadline < %(now)s
                      FOR UPDATE SKIP LOCKED)
         RETURNING id
            """,
            now=now,
        ))
        late = self.browse(id_ for id_, in self.env.cr.fetchall())
        late.invalidate_recordset(['breach_date'])
        return late

    @api.model_create_multi
    def create(self, vals_list):
        targets = super().create(vals_list)
        targets._plan_escalations(targets.policy_target_id.escalation_ids)
        return targets

    def _plan_escalations(self, escalations):
        """Remember what of the escalations will happen on these targets."""
        by_promise = escalations.grouped('policy_target_id')
        self.env['service.case.escalation'].create([
            {'target_id': target.id, 'escalation_id': escalation.id}
            for target in self
            for escalation in by_promise.get(target.policy_target_id, ())
        ])

    def _plan_missing_escalations(self):
        """Remember what else will happen: escalations that came when these targets ran already."""
        known = set(self.escalation_ids.mapped(lambda it: (it.target_id, it.escalation_id)))
        self.env['service.case.escalation'].create([
            {'target_id': target.id, 'escalation_id': escalation.id}
            for target in self
            for escalation in target.policy_target_id.escalation_ids
            if (target, escalation) not in known
        ])

    def _is_overdue(self):
        self.ensure_one()
        return bool(self.deadline and self.deadline < fields.Datetime.now())

    def _get_key(self):
        """Return what tells this promise apart from the others on its case."""
        self.ensure_one()
        return self.kind, self.stage_id.id, self.policy_target_id.id

    def _get_pauses(self):
        """Return when the clock stood still, as `planning.merge_pauses` does."""
        self.ensure_one()
        return merge_pauses([
            (_seconds(pause.start_date), pause.end_date and _seconds(pause.end_date) or None)
            for pause in self.case_id.pause_ids
            if self.pausable or pause.kind == 'closed'
        ])

    @api.depends('deadline', 'done_date', 'withdrawn_date')
    def _compute_outcome(self):
        for target in self:
            ended = target.done_date or target.withdrawn_date
            if not ended:
                target.outcome = 'open'
            elif target.deadline and ended > target.deadline:
                target.outcome = 'missed'
            else:
                target.outcome = 'kept' if target.done_date else 'withdrawn'

    @api.depends('deadline', 'warning_date', 'outcome')
    def _compute_state(self):
        now = fields.Datetime.now()
        for target in self:
            if target.outcome != 'open':
                target.state = target.outcome
            elif target.case_id.waiting_for and target.pausable and not target.deadline:
                target.state = 'paused'
            else:
                target.state = self._running_state(target.deadline, target.warning_date, now)

    @api.model
    def _running_state(self, deadline, warning_date, now):
        """Return the state at ``now`` of what is still to be reached."""
        if deadline and deadline < now:
            return 'overdue'
        if warning_date and warning_date <= now:
            return 'due_soon'
        return 'running'

    @api.model
    def _search_state(self, operator, value):
        if operator != 'in':
            return NotImplemented
        now = fields.Datetime.now()
        return Domain.OR(self._state_domain(state, now) for state in value if state)

    @api.model
    def _state_domain(self, state, now):
        if state in ('kept', 'missed', 'withdrawn'):
            return Domain('outcome', '=', state)
        paused = (
            Domain('deadline', '=', False)
            & Domain('pausable', '=', True)
            & Domain('case_id.waiting_for', '!=', False)
        )
        if state == 'paused':
            return self._open_domain() & paused
        running = self._open_domain() & self._running_domain(state, now)
        return running & ~paused if state == 'running' else running

    @api.model
    def _open_domain(self):
        return Domain('done_date', '=', False) & Domain('withdrawn_date', '=', False)

    @api.model
    def _running_domain(self, state, now):
        """Return the domain on deadline and warning date that holds for ``state`` at ``now``."""
        overdue = Domain('deadline', '<', now)
        warned = Domain('warning_date', '<=', now)
        # a comparison never holds for an empty date, and its negation must then hold
        not_overdue = Domain('deadline', '>=', now) | Domain('deadline', '=', False)
        not_warned = Domain('warning_date', '>', now) | Domain('warning_date', '=', False)
        return {
            'overdue': overdue,
            'due_soon': warned & not_overdue,
            'running': not_warned & not_overdue,
        }[state]

    @api.depends('case_id', 'kind')
    def _compute_display_name(self):
        kinds = dict(self._fields['kind']._description_selection(self.env))
        for target in self:
            target.display_name = f'{target.case_id.number} · {kinds.get(target.kind, "")}'


def _seconds(moment):
    return round(utc.localize(moment).timestamp())
