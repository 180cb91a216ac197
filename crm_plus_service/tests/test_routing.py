"""Who is given a case: the strategies alone, a thousand cases at once, and real cases."""

import random
from collections import Counter
from dataclasses import replace
from datetime import timedelta

from freezegun import freeze_time
from hypothesis import given, settings
from hypothesis import strategies as st

from odoo import Command, fields
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import BaseCase, tagged

from ..routing import STRATEGIES, Agent, Work, choose
from .common import ServiceCommon, utc

WEDNESDAY = '2026-01-14 08:00'  # 09:00 in Brussels


@tagged('post_install', '-at_install')
class TestStrategies(BaseCase):
    agents = st.lists(
        st.builds(
            Agent,
            id=st.integers(1, 50), capacity=st.floats(1, 20), load=st.floats(0, 20),
            skills=st.dictionaries(st.integers(1, 3), st.integers(1, 3)),
            languages=st.frozensets(st.integers(1, 3)), present=st.booleans(),
            last_turn=st.integers(0, 100),
        ),
        max_size=8, unique_by=lambda agent: agent.id,
    )
    works = st.builds(
        Work,
        weight=st.floats(0.1, 5), own_agent=st.none() | st.integers(1, 50),
        skills=st.dictionaries(st.integers(1, 3), st.integers(1, 3), max_size=2),
        language=st.none() | st.integers(1, 3),
    )

    @settings(max_examples=400, deadline=None)
    @given(st.sampled_from(sorted(STRATEGIES)), works, agents)
    def test_nobody_is_given_what_he_cannot_take(self, strategy, work, agents):
        decision = choose(strategy, work, agents)
        can = {agent.id for agent in agents if not agent.obstacle(work)}
        self.assertEqual(decision.agent is None, not can)
        self.assertTrue(decision.agent is None or decision.agent in can)
        self.assertEqual(decision.able + sum(decision.obstacles.values()), len(agents))

    def test_least_loaded_looks_at_the_capacity(self):
        small, large = Agent(id=1, capacity=4, load=2), Agent(id=2, capacity=20, load=8)
        self.assertEqual(choose('least_loaded', Work(), [small, large]).agent, 2)

    def test_in_turn(self):
        agents = [Agent(id=1, capacity=9, last_turn=7), Agent(id=2, capacity=9, last_turn=3)]
        self.assertEqual(choose('round_robin', Work(), agents).agent, 2)

    def test_best_skill_is_who_knows_most(self):
        good = Agent(id=1, capacity=9, skills={5: 2})
        expert = Agent(id=2, capacity=9, load=3, skills={5: 3})
        self.assertEqual(choose('best_skill', Work(skills={5: 1}), [good, expert]).agent, 2)
        self.assertEqual(choose('best_skill', Work(), [good, expert]).agent, 1)

    def test_own_agent_if_he_can(self):
        known, other = Agent(id=1, capacity=9, load=5), Agent(id=2, capacity=9)
        work = Work(own_agent=1)
        self.assertEqual(choose('own_agent', work, [known, other]),
                         (1, 'own_agent', 2, {}))
        self.assertEqual(choose('own_agent', work, [replace(known, present=False), other]),
                         (2, 'least_loaded', 1, {'absent': 1}))

    def test_too_large_a_case_goes_to_who_has_nothing_to_do(self):
        self.assertEqual(choose('least_loaded', Work(weight=5), [Agent(id=1, capacity=2)]).agent, 1)


