"""The figures of the customer value dashboard, from what was counted. No ORM in here.

Each figure comes with the domain of its customers, to be added to that of the page, so that
a click opens exactly what is counted.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date

import numpy as np
from dateutil.relativedelta import relativedelta

#: How many standard deviations to both sides hold 95 of 100 outcomes.
NORMAL_95 = 1.96
#: Points of the curve at most.
CURVE_POINTS = 100
#: Months of one step in the cohorts' table, and up to how many months of history it is used.
COHORT_STEPS = (('month', 1, 18), ('quarter', 3, 60), ('year', 12, None))


@dataclass(frozen=True, slots=True)
class Group:
    """Customers of the same class, scores and segment, added up.

    `revenue` and `customer_value` are None for who may not see amounts; `expected` is then a
    number of purchases. `variance` is that of what is expected, None where it is not known.
    """

    abc_class: str | None
    r_score: int | None
    f_score: int | None
    segment_id: int | None
    customers: int
    first_date: date | None
    revenue: float | None
    customer_value: float | None
    expected: float
    variance: float | None


def add_up(groups: Iterable[Group]) -> dict[str, float]:
    """Return the customers of the groups and, if they are shown, their amounts."""
    groups = list(groups)
    return {
        name: sum(getattr(group, name) for group in groups)
        for name in ('customers', 'revenue', 'customer_value')
        if all(getattr(group, name) is not None for group in groups)
    }


def _gather(groups: Iterable[Group], key: Callable[[Group], object]) -> dict:
    """Return the groups by what `key` tells of them."""
    gathered: dict[object, list[Group]] = {}
    for group in groups:
        gathered.setdefault(key(group), []).append(group)
    return gathered


def _in_month(month: str | None) -> list:
    """Return the condition for rows of the history; none where there is no month."""
    return [('month', '=', month)] if month else []


def curve(amounts: np.ndarray, measure: str, month: str | None = None) -> dict:
    """Return which share of the customers brings which share of the whole.

    Customers of the same amount come at once, so that each point is a threshold that its
    customers reach.

    :param amounts: of each customer; who brought less than nothing adds nothing
    :param measure: the field of the amounts
    :param month: as for `pyramid`
    """
    levels, counts = np.unique(-amounts, return_counts=True)
    customers = counts.cumsum()
    total = (np.maximum(-levels, 0) * counts).cumsum()
    # the last of each hundredth of the customers
    hundredth = -(-customers * CURVE_POINTS // len(amounts))
    last = np.flatnonzero(np.append(np.diff(hundredth) > 0, True))
    return {
        'measure': measure,
        'points': [
            {
                'customers': int(customers[i]),
                'customer_share': float(customers[i] / len(amounts)),
                'share': float(total[i] / total[-1]),
                'domain': [(measure, '>=', float(-levels[i])), *_in_month(month)],
            }
            for i in last
        ] if total[-1] else [],
    }


def pyramid(groups: Iterable[Group], labels: Mapping[str, str], month: str | None = None) -> list[dict]:
    """Return the ABC classes from the top.

    :param month: the month of the history that the groups are of, for the domains
    """
    classes = _gather(groups, lambda group: group.abc_class)
    figures = {letter: add_up(classes.get(letter, ())) for letter in labels}
    everybody = add_up(group for members in classes.values() for group in members)
    revenue = sum(max(figure.get('revenue', 0), 0) for figure in figures.values())
    return [
        {
            'key': letter,
            'label': labels[letter],
            # an empty class shows what the others show
            **{name: figure[name] for name in everybody},
            **({'revenue_share': max(figure['revenue'], 0) / revenue if revenue else False}
               if 'revenue' in everybody else {}),
            'customer_share': figure['customers'] / everybody['customers'],
            'domain': [('abc_class', '=', letter), *_in_month(month)],
        }
        for letter, figure in figures.items()
    ]


def recency_and_frequency(groups: Iterable[Group], month: str | None = None) -> list[dict]:
    """Return how many customers there are for each recency and frequency score.

    :param month: as for `pyramid`
    """
    cells = _gather(groups, lambda group: (group.r_score, group.f_score))
    return [
        {
            'r': r, 'f': f,
            **add_up(members),
            'domain': [('r_score', '=', r), ('f_score', '=', f), *_in_month(month)],
        }
        for (r, f), members in cells.items()
    ]


def expected_by_segment(
    groups: Iterable[Group], names: Callable[[Iterable], dict], month: str | None = None,
) -> dict:
    """Return what is expected in all and by segment, the most first, and how sure it is.

    Customers are taken as independent, so variances add up and 95 of 100 outcomes lie within
    1.96 standard deviations, if the models are right. How far they are off is not in it: that
    is for the back-test to tell.

    :param names: called with the ids of the segments, returns their names by id
    :param month: as for `pyramid`
    """
    groups = list(groups)
    segments = _gather(groups, lambda group: group.segment_id or False)
    name = names(segments)
    figures = [
        {
            'id': segment_id,
            'name': name[segment_id],
            'customers': sum(group.customers for group in members),
            **_interval(members),
            'domain': [('segment_id', '=', segment_id), *_in_month(month)],
        }
        for segment_id, members in segments.items()
    ]
    return {
        **_interval(groups),
        'segments': sorted(figures, key=lambda figure: -figure['expected']),
    }


def _interval(groups: list[Group]) -> dict:
    expected = sum(group.expected for group in groups)
    variances = [group.variance for group in groups]
    if None in variances:
        return {'expected': expected, 'low': False, 'high': False}
    reach = NORMAL_95 * max(sum(variances), 0.0) ** 0.5
    return {'expected': expected, 'low': max(expected - reach, 0.0), 'high': expected + reach}


def segments_over_time(counts: Iterable[tuple], names: Callable[[Iterable], dict]) -> dict:
    """Return the size of each segment in each month; the domains are of the history.

    :param counts: month, segment and how many customers
    :param names: called with the ids of the segments, returns their names by id, in order
    """
    counts = list(counts)
    months = sorted({month for month, _segment, _count in counts})
    sizes: dict[int | bool, dict[date, int]] = {}
    for month, segment_id, count in counts:
        sizes.setdefault(segment_id or False, {})[month] = count
    return {
        'months': [month.isoformat() for month in months],
        'segments': [
            {
                'id': segment_id,
                'name': name,
                'points': [
                    {
                        'customers': sizes[segment_id].get(month, 0),
                        'domain': [
                            ('segment_id', '=', segment_id), ('month', '=', month.isoformat())],
                    }
                    for month in months
                ],
            }
            for segment_id, name in names(sizes).items()
        ],
    }


def cohort_step(first: date, as_of: date) -> str:
    """Return the length of a cohort's periods that keeps their table readable."""
    history = _periods(first, as_of, 1)
    return next(
        step for step, _months, limit in COHORT_STEPS if limit is None or history <= limit)


