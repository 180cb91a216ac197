"""Gamma-Gamma: what a customer's purchases are worth on average.

Fader & Hardie (2013), "The Gamma-Gamma Model of Monetary Value" (note 025). A customer's
purchases are Gamma(p, ν), and ν is Gamma(q, γ) over customers, independent of how often
they buy.

Everywhere: x repeat purchases and `mean_value` their average value, of shape (n,), money
in one currency. Customers without a repeat purchase, or whose average is zero or negative
(credited in full), have no place in a model of positive amounts: `fit` leaves them out and
counts them in `excluded`; `expected_value` gives them the mean of all customers.
"""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import gammaln, polygamma, psi

from .inputs import customer_weights, one_per_customer, whole_counts
from .optimise import (
    MINIMUM_CUSTOMERS,
    Fitted,
    LogLikelihood,
    in_logarithms,
    maximise,
    no_estimate,
)
from .special import Floats, levels, log_rising_factorial, weighted_total

PARAMETERS = ("p", "q", "gamma")


@dataclass(frozen=True, kw_only=True)
class GammaGamma(Fitted):
    """A fitted Gamma-Gamma model. With unknown (NaN) parameters its methods return NaN."""

    p: float
    q: float
    #: in the caller's currency
    gamma: float
    #: how many customers (by weight) the fit left out
    excluded: float = 0.0

    @property
    def population_mean(self) -> float:
        """The mean value of a purchase over all customers, p γ / (q − 1), in currency.

        NaN when q ≤ 1: the mean of the population is then infinite.
        """
        return self.p * self.gamma / (self.q - 1) if self.q > 1 else np.nan

    def expected_value(self, x: ArrayLike, mean_value: ArrayLike) -> Floats:
        """Return the value to expect of each customer's purchases, equation 5 of the note.

        The customer's own average, drawn towards the population's the more the fewer
        purchases it rests on. Who has no usable average gets `population_mean`.

        :return: shape (n,), in currency; NaN where the model has no finite mean
        :raises ValueError: when lengths differ or an entry is no number
        """
        x, mean_value = _spending(x, mean_value)
        value = np.full(len(x), self.population_mean)
        used = (x > 0) & (mean_value > 0)
        evidence = self.p * x[used] + self.q - 1
        total = self.gamma + x[used] * mean_value[used]
        value[used] = np.where(evidence > 0, self.p * total / np.where(evidence > 0, evidence, 1), np.nan)
        return value


def fit(x: ArrayLike, mean_value: ArrayLike, weights: ArrayLike | None = None) -> GammaGamma:
    """Estimate the parameters by maximum likelihood, equation 1a of the note.

    Data that cannot carry the model raise nothing: `converged` is False and `message`
    says why, with NaN parameters where there is nothing to estimate from.

    :param weights: how many customers each row stands for, one when None
    :raises ValueError: when lengths differ or an entry is no number, naming the argument
    """
    x, mean_value = _spending(x, mean_value)
    weights = customer_weights(weights, len(x))
    used = (x > 0) & (mean_value > 0) & (weights > 0)
    excluded = float(weights[~used].sum())
    # Means hardly ever repeat: equal rows are not looked for.
    rows, weights = (x[used], mean_value[used]), weights[used]
    obstacle = _obstacle(*rows, weights)
    if obstacle:
        return GammaGamma(**no_estimate(PARAMETERS, obstacle), excluded=excluded)
    return _fit_scaled(*rows, weights, excluded)


def _spending(x: ArrayLike, mean_value: ArrayLike) -> tuple[Floats, Floats]:
    x, mean_value = one_per_customer(x=x, mean_value=mean_value)
    return whole_counts("x", x), mean_value


def _obstacle(x: Floats, mean_value: Floats, weights: Floats) -> str:
    if weights.sum() < MINIMUM_CUSTOMERS:
        return (
            f"Too few customers with repeat purchases of positive value: {weights.sum():g}, "
            f"at least {MINIMUM_CUSTOMERS} are needed."
        )
    if (mean_value == mean_value[0]).all():
        return "All customers spend the same on average: their differences cannot be estimated."
    return ""


