"""Equal customers counted once."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from numpy.testing import assert_array_equal

from odoo.addons.crm_plus_analytics.valuation.special import collapse
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
