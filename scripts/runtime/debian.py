"""Debian packages without installing them: downloaded and verified by apt, unpacked into a folder.

Nothing of the system's apt is touched: its lists, caches and sources stay as they are. The mirror is the one
that the machine itself uses.
"""

import os
import re
import shutil
import subprocess
import threading
from pathlib import Path

from .messages import Problem, Progress

KEYRING = Path("/usr/share/keyrings/debian-archive-keyring.gpg")


class Apt:
    """A private apt beside the system's: `suites` of the machine's own Debian mirror, state in `home`."""

    def __init__(self, home: Path, suites: tuple[str, ...]):
        for tool in ("apt-get", "dpkg-deb"):
            if not shutil.which(tool):
                raise Problem(f"{tool} is missing, so Odoo cannot be fetched from Debian: "
                              "set ODOO_SOURCE to the folder of an Odoo 19 Community, or use a Debian system.")
        if not KEYRING.exists():
            raise Problem(f"{KEYRING} is missing, so Debian's signatures cannot be checked: "
                          "install the package debian-archive-keyring.")
        self.home, self.suites = home, suites
        for folder in ("lists/partial", "archives/partial", "etc"):
            (home / folder).mkdir(parents=True, exist_ok=True)
        (home / "status").touch()

    def update(self) -> None:
        """Fetch the package lists from the first configured mirror that has all suites.

        Raises Problem with apt's own words when none has.
        """
        said = ""
        for mirror in configured_mirrors():
            (self.home / "etc" / "sources.list").write_text("".join(
                f"deb [signed-by={KEYRING}] {mirror} {suite} main\n" for suite in self.suites))
            done = self._run("update", "-o", "Acquire::Languages=none", "-o", "APT::Update::Error-Mode=any")
            if done.returncode == 0:
                return
            said = done.stderr.strip().splitlines()[0] if done.stderr.strip() else "no answer"
        raise Problem(f"The Debian mirror of this machine could not be read ({said}): check the network and "
                      "the machine's apt sources, or set ODOO_SOURCE to the folder of an Odoo 19.")

    def download(self, packages: list[str], folder: Path) -> list[Path]:
        """Download `packages` (``name`` or ``name/suite``) into `folder`; apt checks every signature."""
        folder.mkdir(parents=True, exist_ok=True)
        listed = self._run("download", "--print-uris", *packages, cwd=folder)
        sizes = [int(size) for size in re.findall(r"^'[^']+' \S+ (\d+)", listed.stdout, re.MULTILINE)]
        with _watched(folder, sum(sizes)):
            done = self._run("download", *packages, cwd=folder)
        if done.returncode:
            raise Problem("Downloading Debian packages failed "
                          f"({(done.stderr.strip().splitlines() or ['no reason given'])[-1]}): run it again.")
        return sorted(folder.glob("*.deb"))

    def _run(self, *words: str, cwd: Path | None = None) -> subprocess.CompletedProcess:
        options = {
            "Dir::Etc::sourcelist": self.home / "etc" / "sources.list",
            "Dir::Etc::sourceparts": "/dev/null",
            "Dir::Etc::preferencesparts": "/dev/null",
            "Dir::State": self.home,
            "Dir::State::status": self.home / "status",
            "Dir::Cache": self.home,
            "APT::Sandbox::User": "root",
            "Acquire::Retries": "3",
        }
        command = ["apt-get", "-q", *words]
        for name, value in options.items():
            command += ["-o", f"{name}={value}"]
        return subprocess.run(command, cwd=cwd, capture_output=True, text=True, check=False,
                              env={**os.environ, "LC_ALL": "C.UTF-8"})


def configured_mirrors() -> list[str]:
    """Return the base addresses of the archives this machine's apt is configured with, the main ones first.

    Raises Problem when there is none.
    """
    done = subprocess.run(
        ["apt-get", "indextargets", "--format", "$(REPO_URI) $(RELEASE) $(COMPONENT)", "Created-By: Packages"],
        capture_output=True, text=True, check=False)
    found = [line.split() for line in done.stdout.splitlines() if line.endswith(" main")]
    # Add-on suites such as bookworm-security live on archives of their own, that lack the rest of Debian.
    found.sort(key=lambda fields: "-" in fields[1])
    mirrors = list(dict.fromkeys(fields[0] for fields in found))
    if not mirrors:
        raise Problem("This machine's apt has no Debian mirror configured: add one to /etc/apt/sources.list, "
                      "or set ODOO_SOURCE to the folder of an Odoo 19 Community.")
    return mirrors


def unpack(debs: list[Path], folder: Path) -> None:
    """Unpack the packages into one tree, without their install scripts."""
    for deb in debs:
        done = subprocess.run(["dpkg-deb", "--extract", deb, folder], capture_output=True, text=True, check=False)
        if done.returncode:
            raise Problem(f"{deb.name} could not be unpacked ({done.stderr.strip()}): "
                          "check the free space of the cache folder and run it again.")


class _watched:
    """Show how much of `total` bytes has arrived in `folder` while the body runs."""

    def __init__(self, folder: Path, total: int):
        self.folder, self.total = folder, total
        self.ended = threading.Event()

    def __enter__(self):
        self.thread = threading.Thread(target=self._watch, daemon=True)
        self.thread.start()

    def __exit__(self, *failure):
        self.ended.set()
        self.thread.join()

    def _watch(self):
        bar = Progress("download", self.total)
        while not self.ended.wait(0.3):
            bar(_size(self.folder))
        bar(_size(self.folder))


def _size(folder: Path) -> int:
    total = 0
    for path in folder.rglob("*"):
        try:
            total += path.stat().st_size if path.is_file() else 0
        except OSError:  # apt renames its partial files under our eyes
            continue
    return total
