"""ABC: which customers bring most of the value, which the rest."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike, NDArray

from .inputs import numbers, one_per_customer


def classify(values: ArrayLike, thresholds: Sequence[float] = (0.8, 0.95)) -> NDArray[np.str_]:
    """Return each customer's class, "A" for the most valuable, shape (n,).

    Customers are ranked by value and their values added up. Who stands before the first
    threshold's share of the total is reached is an A (the customer who reaches it
    included), before the second a B, and so on. Customers of equal value have the same
    class, the better one. The total is that of positive values: a customer of zero or
    negative value is always in the last class, and takes nothing from the others' share.

    :param values: shape (n,), in one currency
    :param thresholds: rising shares of the total between 0 and 1; one class more than these
    :raises ValueError: when a value is no number or the thresholds are not rising shares
    """
    (values,) = one_per_customer(values=values)
    shares = _shares(thresholds)
    distinct, which, equal = np.unique(values, return_inverse=True, return_counts=True)
    worth = np.maximum(distinct, 0) * equal
    from_the_top = np.cumsum(worth[::-1])[::-1]
    before = np.append(from_the_top[1:], 0.0)
    # A share that is the threshold but for rounding has reached it.
    limits = shares * worth.sum() * (1 - 1e-12)
    grade = np.where(distinct > 0, np.searchsorted(limits, before, side="right"), len(shares))
    letters = np.array([chr(ord("A") + index) for index in range(len(shares) + 1)])
    return letters[grade[which]]


def _shares(thresholds: Sequence[float]) -> NDArray[np.float64]:
    shares = numbers("thresholds", thresholds)
    rising = np.concatenate([[0.0], shares.ravel(), [1.0]])
    if shares.ndim != 1 or not 0 < len(shares) < 26 or (np.diff(rising) <= 0).any():
        raise ValueError("thresholds must be rising shares between 0 and 1, such as 0.8, 0.95.")
    return shares
