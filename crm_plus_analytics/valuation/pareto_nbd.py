"""Pareto/NBD: how often a customer will buy, and whether they still do.

Schmittlein, Morrison & Colombo (1987), "Counting Your Customers: Who Are They and What
Will They Do Next?", Management Science 33(1), with the likelihood and the expectations as
derived by Fader & Hardie (2005), note 009. While alive a customer buys at a rate that is
Gamma(r, α) over customers, and leaves at any moment at a rate that is Gamma(s, β).

Everywhere: x repeat purchases, t_x time from the first to the last purchase, T time from
the first purchase to the as-of date, all of shape (n,), times in one unit of the caller's
choice.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import expit, exprel, log1p

from .gamma_dropout import departure
from .inputs import not_negative, purchase_history
from .optimise import Fitted
from .purchase_model import PurchaseModel, estimate
from .special import Floats, collapse, log_rising_factorial, weighted_total

PARAMETERS = ("r", "alpha", "s", "beta")


@dataclass(frozen=True, kw_only=True)
class ParetoNbd(Fitted, PurchaseModel):
    """A fitted Pareto/NBD model. With unknown (NaN) parameters its methods return NaN."""

    r: float
    #: in the caller's time unit
    alpha: float
    s: float
    #: in the caller's time unit
    beta: float

    def p_alive(self, x: ArrayLike, t_x: ArrayLike, T: ArrayLike) -> Floats:
        x, t_x, T = purchase_history(x, t_x, T)
        if np.isnan(self.r):
            return np.full(len(x), np.nan)
        (x, t_x, T), _, which = collapse(x, t_x, T, weights=np.ones(len(x)))
        left = departure(self.r, self.alpha, self.s, self.beta, x, t_x, T)
        return expit(-left.log_odds)[which]

    def expected_purchases_if_alive(self, t: ArrayLike, x: ArrayLike, T: ArrayLike) -> Floats:
        # The note's ((1 − ((β + T) / (β + T + t))^(s − 1)) / (s − 1), without its gap at s = 1.
        t, x, T = not_negative("t", t), not_negative("x", x), not_negative("T", T)
        rate = (self.r + x) / (self.alpha + T)
        log_ahead = log1p(t / (self.beta + T))
        return rate * (self.beta + T) * log_ahead * exprel((1 - self.s) * log_ahead)


def fit(
    x: ArrayLike, t_x: ArrayLike, T: ArrayLike, weights: ArrayLike | None = None
) -> ParetoNbd:
    """Estimate the parameters by maximum likelihood.

    Data that cannot carry the model raise nothing: `converged` is False and `message`
    says why, with NaN parameters where there is nothing to estimate from.

    :param weights: how many customers each row stands for, one when None
    :raises ValueError: when a history is impossible, naming the argument and the remedy
    """
    return ParetoNbd(**estimate(
        x, t_x, T, weights, names=PARAMETERS, times=("alpha", "beta"), likelihood=_Likelihood
    ))


class _Likelihood:
    """Log-likelihood of distinct rows and its gradient by ln r, ln α, ln s, ln β.

    A history has the likelihood of the customer who is still alive,
    Γ(r + x) α^r β^s / (Γ(r) (α + T)^(r + x) (β + T)^s), over P(alive).
    """

    def __init__(self, x: Floats, t_x: Floats, T: Floats, weights: Floats):
        self.x, self.t_x, self.T, self.weights = x, t_x, T, weights
        (self.counts,), self.count_weights, _ = collapse(x, weights=weights)

    def __call__(self, theta: Floats) -> tuple[float, Floats]:
        r, alpha, s, beta = parameters = np.exp(theta)
        bought, d_bought = log_rising_factorial(r, self.counts)
        by_history, gradient = self._of_histories(r, alpha, s, beta)
        total = self.weights.sum()
        gradient += np.array([
            self.count_weights @ d_bought + total * np.log(alpha),
            total * r / alpha,
            total * np.log(beta),
            total * s / beta,
        ])
        value = self.count_weights @ bought + total * (r * np.log(alpha) + s * np.log(beta))
        return value + by_history, gradient * parameters

    def _of_histories(
        self, r: float, alpha: float, s: float, beta: float
    ) -> tuple[float, Floats]:
        """Return what is left of the sum, and its gradient by the parameters themselves."""
        gone = departure(r, alpha, s, beta, self.x, self.t_x, self.T)
        log_alpha_age, log_beta_age = np.log(alpha + self.T), np.log(beta + self.T)
        shape, left = r + self.x, expit(gone.log_odds)
        here, left = self.weights * (1 - left), self.weights * left
        log_history = np.logaddexp(0, gone.log_odds) - shape * log_alpha_age - s * log_beta_age
        return weighted_total(self.weights, log_history), -np.array([
            weighted_total(here, log_alpha_age) + weighted_total(left, gone.mean_log_alpha_y),
            weighted_total(here, shape / (alpha + self.T))
            + weighted_total(left, shape * gone.mean_inverse_alpha_y),
            weighted_total(here, log_beta_age) + weighted_total(left, gone.mean_log_beta_y)
            - left.sum() / s,
            s * weighted_total(here, 1 / (beta + self.T))
            + (s + 1) * weighted_total(left, gone.mean_inverse_beta_y),
        ])
