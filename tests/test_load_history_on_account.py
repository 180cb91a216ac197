"""Sales on account that are loaded in bulk are the documents a user would have entered, whatever became of them."""

from datetime import date
from math import isclose

import numpy as np

from odoo.tests import Form, TransactionCase, tagged
from odoo.tools import SQL

from purchases.on_account import Customers, Outcome, Sales, load
from purchases.on_account.exemplar import WITHOUT_CHATTER, Setting
from purchases.on_account.rehearsal import CHATTER
from purchases.recorder import Recorder

from .load_history_common import comparable

TAG = "Test on account"
DAY = np.datetime64("2021-03-17")
RATES = {np.datetime64(month): rate for month, rate in (
    ("2021-01", 0.9), ("2021-02", 0.9), ("2021-03", 0.8125), ("2021-04", 0.85), ("2021-05", 0.775), ("2021-06", 0.8),
)}
SAME_MONTH, CHEAPER, DEARER = (np.datetime64(day) for day in ("2021-03-29", "2021-04-20", "2021-05-20"))


def sales_of(*sales) -> Sales:
    """Return sales from tuples: customer, outcome, day settled, pieces, price in hundredths, pieces credited."""
    customer, outcome, settled, quantity, price, credited = map(np.array, zip(*sales, strict=True))
    days = np.full(len(sales), DAY)
    partly = outcome == Outcome.PARTLY_CREDITED
    return Sales(
        customer, customer % 2, days, np.where(partly, days + 3, settled), settled, quantity, price, outcome, credited
    )


def same(one: str | None, other: str | None) -> bool:
    """Whether two columns are the same but for the last digit of a float, which depends on the order of computing."""
    try:
        return one == other or isclose(float(one), float(other), rel_tol=1e-14)
    except (TypeError, ValueError):
        return False


class OnAccountCase(TransactionCase):
    """Four contacts of two companies, the second one abroad, and a person at home and one abroad."""

    maxDiff = None
    customers = Customers(
        company=np.array([0, 0, 1, 1, 2, 2, 3, 3, -1, -1]),
        foreign=np.array([False, False, True, True, False, False, True, True, False, True]),
    )

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company = cls.env.ref("base.main_company")
        cls.env = cls.env(context={**WITHOUT_CHATTER, "allowed_company_ids": cls.company.ids})
        home = cls.company.currency_id
        cls.abroad = cls.env.ref("base.EUR" if home.name != "EUR" else "base.USD")
        cls.abroad.active = True
        cls.abroad.rate_ids.filtered(lambda rate: rate.name <= date(2021, 12, 31)).unlink()
        cls.env["res.currency.rate"].create([
            {"currency_id": cls.abroad.id, "company_id": cls.company.id, "name": month.item(), "rate": rate}
            for month, rate in RATES.items()
        ])
        cls.products = cls.env["product.product"].create([
            {"name": f"On account {cost}", "type": "service", "invoice_policy": "order", "standard_price": cost,
             "list_price": cost * 3, "taxes_id": False, "supplier_taxes_id": False}
            for cost in (2.5, 3.75)
        ])
        bank = [("type", "=", "bank"), ("company_id", "=", cls.company.id)]
        cls.setting = Setting(
            payment_journal=cls.env["account.journal"].search(bank, limit=1),
            payment_term=cls.env.ref("account.account_payment_term_30days"),
            term_days=30,
            pricelist=cls.env["product.pricelist"].create({"name": TAG, "currency_id": cls.abroad.id}),
            tag=cls.env["res.partner.category"].create({"name": TAG}),
        )

    def load(self, sales, **options):
        load(self.env, self.setting, self.products, RATES, self.customers, sales,
             **({"commit": self.env.flush_all} | options))

    def customer(self, place):
        return self.env["res.partner"].search([
            ("category_id", "=", self.setting.tag.id), ("name", "=", f"Customer {place + 1:06}"),
        ])

    def orders(self):
        return self.env["sale.order"].search([("partner_id.category_id", "=", self.setting.tag.id)], order="id")


