"""Pareto/NBD against the closed forms of note 009, and where those give out."""

import numpy as np
from numpy.testing import assert_allclose, assert_array_equal
from scipy.integrate import quad
from scipy.special import gammaln, hyp2f1

from odoo.addons.crm_plus_analytics.valuation import pareto_nbd
from odoo.addons.crm_plus_analytics.valuation.gamma_dropout import BLOCK, departure
from odoo.tests import BaseCase

from .valuation_simulation import simulate_pareto, simulate_purchases

NAMES = ("r", "alpha", "s", "beta")
HISTORIES = np.array([0.0, 1, 2, 6]), np.array([0, 3.5, 30.43, 38.86]), np.full(4, 38.86)
#: α > β, α < β, nearly and exactly equal
PARAMETERS = (
    (0.553, 10.578, 0.606, 8.2), (0.553, 10.578, 0.606, 11.669),
    (0.553, 10.578, 0.606, 10.578 + 1e-9), (2.5, 10.0, 3.2, 10.0),
)


def log_likelihood_of_the_note(r, alpha, s, beta, x, t_x, T):
    """The likelihood of note 009 as printed, with a case for α ≥ β and one for α < β."""
    a_0 = closed_form(r, alpha, s, beta, x, t_x) - closed_form(r, alpha, s, beta, x, T)
    alive = (alpha + T) ** -(r + x) * (beta + T) ** -s
    return (
        gammaln(r + x) - gammaln(r) + r * np.log(alpha) + s * np.log(beta)
        + np.log(alive + s / (r + s + x) * a_0)
    )


def closed_form(r, alpha, s, beta, x, time):
    more, second = (alpha, s + 1) if alpha >= beta else (beta, r + x)
    z = abs(alpha - beta) / (more + time)
    return hyp2f1(r + s + x, second, r + s + x + 1, z) / (more + time) ** (r + s + x)


def log_odds_by_quadrature(r, alpha, s, beta, x, t_x, T):
    """ln P(left) / P(alive) by adaptive integration over the moment of leaving."""
    def log_integrand(y):
        return (
            (r + x) * np.log((alpha + T) / (alpha + y)) + s * np.log((beta + T) / (beta + y))
            - np.log(beta + y)
        )

    top = log_integrand(t_x)
    steps = t_x + (T - t_x) * np.append(0, np.geomspace(1e-9, 1, 60))
    pieces = (
        quad(lambda y: np.exp(log_integrand(y) - top), *piece, epsabs=0, epsrel=1e-12)[0]
        for piece in zip(steps, steps[1:], strict=False)
    )
    return np.log(s * sum(pieces)) + top


class TestDeparture(BaseCase):
    def log_odds(self, parameters, x, t_x, T):
        columns = (np.atleast_1d(np.asarray(column, dtype=float)) for column in (x, t_x, T))
        return departure(*parameters, *columns).log_odds

    def test_equals_adaptive_integration_for_rare_and_frequent_old_and_recent(self):
        rng = np.random.default_rng(1)
        for _ in range(150):
            r, s = 10 ** rng.uniform(-1.5, 1.5, 2)
            alpha, beta = 10 ** rng.uniform(-2, 3, 2)
            x, T = int(10 ** rng.uniform(0, 2.5)), 10 ** rng.uniform(-1, 3)
            case = (r, alpha, s, beta), x, T * rng.random(), T
            expected = log_odds_by_quadrature(*case[0], *case[1:])
            assert_allclose(self.log_odds(*case), expected, rtol=1e-10, atol=1e-9, err_msg=str(case))

    def test_equals_adaptive_integration_for_who_never_repeated(self):
        for alpha, beta in ((0.01, 500), (500, 0.01), (3, 3)):
            for r, s in ((0.05, 0.05), (0.05, 20), (20, 0.05)):
                case = (r, alpha, s, beta), 0, 0.0, 700.0
                expected = log_odds_by_quadrature(*case[0], *case[1:])
                assert_allclose(self.log_odds(*case), expected, atol=1e-6, err_msg=str(case))

    def test_nobody_left_who_bought_today(self):
        assert_array_equal(self.log_odds(PARAMETERS[0], [3, 0], [9, 0], [9, 0]), -np.inf)

    def test_is_finite_for_thousands_of_purchases_and_long_silence(self):
        for parameters in (*PARAMETERS, (1e-3, 1e-4, 1e-3, 1e4), (300, 1e4, 300, 1e-4)):
            found = departure(*parameters, np.array([5000.0, 5000]), np.array([1, 1e5]), np.full(2, 1e5))
            self.assertTrue(all(np.isfinite(column[0]) for column in found), parameters)
            self.assertFalse(any(np.isnan(column).any() for column in found), parameters)

    def test_blocks_of_customers_equal_each_alone(self):
        x, t_x, T = simulate_pareto(BLOCK + 5, 0.6, 70, 0.6, 80, 900, seed=1)
        together = departure(*PARAMETERS[0], x, t_x, T).log_odds
        for index in (0, BLOCK - 1, BLOCK, BLOCK + 4):
            one = slice(index, index + 1)
            assert_allclose(
                departure(*PARAMETERS[0], x[one], t_x[one], T[one]).log_odds, together[one], rtol=1e-11
            )


