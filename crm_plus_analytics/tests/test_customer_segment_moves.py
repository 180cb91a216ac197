from odoo import Command
from odoo.exceptions import AccessError
from odoo.tests import tagged

from .common import CustomerValueCommon
from .test_customer_score_run import ScoreRunCommon


@tagged('post_install', '-at_install')
class TestCustomerSegmentMoves(ScoreRunCommon, CustomerValueCommon):

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.other = cls.setup_other_company()['company']
        cls.recent, cls.others = cls.two_segments(cls.company)
        cls.manager = cls.new_user('value_manager', 'crm_plus_analytics.group_manager')
        cls.salesperson = cls.new_user('value_sales', 'sales_team.group_sale_salesman')

    def moves(self, user=None, **filters):
        return self.env['customer.score.history'].with_user(
            user or self.manager).get_segment_moves(**filters)

    def two_months(self):
        """Of two customers one comes, one goes, and a third is new."""
        self.buy(self.anna, '2026-01-10', 100)
        self.buy(self.bert, '2026-05-10', 40)
        self.score('2026-05-20')
        self.buy(self.env['res.partner'].create({'name': "Carla"}), '2026-06-01', 5)
        self.buy(self.anna, '2026-06-10', 100)
        self.score('2026-06-30')

    def test_matrix(self):
        self.two_months()
        moves = self.moves()
        self.assertEqual((moves['month'], moves['previous']), ('2026-06-01', "May 2026"))
        self.assertEqual([month['name'] for month in moves['months']], ["June 2026", "May 2026"])
        self.assertEqual([row['name'] for row in moves['rows']],
                         ["Recent", "The others", "New customers"])
        self.assertEqual([column['name'] for column in moves['columns']], ["Recent", "The others"])
        self.assertCountEqual(moves['cells'], [
            {'from': self.others.id, 'to': self.recent.id, 'count': 1},
            {'from': self.recent.id, 'to': self.others.id, 'count': 1},
            {'from': 'new', 'to': self.others.id, 'count': 1},
        ])

    def test_who_is_no_customer_any_more(self):
        # sudo: the settings of the company are the administrator's
        self.company.sudo().customer_value_window = 6
        self.two_months()
        self.company.sudo().customer_value_window = 1
        self.score('2026-07-05')
        moves = self.moves()
        self.assertEqual(moves['columns'][-1], {
            'key': 'left', 'name': "No longer customers", 'color': 0})
        # Bert and Carla bought longer ago than a month
        self.assertIn({'from': self.others.id, 'to': 'left', 'count': 2}, moves['cells'])
        months = {name: moves[name] for name in ('month', 'previous_month')}
        History = self.env['customer.score.history'].with_user(self.manager)
        for segment, names in (
            (None, ["Bert", "Carla"]), (self.others.id, ["Bert", "Carla"]), (self.recent.id, []),
            ('none', []),
        ):
            rows = History.search(History.action_open_left(segment=segment, **months)['domain'])
            self.assertEqual(sorted(rows.partner_id.mapped('name')), names)
        before = History.search([('company_id', '=', self.company.id), ('month', '=', '2026-06-01')])
        self.assertEqual(
            sum(cell['count'] for cell in moves['cells'] if cell['from'] != 'new'), len(before))
        with self.assertRaises(AccessError):
            History.action_open_left(company_id=self.other.id, **months)
        # sudo: what a customer's administrator might do
        self.env['ir.rule'].sudo().create({
            'name': "Hidden customers",
            'model_id': self.env['ir.model']._get_id('res.partner'),
            'domain_force': "[('name', '!=', 'Bert')]",
            'groups': [Command.link(self.env.ref('sales_team.group_sale_salesman').id)],
        })
        self.assertIn({'from': self.others.id, 'to': 'left', 'count': 1},
                      self.moves(self.salesperson)['cells'])
        own = History.with_user(self.salesperson)
        self.assertEqual(
            own.search(own.action_open_left(**months)['domain']).partner_id.name, "Carla")

    def test_first_month_has_nothing_to_compare_with(self):
        self.two_months()
        moves = self.moves(month='2026-05-01')
        self.assertEqual(
            (moves['month'], moves['previous'], moves['rows'], moves['cells']),
            ('2026-05-01', False, [], []))

    def test_nothing_scored(self):
        moves = self.moves()
        self.assertEqual((moves['month'], moves['months'], moves['rows']), (None, [], []))

    def test_segment_that_is_gone(self):
        self.two_months()
        self.others.sudo().unlink()
        moves = self.moves()
        self.assertIn({'from': self.recent.id, 'to': 'none', 'count': 1}, moves['cells'])
        self.assertEqual(moves['columns'][-1]['name'], "A segment that is gone")

    def test_two_companies_never_mix(self):
        self.buy(self.anna, '2026-01-10', 100, company=self.other)
        self.score('2026-05-20', company=self.other)
        self.score('2026-06-20', company=self.other)
        self.assertFalse(self.moves()['months'])
        with self.assertRaises(AccessError):
            self.moves(company_id=self.other.id)
        self.manager.company_ids = [Command.link(self.other.id)]
        moves = self.env['customer.score.history'].with_user(self.manager).with_context(
            allowed_company_ids=(self.company | self.other).ids,
        ).get_segment_moves(company_id=self.other.id)
        self.assertEqual(sum(cell['count'] for cell in moves['cells']), 1)
        self.assertEqual(len(moves['companies']), 2)

    def test_counts_the_customers_that_the_reader_may_see(self):
        self.two_months()
        # sudo: what a customer's administrator might do
        self.env['ir.rule'].sudo().create({
            'name': "Hidden customers",
            'model_id': self.env['ir.model']._get_id('res.partner'),
            'domain_force': "[('name', '!=', 'Bert')]",
            'groups': [Command.link(self.env.ref('sales_team.group_sale_salesman').id)],
        })
        moves = self.moves(self.salesperson)
        self.assertEqual(sum(cell['count'] for cell in moves['cells']), 2)

    def test_fixed_number_of_queries(self):
        def queries(count):
            with self.measuring(self.many_customers(count)):
                self.score('2026-05-20')
                self.score('2026-06-20')
            self.env.invalidate_all()
            before = self.cr.sql_log_count
            moves = self.moves()
            self.assertEqual(sum(cell['count'] for cell in moves['cells']), count)
            return self.cr.sql_log_count - before

        queries(30)
        self.assertEqual(queries(30), queries(300))
