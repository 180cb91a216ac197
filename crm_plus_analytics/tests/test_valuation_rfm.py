"""RFM scores and the segments that rules make of them."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from numpy.testing import assert_array_equal

from odoo.addons.crm_plus_analytics.valuation import rfm
from odoo.tests import BaseCase

from .valuation_simulation import FEW_EXAMPLES

AMOUNTS = st.lists(st.integers(-1000, 1000).map(lambda cents: cents / 100), min_size=1, max_size=60)
ANY = (1, 5)
RANGES = st.tuples(st.integers(1, 5), st.integers(1, 5)).map(lambda pair: tuple(sorted(pair)))
CUT_POINTS = st.lists(st.integers(-900, 900), min_size=4, max_size=4, unique=True).map(sorted)


class TestQuintileScores(BaseCase):
    def test_fifths_of_distinct_values(self):
        assert_array_equal(rfm.quintile_scores(range(10)), [1, 1, 2, 2, 3, 3, 4, 4, 5, 5])

    def test_fewest_days_score_best_where_lower_is_better(self):
        assert_array_equal(rfm.quintile_scores([400, 3, 90, 30, 200], higher_is_better=False), [1, 5, 3, 4, 2])

    def test_group_of_equals_scores_where_its_middle_lies(self):
        # Six in ten bought once: their middle stands at 30 %, in the second fifth.
        assert_array_equal(rfm.quintile_scores([1] * 6 + [2, 3, 4, 9]), [2] * 6 + [4, 4, 5, 5])

    def test_all_alike_score_the_middle(self):
        assert_array_equal(rfm.quintile_scores([7] * 12), [3] * 12)
        assert_array_equal(rfm.quintile_scores([7] * 12, higher_is_better=False), [3] * 12)

    def test_no_one_or_two_customers(self):
        assert_array_equal(rfm.quintile_scores([]), [])
        assert_array_equal(rfm.quintile_scores([5]), [3])
        assert_array_equal(rfm.quintile_scores([9, 5]), [4, 2])

    @FEW_EXAMPLES
    @given(AMOUNTS, st.randoms(use_true_random=False))
    def test_order_of_customers_does_not_matter(self, amounts, random):
        order = random.sample(range(len(amounts)), len(amounts))
        scores = rfm.quintile_scores(amounts)
        assert_array_equal(rfm.quintile_scores(np.array(amounts)[order]), scores[order])

    @FEW_EXAMPLES
    @given(AMOUNTS, st.booleans())
    def test_better_values_never_score_worse_and_equal_ones_the_same(self, amounts, higher_is_better):
        scores = rfm.quintile_scores(amounts, higher_is_better)
        self.assertTrue(((scores >= 1) & (scores <= 5)).all())
        better = np.array(amounts) if higher_is_better else -np.array(amounts)
        for value, score in zip(better, scores, strict=True):
            self.assertTrue((scores[better >= value] >= score).all())

    def test_cut_points_of_the_consultant(self):
        days = [0, 30, 31, 90, 365, 366]
        assert_array_equal(
            rfm.quintile_scores(days, higher_is_better=False, cut_points=[30, 90, 180, 365]),
            [5, 5, 4, 4, 2, 1],
        )
        assert_array_equal(rfm.quintile_scores([99, 100, 5000], cut_points=[100, 200, 500, 1000]), [1, 2, 5])

    def test_input_that_is_refused(self):
        for cut_points in ([1, 2, 3], [1, 2, 2, 3], [4, 3, 2, 1], [1, 2, 3, np.inf]):
            with self.assertRaisesRegex(ValueError, "^cut_points"):
                rfm.quintile_scores([1], cut_points=cut_points)
        with self.assertRaisesRegex(ValueError, "^values holds empty"):
            rfm.quintile_scores([1, np.nan])


class TestSegments(BaseCase):
    CHAMPIONS = (5, 5), (5, 5), (5, 5)
    LOYAL = (2, 5), (2, 5), (2, 5)
    LOST = (1, 1), ANY, ANY

    def test_first_rule_that_fits_wins(self):
        scores = [5, 3, 1, 4], [5, 3, 5, 1], [5, 3, 5, 1]
        assert_array_equal(rfm.segment(*scores, [self.CHAMPIONS, self.LOYAL, self.LOST]), [0, 1, 2, -1])
        assert_array_equal(rfm.segment(*scores, [self.LOYAL, self.CHAMPIONS, self.LOST]), [0, 0, 2, -1])

    @FEW_EXAMPLES
    @given(AMOUNTS, st.tuples(CUT_POINTS, CUT_POINTS, CUT_POINTS), st.lists(st.tuples(RANGES, RANGES, RANGES), max_size=6))
    def test_everybody_is_in_the_first_segment_that_fits_whatever_cut_points_and_rules(self, amounts, cuts, rules):
        amounts = np.array(amounts) * 100
        r, f, m = (
            rfm.quintile_scores(values, better, cut_points=points)
            for values, better, points in zip((amounts, -amounts, amounts**2), (False, True, True), cuts, strict=True)
        )
        # The last one takes who is left.
        rules = [*rules, (ANY, ANY, ANY)]
        segments = rfm.segment(r, f, m, rules)
        for cell, segment in zip(zip(r, f, m, strict=True), segments, strict=True):
            fits = [
                all(low <= score <= high for score, (low, high) in zip(cell, rule, strict=True)) for rule in rules
            ]
            self.assertEqual(segment, fits.index(True))
        self.assertEqual(rfm.uncovered_cells(rules), [])

    def test_without_rules_nobody_has_a_segment(self):
        assert_array_equal(rfm.segment([1, 5], [1, 5], [1, 5], []), [-1, -1])

    def test_no_customers(self):
        self.assertEqual(rfm.segment([], [], [], [self.LOST]).shape, (0,))

    def test_cells_that_no_rule_covers(self):
        self.assertEqual(len(rfm.uncovered_cells([])), 125)
        self.assertEqual(rfm.uncovered_cells([(ANY, ANY, ANY)]), [])
        all_but_the_best = [((1, 4), ANY, ANY), (ANY, (1, 4), ANY), (ANY, ANY, (1, 4))]
        self.assertEqual(rfm.uncovered_cells(all_but_the_best), [(5, 5, 5)])

    def test_ranges_and_scores_that_are_refused(self):
        for wrong in ((0, 5), (1, 6), (4, 2)):
            with self.assertRaisesRegex(ValueError, f"^Rule 2 has the range {wrong[0]} to {wrong[1]}"):
                rfm.uncovered_cells([self.LOST, (ANY, wrong, ANY)])
        with self.assertRaisesRegex(ValueError, "^f must hold whole scores from 1 to 5"):
            rfm.segment([1], [0], [1], [self.LOST])
        with self.assertRaisesRegex(ValueError, "lengths given: r 1, f 2, m 1"):
            rfm.segment([1], [1, 1], [1], [self.LOST])
