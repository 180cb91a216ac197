"""The options of ``scripts/bench``, read before anything is prepared."""

import argparse
from pathlib import Path

from runtime.messages import Problem

from .sizes import CHOICE, CRM_CHOICE, SERVICE_CHOICE

VALUE = """\
Measure how fast customers are valued, on genuine documents in a database of their own.

The first time, the database is filled: 10,000 customers with 100,000 invoices (small, about 2 minutes) or 100,000 with
1,000,000 (full, about 10 minutes and 6 GB), and scored as of some months; later it is used again, upgraded when the
add-ons have changed. A database of a tenth of the size is filled along with it, to see how time grows. The usual Python
libraries are installed beside the project, not into it.

Prints a line per bar, with whether it holds; the exit status is 1 when one does not.
"""

SERVICE = """\
Measure how fast and how reliable customer service is, in databases of its own.

The first time, Odoo's apps and CRM+ are installed, and databases are filled: 10,000 and 100,000 cases (small, a few
minutes in all) or 10,000 and 1,000,000 (full). Later they are used again, upgraded when the add-ons have changed.
Messages, deadlines and submitters are measured on copies that are dropped again.

Prints a line per bar, with whether it holds; the exit status is 1 when one does not.
"""


CRM = """\
Measure how fast the sales side is, in databases of its own.

The customer's page is measured in the databases of scripts/bench value, which are filled when they are not there yet; the
pipeline in copies of a database with Odoo's apps and CRM+, and of one without CRM+, which are dropped again.

Prints a line per bar, with whether it holds; the exit status is 1 when one does not.
"""


def parse() -> argparse.Namespace:
    """Return the options; raises Problem when the file for the figures cannot be written."""
    parser = argparse.ArgumentParser(prog="scripts/bench", description="Measure how fast CRM+ is.", allow_abbrev=False)
    parts = parser.add_subparsers(metavar="WHAT", required=True)
    _add_part(parts, "value", VALUE, CHOICE, "customer value: the measures, the models and a complete scoring")
    _add_part(parts, "service", SERVICE, SERVICE_CHOICE,
              "customer service: incoming messages, deadlines, lists, the sweep, and many submitters at once")
    _add_part(parts, "crm", CRM, CRM_CHOICE, "the sales side: the customer's page and the pipeline")
    options = parser.parse_args()
    if options.json and not options.json.absolute().parent.is_dir():
        raise Problem(f"There is no folder {options.json.absolute().parent} for {options.json.name}: "
                      "make it, or name another file with --json.")
    return options


def _add_part(parts, name: str, description: str, sizes: dict, text: str) -> None:
    part = parts.add_parser(name, help=text, description=description,
                            formatter_class=argparse.RawDescriptionHelpFormatter, allow_abbrev=False)
    part.set_defaults(what=name)
    part.add_argument("--size", choices=list(sizes), default="small", help="how much of it (default: %(default)s)")
    part.add_argument("--json", type=Path, metavar="FILE",
                      help="also write the figures there, as a list of {name, value, bar, holds}")
    part.add_argument("--fresh", action="store_true", help="fill the databases anew")
