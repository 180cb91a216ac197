"""The pieces of the benchmark with many submitters, and a short load with a kill."""

import json
import os
import smtplib
import subprocess
import sys
import tempfile
import unittest
from email.message import EmailMessage
from pathlib import Path

from benchmarks.submitting import load, server_log
from benchmarks.submitting.clients import Target
from benchmarks.submitting.mailbox import Mailbox
from benchmarks.submitting.server import Server
from benchmarks.submitting.submissions import Submission, count

from .common import CHECKOUT, ScratchDatabase, ready_database

STAMP = "2026-11-22 03:00:00,123"
REFUSED = f"{STAMP} 7 ERROR db odoo.sql_db: bad query: UPDATE x\nERROR: could not serialize access due to update"


class TestServerLog(unittest.TestCase):
    def unexplained(self, *lines: str, killed=()) -> list[str]:
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "server.log"
            path.write_text("".join(f"{line}\n" for line in lines))
            return [record.text for record in server_log.unexplained(server_log.read(path), set(killed))]

    def test_nothing_wrong(self):
        self.assertEqual(self.unexplained(
            f"{STAMP} 7 INFO db werkzeug: 127.0.0.1 - - [22/Nov/2026 03:00:00] \"POST /500 HTTP/1.1\" 200 - 5 0.1 0.1",
            f"{STAMP} 7 WARNING db odoo.addons: beware"), [])

    def test_errors_tracebacks_and_broken_answers(self):
        lines = (
            f"{STAMP} 7 ERROR db odoo.http: something broke",
            f"{STAMP} 7 WARNING db odoo.http: told\nTraceback (most recent call last):\n  File x",
            f"{STAMP} 7 INFO ? werkzeug: 127.0.0.1 - - [22/Nov/2026 03:00:00] \"GET /x HTTP/1.1\" 500 - 5 0.1 0.1",
        )
        self.assertEqual(self.unexplained(*lines), list(lines))

    def test_statement_that_is_repeated_is_explained(self):
        other = f"{STAMP} 8 INFO db odoo.http: another process"
        repeated = f"{STAMP} 7 INFO db odoo.service.model: SERIALIZATION_FAILURE, 4 tries left, try again in 0.3 sec..."
        self.assertEqual(self.unexplained(REFUSED, other, repeated), [])
        gave_up = f"{STAMP} 7 INFO db odoo.service.model: SERIALIZATION_FAILURE, maximum number of tries reached!"
        self.assertEqual(self.unexplained(REFUSED, other, gave_up), [REFUSED])

    def test_queue_of_mails_that_begins_again_is_explained(self):
        job = "odoo.addons.base.models.ir_cron: Job 'Mail: Email Queue Manager' (3)"
        failed = f"{STAMP} 7 ERROR db {job} server action #132 failed\nERROR: current transaction is aborted"
        self.assertEqual(self.unexplained(failed, f"{STAMP} 9 INFO db {job} starting"), [])
        self.assertEqual(self.unexplained(failed), [failed])

    def test_last_words_of_a_killed_process(self):
        self.assertEqual(self.unexplained(REFUSED, killed=[7]), [])
        self.assertEqual(self.unexplained(REFUSED, killed=[8]), [REFUSED])
        broken = f"{STAMP} 7 ERROR db odoo.http: something broke"
        self.assertEqual(self.unexplained(broken, killed=[7]), [broken], "a kill lets nothing break before it")


class TestMailbox(unittest.TestCase):
    def test_messages_arrive_as_they_were_sent(self):
        message = EmailMessage()
        message["Subject"] = "Grüße"
        message.set_content("one\n.two\n..three\n")
        with Mailbox() as mailbox:
            self.assertIsNone(mailbox.first("nora@example.com"))
            with smtplib.SMTP("127.0.0.1", mailbox.port) as smtp:
                smtp.send_message(message, "us@example.com", ["Nora@example.com", "bob@example.com"])
            arrived = mailbox.first("nora@example.com", seconds=5)
            self.assertEqual(arrived["Subject"], "Grüße")
            self.assertEqual(arrived.get_content().splitlines(), ["one", ".two", "..three"])
            self.assertEqual(len(mailbox), 2)


class TestLoad(unittest.TestCase):
    """Eight submitters for some seconds, all workers of whose server are killed in the midst of it."""

    EACH, SECONDS = 2, 8

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.database = ScratchDatabase("load", ready_database())
        cls.addClassCleanup(cls.database.drop)
        done = subprocess.run([sys.executable, "-m", "benchmarks.submitting.setup", cls.database.name],
                              capture_output=True, text=True, check=False, cwd=CHECKOUT / "scripts")
        if done.returncode:
            raise AssertionError(done.stderr[-3000:])
        where = json.loads(done.stdout.splitlines()[-1])
        folder = tempfile.TemporaryDirectory()
        cls.addClassCleanup(folder.cleanup)
        cls.log = Path(folder.name) / "server.log"
        with Mailbox() as mailbox, Server(dict(os.environ), cls.database.name, cls.log, mailbox.port) as server:
            cls.outcome = load.run(server, Target(server.address, **where), mailbox, cls.EACH, cls.SECONDS,
                                   [load.Kill(0.5, 1.0)])

    def count(self, *submissions: Submission):
        return count(self.database.databases.server, self.database.name, list(submissions))

    def test_nothing_is_lost_doubled_or_half(self):
        submissions = self.outcome.submissions
        self.assertEqual(self.outcome.refusals(), [])
        self.assertEqual({submission.way for submission in submissions}, {"form", "portal", "mail", "api"})
        self.assertGreaterEqual(self.outcome.cut_off, 1, "the kill met nobody")
        self.assertEqual(tuple(self.count(*submissions)), ([], [], []))

    def test_server_had_no_error_of_its_own(self):
        unexplained = server_log.unexplained(server_log.read(self.log), self.outcome.killed)
        self.assertEqual([record.text for record in unexplained], [])

    def test_what_is_missing_or_too_much_is_found(self):
        known = next(submission for submission in self.outcome.submissions if submission.way == "api")
        self.assertEqual(self.count(Submission("api-x", "api", acknowledged=True)).lost, ["api-x"])
        self.assertEqual(self.count(Submission(known.reference, "api")).lost, [known.reference], "not acknowledged")
        half = Submission(known.reference, "api", has_file=True, acknowledged=True)
        self.assertEqual(self.count(half).half, [known.reference])
        self.database.shell(f"""
case = env['service.case'].search([('name', '=', '{known.subject}')])
case.copy({{'name': case.name}})
env.cr.commit()
""")
        self.assertEqual(self.count(known).doubled, [known.reference])
