from datetime import date

from odoo.tests import tagged

from .common import CrmPlusCommon


@tagged('post_install', '-at_install')
class TestCustomerPurchases(CrmPlusCommon):
    """When customers bought and from whom: read and searched alike, with the reader's rights."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.team = cls.env['crm.team'].create({'name': "Team One", 'company_id': False})
        order = cls.make_order(cls.contact, 100, '2024-02-01 10:00:00', user=cls.salesperson)
        order.team_id = cls.team
        other = cls.make_order(cls.stranger, 100, '2024-03-01 10:00:00', user=cls.colleague)
        other.team_id = False
        invoice = cls.make_invoice(cls.customer, 50, '2024-05-01', user=cls.salesperson)
        invoice.team_id = False
        cls.make_order(cls.customer, 10, '2024-06-01 10:00:00', confirm=False)
        cls.make_invoice(cls.customer, 10, '2024-07-01', move_type='out_refund')
        cls.make_order(cls.customer, 70, '2024-08-01 10:00:00', company=cls.company_b)
        cls.ours = cls.customer | cls.contact | cls.other_contact | cls.stranger

    def days_of(self, partner, user, companies=None):
        partner = self.as_user(partner, user, companies or self.company)
        return partner.first_purchase_date, partner.last_purchase_date

    def search(self, *condition, user=None):
        partners = self.as_user(self.env['res.partner'], user or self.manager, self.company)
        return partners.search([('id', 'in', self.ours.ids), condition])

    def test_orders_and_invoices_of_the_ticked_companies(self):
        days = date(2024, 2, 1), date(2024, 5, 1)
        self.assertEqual(self.days_of(self.customer, self.manager), days)
        self.assertEqual(self.days_of(self.other_contact, self.manager), days)
        both = self.company | self.company_b
        self.assertEqual(
            self.days_of(self.customer, self.manager, both), (days[0], date(2024, 8, 1)))
        self.assertEqual(
            self.as_user(self.customer, self.manager, self.company).purchase_team_ids, self.team)

    def test_readers_know_of_what_they_may_read(self):
        self.assertEqual(
            self.days_of(self.stranger, self.manager), (date(2024, 3, 1), date(2024, 3, 1)))
        for user in (self.salesperson, self.viewer):
            self.assertEqual(self.days_of(self.stranger, user), (False, False))
        self.assertEqual(self.search('first_purchase_date', '!=', False, user=self.viewer),
                         self.env['res.partner'])

    def test_search_finds_what_is_read(self):
        company = self.customer | self.contact | self.other_contact
        for condition, found in (
            (('first_purchase_date', '!=', False), self.ours),
            (('first_purchase_date', '=', '2024-02-01'), company),
            (('first_purchase_date', '>', '2024-02-01'), self.stranger),
            (('last_purchase_date', '>=', '2024-05-01'), company),
            (('last_purchase_date', '<', '2024-05-01'), self.stranger),
            (('last_purchase_date', 'in', ['2024-03-01', '2024-05-01']), self.ours),
            (('purchase_team_ids', 'in', self.team.ids), company),
            (('purchase_team_ids', '=', False), self.stranger),
            (('purchase_team_ids', '!=', False), company),
        ):
            with self.subTest(condition):
                self.assertEqual(self.search(*condition), found)
        self.assertEqual(
            self.search('last_purchase_date', '!=', False, user=self.salesperson), company)
        self.assertEqual(
            self.search('last_purchase_date', '=', False, user=self.salesperson), self.stranger)

    def test_days_are_those_of_the_reader(self):
        self.make_order(self.stranger, 5, '2024-12-31 23:30:00')
        self.manager.tz = 'Europe/Brussels'
        self.assertEqual(self.days_of(self.stranger, self.manager)[1], date(2025, 1, 1))

    def test_many_cost_as_much_as_one(self):
        partners = self.as_user(self.ours, self.manager, self.company)
        partners.mapped('first_purchase_date')
        partners.invalidate_recordset()
        partners.mapped('commercial_partner_id')
        with self.assertQueryCount(1):
            partners.mapped('first_purchase_date')
