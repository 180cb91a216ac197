"""``scripts/bench value``: every bar is a function of a session, which measures what is asked of it once."""

import sys
import tempfile
from collections.abc import Callable, Iterator
from functools import cached_property
from pathlib import Path
from statistics import median
from typing import NamedTuple

from runtime import odoo_process
from runtime.messages import say, step

from . import agreement, database, models_alone, population
from .report import Check, at_least, at_most, table, write_json
from .sizes import CHOICE, TENTH, Size
from .usual_library import UsualLibrary

MEMORY_MB = 250
OVER_SELECTS = 1.6
OVER_USUAL = 2.5
EQUAL = 0.999
DASHBOARD_SECONDS = 1
LIKELIHOOD = 1e-3
TOTAL_VALUE = 1e-5


class Comparison(NamedTuple):
    """The models alone and the usual library on the same customers."""

    ratio: float
    #: our log-likelihood less the library's, of purchases and of values
    likelihoods: tuple[float, float]
    #: our total value less the library's, relative
    value: float


class Session:
    """What is measured on the databases of one size, each thing when a check first asks for it."""

    def __init__(self, workshop, size: Size, fresh: bool):
        self.workshop, self.size = workshop, size
        self.as_of = str(population.AS_OF)
        self.tenth = database.ensure(workshop, TENTH[size], fresh)
        self.database = database.ensure(workshop, size, fresh)
        self.usual = UsualLibrary(workshop)

    @cached_property
    def rounds(self) -> list[dict[str, dict]]:
        """The run, the usual pipeline and the run on a tenth, in turns: what else the machine does meets all alike."""
        rounds = []
        for number in range(self.size.repetitions):
            with step(f"Round {number + 1} of {self.size.repetitions}: a run, the usual pipeline, a run on a tenth"):
                rounds.append({
                    "run": self._figures("scoring", self.database, self.as_of),
                    "usual": self.usual.run("score", self.database, self.as_of),
                    "tenth": self._figures("scoring", self.tenth, self.as_of),
                })
        self._say_seconds(rounds)
        return rounds

    @cached_property
    def agreement(self) -> dict[str, float]:
        """By column the share of customers of whom the last round's pipeline has found what our run has."""
        self.rounds  # noqa: B018 (both have written)
        return agreement.compare(self.workshop.server, self.database)

    @cached_property
    def memory(self) -> dict:
        with step("A run in a fresh worker, for its memory"):
            return self._figures("scoring", self.database, self.as_of, "memory")

    @cached_property
    def dashboards(self) -> tuple[dict, dict]:
        """The dashboard as a sales manager opens it, and that of a tenth of the customers."""
        with step("The dashboard, opened by a sales manager"):
            return self._figures("dashboard", self.database), self._figures("dashboard", self.tenth)

    def compared(self, customers: int) -> Comparison:
        """Return how the models alone compare on so many simulated customers, in turns."""
        if customers not in self._comparisons:
            with step(f"The models alone on {customers:,} simulated customers"):
                self._comparisons[customers] = self._compare(customers)
        return self._comparisons[customers]

    @cached_property
    def _comparisons(self) -> dict[int, Comparison]:
        return {}

    def median_of(self, ratio: Callable[[dict], float]) -> float:
        return median(map(ratio, self.rounds))

    def _figures(self, module: str, *words: str) -> dict:
        """Return the figures that a module of the benchmark prints."""
        return database.figures(self.workshop, f"benchmarks.{module}", *words)

    def _compare(self, customers: int) -> Comparison:
        arrays = models_alone.simulate(customers)
        ours, usual = [], []
        # Once and again where it is a matter of seconds; the library needs minutes for a million.
        rounds = 1 if customers > 100_000 else 3
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "customers.npz"
            models_alone.save(arrays, path)
            for _round in range(rounds):
                ours.append(models_alone.value(arrays))
                usual.append(self.usual.run("models", str(path)))
                ours.append(models_alone.value(arrays))
        own, other = ours[-1], usual[-1]
        likelihoods = [models_alone.log_likelihoods(arrays, it["purchases"], it["amounts"]) for it in (own, other)]
        # The quickest of each: what else the machine does only ever adds.
        own_seconds, usual_seconds = (min(it["seconds"] for it in them) for them in (ours, usual))
        say(f"{customers:,} customers: ours {own_seconds:.2f} s, the usual library {usual_seconds:.1f} s")
        return Comparison(
            usual_seconds / own_seconds,
            tuple(a - b for a, b in zip(*likelihoods, strict=True)),
            abs(own["value"] / other["value"] - 1),
        )

    def _say_seconds(self, rounds) -> None:
        def of(who, what):
            return f"{median(turn[who][what] for turn in rounds):.2f} s"

        say(f"A run {of('run', 'seconds')} (measures {of('run', 'seconds_measures')}, models "
            f"{of('run', 'seconds_models')}, writing {of('run', 'seconds_writing')}), its bare SELECTs "
            f"{of('run', 'select')}")
        say(f"The usual pipeline {of('usual', 'seconds')} (invoices {of('usual', 'read')}, models "
            f"{of('usual', 'models')}, all other columns {of('usual', 'further')}, writing {of('usual', 'write')}); "
            f"a run on a tenth {of('tenth', 'seconds')}")
        narrow = median(
            (turn["usual"]["seconds"] - turn["usual"]["further"]) / turn["run"]["seconds"] for turn in rounds)
        say(f"Without those other columns, which our run has all the same, the pipeline would take {narrow:.2f} times "
            "as long as a run")


