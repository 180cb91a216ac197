"""Gamma-Gamma: what it promises on any data, and whom it leaves out."""

import math

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from numpy.testing import assert_allclose, assert_array_equal
from scipy.special import gammaln

from odoo.addons.crm_plus_analytics.valuation import gamma_gamma
from odoo.tests import BaseCase

from .valuation_simulation import FEW_EXAMPLES, simulate_mean_values, simulate_purchases

NAMES = ("p", "q", "gamma")
REPEATS = 1 + np.arange(500) % 7
MEANS = simulate_mean_values(REPEATS, 5, 4, 60, seed=1)
MODEL = gamma_gamma.GammaGamma(p=6.25, q=3.74, gamma=15.44)


def parameters(model):
    return np.array([getattr(model, name) for name in NAMES])


def log_likelihood_of_the_note(p, q, gamma, x, z):
    """Equation 1a of note 025 as printed, summed over customers."""
    return np.sum(
        gammaln(p * x + q) - gammaln(p * x) - gammaln(q) + q * np.log(gamma)
        + (p * x - 1) * np.log(z) + p * x * np.log(x) - (p * x + q) * np.log(gamma + x * z)
    )


class TestGammaGammaFit(BaseCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.model = gamma_gamma.fit(REPEATS, MEANS)

    def test_log_likelihood_is_that_of_the_note(self):
        expected = log_likelihood_of_the_note(*parameters(self.model), REPEATS, MEANS)
        assert_allclose(self.model.log_likelihood, expected, rtol=1e-12)

    def test_no_parameter_can_be_moved_for_the_better(self):
        for index in range(3):
            for factor in (0.99, 1.01):
                moved = parameters(self.model)
                moved[index] *= factor
                self.assertLess(
                    log_likelihood_of_the_note(*moved, REPEATS, MEANS), self.model.log_likelihood
                )

    def test_large_input_that_the_usual_library_fails_on_converges(self):
        """100,000 customers over three years, where `lifetimes` reports failure at the maximum."""
        truth = dict(zip(NAMES, (6.25, 3.74, 309), strict=True))
        x, _, _ = simulate_purchases(100_000, 0.8, 6, 0.5, 6, 1095, seed=2)
        model = gamma_gamma.fit(x, simulate_mean_values(x, *truth.values(), seed=3))
        self.assertTrue(model.converged, model.message)
        for name, value in truth.items():
            self.assertLess(abs(getattr(model, name) - value), 4 * model.standard_errors[name])

    def test_weights_stand_for_repeated_rows(self):
        times = np.arange(500) % 3
        weighted = gamma_gamma.fit(REPEATS, MEANS, weights=times)
        repeated = gamma_gamma.fit(np.repeat(REPEATS, times), np.repeat(MEANS, times))
        assert_allclose(parameters(weighted), parameters(repeated), rtol=1e-9)

    @FEW_EXAMPLES
    @given(st.randoms(use_true_random=False))
    def test_order_of_customers_does_not_matter(self, random):
        order = random.sample(range(500), 500)
        shuffled = gamma_gamma.fit(REPEATS[order], MEANS[order])
        assert_allclose(parameters(shuffled), parameters(self.model), rtol=1e-9)
        assert_allclose(shuffled.log_likelihood, self.model.log_likelihood, rtol=1e-13)

    @FEW_EXAMPLES
    @given(st.floats(1e-4, 1e4))
    def test_unit_of_currency_scales_gamma_and_nothing_else(self, unit):
        model = gamma_gamma.fit(REPEATS, MEANS * unit)
        assert_allclose(parameters(model), parameters(self.model) * (1, 1, unit), rtol=1e-5)
        assert_allclose(
            model.log_likelihood, self.model.log_likelihood - 500 * math.log(unit), rtol=1e-9
        )


class TestGammaGammaLeavesOut(BaseCase):
    # Credited in full, credited beyond, never repeated.
    UNUSABLE = np.array([3.0, 2, 0]), np.array([0.0, -12.5, 80])

    def test_customers_without_repeat_purchases_of_positive_value(self):
        unusable_x, unusable_means = self.UNUSABLE
        model = gamma_gamma.fit(np.append(REPEATS, unusable_x), np.append(MEANS, unusable_means))
        self.assertEqual(model.excluded, 3)
        assert_array_equal(parameters(model), parameters(gamma_gamma.fit(REPEATS, MEANS)))

    def test_and_values_them_at_the_mean_of_all(self):
        assert_allclose(MODEL.expected_value(*self.UNUSABLE), 6.25 * 15.44 / 2.74)

    def test_and_gives_no_value_where_the_mean_of_all_is_infinite(self):
        heavy_tailed = gamma_gamma.GammaGamma(p=2, q=0.9, gamma=10)
        values = heavy_tailed.expected_value([0, 1], [0, 40])
        self.assertTrue(np.isnan(values[0]))
        # Equation 5: p (γ + x z̄) / (p x + q − 1)
        assert_allclose(values[1], 2 * (10 + 40) / 1.9)


class TestGammaGammaExpectedValue(BaseCase):
    def test_lies_between_own_mean_and_the_mean_of_all(self):
        values = MODEL.expected_value([1, 1], [5, 500])
        self.assertTrue(5 < values[0] < MODEL.population_mean < values[1] < 500)

    def test_comes_nearer_to_the_own_mean_with_more_purchases(self):
        distance = np.abs(MODEL.expected_value([1, 2, 10, 1000], [80] * 4) - 80)
        self.assertTrue((np.diff(distance) < 0).all())
        self.assertLess(distance[-1], 0.05)


    @FEW_EXAMPLES
    @given(
        st.tuples(*[st.floats(-2, 2)] * 3),
        st.lists(st.tuples(st.integers(0, 500), st.floats(-10, 1e6)), min_size=1, max_size=20),
        st.floats(1e-3, 1e3),
    )
    def test_any_parameters_and_customers_give_a_value_in_their_currency(self, tens, rows, unit):
        p, q, gamma = (10.0**exponent for exponent in tens)
        # The mean of all is finite.
        model = gamma_gamma.GammaGamma(p=p, q=1 + q, gamma=gamma)
        x, means = np.array(rows).T
        values = model.expected_value(x, means)
        self.assertTrue((np.isfinite(values) & (values > 0)).all())
        in_other = gamma_gamma.GammaGamma(p=p, q=1 + q, gamma=gamma * unit)
        assert_allclose(in_other.expected_value(x, means * unit), values * unit, rtol=1e-9)


class TestGammaGammaWithoutAnEstimate(BaseCase):
    def assert_unknown(self, model, reason):
        self.assertFalse(model.converged)
        self.assertIn(reason, model.message)
        self.assertTrue(np.isnan(parameters(model)).all())
        self.assertTrue(np.isnan(model.expected_value([0, 2], [0, 10])).all())

    def test_no_customers(self):
        self.assert_unknown(gamma_gamma.fit([], []), "Too few customers with repeat purchases of positive value: 0")

    def test_one_purchase_each(self):
        model = gamma_gamma.fit([0] * 40, [0] * 40)
        self.assert_unknown(model, "Too few customers")
        self.assertEqual(model.excluded, 40)

    def test_all_spend_the_same(self):
        self.assert_unknown(gamma_gamma.fit(REPEATS, [20] * 500), "spend the same")

    def test_hardly_any_difference_leaves_parameters_open_that_the_message_names(self):
        model = gamma_gamma.fit([3] * 20, [5] * 19 + [5.01])
        self.assertFalse(model.converged)
        self.assertIn("do not determine p", model.message)


class TestGammaGammaInput(BaseCase):
    def assert_refused(self, sentence, *arguments):
        with self.assertRaisesRegex(ValueError, sentence):
            gamma_gamma.fit(*arguments)

    def test_lengths_that_differ(self):
        self.assert_refused("lengths given: x 2, mean_value 1", [1, 1], [1])

    def test_impossible_counts(self):
        self.assert_refused("^x must not be negative", [-1], [5])
        self.assert_refused("^x must hold whole numbers", [0.5], [5])

    def test_missing_values(self):
        self.assert_refused("^mean_value holds empty or infinite entries", [1], [np.nan])
