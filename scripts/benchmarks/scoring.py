"""``python -m benchmarks.scoring DATABASE AS_OF``: complete runs in an Odoo worker; prints their figures as JSON.

With ``memory`` as third word a single run in a fresh process, and what it adds to the memory; else a run and the bare
statements of its measures, after one run to warm up.
"""

import json
import sys
import time
from contextlib import contextmanager
from pathlib import Path

from .odoo_session import environment


class Statements(list):
    """The statements that `customer.measures` executes while it is watched."""

    @contextmanager
    def watched(self, env):
        model, cursor = type(env["customer.measures"]), type(env.cr)
        measure, execute = model._measure, cursor.execute
        statements, inside = self, []

        def watched_measure(records, *args, **options):
            inside.append(True)
            try:
                return measure(records, *args, **options)
            finally:
                inside.pop()

        def watched_execute(cr, query, params=None, *args, **options):
            result = execute(cr, query, params, *args, **options)
            if inside:
                statements.append(cr._obj.query)  # as it was sent, with its values
            return result

        model._measure, cursor.execute = watched_measure, watched_execute
        try:
            yield self
        finally:
            model._measure, cursor.execute = measure, execute

    def seconds(self, env) -> float:
        """Return how long they take alone: executed, their rows received, nothing made of them."""
        with env.cr._cnx.cursor() as cursor:
            started = time.perf_counter()
            for statement in self:
                cursor.execute(statement)
            return time.perf_counter() - started


def complete_run(env, as_of: str) -> float:
    """Score and commit; return how long it took. Raises RuntimeError when the run failed."""
    started = time.perf_counter()
    run = env["customer.score.run"].create({"as_of": as_of})
    run._execute()
    env.cr.commit()
    seconds = time.perf_counter() - started
    if run.state != "done":
        raise RuntimeError(run.failure)
    return seconds


def measure_time(env, as_of: str) -> dict:
    statements = Statements()
    with statements.watched(env):
        complete_run(env, as_of)
    seconds = complete_run(env, as_of)
    run = env["customer.score.run"].search([], limit=1)
    laps = {name: run[name] for name in ("seconds_measures", "seconds_models", "seconds_writing")}
    bare = statements.seconds(env)
    return {"seconds": seconds, "select": bare, "customers": run.customers, **laps}


def measure_memory(env, as_of: str) -> dict:
    """Return what a run adds at most to the memory of a worker that has not scored before."""
    env["customer.score"].search([], limit=1)
    Path("/proc/self/clear_refs").write_text("5")  # the peak counts from here
    before = _status("VmRSS")
    complete_run(env, as_of)
    return {"added_mb": (_status("VmHWM") - before) / 1024, "before_mb": before / 1024}


def _status(name: str) -> int:
    """Return a number of kilobytes from what Linux says of this process."""
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith(f"{name}:"))


def main(database: str, as_of: str, what: str = "time") -> int:
    with environment(database) as env:
        figures = {"time": measure_time, "memory": measure_memory}[what](env, as_of)
    sys.stdout.write(f"{json.dumps(figures)}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
