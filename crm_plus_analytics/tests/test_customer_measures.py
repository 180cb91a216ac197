from dataclasses import fields
from datetime import date

import numpy as np
from psycopg2.errors import ReadOnlySqlTransaction

from odoo import Command
from odoo.tests import tagged
from odoo.tools import SQL, mute_logger

from .common import CustomerValueCommon


@tagged('post_install', '-at_install')
class TestCustomerMeasures(CustomerValueCommon):
    """Each figure below is worked out by hand from the documents above it."""

    def test_purchases_and_dates(self):
        self.buy(self.anna, '2026-01-10', 100)
        self.buy(self.anna, '2026-02-10', 60)
        self.buy(self.anna, '2026-04-20', 20)
        self.assertEqual(self.measure(), {self.anna: {
            'purchases': 3, 'first': date(2026, 1, 10), 'last': date(2026, 4, 20),
            'revenue': 180.0, 'repeat': 40.0,
        }})

    def test_taxes_are_not_revenue(self):
        move = self.buy(self.anna, '2026-01-10', 100, post=False)
        move.invoice_line_ids.tax_ids = [Command.set(self.tax_sale_a.ids)]
        move.action_post()
        self.assertGreater(move.amount_total, 100)
        self.assertEqual(self.measure()[self.anna]['revenue'], 100.0)

    def test_invoices_of_one_day_are_one_purchase(self):
        self.buy(self.anna, '2026-01-10', 100)
        self.buy(self.anna, '2026-01-10', 50)
        self.buy(self.anna, '2026-02-10', 30)
        self.buy(self.anna, '2026-02-10', 10)
        measured = self.measure()[self.anna]
        self.assertEqual((measured['purchases'], measured['revenue']), (2, 190.0))
        self.assertEqual(measured['repeat'], 40.0, "the second day's 30 + 10, one purchase")

    def test_credit_note_reduces_the_purchase_that_it_reverses(self):
        first = self.buy(self.anna, '2026-01-10', 100)
        self.buy(self.anna, '2026-02-10', 60)
        self.buy(self.anna, '2026-03-01', 30, 'out_refund', reverses=first)
        self.assertEqual(self.measure()[self.anna], {
            'purchases': 2, 'first': date(2026, 1, 10), 'last': date(2026, 2, 10),
            'revenue': 130.0, 'repeat': 60.0,
        })

    def test_credit_note_of_nothing_reduces_the_money_of_its_own_day(self):
        self.buy(self.anna, '2026-01-10', 100)
        self.buy(self.anna, '2026-02-10', 60)
        self.buy(self.anna, '2026-03-01', 30, 'out_refund')
        self.assertEqual(self.measure()[self.anna], {
            'purchases': 2, 'first': date(2026, 1, 10), 'last': date(2026, 2, 10),
            'revenue': 130.0, 'repeat': 30.0,
        })

    def test_who_has_credit_notes_only_is_left_out_and_counted(self):
        self.buy(self.anna, '2026-01-10', 100)
        self.buy(self.bert, '2026-01-10', 30, 'out_refund')
        measures = self.env['customer.measures']._measure(self.company, date(2026, 6, 30))
        self.assertEqual(measures.partner_id.tolist(), self.anna.ids)
        self.assertEqual(
            (measures.invoices, measures.credit_notes, measures.without_purchase), (1, 1, 1))

    def test_receipt_is_a_purchase(self):
        self.buy(self.anna, '2026-01-10', 100)
        self.buy(self.anna, '2026-01-20', 40, 'out_receipt')
        measured = self.measure()[self.anna]
        self.assertEqual((measured['purchases'], measured['revenue']), (2, 140.0))

    def test_draft_cancelled_and_vendor_documents_do_not_count(self):
        self.buy(self.anna, '2026-01-10', 100)
        self.buy(self.anna, '2026-01-11', 100, post=False)
        cancelled = self.buy(self.anna, '2026-01-12', 100)
        cancelled.button_draft()
        cancelled.button_cancel()
        self.buy(self.anna, '2026-01-13', 100, 'in_invoice')
        measured = self.measure()[self.anna]
        self.assertEqual((measured['purchases'], measured['revenue']), (1, 100.0))

    def test_as_of_leaves_out_what_came_later(self):
        first = self.buy(self.anna, '2026-01-10', 100)
        self.buy(self.anna, '2026-02-10', 60)
        self.buy(self.anna, '2026-03-01', 30, 'out_refund', reverses=first)
        self.buy(self.bert, '2027-01-01', 500)
        self.assertEqual(self.measure('2026-02-09'), {self.anna: {
            'purchases': 1, 'first': date(2026, 1, 10), 'last': date(2026, 1, 10),
            'revenue': 100.0, 'repeat': 0.0,
        }})
        self.assertEqual(self.measure('2026-02-10')[self.anna]['purchases'], 2)
        self.assertNotIn(self.bert, self.measure('2026-12-31'))
        self.assertIn(self.bert, self.measure('2027-01-01'))

    def test_foreign_currency_at_the_rate_of_the_document(self):
        gold = self.setup_other_currency('EUR', rates=[('2025-01-01', 2.0), ('2026-02-01', 4.0)])
        self.buy(self.anna, '2026-01-10', 100, currency=gold)
        self.buy(self.anna, '2026-02-10', 100, currency=gold)
        measured = self.measure()[self.anna]
        self.assertEqual(measured['revenue'], 75.0, "100 / 2 + 100 / 4")
        self.assertEqual(measured['repeat'], 25.0)

    def test_contacts_below_a_company_are_one_customer(self):
        shop = self.env['res.partner'].create({'name': "Shop", 'is_company': True})
        buyer, boss = self.env['res.partner'].create([
            {'name': "Buyer", 'parent_id': shop.id}, {'name': "Boss", 'parent_id': shop.id},
        ])
        self.buy(shop, '2026-01-10', 100)
        self.buy(buyer, '2026-01-10', 50)
        self.buy(boss, '2026-02-10', 30)
        self.assertEqual(self.measure(), {shop: {
            'purchases': 2, 'first': date(2026, 1, 10), 'last': date(2026, 2, 10),
            'revenue': 180.0, 'repeat': 30.0,
        }})

    def test_contact_that_joins_a_company_later_takes_its_history_along(self):
        shop = self.env['res.partner'].create({'name': "Shop", 'is_company': True})
        self.buy(shop, '2026-01-10', 100)
        self.buy(self.anna, '2026-02-10', 30)
        self.anna.parent_id = shop
        self.assertEqual(self.measure()[shop]['purchases'], 2)
        self.assertNotIn(self.anna, self.measure())

    def test_merged_contacts_are_one_customer(self):
        self.buy(self.anna, '2026-01-10', 100)
        self.buy(self.bert, '2026-02-10', 30)
        self.score()
        self.assertEqual(len(self.score_of(self.anna) | self.score_of(self.bert)), 2)
        # sudo: merging contacts of different companies is for administrators
        self.env['base.partner.merge.automatic.wizard'].sudo()._merge(
            (self.anna | self.bert).ids, self.anna)
        self.assertEqual(self.measure()[self.anna]['purchases'], 2)
        self.assertEqual(len(self.score_of(self.anna)), 1)
        self.score()
        self.assertEqual(self.score_of(self.anna).purchases, 2)

    def test_companies_do_not_mix_and_own_companies_are_no_customers(self):
        other = self.setup_other_company()['company']
        self.buy(self.anna, '2026-01-10', 100)
        self.buy(self.anna, '2026-02-10', 700, company=other)
        self.buy(other.partner_id, '2026-01-10', 900)
        self.buy(self.company.partner_id, '2026-01-10', 900, company=other)
        self.assertEqual(
            {partner: row['revenue'] for partner, row in self.measure().items()},
            {self.anna: 100.0})
        self.assertEqual(
            {partner: row['revenue'] for partner, row in self.measure(company=other).items()},
            {self.anna: 700.0})

    def test_as_many_statements_for_any_number_of_customers(self):
        scope = self.company.sudo()._customer_value_scope(date(2026, 6, 30))

        def statements():
            self.env.flush_all()
            before = self.cr.sql_log_count
            self.env['customer.measures'].sudo()._measure(self.company, scope.as_of, scope)
            return self.cr.sql_log_count - before

        self.buy(self.anna, '2026-01-10', 10)
        # warm: what is read once in a process
        statements()
        few = statements()
        # the settings before and after, the documents of another day's purchase, the start of
        # the history, purchases, lines, payments, sources, dealings
        self.assertEqual(few, 10)
        for number in range(10):
            partner = self.env['res.partner'].create({'name': f"Customer {number}"})
            for day in ('2026-01-10', '2026-02-10', '2026-03-10'):
                self.buy(partner, day, 10)
        self.assertEqual(statements(), few)
        self.assertEqual(len(self.measure()), 11)

    def test_measures_are_read_in_a_read_only_transaction(self):
        first = self.buy(self.anna, '2026-01-10', 100)
        self.buy(self.anna, '2026-02-10', 60)
        self.buy(self.anna, '2026-03-01', 30, 'out_refund', reverses=first)
        self.buy(self.bert, '2026-03-01', 20)
        measure = self.env['customer.measures'].sudo()._measure
        expected = measure(self.company, date(2026, 6, 30))
        self.cr.flush()
        with self.cr.savepoint(flush=False) as savepoint:
            self.cr.execute("SET TRANSACTION READ ONLY")
            with self.assertRaises(ReadOnlySqlTransaction), mute_logger('odoo.sql_db'):
                self.cr.execute("UPDATE res_partner SET name = name WHERE FALSE")
            found = measure(self.company, date(2026, 6, 30))
            savepoint.rollback()
        self.assertEqual(len(found), 2)
        for field in fields(found):
            np.testing.assert_array_equal(
                getattr(found, field.name), getattr(expected, field.name), field.name)

    def test_the_planner_is_left_as_it_was(self):
        def settings():
            self.cr.execute(
                "SELECT current_setting('work_mem'), current_setting('parallel_tuple_cost'),"
                " current_setting('enable_nestloop')")
            return self.cr.fetchone()

        self.cr.execute("SET LOCAL work_mem = '4MB'")
        self.buy(self.anna, '2026-01-10', 100)
        before = settings()
        with self.env['customer.measures']._planned():
            self.assertEqual(settings()[:2], ('64MB', '0.01'))
        self.assertEqual(settings(), before)
        self.cr.execute("SET LOCAL work_mem = '1GB'")
        with self.env['customer.measures']._planned():
            self.assertEqual(settings()[0], '1GB', "what is set higher stays")
        self.measure()
        self.assertEqual(settings()[0], '1GB')

    def test_columns_keep_their_rows_together_and_tell_what_is_unknown(self):
        found = self.env['customer.measures']._fetch(
            SQL("SELECT * FROM (VALUES (7, 1.5), (-3, NULL), (5, -0.25)) AS row (id, value)"),
            {'id': np.int64, 'value': np.float64})
        np.testing.assert_array_equal(found['id'], [-3, 5, 7])
        np.testing.assert_array_equal(found['value'], [np.nan, -0.25, 1.5])
        nothing = self.env['customer.measures']._fetch(
            SQL("SELECT 1 AS id WHERE FALSE"), {'id': np.int64})
        self.assertEqual(len(nothing['id']), 0)
