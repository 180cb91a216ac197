from odoo.exceptions import AccessError
from odoo.tests import new_test_user, tagged

from .common import CrmPlusCommon


@tagged('post_install', '-at_install')
class TestTimelineAccess(CrmPlusCommon):
    """Nobody sees more on the timeline than in the documents, however they ask."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        day = '2024-03-01'
        cls.documents = {
            'own order': cls.make_order(cls.contact, 1, day, user=cls.salesperson),
            'other order': cls.make_order(cls.contact, 2, day, user=cls.colleague),
            'B order': cls.make_order(cls.contact, 4, day, company=cls.company_b),
            'own invoice': cls.make_invoice(cls.contact, 1, day, user=cls.salesperson),
            'other invoice': cls.make_invoice(cls.contact, 2, day, user=cls.colleague),
            'receipt': cls.make_invoice(
                cls.contact, 2, day, user=cls.salesperson, move_type='out_receipt'),
            'B invoice': cls.make_invoice(cls.contact, 4, day, company=cls.company_b),
            'own lead': cls.make_lead(cls.contact, 1, user_id=cls.salesperson.id),
            'other lead': cls.make_lead(cls.contact, 2, user_id=cls.colleague.id),
            'B lead': cls.make_lead(cls.contact, 4, company_id=cls.company_b.id),
            'meeting': cls.make_meeting(
                cls.colleague.partner_id | cls.contact, user_id=cls.colleague.id,
                privacy='public'),
            'private meeting': cls.make_meeting(
                cls.colleague.partner_id | cls.contact, user_id=cls.colleague.id,
                privacy='private'),
            'shared private meeting': cls.make_meeting(
                cls.colleague.partner_id | cls.salesperson.partner_id | cls.contact,
                user_id=cls.colleague.id, privacy='private'),
        }
        cls.documents['payment'] = cls.pay(cls.documents['own invoice'], day)
        cls.documents['B payment'] = cls._register_payment(
            cls.documents['B invoice'].with_company(cls.company_b), payment_date=day)

    def names_seen(self, user, companies=None):
        seen = {
            (entry.res_model, entry.res_id)
            for entry in self.timeline(user, companies).search(
                [('partner_id', '=', self.customer.id)])
        }
        return {
            name for name, document in self.documents.items()
            if (document._name, document.id) in seen
        }

    def test_matrix(self):
        """Who sees what, by group and by ticked companies."""
        own = {
            'own order', 'own invoice', 'own lead', 'meeting', 'shared private meeting',
        }
        all_of_a = {
            'own order', 'other order', 'own invoice', 'other invoice', 'own lead', 'other lead',
            'meeting',
        }
        all_of_b = {'B order', 'B invoice', 'B lead', 'meeting'}
        documents_of_a = {
            'own order', 'other order', 'own invoice', 'other invoice', 'receipt', 'payment',
            'meeting',
        }
        documents_of_b = {'B order', 'B invoice', 'B payment', 'meeting'}
        both = self.company | self.company_b
        for user, companies, expected in (
            (self.salesperson, self.company, own),
            (self.lead_seller, self.company, all_of_a),
            (self.lead_seller, self.company_b, all_of_b),
            (self.lead_seller, both, all_of_a | all_of_b),
            (self.manager, both, all_of_a | all_of_b),
            (self.reader, self.company, documents_of_a),
            (self.reader, self.company_b, documents_of_b),
            (self.reader, both, documents_of_a | documents_of_b),
            (self.viewer, both, {'meeting'}),
        ):
            with self.subTest(user=user.login, companies=companies.mapped('name')):
                self.assertEqual(self.names_seen(user, companies), expected)

    def test_the_timeline_agrees_with_the_documents(self):
        """For every reader and every document: one is readable exactly if the other is.

        Private meetings aside, which Odoo lets everybody read as "Busy".
        """
        for user in (
            self.salesperson, self.colleague, self.lead_seller, self.manager, self.reader,
            self.viewer,
        ):
            seen = self.names_seen(user)
            for name, document in self.documents.items():
                if 'private' in name:
                    continue
                with self.subTest(user=user.login, document=name):
                    readable = document.with_user(user).with_context(
                        allowed_company_ids=user.company_ids.ids).has_access('read')
                    self.assertEqual(name in seen, readable, f'{user.login}: {name}')

    def test_crafted_reads(self):
        """Ids that a client cannot know honestly, asked for in every way there is."""
        self.env.ref('base.group_allow_export').user_ids += (
            self.salesperson | self.viewer | self.reader | self.manager)
        for user, names in (
            (self.salesperson, ('other order', 'other invoice', 'receipt', 'other lead', 'payment',
                                'private meeting', 'B order', 'B invoice', 'B payment')),
            (self.viewer, ('own order', 'own invoice', 'own lead', 'payment')),
            (self.reader, ('own lead', 'private meeting')),
            (self.manager, ('private meeting', 'payment')),
        ):
            for name in names:
                entry_id = self.entry_of(self.documents[name]).id
                entry = self.timeline(user).browse(entry_id)
                with self.subTest(user=user.login, document=name):
                    self.env.invalidate_all()
                    with self.assertRaises(AccessError):
                        entry.read(['name', 'amount'])
                    with self.assertRaises(AccessError):
                        entry.web_read({'name': {}, 'partner_id': {'fields': {'name': {}}}})
                    with self.assertRaises(AccessError):
                        entry.export_data(['name', 'amount'])
                    with self.assertRaises(AccessError):
                        entry.check_access('read')
                    with self.assertRaises(AccessError):
                        entry.action_open_document()
                    self.assertFalse(entry.has_access('read'))
                    self.assertFalse(entry.search([('id', '=', entry_id)]))
                    self.assertFalse(entry.search_read([('id', 'in', [entry_id])], ['name']))
                    self.assertFalse(entry.search_count([('id', '=', entry_id)]))
                    self.assertFalse(entry._read_group(
                        [('id', '=', entry_id)], ['kind'], ['amount:sum']))
                    self.assertFalse(entry.name_search(
                        domain=[('id', '=', entry_id)]))

    def test_reading_some_of_many(self):
        entries = self.entry_of(self.documents['own order']) | self.entry_of(
            self.documents['other order'])
        mine = entries.with_user(self.salesperson)
        self.assertEqual(mine._filtered_access('read'), entries[0])
        with self.assertRaises(AccessError):
            mine.check_access('read')
        entries[0].with_user(self.salesperson).check_access('read')

    def test_cache_of_another_reader_does_not_help(self):
        """Reading as the system first must not open what stands in the cache."""
        entry = self.entry_of(self.documents['other order'])
        self.assertTrue(entry.name)
        with self.assertRaises(AccessError):
            entry.with_user(self.salesperson).read(['name'])

    def test_private_by_default_calendar(self):
        """A meeting without a privacy of its own has the one of its organizer's calendar."""
        meeting = self.make_meeting(
            self.colleague.partner_id | self.contact, user_id=self.colleague.id, privacy=False)
        self.documents = {**self.documents, 'default meeting': meeting}
        self.colleague.with_user(self.colleague).calendar_default_privacy = 'private'
        self.assertNotIn('default meeting', self.names_seen(self.salesperson))
        self.assertIn('default meeting', self.names_seen(self.colleague))
        self.colleague.with_user(self.colleague).calendar_default_privacy = 'public'
        self.assertIn('default meeting', self.names_seen(self.salesperson))

    def test_messages_follow_their_document(self):
        for name in ('own lead', 'other lead'):
            self.documents[name].message_post(
                body=name, message_type='comment', subtype_xmlid='mail.mt_note')
        self.contact.message_post(body="on the contact", message_type='comment')
        seen = {
            user: set(self.entries('message', user).mapped('name'))
            for user in (self.salesperson, self.lead_seller, self.viewer)
        }
        self.assertEqual(seen, {
            self.salesperson: {"on the contact", "own lead"},
            self.lead_seller: {"on the contact", "own lead", "other lead"},
            self.viewer: {"on the contact"},
        })

    def test_contact_of_another_company(self):
        """A contact that only the other company may see shows none of its messages."""
        hidden = self.env['res.partner'].create({
            'name': "Hidden", 'company_id': self.company_b.id})
        hidden.message_post(body="secret", message_type='comment')
        self.assertTrue(self.entries('message', self.reader, partner=hidden))
        self.assertFalse(self.entries('message', self.reader, self.company, partner=hidden))

    def test_who_has_no_right_at_all(self):
        portal = new_test_user(self.env, 'crm_portal', groups='base.group_portal')
        entry = self.entry_of(self.documents['meeting'])
        for user in (self.outsider, portal):
            with self.subTest(user=user.login):
                timeline = entry.with_user(user)
                with self.assertRaises(AccessError):
                    timeline.read(['name'])
                with self.assertRaises(AccessError):
                    timeline.search([])
                with self.assertRaises(AccessError):
                    self.customer.with_user(user).get_customer_360()
                with self.assertRaises(AccessError):
                    self.customer.with_user(user).get_customer_timeline()

    def test_nobody_writes(self):
        entry = self.entry_of(self.documents['own order']).with_user(self.manager)
        for operation in ('write', 'create', 'unlink'):
            self.assertFalse(entry.has_access(operation))
