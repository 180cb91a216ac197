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
from scipy.special import gammaln, psi

from .inputs import customer_weights, one_per_customer, whole_counts
from .optimise import MINIMUM_CUSTOMERS, Fitted, maximise, no_estimate
from .special import Floats, collapse, log_rising_factorial, weighted_total

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
    rows, weights, _ = collapse(x[used], mean_value[used], weights=weights[used])
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


class _Likelihood:
    """Log-likelihood of distinct rows and its gradient by ln p, ln q, ln γ.

    Equation 1a: what depends on x alone is summed over distinct x, and what is linear in
    the parameters once, which leaves one logarithm per customer.
    """

    def __init__(self, x: Floats, mean_value: Floats, weights: Floats):
        self.x, self.weights, self.spent = x, weights, x * mean_value
        (self.counts,), self.count_weights, _ = collapse(x, weights=weights)
        self.log_spent = weighted_total(weights, x * np.log(self.spent))
        self.log_mean = weighted_total(weights, np.log(mean_value))

    def __call__(self, theta: Floats) -> tuple[float, Floats]:
        p, q, gamma = parameters = np.exp(theta)
        by_count, gradient = self._of_counts(p, q)
        mass = gamma + self.spent
        log_mass = np.log(mass)
        shape = p * self.x + q
        total = self.count_weights.sum()
        value = total * q * np.log(gamma) + p * self.log_spent - self.log_mean
        gradient += np.array([
            self.log_spent - weighted_total(self.weights, self.x * log_mass),
            total * np.log(gamma) - weighted_total(self.weights, log_mass),
            total * q / gamma - weighted_total(self.weights, shape / mass),
        ])
        return by_count + value - weighted_total(self.weights, shape * log_mass), gradient * parameters

    def _of_counts(self, p: float, q: float) -> tuple[float, Floats]:
        """Return the sum of ln Γ(p x + q) / (Γ(q) Γ(p x)) and its gradient by p, q, γ."""
        weights, own = self.count_weights, p * self.counts
        pooled, d_pooled = log_rising_factorial(q, own)
        # ψ(p x + q), of which the derivative by q is the excess over ψ(q)
        d_own = d_pooled + psi(q) - psi(own)
        return weights @ (pooled - gammaln(own)), np.array([
            weights @ (self.counts * d_own), weights @ d_pooled, 0.0,
        ])
