"""From flat purchases to histories, periods and counts."""

from hypothesis import given
from hypothesis import strategies as st
from numpy.testing import assert_allclose, assert_array_equal

from odoo.addons.crm_plus_analytics.valuation import histories
from odoo.tests import BaseCase

from .valuation_simulation import FEW_EXAMPLES

#: Customer 7 buys on days 1, 4, 4, 10 and 15; 9 on 3; 5 on 12; 4 on 2 and 11.
CUSTOMER = [7, 9, 7, 5, 7, 4, 7, 7, 4]
DAY = [4, 3, 1, 12, 10, 2, 4, 15, 11]
PURCHASES = st.lists(st.tuples(st.integers(0, 6), st.integers(0, 30)), max_size=60)


class TestSummarise(BaseCase):
    def test_worked_out_by_hand(self):
        found = histories.summarise(CUSTOMER, DAY, as_of=10, until=14)
        assert_array_equal(found.customer, [4, 7, 9])
        assert_array_equal(found.first, [2, 1, 3])
        assert_array_equal(found.x, [0, 2, 0])
        assert_array_equal(found.t_x, [0, 9, 0])
        assert_array_equal(found.T, [8, 9, 7])
        assert_array_equal(found.holdout, [1, 0, 0])
        assert_array_equal(found.repeat_times, [4, 10, 11])

    def test_without_a_holdout(self):
        found = histories.summarise(CUSTOMER, DAY, as_of=12)
        assert_array_equal(found.customer, [4, 5, 7, 9])
        assert_array_equal(found.T, [10, 0, 11, 9])
        self.assertFalse(found.holdout.any())

    def test_nobody(self):
        for purchases in (([], []), ([1], [99])):
            found = histories.summarise(*purchases, as_of=10, until=20)
            self.assertEqual(found.x.shape, (0,))

    @FEW_EXAMPLES
    @given(PURCHASES, st.integers(0, 30), st.integers(0, 10))
    def test_equals_counting_customer_by_customer(self, purchases, as_of, more):
        found = histories.summarise(*zip(*purchases, strict=True), as_of, as_of + more) if purchases else None
        if found is None:
            return
        days = {}
        for customer, day in purchases:
            days.setdefault(customer, set()).add(day)
        expected = []
        for customer, theirs in sorted(days.items()):
            before = sorted(day for day in theirs if day <= as_of)
            if before:
                holdout = sum(as_of < day <= as_of + more for day in theirs)
                expected.append((customer, before[0], len(before) - 1, before[-1] - before[0],
                                 as_of - before[0], holdout))
        columns = found.customer, found.first, found.x, found.t_x, found.T, found.holdout
        self.assertEqual(list(zip(*(column.tolist() for column in columns), strict=True)), expected)
        self.assertEqual(len(found.repeat_times), found.x.sum() + found.holdout.sum())

    def test_holdout_before_the_calibration_is_refused(self):
        with self.assertRaisesRegex(ValueError, "^until must not be before as_of"):
            histories.summarise(CUSTOMER, DAY, as_of=10, until=9)


class TestPeriods(BaseCase):
    def test_the_as_of_time_ends_a_period_and_the_first_period_holds_the_begin(self):
        assert_allclose(histories.period_ends(1, 10, 21, 4), [2, 6, 10, 14, 18])
        assert_allclose(histories.period_ends(2, 10, 10, 4), [6, 10])

    def test_whole_periods_are_whole_in_spite_of_rounding(self):
        self.assertEqual(len(histories.period_ends(0, 0.1 * 3, 0.1 * 6, 0.1)), 6)

    def test_everybody_came_on_the_as_of_day(self):
        assert_allclose(histories.period_ends(10, 10, 10, 7), [10])

    def test_impossible_periods_are_refused(self):
        with self.assertRaisesRegex(ValueError, "^begin, as_of and until must follow"):
            histories.period_ends(11, 10, 20, 1)
        with self.assertRaisesRegex(ValueError, "^length must be"):
            histories.period_ends(1, 10, 20, 0)

    def test_counts_include_the_end_itself(self):
        assert_array_equal(histories.cumulative_counts([5, 3, 7], [2, 3, 6, 7]), [0, 1, 2, 3])
        assert_array_equal(histories.cumulative_counts([], [1, 2]), [0, 0])
