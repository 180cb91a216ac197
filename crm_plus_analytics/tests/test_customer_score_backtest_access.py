from odoo import Command
from odoo.exceptions import AccessError
from odoo.tests import tagged

from .common import CustomerValueCommon

AMOUNTS = {
    'customer.score.backtest': (
        'expected_value', 'actual_value', 'naive_value', 'value_error', 'naive_value_error', 'lift',
        'estimates'),
    'customer.score.backtest.customer': ('expected_value', 'actual_value', 'naive_value'),
}


@tagged('post_install', '-at_install')
class TestCustomerScoreBacktestAccess(CustomerValueCommon):

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.other = cls.setup_other_company()['company']
        for company, days in ((cls.company, (1, 20)), (cls.other, (2, 25))):
            for day in days:
                cls.buy(cls.anna, f'2026-01-{day:02}', 100, company=company)
                cls.buy(cls.bert, f'2026-01-{day:02}', 100, company=company)
            cls.buy(cls.anna, '2026-05-01', 70, company=company)
        cls.test = cls.backtest(cls.company)
        cls.theirs = cls.backtest(cls.other)
        cls.salesperson = cls.new_user('backtest_sales', 'sales_team.group_sale_salesman')
        cls.bookkeeper = cls.new_user(
            'backtest_books', 'sales_team.group_sale_salesman', 'account.group_account_readonly')
        cls.manager = cls.new_user('backtest_manager', 'crm_plus_analytics.group_manager')
        cls.employee = cls.new_user('backtest_employee')

    @classmethod
    def backtest(cls, company):
        # sudo: back-tests are made by the dialog only
        return cls.env['customer.score.backtest'].sudo()._queue({
            'company_id': company.id, 'fit_until': '2026-03-31', 'predict_until': '2026-06-30',
            'model_asked': 'simple', 'time_unit': 'day', 'user_id': cls.env.uid,
        })

    def test_who_sees_back_tests(self):
        for user in (self.salesperson, self.bookkeeper, self.manager):
            with self.subTest(user=user.login):
                test = self.env['customer.score.backtest'].with_user(user).search([])
                self.assertEqual(test, self.test)
                self.assertTrue(test.verdict)
                self.assertTrue(test.tracking)
                self.assertEqual(
                    test.customer_ids.search([]).partner_id, self.anna | self.bert)
        for model in AMOUNTS:
            with self.assertRaises(AccessError):
                self.env[model].with_user(self.employee).search([])

    def test_who_sees_amounts(self):
        for user, sees in ((self.salesperson, False), (self.bookkeeper, True), (self.manager, True)):
            for record in (self.test, self.test.customer_ids):
                own = record.with_user(user)
                for name in AMOUNTS[record._name]:
                    with self.subTest(user=user.login, field=name):
                        self.assertEqual(name in own.fields_get(), sees)
                        if sees:
                            own.read([name])
                            continue
                        with self.assertRaises(AccessError):
                            own.read([name])

    def test_views_show_amounts_to_those_alone(self):
        for user, sees in ((self.salesperson, False), (self.bookkeeper, True), (self.manager, True)):
            with self.subTest(user=user.login):
                test = self.test.with_user(user)
                arch = test.get_view(view_type='form')['arch']
                self.assertEqual('name="expected_value"' in arch, sees)
                self.assertEqual('name="lift"' in arch, sees)
                self.assertEqual('Back-test again' in arch, user == self.manager)
                for view in ('list', 'kanban', 'search'):
                    test.get_view(view_type=view)
                    test.customer_ids.get_view(view_type=view)

    def test_two_companies_never_mix(self):
        for record in (self.theirs, self.theirs.customer_ids):
            with self.assertRaises(AccessError):
                record.with_user(self.manager).read(['id', 'display_name'])
        self.manager.company_ids = [Command.link(self.other.id)]
        both = self.env['customer.score.backtest'].with_user(self.manager).with_context(
            allowed_company_ids=(self.company | self.other).ids)
        self.assertEqual(both.search([]), self.test | self.theirs)
        self.assertEqual(both.with_company(self.other).with_context(
            allowed_company_ids=self.other.ids).search([]), self.theirs)
        self.assertEqual((self.test.actual_value, self.theirs.actual_value), (70, 70))

    def test_nobody_tests_a_company_that_is_not_theirs(self):
        launch = self.env['customer.score.backtest.launch']
        values = {'fit_until': '2026-03-31', 'predict_until': '2026-06-30'}
        with self.assertRaises(AccessError):
            launch.with_user(self.manager).create({**values, 'company_id': self.other.id})
        with self.assertRaises(AccessError):
            launch.with_user(self.salesperson).create({**values, 'company_id': self.company.id})

    def test_nobody_writes_down_a_made_up_proof(self):
        row = self.test.customer_ids[0]
        for user in (self.salesperson, self.manager):
            for record in (self.test, row):
                own = record.with_user(user)
                with self.subTest(user=user.login, model=record._name):
                    with self.assertRaises(AccessError):
                        own.write({'naive': 1} if record == row else {'beats_naive': True})
                    with self.assertRaises(AccessError):
                        own.create({})
        with self.assertRaises(AccessError):
            row.with_user(self.manager).unlink()
        with self.assertRaises(AccessError):
            self.test.with_user(self.salesperson).unlink()
        self.test.with_user(self.manager).unlink()
        self.assertFalse(row.exists())

    def test_a_row_is_as_visible_as_its_customer(self):
        # sudo: what a customer's administrator might do
        self.env['ir.rule'].sudo().create({
            'name': "Hidden customers",
            'model_id': self.env['ir.model']._get_id('res.partner'),
            'domain_force': "[('name', '!=', 'Bert')]",
            'groups': [Command.link(self.env.ref('sales_team.group_sale_salesman').id)],
        })
        rows = self.env['customer.score.backtest.customer'].with_user(self.salesperson)
        self.assertEqual(rows.search([]).partner_id, self.anna)
        # the point of the tracking at which both had bought again
        test = self.test.with_user(self.salesperson)
        point = test.tracking['end'].index('2026-01-20')
        domain = test.action_open_period(point)['domain']
        self.assertEqual(rows.search(domain).partner_id, self.anna)
        [(_field, _operator, ids)] = [leaf for leaf in domain if leaf[0] == 'id']
        self.assertEqual(list(ids), rows.search([]).ids, "nothing is told of hidden customers")

    def test_who_opens_the_customers_of_a_mark(self):
        for user, sees in ((self.salesperson, False), (self.bookkeeper, True), (self.manager, True)):
            with self.subTest(user=user.login):
                test = self.test.with_user(user)
                self.assertTrue(test.action_open_customers(1)['domain'])
                self.assertTrue(test.action_open_period(0)['domain'])
                if sees:
                    self.assertTrue(test.action_open_tenth(0)['domain'])
                else:
                    with self.assertRaises(AccessError):
                        test.action_open_tenth(0)
        for user in (self.employee, self.manager):
            theirs = self.theirs.with_user(user)
            for name in ('action_open_period', 'action_open_tenth'):
                with self.subTest(user=user.login, action=name), self.assertRaises(AccessError):
                    getattr(theirs, name)(0)
