"""Warranty on what was invoiced without an order, and what a credit note leaves of it."""

from datetime import date

from freezegun import freeze_time

from odoo import Command
from odoo.tests import tagged

from .common import utc
from .entitlement_common import NOW, EntitlementCommon


@tagged('post_install', '-at_install')
@freeze_time(NOW)
class TestWarrantyOfInvoices(EntitlementCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.product.write({'warranty_months': 24, 'taxes_id': False})
        cls.order._action_cancel()  # the one that all tests share
        cls.case = cls.create_case(product_id=cls.product.id, opened_date=utc(NOW), time_spent=2)

    def invoiced(self, when='2026-03-15', quantity=1, partner=None, post=True, **values):
        move = self.env['account.move'].create({
            'move_type': 'out_invoice',
            'partner_id': (partner or self.contact).id,
            'invoice_date': when,
            'invoice_line_ids': [Command.create({
                'product_id': self.product.id, 'quantity': quantity, 'price_unit': 50})],
            **values,
        })
        if post:
            move.action_post()
        return move

    def refund(self, invoice, when='2026-03-20', quantity=None):
        """Return a credit note made from ``invoice``."""
        refund = invoice._reverse_moves([{'invoice_date': when}])
        if quantity:
            refund.invoice_line_ids.quantity = quantity
        refund.action_post()
        return refund

    def test_a_posted_invoice_is_enough(self):
        invoice = self.invoiced(post=False)
        self.assertEqual(self.covered(self.case)[0], 'none', 'a draft sells nothing')
        invoice.action_post()
        self.assertEqual(self.covered(self.case), ('warranty', None, 0))
        warranties = self.env['service.entitlement']._read_warranties(self.case)
        self.assertEqual(warranties[self.case].last, date(2028, 3, 15))

    def test_the_case_names_and_opens_the_invoice(self):
        invoice = self.invoiced()
        case = self.case.with_user(self.agent)
        case._forget_coverage()
        self.assertEqual(
            case.coverage_text,
            f'Covered by the warranty from invoice {invoice.name} until 03/15/2028')
        self.assertFalse(case.coverage_order_id)
        action = case.action_open_coverage()
        self.assertEqual((action['res_model'], action['res_id']), ('account.move', invoice.id))

    def test_it_ends(self):
        invoice = self.invoiced('2024-06-16')
        self.assertEqual(self.covered(self.case), ('expired', None, 2))
        self.assertEqual(
            self.case.coverage_text,
            f'The warranty from invoice {invoice.name} ended on 06/16/2026')

    def test_an_invoice_of_an_order_counts_once_by_its_order(self):
        line = self.sell(self.product)
        self.product.invoice_policy = 'order'
        self.invoice(line, '2026-03-16')
        warranty = self.env['service.entitlement']._read_warranties(self.case)[self.case]
        self.assertEqual(warranty.line, line)

    def test_a_credit_note_takes_it_back(self):
        invoice = self.invoiced(quantity=2)
        self.refund(invoice, quantity=1)
        self.assertEqual(self.covered(self.case)[0], 'warranty', 'one of two is kept')
        self.refund(invoice, quantity=1)
        self.assertEqual(self.covered(self.case)[0], 'none')

    def test_a_credit_note_of_its_own_takes_back_the_latest(self):
        old = self.invoiced('2025-01-10')
        new = self.invoiced('2026-01-10')
        self.invoiced('2026-04-01', move_type='out_refund')
        warranty = self.env['service.entitlement']._read_warranties(self.case)[self.case]
        self.assertEqual(warranty.line.move_id, old)
        later = self.invoiced('2026-05-01')
        warranty = self.env['service.entitlement']._read_warranties(self.case)[self.case]
        self.assertEqual(warranty.line.move_id, later, 'bought again after it was given back')
        self.refund(old)
        self.refund(later)
        self.assertEqual(self.covered(self.case)[0], 'none')
        self.assertTrue(new)

    def test_only_what_the_customer_bought_in_the_company(self):
        self.invoiced(partner=self.stranger)
        self.assertEqual(self.covered(self.case)[0], 'none')
        self.invoiced(partner=self.colleague)
        self.assertEqual(self.covered(self.case)[0], 'warranty', 'of the same customer')
        elsewhere = self.create_case(product_id=self.product.id, team_id=self.other_team.id)
        self.assertEqual(self.covered(elsewhere)[0], 'none')

    def test_the_invoice_and_order_of_the_case_are_meant(self):
        old, new = self.invoiced('2023-01-10'), self.invoiced('2026-01-10')
        self.case.invoice_id = old
        self.assertEqual(self.covered(self.case)[0], 'expired')
        self.case.invoice_id = new
        self.assertEqual(self.covered(self.case)[0], 'warranty')
        self.case.write({'invoice_id': False, 'sale_order_id': self.order.id})
        self.assertEqual(self.covered(self.case)[0], 'none', 'nothing of that order')

    def test_queries_do_not_grow_with_the_invoices(self):
        counts = []
        for number in (3, 30):
            for _invoice in range(number):
                self.invoiced()
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            self.assertEqual(self.case.coverage_state, 'warranty')
            counts.append(self.env.cr.sql_log_count - before)
        self.assertLessEqual(counts[1], counts[0])
