"""The CDNOW purchase history: the data file inside the published Python package that ships it."""

import hashlib
import os
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path

from .guard import lock
from .messages import Problem, step
from .places import cache_dir

PACKAGE = "lifetimes==0.11.3"
MEMBER = "lifetimes/datasets/CDNOW_sample.txt"
CHECKSUM = "6fae10155c0b0ba363c2c386e30f77990d22328220efd862a5edd1443420d94a"


def fetch() -> Path:
    """Return the path of the file, downloaded once; the package's own dependencies are not installed.

    Raises Problem when it cannot be downloaded or is not the published file.
    """
    if named := os.environ.get("CRM_PLUS_CDNOW"):
        return Path(named)
    target = cache_dir() / "cdnow" / "CDNOW_sample.txt"
    with lock(target.with_suffix(".lock"), "fetching the purchase history"):
        if not target.exists() or _checksum(target.read_bytes()) != CHECKSUM:
            with step("Fetching the CDNOW purchase history"):
                _download(target)
    return target


def _download(target: Path) -> None:
    with tempfile.TemporaryDirectory() as folder:
        done = subprocess.run(
            [sys.executable, "-m", "pip", "download", "--quiet", "--disable-pip-version-check", "--no-deps",
             "--only-binary=:all:", "-d", folder, PACKAGE], stdout=sys.stderr, check=False)
        wheels = list(Path(folder).glob("*.whl"))
        if done.returncode or not wheels:
            raise Problem(f"{PACKAGE}, which ships the purchase history, could not be downloaded: check the network "
                          "and run it again, or use --without-history.")
        content = zipfile.ZipFile(wheels[0]).read(MEMBER)
    if _checksum(content) != CHECKSUM:
        raise Problem(f"{MEMBER} of {PACKAGE} is not the published file: set CRM_PLUS_CDNOW to a copy of it.")
    draft = target.with_suffix(".draft")
    draft.write_bytes(content)
    draft.rename(target)


def _checksum(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()
