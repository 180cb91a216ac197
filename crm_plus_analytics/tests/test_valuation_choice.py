"""Which model is chosen, and what is said of it."""

import math

import numpy as np
from numpy.testing import assert_allclose

from odoo.addons.crm_plus_analytics.valuation import choice, pareto_nbd, simple
from odoo.addons.crm_plus_analytics.valuation.forecast_error import (
    forecast_error,
    poisson_deviance,
    same_rate_as_before,
)
from odoo.tests import BaseCase

from .cdnow import cdnow_summary
from .valuation_simulation import simulate_pareto

NOBODY = [], [], [], []


def with_holdout(x, t_x, T, length, model, seed):
    """Return a history and counts drawn around what `model` expects."""
    expected = model.expected_purchases(length, x, t_x, T)
    return x, t_x, T, np.random.default_rng(seed).poisson(expected).astype(float)


class TestForecastError(BaseCase):
    def test_worked_out_by_hand(self):
        error = forecast_error([1, 2, 3], [0, 2, 5])
        assert_allclose(error.mean_absolute, 1)
        assert_allclose(error.root_mean_square, math.sqrt(5 / 3))
        assert_allclose(error.bias, 6 / 7 - 1)

    def test_weights_stand_for_repeated_rows(self):
        self.assertEqual(
            forecast_error([1, 2], [0, 2], [3, 1]), forecast_error([1, 1, 1, 2], [0, 0, 0, 2])
        )

    def test_without_customers_or_purchases_it_is_unknown(self):
        self.assertTrue(math.isnan(forecast_error([], []).root_mean_square))
        self.assertTrue(math.isnan(forecast_error([1], [0]).bias))

    def test_deviance_is_least_for_the_mean(self):
        counts = np.array([0, 0, 1, 5.0])
        at = [poisson_deviance(np.full(4, mean), counts).sum() for mean in (1.2, 1.5, 1.8)]
        self.assertTrue(at[1] < at[0] and at[1] < at[2])

    def test_deviance_of_an_exact_forecast_is_zero_and_of_a_ruled_out_one_finite(self):
        assert_allclose(poisson_deviance([2, 0], [2, 0]), 0, atol=3e-6)
        self.assertTrue(np.isfinite(poisson_deviance([0], [3])).all())

    def test_same_rate_as_before(self):
        assert_allclose(same_rate_as_before([4, 0, 0], [8, 8, 0], 6), [3, 0, 0])


class TestChoice(BaseCase):
    def test_on_cdnow(self):
        history = cdnow_summary()
        found = choice.choose(history.x, history.t_x, history.T, history.holdout, 39)
        self.assertEqual(set(found.candidates), {"bg_nbd", "mbg_nbd", "pareto_nbd"})
        self.assertTrue(all(each.usable for each in found.candidates.values()))
        # All three are within a per cent of each other there.
        self.assertEqual((found.name, found.verdict), ("pareto_nbd", "close"))
        self.assertIn("Pareto/NBD foresaw the purchases of the holdout best, hardly better than BG/NBD", found.reason)
        self.assertIs(found.model, found.candidates["pareto_nbd"].model)
        bg_nbd = found.candidates["bg_nbd"].error
        # Means by frequency of the published table, times its customers.
        assert_allclose(bg_nbd.expected_total, 1653.4, atol=0.1)
        self.assertEqual(bg_nbd.actual_total, 1882)

    def test_the_model_that_made_the_data_is_distinctly_the_best(self):
        history = simulate_pareto(6000, 1.5, 20, 0.4, 40, 500, seed=1)
        truth = pareto_nbd.ParetoNbd(r=1.5, alpha=20, s=0.4, beta=40)
        found = choice.choose(*with_holdout(*history, 300, truth, seed=2), 300)
        self.assertEqual((found.name, found.verdict), ("pareto_nbd", "best"))
        self.assertIn("distinctly better", found.reason)

    def test_only_model_that_can_be_used_is_chosen_and_the_others_named(self):
        class Undetermined:
            converged, message = False, "The data do not determine it."

        self.patch(choice, "MODELS", {**choice.MODELS, "mbg_nbd": lambda *history: Undetermined()})
        history = cdnow_summary()
        found = choice.choose(
            history.x, history.t_x, history.T, history.holdout, 39, names=["bg_nbd", "mbg_nbd"]
        )
        self.assertEqual((found.name, found.verdict), ("bg_nbd", "only"))
        self.assertFalse(found.candidates["mbg_nbd"].usable)
        self.assertEqual(
            found.reason,
            "BG/NBD is the only model that can be used. MBG/NBD: The data do not determine it.",
        )

    def test_without_a_model_the_simple_estimate_stands_in(self):
        for history in (NOBODY, ([2], [3], [5], [1]), ([0] * 30, [0] * 30, range(30), [1] * 30),
                        ([2] * 30, [5] * 30, [9] * 30, [1] * 30), ([0] * 30, [0] * 30, [0] * 30, [0] * 30)):
            found = choice.choose(*history, 10)
            self.assertEqual((found.name, found.verdict), ("simple", "none"))
            self.assertIsInstance(found.model, simple.SimpleEstimate)
            self.assertIn("No model can be used: BG/NBD, MBG/NBD, Pareto/NBD: ", found.reason)

    def test_weights_and_order_of_customers(self):
        x, t_x, T = simulate_pareto(500, 0.7, 30, 0.8, 90, 500, seed=3)
        history = np.array(with_holdout(x, t_x, T, 100, simple.fit(x, t_x, T), seed=4))
        times = np.arange(500) % 3
        weighted = choice.choose(*history, 100, weights=times)
        repeated = choice.choose(*np.repeat(history, times, axis=1)[:, ::-1], 100)
        self.assertEqual(weighted.name, repeated.name)
        for name, candidate in weighted.candidates.items():
            assert_allclose(candidate.deviance, repeated.candidates[name].deviance, rtol=1e-6)

    def test_input_that_is_refused(self):
        with self.assertRaisesRegex(ValueError, "^length must be one number"):
            choice.choose([1], [1], [2], [0], [1, 2])
        with self.assertRaisesRegex(ValueError, "^holdout must not be negative"):
            choice.choose([1], [1], [2], [-1], 5)
        with self.assertRaisesRegex(ValueError, "lengths given: x 1, t_x 1, T 1, holdout 2"):
            choice.choose([1], [1], [2], [1, 1], 5)
