from odoo.tests import HttpCase, tagged

from .common import CustomerValueCommon


@tagged('post_install', '-at_install')
class TestCustomerValueDashboardTour(CustomerValueCommon, HttpCase):

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.new_user(
            'value_tour', 'crm_plus_analytics.group_manager', 'sales_team.group_sale_manager',
            'account.group_account_invoice')
        others = cls.env['res.partner'].create([{'name': name} for name in ("Carl", "Dora", "Emil")])
        # Anna bought longest ago, most often, and brought the third of five in revenue.
        for partner, day, amount in (
            (cls.anna, '2026-01-01', 50), (cls.anna, '2026-02-01', 50),
            (cls.bert, '2026-06-01', 300), (others[0], '2026-05-01', 200),
            (others[1], '2026-04-01', 20), (others[2], '2026-03-01', 10),
        ):
            cls.buy(partner, day, amount)
        cls.scoring = cls.score()

    def test_manager_learns_who_is_at_risk_and_why(self):
        self.start_tour('/odoo', 'customer_value_dashboard_tour', login='value_tour', timeout=120)
        self.env.invalidate_all()
        anna = self.score_of(self.anna)
        self.assertEqual(anna.segment_id, self.env.ref('crm_plus_analytics.customer_segment_at_risk'))
        self.assertEqual((anna.r_score, anna.f_score, anna.m_score), (1, 5, 3))
        # looking changes nothing
        self.assertEqual(self.env['customer.score.run'].sudo().search(
            [('company_id', '=', self.company.id)]), self.scoring)
        self.assertEqual(self.scoring.state, 'done')
