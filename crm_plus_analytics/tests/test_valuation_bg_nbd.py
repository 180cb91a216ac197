"""BG/NBD: what it promises on any data, and what it says of data that cannot carry it."""

import math

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from numpy.testing import assert_allclose, assert_array_equal
from scipy.special import betaln, gammaln

from odoo.addons.crm_plus_analytics.valuation import bg_nbd
from odoo.tests import BaseCase

from .valuation_simulation import FEW_EXAMPLES, simulate_purchases

NAMES = ("r", "alpha", "a", "b")
HISTORY = simulate_purchases(600, 0.8, 20, 0.6, 3, 400, seed=1)
MODEL = bg_nbd.BgNbd(r=0.243, alpha=4.414, a=0.793, b=2.426)


def parameters(model):
    return np.array([getattr(model, name) for name in NAMES])


def log_likelihood_of_the_paper(r, alpha, a, b, x, t_x, T):
    """Equation 6 as printed, with its two terms added outside the logarithm."""
    alive = betaln(a, b + x) - betaln(a, b) - (r + x) * np.log(alpha + T)
    left = betaln(a + 1, b + np.maximum(x, 1) - 1) - betaln(a, b) - (r + x) * np.log(alpha + t_x)
    either = np.where(x > 0, np.logaddexp(alive, left), alive)
    return np.sum(gammaln(r + x) - gammaln(r) + r * np.log(alpha) + either)


