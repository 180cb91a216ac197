"""The history loader restarts, follows the database's settings, and says what is wrong with its input."""

from datetime import date
from decimal import Decimal
from pathlib import Path
from tempfile import TemporaryDirectory
from unittest import TestCase
from unittest.mock import patch

from odoo.tests import tagged
from odoo.tools import mute_logger

from purchases import HistoryError, Purchase, cdnow
from purchases import loader as loader_module
from purchases.facts import Numbered
from purchases.numbering import JournalNumbers

from .load_history_common import DAY, FREE, ONE, TAG, THREE, HistoryCase


class Interrupted(Exception):
    """The loader is killed."""


@tagged("post_install", "-at_install")
class TestRestart(HistoryCase):
    """Killed at any instant and run again, the loader doubles nothing and leaves nothing out."""

    purchases = [
        Purchase(f"{number % 5:04}", date(1997, 1 + number, 2), 1 + number, Decimal(number) * 5) for number in range(10)
    ]

    def test_killed_between_chunks(self):
        for commits in range(1, 5):
            with self.subTest(commits=commits):
                tag = f"Restart {commits}"
                self.load_and_be_killed(tag, commits)
                self.load(self.purchases, tag=tag, chunk=3)
                self.assertComplete(tag)

    def test_killed_within_a_chunk(self):
        with patch.object(loader_module._History, "_raise_ranks", side_effect=Interrupted):
            self.load_and_be_killed("Restart", 99)
        self.assertFalse(self.loaded_invoices("Restart"))
        self.load(self.purchases, tag="Restart", chunk=3)
        self.assertComplete("Restart")

    def load_and_be_killed(self, tag, commits):
        """Load until the commit of that number; what was not committed by then is rolled back."""
        savepoints = [self.env.cr.savepoint()]

        def commit():
            savepoints.pop().close(rollback=False)
            savepoints.append(self.env.cr.savepoint())
            nonlocal commits
            commits -= 1
            if not commits:
                raise Interrupted

        # Not assertRaises, which would roll back what was committed.
        try:
            self.load(self.purchases, tag=tag, chunk=3, commit=commit)
        except Interrupted:
            savepoints.pop().close(rollback=True)
        else:
            self.fail("The loader was to be killed")

    def loaded_invoices(self, tag):
        return self.env["account.move"].search(
            [("partner_id.category_id.name", "=", tag), ("move_type", "=", "out_invoice")]
        )

    def assertComplete(self, tag):
        invoices = self.loaded_invoices(tag)
        self.assertEqual(
            sorted(zip(invoices.mapped("invoice_date"), invoices.mapped("amount_total"), strict=True)),
            [(purchase.date, float(purchase.amount)) for purchase in self.purchases],
        )
        self.assertEqual(len(invoices.partner_id), 5)

    def test_rows_added_to_the_file_are_added(self):
        self.load(self.purchases[2:4])
        self.assertEqual(self.load(self.purchases), (3, 8, 2))

    def test_two_purchases_of_one_day_are_two(self):
        self.assertEqual(self.load([ONE, ONE]), (1, 2, 0))
        self.assertEqual(self.load([ONE, ONE]), (0, 0, 2))
        self.assertNotEqual(self.order(ONE), self.order(ONE, place=2))

    def test_only_one_loader_at_a_time(self):
        with self.registry.cursor() as other:
            other.execute("SELECT pg_advisory_xact_lock(hashtext(%s))", [loader_module.LOCK])
            with self.assertRaisesRegex(HistoryError, "Another loader is at work"):
                self.load([ONE])

    def test_progress_ends_at_the_total(self):
        shown = []
        self.load([ONE, THREE, FREE], chunk=2, progress=lambda *state: shown.append(state))
        step = "Orders, invoices, payments"
        self.assertEqual([state for state in shown if state[2] == step], [(0, 3, step), (2, 3, step), (3, 3, step)])


