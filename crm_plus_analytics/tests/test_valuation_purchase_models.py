"""What all three purchase models promise, on the same data; their own is in their own tests."""

import math

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from numpy.testing import assert_allclose, assert_array_equal

from odoo.addons.crm_plus_analytics.valuation import bg_nbd, mbg_nbd, pareto_nbd
from odoo.tests import BaseCase

from .valuation_simulation import FEW_EXAMPLES, simulate_purchases

FITS = {model.__name__.rpartition(".")[2]: model.fit for model in (bg_nbd, mbg_nbd, pareto_nbd)}
MODELS = (
    bg_nbd.BgNbd(r=0.243, alpha=4.414, a=0.793, b=2.426),
    mbg_nbd.MbgNbd(r=0.525, alpha=6.183, a=0.891, b=1.614),
    pareto_nbd.ParetoNbd(r=0.553, alpha=10.578, s=0.606, beta=11.669),
)
#: Parameters that are lengths of time.
TIMES = ("alpha", "beta")
HISTORY = simulate_purchases(400, 0.8, 20, 0.6, 3, 400, seed=1)


def parameters(model, unit=1.0):
    """Return the parameters, times multiplied by `unit`."""
    return np.array([value * (unit if name in TIMES else 1) for name, value in named(model)])


def named(model):
    return [(name, getattr(model, name)) for name in model.standard_errors]


