"""Expected purchases of the living, against forms of it that are exact but slow or fragile."""

import numpy as np
from numpy.testing import assert_allclose
from scipy.special import hyp2f1
from scipy.stats import nbinom

from odoo.addons.crm_plus_analytics.valuation.beta_dropout import expected_purchases_alive
from odoo.tests import BaseCase


def as_a_sum(u, x, r, a, b):
    """Σ_j P(K > j) E[(1 − p)^j], K the purchases if nobody left: negative binomial.

    All terms positive, so exact for any parameters, if one can wait.
    """
    last = int(nbinom.isf(1e-15, r + x, 1 / (1 + u))) + 1
    j = np.arange(last)
    stays = np.cumprod(np.append(1, (b + x + j[:-1]) / (a + b + x + j[:-1])))
    return nbinom.sf(j, r + x, 1 / (1 + u)) @ stays


def with_hyp2f1(u, x, r, a, b):
    """Equation 10 of Fader, Hardie & Lee (2005) without P(alive)."""
    c = a + b + x - 1
    tail = (1 + u) ** -(r + x) * hyp2f1(r + x, b + x, c, u / (1 + u))
    return c / (a - 1) * (1 - tail)


def ours(u, x, r, a, b):
    return expected_purchases_alive(np.array([float(u)]), np.array([float(x)]), r, a, b)[0]


class TestExpectedPurchasesAlive(BaseCase):
    def test_equals_the_printed_equation_where_that_is_stable(self):
        for x in (0, 1, 5, 20):
            for u in (0.01, 0.3, 2):
                case = u, x, 0.243, 0.793, 2.426
                assert_allclose(ours(*case), with_hyp2f1(*case), rtol=1e-9)

    def test_equals_the_sum_of_positive_terms_everywhere(self):
        for r in (0.05, 0.8, 30):
            for a, b in ((0.02, 0.3), (1.0, 2.4), (0.8, 1e-3), (1e-3, 40), (300, 900), (5e4, 5e4)):
                for x in (0, 3, 150, 2000):
                    for u in (1e-4, 0.05, 1.5, 30):
                        if (r + x) * u < 2000:
                            case = u, x, r, a, b
                            assert_allclose(ours(*case), as_a_sum(*case), rtol=1e-9, err_msg=str(case))

    def test_has_no_gap_where_a_is_one(self):
        around = [ours(1, 4, 0.5, a, 3) for a in (1 - 1e-9, 1, 1 + 1e-9)]
        assert_allclose(around, around[1], rtol=1e-8)

    def test_is_finite_and_rising_for_customers_of_thousands_of_purchases(self):
        u = np.geomspace(1e-9, 1e3, 200)[:, None]
        x = np.array([0.0, 10, 1000, 20_000])
        for r, a, b in ((0.2, 0.8, 2.4), (1e5, 0.01, 50), (0.01, 1e-3, 1e-3), (50, 1e5, 1e-2)):
            purchases = expected_purchases_alive(u, x, r, a, b)
            self.assertTrue(np.isfinite(purchases).all())
            # Where everybody has left the curve is level, but for rounding.
            self.assertTrue((np.diff(purchases, axis=0) >= -1e-11 * purchases[1:]).all())

    def test_is_never_more_than_if_nobody_left(self):
        u, x = np.geomspace(1e-6, 100, 50), np.full(50, 12.0)
        self.assertTrue((expected_purchases_alive(u, x, 0.5, 0.7, 2) <= 12.5 * u * (1 + 1e-12)).all())

    def test_many_customers_at_once_equal_each_alone(self):
        rng = np.random.default_rng(6)
        u, x = rng.uniform(0, 5, 40), rng.integers(0, 6, 40).astype(float)
        alone = [ours(u_i, x_i, 0.5, 0.7, 2) for u_i, x_i in zip(u, x, strict=True)]
        assert_allclose(expected_purchases_alive(u, x, 0.5, 0.7, 2), alone, rtol=1e-10)

    def test_one_column_of_times_serves_all_customers(self):
        u, x = np.array([[0.1], [5.0]]), np.array([0.0, 3, 3])
        together = expected_purchases_alive(u, x, 0.5, 0.7, 2)
        assert_allclose(together[:, 1], [ours(0.1, 3, 0.5, 0.7, 2), ours(5, 3, 0.5, 0.7, 2)], rtol=1e-10)
        assert_allclose(together[:, 1], together[:, 2])

    def test_nothing_is_bought_in_no_time(self):
        self.assertEqual(ours(0, 3, 0.5, 0.7, 2), 0)
