from dateutil.relativedelta import relativedelta
from psycopg2 import IntegrityError

from odoo import fields
from odoo.exceptions import AccessError, ValidationError
from odoo.fields import Command
from odoo.tests import tagged
from odoo.tools import mute_logger

from .common import CrmPlusCommon


@tagged('post_install', '-at_install')
class TestKeyAccount(CrmPlusCommon):
    """What is kept about a key account, what is read live, and who may see and change it."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.account = cls.make_account(cls.customer, user=cls.salesperson)

    @classmethod
    def make_account(cls, partner, company=None, user=None, **values):
        return cls.env['crm.key.account'].create({
            'partner_id': partner.id, 'company_id': (company or cls.company).id,
            'user_id': user.id if user else False, **values,
        })

    def recent(self, **ago):
        return fields.Datetime.now() - relativedelta(**(ago or {'months': 1}))

    # ------------------------------------------------------------
    # THE ACCOUNT
    # ------------------------------------------------------------

    def test_one_per_customer_and_company(self):
        with mute_logger('odoo.sql_db'), self.assertRaises(IntegrityError), self.cr.savepoint():
            self.make_account(self.customer)
        other = self.make_account(self.customer, self.company_b)
        partner = self.as_user(self.customer, self.lead_seller, self.company)
        self.assertEqual(partner.key_account_id, self.account)
        self.assertEqual(
            self.as_user(self.contact, self.lead_seller, self.company_b).key_account_id, other)

    def test_a_contact_is_no_key_account(self):
        with self.assertRaisesRegex(ValidationError, "Make the company the key account"):
            self.make_account(self.contact)

    def test_button_opens_the_account_or_makes_one(self):
        seller = self.as_user(self.contact, self.salesperson)
        self.assertEqual(seller.action_open_key_account()['res_id'], self.account.id)
        action = self.as_user(self.stranger, self.salesperson).action_open_key_account()
        self.assertFalse(action['res_id'])
        self.assertEqual(action['context']['default_partner_id'], self.stranger.id)
        self.account.active = False
        self.assertEqual(seller.action_open_key_account()['res_id'], self.account.id)

    def test_customers_are_found_by_being_key_accounts(self):
        partners = self.as_user(self.env['res.partner'], self.salesperson)
        ours = (self.customer | self.contact | self.stranger).ids
        found = partners.search([('id', 'in', ours), ('key_account_id', '!=', False)])
        self.assertEqual(found, self.customer | self.contact)
        found = partners.search([('id', 'in', ours), ('key_account_id', '=', False)])
        self.assertEqual(found, self.stranger)
        found = partners.search([('id', 'in', ours), ('key_account_id', '=', self.account.id)])
        self.assertEqual(found, self.customer | self.contact)

    def test_takes_the_profile_of_its_industry(self):
        industry = self.env['res.partner.industry'].create({'name': "Paper"})
        profile, foreign = self.env['crm.account.profile'].create([
            {'name': "Paper", 'industry_ids': industry.ids, 'sequence': 2},
            {'name': "Paper B", 'industry_ids': industry.ids, 'sequence': 1,
             'company_id': self.company_b.id},
        ])
        self.stranger.industry_id = industry
        self.assertEqual(self.make_account(self.stranger).profile_id, profile)
        self.assertEqual(self.make_account(self.stranger, self.company_b).profile_id, foreign)
        self.assertFalse(self.account.profile_id)

    def test_counts_open_work(self):
        self.make_lead(self.contact, 100, user_id=self.salesperson.id)
        self.make_lead(self.contact, 100, user_id=self.colleague.id)
        self.env['crm.procurement.project'].create([
            {'name': "One", 'account_id': self.account.id},
            {'name': "Two", 'account_id': self.account.id, 'state': 'decided'},
        ])
        account = self.as_user(self.account, self.salesperson)
        self.assertEqual(account.open_project_count, 1)
        self.assertEqual(account.opportunity_count, 1, "one is a colleague's")
        self.assertEqual(self.as_user(self.account, self.manager).opportunity_count, 2)
        found = self.env['crm.lead'].with_user(self.salesperson).search(
            account.action_view_opportunities()['domain'])
        self.assertEqual(len(found), 1)

    # ------------------------------------------------------------
    # THE CUSTOMER'S BUSINESS
    # ------------------------------------------------------------

    def test_latest_figures_with_their_history(self):
        unit = self.env.ref('uom.product_uom_unit')
        self.account.figure_ids = [
            Command.create({'date': '2024-12-31', 'annual_purchases': 800,
                            'annual_output': 50, 'output_uom_id': unit.id}),
            Command.create({'date': '2025-12-31', 'annual_purchases': 1000}),
        ]
        self.assertEqual(self.account.annual_purchases, 1000)
        self.assertEqual(self.account.annual_output, 50, "nothing newer is known")
        self.assertEqual(self.account.output_uom_id, unit)
        self.assertEqual(fields.Date.to_string(self.account.figure_date), '2025-12-31')
        self.account.figure_ids[0].unlink()
        self.assertEqual(self.account.annual_purchases, 800)
        self.assertEqual(len(self.account.figure_ids), 1)

    def test_figures_that_make_no_sense(self):
        for values, message in (
            ({'annual_purchases': -1}, "negative"),
            ({'annual_output': 5}, "unit of the yearly output"),
            ({'annual_consumption': 5}, "unit of the yearly consumption"),
        ):
            with self.assertRaisesRegex(ValidationError, message):
                self.account.figure_ids = [Command.create(values)]

    def test_share_worked_by_hand(self):
        """300 of 1,200 are bought from us; of 4 dozen they use, we deliver 1 unit: 1/48."""
        dozen = self.env.ref('uom.product_uom_dozen')
        self.account.figure_ids = [Command.create({
            'annual_purchases': 1200, 'annual_consumption': 4, 'consumption_uom_id': dozen.id})]
        self.make_order(self.contact, 300, self.recent(), user=self.salesperson)
        self.make_order(self.customer, 50, self.recent(months=13), user=self.salesperson)
        self.make_order(self.customer, 70, self.recent(), user=self.salesperson, confirm=False)
        self.make_order(self.customer, 90, self.recent(), company=self.company_b)
        self.make_order(self.stranger, 90, self.recent(), user=self.salesperson)
        account = self.as_user(self.account, self.salesperson)
        self.assertAlmostEqual(account.sold_amount, 300)
        self.assertAlmostEqual(account.share_of_wallet, 0.25)
        self.assertAlmostEqual(account.sold_quantity, 0.08, msg="a twelfth, rounded as units are")
        self.assertAlmostEqual(account.share_of_consumption, 1 / 48)

    def test_share_in_another_currency(self):
        self.account.figure_ids = [Command.create({'annual_purchases': 1000})]
        self.make_order(
            self.customer, 100, self.recent(), user=self.salesperson, currency=self.foreign)
        self.assertAlmostEqual(
            self.as_user(self.account, self.salesperson).sold_amount, 50,
            msg="half a dollar for each")

    def test_share_of_a_category(self):
        mine, other = self.env['product.category'].create([{'name': "Mine"}, {'name': "Other"}])
        child = self.env['product.category'].create({'name': "Child", 'parent_id': mine.id})
        self.account.consumed_categ_id = mine
        self.make_order(self.customer, 100, self.recent(), user=self.salesperson)
        account = self.as_user(self.account, self.salesperson)
        for category, sold in ((other, 0), (child, 100), (mine, 100)):
            self.product_a.categ_id = category
            self.env.flush_all()
            self.account.invalidate_recordset()
            self.assertAlmostEqual(account.sold_amount, sold)

    def test_share_tells_only_of_orders_that_one_may_read(self):
        self.make_order(self.customer, 100, self.recent(), user=self.salesperson)
        self.make_order(self.customer, 200, self.recent(), user=self.colleague)
        for user, sold in (
            (self.salesperson, 100), (self.colleague, 200), (self.manager, 300),
            (self.viewer, 0), (self.reader, 300),
        ):
            with self.subTest(user=user.login):
                self.assertAlmostEqual(self.as_user(
                    self.account, user, self.company).sold_amount, sold)

    def test_share_of_several_accounts_is_that_of_their_sums(self):
        other = self.make_account(self.stranger)
        self.account.figure_ids = [Command.create({'annual_purchases': 1000})]
        other.figure_ids = [Command.create({'annual_purchases': 3000})]
        self.make_order(self.customer, 500, self.recent())
        self.make_order(self.stranger, 500, self.recent())
        report = self.as_user(self.env['crm.key.account.report'], self.manager, self.company)
        domain = [('account_id', 'in', (self.account | other).ids)]
        rows = report._read_group(
            domain, [], ['annual_purchases:sum', 'sold_amount:sum', 'share_of_wallet:avg'])
        self.assertEqual([float(value) for value in rows[0]], [4000, 1000, 0.25])
        shares = dict(report._read_group(domain, ['partner_id'], ['share_of_wallet:avg']))
        self.assertAlmostEqual(float(shares[self.customer]), 0.5)
        self.assertAlmostEqual(float(shares[self.stranger]), 1 / 6)

    def test_report_of_another_company_stays_closed(self):
        self.make_account(self.customer, self.company_b)
        report = self.env['crm.key.account.report']
        self.assertEqual(
            self.as_user(report, self.salesperson).search([('partner_id', '=', self.customer.id)])
            .company_id, self.company)
        with self.assertRaises(AccessError):
            report.with_user(self.outsider).search([])

    def test_industry_facts_are_searched_and_grouped(self):
        profile = self.env['crm.account.profile'].create({
            'name': "Paper", 'properties_definition': [
                {'name': 'mills', 'type': 'integer', 'string': "Mills"},
                {'name': 'recycled', 'type': 'boolean', 'string': "Recycled"},
            ]})
        other = self.make_account(self.stranger, user=self.salesperson)
        (self.account | other).profile_id = profile
        self.account.properties = {'mills': 3, 'recycled': True}
        other.properties = {'mills': 1}
        self.assertEqual(profile.fact_labels, "Mills, Recycled")
        self.assertEqual(profile.account_count, 2)
        accounts = self.as_user(self.env['crm.key.account'], self.salesperson)
        self.assertEqual(
            accounts.search([('properties.mills', '=', 3)]), self.account)
        groups = accounts.formatted_read_group(
            [('profile_id', '=', profile.id)], ['properties.mills'], ['__count'])
        self.assertEqual(
            {group['properties.mills']: group['__count'] for group in groups}, {3: 1, 1: 1})

    def test_a_list_costs_as_much_for_many_as_for_few(self):
        customers = self.env['res.partner'].create([
            {'name': f"Customer {number}", 'is_company': True} for number in range(20)])
        accounts = self.env['crm.key.account'].create([
            {'partner_id': customer.id, 'company_id': self.company.id} for customer in customers])
        for customer in customers:
            self.make_order(customer, 10, self.recent())
        names = [
            'partner_id', 'sold_amount', 'share_of_wallet', 'open_project_count',
            'opportunity_count', 'properties',
        ]

        def cost(records):
            records = self.as_user(records, self.manager, self.company)
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            records.read(names)
            return self.env.cr.sql_log_count - before
        cost(accounts[:2])
        self.assertEqual(cost(accounts), cost(accounts[:2]))

    # ------------------------------------------------------------
    # MERGING
    # ------------------------------------------------------------

    def merge(self, source, destination):
        self.env['base.partner.merge.automatic.wizard'].with_user(self.manager).with_context(
            allowed_company_ids=self.manager.company_ids.ids,
        ).sudo()._merge((source | destination).ids, destination)

    def test_merged_customers_unite_their_accounts(self):
        double = self.env['res.partner'].create({
            'name': "Customer Limited", 'is_company': True})
        twin = self.make_account(double, user=self.colleague)
        elsewhere = self.make_account(double, self.company_b)
        person = self.env['res.partner'].create({'name': "Third", 'parent_id': double.id})
        Role = self.env['crm.account.role']
        kept, moved = Role.create([
            {'account_id': self.account.id, 'contact_id': self.contact.id},
            {'account_id': twin.id, 'contact_id': person.id},
        ])
        project = self.env['crm.procurement.project'].create({
            'name': "Project", 'account_id': twin.id})
        twin.figure_ids = [Command.create({'annual_purchases': 700})]
        self.merge(double, self.customer)
        self.assertFalse(twin.exists() and double.exists())
        self.assertEqual(self.account.role_ids, kept | moved)
        self.assertEqual(project.account_id, self.account)
        self.assertEqual(self.account.annual_purchases, 700)
        self.assertEqual(elsewhere.partner_id, self.customer)
        self.assertEqual(self.account.user_id, self.salesperson)
        self.assertEqual(moved.customer_id, self.customer)

    # ------------------------------------------------------------
    # ACCESS
    # ------------------------------------------------------------

    def related(self, account):
        """One record of each model that hangs on the account."""
        project = self.env['crm.procurement.project'].create({
            'name': "Project", 'account_id': account.id,
            'step_ids': [Command.create({'name': "Step"})]})
        return [
            account, project, project.step_ids,
            self.env['crm.account.role'].create({
                'account_id': account.id, 'contact_id': self.other_contact.id}),
            self.env['crm.account.figure'].create({
                'account_id': account.id, 'annual_purchases': 1}),
        ]

    @mute_logger('odoo.addons.base.models.ir_rule', 'odoo.addons.base.models.ir_model')
    def test_who_reads_and_who_changes(self):
        for record in self.related(self.account):
            for user, reads, writes in (
                (self.salesperson, True, True), (self.colleague, True, False),
                (self.lead_seller, True, True), (self.manager, True, True),
                (self.viewer, True, False), (self.outsider, False, False),
            ):
                with self.subTest(model=record._name, user=user.login):
                    record_of_user = self.as_user(record, user, self.company)
                    self.assertEqual(record_of_user.has_access('read'), reads)
                    self.assertEqual(record_of_user.has_access('write'), writes)

    def test_who_looks_after_somebody_works_on_the_account(self):
        role = self.env['crm.account.role'].create({
            'account_id': self.account.id, 'contact_id': self.contact.id})
        self.assertFalse(role.with_user(self.colleague).has_access('write'))
        role.user_id = self.colleague
        self.assertTrue(role.with_user(self.colleague).has_access('write'))
        self.assertTrue(self.account.with_user(self.colleague).has_access('write'))

    @mute_logger('odoo.addons.base.models.ir_rule', 'odoo.addons.base.models.ir_model')
    def test_another_company_stays_closed(self):
        for record in self.related(self.make_account(self.customer, self.company_b)):
            with self.subTest(model=record._name):
                ours = self.as_user(record, self.salesperson)
                self.assertFalse(ours.has_access('read'))
                self.assertFalse(ours.search([('id', '=', record.id)]))
                self.assertFalse(
                    self.as_user(record, self.lead_seller, self.company).has_access('write'))
                self.assertTrue(
                    self.as_user(record, self.lead_seller, self.company_b).has_access('write'))

    def test_a_salesperson_adds_but_deletes_no_account(self):
        account = self.as_user(self.env['crm.key.account'], self.salesperson).create({
            'partner_id': self.stranger.id})
        self.assertEqual(account.user_id, self.salesperson)
        self.assertFalse(account.has_access('unlink'))
        with self.assertRaises(AccessError):
            self.as_user(self.env['crm.key.account'], self.viewer, self.company).create({
                'partner_id': self.stranger.id})
