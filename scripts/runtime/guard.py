"""Folders that are either whole or not there, whatever is killed, and however many scripts run at once."""

import fcntl
import json
import shutil
from contextlib import contextmanager
from pathlib import Path

from .messages import say

MARKER = ".complete.json"


@contextmanager
def lock(path: Path, waiting_for: str):
    """Hold the lock file `path`; the system lets go of it when the process ends, however it ends."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a") as handle:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            say(f"Waiting for another run that is {waiting_for} …")
            fcntl.flock(handle, fcntl.LOCK_EX)
        yield


def facts(folder: Path) -> dict | None:
    """Return what was noted when `folder` was finished, or None when it is missing or half-made."""
    try:
        return json.loads((folder / MARKER).read_text())
    except (OSError, ValueError):
        return None


def finish(folder: Path, **noted) -> None:
    """Note that `folder` is whole: its last file, renamed into place so that it is never half-written."""
    draft = folder / f"{MARKER}.draft"
    draft.write_text(json.dumps(noted))
    draft.rename(folder / MARKER)


@contextmanager
def whole_folder(folder: Path, doing: str, is_sound=lambda folder: True):
    """Give the body a chance to make `folder`, once and alone; yields None when it is there already.

    The body gets an empty draft folder that takes its final name only when the body ends well. A folder left by
    a killed run, or one that `is_sound(folder)` refuses, is made again.
    """
    with lock(folder.with_name(f"{folder.name}.lock"), doing):
        if facts(folder) is not None and is_sound(folder):
            yield None
            return
        draft = folder.with_name(f"{folder.name}.draft")
        for leftover in (folder, draft):
            if leftover.exists():
                shutil.rmtree(leftover)
        draft.mkdir(parents=True)
        yield draft
        finish(draft)
        draft.rename(folder)
