"""The search for the maximum: what a part of the rows may say, and that it decides nothing."""

import numpy as np
from numpy.testing import assert_allclose

from odoo.addons.crm_plus_analytics.valuation import bg_nbd, gamma_gamma, optimise, pareto_nbd
from odoo.tests import BaseCase

from .valuation_simulation import simulate_mean_values, simulate_pareto


def parameters(model):
    return [getattr(model, name) for name in model.standard_errors]


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

    def test_a_part_that_misleads_is_given_up(self):
        self.patch(optimise, "CHORD_STEPS", 0)
        self.assert_same_maxima()

    def test_a_part_that_is_too_small_to_say_anything_is_given_up(self):
        self.patch(optimise, "REHEARSAL_ROWS", 6)
        self.assert_same_maxima()
