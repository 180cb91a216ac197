"""The back-test: the published tracking and table, small cases by hand, and what must hold."""

import math

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from numpy.testing import assert_allclose, assert_array_equal

from odoo.addons.crm_plus_analytics.valuation import backtest, bg_nbd, gamma_gamma, histories
from odoo.tests import BaseCase

from .cdnow import CALIBRATION_END, HOLDOUT_END, cdnow_summary, purchases
from .valuation_simulation import FEW_EXAMPLES

WEEK = 7.0


class EverySecondUnit:
    """A model that expects the same of everybody, by hand: half a purchase per time unit."""

    def expected_purchases(self, t, x, t_x, T):
        return np.full(len(x), 0.5) * t

    def expected_purchases_new(self, t):
        return np.asarray(t) / 2


class TestBackTestOnCdnow(BaseCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        customer, day, value = purchases()
        cls.as_of, cls.until = CALIBRATION_END.toordinal() / WEEK, HOLDOUT_END.toordinal() / WEEK
        cls.history = histories.summarise(customer, day / WEEK, cls.as_of, cls.until)
        cls.model = bg_nbd.fit(cls.history.x, cls.history.t_x, cls.history.T)
        is_late = (day > CALIBRATION_END.toordinal()) & (day <= HOLDOUT_END.toordinal())
        cls.actual_value = np.bincount(customer[is_late] - 1, value[is_late], 2357)

    def test_tracking_of_fader_hardie_lee_2005(self):
        history = self.history
        end = histories.period_ends(history.first.min(), self.as_of, self.until, 1)
        actual = histories.cumulative_counts(history.repeat_times, end)
        found = backtest.tracking(self.model, history.first, end, actual, self.as_of)
        self.assertEqual(len(found.end), 78)
        self.assertEqual(found.in_holdout.sum(), 39)
        assert_allclose(found.expected[-1], 4160.6, rtol=5e-4)
        self.assertEqual(found.actual[-1], 4339)
        self.assertEqual(found.actual[38], 2457)
        assert_allclose(found.expected_in_period.sum(), found.expected[-1])
        self.assertTrue((found.expected_in_period >= 0).all())

    def test_all_views_of_the_holdout(self):
        history, summary = self.history, cdnow_summary()
        value_model = gamma_gamma.fit(summary.x, summary.mean_value)
        found = backtest.back_test(
            self.model, history.x, history.t_x, history.T, history.holdout, 39,
            expected_value=value_model.expected_value(summary.x, summary.mean_value),
            actual_value=self.actual_value,
            spent=summary.x * summary.mean_value,
        )
        classes = found.frequency_classes
        published = (0.2251, 0.5231, 1.0441, 1.5203, 2.1638, 2.6538, 3.5040, 6.157)
        assert_allclose(classes.expected, published, rtol=5e-4)
        published = (0.2367, 0.6970, 1.3925, 1.5600, 2.5323, 2.9474, 3.8621, 6.3594)
        assert_allclose(classes.actual, published, atol=5e-5)
        self.assertEqual(classes.customers.sum(), 2357)
        # The naive forecast expects nearly twice as much of the best.
        self.assertGreater(classes.naive[-1], 12)
        self.assertTrue(found.purchases.beats_naive and found.value.beats_naive and found.beats_naive)
        assert_allclose(found.purchases.model.bias, 1653.4 / 1882 - 1, atol=1e-4)
        self.assertGreater(found.lift.lift[0], 4.5)
        assert_allclose(found.lift.actual.sum(), self.actual_value.sum())
        assert_allclose(found.naive_lift.actual.sum(), self.actual_value.sum())


class TestTracking(BaseCase):
    def test_worked_out_by_hand(self):
        found = backtest.tracking(EverySecondUnit(), [0, 3, 3], [2, 4, 6], [0, 1, 5], as_of=4)
        # Customers count from the day that they come.
        assert_allclose(found.expected, [1, (4 + 1 + 1) / 2, (6 + 3 + 3) / 2])
        assert_allclose(found.expected_in_period, [1, 2, 3])
        assert_allclose(found.actual_in_period, [0, 1, 4])
        assert_array_equal(found.in_holdout, [False, False, True])

    def test_weights_stand_for_customers_of_the_same_day(self):
        model = bg_nbd.BgNbd(r=0.243, alpha=4.414, a=0.793, b=2.426)
        end, actual = np.arange(1.0, 30), np.zeros(29)
        first = np.arange(1000) % 17 / 7
        days, counts = np.unique(first, return_counts=True)
        each = backtest.tracking(model, first, end, actual, 20).expected
        assert_allclose(backtest.tracking(model, days, end, actual, 20, counts).expected, each)

    def test_blocks_of_customers_equal_one_block(self):
        args = EverySecondUnit(), np.arange(50.0), np.arange(100.0), np.zeros(100), 60
        whole = backtest.tracking(*args).expected
        self.patch(backtest, "BLOCK", 700)
        assert_allclose(backtest.tracking(*args).expected, whole)

    def test_without_customers(self):
        found = backtest.tracking(EverySecondUnit(), [], [1, 2], [0, 0], as_of=1)
        assert_array_equal(found.expected, [0, 0])

    def test_customers_of_the_holdout_are_refused(self):
        with self.assertRaisesRegex(ValueError, "^first must not be after as_of"):
            backtest.tracking(EverySecondUnit(), [5], [6], [0], as_of=4)


class TestFrequencyClasses(BaseCase):
    def test_means_by_hand_and_an_empty_class_is_unknown(self):
        found = backtest.by_frequency([0, 0, 2, 9], [1, 2, 3, 4], [0, 1, 5, 6], [0, 0, 7, 8], last_class=3)
        assert_array_equal(found.repeats, [0, 1, 2, 3])
        assert_array_equal(found.customers, [2, 0, 1, 1])
        assert_array_equal(found.expected, [1.5, np.nan, 3, 4])
        assert_array_equal(found.actual, [0.5, np.nan, 5, 6])
        assert_array_equal(found.naive, [0, np.nan, 7, 8])


class TestLift(BaseCase):
    columns = st.lists(st.tuples(st.integers(0, 4), st.integers(0, 50)), min_size=1, max_size=40)

    def test_by_hand(self):
        found = backtest.lift([10, 40, 20, 30], [1, 6, 0, 1], groups=2)
        assert_array_equal(found.customers, [2, 2])
        assert_array_equal(found.expected, [70, 30])
        assert_array_equal(found.actual, [7, 1])
        assert_array_equal(found.actual_share, [7 / 8, 1 / 8])
        assert_array_equal(found.lift, [7 / 4, 1 / 4])

    def test_customers_of_equal_forecast_are_shared_out(self):
        # All alike: every tenth gets a tenth, the forecast is no better than chance.
        found = backtest.lift([5] * 7, [0, 0, 0, 0, 0, 0, 7])
        assert_allclose(found.actual, 0.7)
        assert_allclose(found.lift, 1)

    def test_no_customers_and_no_purchases(self):
        self.assertEqual(backtest.lift([], []).customers.sum(), 0)
        self.assertTrue(np.isnan(backtest.lift([1, 2], [0, 0]).lift).all())

    @FEW_EXAMPLES
    @given(columns, st.randoms(use_true_random=False))
    def test_order_of_customers_does_not_matter_and_nothing_is_lost(self, rows, random):
        expected, actual = np.array(rows, dtype=float).T
        found = backtest.lift(expected, actual)
        assert_allclose(found.actual.sum(), actual.sum(), atol=1e-9)
        assert_allclose(found.expected.sum(), expected.sum(), atol=1e-9)
        self.assertTrue((np.diff(found.expected) <= 1e-9).all())
        order = random.sample(range(len(rows)), len(rows))
        assert_allclose(backtest.lift(expected[order], actual[order]).actual, found.actual, atol=1e-9)


class TestComparison(BaseCase):
    def test_a_model_that_is_no_better_says_so(self):
        self.assertTrue(backtest.compare([1, 2], [1, 3], [0, 0]).beats_naive)
        self.assertFalse(backtest.compare([0, 0], [1, 3], [1, 2]).beats_naive)
        self.assertFalse(backtest.compare([1, 2], [1, 3], [1, 2]).beats_naive)

    def test_without_customers_nothing_is_claimed(self):
        found = backtest.compare([], [], [])
        self.assertFalse(found.beats_naive)
        self.assertTrue(math.isnan(found.model.mean_absolute))

    def test_of_purchases_alone(self):
        found = backtest.back_test(EverySecondUnit(), [1, 0], [2, 0], [4, 4], [2, 0], 4)
        self.assertIsNone(found.value)
        assert_allclose(found.purchases.naive.expected_total, 1)
        assert_allclose(found.lift.actual.sum(), 2)

    def test_in_value_too_the_model_must_be_better(self):
        found = backtest.back_test(
            EverySecondUnit(), [1, 0], [2, 0], [4, 4], [2, 2], 4,
            expected_value=[1, 1], actual_value=[30, 0], spent=[30, 0],
        )
        self.assertTrue(found.purchases.beats_naive)
        self.assertFalse(found.value.beats_naive)
        self.assertFalse(found.beats_naive)

    def test_values_come_together(self):
        with self.assertRaisesRegex(ValueError, "^expected_value, actual_value and spent"):
            backtest.back_test(EverySecondUnit(), [1], [2], [4], [2], 4, expected_value=[1])
