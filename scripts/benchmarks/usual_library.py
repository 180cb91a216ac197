"""The environment of the usual pipeline: pinned packages in the cache, apart from the project's own."""

import hashlib
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

from runtime.guard import facts, finish, lock
from runtime.messages import Problem, step
from runtime.places import cache_dir

REQUIREMENTS = Path(__file__).with_name("requirements.txt")
#: In this folder is the package `usual`, the pipeline.
FOLDER = Path(__file__).parent


class UsualLibrary:
    """Runs the usual pipeline in its own Python."""

    def __init__(self, workshop):
        self.workshop, self.python = workshop, _prepared_python()

    def run(self, *words: str) -> dict:
        """Return the figures that the pipeline prints; raises Problem when it fails."""
        variables = _without_ours() | self.workshop.server.environment() | {
            "PYTHONPATH": str(FOLDER), "PYTHONWARNINGS": "ignore"}
        done = subprocess.run([self.python, "-m", "usual", *words], env=variables, text=True, stdout=subprocess.PIPE,
                              check=False)
        if done.returncode:
            raise Problem("The usual pipeline failed (its reason is above): delete the folder "
                          f"{self.python.parents[1]} and run it again.")
        return json.loads(done.stdout.splitlines()[-1])


def _prepared_python() -> Path:
    key = hashlib.sha256(REQUIREMENTS.read_bytes() + f"{sys.version_info[:2]}{sys.base_prefix}".encode())
    folder = cache_dir() / f"bench-{key.hexdigest()[:12]}"
    python = folder / "bin" / "python"
    with lock(folder.with_name(f"{folder.name}.lock"), "preparing the usual libraries"):
        if facts(folder) is None:
            shutil.rmtree(folder, ignore_errors=True)
            with step("Installing pandas and lifetimes beside the project"):
                _make(folder)
    return python


def _without_ours() -> dict[str, str]:
    """Return the environment without what leads Python to our own packages."""
    return {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}


def _make(folder: Path) -> None:
    """Let the project's pip, which is there on every Debian, install into the folder."""
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", folder], check=True)
    done = subprocess.run([sys.executable, "-m", "pip", "--python", folder / "bin" / "python", "install", "--quiet",
                           "--disable-pip-version-check", "--retries", "5", "--use-pep517", "-r", REQUIREMENTS],
                          env=_without_ours(), stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False)
    if done.returncode:
        sys.stderr.write(done.stdout)
        raise Problem("The usual libraries could not be installed (pip's reason is above): "
                      "check the network and run it again.")
    finish(folder, requirements=REQUIREMENTS.read_text())
