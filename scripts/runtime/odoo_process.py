"""Odoo as a process of its own: its configuration file and its commands."""

import contextlib
import ctypes
import os
import re
import signal
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from . import postgres
from .databases import Databases, fingerprint
from .environment import enter
from .messages import Problem
from .odoo_source import OdooSource
from .places import CHECKOUT, cache_dir

PR_SET_PDEATHSIG = 1  # from linux/prctl.h


def end_with_the_script() -> None:
    """Ask the kernel to stop this process when the script ends, even if it is killed outright."""
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)


@dataclass(frozen=True)
class Workshop:
    """What a script works with once everything is prepared."""

    source: OdooSource
    server: postgres.Server
    databases: Databases
    configuration: Path

    def odoo(self, *words: str) -> list[str]:
        """Return the command line of Odoo's own command with our configuration."""
        return [sys.executable, "-m", "odoo", *words]

    def environment(self) -> dict[str, str]:
        """Return the environment in which Odoo and its tools find the configuration and the server."""
        programs = os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", os.defpath)])
        return {**os.environ, **self.server.environment(), "ODOO_RC": str(self.configuration), "PATH": programs}

    def run_odoo(self, *words: str, doing: str, script: str = "", watch: Callable[[str], None] | None = None) -> None:
        """Run Odoo to its end, with `script` as its input; raises Problem with its last error when it fails.

        A log with an error counts as failure even when Odoo's own exit status is 0. `watch` is called with each line
        of the log. Odoo stops with the script, so that nothing goes on in a database that the next script makes anew.
        """
        log = self.configuration.with_name("odoo-last-command.log")
        with log.open("w") as output, subprocess.Popen(
            self.odoo(*words), env=self.environment(), stdin=subprocess.PIPE, stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT, text=True, errors="replace", preexec_fn=end_with_the_script,
        ) as odoo:
            with contextlib.suppress(BrokenPipeError), odoo.stdin:
                odoo.stdin.write(script)
            for line in odoo.stdout:
                output.write(line)
                if watch:
                    watch(line)
        errors = re.findall(r"^\S+ \S+ \d+ (?:ERROR|CRITICAL) .*$", log.read_text(errors="replace"), re.MULTILINE)
        if odoo.returncode or errors:
            reason = f" ({errors[-1][24:300]})" if errors else ""
            raise Problem(f"{doing} failed{reason}: Odoo's words are in {log}.")


def prepare() -> Workshop:
    """Enter the prepared environment, start the database server and write Odoo's configuration."""
    source = enter()
    server = postgres.obtain()
    data_dir = cache_dir() / "data"
    data_dir.mkdir(exist_ok=True)
    return Workshop(source, server, Databases(server, data_dir), _configuration(source, server, data_dir))


def _configuration(source: OdooSource, server: postgres.Server, data_dir: Path) -> Path:
    """Write this checkout's odoo.conf, renamed into place as another script may be reading it."""
    options = {
        "addons_path": ",".join(map(str, (*source.addons, CHECKOUT))),
        "data_dir": data_dir,
        "http_interface": "127.0.0.1",
        "admin_passwd": "admin",
        "list_db": "False",
        "with_demo": "True",
        **server.odoo_options(),
    }
    folder = cache_dir() / "checkouts" / fingerprint(str(CHECKOUT), str(server))
    folder.mkdir(parents=True, exist_ok=True)
    draft = folder / f"odoo.conf.{os.getpid()}"
    draft.write_text("[options]\n" + "".join(f"{name} = {value}\n" for name, value in options.items()))
    draft.chmod(0o600)  # it may hold a password
    return draft.rename(folder / "odoo.conf")