@tagged('post_install', '-at_install')
class TestSimulation(BaseCase):
    """1,000 cases come in through a day, 20 agents work them off."""

    CASES, AGENTS, SKILLS = 1000, 20, 4

    def simulate(self, strategy, skilled, capacity=60, seed=7):
        """Return the agents, who got which case, how long each waited, and the agents' mean loads.

        Times are in minutes.
        """
        chance = random.Random(seed)
        agents = {
            number: Agent(
                id=number, capacity=capacity,
                skills=dict.fromkeys(
                    chance.sample(range(self.SKILLS), 2) if skilled else range(self.SKILLS), 2),
            )
            for number in range(1, self.AGENTS + 1)
        }
        # each skill is known by somebody
        for skill in range(self.SKILLS):
            agents[skill + 1] = replace(
                agents[skill + 1], skills={**agents[skill + 1].skills, skill: 3})
        arrivals = sorted(chance.randrange(600) for _ in range(self.CASES))
        work = [
            Work(skills={chance.randrange(self.SKILLS): chance.choice((1, 2))},
                 weight=chance.choice((1.0, 1.0, 2.0)))
            for _ in range(self.CASES)
        ]
        queue, done, given, waited, turn, carried = [], [], {}, {}, 0, Counter()
        for minute in range(3000):
            queue += [case for case in range(self.CASES) if arrivals[case] == minute]
            for finished, case, agent in [it for it in done if it[0] == minute]:
                agents[agent] = replace(
                    agents[agent], load=agents[agent].load - work[case].weight)
                done.remove((finished, case, agent))
            for case in list(queue):
                decision = choose(strategy, work[case], agents.values())
                if decision.agent is None:
                    continue
                turn += 1
                chosen = agents[decision.agent]
                agents[chosen.id] = replace(
                    chosen, load=chosen.load + work[case].weight, last_turn=turn)
                given[case], waited[case] = chosen.id, minute - arrivals[case]
                done.append((minute + chance.randint(30, 300), case, chosen.id))
                queue.remove(case)
            if not queue and minute > arrivals[-1]:
                break
            carried.update({agent.id: agent.load for agent in agents.values()})
        return agents, work, given, waited, carried

    def test_nobody_starves_and_nobody_gets_what_he_cannot_do(self):
        for strategy in STRATEGIES:
            with self.subTest(strategy):
                # so little capacity that a queue builds up
                agents, work, given, waited, _carried = self.simulate(
                    strategy, skilled=True, capacity=12)
                self.assertEqual(len(given), self.CASES)
                self.assertGreater(max(waited.values()), 0)
                self.assertLess(max(waited.values()), 1500)
                for case, agent in given.items():
                    self.assertNotEqual(agents[agent].obstacle(work[case]), 'skill')

    def test_load_is_even_where_skills_allow(self):
        for strategy in ('least_loaded', 'own_agent'):
            with self.subTest(strategy):
                *_others, carried = self.simulate(strategy, skilled=False)
                self.assert_even(carried)

    def test_turns_are_even_where_skills_allow(self):
        _agents, _work, given, *_others = self.simulate('round_robin', skilled=False)
        self.assert_even(Counter(given.values()))

    def assert_even(self, amounts):
        mean = sum(amounts.values()) / self.AGENTS
        self.assertEqual(len(amounts), self.AGENTS)
        for agent, amount in amounts.items():
            self.assertLess(abs(amount / mean - 1), 0.10, agent)


