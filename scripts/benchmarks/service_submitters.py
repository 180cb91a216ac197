"""The bar of submitters: many at once by form, portal, mail and API, while the workers of the server are killed."""

from collections.abc import Iterator

from runtime.messages import say, step

from . import database
from .report import Check, at_least, at_most
from .submitting import load, server_log
from .submitting.clients import Target
from .submitting.mailbox import Mailbox
from .submitting.server import WORKERS, Server
from .submitting.submissions import count

#: By form, portal, mail and API each.
EACH = 4


def measure(session) -> Iterator[Check]:
    workshop, seconds = session.workshop, session.size.submitting_seconds
    with session.scratch("submitters") as name, Mailbox() as mailbox:
        where = database.figures(workshop, "benchmarks.submitting.setup", name)
        log = workshop.configuration.with_name("bench-server.log")
        with (
            Server(workshop.environment(), name, log, mailbox.port) as server,
            step(f"{4 * EACH} submitters at once for {seconds} s, {WORKERS} workers, killed twice"),
        ):
            outcome = load.run(server, Target(server.address, **where), mailbox, EACH, seconds)
        found = count(workshop.server, name, outcome.submissions)
    records = server_log.read(log)
    unexplained = server_log.unexplained(records, outcome.killed)
    ways = ", ".join(f"{number} by {way}" for way, number in outcome.by_way().items())
    say(f"Submitted in {outcome.seconds:.0f} s: {ways}. {len(outcome.killed)} processes were killed, which cut off "
        f"{outcome.cut_off} calls; transactions that met others were repeated {server_log.count_repeated(records)} "
        f"times; {len(mailbox)} mails went out")
    for line in (*outcome.refusals()[:5], *(f"lost: {it}" for it in found.lost[:5]),
                 *(f"doubled: {it}" for it in found.doubled[:5]), *(f"half: {it}" for it in found.half[:5]),
                 *(record.text[-600:] for record in unexplained[:5])):
        say(line)
    if unexplained:
        say(f"The server's words are in {log}")
    total = f"of {len(outcome.submissions):,} submissions"
    yield at_least("calls cut off by killing workers", outcome.cut_off, 1)
    yield at_most(f"lost {total}", len(found.lost), 0)
    yield at_most(f"doubled {total}", len(found.doubled), 0)
    yield at_most(f"taken in by halves {total}", len(found.half), 0)
    yield at_most("server errors left unexplained", len(unexplained), 0)