def cohorts(counts: Iterable[tuple], step: str, as_of: date, month: str | None = None) -> dict:
    """Return how many customers of each first period still bought so much later.

    "Still buying" after some periods is who bought in that period or in a later one: a pause
    is not a loss.

    :param counts: the first day of the period of the first purchase, that of the last
        purchase, and how many customers
    :param month: as for `pyramid`
    """
    months = next(months for name, months, _limit in COHORT_STEPS if name == step)
    table: dict[date, list[int]] = {}
    for start, last, count in counts:
        length = _periods(start, as_of, months) + 1
        if length < 1:
            continue
        row = table.setdefault(start, [0] * length)
        for period in range(min(_periods(start, last, months) + 1, length)):
            row[period] += count
    return {
        'step': step,
        'periods': max(map(len, table.values()), default=0),
        'rows': [_cohort(start, row, months, month) for start, row in sorted(table.items())],
    }


def _cohort(start: date, counts: list[int], months: int, month: str | None) -> dict:
    def day(period):
        return (start + relativedelta(months=months * period)).isoformat()

    members = [('first_date', '>=', day(0)), ('first_date', '<', day(1)), *_in_month(month)]
    return {
        'start': day(0),
        'customers': counts[0],
        'domain': members,
        'cells': [
            {
                'period': period,
                'customers': count,
                'share': count / counts[0],
                'domain': [*members, ('last_date', '>=', day(period))],
            }
            for period, count in enumerate(counts)
        ],
    }


def _periods(start: date, end: date, months: int) -> int:
    """Return how many periods of so many months lie between the periods of two days."""
    return _period(end, months) - _period(start, months)


def _period(day: date, months: int) -> int:
    return (day.year * 12 + day.month - 1) // months
