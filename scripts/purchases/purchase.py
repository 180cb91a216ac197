"""A purchase, before it is an ERP document."""
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from typing import NamedTuple

MOST_DECIMALS = 8


class Purchase(NamedTuple):
    """One visit of a customer: what was bought on that day and what was paid for it."""

    customer: str
    date: date
    quantity: int
    amount: Decimal

    @property
    def unit_price(self) -> Decimal:
        """Return the price per piece with the fewest decimals that gives the amount to the cent.

        14.00 for 3 pieces is 4.667: Odoo keeps all digits of a price, and rounds the line's total.
        """
        exact = self.amount / self.quantity
        for decimals in range(2, MOST_DECIMALS + 1):
            price = exact.quantize(Decimal(1).scaleb(-decimals), ROUND_HALF_UP)
            total = (price * self.quantity).quantize(self.amount, ROUND_HALF_UP)
            if total == self.amount:
                return price
        return exact
