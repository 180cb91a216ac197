"""What the models are told of the customers, as columns. No ORM in here."""

from calendar import monthrange
from dataclasses import dataclass, fields
from datetime import date, timedelta

import numpy as np

#: Length in days of the units in which the models may count time.
UNIT_DAYS = {'day': 1.0, 'week': 7.0, 'month': 365.25 / 12}


@dataclass(frozen=True, kw_only=True)
class Scope:
    """What is measured: whose documents, which of them, and up to when."""

    company_id: int
    as_of: date
    #: 'invoice' for posted invoices and receipts, 'order' for confirmed orders
    basis: str = 'invoice'
    #: how many months back documents count, 0 for all
    window_months: int = 0
    #: 'cost' for the costs of the order lines, 'rate' for a share of the revenue
    margin_basis: str = 'cost'
    #: margin per revenue where costs are not known, 0.3 for thirty per cent
    margin_rate: float = 0.3
    #: contacts with one of these tags are no customers
    excluded_categories: tuple[int, ...] = ()
    #: what `queries.dated` found, so that not every statement has to; empty when it was not asked
    dated: tuple[str, str] | tuple = ()
    #: whether a line of an invoice may be of several order lines, which costs time to heed
    lines_shared: bool = True

    @property
    def after(self) -> date:
        """The last day before the window."""
        return self.months_ago(self.window_months) if self.window_months else date.min

    @property
    def end(self) -> date:
        """The day after the last one."""
        return self.as_of + timedelta(days=1)

    def months_ago(self, months: int) -> date:
        """Return the day so many months before the last one."""
        year, month = divmod(self.as_of.year * 12 + self.as_of.month - 1 - months, 12)
        if year < 1:
            return date.min
        return date(year, month + 1, min(self.as_of.day, monthrange(year, month + 1)[1]))


@dataclass(frozen=True, kw_only=True)
class Measures:
    """What customers of a company did up to a day; one entry per customer.

    All arrays have shape (n,). Days are counted as by `date.toordinal()`, money is in
    the company's currency, net of taxes and of credit notes.
    """

    as_of: date
    partner_id: np.ndarray
    #: distinct days with an invoice or a receipt
    purchases: np.ndarray
    first_day: np.ndarray
    last_day: np.ndarray
    revenue: np.ndarray
    #: the part of the revenue that was bought after the first day
    repeat_revenue: np.ndarray
    revenue_12_months: np.ndarray = None
    #: revenue of the 12 months before those
    revenue_before: np.ndarray = None
    #: by credit notes, above zero
    credited: np.ndarray = None
    #: sum of the squared days from one purchase to the next
    squared_gaps: np.ndarray = None
    #: the longest time between purchases that ended within the last 12 months, 0 for none
    longest_gap: np.ndarray = None
    margin: np.ndarray = None
    margin_12_months: np.ndarray = None
    #: given off the list price, already taken off the revenue
    discount: np.ndarray = None
    #: how many different ones were bought
    products: np.ndarray = None
    categories: np.ndarray = None
    #: average days from the term to the payment, below zero when early; NaN for no payment
    days_to_pay: np.ndarray = None
    #: 0 to 1, of what was paid; NaN for no payment
    late_share: np.ndarray = None
    overdue: np.ndarray = None
    #: Σ amount × days past the term, of what was paid late or is overdue
    late_amount_days: np.ndarray = None
    #: 0 for none
    source_id: np.ndarray = None
    open_pipeline: np.ndarray = None
    #: 0 to 1, of the opportunities that were won or lost; NaN for none
    win_rate: np.ndarray = None
    cases: np.ndarray = None
    #: 0 to 1, the mean of what the customer said; NaN for nothing said
    satisfaction: np.ndarray = None
    #: what dealing with the customer cost, as far as it is known, and of how many of the cases
    known_cost: np.ndarray = None
    costed_cases: np.ndarray = None
    #: purchases up to the end of the calibration, and the day of the last of them
    calibration_purchases: np.ndarray = None
    calibration_last_day: np.ndarray = None
    #: up to which models are fitted when they are compared; None for no comparison
    calibration_end: date | None = None
    #: invoices and receipts, or orders, read
    invoices: int = 0
    #: credit notes read
    credit_notes: int = 0
    #: partners left out because they have credit notes only
    without_purchase: int = 0

    def __post_init__(self):
        """Fill what was not measured: unknown where that is possible, else nothing."""
        optional = {each.name for each in fields(self) if each.default is None}
        for name in optional - {'calibration_end'}:
            if getattr(self, name) is None:
                object.__setattr__(self, name, missing(name, len(self)))

    def __len__(self) -> int:
        return len(self.partner_id)

    @property
    def repeats(self) -> np.ndarray:
        """Purchases after the first one."""
        return self.purchases - 1

    @property
    def days_since_last(self) -> np.ndarray:
        return self.as_of.toordinal() - self.last_day

    @property
    def days_since_first(self) -> np.ndarray:
        return self.as_of.toordinal() - self.first_day

    @property
    def average_value(self) -> np.ndarray:
        """Revenue per purchase."""
        return self.revenue / np.maximum(self.purchases, 1)

    @property
    def average_repeat_value(self) -> np.ndarray:
        """Revenue per repeat purchase, 0 for who has bought once."""
        return np.where(self.repeats > 0, self.repeat_revenue / np.maximum(self.repeats, 1), 0.0)

    @property
    def interval(self) -> np.ndarray:
        """Average days from one purchase to the next, NaN for who has bought once."""
        between = (self.last_day - self.first_day).astype(float)
        return np.where(self.repeats > 0, between / np.maximum(self.repeats, 1), np.nan)

    @property
    def interval_spread(self) -> np.ndarray:
        """Standard deviation of the days between purchases, NaN for less than two gaps."""
        variance = self.squared_gaps / np.maximum(self.repeats, 1) - self.interval ** 2
        return np.where(self.repeats > 1, np.sqrt(np.maximum(variance, 0)), np.nan)

    @property
    def credit_share(self) -> np.ndarray:
        """Share of what was invoiced that was credited, 0 where nothing was invoiced."""
        invoiced = self.revenue + self.credited
        share = np.zeros(len(self))
        return np.divide(self.credited, invoiced, out=share, where=invoiced > 0)

    def recency(self, unit: str) -> np.ndarray:
        """Time from the first to the last purchase, t_x of the models."""
        return (self.last_day - self.first_day) / UNIT_DAYS[unit]

    def age(self, unit: str) -> np.ndarray:
        """Time from the first purchase to the as-of day, T of the models."""
        return self.days_since_first / UNIT_DAYS[unit]


#: Measures that count something; the others are amounts or averages.
COUNTS = frozenset({
    'longest_gap', 'products', 'categories', 'source_id', 'cases', 'costed_cases',
    'calibration_purchases', 'calibration_last_day',
})
#: Measures of which nothing can be said without the documents for it.
MAY_BE_UNKNOWN = frozenset({'days_to_pay', 'late_share', 'win_rate', 'satisfaction'})


def missing(name: str, count: int) -> np.ndarray:
    """Return the measure of customers of whom there are no documents for it."""
    if name in MAY_BE_UNKNOWN:
        return np.full(count, np.nan)
    return np.zeros(count, dtype=np.int64 if name in COUNTS else np.float64)
