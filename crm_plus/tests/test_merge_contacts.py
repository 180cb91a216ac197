from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.tests import new_test_user, tagged

from .merge_common import MergeCommon

#: a picture of one dot
PICTURE = (
    'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhf'
    'DwAChwGA60e6kgAAAABJRU5ErkJggg=='
)


@tagged('post_install', '-at_install', 'crm_plus_duplicates')
class TestMergeContacts(MergeCommon):
    """Contacts that go on as one, with their documents, and how it is undone."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.kept, cls.twin = cls.env['res.partner'].create([
            {'name': "Globex", 'is_company': True, 'email': "info@globex.test"},
            {'name': "Globex Ltd", 'is_company': True, 'email': "office@globex.test",
             'vat': "BE0477472701", 'image_1920': PICTURE,
             'child_ids': [Command.create({'name': "Hank", 'email': "hank@globex.test"})]},
        ])
        cls.child = cls.twin.child_ids
        for record in (cls.kept, cls.twin):
            cls.furnish(record, record.name)
        cls.invoice = cls.make_invoice(cls.twin, 100, '2024-01-31')

    def test_documents_and_contacts_go_over(self):
        orders = self.env['sale.order'].search([('partner_id', '=', self.twin.id)])
        leads = self.env['crm.lead'].search([('partner_id', '=', self.twin.id)])
        meeting = self.env['calendar.event'].search([('partner_ids', 'in', self.twin.ids)])
        self.merge(self.kept, self.twin)
        self.assertEqual(orders.partner_id, self.kept)
        self.assertEqual(orders.partner_invoice_id, self.kept)
        self.assertEqual(leads.partner_id, self.kept)
        self.assertEqual(self.invoice.partner_id, self.kept)
        self.assertEqual(self.invoice.line_ids.partner_id, self.kept)
        self.assertIn(self.kept, meeting.partner_ids)
        self.assertEqual(self.child.parent_id, self.kept)
        self.assertEqual(self.child.commercial_partner_id, self.kept)
        self.assertEqual(self.child.complete_name, "Globex, Hank")
        self.assertTrue(self.kept.image_1920, "the only picture")
        self.assertFalse(self.twin.active)
        self.assertEqual(self.kept.category_id.mapped('name'), ["Tag Globex", "Tag Globex Ltd"])

    def test_undo_puts_everything_back(self):
        before = self.dump()
        self.env.invalidate_all()
        merge = self.merge(self.kept, self.twin, vat="BE0477472701", email="office@globex.test")
        self.assertEqual(self.kept.vat, "BE0477472701")
        self.undo(merge)
        self.assertSameDatabase(before, self.dump())

    def test_values_per_company_are_filled_and_taken_back(self):
        term = self.env['account.payment.term'].create({'name': "Soon"})
        for company in (self.company, self.company_b):
            self.twin.with_company(company).property_payment_term_id = term
        self.kept.with_company(self.company_b).property_payment_term_id = (
            self.env['account.payment.term'].create({'name': "Late"}))
        self.twin._set_customer_tier(self.tier_a, "Test")
        before = self.dump()
        self.env.invalidate_all()
        merge = self.merge(self.kept, self.twin)
        self.assertEqual(
            self.kept.with_company(self.company).property_payment_term_id, term)
        self.assertEqual(
            self.kept.with_company(self.company_b).property_payment_term_id.name, "Late")
        self.assertEqual(self.kept.customer_tier_id, self.tier_a)
        self.undo(merge)
        self.assertSameDatabase(before, self.dump())

    def test_what_names_a_contact_per_company_follows(self):
        field = self.env['res.partner']._fields.get('property_inbound_payment_method_line_id')
        self.assertTrue(field, "a field kept per company")
        mover = self.env['crm.merge.mover']
        links = {(link.table, link.column) for link in mover._links('res.partner')}
        self.assertIn(('sale_order', 'partner_id'), links)
        self.assertIn(('mail_followers', 'res_id'), links)
        self.assertNotIn(('crm_duplicate', 'partner_id'), links)
        self.assertNotIn(('res_partner', 'merged_into_id'), links)

    # -- what is refused

    def test_a_company_and_its_contact_stay_two(self):
        with self.assertRaises(UserError):
            self.merge(self.twin, self.child)
        with self.assertRaises(UserError):
            self.merge(self.child, self.twin)

    def test_a_key_account_becomes_no_contact(self):
        """Of whichever company the account is kept."""
        self.env['crm.key.account'].create(
            {'partner_id': self.twin.id, 'company_id': self.company_b.id})
        other = self.env['res.partner'].create({'name': "Hammock", 'parent_id': self.kept.id})
        with self.assertRaisesRegex(UserError, "is a key account and Hammock a contact of Globex"):
            self.merge(other, self.twin)
        self.merge(self.kept, self.twin)

    def test_who_logs_in_stays(self):
        user = new_test_user(self.env, 'merge_portal', groups='base.group_portal')
        with self.assertRaises(UserError):
            self.merge(self.kept, user.partner_id)
        self.assertEqual((self.kept | user.partner_id)._merge_order()[0], user.partner_id)

    def test_ones_own_company_stays(self):
        partner = self.env['res.company'].create({'name': "Third"}).partner_id
        partner.company_id = False
        with self.assertRaises(UserError):
            self.merge(self.kept, partner)

    def test_sealed_entries_keep_their_contact(self):
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE account_move SET inalterable_hash = 'x' WHERE id = %s", [self.invoice.id])
        self.env.invalidate_all()
        with self.assertRaises(UserError):
            self.merge(self.kept, self.twin)
        self.merge(self.twin, self.kept)

    def test_two_companies_are_refused(self):
        one, other = self.env['res.partner'].create([
            {'name': "Twin", 'company_id': company.id}
            for company in (self.company, self.company_b)
        ])
        with self.assertRaises(UserError):
            self.merge(one, other)
        with self.assertRaises(UserError):
            self.merge(one, self.kept)
        self.merge(self.kept, one)

    def test_who_may_not_create_contacts_does_not_merge_them(self):
        reader = self.salesperson
        self.assertFalse(reader.has_group('base.group_partner_manager'))
        with self.assertRaises(UserError):
            self.merge(self.kept, self.twin, reader)

    def test_contacts_of_other_companies_are_not_reached(self):
        hidden = self.env['res.partner'].create({
            'name': "Hidden", 'company_id': self.company_b.id})
        seller = new_test_user(
            self.env, 'merge_seller', company_id=self.company.id,
            groups='sales_team.group_sale_salesman,base.group_partner_manager')
        with self.assertRaises(AccessError):
            self.merge(self.kept, hidden, seller)
        self.merge(self.kept, self.twin, seller)
