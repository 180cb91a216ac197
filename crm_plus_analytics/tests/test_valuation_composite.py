"""The composite score: points by hand, ties, what is not known, bands."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from numpy.testing import assert_allclose, assert_array_equal

from odoo.addons.crm_plus_analytics.valuation import composite
from odoo.tests import BaseCase

from .valuation_simulation import FEW_EXAMPLES

UNKNOWN = float("nan")
FIGURES = {"value": [10, 40, 20], "conduct": [30, 0, UNKNOWN]}
WEIGHTS = {"value": 3, "conduct": 1}


class TestCompositeScore(BaseCase):
    def test_points_by_hand(self):
        found = composite.score(FIGURES, WEIGHTS, lower_is_better=["conduct"])
        self.assertEqual(found.components, ("value", "conduct"))
        assert_allclose(found.share, [[0.75, 0.25], [0.75, 0.25], [1, 0]])
        assert_allclose(found.points, [[0, 0], [75, 25], [50, 0]])
        assert_allclose(found.total, [0, 100, 50])
        assert_allclose(found.points_to_gain, [[75, 25], [0, 0], [50, 0]])
        assert_allclose(found.median, [20, 15])

    def test_components_that_are_not_known_are_told(self):
        found = composite.score(FIGURES, WEIGHTS)
        assert_array_equal(found.known, [[True, True], [True, True], [True, False]])

    def test_ties_share_their_place(self):
        found = composite.score({"service": [0, 0, 0, 5, 9]}, {"service": 1})
        assert_allclose(found.total, [25, 25, 25, 75, 100])

    def test_all_alike_and_the_only_customer_stand_in_the_middle(self):
        assert_allclose(composite.score({"value": [7] * 4}, {"value": 2}).total, 50)
        assert_allclose(composite.score({"value": [7]}, {"value": 2}).total, 50)

    def test_no_customers(self):
        found = composite.score({"value": [], "growth": []}, {"value": 1, "growth": 1})
        self.assertEqual(found.total.shape, (0,))
        self.assertEqual(found.points.shape, (0, 2))
        self.assertTrue(np.isnan(found.median).all())

    def test_customer_of_whom_nothing_is_known_has_no_score(self):
        found = composite.score({"value": [1, UNKNOWN]}, {"value": 1})
        assert_array_equal(found.total, [50, UNKNOWN])
        assert_array_equal(found.points, [[50], [0]])
        assert_array_equal(found.band([20, 60]), [1, -1])
        assert_array_equal(found.to_next_band([20, 60]), [10, UNKNOWN])

    def test_component_without_weight_brings_nothing(self):
        found = composite.score(FIGURES, {"value": 1, "conduct": 0})
        assert_allclose(found.total, [0, 100, 50])
        assert_array_equal(found.known[:, 1], [False] * 3)

    @FEW_EXAMPLES
    @given(
        st.lists(st.tuples(*[st.one_of(st.just(UNKNOWN), st.integers(-50, 50))] * 3), min_size=1, max_size=40),
        st.randoms(use_true_random=False), st.floats(0.01, 100),
    )
    def test_scores_lie_within_0_and_100_whatever_order_and_currency(self, rows, random, unit):
        names = "value", "growth", "loyalty"
        weights = dict(zip(names, (5, 2, 1), strict=True))
        columns = np.array(rows, dtype=float)
        found = composite.score(dict(zip(names, columns.T, strict=True)), weights)
        known = ~np.isnan(found.total)
        self.assertTrue(((found.total[known] >= 0) & (found.total[known] <= 100 + 1e-9)).all())
        assert_allclose(found.points.sum(axis=1)[known], found.total[known])
        assert_array_equal(known, ~np.isnan(columns).all(axis=1))
        order = random.sample(range(len(rows)), len(rows))
        shuffled = dict(zip(names, columns[order].T * [[unit], [1], [1]], strict=True))
        assert_allclose(composite.score(shuffled, weights).total, found.total[order])


class TestCompositeBands(BaseCase):
    found = composite.score({"value": [0, 10, 20, 30, 40]}, {"value": 1})

    def test_score_on_the_limit_is_in_the_higher_band(self):
        assert_array_equal(self.found.band([25, 50, 80]), [0, 1, 2, 2, 3])

    def test_points_to_the_next_band(self):
        assert_array_equal(self.found.to_next_band([25, 50, 80]), [25, 25, 30, 5, UNKNOWN])

    def test_without_limits_there_is_one_band(self):
        assert_array_equal(self.found.band([]), [0] * 5)
        self.assertTrue(np.isnan(self.found.to_next_band([])).all())


class TestCompositeInput(BaseCase):
    def assert_refused(self, sentence, *arguments, **options):
        with self.assertRaisesRegex(ValueError, sentence):
            composite.score(*arguments, **options)

    def test_weights(self):
        self.assert_refused("^weights must name the same", FIGURES, {"value": 1})
        self.assert_refused("^weights must not be negative", FIGURES, {"value": 1, "conduct": -1})
        self.assert_refused("^weights must not be negative", FIGURES, {"value": 0, "conduct": 0})
        self.assert_refused("^weights must name the same", {}, {"value": 1})

    def test_figures(self):
        self.assert_refused("one entry per customer", {"value": [1], "conduct": [1, 2]}, WEIGHTS)
        self.assert_refused("^value holds infinite", {"value": [np.inf], "conduct": [1]}, WEIGHTS)
        self.assert_refused("^lower_is_better", FIGURES, WEIGHTS, lower_is_better=["delay"])

    def test_limits(self):
        with self.assertRaisesRegex(ValueError, "^limits must be rising"):
            composite.score(FIGURES, WEIGHTS).band([50, 50])
