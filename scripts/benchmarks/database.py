"""The databases of the benchmark: filled once, used again, upgraded when the add-ons have changed."""

import hashlib
import json
import os
import subprocess
import sys
from pathlib import Path

from runtime.databases import module_fingerprint
from runtime.guard import lock
from runtime.messages import Problem, step
from runtime.places import CHECKOUT, cache_dir

from .sizes import Size

MODULES = ("crm_plus", "crm_plus_analytics")
HOST_MODULES = ("sale_management",)
PREFIX = "crm_plus_bench_value_"
DRAFT_SUFFIX = "-in-preparation"
#: What the documents are like is in these files: when they change, the databases are filled anew.
MADE_BY = ("benchmarks/population.py", "benchmarks/shop.py", "purchases/on_account/exemplar.py",
           "purchases/on_account/loader.py", "purchases/on_account/rehearsal.py")


def ensure(workshop, size: Size, fresh: bool = False) -> str:
    """Return the name of the database of that size, ready to be measured.

    A killed start goes on where it stopped: the documents are written under another name, chunk by chunk.
    """
    name, databases = PREFIX + size.name, workshop.databases
    with lock(cache_dir() / "databases" / f"{name}.lock", f"filling the database {name}"):
        known = databases.facts(name)
        if databases.exists(name) and not known and not fresh:
            raise Problem(f"The database {name} was not made by scripts/bench: drop it, or build it anew with --fresh.")
        if fresh or known.get("documents") != _documents():
            _build(workshop, name, size, fresh)
        else:
            upgrade(workshop, name, known, _modules())
        _score_the_past(workshop, name)
    return name


def _build(workshop, name: str, size: Size, fresh: bool) -> None:
    draft, databases = name + DRAFT_SUFFIX, workshop.databases
    facts = {"documents": _documents(), "modules": _modules()}
    if fresh or databases.facts(draft) != {"made_by": "crm_plus", **facts}:
        databases.drop(draft)
        with step(f"Installing Odoo's apps and CRM+ for {size.invoices:,} invoices (about a minute)"):
            databases.create(draft)
            workshop.run_odoo("-d", draft, "-i", ",".join((*HOST_MODULES, *MODULES)), "--without-demo=True",
                              "--stop-after-init", "--no-http", doing="The installation")
        databases.note(draft, **facts)
    with step(f"Writing {size.invoices:,} invoices, with their orders, payments and credit notes"):
        words = ["benchmarks.fill", draft, str(size.customers), str(size.invoices)]
        if run_module(workshop, *words).returncode:
            raise Problem(f"The database {name} could not be filled (the reason is above): run it again to go on, "
                          "or build it anew with --fresh.")
    databases.drop(name)
    databases.rename(draft, name)


def upgrade(workshop, name: str, known: dict, wanted: dict[str, str]) -> None:
    """Upgrade the add-ons that have changed since they were `known`, and note it."""
    changed = [module for module in wanted if known.get("modules", {}).get(module) != wanted[module]]
    if changed:
        with step(f"Upgrading {', '.join(changed)} in {name}"):
            workshop.run_odoo("-d", name, "-u", ",".join(changed), "--stop-after-init", "--no-http",
                              doing="The upgrade")
        workshop.databases.note(name, **{**known, "modules": wanted})


def _score_the_past(workshop, name: str) -> None:
    """Let the customers have been scored before, once: a month's scores stay when the add-ons change."""
    known, months = workshop.databases.facts(name), fingerprint("benchmarks/past.py")
    if known.get("past") != months:
        with step(f"Scoring the customers of {name} as of some months, and back-testing"):
            if run_module(workshop, "benchmarks.past", name).returncode:
                raise Problem(f"The customers of {name} could not be scored (the reason is above): mend the add-on.")
        workshop.databases.note(name, **{**known, "past": months})


def _modules() -> dict[str, str]:
    return modules(MODULES)


def modules(names) -> dict[str, str]:
    """Return by add-on a short name for what it puts into a database."""
    return {module: module_fingerprint(module) for module in names}


def _documents() -> str:
    return fingerprint(*MADE_BY)


def fingerprint(*paths: str) -> str:
    """Return a short name for what is in files of the scripts."""
    found = hashlib.sha256()
    for path in paths:
        found.update((CHECKOUT / "scripts" / path).read_bytes())
    return found.hexdigest()[:12]


def run_module(workshop, *words: str, **options) -> subprocess.CompletedProcess:
    """Run a module of these scripts as a process of its own, in the environment where it finds Odoo."""
    variables = workshop.environment()
    variables["PYTHONPATH"] = os.pathsep.join([str(Path(__file__).resolve().parents[1]), variables["PYTHONPATH"]])
    return subprocess.run([sys.executable, "-m", *words], env=variables, check=False, **options)


def figures(workshop, module: str, *words: str) -> dict:
    """Return the figures that a module prints as its last line; raises Problem when it fails."""
    done = run_module(workshop, module, *words, text=True, capture_output=True)
    if done.returncode:
        reason = done.stderr.strip().splitlines()[-1] if done.stderr.strip() else "no reason given"
        raise Problem(f"Measuring {words[0]} ended early, in its {module.rpartition('.')[2]} ({reason}): "
                      "mend the add-on, or build the database anew with --fresh.")
    return json.loads(done.stdout.splitlines()[-1])
