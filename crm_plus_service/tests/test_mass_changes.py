"""Changes of hundreds of cases: one transaction, a bounded number of queries, told once."""

from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .common import ServiceCommon


@tagged('post_install', '-at_install')
class TestMassChanges(ServiceCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.second = cls.create_user('second', 'crm_plus_service.group_agent', cls.company)
        cls.tag, cls.old_tag = cls.env['service.case.tag'].create(
            [{'name': 'New'}, {'name': 'Old'}])

    def cases(self, count, **values):
        return self.env['service.case'].create([
            {'name': f'Case {i}', 'partner_id': self.contact.id, 'team_id': self.team.id,
             'user_id': False, **values}
            for i in range(count)
        ])

    def change(self, cases, user=None, **values):
        wizard = self.env['service.case.change'].with_user(user or self.agent).with_context(
            active_model='service.case', active_ids=cases.ids).create(values)
        return wizard.action_change()

    def test_what_is_filled_in_is_changed_and_nothing_else(self):
        cases = self.cases(3, priority='1', tag_ids=self.old_tag.ids)
        self.change(cases, assign='agent', user_id=self.second.id, add_tag_ids=self.tag.ids,
                    remove_tag_ids=self.old_tag.ids)
        self.assertEqual(cases.user_id, self.second)
        self.assertEqual(cases.tag_ids, self.tag)
        self.assertEqual(set(cases.mapped('priority')), {'1'})
        self.assertEqual(cases.team_id, self.team)
        self.change(cases, assign='nobody', priority='3')
        self.assertFalse(cases.user_id)
        self.assertEqual(set(cases.mapped('priority')), {'3'})

    def test_promises_follow(self):
        quick = self.create_team('Quick', self.company, resolution_hours=1)
        cases = self.cases(3)
        self.change(cases, team_id=quick.id)
        self.assertEqual(set(cases.target_ids.mapped('hours')), {1.0})

    def test_close(self):
        cases = self.cases(3)
        cases[0].action_close()
        closed = cases[0].closed_date
        self.change(cases, close=True)
        self.assertTrue(all(cases.mapped('closed_date')))
        self.assertEqual(cases[0].closed_date, closed)
        self.assertEqual(set(cases.target_ids.mapped('outcome')), {'kept'})

    def test_each_log_says_it_and_the_agent_is_told_once(self):
        cases = self.cases(3)
        mine = [('partner_ids', 'in', self.second.partner_id.ids),
                ('message_type', '=', 'user_notification')]
        before = self.env['mail.message'].search_count(mine)
        self.change(cases, assign='agent', user_id=self.second.id)
        for case in cases:
            self.assertIn('3 cases together', case.message_ids[0].body)
            self.assertIn(self.second.name, case.message_ids[0].body)
        self.assertEqual(self.env['mail.message'].search_count(mine), before + 1)

    def test_queries_do_not_grow_with_the_cases(self):
        def queries(count):
            cases = self.cases(count)
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.cr.sql_log_count
            self.change(cases, assign='agent', user_id=self.second.id, priority='2',
                        add_tag_ids=self.tag.ids, close=True)
            self.env.flush_all()
            return self.cr.sql_log_count - before

        queries(2)
        few, many = queries(10), queries(200)
        self.assertLess(many, few + 40, f'{few} queries for 10 cases, {many} for 200')

    def test_nothing_or_half_is_refused(self):
        cases = self.cases(1)
        with self.assertRaisesRegex(UserError, 'what is to be changed'):
            self.change(cases)
        with self.assertRaisesRegex(UserError, 'Choose the agent'):
            self.change(cases, assign='agent')

    def test_only_who_may_change_all_of_them(self):
        cases = self.cases(2) | self.create_case(team_id=self.other_team.id)
        for user in (self.agent, self.salesperson, self.far_agent):
            with self.subTest(user.login), self.assertRaises(AccessError):
                self.change(cases, user=user, priority='3')
        self.assertEqual(set(cases.mapped('priority')), {'0'})
