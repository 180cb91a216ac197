from datetime import timedelta

from pytz import utc

from odoo import api, fields, models
from odoo.fields import Domain


class ServiceCaseTarget(models.Model):
    """One promise on one case: what is to be reached (`kind`) and by when (`deadline`).

    How it works: the row keeps facts only — when the clock started, the hours promised, the
    calendar they are counted in, and when it was reached. Deadline and outcome follow from them.
    Whether a running target is overdue depends on the clock on the wall; it is therefore worked
    out on reading (:attr:`state`) and searched by comparing the deadline with the present moment,
    so that it is right at any time without a job that keeps it so.

    Targets are planned by the case and its team; nobody edits them.
    """

    _name = 'service.case.target'
    _description = 'Case Target'
    _order = 'deadline, id'

    case_id = fields.Many2one('service.case', required=True, index=True, ondelete='cascade')
    kind = fields.Selection(
        [('resolution', 'Resolution')], required=True, default='resolution', string='Promise'
    )
    team_id = fields.Many2one(related='case_id.team_id', store=True, index=True)
    company_id = fields.Many2one(related='case_id.company_id', store=True, index=True)
    start_date = fields.Datetime(string='Started On', required=True)
    hours = fields.Float(string='Promised Hours', required=True, aggregator='avg')
    warning_hours = fields.Float(aggregator=None)
    calendar_id = fields.Many2one(
        'resource.calendar', string='Working Hours', required=True, ondelete='restrict'
    )

    deadline = fields.Datetime(compute='_compute_deadline', store=True)
    warning_date = fields.Datetime(compute='_compute_deadline', store=True)
    done_date = fields.Datetime(string='Reached On', compute='_compute_done_date', store=True)
    outcome = fields.Selection(
        [('open', 'Not Reached Yet'), ('kept', 'Kept'), ('missed', 'Missed')],
        compute='_compute_outcome',
        store=True,
        help='Whether the target was reached in time or too late.',
    )
    state = fields.Selection(
        [
            ('running', 'On Track'),
            ('due_soon', 'Due Soon'),
            ('overdue', 'Overdue'),
            ('kept', 'Kept'),
            ('missed', 'Missed'),
        ],
        compute='_compute_state',
        search='_search_state',
    )

    _case_kind_unique = models.Constraint(
        'UNIQUE (case_id, kind)', 'A case has each kind of target once.'
    )
    _running_deadline_idx = models.Index('(deadline) WHERE done_date IS NULL')

    # ------------------------------------------------------------
    # COMPUTES
    # ------------------------------------------------------------

    @api.depends('case_id.closed_date', 'kind')
    def _compute_done_date(self):
        for target in self:
            target.done_date = target.case_id.closed_date

    @api.depends(
        'start_date',
        'hours',
        'warning_hours',
        'done_date',
        'calendar_id.tz',
        'calendar_id.two_weeks_calendar',
        'calendar_id.attendance_ids.dayofweek',
        'calendar_id.attendance_ids.hour_from',
        'calendar_id.attendance_ids.hour_to',
        'calendar_id.attendance_ids.day_period',
        'calendar_id.attendance_ids.week_type',
    )
    def _compute_deadline(self):
        for target in self:
            if target.done_date and target._origin.deadline:
                # what was reached is history: later changes of the calendar do not rewrite it
                target.deadline = target._origin.deadline
                target.warning_date = target._origin.warning_date
                continue
            target.deadline = target._plan(target.hours)
            target.warning_date = target._plan(max(target.hours - target.warning_hours, 0.0))

    def _promise(self, values):
        """Promise ``values`` from now on; what is promised already is not planned anew."""
        self.ensure_one()
        promised = self._convert_to_write({name: self[name] for name in values})
        if promised != values:
            self.write(values)

    def _plan(self, hours):
        """Return the moment (naive UTC) at which ``hours`` of work have passed since the start.

        False when the calendar has no working time for it within years.
        """
        self.ensure_one()
        if not (self.start_date and self.calendar_id):
            return False
        # sudo: the moment must not depend on who computes it; public holidays are readable by
        # every employee anyway and only the resulting moment is kept
        planned = self.calendar_id.sudo().plan_hours(
            hours,
            utc.localize(self.start_date),
            compute_leaves=True,
            # holidays of other companies that name no calendar would count too without this
            domain=[
                ('time_type', '=', 'leave'),
                ('company_id', 'in', [False, self.company_id.id]),
            ],
        )
        # to the second, rounded: hours are floats, and 1/3 h is not 19 min 59.9999 s
        return planned and (
            planned.astimezone(utc).replace(tzinfo=None) + timedelta(microseconds=500_000)
        ).replace(microsecond=0)

    @api.depends('deadline', 'done_date')
    def _compute_outcome(self):
        for target in self:
            if not target.done_date:
                target.outcome = 'open'
            elif target.deadline and target.done_date > target.deadline:
                target.outcome = 'missed'
            else:
                target.outcome = 'kept'

    @api.depends('deadline', 'warning_date', 'outcome')
    def _compute_state(self):
        now = fields.Datetime.now()
        for target in self:
            if target.outcome in ('kept', 'missed'):
                target.state = target.outcome
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
        return Domain.OR(
            Domain('outcome', '=', state)
            if state in ('kept', 'missed')
            else Domain('done_date', '=', False) & self._running_domain(state, now)
            for state in value
            if state
        )

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