class TestBgNbdFit(BaseCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.model = bg_nbd.fit(*HISTORY)

    def test_log_likelihood_is_that_of_the_paper(self):
        assert_allclose(
            self.model.log_likelihood,
            log_likelihood_of_the_paper(*parameters(self.model), *HISTORY),
            rtol=1e-12,
        )

    def test_no_parameter_can_be_moved_for_the_better(self):
        for index in range(4):
            for factor in (0.99, 1.01):
                moved = parameters(self.model)
                moved[index] *= factor
                self.assertLess(log_likelihood_of_the_paper(*moved, *HISTORY), self.model.log_likelihood)

    def test_standard_errors_are_those_of_the_curvature_at_the_maximum(self):
        """Against second differences of the printed likelihood by the parameters themselves."""
        best = parameters(self.model)
        width = 1e-3 * best

        def at(i, j):
            return log_likelihood_of_the_paper(*(best + i * width + j * width), *HISTORY)

        axes = np.eye(4)
        information = -np.array([
            [(at(i, j) - at(i, -j) - at(-i, j) + at(-i, -j)) / 4 for j in axes] for i in axes
        ]) / np.outer(width, width)
        assert_allclose(
            [self.model.standard_errors[name] for name in NAMES],
            np.sqrt(np.diag(np.linalg.inv(information))),
            rtol=1e-3,
        )

    def test_true_parameters_lie_within_four_standard_errors(self):
        truth = dict(zip(NAMES, (2.0, 60.0, 0.5, 4.0), strict=True))
        model = bg_nbd.fit(*simulate_purchases(5000, *truth.values(), 1000, seed=2))
        for name, value in truth.items():
            self.assertLess(abs(getattr(model, name) - value), 4 * model.standard_errors[name])

    def test_weights_stand_for_repeated_rows(self):
        times = np.arange(600) % 3
        weighted = bg_nbd.fit(*HISTORY, weights=times)
        repeated = bg_nbd.fit(*(np.repeat(column, times) for column in HISTORY))
        assert_allclose(parameters(weighted), parameters(repeated), rtol=1e-12)
        assert_allclose(weighted.log_likelihood, repeated.log_likelihood, rtol=1e-12)

    def test_daily_buyers_converge_in_days_weeks_and_years(self):
        x, t_x, T = simulate_purchases(3000, 2, 1, 0.2, 30, 500, seed=3)
        self.assertGreater(x.mean(), 90)
        in_days = bg_nbd.fit(x, t_x, T)
        for unit in (1, 7, 365.25):
            model = bg_nbd.fit(x, t_x / unit, T / unit)
            self.assertTrue(model.converged, model.message)
            assert_allclose(parameters(model) * (1, unit, 1, 1), parameters(in_days), rtol=1e-6)

    def test_hundred_thousand_customers_of_three_years_converge_in_days_and_weeks(self):
        x, t_x, T = simulate_purchases(100_000, 0.8, 6, 0.5, 6, 1095, seed=2)
        in_days, in_weeks = bg_nbd.fit(x, t_x, T), bg_nbd.fit(x, t_x / 7, T / 7)
        self.assertTrue(in_days.converged and in_weeks.converged)
        self.assertLess(in_days.iterations, 8)
        assert_allclose(parameters(in_weeks) * (1, 7, 1, 1), parameters(in_days), rtol=1e-6)

    @FEW_EXAMPLES
    @given(st.randoms(use_true_random=False))
    def test_order_of_customers_does_not_matter(self, random):
        order = random.sample(range(600), 600)
        shuffled = bg_nbd.fit(*(column[order] for column in HISTORY))
        assert_array_equal(parameters(shuffled), parameters(self.model))

    @FEW_EXAMPLES
    @given(st.floats(1e-4, 1e4))
    def test_unit_of_time_scales_alpha_and_nothing_else(self, unit):
        x, t_x, T = HISTORY
        model = bg_nbd.fit(x, t_x / unit, T / unit)
        assert_allclose(parameters(model) * (1, unit, 1, 1), parameters(self.model), rtol=1e-5)
        assert_allclose(
            model.log_likelihood, self.model.log_likelihood + x.sum() * math.log(unit), rtol=1e-9
        )


class TestBgNbdWithoutAnEstimate(BaseCase):
    def assert_unknown(self, model, reason):
        self.assertFalse(model.converged)
        self.assertIn(reason, model.message)
        self.assertTrue(np.isnan(parameters(model)).all())
        self.assertTrue(np.isnan(list(model.standard_errors.values())).all())
        histories = [0, 2], [0, 3], [5, 5]
        self.assertTrue(np.isnan(model.p_alive(*histories)).all())
        self.assertTrue(np.isnan(model.expected_purchases(3, *histories)).all())
        self.assertTrue(np.isnan(model.expected_purchases_new([1, 2])).all())

    def test_no_customers(self):
        self.assert_unknown(bg_nbd.fit([], [], []), "Too few customers: 0")

    def test_nine_customers(self):
        self.assert_unknown(bg_nbd.fit(range(1, 10), range(1, 10), range(2, 11)), "Too few customers: 9")

    def test_customers_of_no_weight(self):
        self.assert_unknown(bg_nbd.fit([1] * 20, [1] * 20, [2] * 20, [0] * 20), "Too few customers: 0")

    def test_one_purchase_each(self):
        self.assert_unknown(bg_nbd.fit([0] * 30, [0] * 30, range(30)), "No customer has bought twice")

    def test_all_alike(self):
        self.assert_unknown(bg_nbd.fit([2] * 30, [5] * 30, [9] * 30), "same history")

    def test_two_kinds_of_customer_leave_parameters_open_that_the_message_names(self):
        model = bg_nbd.fit([1] * 10 + [2] * 10, [3] * 20, [5] * 20)
        self.assertFalse(model.converged)
        self.assertIn("do not determine r, alpha, a, b", model.message)
        self.assertTrue(np.isfinite(parameters(model)).all())

    def test_what_the_data_do_determine_keeps_its_standard_error(self):
        # Rates differ between customers, but everybody bought today: nobody has left.
        x = np.repeat([1, 2, 3, 5, 8, 13], 50)
        T = 40 + np.arange(300) % 60
        model = bg_nbd.fit(x, T, T)
        self.assertFalse(model.converged)
        self.assertIn("do not determine a, b:", model.message)
        self.assertGreater(model.standard_errors["r"], 0)
        self.assertTrue(np.isnan(model.standard_errors["a"]))


class TestBgNbdPredictions(BaseCase):
    histories = st.tuples(
        st.integers(0, 3000),
        st.floats(0.01, 1),
        st.floats(0.1, 5000),
    )

    @FEW_EXAMPLES
    @given(histories)
    def test_p_alive_is_a_probability_that_rises_with_recency(self, history):
        x, _, T = history
        t_x = T * np.linspace(0.01, 1, 50) * (x > 0)
        alive = MODEL.p_alive([x] * 50, t_x, [T] * 50)
        self.assertTrue(((alive >= 0) & (alive <= 1)).all())
        self.assertTrue((np.diff(alive) >= 0).all())

    @FEW_EXAMPLES
    @given(histories)
    def test_expectation_is_finite_and_rises_with_the_horizon(self, history):
        x, recency, T = history
        horizons = np.array([[0], [1e-3], [1], [50], [5000]])
        ahead = MODEL.expected_purchases(horizons, [x], [T * recency * (x > 0)], [T])[:, 0]
        self.assertEqual(ahead[0], 0)
        self.assertTrue(np.isfinite(ahead).all())
        self.assertTrue((np.diff(ahead) >= 0).all())

    def test_customer_who_never_repeated_counts_as_alive(self):
        assert_array_equal(MODEL.p_alive([0, 0], [0, 0], [0, 500]), [1, 1])

    def test_customer_of_today_is_expected_to_buy_like_a_new_one(self):
        assert_array_equal(
            MODEL.expected_purchases(52, [0], [0], [0]), [MODEL.expected_purchases_new(52)]
        )

    def test_customers_of_today_add_nothing_to_the_fit(self):
        with_today = bg_nbd.fit(*(np.append(column, [0] * 50) for column in HISTORY))
        without = bg_nbd.fit(*HISTORY)
        assert_allclose(with_today.log_likelihood, without.log_likelihood, rtol=1e-9)
        assert_allclose(parameters(with_today), parameters(without), rtol=1e-5)

    def test_each_customer_may_have_a_horizon_of_their_own(self):
        both = MODEL.expected_purchases([10, 20], [2, 3], [5, 5], [9, 9])
        assert_allclose(both[:1], MODEL.expected_purchases(10, [2], [5], [9]))
        assert_allclose(both[1:], MODEL.expected_purchases(20, [3], [5], [9]))

    def test_no_customers_no_predictions(self):
        self.assertEqual(MODEL.expected_purchases(10, [], [], []).shape, (0,))


class TestBgNbdInput(BaseCase):
    def assert_refused(self, sentence, *arguments):
        with self.assertRaisesRegex(ValueError, sentence):
            bg_nbd.fit(*arguments)

    def test_lengths_that_differ(self):
        self.assert_refused("lengths given: x 2, t_x 1, T 2", [1, 1], [1], [2, 2])

    def test_negative_numbers(self):
        self.assert_refused("^x must not be negative", [-1], [0], [2])
        self.assert_refused("^t_x must not be negative", [1], [-1], [2])
        self.assert_refused("^T must not be negative", [0], [0], [-1])
        self.assert_refused("^weights must not be negative", [1], [1], [2], [-1])

    def test_part_of_a_purchase(self):
        self.assert_refused("^x must hold whole numbers", [1.5], [1], [2])

    def test_missing_numbers(self):
        self.assert_refused("^T holds empty or infinite entries", [1], [1], [np.nan])
        self.assert_refused("^t_x must hold numbers only", [1], ["soon"], [2])

    def test_purchase_after_the_as_of_date(self):
        self.assert_refused("^t_x must not exceed T: leave out purchases after", [1], [3], [2])

    def test_repeat_purchase_on_the_first_day(self):
        self.assert_refused("^t_x must be positive where x is: merge the purchases", [1], [0], [2])

    def test_recency_without_a_repeat_purchase(self):
        self.assert_refused("^t_x must be 0 where x is 0", [0], [1], [2])

    def test_weights_of_another_length(self):
        self.assert_refused("^weights must have one entry for each of the 1 customers", [1], [1], [2], [1, 1])

    def test_predictions_check_the_same(self):
        with self.assertRaisesRegex(ValueError, "^t must not be negative"):
            MODEL.expected_purchases(-1, [1], [1], [2])
        with self.assertRaisesRegex(ValueError, "^t_x must not exceed T"):
            MODEL.p_alive([1], [3], [2])
