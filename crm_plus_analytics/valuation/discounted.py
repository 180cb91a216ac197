"""What customers will buy within a horizon, and what it is worth today."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from .inputs import purchase_history
from .purchase_model import PurchaseModel
from .special import Floats, collapse

#: Distinct customers × periods that are computed at a time: they stay in the processor's cache.
BLOCK = 2**16


@dataclass(frozen=True, kw_only=True)
class Forecast:
    """What is to be expected within a horizon; one entry per customer in each array."""

    #: probability that the customer still buys
    p_alive: Floats
    #: purchases in all of the horizon
    purchases: Floats
    #: the same purchases, each counted as what it is worth today
    discounted_purchases: Floats


def forecast(
    model: PurchaseModel,
    x: ArrayLike,
    t_x: ArrayLike,
    T: ArrayLike,
    *,
    horizon: float,
    annual_rate: float,
    units_per_year: float,
    periods_per_year: int = 12,
) -> Forecast:
    """Return what to expect of each customer within the horizon.

    The horizon is cut into periods, the last one shorter when it is no whole number of
    them. What is expected to be bought in a period is discounted from its middle:

        Σ_k (E[X(t_k)] − E[X(t_k−1)]) / (1 + annual_rate)^((t_k−1 + t_k) / 2 years)

    Fader, Hardie & Lee (2005), "RFM and CLV: Using Iso-Value Curves for Customer Base
    Analysis", cut off at the horizon and with a sum in place of the integral.

    :param horizon: how far ahead, in the time unit of the model
    :param annual_rate: discount rate per year, 0.1 for ten per cent
    :param units_per_year: the model's time units in a year: 365.25 for days, 52.18 for weeks
    :raises ValueError: naming the argument that is wrong
    """
    x, t_x, T = purchase_history(x, t_x, T)
    ends, factors = _periods(horizon, annual_rate, units_per_year, periods_per_year)
    # E[X(t)] is P(alive) times what depends on x and T alone, and few pairs are distinct.
    pairs, _, which = collapse(x, T)
    purchases, present = _if_alive(model, *pairs, ends, factors)
    p_alive = model.p_alive(x, t_x, T)
    return Forecast(
        p_alive=p_alive,
        purchases=p_alive * purchases[which],
        discounted_purchases=p_alive * present[which],
    )


def discounted_value(
    model: PurchaseModel,
    x: ArrayLike,
    t_x: ArrayLike,
    T: ArrayLike,
    value_per_purchase: ArrayLike,
    *,
    horizon: float,
    annual_rate: float,
    units_per_year: float,
    periods_per_year: int = 12,
) -> Floats:
    """Return the present value of each customer's purchases within the horizon, shape (n,).

    :param value_per_purchase: what a purchase is expected to bring, a number or shape (n,);
        NaN where that is unknown, which makes the customer's value NaN
    :param horizon: how far ahead, in the time unit of the model; this and the others as
        for `forecast`
    :raises ValueError: naming the argument that is wrong
    """
    value = np.asarray(value_per_purchase, dtype=np.float64)
    if value.shape not in ((), (len(x),)):
        raise ValueError("value_per_purchase must be one number or have one entry per customer.")
    return value * forecast(
        model, x, t_x, T, horizon=horizon, annual_rate=annual_rate,
        units_per_year=units_per_year, periods_per_year=periods_per_year,
    ).discounted_purchases


def _periods(
    horizon: float, annual_rate: float, units_per_year: float, periods_per_year: int
) -> tuple[Floats, Floats]:
    """Return when the periods end, in time units, and the discount factor of each."""
    if not (0 < units_per_year < np.inf and 0 < periods_per_year < np.inf):
        raise ValueError("units_per_year and periods_per_year must be above zero.")
    if not 0 <= horizon < np.inf:
        raise ValueError("horizon must be a length of time: zero or more.")
    if not -1 < annual_rate < np.inf:
        raise ValueError("annual_rate must be above -1: write ten per cent as 0.1.")
    length = units_per_year / periods_per_year
    # A horizon of 12 months computed as 11.999999999 or 12.000000001 is 12 periods.
    count = max(1, int(np.ceil(horizon / length - 1e-9)))
    limits = np.append(np.arange(count) * length, horizon)
    middle = (limits[1:] + limits[:-1]) / 2
    return limits[1:], (1 + annual_rate) ** -(middle / units_per_year)


def _if_alive(
    model: PurchaseModel, x: Floats, T: Floats, ends: Floats, factors: Floats
) -> tuple[Floats, Floats]:
    """Return the purchases of living customers, and the same discounted, shape (n,) each.

    Σ_k f_k (E_k − E_k−1) is summed by parts, Σ_k (f_k − f_k+1) E_k, to hold E once.
    """
    step = max(1, BLOCK // len(ends))
    by_end = factors - np.append(factors[1:], 0.0)
    purchases, discounted = np.empty((2, len(x)))
    for start in range(0, len(x), step):
        block = slice(start, start + step)
        expected = model.expected_purchases_if_alive(ends[:, None], x[block], T[block])
        purchases[block] = expected[-1]
        discounted[block] = np.einsum("k,kn->n", by_end, expected)
    return purchases, discounted
