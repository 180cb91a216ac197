"""Chromium for the browser tests: found on the machine, else installed by apt where that is allowed."""

import os
import shutil
import subprocess

from .messages import Problem, say, step

NAMES = ("chromium", "chromium-browser", "google-chrome-stable", "google-chrome")


def ensure() -> None:
    """Make a browser available if that is possible.

    Without one, Odoo skips its browser tests and we say so; where ``CI`` is set it is a Problem.
    """
    if not find() and os.geteuid() == 0 and shutil.which("apt-get"):
        _install()
    if find():
        return
    sentence = "Browser tests need Chromium: install it, for example with: sudo apt-get install chromium"
    if os.environ.get("CI"):
        raise Problem(sentence)
    say(f"{sentence}. They are left out of this run.")


def find() -> str | None:
    """Return the path of the machine's Chromium, the one Odoo's tests will find too."""
    return next(filter(None, map(shutil.which, NAMES)), None)


def _install() -> None:
    with step("Installing Chromium for the browser tests"):
        environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
        for words in (["update"], ["install", "--yes", "--no-install-recommends", "chromium"]):
            done = subprocess.run(["apt-get", "-q", *words], env=environment, capture_output=True, text=True,
                                  check=False)
            if done.returncode:
                reason = (done.stderr.strip().splitlines() or ["no reason given"])[-1]
                say(f"apt-get {words[0]} failed: {reason}")
                return
