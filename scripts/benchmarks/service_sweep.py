"""The sweep of promises: what it notes and takes up when one running target in a hundred is due, against the bare UPDATE.

What an escalation then does (it writes to people, plans activities, raises priorities) is timed apart: it is as much as
somebody has set up, and not the sweep's.
"""

import json
import sys
import time
from collections.abc import Iterator
from statistics import median
from unittest.mock import patch

from odoo.tools import SQL

from runtime.messages import Problem, say, step

from . import bulk
from .odoo_session import environment
from .report import Check, at_most

TIMES = 2
#: Of so many running targets one is due.
DUE = 100
#: Open cases for a hundred running targets, as `service_cases.py` makes them.
CASES_PER_HUNDRED = 62
RUNNING = SQL("done_date IS NULL AND withdrawn_date IS NULL")


def measure(session) -> Iterator[Check]:
    size = session.size
    name = session.filled(0, size.targets * CASES_PER_HUNDRED // 100)
    with step("Sweeps, and bare updates of the same rows in turns"):
        it = session.figures("service_sweep", name, size.targets, size.rounds)
    say(f"{it['running']:,} running targets, {it['due']:,} of them due, with {it['escalations']} escalations; a sweep "
        f"{1000 * it['sweep']:.0f} ms, the bare updates {1000 * it['bare']:.0f} ms; what the escalations do "
        f"{it['effects']:.1f} s")
    say("The bare updates: that of the missed targets by their ids, and that of the escalations by theirs")
    yield at_most(f"sweep of {size.targets:,} running targets, 1 % due / bare UPDATEs", it["ratio"], TIMES)


class Round:
    """A hundredth of the running targets, made due; noted by the sweep and by bare updates."""

    def __init__(self, env):
        self.env, self.effects = env, 0.0
        self.targets = self._ids(
            """
            SELECT id FROM service_case_target
             WHERE %s AND breach_date IS NULL AND deadline > now() AT TIME ZONE 'UTC'
             ORDER BY hashint4(id) LIMIT (SELECT count(*) / %s FROM service_case_target WHERE %s)
            """, RUNNING, DUE, RUNNING)
        self.escalations = self._ids(
            """
            SELECT row.id FROM service_case_escalation row JOIN service_escalation it ON it.id = row.escalation_id
             WHERE row.target_id = ANY(%s) AND row.done_date IS NULL AND it.moment = 'at'
            """, self.targets)

    def _ids(self, query: str, *values) -> list[int]:
        return [id_ for id_, in self.env.execute_query(SQL(query, *values))]

    def make_due(self) -> None:
        """Let the deadlines have passed half a minute ago, and what was to happen before have happened."""
        passed = SQL("now() AT TIME ZONE 'UTC' - interval '30 seconds'")
        for statement in (
            SQL("UPDATE service_case_target SET deadline = %s, warning_date = %s - interval '1 hour', breach_date = NULL"
                " WHERE id = ANY(%s)", passed, passed, self.targets),
            SQL("UPDATE service_case SET deadline = %s, warning_date = %s - interval '1 hour' WHERE id IN"
                " (SELECT case_id FROM service_case_target WHERE id = ANY(%s))", passed, passed, self.targets),
            SQL("UPDATE service_case_escalation SET done_date = due_date"
                " WHERE target_id = ANY(%s) AND done_date IS NULL", self.targets),
            SQL("UPDATE service_case_escalation SET due_date = %s, done_date = NULL WHERE id = ANY(%s)",
                passed, self.escalations),
        ):
            self.env.cr.execute(statement)
        self.env.cr.commit()
        self.env.invalidate_all()
        _tidy(self.env)

    def bare(self) -> float:
        started = time.perf_counter()
        self.env.cr.execute(SQL(
            "UPDATE service_case_target SET breach_date = now() AT TIME ZONE 'UTC', write_date = now() AT TIME ZONE 'UTC'"
            " WHERE id = ANY(%s)", self.targets))
        self.env.cr.execute(SQL(
            "UPDATE service_case_escalation SET done_date = now() AT TIME ZONE 'UTC' WHERE id = ANY(%s)",
            self.escalations))
        self.env.cr.commit()
        return time.perf_counter() - started

    def sweep(self) -> float:
        """Sweep; return how long it took without what the escalations did, from when they were taken up."""
        escalations = type(self.env["service.case.escalation"])
        take_due, self.effects, taken = escalations._take_due, 0.0, []

        def watched(rows):
            if taken:
                self.effects += time.perf_counter() - taken.pop()
            due = take_due(rows)
            if due:
                taken.append(time.perf_counter())
            return due

        with patch.object(escalations, "_take_due", watched):
            started = time.perf_counter()
            self.env["service.case.escalation"]._cron_sweep()
            ended = time.perf_counter()
        self.effects += sum(ended - moment for moment in taken)
        self._check()
        return ended - started - self.effects

    def _check(self) -> None:
        """Raise RuntimeError unless the sweep has noted what is due, and nothing else."""
        [(noted,)] = self.env.execute_query(SQL(
            "SELECT count(breach_date) FROM service_case_target WHERE id = ANY(%s)", self.targets))
        [(happened,)] = self.env.execute_query(SQL(
            "SELECT count(done_date) FILTER (WHERE failure IS NULL) FROM service_case_escalation WHERE id = ANY(%s)",
            self.escalations))
        if (noted, happened) != (len(self.targets), len(self.escalations)):
            raise RuntimeError(f"of {len(self.targets)} due targets {noted} were noted, and of "
                               f"{len(self.escalations)} escalations {happened} happened")


def _tidy(env) -> None:
    """Let both find the tables as autovacuum leaves them, and begin with pages that were written out."""
    bulk.tidy(env, ("service_case_target", "service_case_escalation", "service_case"))
    [(superuser,)] = env.execute_query(SQL("SELECT rolsuper FROM pg_roles WHERE rolname = current_user"))
    if superuser:
        env.cr.execute(SQL("CHECKPOINT"))


def compare(env, rounds: int) -> dict:
    """Return how long the sweep and the bare updates take, and the median of the rounds' ratios."""
    spent, last = [], None
    for number in range(rounds + 1):
        last = Round(env)
        seconds = {}
        # who comes first changes: the second finds the pages in memory
        for way in ("sweep", "bare") if number % 2 else ("bare", "sweep"):
            last.make_due()
            seconds[way] = getattr(last, way)()
        if number:
            spent.append((seconds["sweep"], seconds["bare"], last.effects))
    return {
        "sweep": median(sweep for sweep, _bare, _effects in spent),
        "bare": median(bare for _sweep, bare, _effects in spent),
        "effects": median(effects for *_seconds, effects in spent),
        "ratio": median(sweep / bare for sweep, bare, _effects in spent),
        "due": len(last.targets), "escalations": len(last.escalations),
    }


def main(database: str, targets: str, rounds: str) -> int:
    with environment(database) as env:
        # what was due when the cases were made is not what is measured
        env["service.case.escalation"]._cron_sweep()
        [(running,)] = env.execute_query(SQL("SELECT count(*) FROM service_case_target WHERE %s", RUNNING))
        if running < int(targets):
            raise Problem(f"{running:,} running targets are fewer than {int(targets):,}: raise CASES_PER_HUNDRED.")
        figures = {"running": running, **compare(env, int(rounds))}
    sys.stdout.write(f"{json.dumps(figures)}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