class TestParetoNbdFit(BaseCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.history = simulate_pareto(1500, 0.7, 30, 0.8, 90, 500, seed=2)
        cls.model = pareto_nbd.fit(*cls.history)
        cls.best = np.array([getattr(cls.model, name) for name in NAMES])

    def test_log_likelihood_is_that_of_the_note(self):
        # The note's closed form loses digits where the customer is recent.
        expected = log_likelihood_of_the_note(*self.best, *self.history).sum()
        assert_allclose(self.model.log_likelihood, expected, rtol=1e-9)

    def test_no_parameter_can_be_moved_for_the_better(self):
        for index in range(4):
            for factor in (0.99, 1.01):
                moved = self.best.copy()
                moved[index] *= factor
                other = log_likelihood_of_the_note(*moved, *self.history).sum()
                self.assertLess(other, self.model.log_likelihood)

    def test_gradient_is_that_of_the_likelihood(self):
        for parameters in PARAMETERS[:2] + PARAMETERS[3:]:
            likelihood = pareto_nbd._Likelihood(*HISTORIES, np.array([1.0, 2, 1, 3]))
            theta = np.log(parameters)
            _, gradient = likelihood(theta)
            for index, step in enumerate(1e-5 * np.eye(4)):
                slope = (likelihood(theta + step)[0] - likelihood(theta - step)[0]) / 2e-5
                assert_allclose(gradient[index], slope, rtol=1e-6, atol=1e-6)

    def test_rounding_is_not_taken_for_curvature(self):
        # Nothing here speaks for rates that differ: r and α grow until their digits run out.
        history = simulate_purchases(
            151, 6.5494910035029035, 3.8439167475550824, 1.1329139442970053, 1.2304707810657154,
            108.3742782531728, seed=33)
        model = pareto_nbd.fit(*history)
        self.assertFalse(model.converged)
        self.assertIn("do not determine r, alpha", model.message)

    def test_true_parameters_lie_within_four_standard_errors(self):
        truth = dict(zip(NAMES, (1.2, 30.0, 0.9, 150.0), strict=True))
        model = pareto_nbd.fit(*simulate_pareto(6000, *truth.values(), 1000, seed=3))
        self.assertTrue(model.converged, model.message)
        for name, value in truth.items():
            self.assertLess(abs(getattr(model, name) - value), 4 * model.standard_errors[name])


class TestParetoNbdPredictions(BaseCase):
    def test_p_alive_is_that_of_the_note(self):
        x, t_x, T = HISTORIES
        for r, alpha, s, beta in PARAMETERS:
            model = pareto_nbd.ParetoNbd(r=r, alpha=alpha, s=s, beta=beta)
            a_0 = closed_form(r, alpha, s, beta, x, t_x) - closed_form(r, alpha, s, beta, x, T)
            odds = s / (r + s + x) * (alpha + T) ** (r + x) * (beta + T) ** s * a_0
            assert_allclose(model.p_alive(x, t_x, T), 1 / (1 + odds), rtol=1e-9)

    def test_expected_purchases_are_those_of_the_note(self):
        x, _, T = HISTORIES
        for r, alpha, s, beta in PARAMETERS:
            model = pareto_nbd.ParetoNbd(r=r, alpha=alpha, s=s, beta=beta)
            rest = (1 - ((beta + T) / (beta + T + 52)) ** (s - 1)) / (s - 1)
            expected = (r + x) * (beta + T) / (alpha + T) * rest
            assert_allclose(model.expected_purchases_if_alive(52, x, T), expected, rtol=1e-9)

    def test_has_no_gap_where_s_is_one(self):
        around = [
            pareto_nbd.ParetoNbd(r=0.5, alpha=10, s=s, beta=12).expected_purchases_new(52)
            for s in (1 - 1e-9, 1, 1 + 1e-9)
        ]
        assert_allclose(around, around[1], rtol=1e-8)

    def test_customer_who_never_repeated_may_have_left(self):
        model = pareto_nbd.ParetoNbd(r=0.5, alpha=10, s=0.6, beta=12)
        p_alive = model.p_alive([0] * 3, [0] * 3, [0, 10, 100])
        self.assertEqual(p_alive[0], 1)
        self.assertTrue((np.diff(p_alive) < 0).all())
