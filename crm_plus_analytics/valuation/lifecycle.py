"""At which stage of its life with the company each customer is.

The rules, first match wins, so that every customer is at exactly one stage:

1. prospect: has bought nothing yet.
2. lost: P(alive) below `lost_below`; where it is not known, silent for more than
   `lost_intervals` of the customer's intervals; in any case silent for `longest_silence`.
3. at risk: P(alive) below `at_risk_below`; where it is not known, silent for more than
   `at_risk_intervals` intervals; or spending fallen by the share `decline` within a year.
4. won back: a silence ended within the last year that was longer than `lost_intervals`
   of the intervals that the customer had apart from it.
5. new: first bought at most `new_for` ago.
6. loyal: has bought `loyal_purchases` times or more, came `loyal_age` ago or longer, and
   spending has not risen by the share `growth`.
7. growing: everybody else: still few purchases, or a rising spending.

Who bought once and came at most `new_for` ago is not yet judged by rules 2 and 3: a first
purchase says nothing of how long until the second. Spending of the last year is compared
with the year before only where the customer was there for the whole of both.

A silence of up to `least_silence` is never called long, however often somebody buys: a
holiday is no parting. A customer's interval is the mean time between their purchases; who bought once is measured
by `usual_interval`, that of the company.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from .inputs import not_negative, numbers, numbers_or_missing, one_per_customer, whole_counts
from .special import Floats

#: In the order of a customer's life.
STAGES = ("prospect", "new", "growing", "loyal", "at_risk", "lost", "won_back")
DAYS_PER_YEAR = 365.25


@dataclass(frozen=True, kw_only=True)
class Limits:
    """The thresholds of the rules; times in days."""

    new_for: float = 90.0
    lost_below: float = 0.2
    at_risk_below: float = 0.5
    #: of the customer's own
    at_risk_intervals: float = 2.0
    lost_intervals: float = 4.0
    least_silence: float = 45.0
    longest_silence: float = np.inf
    #: as a share of the year before: 0.5 for half of it
    decline: float = 0.5
    growth: float = 0.2
    loyal_purchases: int = 4
    loyal_age: float = 365.0

    def __post_init__(self):
        """:raises ValueError: when the limits contradict each other"""
        if not 0 <= self.lost_below <= self.at_risk_below <= 1:
            raise ValueError("lost_below must not exceed at_risk_below, both from 0 to 1.")
        if not 0 < self.at_risk_intervals <= self.lost_intervals:
            raise ValueError("at_risk_intervals must be above zero and not exceed lost_intervals.")
        if not (0 < self.decline <= 1 and self.growth >= 0):
            raise ValueError("decline must be a share above 0 and up to 1, growth 0 or more.")


def stages(
    purchases: ArrayLike,
    days_since_first: ArrayLike,
    days_since_last: ArrayLike,
    *,
    p_alive: ArrayLike,
    spent: ArrayLike,
    spent_before: ArrayLike,
    longest_gap: ArrayLike,
    usual_interval: float,
    limits: Limits | None = None,
) -> NDArray[np.str_]:
    """Return each customer's stage, one of `STAGES`, shape (n,).

    :param purchases: all of them, the first included, shape (n,)
    :param days_since_first: shape (n,), of no meaning for who has bought nothing
    :param days_since_last: likewise
    :param p_alive: NaN where it is not known
    :param spent: revenue of the last 365.25 days
    :param spent_before: revenue of the 365.25 days before those
    :param longest_gap: the longest time between two consecutive purchases of which the
        later one fell into the last 365.25 days, 0 where there is none; see `longest_gaps`
    :param usual_interval: the company's usual days between purchases, see `usual_interval`
    :param limits: the thresholds, `Limits()` when None
    :raises ValueError: when lengths differ or an entry is no number, naming the argument
    """
    purchases, age, silence, spent, spent_before, longest_gap = one_per_customer(
        purchases=purchases, days_since_first=days_since_first, days_since_last=days_since_last,
        spent=spent, spent_before=spent_before, longest_gap=longest_gap,
    )
    p_alive = numbers_or_missing("p_alive", p_alive)
    if p_alive.shape != purchases.shape:
        raise ValueError("p_alive must have one entry per customer.")
    whole_counts("purchases", purchases)
    limits = limits or Limits()
    interval = _interval(purchases, age - silence, usual_interval)
    long_silence = np.maximum(interval * limits.at_risk_intervals, limits.least_silence)
    lost_silence = np.maximum(interval * limits.lost_intervals, limits.least_silence)
    is_known, unproven = ~np.isnan(p_alive), (purchases == 1) & (age <= limits.new_for)
    has_two_years = age >= 2 * DAYS_PER_YEAR
    lost = np.where(is_known, p_alive < limits.lost_below, silence > lost_silence)
    lost |= silence >= limits.longest_silence
    at_risk = np.where(is_known, p_alive < limits.at_risk_below, silence > long_silence)
    at_risk |= has_two_years & (spent_before > 0) & (spent <= (1 - limits.decline) * spent_before)
    rises = has_two_years & (spent > (1 + limits.growth) * spent_before)
    without_gap = _interval(purchases - 1, age - silence - longest_gap, usual_interval)
    return np.select(
        [
            purchases == 0,
            lost & ~unproven,
            at_risk & ~unproven,
            longest_gap > np.maximum(without_gap * limits.lost_intervals, limits.least_silence),
            age <= limits.new_for,
            (purchases >= limits.loyal_purchases) & (age >= limits.loyal_age) & ~rises,
        ],
        ["prospect", "lost", "at_risk", "won_back", "new", "loyal"],
        default="growing",
    )


def _interval(purchases: Floats, between: Floats, usual_interval: float) -> Floats:
    """Return the mean days between purchases, the usual ones where there are not two."""
    if not 0 < usual_interval < np.inf:
        raise ValueError("usual_interval must be a number of days above zero.")
    has_two = (purchases > 1) & (between > 0)
    return np.where(has_two, between / np.maximum(purchases - 1, 1), usual_interval)


def usual_interval(
    purchases: ArrayLike, days_between: ArrayLike, default: float = DAYS_PER_YEAR
) -> float:
    """Return the median, over customers who bought twice or more, of their mean interval.

    :param purchases: all of them, the first included, shape (n,)
    :param days_between: from the first to the last purchase, shape (n,)
    :param default: the answer where nobody has bought twice
    """
    purchases, between = one_per_customer(purchases=purchases, days_between=days_between)
    has_two = (purchases > 1) & (not_negative("days_between", between) > 0)
    if not has_two.any():
        return default
    return float(np.median(between[has_two] / (purchases[has_two] - 1)))


def longest_gaps(
    customer: ArrayLike, day: ArrayLike, since: float, customers: int
) -> Floats:
    """Return each customer's longest gap between purchases that ended at `since` or later.

    :param customer: whose purchase it is, 0 to customers − 1, shape (m,) in any order
    :param day: when it was, shape (m,)
    :param customers: how many there are
    :return: shape (customers,), 0 where there is none
    """
    customer, day = one_per_customer(customer=customer, day=day)
    numbers("since", since)
    order = np.lexsort((day, customer))
    customer, day = customer[order].astype(np.intp), day[order]
    counts = (customer[1:] == customer[:-1]) & (day[1:] >= since)
    longest = np.zeros(customers)
    np.maximum.at(longest, customer[1:][counts], np.diff(day)[counts])
    return longest
