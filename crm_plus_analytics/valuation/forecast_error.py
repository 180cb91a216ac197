"""How far a forecast of purchases, or of money, is from what came.

Which measure prefers which forecast is a matter of principle (Gneiting 2011, "Making and
Evaluating Point Forecasts", JASA 106): the mean squared error and the Poisson deviance are
least for the expected value, which is what models state and what adds up to totals. The
mean absolute error is least for the median, and the median customer often buys nothing:
it rewards a forecast of zero, and is shown beside, not decided by.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import xlogy

from .inputs import customer_weights, not_negative, numbers, one_per_customer
from .special import Floats, weighted_total

#: Purchases that a forecast of none is taken for, so that one customer's return does not
#: outweigh everything else.
LEAST_EXPECTED = 1e-6


@dataclass(frozen=True, kw_only=True)
class ForecastError:
    """The error of a forecast over all customers; NaN without customers."""

    #: of the unit of the forecast, per customer
    mean_absolute: float
    #: root of the mean square, in the unit of the forecast
    root_mean_square: float
    expected_total: float
    actual_total: float

    @property
    def bias(self) -> float:
        """How much too high the total was, as a share of the actual one: 0.1 for 10 %."""
        if not self.actual_total:
            return np.nan
        return self.expected_total / self.actual_total - 1


def forecast_error(
    expected: ArrayLike, actual: ArrayLike, weights: ArrayLike | None = None
) -> ForecastError:
    """Return the error of what was expected of each customer, shape (n,).

    :param weights: how many customers each row stands for, one when None
    :raises ValueError: when lengths differ or an entry is no number
    """
    expected, actual = one_per_customer(expected=expected, actual=actual)
    weights = customer_weights(weights, len(expected))
    total, miss = weights.sum(), expected - actual

    def mean(values: Floats) -> float:
        return float(weighted_total(weights, values) / total) if total else np.nan

    return ForecastError(
        mean_absolute=mean(np.abs(miss)),
        root_mean_square=float(np.sqrt(mean(miss**2))),
        expected_total=float(weighted_total(weights, expected)),
        actual_total=float(weighted_total(weights, actual)),
    )


def poisson_deviance(expected: ArrayLike, actual: ArrayLike) -> Floats:
    """Return each customer's deviance 2 (y ln(y / μ) − y + μ) of counts y, shape of both.

    McCullagh & Nelder (1989), "Generalized Linear Models", section 2.3. It judges a miss
    by a purchase the harder the fewer were expected, as counts vary with their mean: a few
    heavy buyers do not decide alone, as they do with squares. An expectation below
    `LEAST_EXPECTED` is taken for that.

    :raises ValueError: when an entry is negative or no number
    """
    expected = np.maximum(not_negative("expected", expected), LEAST_EXPECTED)
    actual = not_negative("actual", actual)
    return 2 * (xlogy(actual, actual / expected) - actual + expected)


def same_rate_as_before(x: ArrayLike, T: ArrayLike, t: ArrayLike) -> Floats:
    """Return the naive forecast, x / T · t: everybody goes on as on average so far.

    Who came on the as-of date (T = 0) has no rate yet: 0.

    :param x: purchases after the first, or the money spent on them, shape (n,)
    :param t: time ahead, a number or of the shape of `x`
    """
    x, T, t = numbers("x", x), not_negative("T", T), not_negative("t", t)
    return np.divide(x, T, out=np.zeros(np.broadcast_shapes(x.shape, T.shape)), where=T > 0) * t
