from odoo.tests import HttpCase, tagged

from .account_health_common import AccountHealthCommon


@tagged('post_install', '-at_install')
class TestAccountHealthTour(AccountHealthCommon, HttpCase):
    """Health, agreements and group in a browser, and what the browser left in the database."""

    def test_from_the_health_to_the_renewal(self):
        """Compute the health, follow its worst reason to the agreement, renew it there."""
        self.measure('overdue', 0, 60, weight=30)
        self.measure('agreement', 90, 0, weight=10)
        self.measure('satisfaction', 80, 40)
        self.make_invoice(
            self.customer, 300, self.day(40), due=self.day(15), user=self.salesperson)
        agreement = self.agreement(name="Frame for Tests")
        self.env['res.partner'].create({
            'name': "Plant of Theirs", 'is_company': True, 'group_parent_id': self.customer.id})
        self.start_tour(
            f'/odoo/key-accounts/{self.account.id}', 'crm_plus_account_health',
            login=self.salesperson.login)
        self.env.invalidate_all()
        # three quarters of 75 points and half of 25
        self.assertEqual((self.account.health_score, self.account.health_band), (69, 'amber'))
        self.assertEqual(agreement.next_ids.state, 'active')
        self.assertEqual(agreement.next_ids.create_uid, self.salesperson)
