from odoo.tests import HttpCase, tagged

from .common import CustomerValueCommon


@tagged('post_install', '-at_install')
class TestCustomerScoreBacktestTour(CustomerValueCommon, HttpCase):

    def test_manager_tests_the_model_and_reads_the_verdict(self):
        manager = self.new_user(
            'backtest_tour', 'crm_plus_analytics.group_manager', 'sales_team.group_sale_manager',
            'account.group_account_invoice')
        for day in ('2026-01-01', '2026-02-01', '2026-03-04', '2026-04-10', '2026-06-01'):
            self.buy(self.anna, day, 100)
        for day in ('2026-01-01', '2026-02-20', '2026-05-20'):
            self.buy(self.bert, day, 10)
        self.start_tour('/odoo', 'customer_score_backtest_tour', login='backtest_tour', timeout=120)
        self.env.invalidate_all()
        # sudo: the test's own user is a bookkeeper
        test = self.env['customer.score.backtest'].sudo().search(
            [('company_id', '=', self.company.id)])
        self.assertEqual(
            (test.state, test.user_id, test.customers, test.actual_purchases),
            ('done', manager, 2, 2))
        self.assertEqual(
            {row.partner_id: row.repeats for row in test.customer_ids}, {self.anna: 3, self.bert: 1})
