"""What the models are told of the customers, as columns. No ORM in here."""

from dataclasses import dataclass
from datetime import date

import numpy as np

#: Length in days of the units in which the models may count time.
UNIT_DAYS = {'day': 1.0, 'week': 7.0, 'month': 365.25 / 12}


@dataclass(frozen=True, kw_only=True)
class Measures:
    """The purchases of a company's customers up to a day; one entry per customer.

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
    #: invoices and receipts read
    invoices: int = 0
    #: credit notes read
    credit_notes: int = 0
    #: partners left out because they have credit notes only
    without_purchase: int = 0

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

    def recency(self, unit: str) -> np.ndarray:
        """Time from the first to the last purchase, t_x of the models."""
        return (self.last_day - self.first_day) / UNIT_DAYS[unit]

    def age(self, unit: str) -> np.ndarray:
        """Time from the first purchase to the as-of day, T of the models."""
        return self.days_since_first / UNIT_DAYS[unit]
