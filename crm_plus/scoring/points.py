"""How points fade, add up and become a score from 0 to 100."""

from math import log2
from typing import NamedTuple

FULL_SCORE = 100
#: What is left after as many half-lives is nothing; PostgreSQL's floats would underflow later on.
FADED = 64


class Band(NamedTuple):
    """From which score a lead is warm, and hot."""

    warm: int = 40
    hot: int = 70

    def of(self, score: int) -> str:
        """Return ``'cold'``, ``'warm'`` or ``'hot'``."""
        return 'hot' if score >= self.hot else 'warm' if score >= self.warm else 'cold'

    def bounds(self) -> dict[str, tuple[int, int]]:
        """Return the lowest and the highest score of each band, the coldest first."""
        return {
            'cold': (0, self.warm - 1),
            'warm': (self.warm, self.hot - 1),
            'hot': (self.hot, FULL_SCORE),
        }


def remaining(points: float, days: float, half_life: float) -> float:
    """Return what is left of points after some days.

    Exponential decay by half-life, ``N(t) = N0 * 2 ** (-t / T)``: Rutherford, *A radio-active
    substance emitted from thorium compounds*, Philosophical Magazine 49 (1900).

    :param days: age of the points; an event of the future counts in full
    :param half_life: days in which half of them go; 0: they stay
    """
    if half_life <= 0:
        return points
    return points * 2 ** -min(max(days, 0) / half_life, FADED)


def capped(points: float, cap: float) -> float:
    """Return points that go no further than the cap, to either side.

    :param cap: 0: there is none
    """
    return max(-cap, min(points, cap)) if cap > 0 else points


def days_until(points: float, left: float, half_life: float) -> float | None:
    """Return after how many days no more than ``left`` points are left; ``None``: never.

    The inverse of :func:`remaining`: ``t = T * log2(N0 / N(t))``.
    """
    if abs(points) <= left:
        return 0.0
    if half_life <= 0 or left <= 0:
        return None
    return half_life * log2(abs(points) / left)


def normalised(points: float, full: float) -> int | None:
    """Return the score of the points: 0 to 100, where ``full`` points make 100.

    :return: ``None`` where no points can be won, so that there is nothing to score by
    """
    if full <= 0:
        return None
    # halves go up, as people round, not to the even number
    return max(0, min(FULL_SCORE, int(FULL_SCORE * points / full + 0.5)))


class Fading(NamedTuple):
    """Points of one rule that fade together, because they halve in the same time."""

    points: float  #: before the cap
    half_life: float
    cap: float

    def after(self, days: float) -> float:
        """Return what they count in some days, if nothing more happens."""
        return capped(remaining(self.points, days, self.half_life), self.cap)


def curve(staying: float, fading: list[Fading], full: float, days: list[int]) -> list[int]:
    """Return the scores of the coming days if nothing more happens.

    :param staying: points that do not fade
    :param full: points that make 100, more than 0
    """
    return [
        normalised(staying + sum(part.after(day) for part in fading), full) for day in days
    ]
