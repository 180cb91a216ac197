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
from scipy.special import exprel, log1p

from .gamma_dropout import BLOCK, departure, departure_with_covariance
from .inputs import not_negative, purchase_history
from .optimise import Fitted, LogLikelihood, in_logarithms
from .purchase_model import PurchaseModel, estimate
from .special import (
    Floats,
    blocks,
    collapse,
    levels,
    log_rising_factorial,
    log_rising_factorial_curvature,
    logistic,
    weighted_total,
)

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
        (x, t_x, T), _, which = collapse(x, t_x, T)
        left = departure(self.r, self.alpha, self.s, self.beta, x, t_x, T)
        alive, _ = logistic(-left.log_odds)
        return alive[which]

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


class _Likelihood(LogLikelihood):
    """Log-likelihood of distinct rows and its derivatives by ln r, ln α, ln s, ln β.

    A history has the likelihood of the customer who is still alive,
    Γ(r + x) α^r β^s / (Γ(r) (α + T)^(r + x) (β + T)^s), over P(alive).
    """

    def __init__(self, x: Floats, t_x: Floats, T: Floats, weights: Floats):
        self.x, self.t_x, self.T, self.weights = x, t_x, T, weights
        self.counts, which = levels(x)
        self.count_weights = np.bincount(which, weights, len(self.counts))

    def __call__(self, theta: Floats) -> tuple[float, Floats]:
        r, alpha, s, beta = parameters = np.exp(theta)
        bought, d_bought = log_rising_factorial(r, self.counts)
        by_history, gradient = self._of_histories(r, alpha, s, beta)
        total = self.count_weights.sum()
        gradient += np.array([
            weighted_total(self.count_weights, d_bought) + total * np.log(alpha),
            total * r / alpha,
            total * np.log(beta),
            total * s / beta,
        ])
        value = weighted_total(self.count_weights, bought)
        value += total * (r * np.log(alpha) + s * np.log(beta))
        return value + by_history, gradient * parameters

    def information(self, theta: Floats, gradient: Floats) -> Floats:
        r, alpha, s, beta = parameters = np.exp(theta)
        total = self.count_weights.sum()
        second = sum(
            (self._curvature_of_histories(parameters, rows) for rows in blocks(len(self.x), BLOCK)),
            start=np.zeros((4, 4)),
        )
        curvature = log_rising_factorial_curvature(r, self.counts)
        second[0, :2] += weighted_total(self.count_weights, curvature), total / alpha
        second[1, 1] -= total * r / alpha**2
        second[2, 3] += total / beta
        second[3, 3] -= total * s / beta**2
        return in_logarithms(parameters, gradient, second)

    def _of_histories(
        self, r: float, alpha: float, s: float, beta: float
    ) -> tuple[float, Floats]:
        """Return what is left of the sum, and its gradient by the parameters themselves."""
        gone = departure(r, alpha, s, beta, self.x, self.t_x, self.T)
        log_alpha_age, log_beta_age = np.log(alpha + self.T), np.log(beta + self.T)
        shape, (left, log_either) = r + self.x, logistic(gone.log_odds)
        here, left = self.weights * (1 - left), self.weights * left
        log_history = log_either - shape * log_alpha_age - s * log_beta_age
        return weighted_total(self.weights, log_history), -np.array([
            weighted_total(here, log_alpha_age) + weighted_total(left, gone.mean_log_alpha_y),
            weighted_total(here, shape / (alpha + self.T))
            + weighted_total(left, shape * gone.mean_inverse_alpha_y),
            weighted_total(here, log_beta_age) + weighted_total(left, gone.mean_log_beta_y)
            - left.sum() / s,
            s * weighted_total(here, 1 / (beta + self.T))
            + (s + 1) * weighted_total(left, gone.mean_inverse_beta_y),
        ])

    def _curvature_of_histories(self, parameters: Floats, rows: slice) -> Floats:
        """Return the second derivatives of that for some rows, by the parameters themselves.

        The odds of having left are an integral: the second derivatives of its logarithm are
        the covariance of the integrand's first ones, and the mean of its second ones.
        """
        r, alpha, s, beta = parameters
        x, T, weights = self.x[rows], self.T[rows], self.weights[rows]
        gone, covariance = departure_with_covariance(r, alpha, s, beta, x, self.t_x[rows], T)
        left, _ = logistic(gone.log_odds)
        shape, alpha_age, beta_age = r + x, 1 / (alpha + T), 1 / (beta + T)
        means = np.array(gone.means)
        squares = means**2 + np.diagonal(covariance).T
        # The integrand's logarithm by each parameter is minus one of these times the term.
        factors = np.array([np.ones_like(shape), shape, np.ones_like(shape), np.full_like(shape, s + 1)])
        own = np.array([-np.log(alpha_age), shape * alpha_age, 1 / s - np.log(beta_age), s * beta_age])
        slopes = own - factors * means
        second = np.einsum("n,in,jn->ij", weights * left * (1 - left), slopes, slopes)
        left, here = weights * left, weights * (1 - left)
        second += np.einsum("n,in,jn,ijn->ij", left, factors, factors, covariance)
        second[0, 1] -= weighted_total(left, means[1]) + weighted_total(here, alpha_age)
        second[1, 1] += weighted_total(left, shape * squares[1]) + weighted_total(here, shape * alpha_age**2)
        second[2, 2] -= left.sum() / s**2
        second[2, 3] -= weighted_total(left, means[3]) + weighted_total(here, beta_age)
        second[3, 3] += (s + 1) * weighted_total(left, squares[3]) + s * weighted_total(here, beta_age**2)
        return second
