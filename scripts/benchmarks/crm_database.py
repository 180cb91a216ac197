"""The databases of ``scripts/bench crm``: Odoo's apps with CRM+ alone, and those of ``scripts/bench value``."""

from . import database, service_database

MODULES = ("crm_plus",)


def installed(workshop, fresh: bool = False) -> str:
    """Return the name of the database in which CRM+ of today is installed, and nothing else was done."""
    return service_database.installed_with(
        workshop, "crm", (*service_database.HOST_MODULES, *MODULES), database.modules(MODULES), fresh)
