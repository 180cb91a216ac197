from odoo.tests import HttpCase, tagged

from .scoring_common import ScoringCommon


@tagged('post_install', '-at_install')
class TestLeadScoringTour(ScoringCommon, HttpCase):

    def test_from_the_score_to_the_report(self):
        self.make_rule("Named", points=20, domain="[('partner_name', '!=', False)]")
        self.event_rule('reply', name="Writes to us", cap=20)
        self.fact_rule('customer', name="Customer already", points=30)
        self.fact_rule('overdue', name="Owes us money", points=-15)
        lead = self.make_lead(self.contact, 1000, partner_name="Customer Ltd",
                              user_id=self.manager.id)
        self.make_message(lead)
        self.make_message(lead, days_ago=7)
        self.make_invoice(self.contact, 100, '2024-01-01')
        won = self.make_lead(self.contact, 10, name="Won before", partner_name="Customer Ltd",
                             user_id=self.manager.id)
        self.score(won)
        self.env['crm.score.history'].search([('lead_id', '=', won.id)]).write({
            'date': self.ago(1), 'score': 80})
        won.action_set_won()
        # 20 + 15 + 30 - 15 = 50 of 70 points
        self.start_tour(f'/odoo/crm/{lead.id}', 'crm_plus_lead_scoring', login=self.manager.login)
        self.env.invalidate_all()
        self.assertEqual((lead.lead_score, lead.lead_score_band), (71, 'hot'))
        self.assertEqual(
            self.env['crm.score.history'].search([('lead_id', '=', lead.id)]).score, 71)
