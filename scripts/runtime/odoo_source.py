"""Odoo 19 Community: the one the user names, else Debian's package, unpacked into the cache."""

import os
import re
import shutil
from dataclasses import dataclass
from pathlib import Path

from . import debian
from .guard import facts, whole_folder
from .messages import Problem, step
from .places import cache_dir

SERIES = "19.0"

# Debian's odoo-19 refers to fonts and scripts of these packages by relative links. The two with a suite have
# moved their files since and fit in the version of that release only.
PACKAGES = [
    "odoo-19/unstable", "fonts-roboto-unhinted", "fonts-montserrat", "fonts-font-awesome/bookworm",
    "fonts-inconsolata/bookworm", "fonts-ocr-b", "libjs-jquery", "libjs-jquery-form", "libjs-underscore",
]
# Debian leaves this file out (it has no free source); the bundle that lists it complains unless it is there.
LEFT_OUT = "mail/static/lib/selfie_segmentation/selfie_segmentation.js"


@dataclass(frozen=True)
class OdooSource:
    """Where Odoo is: `python_path` makes ``import odoo`` work, `addons` are its add-on folders."""

    python_path: Path
    addons: tuple[Path, ...]

    @property
    def identity(self) -> str:
        """What a prepared database depends on: the place and the exact release."""
        release = (self.python_path / "odoo" / "release.py").stat()
        return f"{self.python_path}:{release.st_mtime_ns}"


def find() -> OdooSource:
    """Return the Odoo to use, preparing it if need be; raises Problem when none can be had."""
    named = os.environ.get("ODOO_SOURCE")
    return at_folder(Path(named).expanduser().resolve(), "ODOO_SOURCE") if named else _from_debian()


def at_folder(root: Path, origin: str = "The Odoo in use") -> OdooSource:
    """Return the Odoo of a source checkout, of a folder with the installed package, or the package itself.

    Raises Problem naming `origin` when there is none, or one of another series.
    """
    if (root / "release.py").exists() and root.name == "odoo":
        root = root.parent
    release = root / "odoo" / "release.py"
    if not release.exists():
        raise Problem(f"{origin} is {root}, but there is no Odoo in it: it must be the folder that holds 'odoo'.")
    found = re.search(r"^version_info = \((\d+), (\d+)", release.read_text(), re.MULTILINE)
    if not found or f"{found[1]}.{found[2]}" != SERIES:
        raise Problem(f"{origin} is an Odoo of another series: CRM+ needs Odoo {SERIES}.")
    addons = tuple(folder for folder in (root / "addons", root / "odoo" / "addons") if folder.is_dir())
    return OdooSource(root, addons)


def _from_debian() -> OdooSource:
    home = cache_dir() / "odoo-19"
    packages = home / "usr/lib/python3/dist-packages"
    if not _is_sound(home) or facts(home) is None:
        _unpack_debian(home, packages.relative_to(home))
    return at_folder(packages)


def _unpack_debian(home: Path, packages: Path) -> None:
    with whole_folder(home, "preparing Odoo", _is_sound) as draft:
        if draft is None:
            return
        with step("Fetching Odoo 19 from Debian (about 130 MB)"):
            apt = debian.Apt(cache_dir() / "apt", ("unstable", "bookworm"))
            apt.update()
            debs = apt.download(PACKAGES, draft / "debs")
        with step("Unpacking Odoo"):
            debian.unpack(debs, draft)
            shutil.rmtree(draft / "debs")
            left_out = draft / packages / "odoo/addons" / LEFT_OUT
            left_out.parent.mkdir(parents=True, exist_ok=True)
            left_out.touch()


def _is_sound(home: Path) -> bool:
    """A look at the ends of the tree: enough to notice one that somebody has cleaned away in part."""
    addons = home / "usr/lib/python3/dist-packages/odoo/addons"
    return all((addons / name).exists() for name in (
        "base/__manifest__.py", "web/static/src/main.js", "crm/__manifest__.py", "sale_margin/__manifest__.py",
        "web/static/src/libs/fontawesome/fonts/fontawesome-webfont.woff2"))
