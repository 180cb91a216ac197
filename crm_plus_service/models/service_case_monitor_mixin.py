from odoo import models


class ServiceCaseMonitorMixin(models.AbstractModel):
    """What of a case shows on the monitor of its team, and its moves there."""

    _name = 'service.case.monitor.mixin'
    _inherit = ['service.monitored.mixin']
    _description = 'Case: Monitor'

    MONITORED_FIELDS = frozenset({
        'active', 'name', 'partner_id', 'priority', 'stage_id', 'team_id', 'user_id', 'weight',
    })

    def _monitored_teams(self):
        return self.team_id._origin

    def _compute_deadline(self):
        # deadlines also move with working hours and policies, when nothing is written on the case
        self._origin._tell_monitors()
        return super()._compute_deadline()

    def _move_by_hand(self, team, user):
        """Give the case to an agent of a team, or to its queue, and write down who did so."""
        self.ensure_one()
        if (self.team_id, self.user_id) == (team, user):
            return
        # before the case moves: what the router of the team decides of it comes after
        # sudo: the ledger is written by what happens, not by hand
        self.env['service.assignment'].sudo().create({
            'case_id': self.id,
            'team_id': team.id,
            'user_id': user.id,
            'from_team_id': self.team_id.id,
            'from_user_id': self.user_id.id,
            'moved_by_id': self.env.uid,
            'reason': 'moved',
        })
        if self.team_id == team:
            self.user_id = user
        else:
            self.write({'team_id': team.id, 'user_id': user.id})
