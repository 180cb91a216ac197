"""BG/NBD: how often a customer will buy, and whether they still do.

Fader, Hardie & Lee (2005), "Counting Your Customers the Easy Way: An Alternative to the
Pareto/NBD Model", Marketing Science 24(2). While alive a customer buys at a rate that is
Gamma(r, α) over customers, and leaves after a purchase with a chance that is Beta(a, b).

Everywhere: x repeat purchases, t_x time from the first to the last purchase, T time from
the first purchase to the as-of date, all of shape (n,), times in one unit of the caller's
choice. A customer who bought first on the as-of date has T = 0: no evidence, valued like
a new one.
"""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import expit

from .beta_dropout import expected_purchases_alive
from .inputs import customer_weights, not_negative, purchase_history
from .optimise import MINIMUM_CUSTOMERS, Fitted, maximise, no_estimate
from .special import Floats, collapse, log_rising_factorial, weighted_total

PARAMETERS = ("r", "alpha", "a", "b")


@dataclass(frozen=True, kw_only=True)
class BgNbd(Fitted):
    """A fitted BG/NBD model. With unknown (NaN) parameters its methods return NaN."""

    r: float
    #: in the caller's time unit
    alpha: float
    a: float
    b: float

    def p_alive(self, x: ArrayLike, t_x: ArrayLike, T: ArrayLike) -> Floats:
        """Return the probability that each customer still buys, shape (n,).

        Fader, Hardie & Lee (2008), "Computing P(alive) Using the BG/NBD Model". Who
        never repeated had no occasion to leave: 1.

        :raises ValueError: when the history is impossible
        """
        x, t_x, T = purchase_history(x, t_x, T)
        alive = np.where(np.isnan(self.r), np.nan, np.ones(len(x)))
        some = x > 0
        x, t_x, T = x[some], t_x[some], T[some]
        alive[some] = expit(-_log_odds_of_having_left(self.r, self.alpha, self.a, self.b, x, t_x, T))
        return alive

    def expected_purchases(
        self, t: ArrayLike, x: ArrayLike, t_x: ArrayLike, T: ArrayLike
    ) -> Floats:
        """Return the purchases to expect in the next `t`, equation 10 of the paper.

        :param t: a number, shape (n,), or (k, 1) for several horizons at once
        :return: shape (n,), or (k, n)
        :raises ValueError: when the history is impossible or `t` negative
        """
        return self.p_alive(x, t_x, T) * self.expected_purchases_if_alive(t, x, T)

    def expected_purchases_if_alive(self, t: ArrayLike, x: ArrayLike, T: ArrayLike) -> Floats:
        """Return the purchases to expect in the next `t` of customers known to be alive.

        It depends on x and T alone; `expected_purchases` is this times `p_alive`.
        """
        ahead = not_negative("t", t) / (self.alpha + not_negative("T", T))
        if np.isnan(self.r):
            return ahead
        return expected_purchases_alive(ahead, not_negative("x", x), self.r, self.a, self.b)

    def expected_purchases_new(self, t: ArrayLike) -> Floats:
        """Return the purchases to expect of a new customer after the first, equation 9.

        :param t: time since the first purchase, any shape
        :return: the shape of `t`
        """
        t = np.asarray(t, dtype=np.float64)
        newcomers = np.zeros(t.size)
        return self.expected_purchases_if_alive(t.ravel(), newcomers, newcomers).reshape(t.shape)


def fit(
    x: ArrayLike, t_x: ArrayLike, T: ArrayLike, weights: ArrayLike | None = None
) -> BgNbd:
    """Estimate the parameters by maximum likelihood, equation 6 of the paper.

    Data that cannot carry the model raise nothing: `converged` is False and `message`
    says why, with NaN parameters where there is nothing to estimate from.

    :param weights: how many customers each row stands for, one when None
    :raises ValueError: when a history is impossible, naming the argument and the remedy
    """
    x, t_x, T = purchase_history(x, t_x, T)
    rows, weights, _ = collapse(x, t_x, T, weights=customer_weights(weights, len(x)))
    rows = tuple(column[weights > 0] for column in rows)
    weights = weights[weights > 0]
    obstacle = _obstacle(rows[0], weights)
    if obstacle:
        return BgNbd(**no_estimate(PARAMETERS, obstacle))
    return _fit_scaled(*rows, weights)


def _obstacle(x: Floats, weights: Floats) -> str:
    if weights.sum() < MINIMUM_CUSTOMERS:
        return f"Too few customers: {weights.sum():g}, at least {MINIMUM_CUSTOMERS} are needed."
    if len(x) == 1:
        return "All customers have the same history: their differences cannot be estimated."
    if not x.any():
        return "No customer has bought twice: there is no repeat purchase to learn from."
    return ""


