from odoo import Command
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import HttpCase, tagged

from .test_customer_score_run import ScoreRunCommon


class TierProposalCommon(ScoreRunCommon):
    """Anna is recent, Bert is not; recent customers should have tier A, all others tier B."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.recent, cls.others = cls.two_segments(cls.company)
        cls.tier_a, cls.tier_b = cls.env['crm.customer.tier'].sudo().create([
            {'name': "Tier A", 'sequence': 1}, {'name': "Tier B", 'sequence': 2}])
        cls.manager = cls.new_user(
            'value_manager', 'sales_team.group_sale_manager', 'base.group_partner_manager')
        cls.buy(cls.bert, '2026-05-10', 40)
        cls.buy(cls.anna, '2026-06-10', 100)
        cls.rule_a, cls.rule_b = cls.env['customer.tier.rule'].with_user(cls.manager).create([
            {'name': "Bought lately", 'sequence': 1, 'company_id': cls.company.id,
             'tier_id': cls.tier_a.id, 'segment_ids': [Command.set(cls.recent.ids)]},
            {'name': "The rest", 'sequence': 2, 'company_id': cls.company.id,
             'tier_id': cls.tier_b.id},
        ])

    def proposals(self, user=None):
        return self.env['customer.tier.proposal'].with_user(user or self.manager).search(
            [('company_id', '=', self.company.id)], order='partner_id')

    def tiers(self):
        self.env.invalidate_all()
        return [partner.sudo().with_company(self.company).customer_tier_id
                for partner in (self.anna, self.bert)]

    def changes(self):
        return self.env['crm.customer.tier.change'].sudo().search(
            [('company_id', '=', self.company.id)], order='partner_id')

    def as_manager(self, partner):
        return partner.with_user(self.manager).with_company(self.company)


@tagged('post_install', '-at_install')
class TestCustomerTierProposal(TierProposalCommon):

    def test_first_rule_proposes(self):
        self.score()
        self.assertEqual(
            [(p.partner_id, p.tier_id.id, p.proposed_tier_id, p.rule_id)
             for p in self.proposals()],
            [(self.anna, False, self.tier_a, self.rule_a),
             (self.bert, False, self.tier_b, self.rule_b)])
        self.assertFalse(any(self.tiers()), "nothing is assigned yet")
        self.assertEqual(self.rule_a.proposal_count, 1)

    def test_confirmed_in_bulk_and_logged(self):
        self.score()
        self.proposals().action_confirm()
        self.assertEqual(self.tiers(), [self.tier_a, self.tier_b])
        self.assertEqual(
            self.changes().mapped('reason'),
            ["Bought lately (by rule, scores as of 06/30/2026)",
             "The rest (by rule, scores as of 06/30/2026)"])
        self.assertEqual(self.changes().user_id, self.manager)
        self.assertFalse(self.proposals())
        self.assertFalse(self.as_manager(self.anna).customer_tier_manual)
        self.score()
        self.assertFalse(self.proposals(), "all is as the rules say")

    def test_change_of_segment_changes_the_proposal(self):
        self.score()
        self.proposals().action_confirm()
        self.buy(self.bert, '2026-06-20', 40)
        self.score()
        self.assertEqual(
            [(p.tier_id, p.proposed_tier_id) for p in self.proposals()],
            [(self.tier_a, self.tier_b), (self.tier_b, self.tier_a)])

    def test_conditions_and_class(self):
        self.rule_a.write({
            'segment_ids': [Command.clear()], 'abc_class': 'A', 'domain': "[('revenue', '<', 50)]"})
        self.score()
        self.assertEqual(
            [p.rule_id for p in self.proposals()], [self.rule_b, self.rule_a],
            "both are class A, but Anna has brought 100")
        self.rule_a.domain = "[('revenue', '>', 50)]"
        self.score()
        self.assertEqual([p.rule_id for p in self.proposals()], [self.rule_a, self.rule_b])

    def test_whom_no_rule_takes_keeps_their_tier(self):
        self.rule_b.active = False
        self.score()
        self.assertEqual(self.proposals().partner_id, self.anna)

    def test_automatic(self):
        self.company.sudo().customer_tier_automatic = True
        self.score()
        self.assertEqual(self.tiers(), [self.tier_a, self.tier_b])
        self.assertEqual(len(self.changes()), 2)
        self.assertFalse(self.proposals())
        self.score()
        self.assertEqual(len(self.changes()), 2, "nothing has changed")

    def test_tier_set_by_hand_stays_until_released(self):
        self.company.sudo().customer_tier_automatic = True
        self.as_manager(self.anna).customer_tier_id = self.tier_b
        self.score()
        self.assertEqual(self.tiers(), [self.tier_b, self.tier_b])
        self.assertTrue(self.as_manager(self.anna).customer_tier_manual)
        self.as_manager(self.anna).action_release_customer_tier()
        self.score()
        self.assertEqual(self.tiers(), [self.tier_a, self.tier_b])

    def test_tiers_set_by_hand_are_found_and_released_together(self):
        self.company.sudo().customer_tier_automatic = True
        both = self.as_manager(self.anna | self.bert)
        both.customer_tier_id = self.tier_b
        found = both.search([('customer_tier_manual', '=', True), ('id', 'in', both.ids)])
        self.assertEqual(found, both)
        action = self.env.ref('crm_plus_analytics.res_partner_release_tier_action')
        salesperson = self.new_user('value_sales', 'sales_team.group_sale_salesman')
        context = {'active_model': 'res.partner', 'active_ids': both.ids}
        with self.assertRaises(AccessError):
            action.with_user(salesperson).with_context(**context).run()
        action.with_user(self.manager).with_company(self.company).with_context(**context).run()
        self.assertFalse(any(both.mapped('customer_tier_manual')))
        self.score()
        self.assertEqual(self.tiers(), [self.tier_a, self.tier_b])

    def test_every_hand_counts(self):
        wizard = self.env['crm.customer.tier.assign'].with_user(self.manager).create({
            'partner_ids': [Command.set(self.anna.ids)], 'tier_id': self.tier_b.id,
            'reason': "Asked for it"})
        self.score()
        self.assertEqual(len(self.proposals()), 2)
        wizard.action_assign()
        self.assertTrue(self.as_manager(self.anna).customer_tier_manual)
        self.assertEqual(self.proposals().partner_id, self.bert, "the proposal has become void")
        created = self.env['res.partner'].with_user(self.manager).create({
            'name': "Carla", 'customer_tier_id': self.tier_b.id})
        self.assertTrue(created.customer_tier_manual)

    def test_hand_in_one_company_only(self):
        other = self.setup_other_company()['company']
        self.as_manager(self.anna).customer_tier_id = self.tier_b
        self.assertFalse(self.anna.sudo().with_company(other).customer_tier_manual)

    def test_kept_present_tier(self):
        self.score()
        self.proposals()[0].action_keep()
        self.assertFalse(self.tiers()[0])
        self.score()
        self.assertEqual(self.proposals().partner_id, self.bert)

    def test_contacts_below_a_company(self):
        contact = self.env['res.partner'].create({'name': "Contact", 'parent_id': self.anna.id})
        self.score()
        self.proposals().action_confirm()
        contact = contact.sudo().with_company(self.company)
        self.assertEqual(contact.customer_tier_id, self.tier_a)
        self.assertFalse(contact.customer_tier_manual)
        self.assertEqual(len(self.changes()), 2)

    def test_merging_customers_keeps_the_hand(self):
        self.as_manager(self.bert).customer_tier_id = self.tier_b
        self.env['base.partner.merge.automatic.wizard'].sudo().with_company(self.company)._merge(
            (self.anna | self.bert).ids, self.anna)
        self.assertEqual(self.as_manager(self.anna).customer_tier_id, self.tier_b)
        self.assertTrue(self.as_manager(self.anna).customer_tier_manual)

    def test_bad_rules_are_refused(self):
        with self.assertRaisesRegex(ValidationError, "make no sense"):
            self.rule_a.domain = "[('nonsense', '=', 1)]"
        with self.assertRaisesRegex(ValidationError, "decided only by them"):
            self.rule_a.domain = f"[('partner_id.customer_tier_id', '=', {self.tier_a.id})]"
        theirs = self.tier_a.sudo().copy({
            'company_id': self.setup_other_company()['company'].id})
        with self.assertRaisesRegex(ValidationError, "is used in"):
            self.rule_a.sudo().tier_id = theirs

    def test_who_decides(self):
        self.score()
        salesperson = self.new_user('value_sales', 'sales_team.group_sale_salesman')
        for model in ('customer.tier.proposal', 'customer.tier.rule'):
            with self.assertRaises(AccessError):
                self.env[model].with_user(salesperson).search([])
        with self.assertRaises(AccessError):
            self.proposals().with_user(salesperson).action_confirm()
        with self.assertRaises(AccessError):
            self.anna.with_user(salesperson).customer_tier_manual = True
        reader = self.new_user('value_reader', 'sales_team.group_sale_manager')
        reader.sudo().group_ids -= self.env.ref('base.group_partner_manager')
        if not self.env['res.partner'].with_user(reader).has_access('write'):
            with self.assertRaises(UserError):
                self.proposals(reader).action_confirm()

    def test_two_companies_never_mix(self):
        other = self.setup_other_company()['company']
        self.buy(self.anna, '2026-06-10', 100, company=other)
        self.score()
        before = self.proposals()
        self.score(company=other)
        self.assertEqual(self.proposals(), before)
        everything = self.env['customer.tier.proposal'].with_user(self.manager).search([])
        self.assertEqual(everything.company_id, self.company)

    def test_fixed_number_of_statements(self):
        def statements(count):
            with self.measuring(self.many_customers(count)):
                run = self.score()
            self.env.invalidate_all()
            before = self.cr.sql_log_count
            # sudo: as the scoring does it
            self.env['customer.tier.proposal'].sudo()._propose(run)
            proposing = self.cr.sql_log_count - before
            self.assertEqual(len(self.proposals()), count)
            self.env.invalidate_all()
            before = self.cr.sql_log_count
            self.proposals().action_confirm()
            self.env.flush_all()
            return proposing, self.cr.sql_log_count - before

        # the ORM writes up to 100 rows with one statement
        statements(9)
        self.assertEqual(statements(9), statements(90))


@tagged('post_install', '-at_install')
class TestSegmentsAndTiersTour(TierProposalCommon, HttpCase):

    def test_manager_follows_a_move_and_confirms_a_tier(self):
        self.buy(self.anna, '2026-01-10', 100)
        carla, dora = self.env['res.partner'].create([{'name': "Carla"}, {'name': "Dora"}])
        self.buy(carla, '2026-04-10', 5)
        self.buy(dora, '2026-05-20', 5)
        self.score('2026-05-31')
        # sudo: the settings of the company are the administrator's
        staff = self.env['res.partner.category'].sudo().create({'name': "Staff"})
        self.company.sudo().customer_value_excluded_category_ids = staff
        dora.category_id = staff
        self.score('2026-06-30')
        self.assertTrue(self.proposals().filtered(lambda p: p.partner_id == self.anna))
        self.start_tour('/odoo', 'segments_and_tiers_tour', login='value_manager', timeout=120)
        self.assertEqual(self.tiers(), [self.tier_a, self.env['crm.customer.tier']])
        [change] = self.changes()
        self.assertEqual((change.partner_id, change.user_id), (self.anna, self.manager))
        self.assertIn("Bought lately", change.reason)
