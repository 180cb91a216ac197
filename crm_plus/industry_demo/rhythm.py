"""How customers of a demo company buy and pay: purchases drawn from a rhythm, always the same ones.

This module imports nothing of Odoo.
"""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from random import Random
from typing import NamedTuple

DAYS_A_YEAR = 365
#: the days in which demo companies have been selling: growth is told of customers of two years,
#: and those who buy every month or quarter bought some time after the first day
LONGEST = 800
EVEN = (1,) * 12
SATURDAY = 5
#: when companies pay: once a week, what falls due
THURSDAY = 3
#: of which part of the pieces is credited, where something is
CREDITED_PART = 4


class Rhythm(NamedTuple):
    """How often and how much a customer buys, and how they pay; see industry/README.md."""

    every_days: float
    spread: float = 0.5
    lines: Sequence[int] = (1, 2)
    products: Mapping[str, float] | None = None
    quantity: Sequence[float] = (1, 1)
    first_days: int = LONGEST
    last_days: int = 0
    growth: float = 0
    season: Sequence[float] = EVEN
    discount: float = 0
    term_days: int = 30
    late: float = 0
    late_days: float = 10
    unpaid: float = 0
    credited: float = 0


class Purchase(NamedTuple):
    """One order that is invoiced on its day, and what became of the invoice."""

    day: date
    lines: tuple[tuple[str, float], ...]  #: keys of products, quantities
    discount: float  #: percent
    term_days: int
    paid: date | None  #: None: not yet, or never
    credited: float  #: pieces of the first line that were credited
    credit_day: date | None


def purchases(
    rhythm: Rhythm, products: Sequence[str], today: date, seed: str, scale: float = 1,
) -> list[Purchase]:
    """Return what a customer has bought up to today, the oldest first.

    :param products: keys of all products, for rhythms that name none
    :param seed: the same seed gives the same purchases
    :param scale: how much more than others of the rhythm the customer buys
    """
    random = Random(seed)
    weights = rhythm.products or dict.fromkeys(products, 1)
    return [
        _purchase(rhythm, weights, day, today, random, scale)
        for day in _days(rhythm, today, random)
    ]


def _days(rhythm, today, random):
    first = today - timedelta(days=rhythm.first_days)
    last = today - timedelta(days=rhythm.last_days)
    span = (last - first).days
    position = random.uniform(0, min(rhythm.every_days, span))
    while position <= span:
        day = first + timedelta(days=int(position))
        # nobody orders on a weekend; what would fall behind the end, falls before it
        weekend = day.weekday() - SATURDAY
        if weekend >= 0:
            day += timedelta(days=2 - weekend)
            if day > last:
                day -= timedelta(days=3)
        yield day
        gap = rhythm.every_days * (1 - rhythm.spread + rhythm.spread * random.expovariate(1))
        position += max(gap / rhythm.season[day.month - 1], 1)


def _purchase(rhythm, weights, day, today, random, scale):
    years = (LONGEST - (today - day).days) / DAYS_A_YEAR
    factor = scale * (1 + rhythm.growth) ** years * rhythm.season[day.month - 1]
    count = min(random.randint(*rhythm.lines), len(weights))
    lines = tuple(
        (product, rounded(random.uniform(*rhythm.quantity) * factor))
        for product in _choose(weights, count, random)
    )
    credited, credit_day = 0, None
    if random.random() < rhythm.credited:
        credit_day = day + timedelta(days=random.randint(3, 15))
        credited = rounded(lines[0][1] / CREDITED_PART) if credit_day <= today else 0
    return Purchase(
        day, lines, rhythm.discount, rhythm.term_days, _payment(rhythm, day, today, random),
        credited, credit_day if credited else None,
    )


def _choose(weights, count, random):
    """Draw products without putting them back, in the order of their list."""
    left, chosen = dict(weights), set()
    for _time in range(count):
        [product] = random.choices(list(left), list(left.values()))
        chosen.add(product)
        del left[product]
    return [product for product in weights if product in chosen]


def _payment(rhythm, day, today, random):
    due = day + timedelta(days=rhythm.term_days)
    fate, early, late = random.random(), random.randint(0, 5), random.expovariate(1)
    if fate < rhythm.unpaid:
        return None
    if fate < rhythm.unpaid + rhythm.late:
        paid = due + timedelta(days=1 + int(late * rhythm.late_days))
        paid += timedelta(days=(THURSDAY - paid.weekday()) % 7)
    else:
        paid = max(due - timedelta(days=early), day)
        paid = max(paid - timedelta(days=(paid.weekday() - THURSDAY) % 7), day)
    return paid if paid <= today else None


def rounded(quantity: float) -> int:
    """Return a quantity as people order it: 7, 35, 500, 2600; at least 1."""
    step = 1
    while quantity >= 40 * step:
        step *= 5 if str(step)[0] == '1' else 2
    return max(int(quantity / step + 0.5) * step, 1)


def pick(weights: Mapping[str, float], random: Random) -> str:
    """Draw one key by its weight."""
    [key] = random.choices(list(weights), list(weights.values()))
    return key
