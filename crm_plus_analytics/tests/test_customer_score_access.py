from odoo import Command
from odoo.exceptions import AccessError
from odoo.tests import tagged

from .common import CustomerValueCommon

AMOUNTS = (
    'revenue', 'average_value', 'expected_value', 'customer_value', 'margin', 'profit', 'overdue',
    'open_pipeline', 'discount', 'revenue_12_months', 'margin_12_months',
)


@tagged('post_install', '-at_install')
class TestCustomerScoreAccess(CustomerValueCommon):

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.other = cls.setup_other_company()['company']
        cls.buy(cls.anna, '2026-01-10', 100)
        cls.buy(cls.bert, '2026-01-10', 50)
        cls.buy(cls.anna, '2026-01-10', 700, company=cls.other)
        cls.score()
        cls.score(company=cls.other)
        cls.salesperson = cls.new_user('value_sales', 'sales_team.group_sale_salesman')
        cls.bookkeeper = cls.new_user(
            'value_books', 'sales_team.group_sale_salesman', 'account.group_account_readonly')
        cls.documents = cls.new_user(
            'value_documents', 'sales_team.group_sale_salesman', 'crm_plus.group_customer_documents')
        cls.manager = cls.new_user('value_manager', 'crm_plus_analytics.group_manager')
        cls.employee = cls.new_user('value_employee')

    def scores(self, user):
        return self.env['customer.score'].with_user(user)

    def test_who_sees_scores(self):
        for user in (self.salesperson, self.bookkeeper, self.documents, self.manager):
            with self.subTest(user=user.login):
                scores = self.scores(user).search([])
                self.assertEqual(scores.partner_id, self.anna | self.bert)
                self.assertEqual(scores.company_id, self.company)
                self.assertTrue(all(score.explanation for score in scores))
        with self.assertRaises(AccessError):
            self.scores(self.employee).search([])

    def test_who_sees_amounts(self):
        score = self.score_of(self.anna)
        for user, sees in {
            self.salesperson: False, self.bookkeeper: True, self.documents: True,
            self.manager: True,
        }.items():
            own = score.with_user(user)
            for name in AMOUNTS:
                with self.subTest(user=user.login, field=name):
                    self.assertEqual(name in own.fields_get(), sees)
                    if sees:
                        own.read([name])
                        continue
                    with self.assertRaises(AccessError):
                        own.read([name])
                    with self.assertRaises(AccessError):
                        own.search([(name, '>', 0)])
                    with self.assertRaises(AccessError):
                        own.formatted_read_group([], ['segment_id'], [f'{name}:sum'])

    def test_who_sees_amounts_of_a_scoring(self):
        run = self.score()
        for user, sees in {
            self.salesperson: False, self.bookkeeper: True, self.documents: True,
            self.manager: True,
        }.items():
            own = run.with_user(user)
            self.assertEqual(own.customers, 2)
            arch = own.get_view(view_type='form')['arch']
            for name in ('revenue', 'total_value', 'estimates', 'gamma_gamma_gamma'):
                with self.subTest(user=user.login, field=name):
                    self.assertEqual(name in own.fields_get(), sees)
                    if sees:
                        own.read([name])
                        continue
                    self.assertNotIn(f'<field name="{name}"', arch)
                    with self.assertRaises(AccessError):
                        own.read([name])
                    with self.assertRaises(AccessError):
                        own.formatted_read_group([], [], [f'{name}:max'])

    def test_estimates_tell_amounts_to_those_alone_who_see_them(self):
        run = self.score()
        run.estimates = {'deviances': {}, 'parameters': [
            ['bg_nbd', 'r', 0.2426, 0.01], ['gamma_gamma', 'gamma', 15.44, 1.0]]}
        for user, sees in ((self.salesperson, False), (self.bookkeeper, True)):
            table = run.with_user(user).estimates_table
            self.assertIn("0.2426", table)
            self.assertEqual("15.44" in table, sees)

    def test_invoices_behind_a_score_add_up_to_it(self):
        self.buy(self.anna, '2026-02-10', 30, 'out_refund')
        self.buy(self.anna, '2026-07-01', 500)
        self.score()
        score = self.score_of(self.anna).with_user(self.documents)
        action = score.action_open_invoices()
        moves = self.env['account.move'].with_user(self.documents).search(action['domain'])
        self.assertEqual(sum(moves.mapped('amount_untaxed_signed')), score.revenue)
        self.assertEqual(len(moves), 2)
        self.assertEqual(action['domain'], [('id', 'in', moves.ids)])
        self.assertEqual(score.action_open_customer()['res_id'], self.anna.id)

    def test_documents_behind_a_score_tell_nothing_of_those_one_may_not_see(self):
        mine, theirs = (
            self.buy(self.anna, '2026-02-10', 30), self.buy(self.anna, '2026-02-11', 40))
        mine.invoice_user_id, theirs.invoice_user_id = self.salesperson, self.manager
        self.score()
        score = self.score_of(self.anna).with_user(self.salesperson)
        ((_name, _in, ids),) = score.action_open_invoices()['domain']
        self.assertIn(mine.id, ids)
        self.assertNotIn(theirs.id, ids)

    def test_two_companies_never_mix(self):
        theirs = self.score_of(self.anna, self.other)
        with self.assertRaises(AccessError):
            theirs.with_user(self.manager).read(['rank'])
        self.manager.company_ids = [Command.link(self.other.id)]
        for companies, revenue in (
            (self.company, [100, 50]), (self.other, [700]), (self.company | self.other, [700, 100, 50]),
        ):
            with self.subTest(companies=companies.mapped('name')):
                scores = self.scores(self.manager).with_context(
                    allowed_company_ids=companies.ids).search([], order='revenue desc')
                self.assertEqual(scores.mapped('revenue'), revenue)
        anna = self.anna.with_user(self.manager)
        self.assertEqual(anna.with_company(self.other).customer_score_id.revenue, 700)
        self.assertEqual(anna.with_company(self.company).customer_score_id.revenue, 100)

    def test_a_score_is_as_visible_as_its_customer(self):
        self.bert.company_id = self.company
        self.buy(self.bert, '2026-01-10', 50)
        self.anna.company_id = False
        # sudo: what a customer's administrator might do
        self.env['ir.rule'].sudo().create({
            'name': "Hidden customers",
            'model_id': self.env['ir.model']._get_id('res.partner'),
            'domain_force': "[('name', '!=', 'Bert')]",
            'groups': [Command.link(self.env.ref('sales_team.group_sale_salesman').id)],
        })
        scores = self.scores(self.salesperson)
        self.assertEqual(scores.search([]).partner_id, self.anna)
        self.assertEqual(scores.search_count([]), 1)
        groups = scores.formatted_read_group([], ['abc_class'], ['__count'])
        self.assertEqual(sum(group['__count'] for group in groups), 1)
        self.score_of(self.anna).with_user(self.salesperson).read(['rank'])
        with self.assertRaises(AccessError):
            self.score_of(self.bert).with_user(self.salesperson).read(['rank'])
        self.assertEqual(len(self.scores(self.manager).search([])), 2)

    def test_nobody_writes_scores_or_runs(self):
        score = self.score_of(self.anna)
        for user in (self.salesperson, self.manager):
            for record, values in ((score, {'rank': 1}), (score.run_id, {'state': 'done'})):
                own = record.with_user(user)
                with self.subTest(user=user.login, model=record._name):
                    with self.assertRaises(AccessError):
                        own.write(values)
                    with self.assertRaises(AccessError):
                        own.create({'company_id': self.company.id})
            with self.assertRaises(AccessError):
                score.with_user(user).unlink()
        with self.assertRaises(AccessError):
            score.run_id.with_user(self.salesperson).unlink()

    def test_who_configures_segments(self):
        values = {'name': "Regulars", 'sequence': 1}
        segment = self.env['customer.segment'].with_user(self.manager).create(values)
        segment.name = "Steady"
        own = segment.with_user(self.salesperson)
        self.assertEqual(own.name, "Steady")
        for act in (lambda: own.write(values), lambda: own.create(values), own.unlink):
            with self.assertRaises(AccessError):
                act()

    def test_segments_of_another_company_are_not_seen(self):
        segment = self.env['customer.segment'].sudo().create({
            'name': "Theirs", 'company_id': self.other.id})
        self.assertNotIn(
            segment, self.env['customer.segment'].with_user(self.manager).search([]))

    def test_views_open_for_everybody_who_may(self):
        for user in (self.salesperson, self.documents, self.manager):
            for view in ('list', 'form', 'kanban', 'pivot', 'graph', 'search'):
                with self.subTest(user=user.login, view=view):
                    arch = self.scores(user).get_view(view_type=view)['arch']
                    self.assertEqual('name="customer_value"' in arch,
                                     user != self.salesperson and view != 'search')
