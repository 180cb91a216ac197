"""Databases: created, copied and dropped with their files, and how each one was prepared.

What a database was prepared from is kept as its comment in PostgreSQL, outside of Odoo's own tables.
"""

import contextlib
import hashlib
import json
import shutil
from pathlib import Path

import psycopg2
from psycopg2 import sql
from psycopg2.extensions import ISOLATION_LEVEL_AUTOCOMMIT

from .messages import Problem
from .places import CHECKOUT
from .postgres import Server

# What is read from disk at run time, or only by tests, does not change a database.
NOT_IN_DATABASE = {"tests", "static", "i18n", "cli", "__pycache__"}


class Databases:
    """The databases of one server, with the files of their attachments in `data_dir`."""

    def __init__(self, server: Server, data_dir: Path):
        self.server, self.data_dir = server, data_dir

    def exists(self, name: str) -> bool:
        return bool(self._query("SELECT 1 FROM pg_database WHERE datname = %s", name))

    def facts(self, name: str) -> dict:
        """Return what :meth:`note` kept of a database, empty when it is not of our making."""
        rows = self._query("SELECT shobj_description(oid, 'pg_database') FROM pg_database WHERE datname = %s", name)
        try:
            noted = json.loads(rows[0][0] or "{}") if rows else {}
        except ValueError:
            noted = {}
        return noted if isinstance(noted, dict) and noted.get("made_by") == "crm_plus" else {}

    def note(self, name: str, **facts) -> None:
        self._execute("COMMENT ON DATABASE {name} IS %s", name,
                      values=[json.dumps({"made_by": "crm_plus", **facts}, sort_keys=True)])

    def by_age(self, prefix: str) -> list[str]:
        """Return the databases whose name begins with `prefix`, the oldest first."""
        rows = self._query("SELECT datname FROM pg_database WHERE starts_with(datname, %s) ORDER BY oid", prefix)
        return [row[0] for row in rows]

    def create(self, name: str) -> None:
        """Create an empty database as Odoo does, with the extensions it likes where the server has them."""
        self._execute("CREATE DATABASE {name} ENCODING 'unicode' LC_COLLATE 'C' TEMPLATE template0", name)
        # Odoo may use unaccent in indexes, which needs the promise that it never changes.
        for statement in ("CREATE EXTENSION IF NOT EXISTS pg_trgm",
                          "CREATE EXTENSION IF NOT EXISTS unaccent; ALTER FUNCTION unaccent(text) IMMUTABLE"):
            with contextlib.suppress(psycopg2.Error), self._connected(name) as cursor:
                cursor.execute(statement)

    def copy(self, source: str, name: str) -> None:
        self._execute("CREATE DATABASE {name} TEMPLATE {other}", name, source)
        if self._files(source).exists():
            shutil.copytree(self._files(source), self._files(name), dirs_exist_ok=True)

    def rename(self, old: str, name: str) -> None:
        if self._files(old).exists():
            shutil.rmtree(self._files(name), ignore_errors=True)
            self._files(old).rename(self._files(name))
        self._execute("ALTER DATABASE {name} RENAME TO {other}", old, name)

    def drop(self, name: str) -> None:
        self._execute("DROP DATABASE IF EXISTS {name} WITH (FORCE)", name)
        shutil.rmtree(self._files(name), ignore_errors=True)

    def _files(self, name: str) -> Path:
        return self.data_dir / "filestore" / name

    @contextlib.contextmanager
    def _connected(self, database: str = "postgres"):
        try:
            connection = psycopg2.connect(dbname=database, connect_timeout=10, **self.server.libpq())
        except psycopg2.OperationalError as error:
            reason = str(error).strip().splitlines()[-1]
            raise Problem(f"The database server does not answer ({reason}): check DATABASE_URL, "
                          "or unset it to use a server of CRM+'s own.") from None
        try:
            connection.set_isolation_level(ISOLATION_LEVEL_AUTOCOMMIT)
            with connection.cursor() as cursor:
                yield cursor
        finally:
            connection.close()

    def _query(self, query: str, *values) -> list[tuple]:
        with self._connected() as cursor:
            cursor.execute(query, values)
            return cursor.fetchall()

    def _execute(self, statement: str, name: str, other: str = "", values=()) -> None:
        composed = sql.SQL(statement).format(name=sql.Identifier(name), other=sql.Identifier(other or name))
        with self._connected() as cursor:
            cursor.execute(composed, values)


def fingerprint(*parts: str) -> str:
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:12]


def module_fingerprint(module: str) -> str:
    """Return a short name for what an add-on's files put into a database."""
    found = hashlib.sha256()
    for path in sorted((CHECKOUT / module).rglob("*")):
        inside = path.relative_to(CHECKOUT)
        if path.is_file() and not NOT_IN_DATABASE.intersection(inside.parts):
            found.update(str(inside).encode() + b"\0" + path.read_bytes())
    return found.hexdigest()[:12]
