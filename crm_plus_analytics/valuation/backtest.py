"""Proof of a model by the past: fitted up to a date, held against what came after.

Four views, those of Fader, Hardie & Lee (2005), section 4, and of the practice of scoring:
`tracking` (repeat purchases over time), `by_frequency` (mean in the holdout by repeat
purchases in calibration), `lift` (value by tenth of customers, the best by forecast first)
and `compare` (errors). Beside each stands the naive forecast "same rate as before".
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from .forecast_error import ForecastError, forecast_error, same_rate_as_before
from .inputs import customer_weights, not_negative, numbers, one_per_customer
from .purchase_model import PurchaseModel
from .special import Floats, collapse

#: Customers by periods that are in memory at a time (8 MB an array).
BLOCK = 1_000_000
#: Repeat purchases from which customers share the last class, as in the paper's figure.
LAST_CLASS = 7


@dataclass(frozen=True, kw_only=True)
class Tracking:
    """Repeat purchases of the customers of the calibration; one entry per period."""

    #: when each period ends
    end: Floats
    #: whether the period lies after the calibration
    in_holdout: NDArray[np.bool_]
    #: since the beginning
    expected: Floats
    actual: Floats

    @property
    def expected_in_period(self) -> Floats:
        return np.diff(self.expected, prepend=0.0)

    @property
    def actual_in_period(self) -> Floats:
        return np.diff(self.actual, prepend=0.0)


def tracking(
    model: PurchaseModel,
    first: ArrayLike,
    end: ArrayLike,
    actual: ArrayLike,
    as_of: float,
    weights: ArrayLike | None = None,
) -> Tracking:
    """Return expected and actual cumulative repeat purchases, period by period.

    What is expected is Σ E[X(end − first)] over the customers who have come by then: the
    model's parameters come from the calibration, but no customer's own history is used
    (the paper's equation 9 and figure 3).

    :param first: when each customer bought first, shape (n,); only customers of the calibration
    :param end: the ends of the periods, rising, shape (k,); see `histories.period_ends`
    :param actual: repeat purchases of those customers by each end, shape (k,); see
        `histories.cumulative_counts`
    :param as_of: the end of the calibration
    :param weights: how many customers each row stands for, one when None
    :raises ValueError: when lengths differ, an entry is no number, or a customer came later
    """
    (first,), (end, actual) = one_per_customer(first=first), one_per_customer(end=end, actual=actual)
    if (first > as_of).any():
        raise ValueError("first must not be after as_of: leave out customers of the holdout.")
    (first,), weights, _ = collapse(first, weights=customer_weights(weights, len(first)))
    expected = np.zeros(len(end))
    for rows in _blocks(len(first), len(end)):
        since = np.maximum(end - first[rows, None], 0)
        expected += weights[rows] @ _of_new_customers(model, since)
    return Tracking(end=end, in_holdout=end > as_of, expected=expected, actual=actual)


def _blocks(rows: int, columns: int) -> Iterator[slice]:
    step = max(1, BLOCK // max(columns, 1))
    return (slice(start, start + step) for start in range(0, rows, step))


def _of_new_customers(model: PurchaseModel, since: Floats) -> Floats:
    """Return E[X(since)], asking for each length of time once: days and weeks repeat."""
    distinct, which = np.unique(since, return_inverse=True)
    return model.expected_purchases_new(distinct)[which.reshape(since.shape)]


@dataclass(frozen=True, kw_only=True)
class FrequencyClasses:
    """Means per customer by repeat purchases in calibration; NaN for an empty class."""

    #: 0, 1, 2 … the last one standing for itself and all above
    repeats: NDArray[np.int64]
    customers: Floats
    expected: Floats
    actual: Floats
    naive: Floats


def by_frequency(
    x: ArrayLike,
    expected: ArrayLike,
    actual: ArrayLike,
    naive: ArrayLike,
    *,
    last_class: int = LAST_CLASS,
    weights: ArrayLike | None = None,
) -> FrequencyClasses:
    """Return the mean purchases of the holdout by repeat purchases in calibration.

    :param x: repeat purchases in calibration, shape (n,)
    :param expected: purchases that the model expects in the holdout, shape (n,); `actual`
        those that came, `naive` those at the same rate as before
    :param last_class: the number of repeat purchases from which customers share a class
    :param weights: how many customers each row stands for, one when None
    """
    x, expected, actual, naive = one_per_customer(x=x, expected=expected, actual=actual, naive=naive)
    weights = customer_weights(weights, len(x))
    which = np.minimum(not_negative("x", x), last_class).astype(np.intp)
    customers = np.bincount(which, weights, last_class + 1)

    def mean(values: Floats) -> Floats:
        total = np.bincount(which, weights * values, last_class + 1)
        return np.divide(total, customers, out=np.full(len(total), np.nan), where=customers > 0)

    return FrequencyClasses(
        repeats=np.arange(last_class + 1), customers=customers,
        expected=mean(expected), actual=mean(actual), naive=mean(naive),
    )


@dataclass(frozen=True, kw_only=True)
class Lift:
    """Totals by group of customers, those of the highest forecast first; one entry each."""

    #: may be a fraction: customers of equal forecast are shared out between groups
    customers: Floats
    #: what the forecast by which they are ranked says
    expected: Floats
    actual: Floats

    @property
    def actual_share(self) -> Floats:
        """The share of all actual value that each group brought; NaN when there was none."""
        total = self.actual.sum()
        return self.actual / total if total else np.full(len(self.actual), np.nan)

    @property
    def lift(self) -> Floats:
        """Actual value per customer of the group, over that of all: 1 is no better than chance."""
        return self.actual_share * len(self.actual)


def lift(expected: ArrayLike, actual: ArrayLike, groups: int = 10) -> Lift:
    """Return what the customers brought whom the forecast puts first, second … tenth.

    Groups hold equally many. Where a limit falls among customers of equal forecast, each
    of these is counted to both sides in part, so that the order of rows plays no part.

    :param expected: the forecast of each customer's value, or purchases, shape (n,)
    :param actual: what came of it, in the same unit, shape (n,)
    :raises ValueError: when lengths differ, an entry is no number, or groups is below one
    """
    expected, actual = one_per_customer(expected=expected, actual=actual)
    if groups < 1:
        raise ValueError("groups must be one or more.")
    distinct, which, equal = np.unique(-expected, return_inverse=True, return_counts=True)
    place = np.append(0, np.cumsum(equal))
    limits = len(expected) * np.arange(groups + 1) / groups

    def within(values: Floats) -> Floats:
        upto = np.append(0.0, np.cumsum(np.bincount(which, values, len(distinct))))
        return np.diff(np.interp(limits, place, upto))

    return Lift(
        customers=np.diff(limits), expected=within(expected), actual=within(actual)
    )


@dataclass(frozen=True, kw_only=True)
class Comparison:
    """A model beside "same rate as before"."""

    model: ForecastError
    naive: ForecastError

    @property
    def beats_naive(self) -> bool:
        """Whether the model's mean squared error is the smaller one.

        False without customers: what has not been shown is not claimed.
        """
        return bool(self.model.root_mean_square < self.naive.root_mean_square)


def compare(
    expected: ArrayLike, actual: ArrayLike, naive: ArrayLike, weights: ArrayLike | None = None
) -> Comparison:
    """Return the errors of a forecast and of the naive one, of purchases or of value.

    :param expected: what the model expects in the holdout, shape (n,)
    :param actual: what came, shape (n,)
    :param naive: what would have come at the same rate as before, shape (n,)
    :param weights: how many customers each row stands for, one when None
    """
    return Comparison(
        model=forecast_error(expected, actual, weights), naive=forecast_error(naive, actual, weights)
    )


@dataclass(frozen=True, kw_only=True)
class BackTest:
    """All views of one model; what it is about follows from the names."""

    purchases: Comparison
    frequency_classes: FrequencyClasses
    #: by tenths of forecast value where values are given, else of forecast purchases
    lift: Lift
    naive_lift: Lift
    #: None where no values are given
    value: Comparison | None

    @property
    def beats_naive(self) -> bool:
        """Whether the model is better in purchases and, where that is known, in value."""
        return self.purchases.beats_naive and (self.value is None or self.value.beats_naive)


def back_test(
    model: PurchaseModel,
    x: ArrayLike,
    t_x: ArrayLike,
    T: ArrayLike,
    actual: ArrayLike,
    length: ArrayLike,
    *,
    expected_value: ArrayLike | None = None,
    actual_value: ArrayLike | None = None,
    spent: ArrayLike | None = None,
) -> BackTest:
    """Hold a model that was fitted on the calibration against the holdout.

    `expected_value`, `actual_value` and `spent` are given together or not at all.

    :param x: repeat purchases in calibration, shape (n,), with `t_x` and `T` at its end
    :param actual: purchases in the holdout, shape (n,)
    :param length: of the holdout in the unit of `T`, a number or shape (n,)
    :param expected_value: what the models expect a purchase of each customer to bring
    :param actual_value: what each customer's purchases of the holdout brought
    :param spent: what each customer's purchases after the first, in calibration, brought;
        the naive forecast of value carries it on
    :raises ValueError: when lengths differ, or only some of the values are given
    """
    expected = model.expected_purchases(length, x, t_x, T)
    naive = same_rate_as_before(x, T, length)
    purchases, value = compare(expected, actual, naive), None
    given = [column is not None for column in (expected_value, actual_value, spent)]
    ranked = expected, naive, actual
    if any(given):
        if not all(given):
            raise ValueError("expected_value, actual_value and spent must be given together.")
        expected_money = expected * numbers("expected_value", expected_value)
        naive_money = same_rate_as_before(spent, T, length)
        value = compare(expected_money, actual_value, naive_money)
        ranked = expected_money, naive_money, actual_value
    return BackTest(
        purchases=purchases,
        frequency_classes=by_frequency(x, expected, actual, naive),
        lift=lift(ranked[0], ranked[2]),
        naive_lift=lift(ranked[1], ranked[2]),
        value=value,
    )
