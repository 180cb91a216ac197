from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError


class ServiceHandover(models.Model):
    """A case that one team asks another one to take: a hop, with how long it took.

    Until the other team accepts, the case stays where it is and what that team promised goes on.
    Written by :meth:`service.case._hand_over` and by the answers below; edited by nobody.
    """

    _name = 'service.handover'
    _description = 'Hand-Over of a Case'
    _order = 'id desc'
    _rec_name = 'case_id'

    case_id = fields.Many2one('service.case', required=True, index=True, ondelete='cascade')
    company_id = fields.Many2one(related='case_id.company_id', store=True, index=True)
    from_team_id = fields.Many2one(
        'service.team', string='From', required=True, index=True, ondelete='cascade')
    to_team_id = fields.Many2one(
        'service.team', string='To', required=True, index=True, ondelete='cascade')
    reason = fields.Char(required=True, help='Why the other team should take the case.')
    requested_by_id = fields.Many2one(
        'res.users', string='Asked By', default=lambda self: self.env.user, ondelete='set null')
    requested_date = fields.Datetime(
        string='Asked On', required=True, default=fields.Datetime.now)
    state = fields.Selection(
        [
            ('requested', 'Waiting for an Answer'),
            ('accepted', 'Accepted'),
            ('refused', 'Refused'),
            ('withdrawn', 'Withdrawn'),
        ],
        required=True,
        default='requested',
        string='Answer',
        help='Withdrawn: by the team that asked, or because the case was closed or moved '
        'meanwhile.',
    )
    answer = fields.Char(string='Why Refused')
    answered_by_id = fields.Many2one('res.users', ondelete='set null')
    answered_date = fields.Datetime(string='Answered On')
    hours = fields.Float(
        string='Hours to Answer', aggregator='avg',
        help='Working hours of the team that was asked, until it answered.')
    can_answer = fields.Boolean(compute='_compute_can_answer')

    _one_waiting = models.UniqueIndex(
        "(case_id) WHERE state = 'requested'", 'A case is handed to one team at a time.')

    @api.depends_context('uid')
    @api.depends('state', 'to_team_id.member_ids')
    def _compute_can_answer(self):
        is_manager = self.env.user.has_group('crm_plus_service.group_manager')
        is_agent = self.env.user.has_group('crm_plus_service.group_agent')
        for handover in self:
            handover.can_answer = handover.state == 'requested' and (
                is_manager or (is_agent and self.env.user in handover.to_team_id.member_ids))

    # ------------------------------------------------------------
    # ANSWERS
    # ------------------------------------------------------------

    def action_accept(self):
        """Take the cases into the team that was asked; it gives them to its own agents."""
        for handover in self._to_answer():
            handover._end('accepted')
            # sudo: the team that was asked takes the case, which was checked; where the case
            # goes was checked when it was handed over
            handover.case_id.sudo().write({
                'team_id': handover.to_team_id.id, 'user_id': False})
            handover._tell_requester(self.env._(
                '%(team)s has taken the case %(case)s.', team=handover.to_team_id.name,
                case=handover.case_id.display_name))

    def action_refuse(self):
        """Open the dialog that asks for the reason."""
        return {
            'type': 'ir.actions.act_window',
            'name': self.env._('Refuse'),
            'res_model': 'service.handover.refuse',
            'views': [(False, 'form')],
            'target': 'new',
            'context': {'default_handover_ids': self.ids},
        }

    def _refuse(self, answer):
        for handover in self._to_answer():
            handover._end('refused', answer)
            handover._tell_requester(self.env._(
                '%(team)s has not taken the case %(case)s: %(answer)s',
                team=handover.to_team_id.name, case=handover.case_id.display_name,
                answer=answer))

    def action_withdraw(self):
        """Keep the cases; the other team is no longer asked."""
        self.case_id.check_access('write')
        self.filtered(lambda handover: handover.state == 'requested')._end('withdrawn')

    def _to_answer(self):
        self.check_access('read')
        # sudo: the ledger is written by the answers; who may answer is checked here
        waiting = self.sudo().filtered(lambda handover: handover.state == 'requested')
        if not waiting:
            raise UserError(self.env._('This has been answered already.'))
        if not all(waiting.with_env(self.env).mapped('can_answer')):
            raise AccessError(self.env._(
                'Only a member of the team that was asked, or an administrator of the service, '
                'can answer.'))
        return waiting

    def _end(self, state, answer=False):
        now = fields.Datetime.now()
        # sudo: see above
        for handover in self.sudo():
            [seconds] = handover.to_team_id.resource_calendar_id._work_between(
                handover.company_id, [(handover.requested_date, max(now, handover.requested_date))])
            handover.write({
                'state': state,
                'answer': answer,
                'answered_by_id': self.env.uid,
                'answered_date': now,
                'hours': seconds / 3600,
            })
            handover.case_id._log_handover(handover)
        # what comes next on the case must find the answer in the database
        # sudo: writes down what was just decided, nothing else
        self.sudo().flush_recordset(['state'])

    def _tell_requester(self, text):
        self._tell(self.requested_by_id, text)

    def _tell(self, users, text):
        """Notify colleagues of what happened to the hand-over, except who does it."""
        partners = (users - self.env.user).partner_id
        if partners:
            self.case_id.message_notify(
                partner_ids=partners.ids, body=text, subject=self.case_id.display_name)
