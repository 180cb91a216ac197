"""``scripts/bench crm``: every bar is a module with ``measure(session)``, which gives the checks it makes."""

import sys
from functools import cached_property

from runtime import odoo_process

from . import crm_database, crm_duplicates, crm_import, crm_page, crm_pipeline, database, service_database
from .report import table, write_json
from .sizes import CRM_CHOICE, CrmSize

#: The modules of the bars, measured in this order.
BARS = (crm_page, crm_pipeline, crm_duplicates, crm_import)


class Session:
    """What the bars are measured with: databases of one size, and processes in which Odoo looks at them."""

    def __init__(self, workshop, size: CrmSize, fresh: bool = False):
        self.workshop, self.size, self.fresh = workshop, size, fresh

    @cached_property
    def few(self) -> str:
        """A database with few invoices."""
        return database.ensure(self.workshop, self.size.few, self.fresh)

    @cached_property
    def many(self) -> str:
        """A database with many invoices."""
        return database.ensure(self.workshop, self.size.many, self.fresh)

    @cached_property
    def installed(self) -> str:
        """The database with CRM+ just installed: to be copied, not to be written to."""
        return crm_database.installed(self.workshop, self.fresh)

    @cached_property
    def host(self) -> str:
        """The same without CRM+: Odoo's own apps alone."""
        return service_database.host(self.workshop, self.fresh)

    def scratch(self, purpose: str):
        """Yield the name of a copy of the installed database, which is dropped at the end."""
        return service_database.scratch(self.workshop, self.installed, purpose)

    def host_scratch(self, purpose: str):
        """Yield the name of a copy of the database without CRM+, which is dropped at the end."""
        return service_database.scratch(self.workshop, self.host, purpose)

    def figures(self, module: str, *words) -> dict:
        """Return the figures that a module of the benchmark prints, run as a process of its own."""
        return database.figures(self.workshop, f"benchmarks.{module}", *map(str, words))


def main(options) -> int:
    """Measure, print a table and write the figures; returns 1 when a bar does not hold."""
    session = Session(odoo_process.prepare(), CRM_CHOICE[options.size], options.fresh)
    checks = [check for bar in BARS for check in bar.measure(session)]
    sys.stdout.write(f"{session.size.many.invoices:,} invoices, {session.size.opportunities:,} opportunities, "
                     f"{session.size.leads:,} leads\n{table(checks)}")
    if options.json:
        write_json(checks, options.json)
    return 0 if all(check.holds for check in checks) else 1
