"""What a server has written into its log: what went wrong, and what of that is explained."""

import re
from dataclasses import dataclass
from pathlib import Path

BEGIN = re.compile(r"^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d,\d+ (\d+) (DEBUG|INFO|WARNING|ERROR|CRITICAL) \S+ ([^\s:]+): ")
ANSWER = re.compile(r'"[A-Z]+ \S+ HTTP/[\d.]+" (\d{3}) ')
#: What PostgreSQL says to one of two transactions that cannot both go on: Odoo repeats that one.
CONCURRENCY = re.compile(
    r"could not serialize access|deadlock detected|could not obtain lock|canceling statement due to lock timeout")
REPEATED = re.compile(r"\d+ tries left, try again in")
#: Odoo's queue of mails has met a worker that sends one of them by itself: it leaves off, and begins anew.
QUEUE = re.compile(r"mail_mail|mail_notification|Email Queue Manager")
QUEUE_REFUSED = re.compile(r"could not serialize access|SerializationFailure|current transaction is aborted")
QUEUE_BEGINS = re.compile(r"'Mail: Email Queue Manager' \(\d+\) starting")


@dataclass
class Record:
    """An entry of the log with the lines that belong to it."""

    process: int
    level: str
    logger: str
    text: str

    @property
    def is_error(self) -> bool:
        answer = ANSWER.search(self.text) if self.logger == "werkzeug" else None
        return (self.level in ("ERROR", "CRITICAL") or "Traceback (most recent call last)" in self.text
                or bool(answer and answer[1].startswith("5")))


def read(path: Path) -> list[Record]:
    records: list[Record] = []
    for line in path.read_text(errors="replace").splitlines():
        begin = BEGIN.match(line)
        if begin:
            records.append(Record(int(begin[1]), begin[2], begin[3], line))
        elif records:
            records[-1].text += f"\n{line}"
    return records


def count_repeated(records: list[Record]) -> int:
    """Return how often Odoo has repeated a transaction that met another one."""
    return sum(bool(REPEATED.search(record.text)) for record in records)


def unexplained(records: list[Record], killed: set[int]) -> list[Record]:
    """Return the errors that are neither repeated by Odoo nor the last words of a process that was killed."""
    return [
        record for index, record in enumerate(records)
        if record.is_error and not _is_explained(record, records[index + 1:], killed)
    ]


def _is_explained(record: Record, later: list[Record], killed: set[int]) -> bool:
    """Tell whether it is a statement that was refused for another transaction's sake, and what that led to is known.

    Either the same process says next that it repeats the transaction, or it was killed before it could. The queue of
    mails says nothing of the kind; it is seen to begin again.
    """
    if QUEUE.search(record.text) and QUEUE_REFUSED.search(record.text):
        return any(QUEUE_BEGINS.search(other.text) for other in later)
    if record.logger != "odoo.sql_db" or not CONCURRENCY.search(record.text):
        return False
    following = next((other for other in later if other.process == record.process), None)
    return bool(REPEATED.search(following.text)) if following else record.process in killed
