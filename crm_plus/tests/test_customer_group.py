from odoo.exceptions import AccessError, ValidationError
from odoo.tests import tagged
from odoo.tools import mute_logger

from .account_health_common import AccountHealthCommon


@tagged('post_install', '-at_install')
class TestCustomerGroup(AccountHealthCommon):
    """Groups of companies: who belongs to whom, and what they come to together."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        Partner = cls.env['res.partner']
        # above and below by both links: a contact that is a company, and one that is none
        cls.holding = Partner.create({'name': "Holding", 'is_company': True})
        cls.customer.group_parent_id = cls.holding
        cls.plant = Partner.create({
            'name': "Plant", 'is_company': True, 'parent_id': cls.customer.id})
        cls.buyer = Partner.create({'name': "Buyer", 'parent_id': cls.plant.id})

    def group(self, user=None, partner=None, companies=None):
        return self.as_user(
            partner or self.customer, user or self.manager, companies or self.company,
        ).get_group_figures()

    def levels(self, group):
        return [(member['name'], member['level']) for member in group['members']]

    # ------------------------------------------------------------
    # WHO BELONGS TO WHOM
    # ------------------------------------------------------------

    def test_the_whole_group_from_wherever_one_looks(self):
        tree = {self.holding.id: None, self.customer.id: self.holding.id,
                self.plant.id: self.customer.id}
        for partner in (self.holding, self.customer, self.plant, self.buyer, self.contact):
            with self.subTest(partner=partner.name):
                self.assertEqual(partner._group_tree(), tree)
                self.assertTrue(partner.in_group)
        self.assertEqual(self.stranger._group_tree(), {self.stranger.id: None})
        self.assertFalse(self.stranger.in_group)

    def test_link_of_the_group_goes_before_the_one_of_contacts(self):
        self.plant.group_parent_id = self.holding
        self.assertEqual(self.plant._group_tree(), {
            self.holding.id: None, self.customer.id: self.holding.id,
            self.plant.id: self.holding.id})

    def test_a_company_below_a_contact_belongs_to_the_contacts_company(self):
        office = self.env['res.partner'].create({
            'name': "Office", 'is_company': True, 'parent_id': self.contact.id})
        self.assertEqual(office._group_tree()[office.id], self.customer.id)

    def test_groups_that_contain_themselves_are_refused(self):
        for partner, above in (
            (self.holding, self.plant), (self.customer, self.plant), (self.plant, self.plant),
            (self.holding, self.customer),
        ):
            with self.subTest(partner=partner.name, above=above.name), \
                    self.assertRaisesRegex(ValidationError, "own group"), self.cr.savepoint():
                partner.group_parent_id = above
        with self.assertRaisesRegex(ValidationError, "own group"), self.cr.savepoint():
            self.holding.parent_id = self.plant
        with self.assertRaisesRegex(ValidationError, "Choose the company"), self.cr.savepoint():
            self.stranger.group_parent_id = self.contact

    def test_a_loop_made_past_the_checks_comes_to_an_end(self):
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE res_partner SET group_parent_id = %s WHERE id = %s",
            [self.plant.id, self.holding.id])
        self.env.invalidate_all()
        self.assertEqual(set(self.customer._group_tree()),
                         {self.holding.id, self.customer.id, self.plant.id})

    # ------------------------------------------------------------
    # WHAT THEY COME TO
    # ------------------------------------------------------------

    def test_figures_worked_by_hand(self):
        day = self.day
        self.make_invoice(self.customer, 1000, day(100), due=day(60))
        self.make_invoice(self.buyer, 300, day(50), due=day(-10))
        self.make_invoice(self.plant, 100, day(40), move_type='out_refund', due=day(-10))
        self.make_invoice(self.holding, 50, day(500), due=day(400))
        self.make_invoice(self.stranger, 9999, day(10))
        # two foreign units are one of ours: 200 for 100, of which 40 were cost
        self.make_order(self.plant, 200, day(20), currency=self.foreign, cost=80)
        self.make_order(self.customer, 500, day(500), cost=100)
        self.make_lead(self.contact, 700)
        self.make_lead(self.plant, 70)
        group = self.group()
        self.assertEqual(
            self.levels(group), [("Holding", 0), ("Customer Ltd", 1), ("Plant", 2)])
        values = {member['name']: member['values'] for member in group['members']}
        self.assertEqual(values["Customer Ltd"], {
            'invoiced': 1000, 'invoiced_before': 0, 'margin': 0, 'receivable': 1000,
            'overdue': 1000, 'pipeline': 700} | self.cases(0))
        self.assertEqual(values["Plant"], {
            'invoiced': 200, 'invoiced_before': 0, 'margin': 60, 'receivable': 200,
            'overdue': 0, 'pipeline': 70} | self.cases(0))
        self.assertEqual(values["Holding"], {
            'invoiced': 0, 'invoiced_before': 50, 'margin': 0, 'receivable': 50,
            'overdue': 50, 'pipeline': 0} | self.cases(0))
        self.assertEqual(group['total']['values'], {
            'invoiced': 1200, 'invoiced_before': 50, 'margin': 60, 'receivable': 1250,
            'overdue': 1050, 'pipeline': 770} | self.cases(0))
        self.assertIn("1,250", group['total']['texts']['receivable'])
        self.assertEqual(
            [member['account_id'] for member in group['members']], [False, self.account.id, False])

    def cases(self, count):
        """The column of cases is there where a module tells of cases."""
        tells = self.timeline(self.manager)._timeline_tells('is_open')
        return {'open_cases': count} if tells else {}

    def test_open_cases(self):
        self.add_cases(self.contact, self.plant, self.stranger)
        values = {member['name']: member['values'] for member in self.group()['members']}
        self.assertEqual(
            [values[name]['open_cases'] for name in ("Holding", "Customer Ltd", "Plant")],
            [0, 1, 1])

    def test_companies_in_the_currency_of_the_current_one(self):
        """Company B counts in another currency, two of which are one of ours: 100 + 50."""
        company = self.env['res.company'].create({
            'name': "Abroad", 'currency_id': self.foreign.id})
        self.env['res.currency.rate'].create({
            'name': '2017-01-01', 'currency_id': self.foreign.id, 'company_id': company.id,
            'rate': 1})
        self.manager.company_ids += company
        self.make_lead(self.plant, 100)
        self.make_lead(self.plant, 100, company_id=company.id)
        group = self.group(companies=self.company | company)
        self.assertAlmostEqual(group['total']['values']['pipeline'], 150)
        self.assertEqual(self.group()['total']['values']['pipeline'], 100)

    def test_every_figure_opens_its_records(self):
        invoice = self.make_invoice(self.plant, 300, self.day(50), due=self.day(10))
        before = self.make_invoice(self.holding, 300, self.day(500), due=self.day(400))
        order = self.make_order(self.customer, 200, self.day(20))
        lead = self.make_lead(self.buyer, 10)
        partner = self.as_user(self.customer, self.manager, self.company)
        for key, member, records in (
            ('invoiced', False, invoice), ('invoiced', self.plant, invoice),
            ('invoiced', self.holding, invoice.browse()), ('invoiced_before', False, before),
            ('receivable', False, invoice | before), ('overdue', self.plant, invoice),
            ('margin', False, order), ('pipeline', False, lead), ('pipeline', self.plant, lead),
        ):
            with self.subTest(key=key):
                action = partner.action_open_group_records(key, member and member.id)
                found = self.env[action['res_model']].search(action['domain'])
                self.assertEqual(found, records)
        self.assertFalse(partner.action_open_group_records('no such figure'))

    # ------------------------------------------------------------
    # RIGHTS
    # ------------------------------------------------------------

    def test_members_that_one_may_not_see_are_left_out_and_counted(self):
        secret = self.env['res.partner'].create({
            'name': "Secret", 'is_company': True, 'group_parent_id': self.customer.id,
            'company_id': self.company_b.id})
        below = self.env['res.partner'].create({
            'name': "Below", 'is_company': True, 'parent_id': secret.id})
        self.make_lead(secret, 1000, company_id=self.company_b.id)
        self.make_lead(below, 5, user_id=self.salesperson.id)
        group = self.group(self.salesperson)
        self.assertEqual(self.levels(group), [
            ("Holding", 0), ("Customer Ltd", 1), ("Below", 2), ("Plant", 2)])
        self.assertEqual(group['hidden'], 1)
        self.assertEqual(group['total']['values']['pipeline'], 5)
        partner = self.as_user(self.customer, self.salesperson)
        action = partner.action_open_group_records('pipeline', secret.id)
        self.assertFalse(self.env['crm.lead'].with_user(self.salesperson).search(
            action['domain']))

    def test_figures_as_far_as_one_may_see(self):
        self.make_invoice(self.plant, 300, self.day(50), user=self.salesperson)
        self.make_invoice(self.plant, 500, self.day(50), user=self.colleague)
        for user, invoiced in (
            (self.salesperson, 300), (self.manager, 800), (self.reader, 800),
        ):
            self.assertEqual(self.group(user)['total']['values']['invoiced'], invoiced)
        columns = {column['key'] for column in self.group(self.viewer)['columns']}
        self.assertFalse(columns & {'invoiced', 'overdue', 'margin', 'pipeline'})

    @mute_logger('odoo.addons.base.models.ir_model')
    def test_others_see_no_figures(self):
        with self.assertRaises(AccessError):
            self.group(self.outsider)

    def test_costs_as_much_for_many_as_for_few(self):
        holdings = self.env['res.partner'].create([
            {'name': "Small", 'is_company': True}, {'name': "Large", 'is_company': True}])
        for holding, size in zip(holdings, (2, 20), strict=True):
            for member in self.env['res.partner'].create([
                {'name': f"Member {number}", 'is_company': True, 'group_parent_id': holding.id}
                for number in range(size)
            ]):
                self.make_lead(member, 10)
        invoices_of = holdings.group_child_ids[:2] | holdings[1].group_child_ids
        for member in invoices_of:
            self.make_invoice(member, 10, self.day(10))

        def cost(partner):
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            self.group(partner=partner)
            return self.env.cr.sql_log_count - before
        cost(holdings[0])
        self.assertEqual(cost(holdings[1]), cost(holdings[0]))
        self.assertEqual(len(self.group(partner=holdings[1])['members']), 21)
