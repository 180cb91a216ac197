"""Turn a purchase history into genuine ERP documents, in bulk.

What it is
    :func:`load` gives every customer a contact and every purchase a confirmed sales order, a posted
    invoice and a registered payment, on the day of the purchase.

How it works
    A handful of exemplar purchases is made through the ORM, click by click as a user would, inside a
    savepoint that is rolled back. What they left in every table (:mod:`.recorder`) shows which column
    is constant and which follows the purchase (:mod:`.template`); the rows of all other purchases are
    then written by one set-based statement per chunk (:mod:`.stamp`). A column that the loader cannot
    explain stops it before anything is written, so that what any installed app adds is either right
    or not there at all.
"""
import odoo.init  # Odoo prepares Python here, and its command line elsewhere

from .errors import HistoryError
from .loader import Loaded, load
from .purchase import Purchase

__all__ = ["HistoryError", "Loaded", "Purchase", "load"]
