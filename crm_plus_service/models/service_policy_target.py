from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain

from .service_replanning import AT_ONCE

KINDS = [
    ('first_response', 'First Answer'),
    ('next_response', 'Next Answer'),
    ('resolution', 'Resolution'),
    ('stage', 'Stage'),
]


class ServicePolicyTarget(models.Model):
    """One promise of a policy: what is to be reached, and in how many working hours."""

    _name = 'service.policy.target'
    _description = 'Promise of a Service Policy'
    _order = 'policy_id, sequence, id'

    policy_id = fields.Many2one('service.policy', required=True, index=True, ondelete='cascade')
    company_id = fields.Many2one(related='policy_id.company_id', store=True, index=True)
    sequence = fields.Integer(default=10)
    kind = fields.Selection(
        KINDS,
        required=True,
        default='resolution',
        string='Promise',
        help='First Answer: the first message of a colleague that the customer gets. '
        'Next Answer: the answer to each later message of the customer. '
        'Resolution: the case is closed. Stage: the case has come to that stage or a later one. '
        'Automatic messages and internal notes are no answers.',
    )
    stage_id = fields.Many2one(
        'service.stage',
        ondelete='cascade',
        domain=[('is_closed', '=', False)],
        help='The stage that the case must have reached.',
    )
    hours = fields.Float(
        string='Within', required=True, help='Working hours in which it must be reached.'
    )
    warning_hours = fields.Float(
        string='Warn Before',
        help='A case shows as due soon when this many working hours are left.',
    )
    pausable = fields.Boolean(
        string='Stops While Waiting',
        compute='_compute_pausable',
        store=True,
        readonly=False,
        precompute=True,
        help='The time does not count while the case is in a stage that waits for the customer '
        'or somebody else.',
    )

    escalation_ids = fields.One2many(
        'service.escalation', 'policy_target_id', string='Escalations', copy=True
    )

    _hours_positive = models.Constraint(
        'CHECK (hours > 0 AND warning_hours >= 0)',
        'Promised hours must be above zero, and the hours of warning not below.',
    )
    _stage_named = models.Constraint(
        "CHECK (kind <> 'stage' OR stage_id IS NOT NULL)",
        'Choose the stage that must be reached.',
    )

    @api.depends('kind')
    def _compute_pausable(self):
        for target in self:
            target.pausable = target.kind in ('resolution', 'stage')

    @api.depends('policy_id.name', 'kind', 'stage_id.name')
    def _compute_display_name(self):
        kinds = dict(self._fields['kind']._description_selection(self.env))
        for target in self:
            what = target.stage_id.name if target.kind == 'stage' else kinds.get(target.kind, '')
            target.display_name = f'{target.policy_id.name}: {what}'

    # ------------------------------------------------------------
    # CRUD: what is promised on open cases follows
    # ------------------------------------------------------------

    @api.model_create_multi
    def create(self, vals_list):
        targets = super().create(vals_list)
        targets.policy_id._replan_after_promises()
        return targets

    def write(self, vals):
        res = super().write(vals)
        if vals.keys() - {'sequence'}:
            self.policy_id._replan_after_promises()
        return res

    def unlink(self):
        policies = self.policy_id
        self._withdraw_from_cases()
        res = super().unlink()
        policies._replan_after_promises()
        return res

    def _withdraw_from_cases(self):
        """End what runs by these promises, which are about to be deleted.

        :raise UserError: when it runs on so many cases that it must be withdrawn by the job first
        """
        # sudo: what runs follows from the promise, which the user may delete; only figures show
        targets = self.env['service.case.target'].sudo()
        running = targets.search(
            targets._open_domain() & Domain('policy_target_id', 'in', self.ids), limit=AT_ONCE + 1)
        if len(running) > AT_ONCE:
            raise UserError(self.env._(
                'This is promised on more than %(number)s open cases. Archive “%(policy)s” '
                'first, and delete it when all of them have been planned anew.',
                number=AT_ONCE, policy=self.policy_id[:1].name))
        running._withdraw(self.env._('A service policy was deleted.'), fields.Datetime.now())
