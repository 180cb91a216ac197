from odoo.exceptions import AccessError
from odoo.tests import tagged
from odoo.tools import mute_logger

from .scoring_common import ScoringCommon


@tagged('post_install', '-at_install')
class TestLeadScoringAccess(ScoringCommon):
    """Salespersons see the scores of their own leads; managers write the rules."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.rule = cls.make_rule(company_id=False)
        cls.rule_b = cls.make_rule("Abroad", company_id=cls.company_b.id)
        cls.own = cls.make_lead(cls.contact, 1, user_id=cls.salesperson.id)
        cls.others = cls.make_lead(cls.contact, 1, user_id=cls.colleague.id)
        cls.abroad = cls.make_lead(cls.contact, 1, company_id=cls.company_b.id)
        cls.leads = cls.own | cls.others | cls.abroad
        cls.env['crm.lead']._store_lead_scores(cls.leads.ids, cls.now)

    def history(self, user, companies=None):
        history = self.as_user(self.env['crm.score.history'], user, companies)
        return history.search([('lead_id', 'in', self.leads.ids)]).lead_id.sudo()

    def test_former_scores(self):
        self.assertEqual(self.history(self.salesperson), self.own)
        self.assertEqual(self.history(self.colleague), self.others)
        self.assertEqual(self.history(self.lead_seller), self.leads)
        self.assertEqual(self.history(self.lead_seller, self.company), self.own | self.others)
        self.assertEqual(self.history(self.manager, self.company_b), self.abroad)
        for user in (self.viewer, self.outsider):
            with self.subTest(user=user.login), self.assertRaises(AccessError):
                self.history(user)

    @mute_logger('odoo.addons.base.models.ir_rule', 'odoo.addons.base.models.ir_model')
    def test_nobody_writes_former_scores(self):
        history = self.env['crm.score.history'].search([('lead_id', '=', self.own.id)])
        for user in (self.salesperson, self.manager):
            with self.subTest(user=user.login):
                with self.assertRaises(AccessError):
                    history.with_user(user).score = 1
                with self.assertRaises(AccessError):
                    history.with_user(user).unlink()

    @mute_logger('odoo.addons.base.models.ir_rule', 'odoo.addons.base.models.ir_model')
    def test_rules_are_for_managers(self):
        for user in (self.salesperson, self.lead_seller, self.viewer, self.outsider):
            with self.subTest(user=user.login):
                rules = self.as_user(self.rules, user)
                with self.assertRaises(AccessError):
                    rules.search([('id', '=', self.rule.id)])
                with self.assertRaises(AccessError):
                    rules.create({'name': "Rule"})
                with self.assertRaises(AccessError):
                    self.as_user(self.rule, user).points = 100

    @mute_logger('odoo.addons.base.models.ir_rule')
    def test_rules_of_companies(self):
        own = self.as_user(self.rules, self.manager, self.company)
        self.assertEqual(own.search([('id', 'in', (self.rule | self.rule_b).ids)]), self.rule)
        with self.assertRaises(AccessError):
            own.browse(self.rule_b.id).points = 5
        with self.assertRaises(AccessError):
            own.create({'name': "Rule", 'company_id': self.company_b.id})
        abroad = self.as_user(self.rules, self.manager, self.company_b)
        abroad.browse(self.rule_b.id).points = 5

    @mute_logger('odoo.addons.base.models.ir_rule')
    def test_explanations(self):
        self.assertEqual(
            self.as_user(self.own, self.salesperson).get_lead_score_details()['score'], 100)
        for lead in (self.others, self.abroad):
            with self.assertRaises(AccessError):
                self.as_user(lead, self.salesperson).get_lead_score_details()
        details = self.as_user(self.own, self.salesperson).get_lead_score_details()
        self.assertFalse(details['may_set_up'])
        self.assertTrue(self.as_user(self.own, self.manager).get_lead_score_details()['may_set_up'])

    @mute_logger('odoo.addons.base.models.ir_rule')
    def test_scoring_by_hand(self):
        self.as_user(self.own, self.salesperson).action_update_lead_score()
        for lead in (self.others, self.abroad):
            with self.assertRaises(AccessError):
                self.as_user(lead, self.salesperson).action_update_lead_score()

    def test_hot_leads_without_activity(self):
        action = self.env['ir.actions.act_window']._for_xml_id('crm_plus.crm_lead_action_hot')
        domain = [('lead_score_band', '=', 'hot'), ('won_status', '=', 'pending'),
                  ('activity_ids', '=', False)]
        self.assertEqual(action['domain'], str(domain))
        leads = self.as_user(self.leads, self.lead_seller)
        self.own.activity_schedule('mail.mail_activity_data_todo')
        self.assertEqual(
            leads.search([*domain, ('id', 'in', leads.ids)]).sudo(), self.others | self.abroad)

    def test_preview_counts_what_the_reader_may_see(self):
        rules = self.as_user(self.rules, self.manager, self.company_b)
        draft = rules.new({'name': "Draft", 'points': 10, 'company_id': self.company_b.id})
        matching = draft._preview()[1]
        self.assertIn(self.abroad.id, matching)
        self.assertFalse(matching & set((self.own | self.others).ids))
