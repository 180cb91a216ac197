"""What Odoo tests of its own sales apps turns out with CRM+ installed as it does without.

Some of Odoo's tests fail in some builds without CRM+ too: what counts is that it is the same ones. They run when all
modules are loaded: while Odoo upgrades its apps, ours are not, but the columns that they require are there.
"""

import re
import subprocess
import sys
import tempfile
import unittest
from collections.abc import Collection
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import NamedTuple

from lxml import etree

from odoo.modules import get_module_path
from odoo.tools import config

from .common import CHECKOUT, ScratchDatabase, ready_database

TESTED = ("sales_team", "crm", "sale_crm")
MINUTES = 40
TEST_NAME = re.compile(r"\.(test_\w+)")
#: pytest's exit statuses when all tests have run: all well, or some failed
RAN = (0, 1)


class Outcome(NamedTuple):
    """What came of a run of Odoo's tests."""

    tests: set[str]
    broken: set[str]


class TestOdooOwnTests(unittest.TestCase):
    """One run without and one with the three add-ons, side by side."""

    maxDiff = None

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        runs = (ScratchDatabase("without"), ScratchDatabase("with", ready_database()))
        for database in runs:
            cls.addClassCleanup(database.drop)
        with ThreadPoolExecutor() as pool:
            outcomes = list(pool.map(cls.run_odoo_tests, runs))
            odd = outcomes[0].broken ^ outcomes[1].broken
            if odd:
                # a browser may be too slow once on a busy machine: what turns out differently is tried again
                again = pool.map(cls.run_odoo_tests, runs, [odd, odd])
                outcomes = [
                    Outcome(first.tests, first.broken - odd | second.broken & odd)
                    for first, second in zip(outcomes, again, strict=True)]
        cls.without, cls.with_crm_plus = outcomes

    @classmethod
    def run_odoo_tests(cls, database: ScratchDatabase, only: Collection[str] = ()) -> Outcome:
        """Run Odoo's tests of its sales apps, or those of them that have the same names as `only`."""
        words = ["-k", " or ".join(sorted(TEST_NAME.search(name)[1] for name in only))] if only else []
        folders = [str(Path(get_module_path(module), "tests")) for module in TESTED]
        with tempfile.TemporaryDirectory() as folder:
            report = Path(folder, "report.xml")
            done = subprocess.run(
                [sys.executable, "-m", "pytest", "-q", f"--rootdir={CHECKOUT}", f"--config-file={CHECKOUT}/pyproject.toml",
                 f"--odoo-config={config['config']}", f"--odoo-database={database.name}", "--odoo-http",
                 f"--junit-xml={report}", *words, *folders],
                timeout=60 * MINUTES, check=False, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
                cwd=CHECKOUT)
            if done.returncode not in RAN:
                raise AssertionError(f"Odoo's tests have not run:\n{done.stdout[-3000:]}")
            return cls.read(report)

    @staticmethod
    def read(report: Path) -> Outcome:
        cases = {f"{case.get('classname')}.{case.get('name')}": case for case in etree.parse(report).iter("testcase")}
        return Outcome(set(cases), {
            name for name, case in cases.items() if case.find("failure") is not None or case.find("error") is not None})

    def test_the_same_tests_run(self):
        self.assertGreater(len(self.without.tests), 100)
        self.assertEqual(self.with_crm_plus.tests, self.without.tests)

    def test_the_same_tests_fail(self):
        self.assertEqual(sorted(self.with_crm_plus.broken - self.without.broken), [], "broken by CRM+")
        self.assertEqual(sorted(self.without.broken - self.with_crm_plus.broken), [], "mended by CRM+: why?")
