"""The databases of ``scripts/bench service``: installed once, filled from there, upgraded when the add-ons have changed."""

from contextlib import contextmanager

from runtime.guard import lock
from runtime.messages import Problem, step
from runtime.places import cache_dir

from . import database

MODULES = ("crm_plus", "crm_plus_service")
HOST_MODULES = ("crm", "sale_management")
PREFIX = "crm_plus_bench_service_"
#: What the cases are like is in these files: when they change, the databases are filled anew.
MADE_BY = ("benchmarks/service_cases.py", "benchmarks/service_setup.py")


def installed(workshop, fresh: bool = False) -> str:
    """Return the name of the database in which the add-ons of today are installed, and nothing else was done."""
    name, databases = f"{PREFIX}installed", workshop.databases
    with _alone(name):
        wanted = {"modules": database.modules(MODULES)}
        if fresh or databases.facts(name) != {"made_by": "crm_plus", **wanted}:
            with step("Installing Odoo's apps and CRM+ (about a minute)"):
                databases.drop(name)
                databases.create(name)
                workshop.run_odoo("-d", name, "-i", ",".join((*HOST_MODULES, *MODULES)), "--without-demo=True",
                                  "--stop-after-init", "--no-http", doing="The installation")
            databases.note(name, **wanted)
    return name


@contextmanager
def scratch(workshop, source: str, purpose: str):
    """Yield the name of a copy of a database; it is dropped at the end."""
    name = f"{PREFIX}scratch_{purpose}"
    with _alone(name):
        workshop.databases.drop(name)
        workshop.databases.copy(source, name)
        try:
            yield name
        finally:
            workshop.databases.drop(name)


def filled(workshop, source: str, cases: int, fresh: bool = False) -> str:
    """Return the name of a database with so many cases, ready to be measured."""
    name, databases = f"{PREFIX}{cases}", workshop.databases
    with _alone(name):
        known, made_by = databases.facts(name), database.fingerprint(*MADE_BY)
        if databases.exists(name) and not known and not fresh:
            raise Problem(f"The database {name} was not made by scripts/bench: drop it, or build it anew with --fresh.")
        if fresh or known.get("cases") != made_by:
            _fill(workshop, source, name, cases)
            databases.note(name, cases=made_by, modules=database.modules(MODULES))
        else:
            database.upgrade(workshop, name, known, database.modules(MODULES))
    return name


def _fill(workshop, source: str, name: str, cases: int) -> None:
    draft = f"{name}{database.DRAFT_SUFFIX}"
    workshop.databases.drop(draft)
    workshop.databases.copy(source, draft)
    with step(f"Writing {cases:,} cases, with their targets, followers and messages"):
        if database.run_module(workshop, "benchmarks.service_cases", draft, str(cases)).returncode:
            raise Problem(f"The database {name} could not be filled (the reason is above): mend what it names.")
    workshop.databases.drop(name)
    workshop.databases.rename(draft, name)


def _alone(name: str):
    return lock(cache_dir() / "databases" / f"{name}.lock", f"preparing the database {name}")
