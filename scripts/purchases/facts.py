"""What varies from one purchase (or customer) to the next, and the values that follow from it."""
from typing import NamedTuple

from odoo.tools import SQL

STAMP = "stamp"  # the relation, in the statements, that has a row per purchase and a column per fact

# The PostgreSQL type of each fact that does not come from the documents themselves.
TYPES = {
    "customer_id": "integer",
    "customer_name": "text",
    "external_id": "text",
    "order_name": "text",
    "day": "date",
    "moment": "timestamp",
    "quantity": "numeric",
    "amount": "numeric",
    "unit_price": "numeric",
    "cost": "numeric",
    # of sales on account
    "commercial_id": "integer",
    "company_id": "integer",
    "company_name": "text",
    "product_id": "integer",
    "product_name": "text",
    "due_day": "date",
    "credit_day": "date",
    "payment_day": "date",
    "adjustment_day": "date",
    "list_price": "numeric",
    "rate": "float8",
    "settled_rate": "float8",
    "credited": "numeric",
    "credit": "numeric",
    "balance": "numeric",
    "credit_balance": "numeric",
    "payment_balance": "numeric",
}
# Facts that are ids, and of which table.
REFERENCES = {
    "customer_id": "res_partner",
    "commercial_id": "res_partner",
    "company_id": "res_partner",
    "product_id": "product_product",
}
# Kinds of PostgreSQL types between which a value can be recognised.
KINDS = {
    "int2": "integer",
    "int4": "integer",
    "int8": "integer",
    "numeric": "number",
    "float4": "number",
    "float8": "number",
    "date": "date",
    "timestamp": "timestamp",
    "timestamptz": "timestamp",
}


def fact(name: str) -> SQL:
    """Return the expression of a fact within a statement."""
    return SQL.identifier(STAMP, name)


class Numbered(NamedTuple):
    """A journal entry of a purchase: its row in the template has a number of a journal's series."""

    key: str
    journal_id: int
    move_type: str
    is_payment: bool
    #: the fact that is the entry's date
    day: str

    @property
    def name(self) -> str:
        return f"{self.key}_name"

    @property
    def prefix(self) -> str:
        return f"{self.key}_prefix"

    @property
    def number(self) -> str:
        return f"{self.key}_number"

    @property
    def types(self) -> dict[str, str]:
        return {self.name: "text", self.prefix: "text", self.number: "integer"}


def id_fact(key: str) -> str:
    """Return the name of the fact that holds the id of the row of that key."""
    return f"{key}_id"


def amounts() -> list[SQL]:
    """Return the expressions that may explain a number, the likeliest first."""
    amount, quantity, price, cost = (
        fact(name) for name in ("amount", "quantity", "unit_price", "cost")
    )
    return [
        amount,
        SQL("-%s", amount),
        quantity,
        SQL("-%s", quantity),
        price,
        SQL("round(%s / %s, 2)", amount, quantity),
        SQL("%s - %s * %s", amount, cost, quantity),
        SQL("(%s - %s * %s) / nullif(%s, 0)", amount, cost, quantity, amount),
    ]
