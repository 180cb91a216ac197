from datetime import date
from decimal import Decimal
from functools import partial

import numpy as np

from odoo.tests import TransactionCase, tagged
from odoo.tools import SQL

from .. import binary_copy


@tagged('post_install', '-at_install')
class TestBinaryCopy(TransactionCase):
    """What goes in as an array is what PostgreSQL has afterwards."""

    def read_back(self, column_type, values, encode):
        self.env.cr.execute(SQL(
            "CREATE TEMP TABLE copied (place serial, value %s)", SQL(column_type)))
        self.env.cr.copy_expert(
            "COPY copied (value) FROM STDIN WITH (FORMAT binary)",
            binary_copy.stream([(values, encode)]))
        rows = self.env.execute_query(SQL("SELECT value FROM copied ORDER BY place"))
        self.env.cr.execute(SQL("DROP TABLE copied"))
        return [value for value, in rows]

    def test_numbers(self):
        integers = np.array([0, 1, -1, 2**31 - 1, np.nan])
        self.assertEqual(
            self.read_back('int4', integers, binary_copy.integers), [0, 1, -1, 2**31 - 1, None])
        self.assertEqual(
            self.read_back('int4', np.array([7, 0]), binary_copy.references), [7, None])
        self.assertEqual(
            self.read_back('float8', np.array([0.1, -1e300, np.nan]), binary_copy.floats),
            [0.1, -1e300, None])

    def test_amounts(self):
        amounts = np.array([
            0, 0.01, -0.01, 0.1, 9999.99, 10000, -12345678.9, 100000000.05, np.nan, -0.001])
        for decimals in (0, 1, 2, 3, 4, 6):
            found = self.read_back(
                'numeric', amounts, partial(binary_copy.numerics, decimals=decimals))
            self.assertEqual(
                [None if value is None else float(value) for value in found],
                [None if np.isnan(amount) else round(amount, decimals)
                 for amount in amounts.tolist()],
                f"{decimals} decimals")

    def test_amounts_are_exact(self):
        """Each is the decimal number itself, whatever the digits before and behind the point."""
        cents = np.random.default_rng(5).integers(-10**15, 10**15, 500) // 10 ** (
            np.arange(500) % 15)
        found = self.read_back(
            'numeric', cents / 100, partial(binary_copy.numerics, decimals=2))
        self.assertEqual([Decimal(str(value)) for value in found],
                         [Decimal(number) / 100 for number in cents.tolist()])

    def test_days_words_and_truth(self):
        days = np.array([date(1998, 6, 30).toordinal(), date(2026, 1, 1).toordinal(), 0])
        self.assertEqual(
            self.read_back('date', days, binary_copy.dates),
            [date(1998, 6, 30), date(2026, 1, 1), None])
        for words in (np.array(['A', '', 'at_risk']), np.array([b'A', b'', b'at_risk'])):
            self.assertEqual(
                self.read_back('varchar', words, binary_copy.texts), ['A', None, 'at_risk'])
        self.assertEqual(
            self.read_back('bool', np.array([True, False]), binary_copy.booleans), [True, False])
        self.assertEqual(
            self.read_back('jsonb', np.array([b'{"a": [1.5, 2]}', b'']), binary_copy.jsons),
            [{'a': [1.5, 2]}, None])

    def test_more_rows_than_a_batch(self):
        many = np.arange(2 * binary_copy.BATCH + 1)
        self.assertEqual(
            self.read_back('int4', many, binary_copy.integers), many.tolist())
        self.assertEqual(self.read_back('int4', many[:0], binary_copy.integers), [])

    def test_what_does_not_fit_is_refused(self):
        with self.assertRaises(OverflowError):
            binary_copy.integers(np.array([2**31]))
        with self.assertRaises(OverflowError):
            binary_copy.numerics(np.array([1e18]), 2)
        with self.assertRaisesRegex(ValueError, "ASCII"):
            binary_copy.texts(np.array(["é"]))
