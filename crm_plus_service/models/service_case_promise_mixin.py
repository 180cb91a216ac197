from odoo import api, fields, models
from odoo.fields import Domain


class ServiceCasePromiseMixin(models.AbstractModel):
    """What is promised on a case: its targets, when the next is due, and how that stands now.

    Targets (:class:`service.case.target`) are planned when the case opens, stop when it closes
    and run again when it is reopened.
    """

    _name = 'service.case.promise.mixin'
    _description = 'Case: Promises'

    target_ids = fields.One2many(
        'service.case.target', 'case_id', string='Targets', groups='base.group_user'
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
        [
            ('running', 'On Track'),
            ('due_soon', 'Due Soon'),
            ('overdue', 'Overdue'),
            ('kept', 'Kept'),
            ('missed', 'Missed'),
        ],
        string='Promise',
        compute='_compute_sla',
        search='_search_sla_state',
        groups='base.group_user',
        help='Whether the promise to the customer is still running, has run out, or was kept or '
        'missed when the case was closed.',
    )
    sla_label = fields.Char(string='Due', compute='_compute_sla', groups='base.group_user')

    # ------------------------------------------------------------
    # COMPUTES
    # ------------------------------------------------------------

    @api.depends('target_ids.deadline', 'target_ids.warning_date', 'target_ids.done_date')
    def _compute_deadline(self):
        for case in self:
            running = case.target_ids.filtered(lambda target: not target.done_date)
            case.deadline = min(filter(None, running.mapped('deadline')), default=False)
            case.warning_date = min(filter(None, running.mapped('warning_date')), default=False)

    @api.depends('closed_date', 'deadline', 'warning_date', 'target_ids.outcome')
    def _compute_sla(self):
        now = fields.Datetime.now()
        for case in self:
            state = False
            if case.deadline:
                state = case.target_ids._running_state(case.deadline, case.warning_date, now)
            elif case.closed_date and case.target_ids:
                outcomes = case.target_ids.mapped('outcome')
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
        closed = Domain('closed_date', '!=', False) & Domain('target_ids', '!=', False)
        domains = {
            **{
                state: Domain('deadline', '!=', False) & targets._running_domain(state, now)
                for state in ('running', 'due_soon', 'overdue')
            },
            'missed': closed & missed,
            'kept': closed & ~missed,
            False: Domain('target_ids', '=', False)
            | (Domain('closed_date', '=', False) & Domain('deadline', '=', False)),
        }
        return Domain.OR(domains[state] for state in value if state in domains)

    # ------------------------------------------------------------
    # CRUD
    # ------------------------------------------------------------

    @api.model_create_multi
    def create(self, vals_list):
        cases = super().create(vals_list)
        cases._sync_targets()
        return cases

    def write(self, vals):
        closed = self.filtered('closed_date') if 'stage_id' in vals else self.browse()
        res = super().write(vals)
        if 'team_id' in vals:
            self._sync_targets()
        else:
            closed.filtered(lambda case: not case.closed_date)._sync_targets()
        return res

    # ------------------------------------------------------------
    # PROMISES
    # ------------------------------------------------------------

    def _get_promises(self):
        """Return what is promised on this case, as target values by kind."""
        self.ensure_one()
        team = self.team_id
        if not team.resolution_hours:
            return {}
        return {
            'resolution': {
                'hours': team.resolution_hours,
                'warning_hours': team.warning_hours,
                'calendar_id': team.resource_calendar_id.id,
            }
        }

    def _sync_targets(self):
        """Make the running targets of these cases those that are promised now.

        Targets that have been reached keep what was promised then.
        """
        # sudo: targets are the consequence of a promise and nobody may write them by hand; what
        # they contain comes from the case and its team alone
        to_create, obsolete = [], self.env['service.case.target'].sudo()
        for case in self.sudo():
            promises = case._get_promises()
            for target in case.target_ids.filtered(lambda target: not target.done_date):
                values = promises.pop(target.kind, None)
                if values:
                    target._promise(values)
                else:
                    obsolete |= target
            known = set(case.target_ids.mapped('kind'))
            to_create += [
                {'case_id': case.id, 'kind': kind, 'start_date': case.opened_date, **values}
                for kind, values in promises.items()
                if kind not in known
            ]
        obsolete.unlink()
        obsolete.create(to_create)
