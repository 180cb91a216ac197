from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.fields import Domain

from .service_replanning import AT_ONCE


class ServiceEscalation(models.Model):
    """What happens by itself before a promise of a policy runs out, or when it has.

    Each happens once on each target; what happened, and when, stands in
    :class:`service.case.escalation`.
    """

    _name = 'service.escalation'
    _description = 'Escalation'
    _order = 'policy_target_id, sequence, id'
    _check_company_auto = True

    policy_target_id = fields.Many2one(
        'service.policy.target',
        string='Promise',
        required=True,
        index=True,
        ondelete='cascade',
        domain="[('policy_id', '=', policy_id)]",
    )
    policy_id = fields.Many2one(related='policy_target_id.policy_id', store=True, index=True)
    company_id = fields.Many2one(related='policy_target_id.company_id', store=True, index=True)
    sequence = fields.Integer(default=10)
    moment = fields.Selection(
        [
            ('before', 'Before the deadline'),
            ('at', 'At the deadline'),
            ('after', 'After the deadline'),
        ],
        required=True,
        default='at',
        string='When',
    )
    hours = fields.Float(help='Working hours before or after the deadline.')
    in_working_hours = fields.Boolean(
        string='In Working Hours Only',
        help='What falls into the night or a holiday happens when work begins again.',
    )

    # what happens
    notify_agent = fields.Boolean(string='Tell the Agent')
    notify_team = fields.Boolean(string='Tell the Team')
    notify_user_ids = fields.Many2many(
        'res.users',
        string='Tell Also',
        check_company=True,
        domain=[('share', '=', False)],
    )
    raise_priority = fields.Boolean(help='To the next higher one; an urgent case stays urgent.')
    user_id = fields.Many2one(
        'res.users',
        string='Hand To',
        check_company=True,
        domain=lambda self: [
            ('all_group_ids', 'in', self.env.ref('crm_plus_service.group_agent').ids)
        ],
        help='Makes this agent responsible for the case.',
    )
    activity_type_id = fields.Many2one(
        'mail.activity.type',
        string='Activity',
        domain=[('res_model', 'in', (False, 'service.case'))],
        help='Planned for today, for the agent; for the one who set the escalation up if the '
        'case has no agent.',
    )

    _hours_positive = models.Constraint(
        'CHECK (hours >= 0)', 'The hours of an escalation cannot be negative.'
    )

    @api.constrains('moment', 'hours', 'policy_target_id')
    def _check_hours(self):
        for escalation in self:
            if escalation.moment == 'at':
                continue
            if not escalation.hours:
                raise ValidationError(
                    self.env._(
                        'Say how many working hours before or after the deadline of '
                        '“%s” this happens.',
                        escalation.policy_target_id.display_name,
                    )
                )
            if (
                escalation.moment == 'before'
                and escalation.hours > escalation.policy_target_id.hours
            ):
                raise ValidationError(
                    self.env._(
                        '“%(promise)s” is promised within %(promised)s hours: nothing can '
                        'happen %(hours)s hours before.',
                        promise=escalation.policy_target_id.display_name,
                        promised=escalation.policy_target_id.hours,
                        hours=escalation.hours,
                    )
                )

    # the moment is always there, and so no new escalation goes unchecked
    @api.constrains(
        'moment', 'notify_agent', 'notify_team', 'notify_user_ids', 'raise_priority', 'user_id',
        'activity_type_id',
    )
    def _check_does_something(self):
        for escalation in self:
            if not (
                escalation.notify_agent
                or escalation.notify_team
                or escalation.notify_user_ids
                or escalation.raise_priority
                or escalation.user_id
                or escalation.activity_type_id
            ):
                raise ValidationError(
                    self.env._(
                        'Nothing would happen by the escalation “%(escalation)s” of '
                        '“%(promise)s”. Choose whom it tells, whether it raises the priority, '
                        'to whom it hands the case or which activity it plans.',
                        escalation=escalation.display_name,
                        promise=escalation.policy_target_id.display_name,
                    )
                )

    @api.depends('moment', 'hours')
    def _compute_display_name(self):
        moments = dict(self._fields['moment']._description_selection(self.env))
        for escalation in self:
            moment = moments.get(escalation.moment, '')
            escalation.display_name = (
                moment if escalation.moment == 'at' else f'{escalation.hours:g} h: {moment}'
            )

    # ------------------------------------------------------------
    # CRUD
    # ------------------------------------------------------------

    @api.model_create_multi
    def create(self, vals_list):
        escalations = super().create(vals_list)
        # sudo: what happens on open cases follows from the policy, which the user may change
        targets = self.env['service.case.target'].sudo()
        for company, own in escalations.grouped('company_id').items():
            running = targets.search(
                targets._open_domain()
                & Domain('policy_target_id', 'in', own.policy_target_id.ids),
                limit=AT_ONCE + 1,
            )
            if len(running) > AT_ONCE:
                self.env['service.replanning']._plan_by_job(
                    company, self.env._('A service policy was changed.'))
            else:
                running._plan_escalations(own)
        return escalations

    # ------------------------------------------------------------
    # HELPERS
    # ------------------------------------------------------------

    def _amount(self, target):
        """Return the seconds of work from the start of the target until this happens."""
        self.ensure_one()
        sign = {'before': -1, 'at': 0, 'after': 1}[self.moment]
        return max(round((target.hours + sign * self.hours) * 3600), 0)

    def _happen(self, target):
        """Do on the target's case what is to be done."""
        self.ensure_one()
        case = target.case_id
        if self.raise_priority and case.priority < '3':
            case.priority = str(int(case.priority) + 1)
        if self.user_id and case.user_id != self.user_id:
            case.user_id = self.user_id
        people = self._people(case)
        if people:
            case.message_notify(
                partner_ids=people.partner_id.ids,
                subject=self._subject(target),
                body=self._body(target),
                subtype_xmlid='mail.mt_note',
            )
        if self.activity_type_id:
            case.activity_schedule(
                activity_type_id=self.activity_type_id.id,
                summary=self._subject(target),
                user_id=(case.user_id or self.create_uid).id,
            )

    def _people(self, case):
        people = self.notify_user_ids
        if self.notify_agent:
            people |= case.user_id
        if self.notify_team:
            people |= case.team_id.member_ids
        return people.filtered(lambda user: user.active and case.company_id in user.company_ids)

    def _subject(self, target):
        kind = dict(target._fields['kind']._description_selection(self.env))[target.kind]
        texts = {
            'before': self.env._('%s is due soon', kind),
            'at': self.env._('%s is overdue', kind),
            'after': self.env._('%s is still overdue', kind),
        }
        return f'{target.case_id.number}: {texts[self.moment]}'

    def _body(self, target):
        return self.env._(
            '%(case)s of %(customer)s: %(promise)s within %(hours)s working hours.',
            case=target.case_id.display_name,
            customer=target.case_id.partner_id.display_name or target.case_id.email_from or '',
            promise=target.policy_target_id.display_name,
            hours=f'{target.hours:g}',
        )
