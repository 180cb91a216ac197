"""The live monitor: what it shows to whom, who may move a case, and when pages are told."""

import json
from datetime import timedelta
from unittest.mock import MagicMock, patch

from freezegun import freeze_time

from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .common import ServiceCommon, utc

WEDNESDAY = '2026-01-14 08:00'  # 09:00 in Brussels


def channels_for(user, asked):
    """Return what a page of the user listens to that asks for the channels."""
    connection = MagicMock()
    connection.session.uid = user.id
    with patch('odoo.addons.bus.models.ir_websocket.wsrequest', new=connection):
        return user.env['ir.websocket'].with_user(user)._build_bus_channel_list(asked)


@tagged('post_install', '-at_install')
class TestMonitor(ServiceCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        # what others have set up stays out of sight
        cls.env['service.team'].search([
            ('id', 'not in', (cls.team | cls.other_team).ids)]).active = False
        cls.ben = cls.create_user('second', 'crm_plus_service.group_agent', cls.company)
        cls.team.member_ids = cls.agent | cls.ben
        cls.profile = cls.env['service.agent'].create({
            'user_id': cls.agent.id, 'company_id': cls.company.id, 'capacity': 4})

    def monitor(self, user, team_ids=None):
        return self.env['service.monitor'].with_user(user).get_monitor(team_ids)

    def of_team(self, user=None):
        [team] = self.monitor(user or self.manager)['teams']
        return team

    def of_agent(self, agent, user=None):
        return next(it for it in self.of_team(user)['agents'] if it['user_id'] == agent.id)

    def reassign(self, user, case, agent=None, team=None, seen=None):
        seen = case.user_id if seen is None else seen
        return self.env['service.monitor'].with_user(user).reassign(
            case.id, (team or self.team).id, agent.id if agent else False, seen.id or False)

    # ------------------------------------------------------------
    # FIGURES
    # ------------------------------------------------------------

    @freeze_time(WEDNESDAY)
    def test_queue(self):
        self.create_case('Young', opened_date=utc('2026-01-14 07:30'))
        old = self.create_case('Old', opened_date=utc('2026-01-14 06:00'))
        old.queued_date = utc('2026-01-14 06:00')
        self.create_case('Taken', user_id=self.agent.id)
        self.create_case('Done', stage_id=self.stage_solved.id)
        queue = self.of_team()['queue']
        self.assertEqual(queue['count'], 2)
        self.assertEqual(queue['oldest'], utc('2026-01-14 06:00'))
        self.assertEqual({card['name'] for card in queue['cases']}, {'Young', 'Old'})

    @freeze_time(WEDNESDAY)
    def test_who_asks(self):
        self.create_case()
        self.create_case(partner_id=False, email_from='"Kim Castle" <kim@castle.example.com>')
        self.create_case(partner_id=False, email_from='lee@lake.example.com')
        self.assertEqual(
            {card['customer'] for card in self.of_team()['queue']['cases']},
            {'Brook & Sons, Bea Brook', 'Kim Castle', 'lee@lake.example.com'})

    def test_promises(self):
        with freeze_time(WEDNESDAY):  # 8 working hours end next morning, 2 before at 16:00 there
            case = self.create_case()
            self.assertEqual(case.deadline, utc('2026-01-15 08:00'))
            self.assertEqual(self.of_team()['due_soon'], 0)
            self.assertEqual(self.of_team()['next_change'], case.warning_date)
        with freeze_time(case.warning_date):
            team = self.of_team()
            self.assertEqual((team['due_soon'], team['overdue']), (1, 0))
            self.assertEqual(team['next_change'], case.deadline)
        with freeze_time(case.deadline + timedelta(seconds=1)):
            team = self.of_team()
            self.assertEqual((team['due_soon'], team['overdue']), (0, 1))
            self.assertFalse(team['next_change'])
            overdue = self.env['service.case'].search_count([
                ('team_id', '=', self.team.id), ('sla_state', '=', 'overdue')])
            self.assertEqual(overdue, 1)

    @freeze_time(WEDNESDAY)
    def test_load_against_capacity(self):
        self.create_case(user_id=self.agent.id, weight=2)
        self.create_case(user_id=self.ben.id)
        agent = self.of_agent(self.agent)
        self.assertEqual((agent['load'], agent['capacity'], agent['count']), (2, 4, 1))
        self.assertFalse(self.of_agent(self.ben)['capacity'], 'an agent without profile')
        self.assertEqual(self.of_agent(self.ben)['count'], 1)

    @freeze_time(WEDNESDAY)
    def test_who_is_absent(self):
        self.assertFalse(self.of_agent(self.agent)['is_absent'])
        self.profile.write({
            'absent_from': utc('2026-01-14 07:00'), 'absent_until': utc('2026-01-14 12:00')})
        agent = self.of_agent(self.agent)
        self.assertTrue(agent['is_absent'])
        self.assertEqual(agent['absent_until'], utc('2026-01-14 12:00'))
        self.assertEqual(self.of_team()['next_change'], utc('2026-01-14 12:00'))

    @freeze_time(WEDNESDAY)
    def test_who_has_cases_without_being_a_member(self):
        self.create_case(user_id=self.manager.id)
        agent = self.of_agent(self.manager)
        self.assertFalse(agent['is_member'])
        self.assertEqual(agent['count'], 1)

    @freeze_time(WEDNESDAY)
    def test_most_urgent_as_cards_and_the_rest_counted(self):
        for number in range(15):
            self.create_case(f'Case {number}', user_id=self.agent.id)
        urgent = self.create_case('Urgent', user_id=self.agent.id, priority='3')
        agent = self.of_agent(self.agent)
        self.assertEqual(agent['count'], 16)
        self.assertEqual(len(agent['cases']), 12)
        self.assertEqual(agent['cases'][0]['id'], urgent.id)

    def test_same_number_of_queries_for_ten_times_as_much(self):
        def grow(times):
            for _ in range(times):
                agent = self.create_user(
                    f'agent_{self.env["res.users"].search_count([])}',
                    'crm_plus_service.group_agent', self.company)
                team = self.create_team('Another', self.company)
                team.member_ids = agent | self.ben
                self.env['service.agent'].create({
                    'user_id': agent.id, 'company_id': self.company.id})
                contact = self.create_contact('Somebody', 'somebody@brook.example.com')
                for user in (agent, self.ben, self.env['res.users']):
                    self.create_case(team_id=team.id, user_id=user.id, partner_id=contact.id)

        def look():
            self.monitor(self.manager)  # new users empty the cache of who may what
            self.env.flush_all()
            self.env.invalidate_all()
            with self.assertQueryCount(18):
                return self.monitor(self.manager)

        grow(1)
        self.assertEqual(len(look()['teams']), 2)
        grow(9)
        self.assertEqual(len(look()['teams']), 11)

    # ------------------------------------------------------------
    # WHO SEES WHAT
    # ------------------------------------------------------------

    def test_managers_see_all_teams_and_agents_their_own(self):
        second = self.create_team('Second Aid', self.company)

        def seen(user):
            return {team['name'] for team in self.monitor(user)['teams']}

        self.assertEqual(seen(self.manager), {'First Aid', 'Second Aid'})
        self.assertEqual(seen(self.agent), {'First Aid'})
        self.assertEqual(seen(self.far_agent), set())
        second.leader_id = self.agent
        self.assertEqual(seen(self.agent), {'First Aid', 'Second Aid'})

    def test_only_agents_look(self):
        for user in (self.salesperson, self.accountant, self.portal):
            with self.subTest(user=user.login), self.assertRaises(AccessError):
                self.monitor(user)

    def test_companies_never_mix(self):
        self.create_case('Far case', team_id=self.other_team.id)
        self.other_team.member_ids = self.far_agent
        self.assertEqual(self.monitor(self.manager, self.other_team.ids)['teams'], [])
        self.assertEqual(self.monitor(self.agent, self.other_team.ids)['teams'], [])
        [team] = self.monitor(self.far_agent)['teams']
        self.assertEqual(team['queue']['count'], 1)

        self.manager.company_ids = [Command.link(self.other_company.id)]
        one = self.env['service.monitor'].with_user(self.manager).with_context(
            allowed_company_ids=self.company.ids).get_monitor()
        self.assertEqual([team['name'] for team in one['teams']], ['First Aid'])
        both = self.env['service.monitor'].with_user(self.manager).with_context(
            allowed_company_ids=(self.company | self.other_company).ids).get_monitor()
        self.assertEqual(
            {team['name']: team['queue']['count'] for team in both['teams']},
            {'First Aid': 0, 'Far Away': 1})

    def test_load_does_not_count_cases_of_another_company(self):
        self.agent.company_ids = [Command.link(self.other_company.id)]
        self.create_case(user_id=self.agent.id)
        self.create_case(user_id=self.agent.id, team_id=self.other_team.id)
        self.assertEqual(self.of_agent(self.agent)['load'], 1)

    # ------------------------------------------------------------
    # MOVING CASES
    # ------------------------------------------------------------

    def test_from_agent_to_agent_and_back_to_the_queue(self):
        case = self.create_case(user_id=self.agent.id)
        answer = self.reassign(self.manager, case, self.ben)
        self.assertEqual(case.user_id, self.ben)
        self.assertEqual([team['id'] for team in answer['teams']], self.team.ids)
        self.reassign(self.agent, case)
        self.assertFalse(case.user_id)
        self.assertTrue(case.queued_date)

    def test_to_the_queue_of_another_team(self):
        second = self.create_team('Second Aid', self.company)
        case = self.create_case(user_id=self.agent.id)
        answer = self.reassign(self.manager, case, team=second)
        self.assertEqual((case.team_id, case.user_id), (second, self.env['res.users']))
        self.assertEqual({team['id'] for team in answer['teams']}, {self.team.id, second.id})

    def test_who_may_not_move_cases(self):
        case = self.create_case(user_id=self.agent.id)
        for user in (self.salesperson, self.far_agent, self.portal):
            with self.subTest(user=user.login), self.assertRaises(AccessError):
                self.reassign(user, case, self.ben)
        self.assertEqual(case.user_id, self.agent)

    def test_case_of_another_company_cannot_be_taken(self):
        far_case = self.create_case(team_id=self.other_team.id)
        with self.assertRaises(AccessError):
            self.reassign(self.manager, far_case, self.agent)
        case = self.create_case()
        with self.assertRaises(AccessError):
            self.reassign(self.manager, case, self.far_agent, team=self.other_team)

    def test_who_cannot_be_given_a_case(self):
        case = self.create_case()
        for user in (self.salesperson, self.far_agent, self.portal):
            with self.subTest(user=user.login), self.assertRaisesRegex(UserError, 'no agent of'):
                self.reassign(self.manager, case, user)
        self.assertFalse(case.user_id)

    def test_whoever_is_faster_wins(self):
        case = self.create_case(user_id=self.ben.id)
        with self.assertRaisesRegex(UserError, 'has been given to second'):
            self.reassign(self.manager, case, self.manager, seen=self.agent)
        case.user_id = False
        with self.assertRaisesRegex(UserError, 'back to the queue'):
            self.reassign(self.manager, case, self.manager, seen=self.agent)
        case.action_close()
        with self.assertRaisesRegex(UserError, 'closed meanwhile'):
            self.reassign(self.manager, case, self.manager)
        case.unlink()
        with self.assertRaisesRegex(UserError, 'deleted meanwhile'):
            self.reassign(self.manager, case, self.manager, seen=self.env['res.users'])

    # ------------------------------------------------------------
    # LEDGER
    # ------------------------------------------------------------

    def ledger(self, case):
        return [
            (it.reason, it.moved_by_id, it.from_team_id, it.from_user_id, it.team_id, it.user_id)
            for it in case.assignment_ids.sorted('id')
        ]

    def test_moves_are_written_down(self):
        nobody, second = self.env['res.users'], self.create_team('Second Aid', self.company)
        case = self.create_case(user_id=self.agent.id)
        with freeze_time(WEDNESDAY):
            self.reassign(self.manager, case, self.ben)
        self.assertEqual(case.assignment_ids.date, utc(WEDNESDAY))
        self.reassign(self.agent, case)
        self.reassign(self.manager, case, self.manager, team=second)
        first = self.team
        self.assertEqual(self.ledger(case), [
            ('moved', self.manager, first, self.agent, first, self.ben),
            ('moved', self.agent, first, self.ben, first, nobody),
            ('moved', self.manager, first, nobody, second, self.manager),
        ])

    def test_what_the_router_decides_comes_after_the_move(self):
        nobody = self.env['res.users']
        second = self.create_team('Second Aid', self.company, strategy='least_loaded')
        case = self.create_case(user_id=self.agent.id)
        self.reassign(self.manager, case, team=second)
        self.assertEqual(
            [line[0] for line in self.ledger(case)], ['moved', 'nobody'])
        self.assertEqual(self.ledger(case)[1][1:4], (nobody, self.env['service.team'], nobody))

    def test_what_was_not_moved_is_not_written_down(self):
        case = self.create_case(user_id=self.agent.id)
        self.reassign(self.manager, case, self.agent)
        with self.assertRaises(UserError):
            self.reassign(self.manager, case, self.salesperson)
        self.assertFalse(case.assignment_ids)

    def test_nobody_writes_the_ledger_by_hand(self):
        case = self.create_case(user_id=self.agent.id)
        self.reassign(self.manager, case, self.ben)
        for user in (self.agent, self.manager):
            entry = case.assignment_ids.with_user(user)
            with self.subTest(user=user.login), self.assertRaises(AccessError):
                entry.moved_by_id = self.ben
            with self.subTest(user=user.login), self.assertRaises(AccessError):
                entry.unlink()

    # ------------------------------------------------------------
    # WHEN PAGES ARE TOLD
    # ------------------------------------------------------------

    def told(self, change):
        """Return the ids of the teams of which pages are told when the change is kept."""
        self.env.cr.flush()
        last = self.env['bus.bus'].search([], order='id desc', limit=1).id
        change()
        self.env.cr.flush()
        rows = self.env['bus.bus'].search([('id', '>', last)])
        return [
            json.loads(row.message)['payload']['team_id']
            for row in rows
            if json.loads(row.message)['type'] == 'crm_plus_service.monitor'
            and json.loads(row.channel)[1:] == [
                'service.team', json.loads(row.message)['payload']['team_id'], 'monitor']
        ]

    def test_told_once_of_many_changes(self):
        cases = self.env['service.case'].union(*(self.create_case() for _ in range(20)))

        def change():
            cases.user_id = self.agent
            cases.priority = '2'
            cases.action_close()

        self.assertEqual(self.told(change), self.team.ids)

    def test_told_on_both_sides_of_a_move(self):
        second = self.create_team('Second Aid', self.company)
        case = self.create_case()
        self.assertEqual(
            set(self.told(lambda: case.write({'team_id': second.id}))),
            {self.team.id, second.id})

    def test_told_of_new_and_deleted_cases(self):
        self.assertEqual(self.told(self.create_case), self.team.ids)
        case = self.create_case()
        self.assertEqual(self.told(case.unlink), self.team.ids)

    def test_told_of_deadlines_that_move_with_the_working_hours(self):
        self.create_case()
        self.assertEqual(
            self.told(lambda: self.calendar.attendance_ids[0].write({'hour_from': 9})),
            self.team.ids)

    def test_told_of_absence(self):
        self.assertEqual(self.told(self.profile.with_user(self.agent).action_go), self.team.ids)

    def test_not_told_of_what_does_not_show(self):
        case = self.create_case()
        self.assertEqual(self.told(lambda: case.write({'description': 'More of it'})), [])
        self.assertEqual(self.told(lambda: self.profile.write({'lang_ids': [Command.clear()]})), [])

    def test_only_who_may_look_listens(self):
        asked = [f'service_monitor_{self.team.id}', f'service_monitor_{self.other_team.id}']
        own = (self.team, 'monitor')
        for user, teams in (
            (self.manager, [own]),
            (self.agent, [own]),
            (self.far_agent, []),
            (self.salesperson, []),
            (self.portal, []),
            (self.env.ref('base.public_user'), []),
        ):
            with self.subTest(user=user.login):
                channels = channels_for(user, [*asked, 'something_else'])
                self.assertEqual([it for it in channels if isinstance(it, tuple)
                                  and it[1] == 'monitor'], teams)
                self.assertIn('something_else', channels)
                self.assertFalse(set(asked) & {it for it in channels if isinstance(it, str)})