def _fit_scaled(x: Floats, mean_value: Floats, weights: Floats, excluded: float) -> GammaGamma:
    """Fit with the mean purchase as the unit of money, and report in the caller's."""
    customers = float(weights.sum())
    unit = float(weighted_total(weights, mean_value)) / customers
    start = {"p": 4.0, "q": 4.0, "gamma": 0.75}
    found = maximise(_Likelihood, (x, mean_value / unit), weights, start)
    found["gamma"] *= unit
    found["standard_errors"]["gamma"] *= unit
    # Each average has a density per unit of money.
    found["log_likelihood"] -= customers * math.log(unit)
    return GammaGamma(**found, excluded=excluded)


class _Likelihood(LogLikelihood):
    """Log-likelihood of customers and its derivatives by ln p, ln q, ln γ.

    Equation 1a: what depends on x alone is summed over distinct x, and what is linear in
    the parameters once, which leaves one logarithm per customer.
    """

    def __init__(self, x: Floats, mean_value: Floats, weights: Floats):
        self.weights, self.weighted_x, self.spent = weights, weights * x, x * mean_value
        self.counts, which = levels(x)
        self.count_weights = np.bincount(which, weights, len(self.counts))
        self.log_spent = weighted_total(self.weighted_x, np.log(self.spent))
        self.log_mean = weighted_total(weights, np.log(mean_value))

    def __call__(self, theta: Floats) -> tuple[float, Floats]:
        p, q, gamma = parameters = np.exp(theta)
        value, gradient = self._of_counts(p, q)
        mass = gamma + self.spent
        (log_mass, x_log_mass), (inverse, x_inverse) = map(self._totals, (np.log(mass), 1 / mass))
        total = self.count_weights.sum()
        value += total * q * np.log(gamma) + p * self.log_spent - self.log_mean
        gradient += np.array([
            self.log_spent - x_log_mass,
            total * np.log(gamma) - log_mass,
            total * q / gamma - p * x_inverse - q * inverse,
        ])
        return value - p * x_log_mass - q * log_mass, gradient * parameters

    def information(self, theta: Floats, gradient: Floats) -> Floats:
        p, q, gamma = parameters = np.exp(theta)
        inverse = 1 / (gamma + self.spent)
        (mass, x_mass), (square, x_square) = map(self._totals, (inverse, inverse**2))
        total = self.count_weights.sum()
        second = self._curvature_of_counts(p, q)
        second[:, 2] = -x_mass, total / gamma - mass, p * x_square + q * square - total * q / gamma**2
        return in_logarithms(parameters, gradient, second)

    def _totals(self, values: Floats) -> tuple[float, float]:
        """Return the total of the values, and that of x times the values."""
        return weighted_total(self.weights, values), weighted_total(self.weighted_x, values)

    def _of_counts(self, p: float, q: float) -> tuple[float, Floats]:
        """Return the sum of ln Γ(p x + q) / (Γ(q) Γ(p x)) and its gradient by p, q, γ."""
        weights, own = self.count_weights, p * self.counts
        pooled, d_pooled = log_rising_factorial(q, own)
        # ψ(p x + q), of which the derivative by q is the excess over ψ(q)
        d_own = d_pooled + psi(q) - psi(own)
        return weighted_total(weights, pooled - gammaln(own)), np.array([
            weighted_total(weights, self.counts * d_own), weighted_total(weights, d_pooled), 0.0,
        ])

    def _curvature_of_counts(self, p: float, q: float) -> Floats:
        """Return the second derivatives of that sum by p, q, γ."""
        weights, counts, own = self.count_weights, self.counts, p * self.counts
        pooled = polygamma(1, own + q)
        second = np.zeros((3, 3))
        second[0, :2] = (
            weighted_total(weights, counts**2 * (pooled - polygamma(1, own))),
            weighted_total(weights, counts * pooled),
        )
        second[1, 1] = weighted_total(weights, pooled - polygamma(1, q))
        return second