@tagged("post_install", "-at_install")
class TestSameAsByHand(OnAccountCase):
    """Column by column, in every table but the log notes, a loaded sale is one entered in the web client."""

    def assertSameAsByHand(self, customer, by_hand_customer, outcome, settled, quantity=3, price=1371, credited=0):
        sale = (customer, outcome, settled, quantity, price, credited)
        self.load(sales_of(sale))
        recorder = Recorder(self.env)
        entered = recorder.record(lambda: self.enter_by_hand(by_hand_customer, *sale[1:]))
        stamped = recorder.record(lambda: self.load(sales_of(sale, sale)))
        loaded = self.orders()[-1]
        expected = comparable(recorder, self.without_chatter(entered.rows), self.names(entered.result))
        found = comparable(recorder, self.without_chatter(stamped.rows), self.names(loaded))
        self.assertEqual(found.keys(), expected.keys())
        for table, rows in expected.items():
            self.assertEqual(len(found[table]), len(rows), table)
            for row, expected_row in zip(found[table], rows, strict=True):
                self.assertEqual(row, expected_row, table)
        return loaded

    def without_chatter(self, rows):
        return {table: found for table, found in rows.items() if table not in CHATTER}

    def names(self, order):
        """Return what the texts and partners of a sale stand for."""
        customer, invoices = order.partner_id, order.invoice_ids
        entries = invoices.line_ids.matched_debit_ids | invoices.line_ids.matched_credit_ids
        names = {invoice.name: invoice.move_type for invoice in invoices}
        names |= {entry.name: "ADJUSTMENT" for entry in entries.exchange_move_id}
        names |= {payment.name: "PAYMENT" for payment in invoices.matched_payment_ids}
        return names | {
            order.name: "ORDER",
            customer.complete_name: "CUSTOMER",
            customer.commercial_partner_id.name: "COMPANY",
            ("res_partner", str(customer.id)): "CUSTOMER",
            ("res_partner", str(customer.commercial_partner_id.id)): "COMPANY",
        }

    def enter_by_hand(self, customer, outcome, settled, quantity, price, credited):
        """Enter the sale in the forms of the web client, each click flushed; return the order."""
        partner, day = self.customer(customer), DAY.item()
        # An order that came in earlier than it is entered: what it cost is converted at its own date.
        with Form(self.env["sale.order"].with_context(default_date_order=f"{day} 12:00:00")) as form:
            form.partner_id = partner
            form.validity_date = False
            form.user_id = self.env["res.users"]
            form.payment_term_id = self.setting.payment_term
            foreign = self.customers.foreign[customer]
            form.pricelist_id = self.setting.pricelist if foreign else self.env["product.pricelist"]
            with form.order_line.new() as line:
                line.product_id = self.products[customer % 2]
                line.product_uom_qty = quantity
                line.price_unit = price / 100
        order = self.env["sale.order"].browse(form.save().id)
        self.env.cr.flush()
        order.action_confirm()
        order.date_order = f"{day} 12:00:00"
        self.env.cr.flush()
        with Form(order) as form, form.order_line.edit(0) as line:
            line.qty_delivered = quantity
        self.env.cr.flush()
        wizard = self.env["sale.advance.payment.inv"].with_context(active_model="sale.order", active_ids=order.ids)
        wizard.create({"advance_payment_method": "delivered"}).create_invoices()
        invoice = order.invoice_ids
        self.env.cr.flush()
        with Form(invoice) as form:
            form.invoice_date = day
        self.env.cr.flush()
        invoice.action_post()
        self.env.cr.flush()
        if credited:
            self.credit_by_hand(invoice, day.replace(day=20) if credited < quantity else settled.item(), credited)
        if outcome in (Outcome.PAID, Outcome.PARTLY_CREDITED):
            context = invoice.action_register_payment()["context"]
            with Form(self.env["account.payment.register"].with_context(**context)) as form:
                form.payment_date = settled.item()
            form.record.action_create_payments()
            self.env.cr.flush()
        return order

    def credit_by_hand(self, invoice, day, pieces):
        wizard = self.env["account.move.reversal"].with_context(active_model="account.move", active_ids=invoice.ids)
        with Form(wizard) as form:
            form.date = day
        credit_note = self.env["account.move"].browse(form.record.reverse_moves()["res_id"])
        self.env.cr.flush()
        if pieces != credit_note.invoice_line_ids.quantity:
            with Form(credit_note) as form, form.invoice_line_ids.edit(0) as line:
                line.quantity = pieces
            self.env.cr.flush()
        credit_note.action_post()
        self.env.cr.flush()

    def test_paid_late(self):
        order = self.assertSameAsByHand(0, 4, Outcome.PAID, DEARER)
        invoice = order.invoice_ids
        self.assertEqual(invoice.invoice_date_due, date(2021, 4, 16))
        self.assertEqual(invoice.matched_payment_ids.date, date(2021, 5, 20))
        self.assertEqual(invoice.payment_state, "paid")

    def test_not_paid(self):
        order = self.assertSameAsByHand(0, 4, Outcome.OPEN, DEARER)
        self.assertEqual(order.invoice_ids.payment_state, "not_paid")
        self.assertEqual(order.partner_id.commercial_partner_id.credit, 2 * 41.13)

    def test_credited_as_a_whole(self):
        order = self.assertSameAsByHand(0, 4, Outcome.CREDITED, CHEAPER, credited=3)
        self.assertEqual(sorted(order.invoice_ids.mapped("amount_untaxed_signed")), [-41.13, 41.13])

    def test_partly_credited_and_the_rest_paid(self):
        order = self.assertSameAsByHand(0, 4, Outcome.PARTLY_CREDITED, CHEAPER, credited=2)
        self.assertEqual(order.invoice_ids.matched_payment_ids.amount, 13.71)
        self.assertEqual(order.order_line.qty_invoiced, 1)

    def test_a_person_on_their_own_account(self):
        self.load(sales_of((8, Outcome.PAID, CHEAPER, 2, 1005, 0)))
        partner = self.customer(8)
        self.assertEqual(partner.commercial_partner_id, partner)
        self.assertEqual(partner.customer_rank, 2)
        self.assertEqual(partner.total_invoiced, 20.1)

    def test_paid_abroad_at_the_rate_of_the_invoice(self):
        order = self.assertSameAsByHand(2, 6, Outcome.PAID, SAME_MONTH)
        self.assertEqual(order.invoice_ids.amount_untaxed_signed, 50.62)

    def test_paid_abroad_when_the_currency_had_fallen(self):
        order = self.assertSameAsByHand(2, 6, Outcome.PAID, CHEAPER)
        self.assertEqual(order.invoice_ids.matched_payment_ids.amount_company_currency_signed, 48.39)

    def test_paid_abroad_when_the_currency_had_risen(self):
        order = self.assertSameAsByHand(2, 6, Outcome.PAID, DEARER)
        self.assertEqual(order.invoice_ids.matched_payment_ids.amount_company_currency_signed, 53.07)

    def test_not_paid_abroad(self):
        order = self.assertSameAsByHand(2, 6, Outcome.OPEN, DEARER)
        self.assertEqual(order.invoice_ids.amount_residual, 41.13)

    def test_credited_abroad(self):
        for settled in (SAME_MONTH, CHEAPER, DEARER):
            with self.subTest(settled=settled), self.env.cr.savepoint() as savepoint:
                self.assertSameAsByHand(2, 6, Outcome.CREDITED, settled, credited=3)
                savepoint.rollback()
                self.env.invalidate_all()
                self.env["account.move"]._get_sequence_cache().clear()


