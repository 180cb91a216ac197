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

from .beta_dropout import expected_purchases_alive
from .inputs import not_negative, purchase_history
from .optimise import Fitted, LogLikelihood, in_logarithms
from .purchase_model import PurchaseModel, estimate
from .special import (
    Floats,
    blocks,
    levels,
    log_rising_factorial,
    log_rising_factorial_curvature,
    logistic,
    weighted_total,
)

#: Customers at a time: a likelihood's arrays of so many stay in the processor's cache.
BLOCK = 2**14


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
        occasions = x + self.first_occasions
        # Where there was none the odds have no meaning, and could not be computed.
        odds = self.a / np.where(occasions > 0, self.b + occasions - 1, self.a)
        silence = np.log((self.alpha + T) / (self.alpha + t_x))
        alive, _ = logistic(-np.log(odds) - (self.r + x) * silence)
        return np.where((occasions > 0) | np.isnan(self.r), alive, 1.0)

    def expected_purchases_if_alive(self, t: ArrayLike, x: ArrayLike, T: ArrayLike) -> Floats:
        ahead = not_negative("t", t) / (self.alpha + not_negative("T", T))
        if np.isnan(self.r):
            return ahead
        x = not_negative("x", x)
        return expected_purchases_alive(ahead, x, self.r, self.a, self.b + self.first_occasions)

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


