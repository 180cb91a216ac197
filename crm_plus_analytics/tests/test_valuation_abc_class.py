"""ABC classes by cumulative value."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from numpy.testing import assert_array_equal

from odoo.addons.crm_plus_analytics.valuation import abc_class
from odoo.tests import BaseCase

from .valuation_simulation import FEW_EXAMPLES

AMOUNTS = st.lists(st.integers(-100, 1000).map(lambda cents: cents / 100), min_size=1, max_size=60)


class TestAbcClass(BaseCase):
    def assert_classes(self, values, expected, **options):
        self.assertEqual("".join(abc_class.classify(values, **options)), expected)

    def test_customer_who_reaches_the_threshold_is_still_in_the_class(self):
        # 60 of 100, then 85: the second reaches 80 %. Then 95 %, then the rest.
        self.assert_classes([60, 25, 10, 5], "AABC")

    def test_class_ends_with_the_customer_who_meets_the_threshold_exactly(self):
        # In floats 0.7 + 0.1 is a hair below 0.8.
        self.assert_classes([0.7, 0.1, 0.08, 0.07, 0.05], "AABBC")

    def test_equal_values_share_the_better_class(self):
        self.assert_classes([40, 30, 10, 10, 10], "AAAAA")

    def test_single_best_customer_is_an_a_however_large(self):
        self.assert_classes([1000, 1], "AC")

    def test_all_alike_are_all_a(self):
        self.assert_classes([5] * 10, "A" * 10)

    def test_zero_and_negative_values_are_last_and_take_nothing_from_the_others(self):
        self.assert_classes([60, 25, 10, 5, 0, -500], "AABCCC")

    def test_nobody_of_value(self):
        self.assert_classes([0, -3, 0], "CCC")

    def test_no_one_or_two_customers(self):
        self.assert_classes([], "")
        self.assert_classes([7], "A")
        self.assert_classes([7, 7], "AA")

    def test_thresholds_of_the_consultant(self):
        self.assert_classes([40, 30, 20, 10], "ABCD", thresholds=(0.4, 0.7, 0.9))
        self.assert_classes([40, 30, 20, 10], "ABBB", thresholds=[0.4])

    @FEW_EXAMPLES
    @given(AMOUNTS, st.randoms(use_true_random=False))
    def test_order_of_customers_does_not_matter(self, amounts, random):
        order = random.sample(range(len(amounts)), len(amounts))
        classes = abc_class.classify(amounts)
        assert_array_equal(abc_class.classify(np.array(amounts)[order]), classes[order])

    @FEW_EXAMPLES
    @given(AMOUNTS)
    def test_more_value_is_never_a_worse_class(self, amounts):
        ranked = abc_class.classify(sorted(amounts, reverse=True))
        self.assertEqual(list(ranked), sorted(ranked))

    @FEW_EXAMPLES
    @given(AMOUNTS, st.sampled_from([(0.8, 0.95), (0.5,), (0.2, 0.5, 0.9)]))
    def test_classes_cover_all_and_reach_their_shares(self, amounts, thresholds):
        amounts = np.array(amounts)
        classes = abc_class.classify(amounts, thresholds)
        letters = "ABCD"[:len(thresholds) + 1]
        self.assertEqual(len(classes), len(amounts))
        self.assertLessEqual(set(classes.tolist()), set(letters))
        worth = np.maximum(amounts, 0)
        for index, share in enumerate(thresholds):
            down_to_here = np.isin(classes, list(letters[:index + 1]))
            self.assertGreaterEqual(worth[down_to_here].sum(), share * worth.sum() * (1 - 1e-9))
            # Nobody is in a class that was full without them, and those of their value.
            least = worth[down_to_here & (worth > 0)].min(initial=np.inf)
            self.assertLessEqual(worth[worth > least].sum(), share * worth.sum() * (1 + 1e-9))

    @FEW_EXAMPLES
    @given(AMOUNTS, st.sampled_from([0.01, 0.5, 4, 1000]))
    def test_unit_of_currency_does_not_matter(self, amounts, unit):
        assert_array_equal(abc_class.classify(np.array(amounts) * unit), abc_class.classify(amounts))

    def test_input_that_is_refused(self):
        for thresholds in ((), (0.8, 0.8), (0.95, 0.8), (0, 0.5), (0.5, 1)):
            with self.assertRaisesRegex(ValueError, "^thresholds must be rising shares"):
                abc_class.classify([1], thresholds)
        with self.assertRaisesRegex(ValueError, "^values holds empty"):
            abc_class.classify([np.nan])
