from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import new_test_user, tagged

from .common import CrmPlusCommon


@tagged('post_install', '-at_install')
class TestCustomerTier(CrmPlusCommon):
    """Who decides on tiers, what the log tells, and what contacts show."""

    def log(self, partner=None, company=None):
        return [
            (change.old_tier_id.name, change.new_tier_id.name, change.reason, change.user_id)
            for change in self.env['crm.customer.tier.change'].search([
                ('partner_id', '=', (partner or self.customer).id),
                ('company_id', '=', (company or self.company).id),
            ], order='id')
        ]

    def customer_as(self, user, company=None):
        return self.as_user(self.customer, user, company or self.company)

    def test_manager_sets_by_hand(self):
        customer = self.customer_as(self.manager)
        customer.customer_tier_id = self.tier_b
        customer.customer_tier_id = self.tier_a
        customer.customer_tier_id = self.tier_a
        customer.customer_tier_id = False
        self.assertEqual(self.log(), [
            (False, "Tier B", "Set by hand", self.manager),
            ("Tier B", "Tier A", "Set by hand", self.manager),
            ("Tier A", False, "Set by hand", self.manager),
        ])

    def test_salesperson_sees_but_does_not_decide(self):
        self.customer.customer_tier_id = self.tier_a
        seller = new_test_user(
            self.env, 'crm_editor', company_id=self.company.id, company_ids=self.company.ids,
            groups='sales_team.group_sale_salesman,base.group_partner_manager')
        customer = self.customer_as(seller)
        self.assertEqual(customer.customer_tier_id, self.tier_a)
        self.assertTrue(customer.fields_get(['customer_tier_id'])['customer_tier_id']['readonly'])
        with self.assertRaises(AccessError):
            customer.customer_tier_id = self.tier_b
        with self.assertRaises(AccessError):
            customer.create({'name': "New", 'customer_tier_id': self.tier_a.id})
        customer.name = "Anything else"
        self.assertEqual(len(self.log()), 1)

    def test_others_do_not_see(self):
        self.customer.customer_tier_id = self.tier_a
        with self.assertRaises(AccessError):
            self.customer_as(self.outsider).read(['customer_tier_id'])
        portal = new_test_user(self.env, 'crm_tier_portal', groups='base.group_portal')
        with self.assertRaises(AccessError):
            portal.partner_id.with_user(portal).read(['customer_tier_id'])
        self.assertNotIn('customer_tier_id', self.customer_as(self.outsider).fields_get())

    def test_other_modules_give_a_reason(self):
        customers = self.customer | self.stranger
        customers.with_user(self.salesperson)._set_customer_tier(self.tier_a, "Bought for 20,000")
        customers._set_customer_tier(self.tier_a, "Said twice")
        self.assertEqual(self.log(), [(False, "Tier A", "Bought for 20,000", self.salesperson)])
        self.assertEqual(len(self.log(self.stranger)), 1)

    def test_each_company_has_its_own(self):
        self.customer_as(self.manager).customer_tier_id = self.tier_a
        self.assertFalse(self.customer_as(self.manager, self.company_b).customer_tier_id)
        self.customer_as(self.manager, self.company_b).customer_tier_id = self.tier_b
        self.assertEqual(self.customer_as(self.manager).customer_tier_id, self.tier_a)
        self.assertEqual(
            self.log(company=self.company_b), [(False, "Tier B", "Set by hand", self.manager)])
        # the log of the other company is its own
        seen = self.env['crm.customer.tier.change'].with_user(self.salesperson).search(
            [('partner_id', '=', self.customer.id)])
        self.assertEqual(seen.company_id, self.company)

    def test_tier_of_another_company(self):
        foreign_tier = self.env['crm.customer.tier'].create({
            'name': "Only B", 'company_id': self.company_b.id})
        with self.assertRaises(ValidationError):
            self.customer_as(self.manager).customer_tier_id = foreign_tier.id
        self.assertNotIn(foreign_tier, self.env['crm.customer.tier'].with_user(
            self.salesperson).search([]))

    def test_contacts_have_their_companys_tier(self):
        self.customer._set_customer_tier(self.tier_a, "Important")
        self.assertEqual(self.contact.customer_tier_id, self.tier_a)
        newcomer = self.env['res.partner'].create({
            'name': "Newcomer", 'parent_id': self.customer.id})
        self.assertEqual(newcomer.customer_tier_id, self.tier_a)
        # set on a contact, it is set on the company
        self.contact.with_user(self.manager).customer_tier_id = self.tier_b
        self.assertEqual(self.customer.customer_tier_id, self.tier_b)
        self.assertEqual(newcomer.customer_tier_id, self.tier_b)
        self.other_contact._set_customer_tier(self.tier_a, "By a contact")
        self.assertEqual(self.customer.customer_tier_id, self.tier_a)
        self.assertFalse(self.log(self.contact), "the log is the company's")
        self.assertEqual(len(self.log()), 3)

    def test_person_joins_a_company(self):
        self.stranger._set_customer_tier(self.tier_a, "Good customer")
        self.stranger.parent_id = self.customer
        self.assertFalse(self.stranger.customer_tier_id, "the company has no tier")
        self.customer._set_customer_tier(self.tier_b, "Regular")
        self.assertEqual(self.stranger.customer_tier_id, self.tier_b)

    def test_contact_added_by_somebody_without_crm(self):
        self.customer._set_customer_tier(self.tier_a, "Important")
        clerk = new_test_user(
            self.env, 'crm_clerk',
            groups='base.group_partner_manager,account.group_account_invoice',
            company_id=self.company.id, company_ids=self.company.ids)
        contact = self.env['res.partner'].with_user(clerk).create({
            'name': "By the clerk", 'parent_id': self.customer.id})
        result = self.env['res.partner'].with_user(clerk).load(
            ['name', 'parent_id/.id'], [["Imported", str(self.customer.id)]])
        self.assertFalse(result['messages'])
        imported = self.env['res.partner'].search([('name', '=', "Imported")])
        self.assertEqual(contact.sudo().customer_tier_id, self.tier_a)
        self.assertEqual(imported.customer_tier_id, self.tier_a)

    def test_created_with_a_tier(self):
        partner = self.env['res.partner'].with_user(self.manager).with_context(
            allowed_company_ids=self.company.ids,
        ).create({'name': "New", 'customer_tier_id': self.tier_a.id})
        self.assertEqual(
            self.log(partner), [(False, "Tier A", "Set by hand", self.manager)])
        self.assertFalse(partner.sudo().copy().customer_tier_id, "a copy is another customer")

    def test_dialog_asks_for_the_reason(self):
        dialog = self.env['crm.customer.tier.assign'].with_user(self.manager).with_context(
            allowed_company_ids=self.company.ids,
            **self.customer_as(self.manager).action_assign_customer_tier()['context'],
        ).create({'tier_id': self.tier_a.id, 'reason': "Signed"})
        dialog.action_assign()
        self.assertEqual(self.log(), [(False, "Tier A", "Signed", self.manager)])
        with self.assertRaises(AccessError):
            self.env['crm.customer.tier.assign'].with_user(self.salesperson).create({
                'partner_ids': self.customer.ids, 'reason': "No"})

    def test_log_is_read_only(self):
        self.customer._set_customer_tier(self.tier_a, "Important")
        changes = self.env['crm.customer.tier.change'].with_user(self.manager)
        change = changes.search([('partner_id', '=', self.customer.id)])
        with self.assertRaises(AccessError):
            change.write({'reason': "Another"})
        with self.assertRaises(AccessError):
            change.unlink()
        with self.assertRaises(AccessError):
            changes.create({'partner_id': self.customer.id, 'company_id': self.company.id})
        with self.assertRaises(AccessError):
            changes.with_user(self.outsider).search([])

    def test_only_managers_configure(self):
        for user, allowed in ((self.manager, True), (self.salesperson, False)):
            self.assertEqual(self.tier_a.with_user(user).has_access('write'), allowed)

    def test_used_tier_is_archived_not_deleted(self):
        self.customer._set_customer_tier(self.tier_a, "Important")
        with self.assertRaises(UserError):
            self.tier_a.with_user(self.manager).unlink()
        self.tier_b.with_user(self.manager).unlink()
        self.tier_a.active = False
        self.assertEqual(self.customer.customer_tier_id, self.tier_a)

    def test_merge(self):
        """Merging customers keeps the tier of the one that stays, or takes the other's."""
        clerk = new_test_user(
            self.env, 'crm_merger', company_id=self.company.id, company_ids=self.company.ids,
            groups='sales_team.group_sale_salesman,base.group_partner_manager')
        double, keeper = self.env['res.partner'].create([
            {'name': "Double", 'email': "same@example.com"},
            {'name': "Keeper", 'email': "same@example.com"},
        ])
        child = self.env['res.partner'].create({'name': "Child", 'parent_id': keeper.id})
        double._set_customer_tier(self.tier_a, "Important")
        self.env['base.partner.merge.automatic.wizard'].with_user(clerk).with_context(
            allowed_company_ids=self.company.ids,
        )._merge((double | keeper).ids, self.as_user(keeper, clerk))
        self.assertFalse(double.exists())
        self.assertEqual(keeper.customer_tier_id, self.tier_a)
        self.assertEqual(child.customer_tier_id, self.tier_a)
        self.assertEqual([reason for __, __, reason, __ in self.log(keeper)], ["Important"])

    def test_merge_keeps_the_destinations_tier(self):
        double, keeper = self.env['res.partner'].create([
            {'name': "Double", 'email': "same@example.com"},
            {'name': "Keeper", 'email': "same@example.com"},
        ])
        double._set_customer_tier(self.tier_a, "Important")
        keeper._set_customer_tier(self.tier_b, "Regular")
        self.env['base.partner.merge.automatic.wizard']._merge((double | keeper).ids, keeper)
        self.assertEqual(keeper.customer_tier_id, self.tier_b)

    def test_delete_customer_and_company(self):
        self.stranger._set_customer_tier(self.tier_a, "Important")
        self.stranger.unlink()
        self.assertFalse(self.env['crm.customer.tier.change'].search(
            [('new_tier_id', '=', self.tier_a.id)]))

    def test_search_and_group(self):
        self.customer._set_customer_tier(self.tier_a, "Important")
        partners = self.env['res.partner'].with_user(self.manager).with_context(
            allowed_company_ids=self.company.ids)
        self.assertIn(self.customer, partners.search([('customer_tier_id', '=', self.tier_a.id)]))
        groups = dict(partners._read_group(
            [('id', 'in', (self.customer | self.stranger).ids)], ['customer_tier_id'],
            ['__count']))
        self.assertEqual(groups, {self.tier_a: 1, self.tier_a.browse(): 1})
        self.assertIn(
            self.customer, partners.search(self.tier_a.action_view_customers()['domain']))

    def test_many_customers_cost_as_much_as_few(self):
        def cost(count):
            customers = self.env['res.partner'].create([
                {'name': f"Customer {number}"} for number in range(count)])
            self.env.flush_all()
            before = self.env.cr.sql_log_count
            customers._set_customer_tier(self.tier_a, "All of them")
            self.env.flush_all()
            return self.env.cr.sql_log_count - before
        cost(2)
        self.assertLessEqual(cost(50), cost(5) + 1)