class _Likelihood(LogLikelihood):
    """Log-likelihood of distinct rows and its derivatives by ln r, ln α, ln a, ln b.

    What depends on x alone is summed over distinct x, and who is bound to stay has no more
    than an age; which leaves two logarithms of times, an exponential and a logarithm for
    each customer who had an occasion to leave.
    """

    def __init__(self, x: Floats, t_x: Floats, T: Floats, weights: Floats, first_occasions: int):
        self.counts, which = levels(x)
        self.count_weights = np.bincount(which, weights, len(self.counts))
        self.occasions_by_count = self.counts + first_occasions
        bound = x + first_occasions == 0
        self.bound_T, self.bound_weights = T[bound], weights[bound]
        self.x, self.t_x, self.T, self.weights = (column[~bound] for column in (x, t_x, T, weights))
        self.occasions = self.x + first_occasions

    def __call__(self, theta: Floats) -> tuple[float, Floats]:
        r, alpha, a, b = parameters = np.exp(theta)
        value, gradient = self._of_counts(r, alpha, a, b)
        by_age, age_gradient = self._of_those_bound_to_stay(r, alpha)
        value, gradient[:2] = value + by_age, gradient[:2] + age_gradient
        for rows in blocks(len(self.x), BLOCK):
            by_history, history_gradient = self._of_those_free_to_leave(parameters, rows)
            value, gradient = value + by_history, gradient + history_gradient
        return value, gradient * parameters

    def information(self, theta: Floats, gradient: Floats) -> Floats:
        r, alpha, a, b = parameters = np.exp(theta)
        second = self._curvature_of_counts(r, alpha, a, b)
        second += self._curvature_of_those_bound_to_stay(r, alpha)
        for rows in blocks(len(self.x), BLOCK):
            second += self._curvature_of_those_free_to_leave(parameters, rows)
        return in_logarithms(parameters, gradient, second)

    def _of_counts(self, r: float, alpha: float, a: float, b: float) -> tuple[float, Floats]:
        bought, d_bought = log_rising_factorial(r, self.counts)
        stayed, d_stayed = log_rising_factorial(b, self.occasions_by_count)
        chances, d_chances = log_rising_factorial(a + b, self.occasions_by_count)
        weights, total = self.count_weights, self.count_weights.sum()
        value = weighted_total(weights, bought + stayed - chances) + total * r * np.log(alpha)
        return value, np.array([
            weighted_total(weights, d_bought) + total * np.log(alpha),
            total * r / alpha,
            -weighted_total(weights, d_chances),
            weighted_total(weights, d_stayed - d_chances),
        ])

    def _curvature_of_counts(self, r: float, alpha: float, a: float, b: float) -> Floats:
        """Return the second derivatives by r, α, a, b; the same holds for the two below."""
        weights, total = self.count_weights, self.count_weights.sum()
        bought = weighted_total(weights, log_rising_factorial_curvature(r, self.counts))
        stayed = weighted_total(weights, log_rising_factorial_curvature(b, self.occasions_by_count))
        chances = weighted_total(weights, log_rising_factorial_curvature(a + b, self.occasions_by_count))
        second = np.zeros((4, 4))
        second[0, :2] = bought, total / alpha
        second[1, 1] = -total * r / alpha**2
        second[2, 2:] = -chances
        second[3, 3] = stayed - chances
        return second

    def _of_those_bound_to_stay(self, r: float, alpha: float) -> tuple[float, Floats]:
        age = alpha + self.bound_T
        log_age = weighted_total(self.bound_weights, np.log(age))
        return -r * log_age, np.array([-log_age, -r * weighted_total(self.bound_weights, 1 / age)])

    def _curvature_of_those_bound_to_stay(self, r: float, alpha: float) -> Floats:
        rate = 1 / (alpha + self.bound_T)
        second = np.zeros((4, 4))
        second[0, 1] = -weighted_total(self.bound_weights, rate)
        second[1, 1] = r * weighted_total(self.bound_weights, rate**2)
        return second

    def _of_those_free_to_leave(self, parameters: Floats, rows: slice) -> tuple[float, Floats]:
        _, alpha, a, _ = parameters
        weights, age, last = self.weights[rows], alpha + self.T[rows], alpha + self.t_x[rows]
        shape, chance, log_age = parameters[0] + self.x[rows], self._chance(parameters, rows), np.log(age)
        silence = log_age - np.log(last)
        left, log_either = logistic(np.log(a * chance) + shape * silence)
        weighted_left = weights * left
        rate = 1 / age
        mean_rate = rate + left * (1 / last - rate)
        value = weighted_total(weights, log_either - shape * log_age)
        return value, np.array([
            weighted_total(weighted_left, silence) - weighted_total(weights, log_age),
            -weighted_total(weights * shape, mean_rate),
            weighted_left.sum() / a,
            -weighted_total(weighted_left, chance),
        ])

    def _curvature_of_those_free_to_leave(self, parameters: Floats, rows: slice) -> Floats:
        """Of ln(1 + o) − (r + x) ln(α + T): the odds o of having left are a product of powers."""
        r, alpha, a, _ = parameters
        weights, age, last = self.weights[rows], 1 / (alpha + self.T[rows]), 1 / (alpha + self.t_x[rows])
        shape, chance = r + self.x[rows], self._chance(parameters, rows)
        silence = np.log(last / age)
        left, _ = logistic(np.log(a * chance) + shape * silence)
        weighted_left = weights * left
        # ln o by each parameter.
        slopes = silence, shape * (age - last), np.full(len(age), 1 / a), -chance
        spread = weighted_left * (1 - left)
        second = np.zeros((4, 4))
        for i, slope in enumerate(slopes):
            spread_slope = spread * slope
            for j in range(i, 4):
                second[i, j] = weighted_total(spread_slope, slopes[j])
        second[0, 1] += weighted_total(weighted_left, age - last) - weighted_total(weights, age)
        second[1, 1] += weighted_total(
            shape, weighted_left * (last**2 - age**2) + weights * age**2
        )
        second[2, 2] -= weighted_left.sum() / a**2
        second[3, 3] += weighted_total(weighted_left, chance**2)
        return second

    def _chance(self, parameters: Floats, rows: slice) -> Floats:
        """Return 1 / (b + k − 1) for the k occasions of each."""
        return 1 / (parameters[3] + self.occasions[rows] - 1)
