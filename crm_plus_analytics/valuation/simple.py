"""A plain estimate of purchases for companies whose data carry no model.

Stated so that anybody can check it by hand:

- A customer's rate is their own, drawn towards that of all customers as if each had been
  seen for one more purchase at the common rate: (x + 1) / (T + 1 / common rate), the
  common rate being all repeat purchases over all customers' ages.
- Nothing is concluded from a silence (T − t_x) as long as it is no longer than the time
  in which that rate expects one purchase. For every further expected purchase that does
  not come the chance that the customer still buys falls by the factor e.
- What happened to customers so far goes on: they leave at the constant rate at which they
  seem to have left, Σ (1 − P(alive)) over the time that they were active.

Where nobody has ever bought twice there is nothing to expect: all expectations are 0.
No statistics vouch for this, so it has no likelihood and no standard errors; it is what
stands in for a model, and the back-test says how well it does.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import exprel

from .inputs import customer_weights, not_negative, purchase_history
from .purchase_model import PurchaseModel
from .special import Floats, weighted_total


@dataclass(frozen=True, kw_only=True)
class SimpleEstimate(PurchaseModel):
    """Purchases to expect by the rule of this module; it can be had for any customers."""

    #: repeat purchases of all customers per time unit
    common_rate: float
    #: at which customers leave, per time unit
    leaving_rate: float = 0.0

    def p_alive(self, x: ArrayLike, t_x: ArrayLike, T: ArrayLike) -> Floats:
        x, t_x, T = purchase_history(x, t_x, T)
        return np.exp(-np.maximum(self._rate(x, T) * (T - t_x) - 1, 0))

    def expected_purchases_if_alive(self, t: ArrayLike, x: ArrayLike, T: ArrayLike) -> Floats:
        t, x, T = not_negative("t", t), not_negative("x", x), not_negative("T", T)
        # ∫ exp(−leaving · u) du from 0 to t
        return self._rate(x, T) * t * exprel(-self.leaving_rate * t)

    def _rate(self, x: Floats, T: Floats) -> Floats:
        return (x + 1) * self.common_rate / (T * self.common_rate + 1)


def fit(
    x: ArrayLike, t_x: ArrayLike, T: ArrayLike, weights: ArrayLike | None = None
) -> SimpleEstimate:
    """Return the estimate that these customers' histories give; no number is too small.

    :param weights: how many customers each row stands for, one when None
    :raises ValueError: when a history is impossible, naming the argument and the remedy
    """
    x, t_x, T = purchase_history(x, t_x, T)
    weights = customer_weights(weights, len(x))
    purchases, age = weighted_total(weights, x), weighted_total(weights, T)
    if not purchases:
        return SimpleEstimate(common_rate=0.0)
    common_rate = float(purchases / age)
    alive = SimpleEstimate(common_rate=common_rate).p_alive(x, t_x, T)
    active = weighted_total(weights, alive * T + (1 - alive) * t_x)
    leaving_rate = float(weighted_total(weights, 1 - alive) / active)
    return SimpleEstimate(common_rate=common_rate, leaving_rate=leaving_rate)
