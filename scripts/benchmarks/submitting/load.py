"""A load on a server: who submits for how long, when its workers are killed, and what was seen of it."""

import contextlib
import threading
import time
from dataclasses import dataclass
from typing import NamedTuple

from runtime.messages import Problem

from .clients import PATIENCE, SUBMITTERS, Target, submitters
from .mailbox import Mailbox
from .server import Server
from .submissions import Submission


class Kill(NamedTuple):
    """A share of the workers that is killed when a part of the time is over."""

    moment: float
    share: float


#: Some of the workers, and later all of them.
KILLS = (Kill(1 / 3, 0.5), Kill(2 / 3, 1.0))


@dataclass
class Outcome:
    submissions: list[Submission]
    killed: set[int]
    seconds: float

    @property
    def cut_off(self) -> int:
        return sum(submission.cut_off for submission in self.submissions)

    def by_way(self) -> dict[str, int]:
        ways = [submission.way for submission in self.submissions]
        return {way: ways.count(way) for way in dict.fromkeys(ways)}

    def refusals(self) -> list[str]:
        return [f"{submission.reference}: {refusal}"
                for submission in self.submissions for refusal in submission.refusals]


def run(server: Server, target: Target, mailbox: Mailbox, each: int, seconds: float, kills=KILLS) -> Outcome:
    """Let so many of each way submit at once, and kill workers meanwhile; return when all have ended."""
    begin = threading.Barrier(each * len(SUBMITTERS) + 1)
    crowd = submitters(each, target, mailbox, begin, seconds)
    for submitter in crowd:
        submitter.start()
    with contextlib.suppress(threading.BrokenBarrierError):  # one of them has an error, which is told below
        begin.wait(PATIENCE)
    started, killed = time.monotonic(), set()
    for kill in kills:
        time.sleep(max(0.0, started + kill.moment * seconds - time.monotonic()))
        killed.update(server.kill(kill.share))
    for submitter in crowd:
        submitter.join()
    failures = [submitter for submitter in crowd if submitter.error]
    failures.sort(key=lambda submitter: isinstance(submitter.error, threading.BrokenBarrierError))
    if failures:
        raise Problem(f"A submitter has given up ({failures[0].name}: {failures[0].error!r}): "
                      f"the server's words are in {server.log}.") from failures[0].error
    submissions = [submission for submitter in crowd for submission in submitter.submissions]
    return Outcome(submissions, killed, time.monotonic() - started)