@tagged("post_install", "-at_install")
class TestOtherSettings(HistoryCase):
    """The loader follows the settings of the database, or says what is in its way."""

    def test_a_second_company(self):
        company = self.env["res.company"].create({"name": "Second Shop"})
        with self.assertRaisesRegex(HistoryError, "Second Shop has no sales journal: choose a chart"):
            self.load([ONE], company="Second Shop")
        self.env["account.chart.template"].try_loading("generic_coa", company=company, install_demo=False)
        self.load([ONE])
        self.load([ONE, THREE], company="Second Shop")
        invoices = self.env["account.move"].search([("company_id", "=", company.id)])
        self.assertEqual(invoices.line_ids.account_id.company_ids, company)
        self.assertEqual(self.customer(ONE).customer_rank, 4)

    def test_order_numbers_by_year_without_gaps(self):
        sequence = self.env["ir.sequence"].search([("code", "=", "sale.order")], limit=1)
        sequence.write({"use_date_range": True, "implementation": "no_gap", "prefix": "O/%(range_year)s/", "padding": 4})
        self.load([ONE, THREE, ONE._replace(date=date(1992, 1, 5))])
        names = [self.order(p).name for p in (ONE, THREE, ONE._replace(date=date(1992, 1, 5)))]
        self.assertEqual(names, ["O/1991/0001", "O/1991/0002", "O/1992/0001"])
        self.assertEqual(sequence.next_by_id(sequence_date=DAY), "O/1991/0003")

    def test_invoice_numbers_by_month(self):
        self.load([ONE])
        self.order(ONE).invoice_ids.name = "SHOP/1991/03/041"
        later = ONE._replace(date=date(1991, 4, 1))
        self.load([THREE, later])
        self.assertEqual(self.order(THREE).invoice_ids.name, "SHOP/1991/03/042")
        self.assertEqual(self.order(later).invoice_ids.name, "SHOP/1991/04/001")
        self.assertEqual(self.order(later).invoice_ids.sequence_prefix, "SHOP/1991/04/")

    def test_more_invoices_in_a_year_than_there_are_digits(self):
        self.load([ONE])
        invoice = self.order(ONE).invoice_ids
        invoice.name = "INV/1991/99998"
        self.env.flush_all()
        entry = Numbered("", invoice.journal_id.id, "out_invoice", False, "day")
        numbers = JournalNumbers(self.env)
        drawn = [numbers.draw(entry, DAY) for _number in range(3)]
        self.assertEqual([name for name, *_rest in drawn], [f"INV/1991/{n}" for n in (99999, 100000, 100001)])
        # A month that is asked for when six digits are there already goes on with what was drawn.
        invoice.name = drawn[1][0]
        self.env.flush_all()
        self.assertEqual(numbers.draw(entry, date(1991, 4, 1)), ("INV/1991/100002", "INV/1991/", 100002))

    def test_unknown_company(self):
        with self.assertRaisesRegex(HistoryError, 'no company "Nobody"; name one of: '):
            self.load([ONE], company="Nobody")

    def test_closed_books(self):
        self.env.ref("base.main_company").fiscalyear_lock_date = date(1997, 12, 31)
        with self.assertRaisesRegex(HistoryError, "are closed by .* open them"):
            self.load([ONE])

    def test_no_bank_journal(self):
        journals = self.env["account.journal"].search([("type", "=", "bank")])
        journals.active = False
        with self.assertRaisesRegex(HistoryError, "has no bank journal"):
            self.load([ONE])

    def test_what_cannot_be_copied_is_refused(self):
        sales = self.env["account.journal"].search([("type", "=", "sale")], limit=1)
        sales.restrict_mode_hash_table = True
        with self.assertRaisesRegex(HistoryError, "inalterable_hash"):
            self.load([ONE])
        self.assertFalse(self.env["res.partner"].search([("category_id.name", "=", TAG)]))

    def test_the_products_own_taxes_are_left_out(self):
        self.load([ONE])
        tax = self.env["account.tax"].search([("type_tax_use", "=", "sale")], limit=1)
        self.env.ref("__import__.test_history_product").taxes_id = tax
        self.load([THREE])
        self.assertEqual(self.order(THREE).invoice_ids.amount_total, 14)

    def test_an_app_that_makes_other_totals_is_refused(self):
        def prepare(line, **values):
            return {**prepare.super(line, **values), "price_unit": 99}

        model = type(self.env["sale.order.line"])
        prepare.super = model._prepare_invoice_line
        with (
            patch.object(model, "_prepare_invoice_line", prepare),
            self.assertRaisesRegex(HistoryError, "an invoice of 99.0 out of a purchase of 13.71"),
        ):
            self.load([ONE])

    def test_returns_are_refused(self):
        with self.assertRaisesRegex(HistoryError, "returns are not purchases"):
            self.load([ONE._replace(amount=Decimal("-1.00"))])

    def test_amounts_that_the_currency_cannot_pay(self):
        with self.assertRaisesRegex(HistoryError, "cannot be paid in"):
            self.load([ONE._replace(amount=Decimal("1.005"))])

    @mute_logger("odoo.sql_db")
    def test_a_collision_says_to_load_again(self):
        self.load([ONE])
        with (
            patch.object(loader_module._History, "_known", return_value={}),
            self.assertRaisesRegex(HistoryError, "load again to continue"),
            self.env.cr.savepoint(),
        ):
            self.load([ONE])


