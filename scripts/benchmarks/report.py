"""What a benchmark says: bars, what was measured against them, and whether they hold."""

import json
from pathlib import Path
from typing import NamedTuple


class Check(NamedTuple):
    """A bar, what was measured, and whether it holds."""

    name: str
    value: float
    bar: str
    holds: bool


def at_most(name: str, value: float, bar: float) -> Check:
    return Check(name, value, f"≤ {bar:g}", value <= bar)


def at_least(name: str, value: float, bar: float) -> Check:
    return Check(name, value, f"≥ {bar:g}", value >= bar)


def table(checks: list[Check]) -> str:
    """Return a line for each check."""
    width = max(len(check.name) for check in checks)
    return "".join(
        f"{check.name:<{width}}  {check.value:>12.6g}  {check.bar:>9}  {'holds' if check.holds else 'DOES NOT HOLD'}\n"
        for check in checks
    )


def write_json(checks: list[Check], path: Path) -> None:
    """Write them as a list of name, value, bar and holds."""
    figures = [check._asdict() for check in checks]
    path.write_text(json.dumps(figures, indent=2, ensure_ascii=False) + "\n")
