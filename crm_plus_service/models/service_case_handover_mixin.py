from odoo import api, fields, models
from odoo.exceptions import UserError


class ServiceCaseHandoverMixin(models.AbstractModel):
    """Cases that one team hands to another one, which takes them or says why not."""

    _name = 'service.case.handover.mixin'
    _description = 'Case: Hand-Over'

    handover_ids = fields.One2many(
        'service.handover', 'case_id', string='Hand-Overs', groups='base.group_user')
    handed_to_id = fields.Many2one(
        'service.team', compute='_compute_handed_to_id',
        groups='base.group_user',
        help='The team that has been asked to take the case, and has not answered yet.')

    @api.depends('handover_ids.state')
    def _compute_handed_to_id(self):
        for case in self:
            waiting = case.handover_ids.filtered(lambda hop: hop.state == 'requested')
            case.handed_to_id = waiting.to_team_id

    def write(self, vals):
        res = super().write(vals)
        if 'team_id' in vals or 'stage_id' in vals:
            # sudo: a customer who closes a case ends the wait for another team
            waiting = self.sudo().handover_ids.filtered(
                lambda hop: hop.state == 'requested'
                and (hop.case_id.closed_date or hop.case_id.team_id != hop.from_team_id))
            waiting._end('withdrawn')
        return res

    def action_hand_over(self):
        """Open the dialog that asks another team to take the cases."""
        return {
            'type': 'ir.actions.act_window',
            'name': self.env._('Hand Over'),
            'res_model': 'service.case.hand.over',
            'views': [(False, 'form')],
            'target': 'new',
            'context': {'default_case_ids': self.ids},
        }

    def action_accept_handover(self):
        """Take the cases that wait for the answer of a team."""
        self.handover_ids.filtered(lambda hop: hop.state == 'requested').action_accept()

    def action_refuse_handover(self):
        """Ask why the cases are not taken."""
        return self.handover_ids.filtered(
            lambda hop: hop.state == 'requested').action_refuse()

    def action_withdraw_handover(self):
        """Keep the cases that another team was asked to take."""
        self.handover_ids.action_withdraw()

    def _hand_over(self, team, reason):
        """Ask ``team`` to take these cases; return the requests."""
        self.check_access('write')
        team.check_access('read')
        for case in self:
            if case.closed_date or case.team_id == team or case.company_id != team.company_id:
                raise UserError(self.env._(
                    '%(case)s cannot be handed to %(team)s. It must be open, of the same '
                    'company, and of another team.', case=case.number, team=team.name))
            if case.handed_to_id:
                raise UserError(self.env._(
                    '%(case)s has been handed to %(team)s already. Withdraw that first.',
                    case=case.number, team=case.handed_to_id.name))
        # sudo: the ledger of hand-overs is written by what happens, not by hand
        handovers = self.env['service.handover'].sudo().create([
            {'case_id': case.id, 'from_team_id': case.team_id.id, 'to_team_id': team.id,
             'reason': reason}
            for case in self
        ])
        for handover in handovers:
            handover.case_id._log_handover(handover)
            handover._tell(team.member_ids, self.env._(
                '%(from_team)s asks you to take %(case)s: %(reason)s',
                from_team=handover.from_team_id.name, case=handover.case_id.display_name,
                reason=reason))
        return handovers

    def _log_handover(self, handover):
        texts = {
            'requested': self.env._('%s has been asked to take the case.'),
            'accepted': self.env._('%s has taken the case.'),
            'refused': self.env._('%s has not taken the case.'),
            'withdrawn': self.env._('%s is no longer asked to take the case.'),
        }
        reason = handover.reason if handover.state == 'requested' else handover.answer
        text = texts[handover.state] % handover.to_team_id.name
        self._message_log(body=f'{text} {reason}' if reason else text)
