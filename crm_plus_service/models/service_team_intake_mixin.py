from odoo import fields, models


class ServiceTeamIntakeMixin(models.AbstractModel):
    """The mail to a team of which no case could be made, on the board of teams."""

    _name = 'service.team.intake.mixin'
    _description = 'Team: Messages That Need Attention'

    attention_count = fields.Integer(
        string='Needs Attention',
        compute='_compute_attention_count',
        groups='crm_plus_service.group_agent',
        help='E-mails to the team of which no case could be made, waiting for somebody to look.',
    )

    def _compute_attention_count(self):
        # not by depends: a team is looked at, the count is that of that moment
        counts = dict(self.env['service.intake']._read_group(
            [('team_id', 'in', self.ids), ('state', '=', 'open')], ['team_id'], ['__count']))
        for team in self:
            team.attention_count = counts.get(team._origin, 0)

    def action_open_attention(self):
        """Open the messages to the team that need attention."""
        self.ensure_one()
        action = self.env['ir.actions.act_window']._for_xml_id(
            'crm_plus_service.service_intake_action')
        action['display_name'] = self.env._('Needs Attention: %s', self.name)
        action['domain'] = [('team_id', '=', self.id)]
        return action
