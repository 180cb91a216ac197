"""The board of teams counts the messages that need attention, and opens them."""

from odoo import Command
from odoo.exceptions import AccessError
from odoo.tests import tagged
from odoo.tools.safe_eval import safe_eval

from .common import ServiceCommon


@tagged('post_install', '-at_install')
class TestTeamBoard(ServiceCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.second = cls.create_team('Second Aid', cls.company)
        cls.entries = cls.env['service.intake'].create([
            {'subject': name, 'team_id': team.id, 'company_id': team.company_id.id}
            for name, team in (
                ('One', cls.team), ('Two', cls.team), ('Three', cls.second),
                ('Far', cls.other_team))
        ])

    def opened(self, team, user):
        """Return what the board opens for the user: the entries in the list as it comes up."""
        action = team.with_user(user).action_open_attention()
        self.assertEqual(action['res_model'], 'service.intake')
        self.assertEqual(safe_eval(action['context']), {'search_default_open': 1})
        domain = [*action['domain'], ('state', '=', 'open')]
        return self.env['service.intake'].with_user(user).search(domain)

    def test_counts_what_waits_in_each_team(self):
        teams = (self.team | self.second).with_user(self.agent)
        self.assertEqual(teams.mapped('attention_count'), [2, 1])
        self.assertEqual(self.opened(self.team, self.agent), self.entries[:2])
        self.assertEqual(self.opened(self.second, self.agent), self.entries[2])

    def test_what_was_settled_is_not_counted(self):
        self.entries[0].with_user(self.agent)._dismiss('Advertising')
        self.env.invalidate_all()
        self.assertEqual(self.team.with_user(self.agent).attention_count, 1)
        self.assertEqual(self.opened(self.team, self.agent), self.entries[1])

    def test_companies_never_mix(self):
        self.assertEqual(self.other_team.with_user(self.far_agent).attention_count, 1)
        with self.assertRaises(AccessError):
            self.other_team.with_user(self.agent).read(['attention_count'])
        self.agent.company_ids = [Command.link(self.other_company.id)]
        one = self.team.with_user(self.agent).with_context(
            allowed_company_ids=self.company.ids)
        self.assertEqual(one.attention_count, 2)

    def test_only_agents_are_told(self):
        with self.assertRaises(AccessError):
            self.team.with_user(self.salesperson).read(['attention_count'])
        arch = self.env['service.team'].with_user(self.salesperson).get_view(
            self.env.ref('crm_plus_service.service_team_view_kanban').id, 'kanban')['arch']
        self.assertNotIn('attention_count', arch)
        arch = self.env['service.team'].with_user(self.agent).get_view(
            self.env.ref('crm_plus_service.service_team_view_kanban').id, 'kanban')['arch']
        self.assertIn('action_open_attention', arch)

    def test_one_question_for_all_teams(self):
        teams = self.team | self.second
        self.assertEqual(teams.mapped('attention_count'), [2, 1])
        self.env.invalidate_all()
        teams.fetch(['name'])
        with self.assertQueryCount(1):
            self.assertEqual(teams.mapped('attention_count'), [2, 1])
