"""Odoo in this process, for the parts of the benchmark that run as processes of their own."""

import os
import threading
from contextlib import ExitStack, contextmanager

import odoo
import odoo.init  # Odoo prepares Python here, and its command line elsewhere
from odoo.api import SUPERUSER_ID, Environment
from odoo.modules.registry import Registry


@contextmanager
def environment(database: str):
    """Yield an environment of the administrator on the database; what is not committed is rolled back."""
    odoo.tools.config.parse_config(["-d", database, "-c", os.environ["ODOO_RC"]], setup_logging=False)
    threading.current_thread().dbname = database
    with Registry(database).cursor() as cr:
        env = Environment(cr, SUPERUSER_ID, {})
        yield env(context={**env["res.users"].context_get(), "allowed_company_ids": env.company.ids})
        cr.rollback()


@contextmanager
def environments(*databases: str):
    """Yield such an environment for each of several databases, which this process works with in turns."""
    with ExitStack() as stack:
        yield [stack.enter_context(environment(database)) for database in databases]
