"""The databases of ``scripts/bench service``: installed once, filled from there, upgraded when the add-ons have changed."""

from contextlib import contextmanager
from datetime import date, timedelta

from runtime.guard import lock
from runtime.messages import Problem, step
from runtime.places import cache_dir

from . import database

MODULES = ("crm_plus", "crm_plus_service")
#: Odoo's own apps that CRM+ builds on.
HOST_MODULES = ("sale_crm", "sale_margin", "account", "portal", "rating", "resource")
PREFIX = "crm_plus_bench_service_"
#: What the cases are like is in these files: when they change, the databases are filled anew.
MADE_BY = ("benchmarks/service_cases.py", "benchmarks/service_copies.py", "benchmarks/service_setup.py")

#: Days after which they are too: promises run out meanwhile.
DAYS = 5


def installed(workshop, fresh: bool = False) -> str:
    """Return the name of the database in which the add-ons of today are installed, and nothing else was done."""
    return installed_with(workshop, "installed", (*HOST_MODULES, *MODULES), database.modules(MODULES), fresh)


def host(workshop, fresh: bool = False) -> str:
    """Return the name of such a database with Odoo's own apps alone."""
    return installed_with(workshop, "host", HOST_MODULES, dict.fromkeys(HOST_MODULES, "Odoo's"), fresh)


def installed_with(workshop, purpose: str, names, modules: dict[str, str], fresh: bool) -> str:
    """Return the name of a database in which add-ons are installed, and nothing else was done.

    :param modules: what is noted of them: when it changes, the database is made anew
    """
    name, databases = f"{PREFIX}{purpose}", workshop.databases
    with _alone(name):
        if fresh or databases.facts(name) != {"made_by": "crm_plus", "modules": modules}:
            with step(f"Installing {', '.join(names)} (about a minute)"):
                databases.drop(name)
                databases.create(name)
                workshop.run_odoo("-d", name, "-i", ",".join(names), "--without-demo=True", "--stop-after-init",
                                  "--no-http", doing="The installation")
            databases.note(name, modules=modules)
    return name


@contextmanager
def scratch(workshop, source: str, purpose: str):
    """Yield the name of a copy of a database; it is dropped at the end."""
    name = f"{PREFIX}scratch_{purpose}"
    with _alone(name):
        _copy(workshop, source, name)
        try:
            yield name
        finally:
            workshop.databases.drop(name)


def exemplars(workshop, source: str, fresh: bool = False) -> str:
    """Return the name of the database with the cases that all others are copies of."""
    return _made(workshop, source, "exemplars", (), "Making cases by hand (a minute or two)", fresh)


def filled(workshop, source: str, closed: int, opened: int, fresh: bool = False) -> str:
    """Return the name of a database with so many closed and open cases, ready to be measured."""
    return _made(workshop, source, f"{closed}_{opened}", (closed, opened),
                 f"Writing {closed:,} closed and {opened:,} open cases, with targets, followers and messages", fresh)


def _made(workshop, source: str, purpose: str, numbers, doing: str, fresh: bool) -> str:
    name, databases = f"{PREFIX}{purpose}", workshop.databases
    with _alone(name):
        known, made_by = databases.facts(name), database.fingerprint(*MADE_BY)
        if databases.exists(name) and not known and not fresh:
            raise Problem(f"The database {name} was not made by scripts/bench: drop it, or build it anew with --fresh.")
        if fresh or known.get("cases") != made_by or _is_old(known):
            day = databases.facts(source).get("day", str(date.today()))
            _make(workshop, source, name, numbers, doing)
            databases.note(name, cases=made_by, day=day, modules=database.modules(MODULES))
        else:
            database.upgrade(workshop, name, known, database.modules(MODULES))
    return name


def _is_old(known: dict) -> bool:
    """Tell whether so much time has passed that what was running is overdue by now."""
    return date.today() - date.fromisoformat(known["day"]) > timedelta(days=DAYS)


def _make(workshop, source: str, name: str, numbers, doing: str) -> None:
    draft = f"{name}{database.DRAFT_SUFFIX}"
    _copy(workshop, source, draft)
    with step(doing):
        if database.run_module(workshop, "benchmarks.service_cases", draft, *map(str, numbers)).returncode:
            raise Problem(f"The database {name} could not be filled (the reason is above): mend what it names.")
    workshop.databases.drop(name)
    workshop.databases.rename(draft, name)


def _copy(workshop, source: str, name: str) -> None:
    workshop.databases.drop(name)
    # PostgreSQL copies a database that nobody else uses, or copies, at that moment
    with _alone(source):
        workshop.databases.copy(source, name)


def _alone(name: str):
    return lock(cache_dir() / "databases" / f"{name}.lock", f"preparing the database {name}")
