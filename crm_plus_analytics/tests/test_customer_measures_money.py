from datetime import date, timedelta

from odoo import Command, fields
from odoo.tests import tagged

from .common import CustomerValueCommon


class CustomerMeasuresMoneyCommon(CustomerValueCommon):

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        # sudo: rights are given by administrators
        cls.env.user.sudo().group_ids += cls.env.ref('sales_team.group_sale_manager')
        cls.tools, cls.toys = cls.env['product.category'].create([{'name': "Tools"}, {'name': "Toys"}])
        cls.saw, cls.axe, cls.ball = cls.env['product.product'].create([
            {'name': name, 'categ_id': category.id, 'standard_price': cost, 'list_price': 100,
             'taxes_id': [Command.clear()], 'invoice_policy': 'order'}
            for name, category, cost in (
                ("Saw", cls.tools, 60), ("Axe", cls.tools, 70), ("Ball", cls.toys, 5))
        ])

    @classmethod
    def measured(cls, partner, name, as_of='2026-06-30', company=None):
        """Return one measure of one customer."""
        measures = cls.env['customer.measures'].sudo()._measure(
            company or cls.company, fields.Date.to_date(as_of))
        index = measures.partner_id.tolist().index(partner.id)
        return round(float(getattr(measures, name)[index]), 4)

    @classmethod
    def order(cls, partner, day, *lines, **values):
        """Confirm an order of (product, quantity, price, discount)."""
        order = cls.env['sale.order'].with_company(cls.company).create({
            'partner_id': partner.id,
            'order_line': [
                Command.create({
                    'product_id': product.id, 'product_uom_qty': quantity, 'price_unit': price,
                    'discount': discount, 'tax_ids': [Command.clear()],
                }) for product, quantity, price, discount in lines
            ],
            **values,
        })
        order.action_confirm()
        order.date_order = f'{day} 10:00:00'
        return order

    @classmethod
    def invoice(cls, order, day, method='delivered', **values):
        """Invoice an order: what is delivered, or a down payment of it."""
        wizard = cls.env['sale.advance.payment.inv'].with_context(
            active_model='sale.order', active_ids=order.ids, active_id=order.id,
        ).create({'advance_payment_method': method, **values})
        before = order.invoice_ids
        wizard.create_invoices()
        invoice = order.invoice_ids - before
        invoice.invoice_date = day
        invoice.action_post()
        return invoice

    @classmethod
    def pay(cls, invoice, day, amount=None):
        wizard = cls.env['account.payment.register'].with_context(
            active_model='account.move', active_ids=invoice.ids,
        ).create({'payment_date': day, **({'amount': amount} if amount else {})})
        wizard._create_payments()


