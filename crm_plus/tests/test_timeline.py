from odoo import fields
from odoo.exceptions import AccessError
from odoo.fields import Command
from odoo.tests import tagged
from odoo.tools import SQL

from ..report.timeline_source import (
    MEASURED,
    SOURCE_ID_BITS,
    TimelineSource,
    source_number,
)
from .common import CrmPlusCommon


@tagged('post_install', '-at_install')
class TestTimeline(CrmPlusCommon):
    """What becomes an entry of which kind, when, for how much."""

    def assertEntry(self, entry, document, date, amount, contact):
        self.assertEqual((entry.res_model, entry.res_id), (document._name, document.id))
        self.assertEqual(fields.Datetime.to_string(entry.date), date)
        self.assertAlmostEqual(entry.amount, amount)
        self.assertEqual(entry.partner_id, self.customer)
        self.assertEqual(entry.contact_id, contact)

    def test_quotation_until_it_is_confirmed(self):
        order = self.make_order(self.contact, 500, '2024-02-01 10:00:00', confirm=False)
        self.assertEntry(
            self.entries('quotation'), order, '2024-02-01 10:00:00', 500, self.contact)
        order.action_quotation_sent()
        self.assertTrue(self.entries('quotation'))
        order.action_confirm()
        order.date_order = '2024-02-05 08:00:00'
        self.assertFalse(self.entries('quotation'))
        self.assertEntry(self.entries('order'), order, '2024-02-05 08:00:00', 500, self.contact)

    def test_cancelled_order_did_not_happen(self):
        order = self.make_order(self.customer, 500, '2024-02-01')
        order._action_cancel()
        self.assertFalse(self.entries('quotation') | self.entries('order'))

    def test_foreign_order_in_company_currency(self):
        """Two foreign units are one of the company's since 2017: 300 / 2."""
        order = self.make_order(
            self.contact, 300, '2024-02-01 10:00:00', currency=self.foreign)
        self.assertEntry(self.entries('order'), order, '2024-02-01 10:00:00', 150, self.contact)
        self.assertEqual(self.entries('order').currency_id, self.company.currency_id)

    def test_invoice_and_credit_note(self):
        invoice = self.make_invoice(self.contact, 1000, '2024-03-10')
        refund = self.make_invoice(self.contact, 250, '2024-03-20', move_type='out_refund')
        self.make_invoice(self.contact, 77, '2024-03-20', post=False)
        self.make_invoice(self.customer, 88, '2024-03-20', move_type='in_invoice')
        # noon: the day of the invoice in Los Angeles as in Tokyo
        self.assertEntry(
            self.entries('invoice'), invoice, '2024-03-10 12:00:00', 1000, self.contact)
        self.assertEntry(
            self.entries('credit_note'), refund, '2024-03-20 12:00:00', -250, self.contact)

    def test_receipt_is_an_invoice(self):
        receipt = self.make_invoice(self.contact, 40, '2024-03-10', move_type='out_receipt')
        self.assertEntry(self.entries('invoice'), receipt, '2024-03-10 12:00:00', 40, self.contact)

    def test_foreign_invoice_at_its_own_rate(self):
        """Three foreign units were one of the company's in 2016, two are since 2017."""
        self.make_invoice(self.contact, 600, '2016-05-01', currency=self.foreign)
        self.make_invoice(self.contact, 600, '2024-05-01', currency=self.foreign)
        self.assertEqual(self.entries('invoice').mapped('amount'), [200, 300])

    def test_payment_and_refund(self):
        payment = self.pay(self.make_invoice(self.contact, 1000, '2024-03-10'), '2024-04-01')
        refund = self.pay(
            self.make_invoice(self.customer, 250, '2024-03-20', move_type='out_refund'),
            '2024-04-02',
        )
        entries = self.entries('payment')
        self.assertEqual(
            [(entry.res_id, entry.amount) for entry in entries],
            [(payment.id, 1000), (refund.id, -250)],
        )
        self.assertEqual(entries.mapped('res_model'), ['account.payment'] * 2)

    def test_draft_and_supplier_payments_are_no_entries(self):
        bill = self.make_invoice(self.customer, 90, '2024-03-10', move_type='in_invoice')
        self.pay(bill, '2024-04-01')
        self.env['account.payment'].create({
            'partner_id': self.customer.id, 'amount': 10, 'payment_type': 'inbound',
            'partner_type': 'customer', 'date': '2024-04-01',
        })
        self.assertFalse(self.entries('payment'))

    def test_lead_won_and_lost(self):
        won = self.make_lead(self.contact, 4000)
        won.action_set_won()
        lost = self.make_lead(self.contact, 700)
        lost.action_set_lost()
        open_lead = self.make_lead(self.customer, 100, type='lead')
        archived = self.make_lead(self.customer, 50)
        archived.action_archive()
        self.assertEqual(
            set(self.entries('lead').mapped('res_id')),
            {won.id, lost.id, open_lead.id, archived.id},
        )
        self.assertEntry(
            self.entries('won'), won, fields.Datetime.to_string(won.date_closed), 4000,
            self.contact,
        )
        self.assertEntry(
            self.entries('lost'), lost, fields.Datetime.to_string(lost.date_closed), 700,
            self.contact,
        )

    def test_meeting_counts_once_per_customer(self):
        other = self.env['res.partner'].create({'name': "Other Customer"})
        meeting = self.make_meeting(
            self.salesperson.partner_id | self.contact | self.other_contact | other)
        entry = self.entries('meeting')
        # whoever of the customer's people was invited first: Odoo does not keep their order
        self.assertIn(entry.contact_id, self.contact | self.other_contact)
        self.assertEntry(entry, meeting, '2024-03-01 09:00:00', 0, entry.contact_id)
        self.assertEqual(len(self.entries('meeting', partner=other)), 1)
        self.assertFalse(
            self.entries('meeting', partner=self.salesperson.partner_id),
            "the company's own people are not its customers",
        )
        meeting.action_archive()
        self.assertFalse(self.entries('meeting'))

    def test_messages_of_people_only(self):
        note = self.contact.message_post(
            body="Prefers calls &amp; mails", message_type='comment', subtype_xmlid='mail.mt_note')
        lead = self.make_lead(self.contact, 10)
        mail = lead.message_post(
            body="<p>Please   deliver</p><p>on Monday</p>", message_type='email',
            subtype_xmlid='mail.mt_comment', body_is_html=True,
        )
        lead.message_post(body="Stage changed", message_type='notification')
        entries = self.entries('message')
        self.assertEqual(set(entries.mapped('source_id')), {note.id, mail.id})
        self.assertEqual(
            {entry.res_model: entry.name for entry in entries},
            {'res.partner': "Prefers calls &amp; mails", 'crm.lead': "Please deliver on Monday"},
        )

    def test_call_is_a_done_call_activity(self):
        self.contact.activity_schedule('mail.mail_activity_data_call', summary="Ask for payment")
        self.assertFalse(self.entries('call'))
        self.contact.activity_ids.action_feedback(feedback="Pays on Friday")
        self.contact.activity_schedule('mail.mail_activity_data_todo', summary="Chore")
        self.contact.activity_ids.action_feedback()
        call = self.entries('call')
        self.assertEqual((call.res_model, call.res_id), ('res.partner', self.contact.id))
        self.assertIn("Pays on Friday", call.name)

    def test_contacts_count_for_their_company(self):
        self.make_order(self.contact, 1, '2024-01-01')
        self.make_order(self.other_contact, 2, '2024-01-02')
        self.make_order(self.customer, 4, '2024-01-03')
        self.assertEqual(sum(self.entries('order').mapped('amount')), 7)
        self.assertFalse(self.entries('order', partner=self.contact))
        # a contact who leaves takes nothing away from what they will be one day
        self.other_contact.parent_id = False
        self.assertEqual(self.entries('order', partner=self.other_contact).amount, 2)

    def test_unsaved_changes_are_seen(self):
        order = self.make_order(self.contact, 100, '2024-01-01')
        order.order_line.price_unit = 130
        self.assertEqual(self.entries('order').amount, 130)

    def test_ids_are_stable(self):
        order = self.make_order(self.contact, 100, '2024-01-01')
        entry = self.entries('order')
        self.assertEqual(entry.id, (source_number('order') << SOURCE_ID_BITS) + order.id)
        self.assertLess(entry.id, 2 ** 53, "a browser represents the id exactly")
        numbers = [source_number(key) for key in entry._timeline_sources()]
        self.assertEqual(len(numbers), len(set(numbers)), "two sources share a number")

    def test_search_by_id(self):
        first = self.make_order(self.contact, 100, '2024-01-01')
        invoice = self.make_invoice(self.contact, 100, '2024-01-01')
        entries = self.entry_of(first) | self.entry_of(invoice)
        timeline = self.timeline()
        mine = [('partner_id', '=', self.customer.id)]
        self.assertEqual(timeline.search([('id', 'in', entries.ids)]), entries.sorted())
        self.assertEqual(timeline.search([('id', '=', entries[0].id)]), entries[0])
        self.assertFalse(timeline.search([('id', 'in', [])]))
        self.assertFalse(timeline.search([('id', 'in', [1, -5, 2 ** 52])]))
        self.assertFalse(timeline.search([*mine, ('id', 'not in', entries.ids)]))
        self.assertEqual(timeline.search([*mine, ('id', '!=', entries[0].id)]), entries[1])
        self.assertEqual(timeline.browse([1, entries[0].id]).exists(), entries[0])

    def test_group_and_sum(self):
        self.make_order(self.contact, 100, '2024-01-01')
        self.make_order(self.contact, 50, '2024-02-01')
        self.make_invoice(self.contact, 100, '2024-02-01')
        self.assertEqual(
            {
                kind: (count, total) for kind, count, total in self.timeline()._read_group(
                    [('partner_id', '=', self.customer.id)], ['kind'], ['__count', 'amount:sum'])
            },
            {'order': (2, 150), 'invoice': (1, 100)},
        )

    def test_open_document(self):
        order = self.make_order(self.contact, 100, '2024-01-01')
        action = self.entries('order', self.manager).action_open_document()
        self.assertEqual((action['res_model'], action['res_id']), ('sale.order', order.id))

    def test_every_source_keeps_to_its_shape(self):
        """What other modules rely on, and what they have to deliver."""
        columns = {
            'source_id', 'res_id', 'partner_id', 'contact_id', 'company_id', 'date', 'name',
            'amount',
        }
        timeline = self.timeline()
        kinds = dict(timeline._fields['kind']._description_selection(self.env))
        for key, source in timeline._timeline_sources().items():
            with self.subTest(source=key):
                self.assertIn(source.kind, kinds)
                self.assertIn(source.kind, timeline._timeline_icons())
                self.assertIn(source.model, self.env)
                self.assertLessEqual(set(source.measured), MEASURED.keys())
                self.env.cr.execute(source.query)
                self.assertEqual(
                    {column.name for column in self.env.cr.description},
                    columns | set(source.measured))

    def add_visits(self):
        """Let visits be facts: two of the customer, the first rated 0%, the other cost 30."""
        sources = self.timeline()._timeline_sources() | {'visit': TimelineSource(
            'meeting', 'res.partner', SQL(
                """SELECT contact.id AS source_id, contact.id AS res_id,
                          contact.commercial_partner_id AS partner_id, contact.id AS contact_id,
                          %s AS company_id, TIMESTAMP '2024-03-01 09:00' AS date, 'Visit' AS name,
                          0 AS amount,
                          CASE WHEN contact.id = %s THEN 0 END AS satisfaction,
                          CASE WHEN contact.id = %s THEN 30 END AS cost
                     FROM res_partner contact WHERE contact.id IN %s""",
                self.company.id, self.contact.id, self.other_contact.id,
                (self.contact | self.other_contact)._ids,
            ), ('satisfaction', 'cost'))}
        self.patch(
            self.env.registry['customer.timeline'], '_timeline_sources', lambda timeline: sources)

    def test_facts_may_tell_satisfaction_and_cost(self):
        self.add_visits()
        first, second = self.entries('meeting').sorted('source_id')
        self.assertTrue(first.has_satisfaction, "not at all satisfied is an answer")
        self.assertEqual((first.satisfaction, first.has_cost), (0, False))
        self.assertEqual((second.has_satisfaction, second.cost), (False, 30))
        # who was not asked does not lower the average
        self.make_order(self.contact, 100, '2024-01-01')
        self.assertEqual(
            self.timeline()._read_group(
                [('partner_id', '=', self.customer.id)], [], ['satisfaction:avg', 'cost:sum']),
            [(0, 30)])
        page = self.customer.with_user(self.manager).get_customer_timeline()
        self.assertEqual(
            {entry['satisfaction'] for entry in page['entries'] if entry['kind'] == 'meeting'},
            {'0%', ''})

    def test_facts_that_do_not_tell_them_have_none(self):
        self.make_order(self.contact, 100, '2024-01-01')
        order = self.entries('order')
        self.assertFalse(order.has_satisfaction or order.has_cost)
        self.assertFalse(self.timeline().search(
            [('partner_id', '=', self.customer.id), ('has_satisfaction', '=', True)]))

    def test_costs_are_for_those_who_see_costs(self):
        self.add_visits()
        entry = self.entries('meeting', self.salesperson)[0]
        self.assertTrue(entry.name)
        with self.assertRaises(AccessError):
            entry.read(['cost'])
        self.assertEqual(sum(self.entries('meeting', self.manager).mapped('cost')), 30)

    def test_meeting_with_a_colleague_of_the_customer_added_later(self):
        meeting = self.make_meeting(self.contact)
        entry = self.entries('meeting')
        meeting.partner_ids = [Command.link(self.other_contact.id)]
        self.assertEqual(self.entries('meeting'), entry)
