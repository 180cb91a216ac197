"""Discounted value: worked out by hand, and what must hold for any customer."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from numpy.testing import assert_allclose

from odoo.addons.crm_plus_analytics.valuation import bg_nbd, discounted, mbg_nbd, pareto_nbd, simple
from odoo.tests import BaseCase

from .valuation_simulation import FEW_EXAMPLES, simulate_purchases

MODEL = bg_nbd.BgNbd(r=0.243, alpha=4.414, a=0.793, b=2.426)
HISTORY = simulate_purchases(300, 0.25, 4.4, 0.8, 2.4, 60, seed=1)
MODELS = (
    MODEL,
    mbg_nbd.MbgNbd(r=0.525, alpha=6.183, a=0.891, b=1.614),
    pareto_nbd.ParetoNbd(r=0.553, alpha=10.578, s=0.606, beta=11.669),
    simple.SimpleEstimate(common_rate=0.03, leaving_rate=0.01),
)
WEEKS = 52.0


class OnePurchaseADay:
    """A model whose expectations can be worked out by hand: everybody is half alive."""

    def p_alive(self, x, t_x, T):
        return np.full(len(x), 0.5)

    def expected_purchases_if_alive(self, t, x, T):
        return t * np.ones(len(x))


def value(model, x, t_x, T, value_per_purchase=1.0, *, horizon, annual_rate=0.1, units_per_year=WEEKS, **options):
    return discounted.discounted_value(
        model, x, t_x, T, value_per_purchase,
        horizon=horizon, annual_rate=annual_rate, units_per_year=units_per_year, **options,
    )


class TestDiscountedValue(BaseCase):
    def test_two_half_years_worked_out_by_hand(self):
        # 365 purchases at 10 with the chance ½: half of them after ¼ of a year, half after ¾.
        found = value(
            OnePurchaseADay(), [1], [1], [2], 10,
            horizon=365, annual_rate=0.21, units_per_year=365, periods_per_year=2,
        )
        assert_allclose(found, 0.5 * 10 * 182.5 * (1.21**-0.25 + 1.21**-0.75))

    def test_last_period_is_shorter_when_the_horizon_ends_in_it(self):
        found = value(
            OnePurchaseADay(), [1], [1], [2],
            horizon=438, annual_rate=0.21, units_per_year=365, periods_per_year=1,
        )
        assert_allclose(found, 0.5 * (365 * 1.21**-0.5 + 73 * 1.21**-1.1))

    def test_without_interest_it_is_the_expected_purchases_times_their_value(self):
        worth = np.linspace(1, 50, 300)
        assert_allclose(
            value(MODEL, *HISTORY, worth, horizon=39, annual_rate=0),
            worth * MODEL.expected_purchases(39, *HISTORY),
            rtol=1e-9,
        )

    def test_equals_the_sum_over_periods_customer_by_customer(self):
        ends = np.arange(1, 25) * WEEKS / 12
        purchases = MODEL.expected_purchases(ends[:, None], *HISTORY)
        increments = np.diff(purchases, axis=0, prepend=0)
        factors = 1.1 ** -((np.arange(24) + 0.5) / 12)
        assert_allclose(value(MODEL, *HISTORY, horizon=2 * WEEKS), factors @ increments, rtol=1e-9)

    def test_higher_rates_and_shorter_horizons_are_worth_less(self):
        base = value(MODEL, *HISTORY, horizon=52)
        self.assertTrue((value(MODEL, *HISTORY, horizon=52, annual_rate=0.2) < base).all())
        self.assertTrue((value(MODEL, *HISTORY, horizon=51) < base).all())

    def test_unit_of_time_does_not_matter(self):
        in_days = bg_nbd.BgNbd(r=0.243, alpha=4.414 * 7, a=0.793, b=2.426)
        x, t_x, T = HISTORY
        assert_allclose(
            value(in_days, x, t_x * 7, T * 7, horizon=364, units_per_year=7 * WEEKS),
            value(MODEL, *HISTORY, horizon=52),
            rtol=1e-9,
        )

    def test_blocks_of_customers_equal_one_block(self):
        whole = value(MODEL, *HISTORY, horizon=52)
        self.addCleanup(setattr, discounted, "BLOCK", discounted.BLOCK)
        discounted.BLOCK = 100
        assert_allclose(value(MODEL, *HISTORY, horizon=52), whole, rtol=1e-9)

    @FEW_EXAMPLES
    @given(
        st.integers(0, 500), st.floats(0.01, 1), st.floats(0.1, 2000),
        st.floats(0, 1), st.floats(0.1, 400), st.floats(0.1, 400),
    )
    def test_value_is_finite_rises_with_the_horizon_and_never_exceeds_what_is_not_discounted(
        self, x, recency, T, annual_rate, horizon, more
    ):
        history = [x], [T * recency * (x > 0)], [T]
        for model in MODELS:
            near, far = (
                discounted.forecast(
                    model, *history, horizon=ahead, annual_rate=annual_rate, units_per_year=WEEKS)
                for ahead in (horizon, horizon + more)
            )
            self.assertTrue(0 <= near.discounted_purchases[0] < np.inf)
            self.assertLessEqual(near.discounted_purchases[0], near.purchases[0] * (1 + 1e-12))
            # Where a customer has surely left both are nothing but for rounding.
            self.assertGreaterEqual(far.discounted_purchases[0], near.discounted_purchases[0] * (1 - 1e-9))

    def test_forecast_says_what_the_model_says(self):
        for model in MODELS:
            found = discounted.forecast(model, *HISTORY, horizon=39, annual_rate=0.1, units_per_year=WEEKS)
            assert_allclose(found.p_alive, model.p_alive(*HISTORY), rtol=1e-12)
            assert_allclose(found.purchases, model.expected_purchases(39, *HISTORY), rtol=1e-9)

    def test_no_horizon_no_value(self):
        assert_allclose(value(MODEL, *HISTORY, horizon=0), 0)

    def test_no_customers(self):
        self.assertEqual(value(MODEL, [], [], [], horizon=52).shape, (0,))

    def test_unknown_parameters_give_unknown_values(self):
        unknown = bg_nbd.fit([], [], [])
        self.assertTrue(np.isnan(value(unknown, *HISTORY, horizon=52)).all())

    def test_customer_of_unknown_value_leaves_the_others_alone(self):
        found = value(MODEL, [1, 1], [3, 3], [9, 9], [np.nan, 5], horizon=52)
        self.assertTrue(np.isnan(found[0]))
        self.assertGreater(found[1], 0)


class TestDiscountedInput(BaseCase):
    def assert_refused(self, sentence, **options):
        with self.assertRaisesRegex(ValueError, sentence):
            value(MODEL, [1], [1], [2], **{"horizon": 52, **options})

    def test_lengths_of_time_and_rates(self):
        self.assert_refused("^horizon must be", horizon=-1)
        self.assert_refused("^horizon must be", horizon=float("inf"))
        self.assert_refused("^annual_rate must be above -1", annual_rate=-1)
        self.assert_refused("^units_per_year and periods_per_year", units_per_year=0)
        self.assert_refused("^units_per_year and periods_per_year", periods_per_year=0)

    def test_values_of_another_length(self):
        self.assert_refused("^value_per_purchase must be one number or have one entry", value_per_purchase=[1, 2])
