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
