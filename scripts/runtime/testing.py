"""``scripts/test``: a database with the add-ons as they are now, a browser, and pytest."""

import os
import re
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from . import browser, cdnow, databases, odoo_process
from .databases import fingerprint, module_fingerprint
from .guard import lock
from .messages import say, step
from .places import CHECKOUT, MODULES, cache_dir

# What the add-ons stand on; prepared once, so that only they are installed when their files change.
HOST_MODULES = ("crm", "sale_management", "account", "sale_crm", "sale_margin", "portal", "rating", "resource")
PREFIX = "crm_plus_test_"
KEPT = 4
# Everything is run by two processes, each on half of the tests: one alone leaves a core idle.
HALVES = (("crm_plus", "crm_plus_analytics"), ("crm_plus_service", "tests"))


def main() -> int:
    """Prepare what the tests need and run them; returns pytest's exit status."""
    workshop = odoo_process.prepare()
    browser.ensure()
    base, ready = _prepared_databases(workshop)
    _drop_leftovers(workshop)
    environment = _environment(workshop, base, ready)
    runs = [(*half, *sys.argv[1:]) for half in HALVES] if _is_everything(sys.argv[1:]) else [sys.argv[1:]]
    with ThreadPoolExecutor() as pool:
        started = [
            pool.submit(_run, workshop, environment, ready, number, words, shown=number == 0)
            for number, words in enumerate(runs)
        ]
        return max(run.result() for run in started)


def _is_everything(words: list[str]) -> bool:
    """Tell whether pytest's own words choose no tests."""
    return not any(word in ("-k", "-m") or (CHECKOUT / word.partition("::")[0]).exists() for word in words)


def _run(workshop, environment: dict[str, str], ready: str, number: int, words, *, shown: bool) -> int:
    """Run tests on a copy of the database of their own; what is not shown at once is shown at the end."""
    own = f"{PREFIX}run_{os.getpid()}_{number}"
    try:
        workshop.databases.copy(ready, own)
        if shown:
            return subprocess.run(_pytest(workshop, own, words), cwd=CHECKOUT, env=environment, check=False).returncode
        done = subprocess.run(_pytest(workshop, own, words), cwd=CHECKOUT, env=environment, check=False,
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        sys.stdout.write(f"\n{' '.join(words)}\n{done.stdout}")
        return done.returncode
    finally:
        workshop.databases.drop(own)


def _environment(workshop, base: str, ready: str) -> dict[str, str]:
    """Return the environment of the tests: where the data and the prepared databases are."""
    return {
        **workshop.environment(),
        "CRM_PLUS_CDNOW": str(cdnow.fetch()),
        "CRM_PLUS_HOST_DATABASE": base,
        "CRM_PLUS_READY_DATABASE": ready,
        "PYTHONPATH": os.pathsep.join([str(workshop.source.python_path), str(CHECKOUT / "scripts")]),
    }


def _pytest(workshop, database: str, words) -> list[str]:
    return [sys.executable, "-m", "pytest", f"--odoo-config={workshop.configuration}", f"--odoo-database={database}",
            "--odoo-http", *words]


def _prepared_databases(workshop) -> tuple[str, str]:
    """Return the databases with only Odoo's own apps, and with the add-ons as well; made when they are missing."""
    recipe = Path(databases.__file__).read_text()
    host_key = fingerprint(workshop.source.identity, recipe, *HOST_MODULES)
    base = f"{PREFIX}host_{host_key}"
    ready = f"{PREFIX}all_{fingerprint(host_key, *map(module_fingerprint, MODULES))}"
    with lock(cache_dir() / "databases" / "tests.lock", "preparing the test databases"):
        if not workshop.databases.facts(base):
            with step("Preparing a test database with Odoo's own apps (about a minute)"):
                workshop.databases.drop(base)
                workshop.databases.create(base)
                _install(workshop, base, HOST_MODULES)
        if not workshop.databases.facts(ready):
            with step("Preparing a test database with the add-ons"):
                workshop.databases.drop(ready)
                workshop.databases.copy(base, ready)
                _install(workshop, ready, MODULES)
            _drop_outdated(workshop, ready)
    return base, ready


def _install(workshop, database: str, modules: tuple[str, ...]) -> None:
    workshop.run_odoo("-d", database, "-i", ",".join(modules), "--stop-after-init", "--no-http",
                      doing=f"Installing {', '.join(modules)} for the tests")
    workshop.databases.note(database, modules=modules)


def _drop_outdated(workshop, newest: str) -> None:
    """Drop prepared databases of earlier states of the files, but for the last few (branches come and go)."""
    for kind in ("host", "all"):
        ours = [name for name in workshop.databases.by_age(f"{PREFIX}{kind}_") if name != newest]
        for name in ours[:-KEPT]:
            workshop.databases.drop(name)


def _drop_leftovers(workshop) -> None:
    """Drop what killed test runs left behind on our own server."""
    if not workshop.server.embedded:
        return
    for name in workshop.databases.by_age(PREFIX):
        found = re.search(r"_run_(\d+)", name)
        if found and not _alive(int(found[1])):
            say(f"Dropping {name}, left by a run that was killed")
            workshop.databases.drop(name)


def _alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