@tagged('post_install', '-at_install')
class TestRouting(ServiceCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env['service.agent'].with_context(active_test=False).search([]).unlink()
        cls.second = cls.create_user('second', 'crm_plus_service.group_agent', cls.company)
        cls.desk = cls.create_team(
            'Desk', cls.company, strategy='least_loaded', resolution_hours=0,
            member_ids=[Command.set((cls.agent | cls.second).ids)])
        cls.profile = cls.create_profile(cls.agent)
        cls.second_profile = cls.create_profile(cls.second)

    @classmethod
    def create_profile(cls, user, **values):
        return cls.env['service.agent'].create(
            {'user_id': user.id, 'company_id': cls.company.id, 'capacity': 5, **values})

    def setUp(self):
        super().setUp()
        clock = freeze_time(WEDNESDAY)
        clock.start()
        self.addCleanup(clock.stop)

    def opened(self, number=1, **values):
        return self.env['service.case'].create([
            {'name': f'Case {index}', 'team_id': self.desk.id, 'user_id': False, **values}
            for index in range(number)
        ])

    def test_cases_are_spread_evenly_and_each_decision_says_why(self):
        cases = self.opened(6)
        self.assertEqual(Counter(case.user_id.login for case in cases), {'agent': 3, 'second': 3})
        self.assertEqual(set(cases.assignment_ids.mapped('reason')), {'least_loaded'})
        self.assertEqual(cases[0].assignment_ids.explanation, '2 could take it')

    def test_full_agents_leave_the_case_in_the_queue_until_one_is_free(self):
        cases = self.opened(11)
        left = cases.filtered(lambda case: not case.user_id)
        self.assertEqual(len(left), 1)
        self.assertEqual(left.assignment_ids.reason, 'nobody')
        self.assertEqual(left.assignment_ids.explanation,
                         '0 could take it, 2 with enough to do')
        self.env['service.case']._route_waiting()
        self.assertEqual(len(left.assignment_ids), 1)  # not told again and again
        self.assertEqual(left.queued_date, utc(WEDNESDAY))
        cases[0].action_close()
        self.env['service.case']._route_waiting()
        self.assertEqual(left.user_id, cases[0].user_id)
        self.assertFalse(left.queued_date)

    def test_waiting_cases_count_half(self):
        stage = self.env['service.stage'].create({'name': 'Ask', 'waiting_for': 'customer'})
        case = self.opened()
        self.assertEqual(self.profile.load + self.second_profile.load, 1)
        case.stage_id = stage
        self.env.flush_all()
        self.env.invalidate_all()
        self.assertEqual(self.profile.load + self.second_profile.load, 0.5)

    def test_skill_and_language(self):
        skill = self.env['service.skill'].create({'name': 'Wiring'})
        kind = self.env['service.case.type'].create({
            'name': 'Short Circuit', 'weight': 2,
            'skill_ids': [Command.create({'skill_id': skill.id, 'level': '2'})]})
        self.profile.skill_ids = [Command.create({'skill_id': skill.id, 'level': '1'})]
        self.assertFalse(self.opened(type_id=kind.id).user_id)
        self.second_profile.skill_ids = [Command.create({'skill_id': skill.id, 'level': '3'})]
        case = self.opened(type_id=kind.id)
        self.assertEqual((case.user_id, case.weight), (self.second, 2))

        self.env['res.lang']._activate_lang('fr_FR')
        french = self.env['res.lang']._lang_get('fr_FR')
        english = self.env['res.lang']._lang_get('en_US')
        self.contact.lang = 'fr_FR'
        self.desk.match_language = True
        self.profile.lang_ids, self.second_profile.lang_ids = english, french
        cases = self.opened(3, partner_id=self.contact.id)
        self.assertEqual(cases.user_id, self.second)

    def test_own_agent(self):
        self.desk.strategy = 'own_agent'
        first = self.opened(partner_id=self.contact.id)
        cases = self.opened(3, partner_id=self.colleague.id)
        self.assertEqual(cases.user_id, first.user_id)
        self.assertEqual(set(cases.assignment_ids.mapped('reason')), {'own_agent'})

    def test_nobody_is_given_a_case_at_night(self):
        with freeze_time('2026-01-14 22:00'):
            case = self.opened()
            self.assertFalse(case.user_id)
            self.assertIn('2 absent', case.assignment_ids.explanation)
        with freeze_time('2026-01-15 08:00'):
            self.env['service.case']._route_waiting()
        self.assertTrue(case.user_id)

    def test_absence_passes_open_cases_on(self):
        cases = self.opened(4)
        own = cases.filtered(lambda case: case.user_id == self.agent)
        closed = own[0]
        closed.action_close()
        self.profile.with_user(self.agent).action_go()
        self.assertTrue(self.profile.is_absent)
        self.assertEqual((own - closed).user_id, self.second)
        self.assertEqual(closed.user_id, self.agent)
        self.assertTrue((own - closed).assignment_ids.sorted('id')[-1].because_absent)
        self.assertEqual(self.opened(2).user_id, self.second)
        self.profile.with_user(self.agent).action_come_back()
        self.assertEqual(self.opened().user_id, self.agent)

    def test_waiting_too_long_overflows_to_another_team(self):
        helper = self.create_team('Helper', self.company, resolution_hours=0)
        self.desk.write({'overflow_team_id': helper.id, 'overflow_minutes': 30})
        (self.profile | self.second_profile).action_archive()
        case = self.opened()
        for minutes, team in ((29, self.desk), (30, helper)):
            with freeze_time(fields.Datetime.from_string(f'{WEDNESDAY}:00')
                             + timedelta(minutes=minutes)):
                self.env['service.case']._route_waiting()
                self.assertEqual(case.team_id, team)
        self.assertIn('overflow', case.assignment_ids.mapped('reason'))
        with self.assertRaisesRegex(ValidationError, 'in a circle'):
            helper.overflow_team_id = self.desk

    def test_taking_the_next_one(self):
        self.desk.strategy = 'pull'
        old, urgent = self.opened(opened_date=utc('2026-01-13 08:00')), self.opened(priority='3')
        taken = self.env['service.case'].with_user(self.agent)._take_next()
        self.assertEqual((taken, taken.user_id), (urgent, self.agent))
        self.assertEqual(taken.assignment_ids.reason, 'pulled')
        action = self.env['service.case'].with_user(self.second).action_take_next()
        self.assertEqual(action['res_id'], old.id)
        with self.assertRaisesRegex(UserError, 'No case waits'):
            self.env['service.case'].with_user(self.agent).action_take_next()

    def test_by_hand_gives_nothing_away(self):
        self.desk.strategy = 'manual'
        self.assertFalse(self.opened().user_id)

    def test_routing_takes_few_queries_however_many_agents(self):
        def count(number):
            team = self.create_team(
                f'Desk {number}', self.company, strategy='least_loaded', resolution_hours=0)
            for index in range(number):
                user = self.create_user(
                    f'{number}_{index}', 'crm_plus_service.group_agent', self.company)
                self.create_profile(user)
                team.member_ids |= user
            case = self.env['service.case'].create(
                {'name': 'Count', 'team_id': team.id, 'user_id': self.agent.id})
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.cr.sql_log_count
            case.user_id = False
            case._route()
            self.env.flush_all()
            return self.cr.sql_log_count - before

        count(1)
        self.assertLessEqual(count(12), count(2) + 3)

    def test_rights(self):
        theirs = self.env['service.agent'].create(
            {'user_id': self.far_agent.id, 'company_id': self.other_company.id})
        own = self.profile.with_user(self.agent)
        self.assertEqual(own.capacity, 5)
        with self.assertRaises(AccessError):
            own.capacity = 99
        with self.assertRaises(AccessError):
            self.second_profile.with_user(self.agent).action_go()
        with self.assertRaises(AccessError):
            theirs.with_user(self.agent).read(['capacity'])
        assignment = self.opened().assignment_ids
        with self.assertRaises(AccessError):
            assignment.with_user(self.manager).write({'explanation': 'Other'})
        with self.assertRaises(AccessError):
            assignment.with_user(self.far_agent).read(['reason'])
