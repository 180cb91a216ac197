"""Progress on standard error: a bar on a terminal, a line per tenth elsewhere."""
import sys
from typing import TextIO

WIDTH = 30


class Progress:
    """Show how far a step is: call it with what is done, the total and the step's name."""

    def __init__(self, stream: TextIO | None = None):
        self.stream = stream or sys.stderr
        self.shown: tuple[str, int] | None = None

    def __call__(self, done: int, total: int, step: str) -> None:
        tenths = 10 * done // total if total else 10
        if self.stream.isatty():
            filled = WIDTH * done // total if total else WIDTH
            bar = "█" * filled + "░" * (WIDTH - filled)
            end = "\n" if done >= total else ""
            self.stream.write(f"\r{step:<28} {bar} {done:,} of {total:,}{end}")
        elif self.shown != (step, tenths):
            self.stream.write(f"{step}: {done:,} of {total:,}\n")
        self.shown = (step, tenths)
        self.stream.flush()
