from odoo import api, fields, models


class ServiceTeamProfilesMixin(models.AbstractModel):
    """Members whom a team that gives out its cases would leave without any, and what helps."""

    _name = 'service.team.profiles.mixin'
    _description = 'Team: Profiles of Its Members'

    member_without_profile_ids = fields.Many2many(
        'res.users',
        string='Members without a Profile',
        compute='_compute_member_without_profile_ids',
        help='They are given no case: nothing is known of what they can take.',
    )

    @api.depends('strategy', 'member_ids', 'company_id')
    def _compute_member_without_profile_ids(self):
        # who is archived has been taken out on purpose
        agents = self.env['service.agent'].with_context(active_test=False)
        for team in self:
            members = team.member_ids._origin
            if team.strategy in ('manual', 'pull'):
                members = members.browse()
            team.member_without_profile_ids = members - agents._of_users(
                members, team.company_id).user_id

    def action_make_profiles(self):
        """Make profiles of the members without one, and open those of the team."""
        self.ensure_one()
        agents = self.env['service.agent']
        agents.create([
            {'user_id': user.id, 'company_id': self.company_id.id}
            for user in self.member_without_profile_ids
        ])
        self.invalidate_recordset(['member_without_profile_ids'])
        action = self.env['ir.actions.act_window']._for_xml_id(
            'crm_plus_service.service_agent_action')
        return {
            **action,
            'domain': [
                ('company_id', '=', self.company_id.id), ('user_id', 'in', self.member_ids.ids)],
        }
