"""What was submitted, and what the database has of it: nothing lost, nothing doubled, nothing half."""

from collections import Counter
from contextlib import closing
from dataclasses import dataclass, field
from typing import NamedTuple

import psycopg2


@dataclass
class Submission:
    """One thing that somebody wants the service to know, however often it is sent."""

    #: in its subject, and nowhere else
    reference: str
    #: form, portal, mail or api
    way: str
    #: an answer on a case instead of a case of its own
    is_reply: bool = False
    has_file: bool = False
    #: how often it was cut off and sent again
    cut_off: int = 0
    acknowledged: bool = False
    #: what the server has said instead of acknowledging it
    refusals: list[str] = field(default_factory=list)

    @property
    def subject(self) -> str:
        return f"Lamp {self.reference} is broken"

    @property
    def file_name(self) -> str:
        return f"{self.reference}.txt"

    @property
    def file_content(self) -> bytes:
        return f"What happened: {self.reference}\n".encode() * 200


class Count(NamedTuple):
    """What became of the submissions: their references."""

    lost: list[str]
    doubled: list[str]
    #: cases without a number, a promise or their file
    half: list[str]


def count(server, database: str, submissions: list[Submission]) -> Count:
    """Return what is missing in the database, and what is there more than once."""
    with closing(psycopg2.connect(dbname=database, **server.libpq())) as connection, connection.cursor() as cursor:
        found = _Found(cursor, submissions)
    result = Count([], [], [])
    for submission in submissions:
        if not found.places(submission) or not submission.acknowledged:
            result.lost.append(submission.reference)
        elif found.is_doubled(submission):
            result.doubled.append(submission.reference)
        elif not found.is_whole(submission):
            result.half.append(submission.reference)
    return result


class _Found:
    """What the database has of the submissions, by reference."""

    def __init__(self, cursor, submissions: list[Submission]):
        def rows(query: str, words: list[str]) -> list[tuple]:
            cursor.execute(query, (words,))
            return cursor.fetchall()

        references = [submission.reference for submission in submissions]
        self.cases = Counter(reference for reference, in rows(
            "SELECT split_part(name, ' ', 2) FROM service_case WHERE split_part(name, ' ', 2) = ANY(%s)", references))
        self.messages = Counter(reference for reference, in rows(
            """
            SELECT split_part(subject, ' ', 2) FROM mail_message
             WHERE model = 'service.case' AND message_type = 'email' AND split_part(subject, ' ', 2) = ANY(%s)
            """, references))
        self.files = Counter(rows(
            """
            SELECT attachment.name, attachment.file_size
              FROM ir_attachment attachment
              JOIN service_case kept ON kept.id = attachment.res_id
             WHERE attachment.res_model = 'service.case' AND attachment.name = ANY(%s)
            """, [submission.file_name for submission in submissions]))
        self.promised = {reference for reference, in rows(
            """
            SELECT split_part(name, ' ', 2) FROM service_case kept
             WHERE number <> '' AND split_part(name, ' ', 2) = ANY(%s)
               AND EXISTS (SELECT FROM service_case_target target WHERE target.case_id = kept.id)
            """, references)}

    def places(self, submission: Submission) -> int:
        """Return how many cases it has made, or on how many it is an answer."""
        return (self.messages if submission.is_reply else self.cases)[submission.reference]

    def is_doubled(self, submission: Submission) -> bool:
        cases, messages = self.cases[submission.reference], self.messages[submission.reference]
        return (cases > (not submission.is_reply) or messages > (submission.way == "mail")
                or self.files[submission.file_name, len(submission.file_content)] > submission.has_file)

    def is_whole(self, submission: Submission) -> bool:
        has_file = self.files[submission.file_name, len(submission.file_content)]
        return has_file == submission.has_file and (submission.is_reply or submission.reference in self.promised)
