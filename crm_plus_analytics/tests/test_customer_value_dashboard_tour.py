from odoo import Command
from odoo.tests import HttpCase, tagged

from .common import BackgroundScoring, CustomerValueCommon


class DashboardTourCommon(BackgroundScoring, CustomerValueCommon, HttpCase):
    """Anna bought longest ago, most often, and brought the third of five in revenue."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.manager = cls.new_user(
            'value_tour', 'sales_team.group_sale_manager', 'base.group_partner_manager',
            'account.group_account_invoice')
        cls.carl, cls.dora, cls.emil = cls.env['res.partner'].create([
            {'name': name} for name in ("Carl", "Dora", "Emil")])
        for partner, day, amount in (
            (cls.anna, '2026-01-01', 50), (cls.anna, '2026-02-01', 50),
            (cls.bert, '2026-06-01', 300), (cls.carl, '2026-05-01', 200),
            (cls.dora, '2026-04-01', 20), (cls.emil, '2026-03-01', 10),
        ):
            cls.buy(partner, day, amount)


@tagged('post_install', '-at_install')
class TestCustomerValueDashboardTour(DashboardTourCommon):

    def test_filters_are_kept(self):
        self.anna.country_id = self.env.ref('base.be')
        scoring = self.score()
        self.start_tour('/odoo', 'customer_value_dashboard_tour', login='value_tour', timeout=120)
        self.env.invalidate_all()
        # looking changes nothing
        self.assertEqual(self.env['customer.score.run'].sudo().search(
            [('company_id', '=', self.company.id)]), scoring)
        self.assertEqual(scoring.state, 'done')


@tagged('post_install', '-at_install')
class TestCustomerValueJourney(DashboardTourCommon):

    def test_manager_scores_learns_who_is_at_risk_and_why_and_confirms_a_tier(self):
        at_risk = self.env.ref('crm_plus_analytics.customer_segment_at_risk')
        # sudo: the test's own user is a bookkeeper
        win_back, usual = self.env['crm.customer.tier'].sudo().create([
            {'name': "Win back", 'sequence': 1}, {'name': "Usual", 'sequence': 2}])
        self.env['customer.tier.rule'].with_user(self.manager).create([
            {'name': "Good, but silent", 'sequence': 1, 'company_id': self.company.id,
             'tier_id': win_back.id, 'segment_ids': [Command.set(at_risk.ids)]},
            {'name': "The rest", 'sequence': 2, 'company_id': self.company.id,
             'tier_id': usual.id},
        ])
        with self.scoring_soon():
            self.start_tour('/odoo', 'customer_value_journey_tour', login='value_tour', timeout=120)
        self.env.invalidate_all()
        anna = self.score_of(self.anna)
        self.assertEqual((anna.run_id.state, anna.run_id.user_id), ('done', self.manager))
        self.assertEqual(anna.segment_id, at_risk)
        self.assertEqual((anna.r_score, anna.f_score, anna.m_score), (1, 5, 3))
        tiers = [partner.sudo().with_company(self.company).customer_tier_id
                 for partner in (self.anna, self.bert)]
        self.assertEqual(tiers, [win_back, self.env['crm.customer.tier']])
        change = self.env['crm.customer.tier.change'].sudo().search(
            [('company_id', '=', self.company.id)])
        self.assertEqual((change.partner_id, change.user_id), (self.anna, self.manager))
        self.assertIn("Good, but silent", change.reason)
