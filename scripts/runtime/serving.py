"""``scripts/run``: a database with the three add-ons and data to look at, served.

The data are Odoo's demo data and a real purchase history, or the demo company of an industry.
"""

import contextlib
import fcntl
import json
import os
import re
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request

from . import cdnow, odoo_process, shell_scripts
from .databases import module_fingerprint
from .messages import Problem, Stages, say, step
from .places import CHECKOUT, MODULES, cache_dir

# The Sales app's menus and the order templates come with sale_management.
HOST_MODULES = ("sale_management",)
MODULE_OF = re.compile(r"odoo\.modules\.loading: Loading module \S+ \((\d+)/(\d+)\)")
DRAFT_SUFFIX = "-in-preparation"
PEOPLE = "salesperson sam/sam, service agent ada/ada, service lead lea/lea, customer petra/petra"
INDUSTRY_PEOPLE = ("salespersons sam/sam and kim/kim, sales manager max/max, service agents ada/ada and nora/nora, "
                   "service lead lea/lea")


def main(options, odoo_words: list[str]) -> int:
    """Prepare the database and serve it, as :mod:`runtime.run_options` says; returns the exit status."""
    workshop = odoo_process.prepare()
    with _owned(options.database):
        _prepare_database(workshop, options)
        return _serve(workshop, options, odoo_words) if options.serve else 0


@contextlib.contextmanager
def _owned(database: str):
    """Keep other runs off this database while we prepare and serve it."""
    path = cache_dir() / "databases" / f"{database}.lock"
    path.parent.mkdir(exist_ok=True)
    with path.open("a+") as handle:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            raise Problem(f"Another scripts/run is using the database {database}: stop it, or choose another "
                          "database with --database (and another --port).") from None
        yield


def _prepare_database(workshop, options) -> None:
    name, databases = options.database, workshop.databases
    databases.drop(name + DRAFT_SUFFIX)  # what a killed run left
    wanted = {module: module_fingerprint(module) for module in MODULES}
    if databases.exists(name):
        known = databases.facts(name)
        if not known and not options.fresh:
            raise Problem(f"The database {name} was not made by scripts/run: choose another name with --database, "
                          "or drop it and build it anew with --fresh.")
        if not options.fresh:
            _check_industry(name, known, options.industry)
            _bring_up_to_date(workshop, name, known, wanted, options.history and not options.industry)
            return
        databases.drop(name)
    _build(workshop, name, wanted, options.history and not options.industry, options.industry)


def _check_industry(name: str, known: dict, industry: str | None) -> None:
    made_for = known.get("industry")
    if made_for != industry:
        what = f"a demo company of the industry {made_for}" if made_for else "Odoo's demo data"
        raise Problem(f"The database {name} has {what}: choose another name with --database, or drop it and build it "
                      "anew with --fresh.")


def _build(workshop, name: str, wanted: dict, history: bool, industry: str | None) -> None:
    """Build under another name first, so that a database of this name is always a whole one."""
    draft = name + DRAFT_SUFFIX
    demo = "without demo data" if industry else "with demo data"
    with step(f"Installing Odoo's apps and CRM+ {demo} (about 2 minutes)"):
        workshop.databases.create(draft)
        workshop.run_odoo("-d", draft, "-i", ",".join((*HOST_MODULES, *MODULES)), "--stop-after-init", "--no-http",
                          *(["--without-demo=True"] if industry else []), doing="The installation",
                          watch=_installing())
        workshop.run_odoo("shell", "-d", draft, "--no-http", script=shell_scripts.SET_UP_MAIL, doing="Setting up mail")
    if industry:
        with step(f"Making a demo company of the industry {industry}"):
            workshop.run_odoo("shell", "-d", draft, "--no-http", doing="Making the demo company",
                              script=shell_scripts.LOAD_INDUSTRY.format(key=industry, progress=shell_scripts.PROGRESS),
                              watch=_telling())
    if history:
        _load_history(workshop, draft)
    with step("Building the web client"):
        workshop.run_odoo("shell", "-d", draft, "--no-http", script=shell_scripts.BUILD_ASSETS, doing="Building the web client")
    # Before it gets its name: a database of that name is always known to be ours.
    workshop.databases.note(draft, modules=wanted, history=history, industry=industry)
    workshop.databases.rename(draft, name)


def _installing():
    """Return what watches Odoo's log for how many of the modules are installed."""
    show = Stages()

    def watch(line):
        # The first module stands alone, before it is known how many there are.
        if (found := MODULE_OF.search(line)) and found[2] != "1":
            show("Modules", int(found[1]), int(found[2]))

    return watch


def _telling():
    """Return what watches the output of a script for how far it is."""
    show = Stages()

    def watch(line):
        if line.startswith(shell_scripts.PROGRESS):
            show(*json.loads(line.removeprefix(shell_scripts.PROGRESS)))

    return watch


def _bring_up_to_date(workshop, name: str, known: dict, wanted: dict, history: bool) -> None:
    changed = [module for module in MODULES if known.get("modules", {}).get(module) != wanted[module]]
    if changed:
        with step(f"Upgrading {', '.join(changed)}"):
            workshop.run_odoo("-d", name, "-u", ",".join(changed), "--stop-after-init", "--no-http",
                              doing="The upgrade")
    if history and not known.get("history"):
        _load_history(workshop, name)
    history = history or known.get("history", False)
    workshop.databases.note(name, modules=wanted, history=history, industry=known.get("industry"))


def _load_history(workshop, name: str) -> None:
    environment = {**workshop.environment(), "CRM_PLUS_CDNOW": str(cdnow.fetch())}
    script = [sys.executable, str(CHECKOUT / "scripts" / "load_history"), "--database", name]
    if subprocess.run(script, env=environment, check=False).returncode:
        raise Problem("Loading the purchase history failed (the reason is above): run it again, "
                      "or leave the history out with --without-history.")
    with step("Scoring the customers of the history, and taking the mail of one of them"):
        workshop.run_odoo("shell", "-d", name, "--no-http", script=shell_scripts.BRING_HISTORY_TO_LIFE,
                          doing="The scoring")


def _serve(workshop, options, odoo_words: list[str]) -> int:
    address = f"http://127.0.0.1:{options.port}"
    command = workshop.odoo("-d", options.database, "--db-filter", f"^{re.escape(options.database)}$",
                            "--http-port", str(options.port), *odoo_words)
    # A session of its own: Ctrl-C reaches this script alone, which stops the server before the database.
    server = subprocess.Popen(command, env=workshop.environment(), start_new_session=True,
                              preexec_fn=odoo_process.end_with_the_script)
    for signum in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(signum, _interrupt)
    try:
        if _answers(address, server):
            people = INDUSTRY_PEOPLE if options.industry else PEOPLE
            say(f"CRM+ is at {address} — administrator admin/admin, {people}. Ctrl-C stops it.")
        return server.wait()
    except KeyboardInterrupt:
        say("Stopping …")
        return 0
    finally:
        server.terminate()
        try:
            server.wait(20)
        except subprocess.TimeoutExpired:
            os.killpg(server.pid, signal.SIGKILL)


def _interrupt(*_signal):
    raise KeyboardInterrupt


def _answers(address: str, server: subprocess.Popen) -> bool:
    """Wait until the login page is there (its first visit builds it), or the server has ended."""
    while server.poll() is None:
        try:
            with urllib.request.urlopen(f"{address}/web/login", timeout=120) as answer:
                return answer.status == 200
        except (urllib.error.URLError, OSError):
            time.sleep(0.3)
    return False
