from odoo import api, models

#: What is sent to the monitors that look at a team, and under which name.
NOTIFICATION = 'crm_plus_service.monitor'
SUBCHANNEL = 'monitor'


class ServiceMonitoredMixin(models.AbstractModel):
    """What shows on the live monitor of teams: tells it when it changes.

    A monitor is told which team has changed and nothing of what; it then reads the figures with
    the rights of whoever looks at it. However many records a transaction changes, each team is
    told of once, when the transaction is written to the database.
    """

    _name = 'service.monitored.mixin'
    _description = 'Shown on the Monitor'

    #: fields of which a change can be seen on the monitor
    MONITORED_FIELDS = frozenset()

    def _monitored_teams(self):
        """Return the teams on whose monitor these records show."""
        raise NotImplementedError

    @api.model_create_multi
    def create(self, vals_list):
        records = super().create(vals_list)
        records._tell_monitors()
        return records

    def write(self, vals):
        is_seen = self.MONITORED_FIELDS & vals.keys()
        if is_seen:
            # where the records leave, too
            self._tell_monitors()
        res = super().write(vals)
        if is_seen:
            self._tell_monitors()
        return res

    def unlink(self):
        self._tell_monitors()
        return super().unlink()

    def _tell_monitors(self):
        """Tell the monitors of these records' teams once the transaction is about to be kept."""
        # sudo: which team is concerned; readers are told a number and look with their own rights
        team_ids = self.sudo()._monitored_teams().ids
        if not team_ids:
            return
        precommit = self.env.cr.precommit
        if NOTIFICATION not in precommit.data:
            precommit.data[NOTIFICATION] = set()
            precommit.add(self._send_to_monitors)
        precommit.data[NOTIFICATION].update(team_ids)

    @api.model
    def _send_to_monitors(self):
        teams = self.env['service.team'].browse(
            sorted(self.env.cr.precommit.data.pop(NOTIFICATION)))
        for team in teams:
            # _sendone: the channel is a record's, joined by those who may see it (ir_websocket.py)
            self.env['bus.bus']._sendone((team, SUBCHANNEL), NOTIFICATION, {'team_id': team.id})
