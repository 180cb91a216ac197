from odoo.tests import HttpCase, tagged

from .common import BackgroundScoring, CustomerValueCommon


@tagged('post_install', '-at_install')
class TestCustomerScoreTour(BackgroundScoring, CustomerValueCommon, HttpCase):

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.manager = cls.new_user(
            'value_tour', 'crm_plus_analytics.group_manager', 'sales_team.group_sale_manager',
            'account.group_account_invoice')
        for day, amount in (('2026-01-01', 100), ('2026-02-01', 100), ('2026-03-04', 50)):
            cls.buy(cls.anna, day, amount)
        cls.buy(cls.bert, '2026-01-01', 10)

    def test_manager_scores_and_looks_at_a_customer(self):
        with self.scoring_soon():
            self.start_tour('/odoo', 'customer_score_tour', login='value_tour', timeout=120)
        self.env.invalidate_all()
        # sudo: the test's own user is a bookkeeper
        run = self.env['customer.score.run'].sudo().search([('company_id', '=', self.company.id)])
        self.assertEqual(
            (run.state, run.user_id, run.customers, run.invoices), ('done', self.manager, 2, 4))
        anna, bert = self.score_of(self.anna), self.score_of(self.bert)
        self.assertEqual((anna.run_id, bert.run_id), (run, run))
        self.assertEqual((anna.purchases, anna.revenue, anna.rank), (3, 250.0, 1))
        self.assertEqual((bert.purchases, bert.revenue, bert.rank), (1, 10.0, 2))
