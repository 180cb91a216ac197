import re

from odoo import models

from . import service_case_presence_mixin as presence
from . import service_monitored_mixin as monitored

#: What a page asks for: a team on its monitor, or a case that it shows.
MONITOR_CHANNEL = re.compile(r'service_monitor_(\d{1,9})')
PRESENCE_CHANNEL = re.compile(r'service_case_presence_(\d{1,9})')


class IrWebsocket(models.AbstractModel):
    """Let pages listen to the teams and cases that their user may see, and to no other."""

    _inherit = 'ir.websocket'

    def _build_bus_channel_list(self, channels):
        team_ids, channels = _take(MONITOR_CHANNEL, channels)
        case_ids, channels = _take(PRESENCE_CHANNEL, channels)
        if team_ids and self.env.user.has_group('crm_plus_service.group_agent'):
            teams = self.env['service.monitor']._get_teams(team_ids)
            channels += [(team, monitored.SUBCHANNEL) for team in teams]
        if case_ids:
            cases = self.env['service.case']._get_joinable(case_ids)
            channels += [(case, presence.SUBCHANNEL) for case in cases]
        return super()._build_bus_channel_list(channels)


def _take(pattern, channels):
    """Return the ids that the channels of a pattern name, and the other channels."""
    ids, others = [], []
    for channel in channels:
        match = isinstance(channel, str) and pattern.fullmatch(channel)
        if match:
            ids.append(int(match[1]))
        else:
            others.append(channel)
    return ids, others
