"""What all models of purchases have in common: their face, and how they are fitted."""

import math
from abc import abstractmethod

import numpy as np
from numpy.typing import ArrayLike

from .inputs import customer_weights, purchase_history
from .optimise import MINIMUM_CUSTOMERS, MakeLikelihood, maximise, no_estimate
from .special import Floats, collapse, weighted_total


class PurchaseModel:
    """How often customers buy and whether they still do; everything follows from two methods.

    Everywhere: x repeat purchases, t_x time from the first to the last purchase, T time
    from the first purchase to the as-of date, all of shape (n,), times in one unit of the
    caller's choice.
    """

    @abstractmethod
    def p_alive(self, x: ArrayLike, t_x: ArrayLike, T: ArrayLike) -> Floats:
        """Return the probability that each customer still buys, shape (n,).

        :raises ValueError: when the history is impossible
        """

    @abstractmethod
    def expected_purchases_if_alive(self, t: ArrayLike, x: ArrayLike, T: ArrayLike) -> Floats:
        """Return the purchases to expect in the next `t` of customers known to be alive.

        It depends on x and T alone; `expected_purchases` is this times `p_alive`.
        """

    def expected_purchases(
        self, t: ArrayLike, x: ArrayLike, t_x: ArrayLike, T: ArrayLike
    ) -> Floats:
        """Return the purchases to expect in the next `t`.

        :param t: a number, shape (n,), or (k, 1) for several horizons at once
        :return: shape (n,), or (k, n)
        :raises ValueError: when the history is impossible or `t` negative
        """
        return self.p_alive(x, t_x, T) * self.expected_purchases_if_alive(t, x, T)

    def expected_purchases_new(self, t: ArrayLike) -> Floats:
        """Return the purchases to expect of a new customer after the first.

        :param t: time since the first purchase, any shape
        :return: the shape of `t`
        """
        t = np.asarray(t, dtype=np.float64)
        newcomers = np.zeros(t.size)
        expected = self.expected_purchases(t.ravel(), newcomers, newcomers, newcomers)
        return expected.reshape(t.shape)


def estimate(
    x: ArrayLike,
    t_x: ArrayLike,
    T: ArrayLike,
    weights: ArrayLike | None,
    *,
    names: tuple[str, ...],
    times: tuple[str, ...],
    likelihood: MakeLikelihood,
) -> dict:
    """Return the fields of a model that is fitted by maximum likelihood.

    Data that cannot carry a model raise nothing: `converged` is False and `message` says
    why, with NaN parameters where there is nothing to estimate from.

    :param weights: how many customers each row stands for, one when None
    :param likelihood: takes x, t_x, T and weights of distinct histories
    :param names: the model's parameters, all positive
    :param times: those of them that are lengths of time
    :raises ValueError: when a history is impossible, naming the argument and the remedy
    """
    x, t_x, T = purchase_history(x, t_x, T)
    if weights is not None:
        weights = customer_weights(weights, len(x))
        x, t_x, T, weights = (column[weights > 0] for column in (x, t_x, T, weights))
    rows, weights, _ = collapse(x, t_x, T, weights=weights)
    obstacle = _obstacle(rows[0], weights)
    if obstacle:
        return no_estimate(names, obstacle)
    return _estimate_scaled(*rows, weights, names, times, likelihood)


def _obstacle(x: Floats, weights: Floats) -> str:
    if weights.sum() < MINIMUM_CUSTOMERS:
        return f"Too few customers: {weights.sum():g}, at least {MINIMUM_CUSTOMERS} are needed."
    if len(x) == 1:
        return "All customers have the same history: their differences cannot be estimated."
    if not x.any():
        return "No customer has bought twice: there is no repeat purchase to learn from."
    return ""


def _estimate_scaled(x, t_x, T, weights, names, times, likelihood: MakeLikelihood) -> dict:
    """Fit with the mean time between purchases as the unit, and report in the caller's.

    The search then looks the same in days, weeks or years, for rare and for daily buyers.
    """
    purchases = float(weighted_total(weights, x))
    unit = float(weighted_total(weights, T)) / purchases
    start = dict.fromkeys(names, 1.0)
    found = maximise(likelihood, (x, t_x / unit, T / unit), weights, start)
    for name in times:
        found[name] *= unit
        found["standard_errors"][name] *= unit
    # A history of x purchases has a density in x times.
    found["log_likelihood"] -= purchases * math.log(unit)
    return found
