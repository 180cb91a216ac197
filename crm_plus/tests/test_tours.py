from odoo.tests import HttpCase, tagged

from .common import CrmPlusCommon


@tagged('post_install', '-at_install')
class TestTours(CrmPlusCommon, HttpCase):
    """The page in a browser, and what the browser left in the database."""

    def test_salesperson_reads_the_page(self):
        order = self.make_order(
            self.contact, 1234, '2024-06-01 10:00:00', user=self.salesperson)
        self.make_meeting(self.contact)
        self.start_tour(
            f'/odoo/res.partner/{self.customer.id}', 'crm_plus_customer_360',
            login=self.salesperson.login,
        )
        self.assertEqual(order.state, 'sale', "reading changes nothing")
        self.assertFalse(self.env['crm.customer.tier.change'].search(
            [('partner_id', '=', self.customer.id)]))

    def test_manager_assigns_a_tier(self):
        self.start_tour(
            f'/odoo/res.partner/{self.customer.id}', 'crm_plus_assign_tier',
            login=self.manager.login,
        )
        self.env.invalidate_all()
        self.assertEqual(self.customer.customer_tier_id, self.tier_a)
        change = self.env['crm.customer.tier.change'].search(
            [('partner_id', '=', self.customer.id)])
        self.assertEqual(change.reason, "Signed for three years")
        self.assertEqual(change.user_id, self.manager)
        self.assertEqual(change.company_id, self.company)
