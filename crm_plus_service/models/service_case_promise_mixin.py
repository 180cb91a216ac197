from odoo import api, fields, models
from odoo.fields import Domain

from .service_case_target import STATES


class ServiceCasePromiseMixin(models.AbstractModel):
    """What is promised on a case: its targets, when the next is due, and how that stands now.

    Targets (:class:`service.case.target`) are planned when the case opens, from the policies that
    fit it and the promise of its team, and planned anew when the case changes. They are reached
    by what happens on the case: a colleague's answer, a stage, the closing. What stages do to
    them stands in ``service_case_clock_mixin.py``.
    """

    _name = 'service.case.promise.mixin'
    _inherit = ['service.case.clock.mixin']
    _description = 'Case: Promises'

    #: what policies look at
    MATCHED_FIELDS = ('team_id', 'type_id', 'priority', 'tag_ids', 'partner_id', 'product_id')

    target_ids = fields.One2many(
        'service.case.target', 'case_id', string='Targets', groups='base.group_user'
    )
    first_response_date = fields.Datetime(
        string='First Answered On',
        readonly=True,
        copy=False,
        groups='base.group_user',
        help='When the first message of a colleague was sent to the customer.',
    )
    awaiting_since = fields.Datetime(
        string='Customer Waits Since',
        readonly=True,
        copy=False,
        groups='base.group_user',
        help='When the customer wrote what nobody has answered yet.',
    )
    deadline = fields.Datetime(
        compute='_compute_deadline',
        store=True,
        index='btree_not_null',
        copy=False,
        groups='base.group_user',
        help='When the next promise to the customer runs out. Empty when nothing is promised '
        'or the case is closed.',
    )
    warning_date = fields.Datetime(
        compute='_compute_deadline', store=True, copy=False, groups='base.group_user'
    )
    sla_state = fields.Selection(
        STATES,
        string='Promise',
        compute='_compute_sla',
        search='_search_sla_state',
        groups='base.group_user',
        help='Whether the promise to the customer is still running, has run out, or was kept or '
        'missed when the case was closed.',
    )
    sla_label = fields.Char(string='Due', compute='_compute_sla', groups='base.group_user')

    answer_count = fields.Integer(
        string='Answers',
        readonly=True,
        copy=False,
        aggregator='avg',
        groups='base.group_user',
        help='How often colleagues have written to the customer.',
    )
    # ------------------------------------------------------------
    # COMPUTES
    # ------------------------------------------------------------

    @api.depends(
        'target_ids.deadline',
        'target_ids.warning_date',
        'target_ids.done_date',
        'target_ids.withdrawn_date',
    )
    def _compute_deadline(self):
        for case in self:
            running = case.target_ids.filtered(lambda target: target.outcome == 'open')
            case.deadline = min(filter(None, running.mapped('deadline')), default=False)
            case.warning_date = min(filter(None, running.mapped('warning_date')), default=False)

    @api.depends('closed_date', 'deadline', 'warning_date', 'waiting_for', 'target_ids.outcome')
    def _compute_sla(self):
        now = fields.Datetime.now()
        for case in self:
            outcomes = set(case.target_ids.mapped('outcome'))
            state = False
            if case.deadline:
                state = case.target_ids._running_state(case.deadline, case.warning_date, now)
            elif case.waiting_for and 'open' in outcomes:
                state = 'paused'
            elif case.closed_date and outcomes & {'kept', 'missed'}:
                state = 'missed' if 'missed' in outcomes else 'kept'
            case.sla_state = state
            case.sla_label = case._sla_text(state, now)

    def _sla_text(self, state, now):
        """Say in a few words where the promise stands at ``now``."""
        self.ensure_one()
        if state in ('running', 'due_soon'):
            return self.env._('Due in %s', self._duration_text(self.deadline - now))
        if state == 'overdue':
            return self.env._('Overdue by %s', self._duration_text(now - self.deadline))
        if state == 'missed':
            late = max(
                target.done_date - target.deadline
                for target in self.target_ids
                if target.outcome == 'missed'
            )
            return self.env._('Missed by %s', self._duration_text(late))
        if state == 'paused':
            return self.env._('Waiting')
        return self.env._('Kept') if state == 'kept' else False

    def _duration_text(self, delta):
        """Return a duration in its most telling unit: 25 min, 3 h, 2 h 30 min, 4 days."""
        minutes = int(delta.total_seconds() // 60)
        if minutes < 60:
            return self.env._('%s min', minutes)
        if minutes < 10 * 60 and minutes % 60:
            return self.env._(
                '%(hours)s h %(minutes)s min', hours=minutes // 60, minutes=minutes % 60
            )
        if minutes < 48 * 60:
            return self.env._('%s h', minutes // 60)
        return self.env._('%s days', minutes // (24 * 60))

    @api.model
    def _search_sla_state(self, operator, value):
        if operator != 'in':
            return NotImplemented
        now = fields.Datetime.now()
        targets = self.env['service.case.target']
        missed = Domain('target_ids.outcome', '=', 'missed')
        closed = Domain('closed_date', '!=', False) & Domain(
            'target_ids.outcome', 'in', ('kept', 'missed')
        )
        paused = (
            Domain('deadline', '=', False)
            & Domain('waiting_for', '!=', False)
            & Domain('target_ids.outcome', '=', 'open')
        )
        domains = {
            **{
                state: Domain('deadline', '!=', False) & targets._running_domain(state, now)
                for state in ('running', 'due_soon', 'overdue')
            },
            'paused': paused,
            'missed': closed & missed,
            'kept': closed & ~missed,
            False: Domain('deadline', '=', False) & ~closed & ~paused,
        }
        if {'due_soon', 'overdue'} <= set(value):
            # both together, as a list of what is at risk asks: warned of, whatever came of it
            domains['due_soon'] = domains['overdue'] = Domain('warning_date', '<=', now)
        return Domain.OR(domains[state] for state in value if state in domains)

    # ------------------------------------------------------------
    # CRUD
    # ------------------------------------------------------------

    @api.model_create_multi
    def create(self, vals_list):
        cases = super().create(vals_list)
        cases._follow_stage()
        cases._sync_targets()
        return cases

    def write(self, vals):
        # sudo: what follows from a change that was allowed; nothing of it is returned
        stages = {case: (case.stage_id, case.closed_date) for case in self.sudo()}
        res = super().write(vals)
        changed = [name for name in self.MATCHED_FIELDS if name in vals]
        if 'stage_id' in vals or 'team_id' in vals:
            moved = self.sudo().filtered(
                lambda case: case.stage_id != stages[case][0] or 'team_id' in vals)
            moved._follow_stage({case: stages[case] for case in moved})
            changed += ['stage_id'] if moved else []
        if changed:
            labels = [self._fields[name]._description_string(self.env) for name in changed]
            self._sync_targets(self.env._('Changed: %s', ', '.join(labels)))
        return res

    # ------------------------------------------------------------
    # WHAT HAPPENS ON THE CASE
    # ------------------------------------------------------------

    def _note_customer_message(self):
        """Remember that the customer waits for an answer, and wait no longer for the customer."""
        # sudo: a customer may answer but not change a case; what follows is the case's own doing
        for case in self.sudo().filtered(lambda case: not case.closed_date):
            if case.first_response_date and not case.awaiting_since:
                case.awaiting_since = fields.Datetime.now()
                case._sync_targets()
            if case.waiting_for == 'customer':
                case.stage_id = case._stage_to_go_on()

    def _note_answer(self):
        """Reach what was to be answered: a colleague has written to the customer."""
        now = fields.Datetime.now()
        # sudo: whoever may write to the customer need not be allowed to change the case
        for case in self.sudo():
            case._running_targets().filtered(
                lambda target: target.kind in ('first_response', 'next_response')
            ).done_date = now
            case.write({
                'first_response_date': case.first_response_date or now,
                'awaiting_since': False,
                'answer_count': case.answer_count + 1,
            })

    # ------------------------------------------------------------
    # PROMISES
    # ------------------------------------------------------------

    def _running_targets(self):
        return self.target_ids.filtered(lambda target: target.outcome == 'open')

    def _get_service_calendar(self):
        """Return the working hours in which promises on this case are counted.

        Those agreed with the customer, else the team's.
        """
        self.ensure_one()
        customer = self.commercial_partner_id.with_company(self.company_id)
        return customer.service_calendar_id or self.team_id.resource_calendar_id

    def _get_customer_tier(self):
        self.ensure_one()
        return self.commercial_partner_id.with_company(self.company_id).customer_tier_id

    def _get_promises(self, rules):
        """Return the values of the targets that are promised on this case now, by key.

        The team's own promise stands where no policy promises a resolution.
        """
        self.ensure_one()
        promises = self.env['service.policy']._get_promised(self, rules)
        team = self.team_id
        if team.resolution_hours and all(it['kind'] != 'resolution' for it in promises):
            promises.append({
                'kind': 'resolution',
                'stage_id': False,
                'policy_target_id': False,
                'hours': team.resolution_hours,
                'warning_hours': team.warning_hours,
                'pausable': True,
            })
        calendar = self._get_service_calendar()
        return {
            _key(values): {**values, 'start_date': start, 'calendar_id': calendar.id}
            for values in promises
            if (start := self._get_start(values))
        }

    def _get_start(self, promise):
        """Return since when the clock of a promise runs on this case; False if it does not."""
        if self.closed_date:
            return False
        if promise['kind'] == 'first_response':
            return not self.first_response_date and self.opened_date
        if promise['kind'] == 'next_response':
            return self.awaiting_since
        stage = self.env['service.stage'].browse(promise['stage_id'])
        return not (stage and self._has_reached(stage)) and self.opened_date

    def _sync_targets(self, reason=False):
        """Make the running targets of these cases those that are promised now.

        What was met or missed stays as it is; what is no longer promised is withdrawn.

        :param reason: why, to be read on the targets that change
        """
        # sudo: targets are the consequence of a promise and nobody may write them by hand; what
        # they contain comes from the case, the policies and its team alone
        cases = self.sudo()
        policies = self.env['service.policy']
        rules = {company: policies._read_rules(company) for company in cases.company_id}
        to_create = []
        for case in cases:
            promises = case._get_promises(rules.get(case.company_id, ()))
            for target in case._running_targets():
                values = promises.pop(target._get_key(), None)
                if not values:
                    target._withdraw(reason, fields.Datetime.now())
                elif not target._is_overdue():
                    target._promise(values, reason)
            ended = {
                target._get_key()
                for target in case.target_ids
                if target.outcome in ('kept', 'missed') and target.kind != 'next_response'
            }
            to_create += [
                {'case_id': case.id, 'tier_id': case._get_customer_tier().id, **values}
                for key, values in promises.items()
                if key not in ended
            ]
        if to_create:
            # sudo: as above
            targets = self.env['service.case.target'].sudo()
            # the database must know what has ended before the same may run again
            targets.flush_model(['done_date', 'withdrawn_date'])
            targets.create(to_create)


def _key(values):
    return values['kind'], values['stage_id'], values['policy_target_id']
