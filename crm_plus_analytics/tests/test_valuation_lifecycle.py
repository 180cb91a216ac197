"""The stages of a customer's life: each rule, their order, and that they leave nobody out."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from numpy.testing import assert_array_equal

from odoo.addons.crm_plus_analytics.valuation import lifecycle
from odoo.tests import BaseCase

from .valuation_simulation import FEW_EXAMPLES

UNKNOWN = float("nan")
#: Bought 13 times in three years, every 90 days, last 15 days ago; spends as ever.
LOYAL = {
    "purchases": 13, "days_since_first": 1095, "days_since_last": 15, "p_alive": 0.95,
    "spent": 400, "spent_before": 400, "longest_gap": 95,
}


def stage(limits=None, usual_interval=60, **changes):
    """Return the stage of the loyal customer after some changes."""
    measures = {name: [value] for name, value in {**LOYAL, **changes}.items()}
    return lifecycle.stages(**measures, usual_interval=usual_interval, limits=limits)[0]


class TestLifecycleRules(BaseCase):
    def test_loyal(self):
        self.assertEqual(stage(), "loyal")

    def test_prospect_has_bought_nothing(self):
        self.assertEqual(stage(purchases=0, p_alive=UNKNOWN, spent=0, spent_before=0), "prospect")

    def test_p_alive_decides_where_it_is_known(self):
        for p_alive, expected in ((0.5, "loyal"), (0.49, "at_risk"), (0.2, "at_risk"), (0.19, "lost")):
            self.assertEqual(stage(p_alive=p_alive), expected)
        # Silent for long, but known to do so.
        self.assertEqual(stage(days_since_last=500, p_alive=0.8), "loyal")

    def test_own_interval_decides_where_it_is_not(self):
        # 13 purchases in 1080 days: one in 90.
        for silence, expected in ((180, "loyal"), (181, "at_risk"), (360, "at_risk"), (361, "lost")):
            changes = {"days_since_last": silence, "days_since_first": 1080 + silence, "p_alive": UNKNOWN}
            self.assertEqual(stage(**changes), expected)

    def test_who_bought_once_is_measured_by_the_usual_interval(self):
        once = {"purchases": 1, "p_alive": UNKNOWN, "spent": 50, "spent_before": 0, "longest_gap": 0}
        for age, expected in ((0, "new"), (90, "new"), (100, "growing"), (121, "at_risk"), (241, "lost")):
            found = stage(**once, days_since_first=age, days_since_last=age)
            self.assertEqual(found, expected, age)

    def test_first_weeks_of_who_bought_once_are_not_judged(self):
        once = {"purchases": 1, "spent": 50, "spent_before": 0, "longest_gap": 0, "p_alive": 0.1}
        self.assertEqual(stage(**once, days_since_first=80, days_since_last=80), "new")
        self.assertEqual(stage(**once, days_since_first=91, days_since_last=91), "lost")

    def test_spending_that_halves_puts_at_risk(self):
        self.assertEqual(stage(spent=200), "at_risk")
        self.assertEqual(stage(spent=201), "loyal")

    def test_spending_that_rises_is_growth(self):
        self.assertEqual(stage(spent=480), "loyal")
        self.assertEqual(stage(spent=481), "growing")

    def test_years_are_compared_only_by_who_was_there_for_both(self):
        self.assertEqual(stage(days_since_first=700, spent=100), "loyal")
        self.assertEqual(stage(days_since_first=700, spent=4000), "loyal")

    def test_few_purchases_or_a_short_time_are_growing(self):
        self.assertEqual(stage(purchases=3), "growing")
        self.assertEqual(stage(days_since_first=300, longest_gap=30), "growing")

    def test_new(self):
        self.assertEqual(stage(days_since_first=60, longest_gap=10), "new")

    def test_won_back_after_a_silence_that_counted_as_lost(self):
        # Without the gap of 500 days: 11 intervals in 580 days, one in 52.7.
        self.assertEqual(stage(longest_gap=500), "won_back")
        # Without the gap of 250 days: one in 75.5, four of which are 302.
        self.assertEqual(stage(longest_gap=250), "loyal")

    def test_won_back_with_the_second_purchase(self):
        returned = {"purchases": 2, "days_since_first": 700, "days_since_last": 10, "spent_before": 0}
        self.assertEqual(stage(**returned, longest_gap=690), "won_back")
        self.assertEqual(stage(**returned, longest_gap=690, usual_interval=200), "growing")

    def test_who_left_again_is_lost_not_won_back(self):
        self.assertEqual(stage(longest_gap=500, p_alive=0.1), "lost")

    def test_a_holiday_is_no_parting(self):
        # 201 purchases in 1000 days: one in 5.
        often = {"purchases": 201, "p_alive": UNKNOWN}
        for silence, expected in ((45, "loyal"), (46, "lost")):
            changes = {"days_since_last": silence, "days_since_first": 1000 + silence, "longest_gap": 20}
            self.assertEqual(stage(**often, **changes), expected)
        for gap, expected in ((45, "loyal"), (46, "won_back")):
            self.assertEqual(stage(**often, days_since_first=1015, longest_gap=gap), expected)

    def test_longest_silence_ends_it_in_any_case(self):
        limits = lifecycle.Limits(longest_silence=730)
        self.assertEqual(stage(limits, days_since_last=729), "loyal")
        self.assertEqual(stage(limits, days_since_last=730), "lost")

    def test_thresholds_of_the_consultant(self):
        self.assertEqual(stage(lifecycle.Limits(at_risk_below=0.99)), "at_risk")
        self.assertEqual(stage(lifecycle.Limits(loyal_purchases=20)), "growing")
        self.assertEqual(stage(lifecycle.Limits(growth=0), spent=401), "growing")

    def test_purchases_dated_in_the_future(self):
        self.assertEqual(stage(days_since_last=-3), "loyal")


class TestLifecycleIsTotal(BaseCase):
    number = st.one_of(st.integers(-100, 2000), st.floats(-1e4, 1e4))
    customers = st.lists(
        st.tuples(st.integers(0, 40), number, number, st.one_of(st.just(UNKNOWN), st.floats(0, 1)),
                  number, number, number),
        max_size=30,
    )

    @FEW_EXAMPLES
    @given(customers, st.randoms(use_true_random=False))
    def test_everybody_is_at_one_stage_whatever_the_order(self, customers, random):
        columns = np.array(customers, dtype=float).reshape(-1, 7).T
        measures = dict(zip(LOYAL, columns, strict=True))
        found = lifecycle.stages(**measures, usual_interval=60)
        self.assertEqual(found.shape, (len(customers),))
        self.assertLessEqual(set(found.tolist()), set(lifecycle.STAGES))
        order = random.sample(range(len(customers)), len(customers))
        shuffled = {name: column[order] for name, column in measures.items()}
        assert_array_equal(lifecycle.stages(**shuffled, usual_interval=60), found[order])

    def test_input_that_is_refused(self):
        with self.assertRaisesRegex(ValueError, "^usual_interval"):
            stage(usual_interval=0)
        with self.assertRaisesRegex(ValueError, "^spent holds empty"):
            stage(spent=UNKNOWN)
        with self.assertRaisesRegex(ValueError, "^p_alive must have one entry"):
            lifecycle.stages(**{**{name: [1] for name in LOYAL}, "p_alive": [1, 1]}, usual_interval=1)
        for wrong in ({"lost_below": 0.6}, {"at_risk_intervals": 5}, {"decline": 0}, {"growth": -1}):
            with self.assertRaises(ValueError):
                lifecycle.Limits(**wrong)


class TestIntervalsAndGaps(BaseCase):
    def test_usual_interval_is_the_median_of_who_bought_twice(self):
        self.assertEqual(lifecycle.usual_interval([1, 2, 3, 5], [0, 10, 60, 400]), 30)

    def test_usual_interval_where_nobody_bought_twice(self):
        self.assertEqual(lifecycle.usual_interval([1, 1], [0, 0], default=180), 180)
        self.assertEqual(lifecycle.usual_interval([], [], default=180), 180)

    def test_longest_gaps_that_ended_lately(self):
        # Customer 0: gaps of 40, 5 and 3 days, the first ended before; customer 2 bought once.
        customer, day = [1, 0, 0, 0, 0, 2, 1], [10, 45, 0, 40, 48, 30, 70]
        assert_array_equal(lifecycle.longest_gaps(customer, day, since=41, customers=4), [5, 60, 0, 0])
        assert_array_equal(lifecycle.longest_gaps(customer, day, since=40, customers=4), [40, 60, 0, 0])

    def test_longest_gaps_of_nobody(self):
        assert_array_equal(lifecycle.longest_gaps([], [], since=0, customers=2), [0, 0])
