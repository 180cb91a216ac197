"""What the tests across modules share: Odoo as a process, and databases of their own."""

import os
import re
import subprocess
import sys
from pathlib import Path

import psycopg2

from odoo.tools import config

from runtime.databases import Databases
from runtime.postgres import Server

CHECKOUT = Path(__file__).resolve().parents[1]
MODULES = ("crm_plus", "crm_plus_service", "crm_plus_analytics")
COMPLAINT = re.compile(r"^\S+ \S+ \d+ (?:WARNING|ERROR|CRITICAL) .*", re.MULTILINE)


def host_database() -> str:
    """Return the name of the database with only Odoo's own apps that scripts/test has prepared."""
    return _given("CRM_PLUS_HOST_DATABASE")


def ready_database() -> str:
    """Return the name of the database with the three add-ons that scripts/test has prepared."""
    return _given("CRM_PLUS_READY_DATABASE")


def _given(variable: str) -> str:
    if variable not in os.environ:
        raise AssertionError(f"{variable} is not set: run the tests with scripts/test")
    return os.environ[variable]


def databases() -> Databases:
    server = Server(*(str(config[f"db_{name}"] or "") for name in ("host", "port", "user", "password")))
    return Databases(server, Path(config["data_dir"]))


class ScratchDatabase:
    """A copy of the database with Odoo's own apps, for a test that installs or commits; dropped at the end."""

    #: words that every Odoo command on it is started with
    options: tuple[str, ...] = ()

    def __init__(self, purpose: str, source: str | None = None):
        self.name = f"crm_plus_test_run_{os.getpid()}_{purpose}"
        self.databases = databases()
        self.databases.drop(self.name)
        self.databases.copy(source or host_database(), self.name)

    def drop(self) -> None:
        self.databases.drop(self.name)

    def odoo(self, *words: str, timeout: int = 600) -> str:
        """Run an Odoo command on this database to its end and return its log.

        Raises AssertionError with the log's end when it fails.
        """
        done = subprocess.run([sys.executable, "-m", "odoo", *words, "-d", self.name, *self.options], timeout=timeout,
                              check=False, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, cwd=CHECKOUT)
        if done.returncode:
            raise AssertionError(f"odoo {' '.join(words)} ended with {done.returncode}:\n{done.stdout[-3000:]}")
        return done.stdout

    def shell(self, script: str) -> subprocess.CompletedProcess:
        """Run `script` in Odoo's shell; raises AssertionError with what it said when it fails."""
        done = subprocess.run(self.shell_command(), input=script, capture_output=True, text=True, check=False,
                              cwd=CHECKOUT)
        if done.returncode or "Traceback" in done.stdout + done.stderr:
            raise AssertionError(f"the script failed:\n{(done.stdout + done.stderr)[-3000:]}")
        return done

    def shell_command(self) -> list[str]:
        return [sys.executable, "-m", "odoo", "shell", "-d", self.name, "--no-http", *self.options]

    def install(self, *modules: str) -> str:
        return self.odoo("-i", ",".join(modules), "--stop-after-init", "--no-http")

    def upgrade(self, *modules: str) -> str:
        return self.odoo("-u", ",".join(modules), "--stop-after-init", "--no-http")

    def uninstall(self, *modules: str) -> str:
        return self.odoo("module", "uninstall", *modules)

    def query(self, query: str, *values) -> list[tuple]:
        connection = psycopg2.connect(dbname=self.name, **self.databases.server.libpq())
        try:
            with connection.cursor() as cursor:
                cursor.execute(query, values)
                return cursor.fetchall()
        finally:
            connection.close()


def complaints(log: str) -> list[str]:
    """Return the warnings and errors of a log."""
    return COMPLAINT.findall(log)
