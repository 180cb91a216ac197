"""Equal customers counted once."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from numpy.testing import assert_allclose, assert_array_equal
from scipy.special import expit

from odoo.addons.crm_plus_analytics.valuation.special import collapse, levels, logistic
from odoo.tests import BaseCase

from .valuation_simulation import FEW_EXAMPLES


class TestCollapse(BaseCase):
    def test_equal_rows_are_merged_and_sorted(self):
        rows, weights, which = collapse(
            np.array([2.0, 1, 2, 2]), np.array([0.5, 9, 0.5, 0.1]), weights=np.array([1.0, 2, 4, 8])
        )
        assert_array_equal(rows, [[1, 2, 2], [9, 0.1, 0.5]])
        assert_array_equal(weights, [2, 8, 5])
        assert_array_equal(which, [2, 0, 2, 1])

    def test_nothing(self):
        rows, weights, which = collapse(np.empty(0), np.empty(0), weights=np.empty(0))
        self.assertEqual([len(rows[0]), len(rows[1]), len(weights), len(which)], [0] * 4)

    @FEW_EXAMPLES
    @given(st.lists(st.tuples(*[st.floats(-5, 5, width=16)] * 3), max_size=30))
    def test_rows_and_total_weight_are_kept(self, rows):
        columns = np.array(rows, dtype=float).reshape(-1, 3).T
        distinct, weights, which = collapse(*columns, weights=np.ones(len(rows)))
        assert_array_equal([column[which] for column in distinct], columns)
        self.assertEqual(len(weights), len(set(rows)))
        self.assertEqual(weights.sum(), len(rows))

    def test_many_distinct_values_in_many_columns(self):
        rng = np.random.default_rng(1)
        columns = rng.random((8, 400))
        columns = np.concatenate([columns, columns[:, :50]], axis=1)
        distinct, weights, which = collapse(*columns, weights=np.ones(450))
        self.assertEqual(len(weights), 400)
        assert_array_equal([column[which] for column in distinct], columns)
        assert_array_equal(distinct[0], np.unique(columns[0]))

    def test_without_weights_each_row_counts_once(self):
        _, weights, _ = collapse(np.array([3.0, 1, 3]))
        assert_array_equal(weights, [1, 2])

    def test_more_combinations_than_rows(self):
        # Dates and counts of many customers: sorted by their digits, not counted.
        rng = np.random.default_rng(2)
        columns = rng.integers(0, 200, 3000), rng.integers(0, 1000, 3000) / 7, rng.integers(0, 900, 3000) / 7
        distinct, weights, which = collapse(*columns)
        assert_array_equal(np.array(distinct), np.unique(np.array(columns), axis=1))
        assert_array_equal([column[which] for column in distinct], columns)
        self.assertEqual(weights.sum(), 3000)


class TestLevels(BaseCase):
    def assert_levels(self, values):
        found, expected = levels(values), np.unique(values, return_inverse=True)
        for one, other in zip(found, expected, strict=True):
            assert_array_equal(one, other)

    def test_days_in_any_unit_and_counts(self):
        days = np.random.default_rng(3).integers(0, 1095, 20_000)
        for values in (days, days / 7, days / 30.4375, days * 1e9 - 5e11, -days / 365.25):
            self.assert_levels(values)

    def test_values_that_lie_on_no_grid(self):
        rng = np.random.default_rng(4)
        values = np.floor(rng.uniform(0, 900, 20_000))
        # One that the sample does not see lies between the others, or far from them.
        for stray in (400.5, 1e12, -0.001):
            values[1] = stray
            self.assert_levels(values)
        self.assert_levels(rng.uniform(0, 900, 5000))
        with np.errstate(all="raise"):
            self.assert_levels(np.array([0, 1e12, 2e-313, 5]))

    def test_nothing_and_one_value(self):
        self.assert_levels(np.empty(0))
        self.assert_levels(np.full(9000, 2.5))

    @FEW_EXAMPLES
    @given(st.lists(st.floats(-1e6, 1e6), max_size=40))
    def test_any_values(self, values):
        self.assert_levels(np.array(values, dtype=float))


class TestLogistic(BaseCase):
    def test_for_any_log_odds(self):
        log_odds = np.array([-np.inf, -800, -37, -1e-9, 0, 1e-9, 2, 37, 800, np.inf])
        probability, log_either = logistic(log_odds)
        assert_allclose(probability, expit(log_odds), rtol=1e-14)
        assert_allclose(log_either, np.logaddexp(0, log_odds), rtol=1e-14)
