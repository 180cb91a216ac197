"""What a customer leaves the company after everything that the sale itself does not show.

Signs: the margin may be negative; everything that is taken from it is stated as a positive
cost. All money is of one currency and one period.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from .inputs import not_negative, numbers, one_per_customer
from .special import Floats

DAYS_PER_YEAR = 365.25


@dataclass(frozen=True, kw_only=True)
class Profitability:
    """A customer's profit and what it is made of; one entry per customer in each array."""

    margin: Floats
    #: these four are costs: positive numbers, taken from the margin
    discount: Floats
    credits: Floats
    cost_to_serve: Floats
    late_payment: Floats

    @property
    def profit(self) -> Floats:
        """margin − discount − credits − cost to serve − cost of late payment, shape (n,)."""
        return self.margin - self.discount - self.credits - self.cost_to_serve - self.late_payment

    def share_of(self, revenue: ArrayLike) -> Floats:
        """Return profit / revenue, shape (n,); NaN where the revenue is not above zero."""
        revenue = numbers("revenue", revenue)
        share = np.full(self.profit.shape, np.nan)
        return np.divide(self.profit, revenue, out=share, where=revenue > 0)


def profitability(
    margin: ArrayLike,
    *,
    discount: ArrayLike = 0.0,
    credits: ArrayLike = 0.0,
    cost_to_serve: ArrayLike = 0.0,
    late_payment: ArrayLike = 0.0,
) -> Profitability:
    """Return the profitability of each customer.

    :param margin: revenue at list price less the cost of what was sold, shape (n,). Where
        it is known only after discounts or net of credit notes, leave those at 0: they
        must not be taken off twice.
    :param discount: given off the list price, a number or shape (n,), zero or more
    :param credits: margin credited back, likewise
    :param cost_to_serve: of cases, visits, deliveries, likewise
    :param late_payment: see `late_payment_cost`, likewise
    :raises ValueError: when a cost is negative, an entry is no number, or lengths differ
    """
    (margin,) = one_per_customer(margin=margin)
    costs = {
        "discount": discount, "credits": credits,
        "cost_to_serve": cost_to_serve, "late_payment": late_payment,
    }
    for name, cost in costs.items():
        cost = not_negative(name, cost)
        if cost.shape not in ((), margin.shape):
            raise ValueError(f"{name} must be one number or have one entry per customer.")
        costs[name] = np.broadcast_to(cost, margin.shape)
    return Profitability(margin=margin, **costs)


def late_payment_cost(
    customer: ArrayLike,
    amount: ArrayLike,
    days_late: ArrayLike,
    annual_rate: float,
    customers: int,
) -> Floats:
    """Return what each customer's late payments cost in capital, shape (customers,).

    Σ amount · max(days late, 0) / 365.25 · annual rate, simple interest. Who pays before
    the term earns nothing by it: the cost of one invoice is not offset by another.

    :param customer: who owed it, 0 to customers − 1, shape (m,)
    :param amount: what was paid late, or is still overdue, zero or more, shape (m,)
    :param days_late: from the due date to the payment, or to the as-of date; negative when early
    :param annual_rate: cost of capital per year, 0.08 for eight per cent
    :raises ValueError: when an amount or the rate is negative, or a customer is unknown
    """
    customer, amount, days_late = one_per_customer(
        customer=customer, amount=amount, days_late=days_late
    )
    not_negative("amount", amount)
    not_negative("annual_rate", annual_rate)
    if not np.isin(customer, np.arange(customers)).all():
        raise ValueError("customer must hold whole numbers from 0 to customers - 1.")
    cost = amount * np.maximum(days_late, 0) / DAYS_PER_YEAR * annual_rate
    return np.bincount(customer.astype(np.intp), cost, customers)
