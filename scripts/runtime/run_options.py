"""The options of ``scripts/run``, read before anything is prepared."""

import argparse
import re
import socket

from .messages import Problem
from .places import industries

DATABASE = "crm_plus"


def parse():
    """Return the options of ``scripts/run`` and the words that are for Odoo; raises Problem when they cannot be met."""
    parser = argparse.ArgumentParser(
        prog="scripts/run", description="Prepare CRM+ with demo data and a real purchase history, or as a demo company "
        "of an industry, and serve it.",
        epilog="Other options are Odoo's own and are passed on to its server.", allow_abbrev=False)
    parser.add_argument("--port", type=int, default=8069, help="port of the web client (default: %(default)s)")
    parser.add_argument("--database", metavar="NAME",
                        help=f"database (default: {DATABASE}, with --industry {DATABASE}_INDUSTRY)")
    parser.add_argument("--industry", metavar="NAME", choices=industries(),
                        help="a demo company of this industry instead of Odoo's demo data and the purchase history: "
                        f"{', '.join(industries())}")
    parser.add_argument("--no-serve", dest="serve", action="store_false", help="prepare and exit")
    parser.add_argument("--without-history", dest="history", action="store_false",
                        help="leave out the CDNOW purchase history")
    parser.add_argument("--fresh", action="store_true", help="drop the database and build it again")
    options, odoo_words = parser.parse_known_args()
    if options.database is None:
        options.database = f"{DATABASE}_{options.industry}" if options.industry else DATABASE
    if not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,40}", options.database):
        parser.error("--database: use up to 41 letters, digits, '_', '-' and '.', beginning with a letter or digit")
    if not 1 <= options.port <= 65535:
        parser.error("--port: use a number from 1 to 65535")
    if options.serve:
        check_port(options.port)
    return options, [word for word in odoo_words if word != "--"]


def check_port(port: int) -> None:
    """Raise Problem when the web client cannot be served on `port`."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except PermissionError:
            raise Problem(f"Port {port} may only be used by root: choose one above 1023 with --port.") from None
        except OSError:
            raise Problem(f"Port {port} is in use: stop what is using it, or choose another one with "
                          f"--port {port + 1 if port < 65535 else 8069}.") from None
