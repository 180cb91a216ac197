"""``python -m benchmarks.fill DATABASE CUSTOMERS INVOICES``: write the population's documents into the database."""

import sys

from purchases.errors import HistoryError
from purchases.progress import Progress

from . import bulk, shop
from .odoo_session import environment


def main(database: str, customers: str, invoices: str) -> int:
    progress = Progress()
    try:
        with environment(database) as env:
            bulk.restore(env, progress)
            shop.fill(env, int(customers), int(invoices), progress, bulk.quick_writing(env, progress))
    except HistoryError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
