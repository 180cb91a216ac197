"""RFM: recency, frequency and monetary scores from 1 to 5, and the segments made of them."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike, NDArray

from .inputs import numbers, one_per_customer
from .special import levels

Scores = NDArray[np.int64]
#: Lowest and highest score that a rule accepts, both included.
Range = tuple[int, int]
#: The ranges of recency, frequency and monetary score that make a segment.
Rule = tuple[Range, Range, Range]

LEVELS = 5


def quintile_scores(
    values: ArrayLike,
    higher_is_better: bool = True,
    cut_points: Sequence[float] | None = None,
) -> Scores:
    """Return a score from 1 (worst fifth) to 5 (best fifth) for each value, shape (n,).

    A value's place is the share of customers below it plus half of the share equal to it,
    so that equal values always score the same, whatever the order of the rows. Hence where
    many are equal a score may stay empty; if all are equal, or there is one customer, the
    score is 3, and two different customers score 2 and 4.

    :param values: shape (n,), possibly empty
    :param higher_is_better: False for days since the last purchase
    :param cut_points: the consultant's own four limits, rising, in the unit of the values;
        a value equal to a limit has the better score
    :raises ValueError: when a value is no number, or the cut points are not four rising numbers
    """
    (values,) = one_per_customer(values=values)
    limits = None if cut_points is None else _limits(cut_points)
    if not higher_is_better:
        values = -values
        limits = None if limits is None else -limits[::-1]
    if limits is not None:
        return np.searchsorted(limits, values, side="right") + 1
    _, which = levels(values)
    equal = np.bincount(which)
    below = np.cumsum(equal) - equal
    # In whole numbers: rounding must not move a customer over the edge of a quintile.
    place = LEVELS * (2 * below + equal) // (2 * max(len(values), 1))
    return (place + 1)[which]


def _limits(cut_points: Sequence[float]) -> NDArray[np.float64]:
    limits = numbers("cut_points", cut_points)
    if limits.shape != (LEVELS - 1,) or (np.diff(limits) <= 0).any():
        raise ValueError(f"cut_points must be {LEVELS - 1} numbers, each above the one before.")
    return limits


def segment(r: ArrayLike, f: ArrayLike, m: ArrayLike, rules: Sequence[Rule]) -> Scores:
    """Return for each customer the index of the first rule that fits, -1 where none does.

    :param r: recency scores, shape (n,); `f` and `m` the frequency and monetary scores
    :param rules: in order of precedence
    :raises ValueError: when a score or a limit is not from 1 to 5, or a range is reversed
    """
    cells = _segment_of_cells(rules)
    scores = one_per_customer(r=r, f=f, m=m)
    for name, score in zip("rfm", scores, strict=True):
        if not np.isin(score, np.arange(1, LEVELS + 1)).all():
            raise ValueError(f"{name} must hold whole scores from 1 to {LEVELS}.")
    return cells[tuple(score.astype(np.intp) - 1 for score in scores)]


def uncovered_cells(rules: Sequence[Rule]) -> list[tuple[int, int, int]]:
    """Return the (r, f, m) scores, of the 125 there are, that no rule covers, in order.

    :raises ValueError: when a limit is not from 1 to 5, or a range is reversed
    """
    return [tuple(cell) for cell in (np.argwhere(_segment_of_cells(rules) < 0) + 1).tolist()]


def _segment_of_cells(rules: Sequence[Rule]) -> Scores:
    """Return the index of each cell's first rule, shape (5, 5, 5)."""
    cells = np.full((LEVELS,) * 3, -1, dtype=np.int64)
    for index, rule in reversed(list(enumerate(rules))):
        for low, high in rule:
            if not 1 <= low <= high <= LEVELS:
                raise ValueError(
                    f"Rule {index + 1} has the range {low} to {high}: "
                    f"a range goes from a lower to a higher score, 1 to {LEVELS}."
                )
        cells[tuple(slice(low - 1, high) for low, high in rule)] = index
    return cells
