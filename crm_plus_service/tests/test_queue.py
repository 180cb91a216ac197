"""Who waits how long: the order of the queue, and agents who go absent."""

from datetime import timedelta

from freezegun import freeze_time

from odoo import Command
from odoo.tests import tagged

from .common import ServiceCommon, utc

WEDNESDAY = '2026-01-14 08:00'  # 09:00 in Brussels


class QueueCommon(ServiceCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env['service.policy'].search([]).active = False
        cls.env['service.agent'].with_context(active_test=False).search([]).unlink()
        cls.second = cls.create_user('second', 'crm_plus_service.group_agent', cls.company)
        cls.desk = cls.create_team(
            'Desk', cls.company, strategy='pull', resolution_hours=0,
            member_ids=[Command.set((cls.agent | cls.second).ids)])
        # of the tests' own, with everybody else's cases out of the way
        cls.team.member_ids = False
        cls.profile, cls.second_profile = cls.env['service.agent'].create([
            {'user_id': user.id, 'company_id': cls.company.id, 'capacity': 5}
            for user in (cls.agent, cls.second)
        ])

    def setUp(self):
        super().setUp()
        clock = freeze_time(WEDNESDAY)
        clock.start()
        self.addCleanup(clock.stop)

    def opened(self, when=WEDNESDAY, **values):
        with freeze_time(when):
            case = self.create_case(**{
                'team_id': self.desk.id, 'opened_date': utc(when), 'partner_id': False, **values})
            self.env.flush_all()
        return case

    def take(self, user=None):
        return self.env['service.case'].with_user(user or self.agent)._take_next()


@tagged('post_install', '-at_install')
class TestQueueOrder(QueueCommon):
    def test_priority_then_deadline_then_age(self):
        late = self.opened('2026-01-14 07:30')
        early = self.opened('2026-01-14 07:00')
        urgent = self.opened('2026-01-14 07:45', priority='3')
        self.env['service.policy'].create({
            'name': 'Outages', 'company_id': self.company.id,
            'tag_ids': [Command.create({'name': 'Outage'})],
            'target_ids': [Command.create({'kind': 'first_response', 'hours': 1})]})
        outage = self.env['service.case.tag'].search([('name', '=', 'Outage')])
        due = self.opened('2026-01-14 07:50', tag_ids=[Command.link(outage.id)])
        self.assertEqual([self.take() for _case in range(4)], [urgent, due, early, late])
        self.assertFalse(self.take())

    def test_no_case_waits_for_ever_behind_more_urgent_ones(self):
        """Each day more urgent cases come in than the agent can take."""
        normal = self.opened()
        taken = []
        for day in range(1, 6):
            moment = utc(WEDNESDAY) + timedelta(days=day)
            for _case in range(2):
                self.opened(f'{moment:%Y-%m-%d %H:%M}', priority='3')
            with freeze_time(moment):
                taken.append(self.take())
        self.assertEqual(len(set(taken)), 5)
        self.assertEqual(
            taken.index(normal), 4, 'what came in three days after it or later comes after it')

    def test_what_one_cannot_take_hides_nothing(self):
        """However many cases of another trade wait before it, the next one is found."""
        skill = self.env['service.skill'].create({'name': 'Wiring'})
        kind = self.env['service.case.type'].create({
            'name': 'Short Circuit',
            'skill_ids': [Command.create({'skill_id': skill.id, 'level': '2'})]})
        self.env['service.case'].create([
            {'name': str(number), 'team_id': self.desk.id, 'user_id': False, 'priority': '3',
             'type_id': kind.id, 'number': f'QUEUE{number}'}
            for number in range(210)
        ])
        mine = self.opened()
        self.assertEqual(self.take(), mine)
        self.assertFalse(self.take())
        self.second_profile.skill_ids = [Command.create({'skill_id': skill.id, 'level': '2'})]
        self.assertEqual(self.take(self.second).type_id, kind)

    def test_the_most_urgent_is_given_out_first(self):
        self.desk.strategy = 'least_loaded'
        self.second_profile.active = False
        self.profile.capacity = 1
        busy = self.opened()
        self.assertEqual(busy.user_id, self.agent)
        old, urgent = self.opened('2026-01-14 08:05'), self.opened('2026-01-14 08:10', priority='2')
        busy.action_close()
        with freeze_time('2026-01-14 08:20'):
            self.env['service.case']._route_waiting()
        self.assertEqual((old.user_id, urgent.user_id), (self.env['res.users'], self.agent))


    def test_team_tells_who_would_be_given_nothing(self):
        self.second_profile.unlink()
        desk = self.desk.with_user(self.manager)
        self.assertFalse(desk.member_without_profile_ids, 'agents take their cases themselves')
        desk.strategy = 'least_loaded'
        self.assertEqual(desk.member_without_profile_ids, self.second)
        action = desk.action_make_profiles()
        self.assertFalse(desk.member_without_profile_ids)
        agents = self.env['service.agent'].with_user(self.manager).search(action['domain'])
        self.assertEqual(agents.user_id, self.agent | self.second)
        self.assertTrue(all(self.opened().user_id for _case in range(2)))


@tagged('post_install', '-at_install')
class TestAbsence(QueueCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.desk.strategy = 'least_loaded'
        cls.stage_waiting = cls.env['service.stage'].create(
            {'name': 'Ask Customer', 'sequence': 22, 'waiting_for': 'customer'})

    def of_agent(self, **values):
        return self.opened(user_id=self.agent.id, **values)

    def route(self):
        """Do as the job of every minute does, which knows nothing of earlier moments."""
        self.env.invalidate_all()
        self.env['service.case']._route_waiting()

    def write_as_customer(self, case):
        case.with_user(self.portal).message_post(
            body='Any news?', message_type='comment', subtype_xmlid='mail.mt_comment')

    def test_absence_that_was_planned_passes_cases_on_when_it_begins(self):
        case = self.of_agent()
        self.profile.write({
            'absent_from': utc('2026-01-15 08:00'), 'absent_until': utc('2026-01-20 08:00')})
        with freeze_time('2026-01-15 07:59'):
            self.route()
            self.assertEqual(case.user_id, self.agent)
        with freeze_time('2026-01-15 08:00'):
            self.route()
        self.assertEqual(case.user_id, self.second)
        self.assertTrue(case.assignment_ids.sorted('id')[-1].because_absent)

    def test_it_happens_once_so_that_a_lead_may_decide_otherwise(self):
        self.profile.with_user(self.agent).action_go()
        case = self.of_agent()
        self.route()
        self.assertEqual(case.user_id, self.agent)

    def test_the_next_absence_counts_anew(self):
        self.profile.action_go()
        self.profile.action_come_back()
        case = self.of_agent()
        self.profile.absent_from = utc('2026-01-14 10:00')
        with freeze_time('2026-01-14 10:00'):
            self.route()
        self.assertEqual(case.user_id, self.second)

    def test_a_waiting_case_is_passed_on_when_the_customer_writes(self):
        case = self.of_agent(partner_id=self.contact.id)
        case.stage_id = self.stage_waiting
        self.profile.with_user(self.agent).action_go()
        self.assertEqual(case.user_id, self.agent)
        self.write_as_customer(case)
        self.assertFalse(case.waiting_for)
        self.assertEqual(case.user_id, self.second)

    def test_a_closed_case_is_passed_on_when_the_customer_opens_it_again(self):
        case = self.of_agent(partner_id=self.contact.id)
        case.action_close()
        self.profile.with_user(self.agent).action_go()
        self.write_as_customer(case)
        self.assertFalse(case.closed_date)
        self.assertEqual(case.user_id, self.second)

    def test_the_case_of_somebody_present_stays(self):
        case = self.of_agent(partner_id=self.contact.id)
        self.write_as_customer(case)
        self.assertEqual(case.user_id, self.agent)

    def test_team_may_leave_cases_with_who_is_absent(self):
        self.desk.reassign_absent = False
        case = self.of_agent(partner_id=self.contact.id)
        self.profile.with_user(self.agent).action_go()
        self.route()
        self.write_as_customer(case)
        self.assertEqual(case.user_id, self.agent)

    def test_cases_of_who_has_left_are_passed_on(self):
        case = self.of_agent()
        self.agent.active = False
        self.route()
        self.assertEqual(case.user_id, self.second)

    def test_where_nobody_is_given_cases_they_go_back_to_the_queue(self):
        self.desk.strategy = 'pull'
        case = self.of_agent()
        self.profile.with_user(self.agent).action_go()
        self.assertFalse(case.user_id)
        self.assertEqual(case.assignment_ids.reason, 'queued')
        self.assertTrue(case.assignment_ids.because_absent)
        self.assertEqual(self.take(self.second), case)