@tagged("post_install", "-at_install")
class TestLoading(OnAccountCase):
    """All sales are there once, in whatever chunks and however often it is called."""

    sales = sales_of(
        (0, Outcome.PAID, CHEAPER, 3, 1371, 0),
        (1, Outcome.CREDITED, CHEAPER, 2, 999, 2),
        (2, Outcome.PAID, DEARER, 3, 1371, 0),
        (9, Outcome.PAID, CHEAPER, 1, 5077, 0),
        (8, Outcome.PARTLY_CREDITED, CHEAPER, 5, 1005, 4),
        (6, Outcome.OPEN, CHEAPER, 1, 311, 0),
    )

    def test_loaded_once(self):
        for _time in range(2):
            self.load(self.sales, chunk=4)
            self.assertEqual(
                self.orders().mapped("amount_untaxed"), [41.13, 19.98, 41.13, 50.77, 50.25, 3.11]
            )

    def test_goes_on_where_it_was_killed(self):
        self.load(self.sales[:4])
        self.load(self.sales)
        self.assertEqual(len(self.orders()), 6)

    def test_contacts_belong_to_companies(self):
        self.load(self.sales)
        self.assertEqual(self.customer(0).commercial_partner_id, self.customer(1).commercial_partner_id)
        self.assertTrue(self.customer(0).parent_id.is_company)
        self.assertFalse(self.customer(8).parent_id)

    def test_odoo_would_compute_the_same(self):
        self.load(self.sales)
        invoices = self.orders().invoice_ids
        reconciled = invoices.line_ids.matched_debit_ids | invoices.line_ids.matched_credit_ids
        moves = invoices | invoices.matched_payment_ids.move_id | reconciled.exchange_move_id
        documents = [self.orders(), self.orders().order_line, moves, moves.line_ids, invoices.matched_payment_ids]
        for records in documents:
            self.env.flush_all()
            recorder = Recorder(self.env)
            table, ids = records._table, tuple(records.ids)
            before = recorder.rows_of(table, SQL("id IN %s", ids))
            for field in records._fields.values():
                # Odoo's Community edition fills the outstanding account on creation, past its own compute.
                if field.store and field.compute and field.readonly and field.name != "outstanding_account_id":
                    self.env.add_to_compute(field, records)
            self.env.flush_all()
            for old, new in zip(before, recorder.rows_of(table, SQL("id IN %s", ids)), strict=True):
                changed = {name: (old[name], new[name]) for name in old if not same(old[name], new[name])}
                self.assertFalse(changed.keys() - {"write_date", "write_uid"}, f"{table}: {changed}")

    def test_the_books_balance(self):
        self.load(self.sales)
        lines = self.env["account.move.line"].search([
            ("partner_id", "child_of", self.orders().partner_id.commercial_partner_id.ids),
            ("account_type", "=", "asset_receivable"),
        ])
        self.assertEqual(sum(lines.mapped("amount_residual")), 3.83)  # 3.11 abroad is not paid
        self.assertEqual(len(lines.filtered(lambda line: not line.reconciled)), 1)
        moves = lines.move_id
        with moves._check_balanced({"records": moves}):
            pass
