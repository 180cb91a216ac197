"""MBG/NBD against its model as simulated and as integrated, and against BG/NBD."""

import numpy as np
from numpy.testing import assert_allclose
from scipy.special import betaln, gammaln, roots_genlaguerre, roots_jacobi

from odoo.addons.crm_plus_analytics.valuation import bg_nbd, mbg_nbd
from odoo.tests import BaseCase

from .valuation_simulation import simulate_purchases

NAMES = ("r", "alpha", "a", "b")
TRUTH = (1.5, 6.0, 2.0, 3.0)


def expectation(function, r, alpha, a, b):
    """Return E[function(rate, chance to leave)] over customers, by Gauss quadrature."""
    rates, rate_weights = roots_genlaguerre(80, r - 1)
    places, chance_weights = roots_jacobi(80, b - 1, a - 1)
    values = function(rates[:, None] / alpha, (places + 1) / 2)
    return rate_weights @ values @ chance_weights / rate_weights.sum() / chance_weights.sum()


def alive(x, T):
    return lambda rate, p: rate**x * (1 - p) ** (x + 1) * np.exp(-rate * T)


def left(x, t_x):
    return lambda rate, p: rate**x * (1 - p) ** x * p * np.exp(-rate * t_x)


class TestMbgNbd(BaseCase):
    model = mbg_nbd.MbgNbd(**dict(zip(NAMES, TRUTH, strict=True)))

    def test_p_alive_is_that_of_the_assumptions(self):
        for x, t_x, T in ((0, 0, 8), (1, 3, 8), (4, 6, 8)):
            still, gone = expectation(alive(x, T), *TRUTH), expectation(left(x, t_x), *TRUTH)
            assert_allclose(self.model.p_alive([x], [t_x], [T]), still / (still + gone), rtol=1e-6)

    def test_expected_purchases_are_those_of_the_assumptions(self):
        ahead = 5.0

        def bought(x, T):
            return lambda rate, p: alive(x, T)(rate, p) * -np.expm1(-rate * p * ahead) / p

        for x, T in ((0, 8), (3, 8)):
            expected = expectation(bought(x, T), *TRUTH) / expectation(alive(x, T), *TRUTH)
            assert_allclose(self.model.expected_purchases_if_alive(ahead, [x], [T]), expected, rtol=1e-6)

    def test_log_likelihood_is_that_of_the_assumptions(self):
        x, t_x, T = simulate_purchases(300, 0.8, 20, 0.6, 3, 400, seed=1)
        model = mbg_nbd.fit(x, t_x, T)
        r, alpha, a, b = (getattr(model, name) for name in NAMES)
        alive = betaln(a, b + x + 1) - (r + x) * np.log(alpha + T)
        left = betaln(a + 1, b + x) - (r + x) * np.log(alpha + t_x)
        rows = gammaln(r + x) - gammaln(r) + r * np.log(alpha) + np.logaddexp(alive, left) - betaln(a, b)
        assert_allclose(model.log_likelihood, rows.sum(), rtol=1e-12)

    def test_the_share_that_left_at_once_is_found_again(self):
        # Half of the customers of BG/NBD leave at the first purchase: only MBG/NBD can say so.
        x, t_x, T = simulate_purchases(6000, 2, 40, 0.7, 2, 700, seed=4)
        stay = np.random.default_rng(5).random(len(x)) < 0.5
        modified, plain = (model.fit(x * stay, t_x * stay, T) for model in (mbg_nbd, bg_nbd))
        self.assertGreater(modified.log_likelihood, plain.log_likelihood + 50)
        self.assertTrue(modified.converged)

    def test_customer_who_never_repeated_may_have_left(self):
        p_alive = self.model.p_alive([0, 0, 0], [0, 0, 0], [0, 10, 100])
        assert_allclose(p_alive[0], 3 / 5)  # b / (a + b)
        self.assertTrue((np.diff(p_alive) < 0).all())

    def test_of_new_customers_some_never_return(self):
        alive_new = self.model.expected_purchases_if_alive(10, [0], [0])
        assert_allclose(self.model.expected_purchases_new(10), 3 / 5 * alive_new[0])
