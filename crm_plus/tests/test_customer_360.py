from unittest.mock import patch

from freezegun import freeze_time

from odoo import fields
from odoo.tests import tagged

from ..models import customer_figures_mixin
from .common import CrmPlusCommon

# Statements that the page may cost a salesperson with warm caches: 23 by itself, the rest is
# room for the modules that add to it.
PAGE_BUDGET = 45


@tagged('post_install', '-at_install')
@freeze_time('2024-06-15 12:00:00')
class TestCustomer360(CrmPlusCommon):
    """The figures of the page are Odoo's own, worked out by hand."""

    def page(self, user=None, companies=None, partner=None, **kwargs):
        user = user or self.lead_seller
        return (partner or self.customer).with_user(user).with_context(
            allowed_company_ids=(companies or self.company).ids,
        ).get_customer_360(**kwargs)

    def figures(self, *args, **kwargs):
        page = self.page(*args, **kwargs)
        return {figure['key']: figure for group in page['groups'] for figure in group['figures']}

    def highlights(self):
        """The highlights of this module; others may add theirs."""
        return {
            highlight['key']: highlight for highlight in self.page()['highlights']
            if highlight['key'] in ('overdue', 'quotations')
        }

    def opened(self, figure, user=None, companies=None):
        """The documents that a click on the figure opens."""
        action = figure['action']
        return self.env[action['res_model']].with_user(user or self.lead_seller).with_context(
            allowed_company_ids=(companies or self.company).ids,
        ).search(action['domain'])

    def test_orders(self):
        old = self.make_order(self.contact, 1000, '2023-06-14 12:00:00', cost=600)
        recent = self.make_order(self.customer, 500, '2023-06-15 00:00:00', cost=450)
        foreign = self.make_order(
            self.contact, 200, '2024-06-01', cost=50, currency=self.foreign)
        quotation = self.make_order(self.contact, 70, '2024-06-02', confirm=False)
        self.make_order(self.contact, 9999, '2024-06-02')._action_cancel()
        self.make_order(self.stranger, 9999, '2024-06-02')
        figures = self.figures()
        self.assertEqual(figures['ordered']['value'], 1000 + 500 + 200 / 2)
        self.assertEqual(self.opened(figures['ordered']), (old | recent | foreign).sorted(
            lambda order: order.date_order, reverse=True))
        self.assertEqual(figures['ordered_12_months']['value'], 500 + 200 / 2)
        self.assertEqual(
            set(self.opened(figures['ordered_12_months']).ids), set((recent | foreign).ids))
        margin = 400 + 50 + foreign.margin / 2
        self.assertAlmostEqual(figures['margin']['value'], margin)
        self.assertEqual(figures['quotations']['value'], 70)
        self.assertEqual(self.opened(figures['quotations']), quotation)
        self.assertEqual(figures['last_order']['value'], '2024-06-01')
        self.assertEqual(figures['last_order']['action']['res_id'], foreign.id)
        self.assertIn(foreign.name, figures['last_order']['hint'])

    def test_pipeline(self):
        opportunity = self.make_lead(self.contact, 4000)
        no_company = self.make_lead(self.customer, 500, company_id=False)
        self.make_lead(self.contact, 9000, type='lead')
        self.make_lead(self.contact, 9000).action_set_won()
        self.make_lead(self.contact, 9000).action_set_lost()
        figure = self.figures()['pipeline']
        self.assertEqual(figure['value'], 4500)
        self.assertEqual(figure['hint'], "2 opportunities")
        self.assertEqual(set(self.opened(figure).ids), set((opportunity | no_company).ids))

    def test_invoices(self):
        """1000 - 100 + 300/2 invoiced; 600 of the first and the last are still due."""
        invoice = self.make_invoice(self.contact, 1000, '2023-01-10', due='2023-02-10')
        refund = self.make_invoice(
            self.contact, 100, '2024-01-10', due='2024-08-01', move_type='out_refund')
        foreign = self.make_invoice(
            self.customer, 300, '2024-06-01', due='2024-07-01', currency=self.foreign)
        self.make_invoice(self.customer, 9999, '2024-06-01', post=False)
        self.make_invoice(self.customer, 9999, '2024-06-01', move_type='in_invoice')
        self.pay(invoice, '2023-03-01', amount=400)
        figures = self.figures()
        self.assertEqual(figures['invoiced']['value'], 1000 - 100 + 150)
        self.assertEqual(figures['invoiced_12_months']['value'], 150 - 100)
        self.assertEqual(figures['balance_due']['value'], 600 - 100 + 150)
        self.assertEqual(figures['overdue']['value'], 600)
        self.assertEqual(figures['overdue']['tone'], 'danger')
        every = invoice | refund | foreign
        for key, documents, field in (
            ('invoiced', every, 'amount_untaxed_signed'),
            ('invoiced_12_months', refund | foreign, 'amount_untaxed_signed'),
            ('balance_due', every, 'amount_residual_signed'),
            ('overdue', invoice, 'amount_residual_signed'),
        ):
            with self.subTest(figure=key):
                opened = self.opened(figures[key])
                self.assertEqual(set(opened.ids), set(documents.ids))
                self.assertEqual(sum(opened.mapped(field)), figures[key]['value'])

    def test_days_to_pay(self):
        """10 and 40 days, the second paid in two parts; a credit note pays too: 25 on average.

        What is unpaid, or paid in part only, does not count; nor what is a year older than the
        newest invoice that was paid.
        """
        self.pay(self.make_invoice(self.contact, 100, '2023-02-01'), '2023-12-01')
        quick = self.make_invoice(self.contact, 100, '2024-01-01')
        self.pay(quick, '2024-01-11')
        slow = self.make_invoice(self.contact, 100, '2024-02-01')
        self.pay(slow, '2024-02-05', amount=30)
        self.pay(slow, '2024-03-12')
        self.make_invoice(self.contact, 100, '2024-01-01')
        part = self.make_invoice(self.contact, 100, '2024-01-01')
        self.pay(part, '2024-01-02', amount=50)
        figure = self.figures()['days_to_pay']
        self.assertEqual(figure['value'], 25)
        self.assertEqual(figure['hint'], "2 paid invoices")
        self.assertEqual(set(self.opened(figure).ids), {quick.id, slow.id})

    def test_days_to_pay_of_the_newest_invoices(self):
        """However many there are, the newest tell it, and are what the figure opens."""
        for day, paid in (('2024-01-01', '2024-01-31'), ('2024-02-01', '2024-02-11')):
            newest = self.make_invoice(self.contact, 100, day)
            self.pay(newest, paid)
        with patch.object(customer_figures_mixin, 'NEWEST_INVOICES', 1):
            figure = self.figures()['days_to_pay']
        self.assertEqual(figure['value'], 10)
        self.assertEqual(self.opened(figure), newest)

    def test_days_to_pay_in_advance(self):
        invoice = self.make_invoice(self.contact, 100, '2024-01-10')
        payment = self.env['account.payment'].create({
            'partner_id': self.customer.id, 'amount': 100, 'payment_type': 'inbound',
            'partner_type': 'customer', 'date': '2024-01-01',
            'outstanding_account_id':
                self.env['account.payment']._get_outstanding_account('inbound').id,
        })
        payment.action_post()
        (invoice.line_ids | payment.move_id.line_ids).filtered(
            lambda line: line.account_type == 'asset_receivable').reconcile()
        self.assertEqual(self.figures()['days_to_pay']['value'], 0)

    def test_last_contact(self):
        self.assertIsNone(self.figures()['last_contact']['value'])
        self.make_meeting(self.contact, '2024-06-10 09:00:00')
        planned = self.make_meeting(self.contact, '2024-07-10 09:00:00')
        figure = self.figures()['last_contact']
        self.assertEqual(figure['value'], '2024-06-10', "a planned meeting is no contact yet")
        self.assertEqual(figure['hint'], "Meeting, 5 days ago")
        self.assertEqual(self.page()['timeline']['entries'][0]['res_id'], planned.id)

    def test_long_ago_is_told_in_larger_units(self):
        for day, words in (
            ('2024-06-15', "today"), ('2024-06-14', "yesterday"), ('2024-06-10', "5 days ago"),
            ('2024-03-01', "4 months ago"), ('1998-06-11', "26 years ago"),
        ):
            self.assertEqual(self.customer._customer_360_days_ago(fields.Date.to_date(day)), words)

    def test_highlights(self):
        self.assertEqual(self.highlights(), {})
        self.make_invoice(self.contact, 100, '2024-05-01', due='2024-06-05')
        self.make_order(self.contact, 70, '2024-06-02', confirm=False)
        highlights = self.highlights()
        overdue, quotation = highlights['overdue'], highlights['quotations']
        self.assertIn("10 days", overdue['text'])
        self.assertIn("100.00", overdue['text'])
        self.assertEqual(overdue['tone'], 'danger')
        self.assertIn("70.00", quotation['text'])

    def test_two_companies(self):
        """Figures cover the ticked companies, in the currency of the current one."""
        self.make_order(self.contact, 100, '2024-06-01')
        self.make_invoice(self.contact, 100, '2024-06-01')
        self.make_order(self.contact, 30, '2024-06-01', company=self.company_b)
        self.make_invoice(self.contact, 30, '2024-06-01', company=self.company_b)
        both = self.company | self.company_b
        for companies, expected in (
            (self.company, 100), (self.company_b, 30), (both, 130),
        ):
            with self.subTest(companies=companies.mapped('name')):
                figures = self.figures(companies=companies)
                self.assertEqual(figures['ordered']['value'], expected)
                self.assertEqual(figures['invoiced']['value'], expected)

    def test_company_in_another_currency(self):
        """A company that counts in the foreign currency: 300 of its units are 150."""
        company_c = self.setup_other_company(
            name="Company C", currency_id=self.foreign.id)['company']
        self.lead_seller.company_ids += company_c
        self.make_order(self.contact, 100, '2024-06-01')
        self.make_order(self.contact, 300, '2024-06-01', company=company_c)
        figures = self.figures(companies=self.company | company_c)
        self.assertEqual(figures['ordered']['value'], 100 + 300 / 2)

    def test_contact_shows_its_company(self):
        self.make_order(self.other_contact, 100, '2024-06-01')
        page = self.page(partner=self.contact)
        self.assertEqual(page['customer'], {
            'id': self.customer.id, 'name': "Customer Ltd", 'is_other': True})
        self.assertEqual(self.figures(partner=self.contact)['ordered']['value'], 100)

    def test_reader_sees_what_they_may(self):
        self.make_order(self.contact, 100, '2024-06-01', user=self.salesperson)
        self.make_order(self.contact, 10, '2024-06-01', user=self.colleague)
        self.make_invoice(self.contact, 100, '2024-06-01', user=self.salesperson)
        self.make_invoice(self.contact, 10, '2024-06-01', user=self.colleague)
        for user, expected in (
            (self.salesperson, 100), (self.colleague, 10), (self.reader, 110),
        ):
            figures = self.figures(user)
            self.assertEqual(figures['ordered']['value'], expected)
            self.assertEqual(figures['invoiced']['value'], expected)
            self.assertEqual(
                sum(self.opened(figures['ordered'], user).mapped('amount_untaxed')), expected)
        self.assertFalse(
            {'ordered', 'margin', 'pipeline', 'last_order', 'invoiced', 'overdue', 'days_to_pay'}
            & set(self.figures(self.viewer)),
            "figures of documents that one may not read are left out",
        )

    def test_timeline_pages_and_kinds(self):
        for day in range(1, 8):
            self.make_order(self.contact, day, f'2024-06-0{day}')
        self.make_meeting(self.contact, '2024-06-10 09:00:00')
        timeline = self.page(limit=3)['timeline']
        self.assertEqual([entry['kind'] for entry in timeline['entries']],
                         ['meeting', 'order', 'order'])
        self.assertEqual(timeline['total'], 8)
        customer = self.customer.with_user(self.lead_seller)
        orders = customer.get_customer_timeline(kinds=['order'], offset=5, limit=3)
        self.assertEqual(len(orders['entries']), 2)
        self.assertEqual(orders['total'], 7)
        self.assertEqual(
            [(kind['kind'], kind['count']) for kind in orders['counts']],
            [('order', 7), ('meeting', 1)],
        )
        self.assertEqual(
            customer.get_customer_timeline(kinds=['no such kind'])['entries'], [])

    def test_customer_without_a_story(self):
        page = self.page(partner=self.stranger)
        self.assertEqual(page['timeline'], {'entries': [], 'total': 0, 'counts': []})
        self.assertFalse(any(
            figure['value'] for group in page['groups'] for figure in group['figures']
            if group['key'] in ('sales', 'money', 'relation')
        ))

    def test_queries_do_not_grow_with_the_customer(self):
        def make_documents(partner, times):
            for number in range(times):
                day = f'2024-05-{number + 1:02}'
                self.make_order(partner, 10, day, user=self.salesperson)
                self.make_order(partner, 10, day, confirm=False, user=self.salesperson)
                invoice = self.make_invoice(partner, 10, day, user=self.salesperson)
                if number % 2:
                    self.pay(invoice, day)
                self.make_lead(partner, 10, user_id=self.salesperson.id)
                self.make_meeting(partner, f'{day} 09:00:00')
                partner.message_post(body="Note", message_type='comment')

        one, ten = self.env['res.partner'].create([{'name': "One"}, {'name': "Ten"}])
        make_documents(one, 1)
        make_documents(ten, 10)
        self.env.flush_all()
        self.page(self.salesperson, partner=one)
        counts = []
        for partner in (one, ten):
            self.env.invalidate_all()
            with self.subTest(partner=partner.name), self.assertQueryCount(PAGE_BUDGET):
                before = self.env.cr.sql_log_count
                page = self.page(self.salesperson, partner=partner)
                counts.append(self.env.cr.sql_log_count - before)
        self.assertLessEqual(counts[1], counts[0], "the large customer costs more")
        self.assertEqual(page['timeline']['total'], 60)
