"""What the reports say, that all of them are in the menu, and that they lead to what is behind."""

from ast import literal_eval

from freezegun import freeze_time

from odoo import Command
from odoo.exceptions import AccessError
from odoo.tests import tagged

from .common import ServiceCommon, utc

WEDNESDAY = '2026-01-14 08:00'  # 09:00 in Brussels
REPORTS = {
    'menu_targets': 'service.promise.report',
    'menu_stage_time': 'service.case.stage.time',
    'menu_first_contact': 'service.case.report',
    'menu_backlog': 'service.case.report',
    'menu_cost': 'service.case.report',
}


@tagged('post_install', '-at_install')
class TestReports(ServiceCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env['service.policy'].search([]).active = False
        cls.team.resolution_hours = 0
        cls.env['service.policy'].create({
            'name': 'Answers', 'company_id': cls.company.id, 'team_ids': cls.team.ids,
            'target_ids': [Command.create({'kind': 'first_response', 'hours': 2})],
        })
        cls.tier = cls.env['crm.customer.tier'].create({'name': 'Gold'})
        cls.customer.with_company(cls.company).customer_tier_id = cls.tier
        cls.kind = cls.env['service.case.type'].create({'name': 'Outage'})
        cls.stage_cancelled = cls.env['service.stage'].create(
            {'name': 'Never Mind', 'is_closed': True, 'is_cancelled': True, 'sequence': 90})

    def opened(self, when=WEDNESDAY, **values):
        with freeze_time(when):
            case = self.create_case(**{'opened_date': utc(when), **values})
            self.env.flush_all()
        return case

    def answer(self, case, when):
        with freeze_time(when):
            case.with_user(self.agent).message_post(
                body='We look into it.', message_type='comment', subtype_xmlid='mail.mt_comment')
            self.env.flush_all()

    def read_group(self, model, domain, groupby, *measures):
        report = self.env[model].with_user(self.manager)
        return report._read_group(domain, groupby, [*measures])

    # ------------------------------------------------------------
    # MENUS
    # ------------------------------------------------------------

    def test_every_report_is_in_the_menu_with_its_three_views(self):
        for name, model in REPORTS.items():
            with self.subTest(menu=name):
                menu = self.env.ref(f'crm_plus_service.{name}')
                visible = self.env['ir.ui.menu'].with_user(self.manager)._visible_menu_ids()
                self.assertIn(menu.id, visible)
                action = menu.action
                self.assertEqual(action.res_model, model)
                self.assertEqual(set(action.view_mode.split(',')), {'pivot', 'graph', 'list'})
                self.assertTrue(action.help)
                records = self.env[model].with_user(self.manager)
                views = records.get_views([(False, it) for it in ('pivot', 'graph', 'list')])
                # made for the report, and not the bare ones that Odoo falls back on
                for kind, view in views['views'].items():
                    self.assertTrue(view['id'], kind)
                self.assertIn('type="object"', views['views']['list']['arch'])
                names = set(records.fields_get())
                context = literal_eval(action.context)
                for key in ('pivot_measures', 'pivot_row_groupby', 'pivot_column_groupby',
                            'graph_groupbys'):
                    for field in context.get(key, ()):
                        self.assertIn(field.split(':')[0], names | {'__count'})

    # ------------------------------------------------------------
    # PROMISES
    # ------------------------------------------------------------

    def test_kept_and_missed(self):
        kept = self.opened(user_id=self.agent.id, type_id=self.kind.id)
        self.answer(kept, '2026-01-14 09:00')
        missed = self.opened(user_id=self.agent.id)
        self.answer(missed, '2026-01-14 14:00')
        overdue, running = self.opened(partner_id=self.stranger.id), None
        with freeze_time('2026-01-14 12:00'):
            running = self.opened('2026-01-14 12:00')
            domain = [('case_id', 'in', (kept | missed | overdue | running).ids)]
            rows = self.env['service.promise.report'].with_user(self.manager).search(domain)
            self.assertEqual(
                {row.case_id: row.outcome for row in rows},
                {kept: 'kept', missed: 'missed', overdue: 'overdue', running: 'open'})
            # due 10:00 UTC: answered four hours late, and two hours late by now
            late = {row.case_id: row.late_hours for row in rows}
            self.assertEqual((late[missed], late[overdue]), (4, 2))
            share, kept_count, missed_count = self.read_group(
                'service.promise.report', domain, [], 'kept_share:avg', 'kept_count:sum',
                'missed_count:sum')[0]
            self.assertAlmostEqual(share, 1 / 3)
            self.assertEqual((kept_count, missed_count), (1, 2))
            for field, expected in {
                'team_id': {self.team: 1 / 3},
                'user_id': {self.agent: 1 / 2, self.env['res.users']: 0},
                'commercial_partner_id': {self.customer: 1 / 2, self.stranger: 0},
                'tier_id': {self.tier: 1 / 2, self.env['crm.customer.tier']: 0},
                'type_id': {self.kind: 1, self.env['service.case.type']: 0},
            }.items():
                with self.subTest(by=field):
                    groups = dict(self.read_group(
                        'service.promise.report', domain, [field], 'kept_share:avg'))
                    self.assertEqual(groups.keys(), expected.keys())
                    for key, value in expected.items():
                        self.assertAlmostEqual(groups[key], value)

    def test_what_was_withdrawn_is_neither_kept_nor_missed(self):
        case = self.opened()
        with freeze_time('2026-01-14 08:30'):
            case.action_close()
            self.env.flush_all()
        row = self.env['service.promise.report'].search([('case_id', '=', case.id)])
        self.assertEqual((row.outcome, row.kept_count, row.missed_count), ('withdrawn', 0, 0))
        self.assertFalse(self.read_group(
            'service.promise.report', [('case_id', '=', case.id)], [], 'kept_share:avg')[0][0])

    def test_a_miss_is_not_hidden_by_archiving_the_case(self):
        case = self.opened()
        self.answer(case, '2026-01-14 14:00')
        case.action_archive()
        row = self.env['service.promise.report'].search([('case_id', '=', case.id)])
        self.assertEqual(row.outcome, 'missed')

    def test_figures_lead_to_the_promise_and_the_case(self):
        case = self.opened()
        with freeze_time('2026-01-14 08:30'):
            case.stage_id = self.stage_solved
            self.env.flush_all()
        row = self.env['service.promise.report'].search([('case_id', '=', case.id)])
        action = row.with_user(self.agent).action_open_target()
        self.assertEqual(
            (action['res_model'], action['res_id']),
            ('service.case.target', case.target_ids.id))
        for model in ('service.case.report', 'service.case.stage.time'):
            row = self.env[model].search([('case_id', '=', case.id)])
            action = row.with_user(self.agent).action_open_case()
            self.assertEqual((action['res_model'], action['res_id']), ('service.case', case.id))

    def test_of_another_company_nothing_is_seen(self):
        case = self.create_case(team_id=self.other_team.id)
        rows = self.env['service.promise.report'].search([('case_id', '=', case.id)])
        self.assertTrue(rows)
        for user in (self.agent, self.manager):
            self.assertFalse(rows.with_user(user).search([('case_id', '=', case.id)]))
        for user in (self.agent, self.portal, self.accountant):
            with self.subTest(user=user.login), self.assertRaises(AccessError):
                rows.with_user(user).read(['outcome'])

    # ------------------------------------------------------------
    # CASES
    # ------------------------------------------------------------

    def test_solved_at_first_contact(self):
        once, twice, reopened, cancelled = (self.opened() for _number in range(4))
        for case in (once, twice, reopened):
            self.answer(case, '2026-01-14 09:00')
        self.answer(twice, '2026-01-14 10:00')
        with freeze_time('2026-01-14 11:00'):
            (once | twice | reopened).action_close()
            reopened.action_reopen()
            reopened.action_close()
            cancelled.stage_id = self.stage_cancelled
            self.env.flush_all()
        cases = once | twice | reopened | cancelled
        domain = [('case_id', 'in', cases.ids)]
        rows = self.env['service.case.report'].search(domain)
        self.assertEqual(
            {row.case_id: row.first_contact for row in rows if row.case_id != cancelled},
            {once: 1, twice: 0, reopened: 0})
        # one of three: what was closed without a result is no success
        share = self.read_group('service.case.report', domain, [], 'first_contact:avg')[0][0]
        self.assertAlmostEqual(share, 1 / 3)
        self.assertEqual(rows.filtered('is_solved').case_id, once | twice | reopened)

    def test_age_of_the_backlog(self):
        moments = {
            '2026-01-14 07:00': '1', '2026-01-12 08:00': '2', '2026-01-08 08:00': '3',
            '2025-12-20 08:00': '4', '2025-12-01 08:00': '5',
        }
        cases = {self.opened(moment): group for moment, group in moments.items()}
        closed = self.opened('2025-12-01 08:00')
        with freeze_time(WEDNESDAY):
            closed.action_close()
            self.env.flush_all()
            rows = self.env['service.case.report'].search(
                [('case_id', 'in', [case.id for case in cases] + closed.ids)])
            self.assertEqual(
                {row.case_id: row.age_group for row in rows}, {**cases, closed: False})
            days = {row.case_id: row.age_days for row in rows}
            self.assertEqual([round(days[case], 2) for case in cases], [0.04, 2, 6, 25, 44])

    def test_cost_to_serve_by_customer(self):
        self.team.hourly_cost = 40
        cases = self.opened(time_spent=2) | self.opened(time_spent=1)
        other = self.opened(time_spent=1, partner_id=self.stranger.id)
        groups = self.read_group(
            'service.case.report', [('case_id', 'in', (cases | other).ids)],
            ['commercial_partner_id'], 'cost:sum', 'time_spent:sum')
        self.assertEqual(
            sorted((customer.name, cost, hours) for customer, cost, hours in groups),
            [('Brook & Sons', 120, 3), ('Sten Strange', 40, 1)])
        with self.assertRaises(AccessError):
            self.env['service.case.report'].with_user(self.agent)._read_group(
                [], [], ['cost:sum'])
        menu = self.env.ref('crm_plus_service.menu_cost')
        visible = self.env['ir.ui.menu'].with_user(self.agent)._visible_menu_ids()
        self.assertNotIn(menu.id, visible)
        self.assertIn(
            menu.id, self.env['ir.ui.menu'].with_user(self.manager)._visible_menu_ids())

    def test_time_in_stage(self):
        middle = self.env['service.stage'].create({'name': 'Looked At', 'sequence': 15})
        case = self.opened()
        with freeze_time('2026-01-14 10:00'):
            case.stage_id = middle
            self.env.flush_all()
        with freeze_time('2026-01-15 08:00'):
            case.action_close()
            self.env.flush_all()
        groups = dict(self.read_group(
            'service.case.stage.time', [('case_id', '=', case.id)], ['stage_id'], 'hours:avg'))
        # 11:00 to 17:00 in Brussels without the hour of lunch, and 8:00 to 9:00
        self.assertEqual(groups, {self.stage_new: 2, middle: 6})
