"""What the value models share: equal customers counted once, Γ ratios, sums and logistic odds."""

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray
from scipy.special import gammaln, polygamma, psi

Floats = NDArray[np.float64]

#: Values of which the least difference is taken for the step of the grid that they may lie on …
GRID_SAMPLE = 4096
#: … which has at most so many places for each value: more are dearer to count than to sort.
GRID_PLACES = 2
#: Combinations of values that a whole number of 64 bits can tell apart.
MOST_KEYS = 2**62
#: Bits by which keys are sorted at a time: NumPy sorts short whole numbers by counting.
DIGIT = 16


def collapse(
    *columns: NDArray, weights: Floats | None = None
) -> tuple[tuple[NDArray, ...], Floats, NDArray[np.intp]]:
    """Merge the rows that are equal in every column.

    A likelihood is a sum over customers, and customers with equal rows add equal
    terms: counting them once is exact, and makes daily data several times shorter.

    :param columns: one or more arrays of shape (n,)
    :param weights: shape (n,), what each row counts for, one when None
    :return: the distinct rows' columns (sorted by the first column, then the second …),
        their summed weights, and for each input row the index of its distinct row
    """
    some, which = _groups(*_keys(columns))
    summed = np.bincount(which, weights, len(some)).astype(np.float64)
    return tuple(column[some] for column in columns), summed, which


def levels(values: NDArray) -> tuple[NDArray, NDArray[np.intp]]:
    """Return the distinct values, rising, and for each value the index of its own.

    Counts and dates lie on a grid, whatever the unit: they are placed there and not
    sorted. Whatever turns out not to lie on one is sorted.

    :param values: numbers, shape (n,)
    """
    return _levels_on_grid(values) or np.unique(values, return_inverse=True)


def _levels_on_grid(values: NDArray) -> tuple[NDArray, NDArray[np.intp]] | None:
    sample = np.unique(values[:: max(1, len(values) // GRID_SAMPLE)])
    if len(sample) < 2:
        return None
    step, low = np.diff(sample).min(), values.min()
    # Not divided: a step may be so small that the quotient overflows.
    if values.max() - low > step * (GRID_PLACES * len(values) - 1):
        return None
    place = np.rint((values - low) / step).astype(np.intp)
    at_place = np.empty(place.max() + 1, dtype=values.dtype)
    taken = np.zeros(len(at_place), dtype=bool)
    at_place[place], taken[place] = values, True
    if (at_place[place] != values).any():
        return None
    return at_place[taken], (np.cumsum(taken) - 1)[place]


def _keys(columns: tuple[NDArray, ...]) -> tuple[NDArray[np.int64], int]:
    """Return a whole number for each row, in the order of the rows, and a bound of them."""
    keys, bound = np.zeros(len(columns[0]), dtype=np.int64), 1
    for column in columns:
        distinct, which = levels(column)
        if bound * len(distinct) > MOST_KEYS:
            taken, keys = np.unique(keys, return_inverse=True)
            bound = len(taken)
        keys = keys * len(distinct) + which
        bound *= len(distinct)
    return keys, bound


def _groups(keys: NDArray[np.int64], bound: int) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Return a row of each key in rising order, and for each row the place of its key there."""
    count = len(keys)
    if bound <= GRID_PLACES * count:
        row = np.full(bound, -1)
        row[keys] = np.arange(count)
        taken = row >= 0
        return row[taken], (np.cumsum(taken) - 1)[keys]
    order = _order(keys, bound)
    starts = np.flatnonzero(np.diff(keys[order], prepend=-1))
    which = np.empty(count, dtype=np.intp)
    which[order] = np.repeat(np.arange(len(starts)), np.diff(starts, append=count))
    return order[starts], which


def _order(keys: NDArray[np.int64], bound: int) -> NDArray[np.intp]:
    """Return the rows in the order of their keys: a radix sort, by the digits of the bound."""
    order = np.argsort(keys.astype(np.uint16), kind="stable")
    shift = DIGIT
    while bound >> shift:
        digits = (keys >> shift).astype(np.uint16)[order]
        order = order[np.argsort(digits, kind="stable")]
        shift += DIGIT
    return order


def blocks(count: int, size: int) -> Iterator[slice]:
    """Return the rows of `count` in blocks of a size that the processor's cache holds."""
    return (slice(start, start + size) for start in range(0, count, size))


def log_rising_factorial(base: float, counts: Floats) -> tuple[Floats, Floats]:
    """Return ln Γ(base + counts) − ln Γ(base) and its derivative by `base`.

    :param base: a positive number
    :param counts: shape (k,), zero or more; pass distinct values, Γ is the costly part
    """
    return gammaln(base + counts) - gammaln(base), psi(base + counts) - psi(base)


def log_rising_factorial_curvature(base: float, counts: Floats) -> Floats:
    """Return the second derivative of `log_rising_factorial` by `base`, shape (k,)."""
    return polygamma(1, base + counts) - polygamma(1, base)


def logistic(log_odds: Floats) -> tuple[Floats, Floats]:
    """Return the probability 1 / (1 + exp(−log_odds)), and ln(1 + exp(log_odds)).

    Both for any log odds, infinite ones included. Of NumPy's own functions, which are
    several times faster than scipy's `expit` and `logaddexp` where the processor has
    vector instructions.
    """
    smaller = np.exp(-np.abs(log_odds))
    probability = np.where(log_odds > 0, 1.0, smaller) / (1 + smaller)
    return probability, np.maximum(log_odds, 0) + np.log1p(smaller)


def weighted_total(weights: Floats, values: Floats) -> float:
    """Return Σ weights · values of two arrays of shape (n,).

    Not `@`: BLAS spreads that over threads, which made a fit up to ten times slower on a
    machine with other work, and its last digits depend on the number of cores.
    """
    return np.einsum("i,i->", weights, values)