# -- the bars: each is a function that gives one check or several


def run_against_its_selects(session: Session) -> Iterator[Check]:
    ratio = session.median_of(lambda turn: turn["run"]["seconds"] / turn["run"]["select"])
    yield at_most("complete run / bare SELECTs of its measures", ratio, OVER_SELECTS)


def run_against_the_usual_pipeline(session: Session) -> Iterator[Check]:
    ratio = session.median_of(lambda turn: turn["usual"]["seconds"] / turn["run"]["seconds"])
    yield at_least("usual pipeline / complete run", ratio, OVER_USUAL)
    column, share = next(iter(session.agreement.items()))
    yield at_least("columns equal to the pipeline's, share of customers", share, EQUAL)
    say(f"The pipeline has {len(session.agreement)} columns as our run has them, the least equal one is {column}; not "
        f"compared are those by a model of purchases ({', '.join(agreement.MODELLED)})")


def models_against_the_usual_library(session: Session) -> Iterator[Check]:
    for customers, bar in session.size.simulated.items():
        compared = session.compared(customers)
        label = f"{customers:,} customers"
        yield at_least(f"usual library / models alone, {label}", compared.ratio, bar)
        for name, difference in zip(("purchases", "values"), compared.likelihoods, strict=True):
            yield at_least(f"log-likelihood of {name} less the library's, {label}", difference, -LIKELIHOOD)
        yield at_most(f"total value against the library's, {label}", compared.value, TOTAL_VALUE)


def growth(session: Session) -> Iterator[Check]:
    size, tenth = session.size, TENTH[session.size]
    ratio = session.median_of(lambda turn: turn["run"]["seconds"] / turn["tenth"]["seconds"])
    name = f"growth of time / of customers, {tenth.customers:,} to {size.customers:,}"
    yield at_most(name, ratio / (size.customers / tenth.customers), 1)


def memory(session: Session) -> Iterator[Check]:
    yield at_most("memory added to the worker, MB", session.memory["added_mb"], MEMORY_MB)


def dashboard(session: Session) -> Iterator[Check]:
    page, tenth = session.dashboards
    say(f"The dashboard takes {page['queries']} queries; of {TENTH[session.size].customers:,} customers "
        f"{tenth['queries']} and {tenth['seconds']:.2f} s")
    yield at_most("dashboard: queries more or less than on a tenth", abs(page["queries"] - tenth["queries"]), 0)
    yield at_most("dashboard opened by a manager, s", page["seconds"], DASHBOARD_SECONDS)


CHECKS = (
    memory,
    run_against_its_selects,
    run_against_the_usual_pipeline,
    growth,
    dashboard,
    models_against_the_usual_library,
)


def main(options) -> int:
    """Measure, print a table and write the figures; returns 1 when a bar does not hold."""
    workshop = odoo_process.prepare()
    session = Session(workshop, CHOICE[options.size], options.fresh)
    checks = [check for function in CHECKS for check in function(session)]
    sys.stdout.write(f"{session.size.customers:,} customers, {session.size.invoices:,} invoices\n{table(checks)}")
    if options.json:
        write_json(checks, options.json)
    return 0 if all(check.holds for check in checks) else 1
