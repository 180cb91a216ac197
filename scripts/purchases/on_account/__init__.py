"""Load sales on account in bulk: invoices due later, paid late or never, credited, in two currencies.

What it is
    :func:`load` gives every contact of :class:`Customers` a partner, below a company where it has one,
    and every entry of :class:`Sales` a confirmed order, a posted invoice and what became of it. For
    benchmarks: a million of them take minutes.

How it works
    As the purchases do, from exemplars made through the ORM. A sale's *shape* (its outcome, its
    currency, and whether the rate fell or rose until it was settled) decides which rows Odoo writes, so
    each shape has exemplars of its own (:mod:`.rehearsal`). Log notes are left out.
"""

from .loader import load
from .sale import Customers, Outcome, Sales

__all__ = ["Customers", "Outcome", "Sales", "load"]