class TestFile(TestCase):
    """A row that is no purchase is named by its line, with the remedy."""

    def history(self, text):
        with TemporaryDirectory() as folder:
            path = Path(folder) / "history.txt"
            path.write_bytes(text if isinstance(text, bytes) else text.encode())
            return cdnow.read(path)

    def test_rows(self):
        self.assertEqual(
            self.history(" 00004 0001 19970118  2   29.73\r\n 00004 0001 19970101  1  0.5\n\n"),
            [
                Purchase("0001", date(1997, 1, 1), 1, Decimal("0.50")),
                Purchase("0001", date(1997, 1, 18), 2, Decimal("29.73")),
            ],
        )

    def test_unit_price_has_no_more_digits_than_needed(self):
        for quantity, amount, price in ((1, "29.33", "29.33"), (2, "29.33", "14.665"), (3, "14.00", "4.667")):
            purchase = Purchase("1", DAY, quantity, Decimal(amount))
            self.assertEqual(purchase.unit_price, Decimal(price))

    def test_malformed_rows(self):
        good = "00004 0001 19970101 2 29.33\n"
        for row, words in (
            ("00004 0001 19970101 2", "Line 2 of history.txt: it has 4 columns instead of 5"),
            ("00004 abc 19970101 2 29.33", 'the customer "abc" is not a number'),
            ("00004 0001 19970231 2 29.33", 'the day "19970231" is not a date'),
            ("00004 0001 1997-1-1 2 29.33", 'the day "1997-1-1" is not a date'),
            ("00004 0001 29990101 2 29.33", "in the future"),
            ("00004 0001 19970101 0 29.33", 'the number of CDs "0"'),
            ("00004 0001 19970101 1.5 29.33", 'the number of CDs "1.5"'),
            ("00004 0001 19970101 2 -29.33", 'the amount "-29.33"'),
            ("00004 0001 19970101 2 29.333", 'the amount "29.333"'),
            ("00004 0001 19970101 2 nan", 'the amount "nan"'),
        ):
            with self.subTest(row=row), self.assertRaises(HistoryError) as raised:
                self.history(good + row)
            self.assertIn(words, str(raised.exception))
            self.assertIn("Correct the line, or take CDNOW_sample.txt anew", str(raised.exception))

    def test_files_that_hold_no_history(self):
        for text, words in (("", "holds no purchases"), (b"PK\x03\x04\xff\xfe", "is not a text file")):
            with self.assertRaisesRegex(HistoryError, words):
                self.history(text)
        with self.assertRaisesRegex(HistoryError, "cannot be read .* --file"):
            cdnow.read("/nowhere/history.txt")
