"""How a goal stands, as arithmetic: plain functions over numbers, without the ORM."""

from typing import NamedTuple

#: How far the way to the target may lag behind the time that has passed, as a part of the way.
TOLERANCE = 0.05


class Standing(NamedTuple):
    """How far a goal is, beside how far it should be."""

    status: str  #: 'unknown', 'reached', 'on_track', 'behind' or 'missed'
    progress: float  #: part of the way to the target, 1: there; negative: worse than at the start


def goal_standing(value, start, target, elapsed, *, lower=False, adds_up=False) -> Standing:
    """Return how a goal stands on a day.

    Three kinds of goals, told apart by what is measured:

    - what is to move from its value at the start to the target (a rate, twelve months' sales);
      where the start is as good as the target already, what is to be kept;
    - what adds up from nothing since the plan began (sales of the plan's time);
    - a limit that is used up (complaints of the plan's time, at most): it keeps pace with time
      as long as no more of it is used than time has passed.

    :param value: what is measured on the day; ``None``: nothing could be measured
    :param start: the same when the plan began; ``None``: not known
    :param float target: what it shall be in the end
    :param float elapsed: part of the time until the target that has passed, 0 to 1
    :param bool lower: less is better
    :param bool adds_up: the value counts from nothing since the plan began
    """
    if value is None:
        return Standing('unknown', 0.0)
    if lower and adds_up:
        return _limit_standing(value, target, elapsed)
    reached = value <= target if lower else value >= target
    origin = 0.0 if adds_up else start
    way = None if origin is None else (origin - target if lower else target - origin)
    if way is not None and way > 0:
        progress = (origin - value if lower else value - origin) / way
    else:
        progress = 1.0 if reached else _nearness(value, target, lower)
    if reached:
        status = 'reached'
    elif elapsed >= 1:
        status = 'missed'
    elif way is not None and way <= 0:
        status = 'behind'  # what was there already has been lost
    else:
        status = 'on_track' if progress >= elapsed - TOLERANCE else 'behind'
    return Standing(status, progress)


def _nearness(value, target, lower) -> float:
    """Return how near a value is to a target to which there is no way, or none that is known."""
    part, whole = (target, value) if lower else (value, target)
    return max(part / whole, 0.0) if whole > 0 else 0.0


def _limit_standing(value, target, elapsed) -> Standing:
    allowed = target * elapsed
    progress = elapsed if value <= allowed else elapsed * allowed / value
    if value > target:
        return Standing('missed', progress)
    if elapsed >= 1:
        return Standing('reached', progress)
    kept = value <= target * min(elapsed + TOLERANCE, 1)
    return Standing('on_track' if kept else 'behind', progress)


def overall_progress(parts) -> float | None:
    """Return how far several goals are together, 0 to 1; ``None``: none of them is measured.

    What is more than reached makes up for nothing that is not.

    :param parts: pairs of a goal's progress and its weight
    """
    parts = [(min(max(progress, 0.0), 1.0), weight) for progress, weight in parts]
    total = sum(weight for _progress, weight in parts)
    return sum(progress * weight for progress, weight in parts) / total if total else None


def time_elapsed(start, end, day) -> float:
    """Return which part of the days from ``start`` to ``end`` (both count) is over on a day.

    Nothing on the first day, all on the last: who looks on the last day sees the end.
    """
    days = (end - start).days
    if days <= 0:
        return 1.0 if day >= end else 0.0
    return min(max((day - start).days / days, 0.0), 1.0)
