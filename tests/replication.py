"""Two PostgreSQL servers of a test's own on one machine: a primary, and the standby that it streams to."""

import contextlib
import os
import re
import shutil
import signal
import tempfile
import time
from pathlib import Path
from typing import NamedTuple

import psycopg2

from runtime.places import cluster_home
from runtime.postgres import USER, Programs, Server

PRIMARY, STANDBY = 5441, 5442  # name the sockets' files; the servers listen on no network port
# What a server logs of each statement tells who ran it, and in which transaction.
SETTINGS = """
listen_addresses = ''
fsync = off
shared_buffers = 64MB
max_connections = 40
wal_level = replica
hot_standby = on
max_standby_streaming_delay = 1s
autovacuum = off
jit = off
log_statement = all
log_line_prefix = '<%p %v> '
"""
# As Odoo does when it makes a database; a dump does not tell.
UNACCENT = "CREATE EXTENSION unaccent; ALTER FUNCTION unaccent(text) IMMUTABLE"


class Statement(NamedTuple):
    """A statement as a server has logged it."""

    process: str
    transaction: str
    text: str


class StreamingServers:
    """A primary with a copy of a database, and its standby."""

    def __init__(self):
        self.programs = Programs(cluster_home())
        # Not in the cache: a socket's path may have 107 bytes.
        self.home = Path(tempfile.mkdtemp(prefix="crm_plus-streaming-"))
        self.programs.give(self.home)

    def start(self, source: Server, database: str, name: str) -> None:
        """Start both, with `database` of the server `source` copied as `name`."""
        data = self.home / "primary"
        self._must("initdb", "-D", data, "-U", USER, "--auth=trust", "-E", "UTF8", "--locale=C.UTF-8", "--no-sync")
        with (data / "postgresql.conf").open("a") as configuration:
            configuration.write(SETTINGS)
        self._start(data, PRIMARY)
        self._copy(source, database, name)
        at = self._at(PRIMARY)
        self._must("pg_basebackup", *at, "-D", self.home / "standby", "-R", "-X", "stream", "-c", "fast", "--no-sync")
        self._start(self.home / "standby", STANDBY)

    def stop(self) -> None:
        for folder in ("standby", "primary"):
            self.programs.run("pg_ctl", "stop", "-D", self.home / folder, "-m", "immediate", "-w")
        shutil.rmtree(self.home)

    def options(self) -> list[str]:
        """Return the options by which Odoo finds both servers."""
        return [f"--db_host={self.home}", f"--db_port={PRIMARY}", f"--db_user={USER}",
                f"--db_replica_host={self.home}", f"--db_replica_port={STANDBY}"]

    def libpq(self, port: int) -> dict:
        """Return a server as keyword arguments of ``psycopg2.connect``."""
        return {"host": str(self.home), "port": port, "user": USER}

    def statements(self, port: int) -> list[Statement]:
        """Return what the server was asked, in order."""
        said = (self.home / f"{port}.log").read_text()
        entries = re.split(r"^<(\d+) (\S*)> ", said, flags=re.MULTILINE)[1:]
        return [Statement(process, transaction, text.partition("statement: ")[2])
                for process, transaction, text in zip(entries[::3], entries[1::3], entries[2::3], strict=True)
                if text.startswith("LOG:  statement: ")]

    def _copy(self, source: Server, database: str, name: str) -> None:
        at, dump = self._at(PRIMARY), self.home / "dump"
        self._must("pg_dump", "-Fc", "-Z1", "-f", dump, "-d", database, **source.environment())
        self._must("createdb", *at, "-T", "template0", "--lc-collate=C", name)
        connection = psycopg2.connect(dbname=name, **self.libpq(PRIMARY))
        with connection, connection.cursor() as cursor:
            cursor.execute(UNACCENT)
        connection.close()
        self._must("pg_restore", *at, "-d", name, "-j2", "--no-owner", dump)
        dump.unlink()

    def _start(self, data: Path, port: int) -> None:
        self._must("pg_ctl", "start", "-D", data, "-l", self.home / f"{port}.log", "-w", "-t", "60",
                   "-o", f"-k {self.home} -p {port}")

    def _at(self, port: int) -> list[str]:
        return ["-h", str(self.home), "-p", str(port), "-U", USER]

    def _must(self, program: str, *words, **environment: str) -> None:
        done = self.programs.run(program, *words, **environment)
        if done.returncode:
            raise AssertionError(f"{program} failed:\n{done.stdout[-3000:]}")


def kill(home: str, folder: str, port: int) -> None:
    """End a server as if its machine had lost its power; return when nobody answers any more."""
    os.kill(int((Path(home) / folder / "postmaster.pid").read_text().split()[0]), signal.SIGQUIT)
    with contextlib.suppress(psycopg2.OperationalError):
        while True:
            psycopg2.connect(dbname="postgres", host=home, port=port, user=USER).close()
            time.sleep(0.05)
