"""What the value models share: equal customers counted once, Γ ratios on distinct counts."""

import numpy as np
from numpy.typing import NDArray
from scipy.special import gammaln, psi

Floats = NDArray[np.float64]


def collapse(
    *columns: NDArray, weights: Floats
) -> tuple[tuple[NDArray, ...], Floats, NDArray[np.intp]]:
    """Merge the rows that are equal in every column.

    A likelihood is a sum over customers, and customers with equal rows add equal
    terms: counting them once is exact, and makes daily data several times shorter.

    :param columns: one or more arrays of shape (n,)
    :param weights: shape (n,), what each row counts for
    :return: the distinct rows' columns (sorted by the first column, then the second …),
        their summed weights, and for each input row the index of its distinct row
    """
    order = np.lexsort(columns[::-1])
    columns = tuple(column[order] for column in columns)
    starts = np.zeros(len(order), dtype=bool)
    starts[:1] = True
    for column in columns:
        starts[1:] |= column[1:] != column[:-1]
    inverse = np.empty(len(order), dtype=np.intp)
    inverse[order] = np.cumsum(starts) - 1
    distinct = tuple(column[starts] for column in columns)
    return distinct, np.bincount(inverse, weights, len(distinct[0])), inverse


def log_rising_factorial(base: float, counts: Floats) -> tuple[Floats, Floats]:
    """Return ln Γ(base + counts) − ln Γ(base) and its derivative by `base`.

    :param base: a positive number
    :param counts: shape (k,), zero or more; pass distinct values, Γ is the costly part
    """
    return gammaln(base + counts) - gammaln(base), psi(base + counts) - psi(base)


def weighted_total(weights: Floats, values: Floats) -> float:
    """Return Σ weights · values of two arrays of shape (n,).

    Not `@`: BLAS spreads that over threads, which made a fit up to ten times slower on a
    machine with other work, and its last digits depend on the number of cores.
    """
    return np.einsum("i,i->", weights, values)
