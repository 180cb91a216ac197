"""What Odoo tests of its own sales apps turns out with CRM+ installed as it does without.

Some of Odoo's tests fail in some builds without CRM+ too: what counts is that it is the same ones.
"""

import re
import socket
import subprocess
import sys
import unittest
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from typing import NamedTuple

from .common import CHECKOUT, ScratchDatabase, ready_database

TESTED = ("sales_team", "crm", "sale_crm")
TAGS = ",".join(f"/{module}" for module in TESTED)
BROKEN = re.compile(r" (?:FAIL|ERROR): (?:Subtest )?(\w+\.\w+)")
COUNTED = re.compile(r"(\d+) failed, (\d+) error\(s\) of (\d+) tests")
MINUTES = 12


class Outcome(NamedTuple):
    """What came of a run of Odoo's tests."""

    tests: int
    broken: set[str]


class TestOdooOwnTests(unittest.TestCase):
    """One run without and one with the three add-ons, side by side."""

    maxDiff = None

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        runs = {"without": ScratchDatabase("without"), "with": ScratchDatabase("with", ready_database())}
        for database in runs.values():
            cls.addClassCleanup(database.drop)
        with ThreadPoolExecutor() as pool:
            outcomes = list(pool.map(cls.run_odoo_tests, runs.values()))
        cls.without, cls.with_crm_plus = outcomes

    @classmethod
    def run_odoo_tests(cls, database: ScratchDatabase) -> Outcome:
        """Run the tests as Odoo does when the apps are upgraded; those that fail end it with an error status."""
        done = subprocess.run(
            [sys.executable, "-m", "odoo", "-d", database.name, "-u", ",".join(TESTED), "--test-tags", TAGS,
             "--stop-after-init", "--http-port", str(cls.free_port())],
            timeout=60 * MINUTES, check=False, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
            cwd=CHECKOUT)
        counted = COUNTED.findall(done.stdout)
        if not counted:
            raise AssertionError(f"Odoo has not counted its tests:\n{done.stdout[-3000:]}")
        return Outcome(int(counted[-1][2]), set(BROKEN.findall(done.stdout)))

    @staticmethod
    def free_port() -> int:
        with closing(socket.socket()) as listener:
            listener.bind(("127.0.0.1", 0))
            return listener.getsockname()[1]

    def test_the_same_tests_run(self):
        self.assertGreater(self.without.tests, 100)
        self.assertEqual(self.with_crm_plus.tests, self.without.tests)

    def test_the_same_tests_fail(self):
        self.assertEqual(sorted(self.with_crm_plus.broken - self.without.broken), [], "broken by CRM+")
        self.assertEqual(sorted(self.without.broken - self.with_crm_plus.broken), [], "mended by CRM+: why?")
