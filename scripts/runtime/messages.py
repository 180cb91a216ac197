"""What the scripts tell the person at the terminal: steps, progress, and one sentence when it fails."""

import sys
import time
from contextlib import contextmanager


class Problem(Exception):
    """Something the user can mend; its text is one sentence with the remedy."""


def say(text: str) -> None:
    """Print one line of progress, at once and beside the output that scripts are piped for."""
    print(f"· {text}", file=sys.stderr, flush=True)


@contextmanager
def step(text: str):
    """Announce a step that may take long and say how long it took."""
    say(f"{text} …")
    started = time.monotonic()
    yield
    say(f"{text}: done in {time.monotonic() - started:.0f} s")


class Progress:
    """A bar on a terminal, a line every tenth elsewhere (logs stay readable).

    Call it with the amount done so far: ``bar(3)``; `total` and the amounts share one unit.
    """

    WIDTH = 30

    def __init__(self, text: str, total: float):
        self.text, self.total = text, max(total, 1)
        self._printed = -1
        self._terminal = sys.stderr.isatty()

    def __call__(self, done: float) -> None:
        share = min(done / self.total, 1.0)
        percent = int(share * 100)
        if percent // (1 if self._terminal else 10) <= self._printed // (1 if self._terminal else 10):
            return
        self._printed = percent
        if self._terminal:
            bar = "█" * int(share * self.WIDTH)
            end = "\n" if percent == 100 else ""
            print(f"\r  {self.text} {bar:<{self.WIDTH}} {percent:3d} %", file=sys.stderr, end=end, flush=True)
        else:
            print(f"  {self.text} {percent:3d} %", file=sys.stderr, flush=True)


class Stages:
    """Shows the progress of work in stages: a bar for each of which the extent is known, a line for the others.

    Call it with the stage, the amount done of it and its total (0: not known).
    """

    def __init__(self):
        self._shown, self._bar = None, None

    def __call__(self, stage: str, done: float, total: float) -> None:
        if self._shown != (stage, total):
            self._shown = (stage, total)
            self._bar = Progress(stage, total) if total else None
            if not total:
                print(f"  {stage} …", file=sys.stderr, flush=True)
        if self._bar:
            self._bar(done)


def guarded(main):
    """Run `main()` as a script's body: a :class:`Problem` ends it with its sentence and status 1."""
    try:
        sys.exit(main())
    except Problem as problem:
        print(f"✗ {problem}", file=sys.stderr)
        sys.exit(1)
    except KeyboardInterrupt:
        print("✗ Interrupted. What was finished is kept; run it again to go on.", file=sys.stderr)
        sys.exit(130)
