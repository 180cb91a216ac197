"""How much working time lies between two moments, and when so much of it has passed.

All moments are whole seconds since 1970 in UTC, all amounts are whole seconds. What the working
hours are — time zone, daylight saving, lunch, holidays — is in the intervals that come in.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence
from itertools import accumulate, pairwise

#: from when to when the clock stood still; None while it still does
Pause = tuple[int, int | None]


class WorkingTime:
    """Working intervals with their running total, so that each question takes one search.

    :param intervals: pairs of begin and end, in any order; where they overlap, time counts once
    """

    def __init__(self, intervals: Iterable[tuple[int, int]]):
        merged = merge(intervals)
        self._begins = [begin for begin, _end in merged]
        self._ends = [end for _begin, end in merged]
        #: what has been worked by the end of each interval
        self._totals = list(accumulate(end - begin for begin, end in merged))

    def __bool__(self) -> bool:
        return bool(self._begins)

    def intervals(self, begin: int, end: int) -> list[tuple[int, int]]:
        """Return the working intervals between two moments, cut off there."""
        first, last = bisect_right(self._ends, begin), bisect_left(self._begins, end)
        return [
            (max(self._begins[index], begin), min(self._ends[index], end))
            for index in range(first, last)
        ]

    def until(self, moment: int) -> int:
        """Return what has been worked from the first interval until ``moment``."""
        index = bisect_right(self._begins, moment) - 1
        if index < 0:
            return 0
        return self._totals[index] - max(self._ends[index] - moment, 0)

    def between(self, begin: int, end: int) -> int:
        """Return what is worked from ``begin`` until ``end``."""
        return self.until(end) - self.until(begin)

    def plan(self, start: int, amount: int, pauses: Sequence[Pause] = ()) -> int | None:
        """Return the first moment by which ``amount`` has been worked since ``start``.

        Work during a pause does not count. An amount of 0 is worked as soon as work begins.

        :param pauses: as :func:`merge_pauses` returns them
        :return: None when the clock stands still before, or the intervals end before
        """
        if not amount:
            return self._next_work(start, pauses)
        goal = self.until(start) + amount
        for begin, end in pauses:
            begin = max(begin, start)
            if end is not None and end <= begin:
                continue
            if self.until(begin) >= goal:
                break
            if end is None:
                return None
            goal += self.between(begin, end)
        return self._reached(goal)

    def unfold(
        self, begin: int, end: int, pauses: Sequence[tuple[int, int | None, str]] = ()
    ) -> list[tuple[int, int, str]]:
        """Return what happened between two moments, without a gap.

        :param pauses: begin, end and a word for it; where two overlap, the first counts
        :return: begin, end, and 'work', 'free' or the word of the pause
        """
        work = self.intervals(begin, end)
        stops = [(start, end if stop is None else stop, word) for start, stop, word in pauses]
        cuts = {begin, end}
        for start, stop, *_word in [*work, *stops]:
            cuts |= {min(max(moment, begin), end) for moment in (start, stop)}
        parts: list[tuple[int, int, str]] = []
        cuts = sorted(cuts)
        for start, stop in pairwise(cuts):
            word = next(
                (word for first, last, word in stops if first <= start < last),
                'work' if any(first <= start < last for first, last in work) else 'free',
            )
            if parts and parts[-1][2] == word:
                parts[-1] = parts[-1][0], stop, word
            else:
                parts.append((start, stop, word))
        return parts

    def _reached(self, goal: int) -> int | None:
        index = bisect_left(self._totals, goal)
        if index == len(self._totals):
            return None
        return self._ends[index] - (self._totals[index] - goal)

    def _next_work(self, moment: int, pauses: Sequence[Pause]) -> int | None:
        """Return the first working moment from ``moment`` on that is in no pause."""
        for begin, end in [*pauses, (None, None)]:
            index = bisect_right(self._ends, moment)
            if index == len(self._ends):
                return None
            work = max(self._begins[index], moment)
            if begin is None or begin > work:
                return work
            if end is None:
                return None
            moment = max(moment, end)
        return None


def merge(intervals: Iterable[tuple[int, int]]) -> list[tuple[int, int]]:
    """Return the intervals in order, those that touch or overlap as one."""
    merged: list[tuple[int, int]] = []
    for begin, end in sorted(intervals):
        if merged and begin <= merged[-1][1]:
            merged[-1] = merged[-1][0], max(merged[-1][1], end)
        elif begin < end:
            merged.append((begin, end))
    return merged


def merge_pauses(pauses: Sequence[Pause]) -> list[Pause]:
    """Return pauses in order and apart from each other; only the last one may have no end."""
    endless = min((begin for begin, end in pauses if end is None), default=None)
    over = merge((begin, end) for begin, end in pauses if end is not None)
    if endless is None:
        return over
    before = [(begin, end) for begin, end in over if end < endless]
    touching = min((begin for begin, end in over if begin <= endless <= end), default=endless)
    return [*before, (touching, None)]