def _fit_scaled(x: Floats, t_x: Floats, T: Floats, weights: Floats) -> BgNbd:
    """Fit with the mean time between purchases as the unit, and report in the caller's.

    The search then looks the same in days, weeks or years, for rare and for daily buyers.
    """
    purchases = float(weighted_total(weights, x))
    unit = float(weighted_total(weights, T)) / purchases
    start = dict.fromkeys(PARAMETERS, 1.0)
    found = maximise(_Likelihood(x, t_x / unit, T / unit, weights), start, weights.sum())
    found["alpha"] *= unit
    found["standard_errors"]["alpha"] *= unit
    # A history of x purchases has a density in x times.
    found["log_likelihood"] -= purchases * math.log(unit)
    return BgNbd(**found)


class _Likelihood:
    """Log-likelihood of distinct rows and its gradient by ln r, ln α, ln a, ln b.

    Equation 6, with B(a + 1, b + x − 1) / B(a, b + x) written as a / (b + x − 1). What
    depends on x alone is summed over distinct x; logarithms of times are taken of distinct
    times (days repeat), which leaves one exponential and one logarithm per repeater.
    """

    def __init__(self, x: Floats, t_x: Floats, T: Floats, weights: Floats):
        (self.counts,), self.count_weights, _ = collapse(x, weights=weights)
        once = x == 0
        self.once_T, self.once_weights = T[once], weights[once]
        self.x, self.weights = x[~once], weights[~once]
        self.repeats, self.which_repeats = np.unique(self.x, return_inverse=True)
        self.times, which = np.unique(np.append(T[~once], t_x[~once]), return_inverse=True)
        self.which_age, self.which_last = np.split(which, 2)

    def __call__(self, theta: Floats) -> tuple[float, Floats]:
        r, alpha, a, b = parameters = np.exp(theta)
        by_count, gradient = self._of_counts(r, alpha, a, b)
        by_age, age_gradient = self._of_one_time_buyers(r, alpha)
        by_history, history_gradient = self._of_repeaters(r, alpha, a, b)
        gradient[:2] += age_gradient
        return by_count + by_age + by_history, (gradient + history_gradient) * parameters

    def _of_counts(self, r: float, alpha: float, a: float, b: float) -> tuple[float, Floats]:
        bought, d_bought = log_rising_factorial(r, self.counts)
        stayed, d_stayed = log_rising_factorial(b, self.counts)
        chances, d_chances = log_rising_factorial(a + b, self.counts)
        weights, total = self.count_weights, self.count_weights.sum()
        value = weights @ (bought + stayed - chances) + total * r * np.log(alpha)
        return value, np.array([
            weights @ d_bought + total * np.log(alpha),
            total * r / alpha,
            -(weights @ d_chances),
            weights @ (d_stayed - d_chances),
        ])

    def _of_one_time_buyers(self, r: float, alpha: float) -> tuple[float, Floats]:
        age = alpha + self.once_T
        log_age = weighted_total(self.once_weights, np.log(age))
        return -r * log_age, np.array([-log_age, -r * weighted_total(self.once_weights, 1 / age)])

    def _of_repeaters(self, r: float, alpha: float, a: float, b: float) -> tuple[float, Floats]:
        log_time, rate = np.log(alpha + self.times), 1 / (alpha + self.times)
        log_age, log_last = log_time[self.which_age], log_time[self.which_last]
        shape, silence = r + self.x, log_age - log_last
        log_odds = np.log(a / (b + self.repeats - 1))[self.which_repeats] + shape * silence
        log_either = np.logaddexp(0, log_odds)
        left = np.exp(log_odds - log_either)
        weighted_left = self.weights * left
        left_by_repeats = np.bincount(self.which_repeats, weighted_left, len(self.repeats))
        mean_rate = rate[self.which_age] * (1 - left) + rate[self.which_last] * left
        value = weighted_total(self.weights, log_either - shape * log_age)
        return value, np.array([
            weighted_total(weighted_left, silence) - weighted_total(self.weights, log_age),
            -weighted_total(self.weights * shape, mean_rate),
            weighted_left.sum() / a,
            -(left_by_repeats @ (1 / (b + self.repeats - 1))),
        ])


def _log_odds_of_having_left(
    r: float, alpha: float, a: float, b: float, x: Floats, t_x: Floats, T: Floats
) -> Floats:
    """Return ln of P(left) / P(alive) of customers with x > 0."""
    return np.log(a / (b + x - 1)) + (r + x) * np.log((alpha + T) / (alpha + t_x))