class TestEveryPurchaseModelFit(BaseCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.fitted = {name: fit(*HISTORY) for name, fit in FITS.items()}

    def each(self):
        # Not as subtests: hypothesis runs a test many times, and they do not.
        return [(fit, self.fitted[name]) for name, fit in FITS.items()]

    def test_converges(self):
        for _, model in self.each():
            self.assertTrue(model.converged, model.message)
            self.assertTrue((np.array(list(model.standard_errors.values())) > 0).all())

    def test_weights_stand_for_repeated_rows(self):
        times = np.arange(400) % 3
        for fit, _ in self.each():
            weighted = fit(*HISTORY, weights=times)
            repeated = fit(*(np.repeat(column, times) for column in HISTORY))
            assert_allclose(parameters(weighted), parameters(repeated), rtol=1e-9)
            assert_allclose(weighted.log_likelihood, repeated.log_likelihood, rtol=1e-12)

    @FEW_EXAMPLES
    @given(st.randoms(use_true_random=False))
    def test_order_of_customers_does_not_matter(self, random):
        order = random.sample(range(400), 400)
        for fit, model in self.each():
            shuffled = fit(*(column[order] for column in HISTORY))
            assert_array_equal(parameters(shuffled), parameters(model))

    @FEW_EXAMPLES
    @given(st.floats(1e-4, 1e4))
    def test_unit_of_time_scales_times_and_nothing_else(self, unit):
        x, t_x, T = HISTORY
        for fit, model in self.each():
            other = fit(x, t_x / unit, T / unit)
            assert_allclose(parameters(other, unit), parameters(model), rtol=1e-5)
            assert_allclose(
                other.log_likelihood, model.log_likelihood + x.sum() * math.log(unit), rtol=1e-9
            )

    def test_daily_buyers_of_a_hundred_purchases_converge_in_days_and_weeks(self):
        x, t_x, T = simulate_purchases(2000, 2, 1, 0.2, 30, 500, seed=3)
        self.assertGreater(x.mean(), 90)
        for fit, _ in self.each():
            in_days, in_weeks = fit(x, t_x, T), fit(x, t_x / 7, T / 7)
            self.assertTrue(in_days.converged, in_days.message)
            self.assertTrue(in_weeks.converged, in_weeks.message)
            assert_allclose(parameters(in_weeks, 7), parameters(in_days), rtol=1e-6)

    def test_standard_errors_of_times_are_times(self):
        x, t_x, T = HISTORY
        for fit, model in self.each():
            in_weeks = fit(x, t_x / 7, T / 7)
            for name, error in in_weeks.standard_errors.items():
                factor = 7 if name in TIMES else 1
                assert_allclose(error * factor, model.standard_errors[name], rtol=1e-4)


    def test_unit_of_time_does_not_matter_to_what_is_foreseen(self):
        x, t_x, T = HISTORY
        for fit, model in self.each():
            in_weeks = fit(x, t_x / 7, T / 7)
            assert_allclose(in_weeks.p_alive(x, t_x / 7, T / 7), model.p_alive(*HISTORY), rtol=1e-6)
            assert_allclose(
                in_weeks.expected_purchases(52, x, t_x / 7, T / 7),
                model.expected_purchases(364, *HISTORY), rtol=1e-6,
            )


class TestEveryPurchaseModelWithoutAnEstimate(BaseCase):
    def assert_unknown(self, reason, *histories):
        for name, fit in FITS.items():
            with self.subTest(name):
                model = fit(*histories)
                self.assertFalse(model.converged)
                self.assertIn(reason, model.message)
                self.assertTrue(np.isnan(parameters(model)).all())
                some = [0, 2], [0, 3], [5, 5]
                self.assertTrue(np.isnan(model.p_alive(*some)).all())
                self.assertTrue(np.isnan(model.expected_purchases(3, *some)).all())
                self.assertTrue(np.isnan(model.expected_purchases_new([1, 2])).all())

    def test_no_one_or_two_customers(self):
        self.assert_unknown("Too few customers: 0", [], [], [])
        self.assert_unknown("Too few customers: 1", [2], [3], [5])
        self.assert_unknown("Too few customers: 2", [2, 0], [3, 0], [5, 4])

    def test_one_purchase_each(self):
        self.assert_unknown("No customer has bought twice", [0] * 30, [0] * 30, range(30))

    def test_all_came_today(self):
        self.assert_unknown("same history", [0] * 30, [0] * 30, [0] * 30)

    def test_all_alike(self):
        self.assert_unknown("same history", [2] * 30, [5] * 30, [9] * 30)

    def test_customers_of_one_rate_leave_its_spread_open(self):
        # Everybody buys every 25 days, and leaves some day: r and α grow without end together.
        T = np.linspace(100, 700, 60)
        x = np.floor(T * (0.3 + 0.7 * (np.arange(60) % 7) / 6) / 25)
        for name, fit in FITS.items():
            with self.subTest(name):
                model = fit(x, 25 * x, T)
                self.assertFalse(model.converged)
                self.assertIn("do not determine r, alpha", model.message)

    def test_two_kinds_of_customer_leave_parameters_open_that_the_message_names(self):
        for name, fit in FITS.items():
            with self.subTest(name):
                model = fit([1] * 10 + [2] * 10, [3] * 20, [5] * 20)
                self.assertFalse(model.converged)
                self.assertIn("do not determine r, alpha", model.message)


class TestEveryPurchaseModelPredictions(BaseCase):
    histories = st.tuples(st.integers(0, 3000), st.floats(0.01, 1), st.floats(0.1, 5000))

    @FEW_EXAMPLES
    @given(histories)
    def test_p_alive_is_a_probability_that_rises_with_recency(self, history):
        x, _, T = history
        t_x = T * np.linspace(0.01, 1, 50) * (x > 0)
        for model in MODELS:
            alive = model.p_alive([x] * 50, t_x, [T] * 50)
            self.assertTrue(((alive >= 0) & (alive <= 1)).all())
            self.assertTrue((np.diff(alive) >= -1e-12).all())

    @FEW_EXAMPLES
    @given(histories)
    def test_expectation_is_finite_and_rises_with_the_horizon(self, history):
        x, recency, T = history
        horizons = np.array([[0], [1e-3], [1], [50], [5000]])
        for model in MODELS:
            ahead = model.expected_purchases(horizons, [x], [T * recency * (x > 0)], [T])[:, 0]
            self.assertEqual(ahead[0], 0)
            self.assertTrue(np.isfinite(ahead).all())
            self.assertTrue((np.diff(ahead) >= 0).all())

    @FEW_EXAMPLES
    @given(st.tuples(*[st.floats(-3, 3)] * 4), st.lists(histories, min_size=1, max_size=20))
    def test_any_parameters_and_histories_give_a_chance_and_a_number_of_purchases(self, tens, rows):
        first, second, third, fourth = (10.0**exponent for exponent in tens)
        x, recency, T = np.array(rows).T
        history = x, T * recency * (x > 0), T
        for model in (
            bg_nbd.BgNbd(r=first, alpha=second, a=third, b=fourth),
            mbg_nbd.MbgNbd(r=first, alpha=second, a=third, b=fourth),
            pareto_nbd.ParetoNbd(r=first, alpha=second, s=third, beta=fourth),
        ):
            alive = model.p_alive(*history)
            self.assertTrue(((alive >= 0) & (alive <= 1)).all(), model)
            purchases = model.expected_purchases(np.array([[0.0], [1], [400]]), *history)
            self.assertTrue(np.isfinite(purchases).all(), model)
            self.assertFalse(purchases[0].any(), model)
            self.assertTrue((np.diff(purchases, axis=0) >= 0).all(), model)

    def test_customer_of_today_is_expected_to_buy_like_a_new_one(self):
        for model in MODELS:
            assert_allclose(
                model.expected_purchases(52, [0], [0], [0]), [model.expected_purchases_new(52)]
            )

    def test_each_customer_may_have_a_horizon_of_their_own(self):
        for model in MODELS:
            both = model.expected_purchases([10, 20], [2, 3], [5, 5], [9, 9])
            assert_allclose(both[:1], model.expected_purchases(10, [2], [5], [9]))
            assert_allclose(both[1:], model.expected_purchases(20, [3], [5], [9]))

    def test_no_customers_no_predictions(self):
        for model in MODELS:
            self.assertEqual(model.p_alive([], [], []).shape, (0,))
            self.assertEqual(model.expected_purchases(10, [], [], []).shape, (0,))

    def test_impossible_histories_are_refused(self):
        for model in MODELS:
            with self.assertRaisesRegex(ValueError, "^t must not be negative"):
                model.expected_purchases(-1, [1], [1], [2])
            with self.assertRaisesRegex(ValueError, "^t_x must not exceed T"):
                model.p_alive([1], [3], [2])
