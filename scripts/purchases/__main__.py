"""The command line: ``python -m purchases`` within an environment that can import Odoo."""
import argparse
import os
import sys
import threading
import time

import psycopg2

import odoo
from odoo.api import SUPERUSER_ID, Environment
from odoo.modules.registry import Registry

from . import cdnow
from .errors import HistoryError
from .loader import load
from .progress import Progress


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="load_history",
        description="Turn the CDNOW purchase history (2,357 customers, 6,919 purchases of 1997 and "
        "1998) into contacts, sales orders, invoices and payments. May be interrupted and repeated: "
        "what is loaded already is left alone.",
    )
    parser.add_argument("--database", "-d", required=True, help="database to load into")
    parser.add_argument("--company", help="company that sold (default: the main company)")
    parser.add_argument(
        "--file",
        default=os.environ.get("CRM_PLUS_CDNOW"),
        help="purchase history in the format of CDNOW_sample.txt (default: that file itself)",
    )
    return parser.parse_args()


def _registry(database: str) -> Registry:
    options = ["-d", database]
    if configuration := os.environ.get("ODOO_RC"):
        options += ["-c", configuration]
    odoo.tools.config.parse_config(options, setup_logging=False)
    try:
        registry = Registry(database)
    except psycopg2.OperationalError as error:
        raise HistoryError(
            f'The database "{database}" cannot be opened ({str(error).splitlines()[0]}): name an '
            "existing one with --database."
        ) from None
    if not {"sale.order", "account.payment", "crm.lead"} <= set(registry):
        raise HistoryError(
            f'The database "{database}" has no sales and invoicing: install CRM+ in it first.'
        )
    return registry


def _run(arguments) -> str:
    if not arguments.file:
        raise HistoryError("No purchase history: name the file with --file.")
    purchases = cdnow.read(arguments.file)
    started = time.monotonic()
    registry = _registry(arguments.database)
    threading.current_thread().dbname = arguments.database
    with registry.cursor() as cr:
        env = Environment(cr, SUPERUSER_ID, {})
        env = env(context=env["res.users"].context_get())
        loaded = load(env, purchases, company=arguments.company, progress=Progress())
    registry.signal_changes()
    if not loaded.purchases:
        return f"Nothing to do: all {loaded.already_there:,} purchases are there already."
    return (
        f"Loaded {loaded.purchases:,} purchases and {loaded.customers:,} new customers "
        f"in {time.monotonic() - started:.0f} s; {loaded.already_there:,} were there already."
    )


def main() -> int:
    arguments = _arguments()
    try:
        sys.stdout.write(f"{_run(arguments)}\n")
    except HistoryError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    except KeyboardInterrupt:
        sys.stderr.write("\nInterrupted; run again to continue.\n")
        return 130
    return 0


if __name__ == "__main__":
    sys.exit(main())
