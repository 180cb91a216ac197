"""Sales on account, before they are ERP documents: as columns, for there may be a million."""

from dataclasses import dataclass, fields
from enum import IntEnum

import numpy as np


class Outcome(IntEnum):
    """What became of the invoice."""

    PAID = 0
    OPEN = 1
    #: Credited as a whole, never paid.
    CREDITED = 2
    #: Some pieces credited, the rest paid.
    PARTLY_CREDITED = 3


@dataclass(frozen=True)
class Customers:
    """Who buys; one entry per contact that is invoiced, all of shape (n,).

    Contacts of one company follow each other: `company` is the place of the company in a series of
    its own, -1 for a person who buys on their own account.
    """

    company: np.ndarray
    #: whether they are invoiced in the foreign currency
    foreign: np.ndarray

    def __len__(self) -> int:
        return len(self.company)


@dataclass(frozen=True)
class Sales:
    """One entry per invoice, in the order of their days; all of shape (n,)."""

    #: place in the customers
    customer: np.ndarray
    #: place in the products
    product: np.ndarray
    #: datetime64[D]: of the order and the invoice, of the credit note, of the payment
    day: np.ndarray
    credit_day: np.ndarray
    payment_day: np.ndarray
    quantity: np.ndarray
    #: hundredths of the customer's currency
    unit_price: np.ndarray
    outcome: np.ndarray
    #: how many pieces were credited
    credited: np.ndarray

    def __len__(self) -> int:
        return len(self.day)

    def __getitem__(self, part: slice) -> "Sales":
        return Sales(*(getattr(self, field.name)[part] for field in fields(self)))