@tagged('post_install', '-at_install')
class TestMoney(CustomerMeasuresMoneyCommon):
    """Each figure below is worked out by hand from the documents above it."""

    def test_revenue_of_twelve_months_and_of_those_before(self):
        self.buy(self.anna, '2024-06-30', 1)
        self.buy(self.anna, '2024-07-01', 20)
        self.buy(self.anna, '2025-06-30', 300)
        self.buy(self.anna, '2025-07-01', 4000)
        self.assertEqual(self.measured(self.anna, 'revenue'), 4321)
        self.assertEqual(self.measured(self.anna, 'revenue_12_months'), 4000)
        self.assertEqual(self.measured(self.anna, 'revenue_before'), 320)

    def test_interval_and_its_spread(self):
        for day in ('2026-01-01', '2026-01-11', '2026-01-31', '2026-03-02'):
            self.buy(self.anna, day, 10)
        # gaps of 10, 20 and 30 days: mean 20, variance (100 + 0 + 100) / 3
        self.assertEqual(self.measured(self.anna, 'interval'), 20)
        self.assertEqual(self.measured(self.anna, 'interval_spread'), 8.165)
        self.assertEqual(self.measured(self.anna, 'longest_gap'), 30)

    def test_credit_notes_are_no_gap_between_purchases(self):
        self.buy(self.anna, '2026-01-01', 10)
        self.buy(self.anna, '2026-01-06', 5, 'out_refund')
        self.buy(self.anna, '2026-01-11', 10)
        self.assertEqual(self.measured(self.anna, 'squared_gaps'), 100)

    def test_share_credited(self):
        self.buy(self.anna, '2026-01-10', 150)
        self.buy(self.anna, '2026-02-10', 50)
        self.buy(self.anna, '2026-03-01', 30, 'out_refund')
        self.assertEqual(self.measured(self.anna, 'credit_share'), 0.15, "30 of 200")

    def test_margin_from_the_costs_in_the_order(self):
        order = self.order(self.anna, '2026-01-05', (self.saw, 2, 100, 0), (self.ball, 4, 10, 0))
        self.invoice(order, '2026-01-10')
        # 2 × (100 − 60) + 4 × (10 − 5)
        self.assertEqual(self.measured(self.anna, 'margin'), 100)
        self.assertEqual(self.measured(self.anna, 'margin_12_months'), 100)
        self.assertEqual(self.measured(self.anna, 'margin_12_months', '2027-01-10'), 0)

    def test_credit_note_takes_the_margin_back(self):
        order = self.order(self.anna, '2026-01-05', (self.saw, 2, 100, 0))
        move = self.invoice(order, '2026-01-10')
        refund = move._reverse_moves([{'invoice_date': fields.Date.to_date('2026-02-01')}])
        refund.action_post()
        self.assertEqual(self.measured(self.anna, 'margin'), 0)
        self.assertEqual(self.measured(self.anna, 'revenue'), 0)
        self.assertEqual(self.measured(self.anna, 'purchases'), 1)

    def test_usual_margin_where_there_is_no_order(self):
        self.company.sudo().customer_value_margin_rate = 0.25
        self.buy(self.anna, '2026-01-10', 200)
        self.assertEqual(self.measured(self.anna, 'margin'), 50)

    def test_margin_as_a_share_of_the_revenue(self):
        self.company.sudo().write({
            'customer_value_margin_basis': 'rate', 'customer_value_margin_rate': 0.4})
        order = self.order(self.anna, '2026-01-05', (self.saw, 2, 100, 0))
        self.invoice(order, '2026-01-10')
        self.assertEqual(self.measured(self.anna, 'margin'), 80)

    def test_dozens_are_costed_as_dozens(self):
        order = self.order(self.anna, '2026-01-05', (self.ball, 1, 120, 0))
        order.order_line.product_uom_id = self.env.ref('uom.product_uom_dozen')
        order.order_line.price_unit = 120
        self.invoice(order, '2026-01-10')
        self.assertEqual(self.measured(self.anna, 'margin'), 60, "120 − 12 × 5")

    def test_discount_given(self):
        order = self.order(self.anna, '2026-01-05', (self.saw, 1, 100, 20), (self.ball, 3, 10, 100))
        self.invoice(order, '2026-01-10')
        self.assertEqual(self.measured(self.anna, 'revenue'), 80)
        self.assertEqual(self.measured(self.anna, 'discount'), 50, "20 + 3 × 10")

    def test_breadth_in_products_and_categories(self):
        first = self.order(self.anna, '2026-01-05', (self.saw, 1, 100, 0), (self.axe, 1, 100, 0))
        second = self.order(self.anna, '2026-02-05', (self.saw, 1, 100, 0), (self.ball, 1, 9, 0))
        self.invoice(first, '2026-01-10')
        self.assertEqual(self.measured(self.anna, 'products'), 2)
        self.assertEqual(self.measured(self.anna, 'categories'), 1)
        self.invoice(second, '2026-02-10')
        self.assertEqual(self.measured(self.anna, 'products'), 3)
        self.assertEqual(self.measured(self.anna, 'categories'), 2)

    def test_down_payment_and_final_invoice_are_one_purchase(self):
        order = self.order(self.anna, '2026-01-05', (self.saw, 10, 100, 0))
        self.invoice(order, '2026-01-10', 'percentage', amount=30)
        self.assertEqual(self.measured(self.anna, 'purchases'), 1)
        self.assertEqual(self.measured(self.anna, 'revenue'), 300)
        self.invoice(order, '2026-02-10')
        self.assertEqual(self.measured(self.anna, 'revenue'), 1000)
        self.assertEqual(self.measured(self.anna, 'purchases'), 1)
        self.assertEqual(self.measured(self.anna, 'repeat_revenue'), 0)
        self.assertEqual(self.measured(self.anna, 'last_day'), date(2026, 2, 10).toordinal())
        self.assertEqual(self.measured(self.anna, 'margin'), 400, "10 × (100 − 60), once")
        self.assertEqual(self.measured(self.anna, 'products'), 1)
        # as of a day between both the final invoice is not known yet
        self.assertEqual(
            self.measured(self.anna, 'last_day', '2026-01-31'), date(2026, 1, 10).toordinal())

    def test_two_down_payments_of_an_order_are_one_purchase(self):
        order = self.order(self.anna, '2026-01-05', (self.saw, 10, 100, 0))
        self.invoice(order, '2026-01-10', 'percentage', amount=30)
        self.invoice(order, '2026-02-10', 'percentage', amount=20)
        self.assertEqual(self.measured(self.anna, 'purchases'), 1)
        self.assertEqual(self.measured(self.anna, 'revenue'), 500)

    def test_credited_down_payment_belongs_to_its_purchase(self):
        order = self.order(self.anna, '2026-01-05', (self.saw, 10, 100, 0))
        advance = self.invoice(order, '2026-01-10', 'percentage', amount=30)
        self.buy(self.anna, '2026-01-20', 50)
        refund = advance._reverse_moves([{'invoice_date': fields.Date.to_date('2026-02-01')}])
        refund.action_post()
        self.assertEqual(self.measured(self.anna, 'revenue'), 50)
        self.assertEqual(self.measured(self.anna, 'purchases'), 2)
        self.assertEqual(self.measured(self.anna, 'repeat_revenue'), 50)

    def test_orders_as_purchases(self):
        self.company.sudo().customer_value_basis = 'order'
        order = self.order(self.anna, '2026-01-05', (self.saw, 2, 100, 50))
        self.order(self.anna, '2026-03-05', (self.ball, 1, 10, 0))
        self.env['sale.order'].with_company(self.company).create({
            'partner_id': self.anna.id, 'date_order': '2026-03-09 10:00:00',
            'order_line': [Command.create({'product_id': self.saw.id})]})
        self.assertEqual(self.measured(self.anna, 'purchases'), 2, "a quotation is none")
        self.assertEqual(self.measured(self.anna, 'revenue'), 110)
        self.assertEqual(self.measured(self.anna, 'margin'), -15, "100 − 120 + 10 − 5")
        self.assertEqual(self.measured(self.anna, 'discount'), 100)
        self.invoice(order, '2026-04-05')
        self.assertEqual(self.measured(self.anna, 'purchases'), 2, "an invoice is none")
        refund = order.invoice_ids._reverse_moves(
            [{'invoice_date': fields.Date.to_date('2026-05-01')}])
        refund.action_post()
        self.assertEqual(self.measured(self.anna, 'revenue'), 10)
        self.assertEqual(self.measured(self.anna, 'repeat_revenue'), 10, "the first order was credited")
        self.assertEqual(self.measured(self.anna, 'margin'), 5)

    def test_documents_behind_a_score_are_those_that_counted(self):
        self.buy(self.anna, '2025-06-30', 100)
        self.buy(self.anna, '2025-07-01', 10)
        self.order(self.anna, '2025-06-30', (self.saw, 1, 100, 0))
        order = self.order(self.anna, '2025-07-01', (self.saw, 1, 100, 0))
        self.company.sudo().customer_value_window = 12

        def documents():
            self.score()
            action = self.score_of(self.anna).action_open_invoices()
            return self.env[action['res_model']].sudo().search(action['domain'])

        self.assertEqual(documents().mapped('amount_untaxed'), [10])
        self.company.sudo().customer_value_basis = 'order'
        self.assertEqual(documents(), order)

    def test_credit_notes_behind_a_score_are_those_that_counted(self):
        old = self.buy(self.anna, '2025-06-30', 100)
        recent = self.buy(self.anna, '2025-07-01', 50)
        self.buy(self.anna, '2026-02-01', 30, 'out_refund', reverses=old)
        counted = self.buy(self.anna, '2026-02-01', 4, 'out_refund', reverses=recent)
        self.company.sudo().customer_value_window = 12
        self.score()
        score = self.score_of(self.anna)
        action = score.action_open_invoices()
        self.assertEqual(self.env['account.move'].sudo().search(action['domain']), recent | counted)
        self.assertEqual(score.basis, 'invoice')

    def test_credit_notes_behind_a_score_by_orders(self):
        self.company.sudo().customer_value_basis = 'order'
        self.order(self.anna, '2026-01-01', (self.saw, 1, 100, 0))
        self.buy(self.anna, '2026-01-02', 100)
        note = self.buy(self.anna, '2026-02-01', 30, 'out_refund')
        self.score()
        score = self.score_of(self.anna)
        orders, notes = (
            self.env[action['res_model']].sudo().search(action['domain'])
            for action in (score.action_open_invoices(), score.action_open_credit_notes()))
        self.assertEqual(notes, note, "the invoice has not counted")
        self.assertEqual(
            sum(orders.mapped('amount_untaxed')) + sum(notes.mapped('amount_untaxed_signed')),
            score.revenue)

    def test_window(self):
        self.buy(self.anna, '2025-06-30', 100)
        self.buy(self.anna, '2025-07-01', 10)
        self.company.sudo().customer_value_window = 12
        self.assertEqual(self.measured(self.anna, 'revenue'), 10)
        self.assertEqual(self.measured(self.anna, 'first_day'), date(2025, 7, 1).toordinal())

    def test_credit_note_of_a_purchase_before_the_window_stays_out_with_it(self):
        old = self.buy(self.anna, '2025-06-30', 100)
        recent = self.buy(self.anna, '2025-07-01', 10)
        self.buy(self.anna, '2026-02-01', 30, 'out_refund', reverses=old)
        self.buy(self.anna, '2026-02-01', 4, 'out_refund', reverses=recent)
        self.assertEqual(self.measured(self.anna, 'revenue'), 76, "100 + 10 − 30 − 4")
        self.company.sudo().customer_value_window = 12
        self.assertEqual(self.measured(self.anna, 'revenue'), 6, "10 − 4")
        self.assertEqual(self.measured(self.anna, 'credited'), 4)
        self.assertEqual(self.measured(self.anna, 'margin'), 1.8, "30% of 6")

    def test_credit_note_of_an_order_before_the_window_stays_out_with_it(self):
        self.company.sudo().customer_value_basis = 'order'
        old = self.order(self.anna, '2025-06-30', (self.saw, 2, 100, 0))
        self.order(self.anna, '2025-07-01', (self.ball, 1, 10, 0))
        refund = self.invoice(old, '2025-07-05')._reverse_moves(
            [{'invoice_date': fields.Date.to_date('2025-08-01')}])
        refund.action_post()
        self.assertEqual(self.measured(self.anna, 'revenue'), 10, "200 + 10 − 200")
        self.company.sudo().customer_value_window = 12
        self.assertEqual(self.measured(self.anna, 'revenue'), 10)
        self.assertEqual(self.measured(self.anna, 'credited'), 0)
        self.assertEqual(self.measured(self.anna, 'margin'), 5, "10 − 5")
        self.assertEqual(self.measured(self.anna, 'products'), 1)

    def test_line_of_several_order_lines_counts_once(self):
        order = self.order(self.anna, '2026-01-05', (self.saw, 1, 100, 0), (self.axe, 1, 100, 0))
        move = self.invoice(order, '2026-01-10')
        move.line_ids.filtered(lambda line: line.product_id == self.saw).sale_line_ids = order.order_line
        self.assertEqual(self.measured(self.anna, 'margin'), 70, "100 − 60 + 100 − 70")
        self.assertEqual(self.measured(self.anna, 'revenue'), 200)

    def test_tags_left_out(self):
        family, cousin = (self.env['res.partner.category'].create({'name': name}) for name in "FC")
        cousin.parent_id = family
        self.bert.category_id = cousin
        self.buy(self.anna, '2026-01-10', 100)
        self.buy(self.bert, '2026-01-10', 100)
        self.company.sudo().customer_value_excluded_category_ids = family
        self.assertEqual(list(self.measure()), [self.anna])

    def test_contacts_and_their_company_measure_alike(self):
        shop = self.env['res.partner'].create({'name': "Shop", 'is_company': True})
        buyer = self.env['res.partner'].create({'name': "Buyer", 'parent_id': shop.id})
        self.invoice(self.order(buyer, '2026-01-05', (self.saw, 2, 100, 10)), '2026-01-10')
        self.invoice(self.order(shop, '2026-02-05', (self.ball, 1, 10, 0)), '2026-02-10')
        self.assertEqual(self.measured(shop, 'margin'), 65, "180 − 120 + 10 − 5")
        self.assertEqual(self.measured(shop, 'discount'), 20)


