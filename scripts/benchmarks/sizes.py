"""How large the databases of the benchmark are."""

from dataclasses import dataclass


@dataclass(frozen=True, eq=False)
class Size:
    """A database of the benchmark."""

    name: str
    customers: int
    invoices: int
    #: how often each thing is measured; medians count
    repetitions: int
    #: simulated customers on whom the models alone are compared, and how many times faster they must be
    simulated: dict[int, float]


TINY = Size("tiny", 1_000, 10_000, 5, {})
SMALL = Size("small", 10_000, 100_000, 5, {100_000: 15})
FULL = Size("full", 100_000, 1_000_000, 3, {100_000: 15, 1_000_000: 20})
#: The size that shows how time grows: a tenth of it.
TENTH = {SMALL: TINY, FULL: SMALL}
CHOICE = {size.name: size for size in TENTH}
