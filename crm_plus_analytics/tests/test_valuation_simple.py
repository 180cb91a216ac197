"""The plain estimate: worked out by hand, and possible for anybody."""

import math

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from numpy.testing import assert_allclose, assert_array_equal

from odoo.addons.crm_plus_analytics.valuation import discounted, simple
from odoo.tests import BaseCase

from .valuation_simulation import FEW_EXAMPLES, simulate_purchases

HISTORY = simulate_purchases(200, 0.8, 20, 0.6, 3, 400, seed=1)


class TestSimpleEstimate(BaseCase):
    def test_two_customers_worked_out_by_hand(self):
        # 3 repeat purchases in 60 days: one in 20 days is the common rate.
        # The first: rate 4 / (40 + 20), 10 days silent, less than the 15 for one purchase.
        # The second: rate 1 / (20 + 20), 20 days silent, less than 40.
        model = simple.fit([3, 0], [30, 0], [40, 20])
        assert_allclose(model.common_rate, 1 / 20)
        assert_array_equal(model.p_alive([3, 0], [30, 0], [40, 20]), [1, 1])
        self.assertEqual(model.leaving_rate, 0)
        assert_allclose(model.expected_purchases(30, [3, 0], [30, 0], [40, 20]), [2, 0.75])

    def test_silence_beyond_the_expected_purchase_counts(self):
        # Rate 5 / (80 + 20): 70 days of silence are 3.5 purchases, 2.5 more than the first.
        model = simple.SimpleEstimate(common_rate=1 / 20, leaving_rate=0.01)
        assert_allclose(model.p_alive([4], [10], [80]), math.exp(-2.5))
        assert_allclose(
            model.expected_purchases(100, [4], [10], [80]),
            math.exp(-2.5) * 0.05 * (1 - math.exp(-1)) / 0.01,
        )

    def test_leaving_goes_on_as_it_was_so_far(self):
        model = simple.fit([4, 4], [10, 80], [80, 80])
        left = 1 - math.exp(-(5 / (80 + 20) * 70 - 1))
        assert_allclose(model.leaving_rate, left / (80 + (1 - left) * 80 + left * 10))

    def test_any_number_of_customers_has_an_estimate(self):
        for history in (([], [], []), ([0], [0], [0]), ([2], [3], [5]), ([0] * 5, [0] * 5, range(5))):
            model = simple.fit(*history)
            found = model.expected_purchases(10, *history)
            self.assertEqual(found.shape, (len(history[0]),))
            self.assertTrue(np.isfinite(found).all())

    def test_where_nobody_bought_twice_nothing_is_expected(self):
        model = simple.fit([0] * 40, [0] * 40, range(40))
        self.assertEqual(model.expected_purchases_new(100), 0)

    def test_serves_where_a_model_would(self):
        model = simple.fit(*HISTORY)
        value = discounted.discounted_value(
            model, *HISTORY, 10, horizon=365, annual_rate=0, units_per_year=365
        )
        assert_allclose(value, 10 * model.expected_purchases(365, *HISTORY))

    @FEW_EXAMPLES
    @given(st.integers(0, 3000), st.floats(0.1, 5000))
    def test_p_alive_rises_with_recency_and_purchases_with_the_horizon(self, x, T):
        model = simple.fit(*HISTORY)
        t_x = T * np.linspace(0.01, 1, 50) * (x > 0)
        alive = model.p_alive([x] * 50, t_x, [T] * 50)
        self.assertTrue(((alive >= 0) & (alive <= 1)).all())
        self.assertTrue((np.diff(alive) >= 0).all())
        ahead = model.expected_purchases([[0], [1], [50], [5000]], [x], t_x[:1], [T])[:, 0]
        self.assertEqual(ahead[0], 0)
        self.assertTrue((np.diff(ahead) >= 0).all())

    @FEW_EXAMPLES
    @given(st.floats(1e-3, 1e3))
    def test_unit_of_time_does_not_matter(self, unit):
        x, t_x, T = HISTORY
        other = simple.fit(x, t_x / unit, T / unit)
        assert_allclose(
            other.expected_purchases(90 / unit, x, t_x / unit, T / unit),
            simple.fit(*HISTORY).expected_purchases(90, *HISTORY), rtol=1e-9,
        )

    def test_weights_stand_for_repeated_rows(self):
        times = np.arange(200) % 3
        weighted = simple.fit(*HISTORY, weights=times)
        repeated = simple.fit(*(np.repeat(column, times) for column in HISTORY))
        assert_allclose(weighted.common_rate, repeated.common_rate)
        assert_allclose(weighted.leaving_rate, repeated.leaving_rate)