@tagged('post_install', '-at_install')
class TestConduct(CustomerMeasuresMoneyCommon):

    @classmethod
    def bill(cls, day, due, amount, partner=None):
        move = cls.buy(partner or cls.anna, day, amount, post=False)
        move.write({'invoice_payment_term_id': False, 'invoice_date_due': due})
        move.action_post()
        return move

    def test_days_to_pay_and_share_paid_late(self):
        self.pay(self.bill('2026-01-01', '2026-01-31', 100), '2026-01-21')
        self.pay(self.bill('2026-02-01', '2026-02-28', 300), '2026-03-10')
        # (100 × −10 + 300 × 10) / 400
        self.assertEqual(self.measured(self.anna, 'days_to_pay'), 5)
        self.assertEqual(self.measured(self.anna, 'late_share'), 0.75)
        self.assertEqual(self.measured(self.anna, 'late_amount_days'), 3000)
        self.assertEqual(self.measured(self.anna, 'overdue'), 0)

    def test_overdue_as_of_the_date(self):
        move = self.bill('2026-01-01', '2026-01-31', 100)
        self.pay(move, '2026-03-02', 40)
        self.assertEqual(self.measured(self.anna, 'overdue', '2026-01-31'), 0)
        self.assertEqual(self.measured(self.anna, 'overdue', '2026-02-01'), 100)
        self.assertEqual(self.measured(self.anna, 'overdue', '2026-03-02'), 60)
        # 40 × 30 days until paid, 60 × 30 days and still
        self.assertEqual(self.measured(self.anna, 'late_amount_days', '2026-03-02'), 3000)

    def test_credit_note_pays_nothing(self):
        move = self.bill('2026-01-01', '2026-01-31', 100)
        self.buy(self.anna, '2026-03-01', 100, 'out_refund', reverses=move)
        self.assertEqual(move.payment_state, 'reversed')
        self.assertEqual(self.measured(self.anna, 'overdue'), 0)
        share = self.measured(self.anna, 'late_share')
        self.assertNotEqual(share, share, "nothing was paid, early or late")
        self.assertEqual(self.measured(self.anna, 'overdue', '2026-02-28'), 100)

    def test_conduct_is_of_invoices_whatever_counts_as_a_purchase(self):
        order = self.order(self.anna, '2026-01-05', (self.saw, 1, 100, 0))
        move = self.invoice(order, '2026-01-10')
        move.button_draft()
        move.write({'invoice_payment_term_id': False, 'invoice_date_due': '2026-01-31'})
        move.action_post()
        self.pay(move, '2026-02-10', 60)
        for basis in ('invoice', 'order'):
            self.company.sudo().customer_value_basis = basis
            self.assertEqual(self.measured(self.anna, 'purchases'), 1, basis)
            self.assertEqual(self.measured(self.anna, 'days_to_pay'), 10, basis)
            self.assertEqual(self.measured(self.anna, 'late_share'), 1, basis)
            self.assertEqual(self.measured(self.anna, 'overdue'), 40, basis)
            # 60 × 10 days until paid, 40 × 150 days until the end of June
            self.assertEqual(self.measured(self.anna, 'late_amount_days'), 6600, basis)

    def test_receipts_tell_nothing_of_conduct(self):
        receipt = self.buy(self.anna, '2026-01-10', 100, 'out_receipt', post=False)
        receipt.write({'invoice_payment_term_id': False, 'invoice_date_due': '2026-01-31'})
        receipt.action_post()
        self.pay(receipt, '2026-03-01', 60)
        self.assertEqual(self.measured(self.anna, 'purchases'), 1)
        self.assertEqual(self.measured(self.anna, 'overdue'), 0)
        share = self.measured(self.anna, 'late_share')
        self.assertNotEqual(share, share, "not known")

    def test_conduct_is_of_invoices_within_the_window(self):
        self.pay(self.bill('2025-06-30', '2025-07-31', 500), '2025-08-30')
        self.pay(self.bill('2025-07-01', '2025-07-31', 100), '2025-08-05')
        self.assertEqual(self.measured(self.anna, 'days_to_pay'), 25.8333, "(500 × 30 + 100 × 5) / 600")
        self.company.sudo().customer_value_window = 12
        self.assertEqual(self.measured(self.anna, 'days_to_pay'), 5)

    def test_invoice_paid_in_parts_and_by_a_credit_note(self):
        move = self.bill('2026-01-01', '2026-01-31', 100)
        self.pay(move, '2026-01-21', 30)
        refund = move._reverse_moves([{'invoice_date': fields.Date.to_date('2026-02-05')}])
        refund.invoice_line_ids.price_unit = 20
        refund.action_post()
        receivable = (move | refund).line_ids.filtered(
            lambda line: line.account_id.account_type == 'asset_receivable')
        receivable.filtered(lambda line: not line.reconciled).reconcile()
        self.pay(move, '2026-02-20', 10)
        # (30 × −10 + 10 × 20) / 40; the credit note pays nothing, but leaves 40 of 100 open
        self.assertEqual(self.measured(self.anna, 'days_to_pay'), -2.5)
        self.assertEqual(self.measured(self.anna, 'late_share'), 0.25)
        self.assertEqual(self.measured(self.anna, 'overdue'), 40)
        # 10 × 20 days until paid, 40 × 150 days until the end of June
        self.assertEqual(self.measured(self.anna, 'late_amount_days'), 6200)

    def test_source_of_the_won_lead_before_others(self):
        fair, web = self.env['utm.source'].create([{'name': "Fair 9"}, {'name': "Web 9"}])
        self.buy(self.anna, '2026-01-10', 100)
        self.assertEqual(self.measured(self.anna, 'source_id'), 0)
        self.order(self.anna, '2026-01-05', (self.saw, 1, 100, 0), source_id=web.id)
        self.assertEqual(self.measured(self.anna, 'source_id'), web.id)
        lead = self.lead(self.anna, 10, '2026-02-01', source_id=fair.id)
        self.assertEqual(self.measured(self.anna, 'source_id'), fair.id)
        self.assertEqual(self.measured(self.anna, 'source_id', '2026-01-31'), web.id)
        later = self.lead(self.anna, 10, '2026-03-01', source_id=web.id)
        self.assertLess(lead.id, later.id)
        self.assertEqual(self.measured(self.anna, 'source_id'), fair.id, "the first one")
        later.action_set_won()
        self.assertEqual(self.measured(self.anna, 'source_id'), web.id, "the won one")

    def lead(self, partner, amount, day, **values):
        lead = self.env['crm.lead'].with_company(self.company).create({
            'name': "Chance", 'type': 'opportunity', 'partner_id': partner.id,
            'expected_revenue': amount, 'company_id': self.company.id, **values})
        self.env.flush_all()
        self.cr.execute("UPDATE crm_lead SET create_date = %s WHERE id = %s", (day, lead.id))
        return lead

    def test_open_pipeline_and_win_rate(self):
        self.buy(self.anna, '2026-01-10', 100)
        self.buy(self.bert, '2026-01-10', 100)
        today = fields.Date.today()
        won, lost, also_lost, _open = (
            self.lead(self.anna, amount, '2026-02-01') for amount in (1, 20, 300, 4000))
        self.assertEqual(self.measured(self.anna, 'open_pipeline'), 4321)
        won.action_set_won()
        (lost | also_lost).action_set_lost()
        later = today + timedelta(days=1)
        self.assertEqual(self.measured(self.anna, 'open_pipeline', later), 4000)
        self.assertEqual(self.measured(self.anna, 'win_rate', later), 0.3333)
        self.assertEqual(self.measured(self.bert, 'open_pipeline', later), 0)

    def test_what_is_not_known_is_not_nought(self):
        self.buy(self.anna, '2026-01-10', 100)
        for name in ('win_rate', 'late_share', 'days_to_pay'):
            value = self.measured(self.anna, name)
            self.assertNotEqual(value, value, name)

    def test_all_measures_are_on_the_score(self):
        order = self.order(self.anna, '2026-01-05', (self.saw, 2, 100, 20))
        move = self.invoice(order, '2026-01-10')
        move.button_draft()
        move.write({'invoice_payment_term_id': False, 'invoice_date_due': '2026-01-31'})
        move.action_post()
        self.pay(move, '2026-02-10', 100)
        self.score()
        score = self.score_of(self.anna)
        self.assertEqual(
            (score.revenue, score.revenue_12_months, score.margin, score.margin_12_months,
             score.discount, score.overdue, score.days_to_pay, score.late_share,
             score.has_payment, score.has_outcome, score.products, score.categories),
            (160, 160, 40, 40, 40, 60, 10, 1, True, False, 1, 1))
