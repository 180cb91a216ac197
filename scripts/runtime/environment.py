"""The Python environment: a virtual environment of ``requirements.txt`` with Odoo on its path."""

import hashlib
import os
import shutil
import subprocess
import sys
from pathlib import Path

from . import debian, odoo_source
from .guard import facts, finish, lock
from .messages import Problem, say, step
from .places import CHECKOUT, cache_dir

SUPPORTED = ((3, 11), (3, 13))
REQUIREMENTS = CHECKOUT / "requirements.txt"
# Tells the script, started again inside of the environment, where the first start found Odoo.
ENTERED = "CRM_PLUS_ODOO"


def enter() -> odoo_source.OdooSource:
    """Prepare Odoo and its dependencies, and go on inside of that environment.

    Returns the Odoo in use. On the first call of a script it does not return: it starts the script again with
    the environment's Python. Raises Problem when something cannot be prepared.
    """
    if ENTERED in os.environ and facts(Path(sys.prefix)) is not None:
        return odoo_source.at_folder(Path(os.environ[ENTERED]))
    _check_python()
    source = odoo_source.find()
    python = _prepared_python()
    variables = {**os.environ, ENTERED: str(source.python_path), "PYTHONPATH": str(source.python_path)}
    sys.stderr.flush()
    os.execve(python, [str(python), *sys.argv], variables)


def _check_python() -> None:
    if not SUPPORTED[0] <= sys.version_info[:2] <= SUPPORTED[1]:
        have, (low, high) = sys.version.split()[0], (".".join(map(str, v)) for v in SUPPORTED)
        raise Problem(f"CRM+ runs on Python {low} to {high}, and this is {have}: "
                      "start the script with one of those, for example python3.11 scripts/run.")


def _prepared_python() -> Path:
    """Return the Python of the environment for today's requirements, made if it is missing or broken."""
    key = hashlib.sha256(REQUIREMENTS.read_bytes() + f"{sys.version_info[:2]}{sys.base_prefix}".encode())
    folder = cache_dir() / f"venv-{key.hexdigest()[:12]}"
    python = folder / "bin" / "python"
    if facts(folder) is not None and _runs(python):
        return python
    with lock(folder.with_name(f"{folder.name}.lock"), "preparing the Python environment"):
        # Not a draft that is renamed: an environment knows its own path. Its marker is written last instead.
        if facts(folder) is None or not _runs(python):
            shutil.rmtree(folder, ignore_errors=True)
            with step("Preparing the Python environment (about 60 packages)"):
                _make(folder, python)
    return python


def _runs(python: Path) -> bool:
    """Whether the environment's Python still starts: an upgrade of the system may have removed its base."""
    try:
        return subprocess.run([python, "-c", "import pip"], capture_output=True, check=False).returncode == 0
    except OSError:
        return False


def _make(folder: Path, python: Path) -> None:
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", folder], check=True)
    if subprocess.run([python, "-m", "ensurepip"], capture_output=True, check=False).returncode:
        _pip_from_debian(python)
    pip = [python, "-m", "pip", "install", "--disable-pip-version-check", "--quiet", "--retries", "5",
           "--use-pep517"]
    done = subprocess.run([*pip, "-r", REQUIREMENTS], stdout=sys.stderr, check=False)
    if done.returncode:
        raise Problem("Python's packages could not be installed (pip's reason is above): "
                      "check the network and run it again.")
    finish(folder, requirements=REQUIREMENTS.read_text())


def _pip_from_debian(python: Path) -> None:
    """Put pip into the environment on a Debian without python3-venv, where Python ships none."""
    say("This Python comes without pip: taking Debian's")
    home = cache_dir() / "pip-of-debian"
    shutil.rmtree(home, ignore_errors=True)
    apt = debian.Apt(cache_dir() / "apt-bookworm", ("bookworm",))
    apt.update()
    debian.unpack(apt.download(["python3-pip-whl"], home / "debs"), home)
    wheel = next((home / "usr/share/python-wheels").glob("pip-*.whl"))
    subprocess.run([python, wheel / "pip", "install", "--quiet", "--no-index", wheel], check=True,
                   stdout=sys.stderr)
    shutil.rmtree(home)


