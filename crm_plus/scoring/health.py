"""The arithmetic of account health: parts with their limits and weights, and what they make.

A part is one number of an account. At its limit for full points, and beyond, it gives all of
its weight; at its limit for no points, and beyond, nothing; in between proportionally. Parts of
which nothing is known are left out, and the weights of the others are scaled so that they still
make 100 points.
"""

from collections.abc import Iterable
from typing import NamedTuple

#: How many points there are to reach.
FULL = 100


class HealthPart(NamedTuple):
    """One part of an account's health."""

    weight: float
    share: float | None  #: how much of the weight is reached, 0 to 1; None: nothing is known


def share_reached(value: float, good: float, bad: float) -> float:
    """Return how much of its points a part reaches, 0 to 1.

    Works in both directions: the limit for full points may be the higher or the lower one.

    >>> share_reached(-10, 0, -40), share_reached(45, 0, 60), share_reached(-5, 0, 60)
    (0.75, 0.25, 1.0)

    :param good: the value that gives full points
    :param bad: the value that gives none; another one than ``good``
    """
    return min(max((value - bad) / (good - bad), 0.0), 1.0)


def points_of(parts: Iterable[HealthPart]) -> list[tuple[float, float] | None]:
    """Return of each part the points reached and the points there are to reach.

    >>> points_of([HealthPart(30, 0.5), HealthPart(10, 1.0), HealthPart(60, None)])
    [(37.5, 75.0), (25.0, 25.0), None]
    """
    parts = list(parts)
    total = sum(part.weight for part in parts if part.share is not None)
    return [
        None if part.share is None or not part.weight
        else (FULL * part.weight / total * part.share, FULL * part.weight / total)
        for part in parts
    ]


def health_score(parts: Iterable[HealthPart]) -> int | None:
    """Return the points that the parts make together, 0 to 100; None: nothing is known.

    >>> health_score([HealthPart(30, 0.5), HealthPart(10, 1.0), HealthPart(60, None)])
    63
    """
    reached = [points[0] for points in points_of(parts) if points]
    # half a point counts as one, as people round
    return int(sum(reached) + 0.5 + 1e-9) if reached else None


def band_of(score: int | None, green: int, amber: int) -> str | bool:
    """Return ``'green'``, ``'amber'`` or ``'red'``; False where there is no score.

    :param green: from which score on an account is green
    :param amber: from which score on it is amber
    """
    if score is None:
        return False
    return 'green' if score >= green else 'amber' if score >= amber else 'red'
