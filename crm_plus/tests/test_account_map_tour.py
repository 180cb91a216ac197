from odoo.tests import HttpCase, tagged

from .common import CrmPlusCommon


@tagged('post_install', '-at_install')
class TestAccountMapTour(CrmPlusCommon, HttpCase):
    """The map of a buying centre in a browser, and what the browser left in the database."""

    def test_key_account_manager_edits_the_map(self):
        """Add a person by dialog, drag one onto another, move one by keyboard."""
        account = self.env['crm.key.account'].create({
            'partner_id': self.customer.id, 'company_id': self.company.id,
            'user_id': self.salesperson.id})
        head, below = self.env['crm.account.role'].create([
            {'account_id': account.id, 'contact_id': self.contact.id, 'influence': '5',
             'stance': '2', 'user_id': self.salesperson.id, 'relation': '4'},
            {'account_id': account.id, 'contact_id': self.other_contact.id},
        ])
        adviser = self.env['res.partner'].create({'name': "Adviser from Outside"})
        self.start_tour(
            f'/odoo/key-accounts/{account.id}', 'crm_plus_account_map',
            login=self.salesperson.login)
        added = account.role_ids - head - below
        self.assertEqual(added.contact_id, adviser)
        self.assertTrue(added.role_ids.is_decider)
        self.assertEqual(below.manager_id, head)
        self.assertTrue(head.is_placed)
        self.assertFalse(below.is_placed)
