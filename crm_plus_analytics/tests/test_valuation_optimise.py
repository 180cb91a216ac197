"""The search for the maximum: what a part of the rows may say, and that it decides nothing."""

import numpy as np
from numpy.testing import assert_allclose

from odoo.addons.crm_plus_analytics.valuation import (
    beta_dropout_model,
    bg_nbd,
    gamma_gamma,
    optimise,
    pareto_nbd,
)
from odoo.tests import BaseCase

from .valuation_simulation import simulate_mean_values, simulate_pareto


def parameters(model):
    return [getattr(model, name) for name in model.standard_errors]


class TestDerivatives(BaseCase):
    """Gradient and information against differences of what they are the derivatives of."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        x, t_x, T = simulate_pareto(300, 1.5, 60, 0.6, 80, 900, seed=3)
        history = x, t_x / 60, T / 60
        weights = np.random.default_rng(4).uniform(0, 3, 300)
        spent = x > 0
        means = simulate_mean_values(x, 6, 4, 4, seed=5)
        cls.likelihoods = [
            beta_dropout_model._Likelihood(*history, weights, 0),
            beta_dropout_model._Likelihood(*history, weights, 1),
            pareto_nbd._Likelihood(*history, weights),
            gamma_gamma._Likelihood(x[spent], means[spent], weights[spent]),
        ]

    def assert_derivatives(self, likelihood, theta):
        gradient = likelihood(theta)[1]
        information = likelihood.information(theta, gradient)
        for index, step in enumerate(1e-5 * np.eye(len(theta))):
            ahead, behind = likelihood(theta + step), likelihood(theta - step)
            slope, curvature = ((after - before) / 2e-5 for after, before in zip(ahead, behind, strict=True))
            assert_allclose(gradient[index], slope, rtol=1e-5, atol=1e-5 * np.abs(gradient).max())
            assert_allclose(
                information[index], -curvature, rtol=1e-5, atol=1e-7 * np.abs(information).max()
            )

    def test_near_the_maximum_and_far_from_it(self):
        for likelihood in self.likelihoods:
            for theta in ((0, 0, 0, 0), (0.5, -1, 1, 0.3), (-2, 2, -1.5, -1), (2, 1, 3, 2)):
                parameters = 3 if isinstance(likelihood, gamma_gamma._Likelihood) else 4
                self.assert_derivatives(likelihood, np.array(theta[:parameters], dtype=float))

    def test_sums_over_blocks_of_customers_are_those_over_all(self):
        theta = np.array([-0.3, 0.4, -0.8, 0.9])
        for likelihood, module in zip(
            self.likelihoods[:3], (beta_dropout_model, beta_dropout_model, pareto_nbd), strict=True
        ):
            value, gradient = likelihood(theta)
            information = likelihood.information(theta, gradient)
            self.patch(module, "BLOCK", 7)
            assert_allclose(likelihood(theta)[0], value, rtol=1e-12)
            assert_allclose(likelihood(theta)[1], gradient, rtol=1e-9)
            assert_allclose(likelihood.information(theta, gradient), information, rtol=1e-9, atol=1e-9)


class TestManyRows(BaseCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        x, t_x, T = simulate_pareto(40_000, 1.5, 60, 0.6, 80, 900, seed=1)
        means = simulate_mean_values(x, 6, 4, 40, seed=2)
        cls.fits = [
            lambda: bg_nbd.fit(x, t_x, T),
            lambda: pareto_nbd.fit(x, t_x, T),
            lambda: gamma_gamma.fit(x, means),
        ]
        cls.models = [fit() for fit in cls.fits]

    def assert_same_maxima(self):
        for fit, model in zip(self.fits, self.models, strict=True):
            other = fit()
            self.assertTrue(other.converged)
            assert_allclose(parameters(other), parameters(model), rtol=1e-5)
            assert_allclose(other.log_likelihood, model.log_likelihood, rtol=1e-12)
            assert_allclose(
                list(other.standard_errors.values()), list(model.standard_errors.values()), rtol=1e-3
            )

    def test_few_steps_over_all_rows_are_enough(self):
        for model in self.models:
            self.assertTrue(model.converged)
            self.assertLess(model.iterations, 8)

    def test_the_maximum_is_that_of_a_search_over_all_rows(self):
        self.patch(optimise, "MANY_ROWS", np.inf)
        self.assert_same_maxima()

    def test_where_newton_steps_lead_nowhere_the_other_search_finds_the_same(self):
        self.patch(optimise, "CLIMB_STEPS", 0)
        self.assert_same_maxima()

    def test_a_part_that_is_too_small_to_say_anything_is_given_up(self):
        self.patch(optimise, "REHEARSAL_ROWS", 6)
        self.assert_same_maxima()
