"""From single purchases to what the models need, without a loop over customers.

Purchases come as two flat arrays of one entry each: whose it is and when, on any calendar
that counts in the time unit of the models. Purchases of one customer at one time are one.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from .inputs import numbers, one_per_customer
from .special import Floats, collapse


@dataclass(frozen=True, kw_only=True)
class Histories:
    """The customers who had bought by the as-of time; one entry each in every array."""

    #: as in the input, rising
    customer: NDArray
    #: when each bought first, on the input's calendar
    first: Floats
    x: Floats
    t_x: Floats
    T: Floats
    #: purchases after the as-of time, up to the end of the holdout
    holdout: Floats
    #: the times of all their purchases after the first, up to the end of the holdout
    repeat_times: Floats


def summarise(
    customer: ArrayLike, time: ArrayLike, as_of: float, until: float | None = None
) -> Histories:
    """Return the histories at a time, and how many purchases followed until another.

    :param customer: whose purchase it is, a number, shape (m,) in any order
    :param time: when it was, shape (m,)
    :param as_of: the end of the calibration, which a purchase at that very time is part of
    :param until: the end of the holdout, `as_of` when None; later purchases are left out
    :raises ValueError: when lengths differ or an entry is no number, or until is before as_of
    """
    until = as_of if until is None else until
    if until < as_of:
        raise ValueError("until must not be before as_of: the holdout follows the calibration.")
    customer, time = one_per_customer(customer=customer, time=time)
    known = time <= until
    (customer, time), _, _ = collapse(customer[known], time[known])
    owners, first_index, owner = np.unique(customer, return_index=True, return_inverse=True)
    seen = time[first_index] <= as_of
    calibration, later = time <= as_of, np.ones(len(time), dtype=bool)
    later[first_index] = False

    def count(which: NDArray[np.bool_]) -> Floats:
        return np.bincount(owner, which, len(owners))[seen]

    first = time[first_index][seen]
    x = count(calibration & later)
    # The purchases of a customer stand together in the order of time.
    last = time[first_index[seen] + x.astype(np.intp)]
    return Histories(
        customer=owners[seen], first=first, x=x, t_x=last - first, T=as_of - first,
        holdout=count(~calibration),
        repeat_times=np.sort(time[later & seen[owner]]),
    )


def period_ends(begin: float, as_of: float, until: float, length: float) -> Floats:
    """Return the ends of periods of equal length, of which `as_of` is one, shape (k,).

    The first period holds `begin`; the last whole one that ends by `until` is the last.

    :raises ValueError: when the order of the times or the length is impossible
    """
    numbers("begin, as_of and until", [begin, as_of, until])
    if not begin <= as_of <= until:
        raise ValueError("begin, as_of and until must follow each other in this order.")
    if not 0 < length < np.inf:
        raise ValueError("length must be a length of time above zero.")
    # A distance of 39 periods computed as 38.999999999 or 39.000000001 is 39 periods.
    before = int(np.ceil((as_of - begin) / length - 1e-9))
    after = int(np.floor((until - as_of) / length + 1e-9))
    return as_of + length * np.arange(min(1 - before, 0), after + 1)


def cumulative_counts(times: ArrayLike, ends: ArrayLike) -> Floats:
    """Return how many of the times are not after each end, shape of `ends`."""
    times = np.sort(numbers("times", times))
    return np.searchsorted(times, numbers("ends", ends), side="right").astype(np.float64)
