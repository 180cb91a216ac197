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


@dataclass(frozen=True, eq=False)
class ServiceSize:
    """How much customer service is measured on."""

    name: str
    #: the cases of the larger database, and of the smaller one that it is compared with; how many of them are open
    cases: int
    few_cases: int
    open_cases: int
    few_open_cases: int
    #: open targets that are swept, of which one in a hundred is due
    targets: int
    #: rounds, and the messages that each side takes in during one
    rounds: int
    messages: int
    #: cases whose deadlines are counted in one batch
    deadlines: int
    #: how long all submitters are at it
    submitting_seconds: int


SERVICE_SMALL = ServiceSize("small", 100_000, 10_000, 10_000, 2_000, 100_000, 5, 40, 10_000, 20)
SERVICE_FULL = ServiceSize("full", 1_000_000, 10_000, 20_000, 2_000, 1_000_000, 9, 100, 10_000, 120)
SERVICE_CHOICE = {size.name: size for size in (SERVICE_SMALL, SERVICE_FULL)}


@dataclass(frozen=True, eq=False)
class CrmSize:
    """How much the sales side is measured on."""

    name: str
    #: the databases with many invoices and with few, and how many documents the customer has in each
    many: Size
    few: Size
    documents: int
    few_documents: int
    #: on the pipeline
    opportunities: int
    #: among which duplicates are looked up, and rows of the file that is imported
    leads: int
    imported: int


CRM_SMALL = CrmSize("small", SMALL, TINY, 1_000, 10, 5_000, 100_000, 2_000)
CRM_FULL = CrmSize("full", FULL, TINY, 10_000, 10, 50_000, 1_000_000, 10_000)
CRM_CHOICE = {size.name: size for size in (CRM_SMALL, CRM_FULL)}
