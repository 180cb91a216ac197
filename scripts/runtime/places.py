"""Where things are: the checkout, the user's cache, and where a server of another user can reach."""

import hashlib
import os
from pathlib import Path

from .messages import Problem

CHECKOUT = Path(__file__).resolve().parents[2]
MODULES = ("crm_plus", "crm_plus_service", "crm_plus_analytics")


def industries() -> list[str]:
    """Return the names of the industries that there are demo companies of."""
    return sorted(path.parent.name for path in (CHECKOUT / MODULES[0] / "industry").glob("*/demo.json"))


def cache_dir() -> Path:
    """Return the folder that holds everything large, shared by all checkouts of the user."""
    home = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    if not home.is_absolute():
        raise Problem(f"XDG_CACHE_HOME must be an absolute path, not {str(home)!r}: set it to one, or unset it.")
    folder = home / "crm_plus"
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise Problem(f"The cache folder {folder} cannot be made ({error.strerror}): "
                      "set XDG_CACHE_HOME to a folder that you may write to.") from None
    return folder


def cluster_home() -> Path:
    """Return the folder of the embedded PostgreSQL server.

    It stands in the cache, except for root with a cache that other users cannot enter: the server then runs
    as another user, so it stands in the machine's own cache, one folder for each user's cache.
    """
    cache = cache_dir()
    if os.geteuid() != 0 or _everybody_may_enter(cache):
        return cache / "postgres"
    key = hashlib.sha256(str(cache).encode()).hexdigest()[:8]
    return Path("/var/cache") / f"crm_plus-{key}" / "postgres"


def _everybody_may_enter(folder: Path) -> bool:
    return all(parent.stat().st_mode & 0o001 for parent in (folder, *folder.parents))
