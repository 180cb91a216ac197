"""The models in which a customer may leave after any purchase: BG/NBD and MBG/NBD.

They differ in one thing alone: whether the first purchase is already an occasion to leave.
With k = x occasions so far (BG/NBD) or k = x + 1 (MBG/NBD), and λ ~ Gamma(r, α) and
p ~ Beta(a, b) over customers, a history has the likelihood

    Γ(r + x) α^r / Γ(r) · B(a, b + k) / B(a, b)
        · { (α + T)^−(r+x) + [k > 0] a / (b + k − 1) (α + t_x)^−(r+x) }

the second term for having left at the last occasion. It is equation 6 of Fader, Hardie &
Lee (2005) with k = x, and the likelihood of Batislam, Denizel & Filiztekin (2007) with
k = x + 1; both write out B(a + 1, b + k − 1) = a / (b + k − 1) · B(a, b + k).
"""

from dataclasses import dataclass
from typing import ClassVar, Self

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import expit

from .beta_dropout import expected_purchases_alive
from .inputs import not_negative, purchase_history
from .optimise import Fitted
from .purchase_model import PurchaseModel, estimate
from .special import Floats, collapse, log_rising_factorial, weighted_total


@dataclass(frozen=True, kw_only=True)
class BetaDropoutModel(Fitted, PurchaseModel):
    """A fitted model of the family. With unknown (NaN) parameters its methods return NaN."""

    #: 1 where the first purchase may be the last, 0 where only a repeat purchase may
    first_occasions: ClassVar[int]

    r: float
    #: in the caller's time unit
    alpha: float
    a: float
    b: float

    def p_alive(self, x: ArrayLike, t_x: ArrayLike, T: ArrayLike) -> Floats:
        x, t_x, T = purchase_history(x, t_x, T)
        alive = np.where(np.isnan(self.r), np.nan, np.ones(len(x)))
        some = x + self.first_occasions > 0
        alive[some] = expit(-self._log_odds_of_having_left(x[some], t_x[some], T[some]))
        return alive

    def expected_purchases_if_alive(self, t: ArrayLike, x: ArrayLike, T: ArrayLike) -> Floats:
        ahead = not_negative("t", t) / (self.alpha + not_negative("T", T))
        if np.isnan(self.r):
            return ahead
        x = not_negative("x", x)
        return expected_purchases_alive(ahead, x, self.r, self.a, self.b + self.first_occasions)

    def _log_odds_of_having_left(self, x: Floats, t_x: Floats, T: Floats) -> Floats:
        """Return ln of P(left) / P(alive) of customers who had an occasion to leave."""
        odds = self.a / (self.b + x + self.first_occasions - 1)
        return np.log(odds) + (self.r + x) * np.log((self.alpha + T) / (self.alpha + t_x))

    @classmethod
    def fitted_to(
        cls, x: ArrayLike, t_x: ArrayLike, T: ArrayLike, weights: ArrayLike | None
    ) -> Self:
        """Return the model of the greatest likelihood; see `purchase_model.estimate`."""

        def likelihood(*rows_and_weights):
            return _Likelihood(*rows_and_weights, cls.first_occasions)

        names = ("r", "alpha", "a", "b")
        return cls(
            **estimate(x, t_x, T, weights, names=names, times=("alpha",), likelihood=likelihood)
        )


class _Likelihood:
    """Log-likelihood of distinct rows and its gradient by ln r, ln α, ln a, ln b.

    What depends on x alone is summed over distinct x; logarithms of times are taken of
    distinct times (days repeat), which leaves one exponential and one logarithm for each
    customer who had an occasion to leave.
    """

    def __init__(self, x: Floats, t_x: Floats, T: Floats, weights: Floats, first_occasions: int):
        (self.counts,), self.count_weights, _ = collapse(x, weights=weights)
        self.first_occasions = first_occasions
        bound = x + first_occasions == 0
        self.bound_T, self.bound_weights = T[bound], weights[bound]
        self.x, self.weights = x[~bound], weights[~bound]
        occasions = self.x + first_occasions
        self.occasions, self.which_occasions = np.unique(occasions, return_inverse=True)
        self.times, which = np.unique(np.append(T[~bound], t_x[~bound]), return_inverse=True)
        self.which_age, self.which_last = np.split(which, 2)

    def __call__(self, theta: Floats) -> tuple[float, Floats]:
        r, alpha, a, b = parameters = np.exp(theta)
        by_count, gradient = self._of_counts(r, alpha, a, b)
        by_age, age_gradient = self._of_those_bound_to_stay(r, alpha)
        by_history, history_gradient = self._of_those_free_to_leave(r, alpha, a, b)
        gradient[:2] += age_gradient
        return by_count + by_age + by_history, (gradient + history_gradient) * parameters

    def _of_counts(self, r: float, alpha: float, a: float, b: float) -> tuple[float, Floats]:
        occasions = self.counts + self.first_occasions
        bought, d_bought = log_rising_factorial(r, self.counts)
        stayed, d_stayed = log_rising_factorial(b, occasions)
        chances, d_chances = log_rising_factorial(a + b, occasions)
        weights, total = self.count_weights, self.count_weights.sum()
        value = weights @ (bought + stayed - chances) + total * r * np.log(alpha)
        return value, np.array([
            weights @ d_bought + total * np.log(alpha),
            total * r / alpha,
            -(weights @ d_chances),
            weights @ (d_stayed - d_chances),
        ])

    def _of_those_bound_to_stay(self, r: float, alpha: float) -> tuple[float, Floats]:
        age = alpha + self.bound_T
        log_age = weighted_total(self.bound_weights, np.log(age))
        return -r * log_age, np.array([-log_age, -r * weighted_total(self.bound_weights, 1 / age)])

    def _of_those_free_to_leave(
        self, r: float, alpha: float, a: float, b: float
    ) -> tuple[float, Floats]:
        log_time, rate = np.log(alpha + self.times), 1 / (alpha + self.times)
        log_age, log_last = log_time[self.which_age], log_time[self.which_last]
        shape, silence = r + self.x, log_age - log_last
        before_last = b + self.occasions - 1
        log_odds = np.log(a / before_last)[self.which_occasions] + shape * silence
        log_either = np.logaddexp(0, log_odds)
        left = np.exp(log_odds - log_either)
        weighted_left = self.weights * left
        left_by_occasions = np.bincount(self.which_occasions, weighted_left, len(self.occasions))
        mean_rate = rate[self.which_age] * (1 - left) + rate[self.which_last] * left
        value = weighted_total(self.weights, log_either - shape * log_age)
        return value, np.array([
            weighted_total(weighted_left, silence) - weighted_total(self.weights, log_age),
            -weighted_total(self.weights * shape, mean_rate),
            weighted_left.sum() / a,
            -(left_by_occasions @ (1 / before_last)),
        ])
