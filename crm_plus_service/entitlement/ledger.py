"""How the work on a customer's cases is spread over the customer's service contracts.

Days are ``datetime.date``, amounts are hours or cases. Nothing here knows of orders or cases.
"""

from collections import defaultdict
from datetime import date, timedelta
from typing import NamedTuple

from dateutil.relativedelta import relativedelta


class Contract(NamedTuple):
    """What a contract includes. ``first`` and ``last`` day belong to it."""

    key: int
    first: date
    last: date
    unit: str  #: ``hours``, ``cases``, or ``unlimited``
    amount: float = 0.0  #: included in each period
    months: int = 0  #: length of a period; 0: one period from the first to the last day

    def runs_on(self, day: date) -> bool:
        """Tell whether the contract runs on ``day``."""
        return self.first <= day <= self.last

    def period(self, day: date) -> tuple[date, date]:
        """Return the first and last day of the period that ``day`` falls into.

        A contract from the 31st has periods that begin on the last day of shorter months. The
        last period ends with the contract.
        """
        if not self.months:
            return self.first, self.last
        passed = (day.year - self.first.year) * 12 + day.month - self.first.month
        number = passed // self.months
        if self._period_start(number) > day:
            number -= 1
        start, following = self._period_start(number), self._period_start(number + 1)
        return start, min(following - timedelta(days=1), self.last)

    def _period_start(self, number):
        # from the first day each time: month by month, a 31st would become a 28th for good
        return self.first + relativedelta(months=number * self.months)


class Work(NamedTuple):
    """The work on one case, dated when the case was opened."""

    key: int
    day: date
    hours: float = 0.0
    counts: bool = True  #: whether the case takes one of the cases that a contract includes


class Share(NamedTuple):
    """What of the work on one case the contracts pay for."""

    contracts: tuple[int, ...]  #: keys of the contracts that pay for some of it, in order
    covered: float  #: hours that they pay for
    uncovered: float  #: hours that they do not


class Balance(NamedTuple):
    """What is left of a contract in one period, which ends on ``last``."""

    amount: float
    left: float
    last: date


class Ledger:
    """Spreads works over contracts, in the order in which both are given.

    Each work takes from the first contract that runs on its day and has something left in that
    period, then from the next. A contract by cases, or without limit, pays for all of a case.
    """

    def __init__(self, contracts, works):
        self._contracts = list(contracts)
        self._used = defaultdict(float)
        self.shares = {work.key: self._spread(work) for work in works}

    def _spread(self, work):
        open_hours, payers = work.hours, []
        for contract in self._contracts:
            if not contract.runs_on(work.day):
                continue
            start, _last = contract.period(work.day)
            left = contract.amount - self._used[contract.key, start]
            if contract.unit == 'hours':
                if left <= 0:
                    continue
                taken = min(open_hours, left)
                self._used[contract.key, start] += taken
                open_hours -= taken
            elif contract.unit == 'cases':
                if work.counts and left < 1:
                    continue
                self._used[contract.key, start] += work.counts
                open_hours = 0.0
            else:
                open_hours = 0.0
            payers.append(contract.key)
            if open_hours <= 0:
                break
        return Share(tuple(payers), work.hours - open_hours, open_hours)

    def balance(self, contract: Contract, day: date) -> Balance:
        """Return what all works have left of the contract in the period of ``day``."""
        start, last = contract.period(day)
        left = contract.amount - self._used[contract.key, start]
        return Balance(contract.amount, max(left, 0.0), last)
