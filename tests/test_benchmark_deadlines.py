"""Deadlines that are planned in one batch are those of Odoo's own ``plan_hours``, as the benchmark compares them."""

import json
import subprocess
import sys
import unittest

from .common import CHECKOUT, ready_database


class TestDeadlines(unittest.TestCase):
    def test_equal(self):
        # rolled back at the end: the prepared database is left as it is
        done = subprocess.run([sys.executable, "-m", "benchmarks.service_planning", ready_database(), "400"],
                              capture_output=True, text=True, check=False, cwd=CHECKOUT / "scripts", timeout=300)
        self.assertEqual(done.returncode, 0, done.stderr[-3000:])
        found = json.loads(done.stdout.splitlines()[-1])
        self.assertEqual(found["different"], 0, found["differences"])
        self.assertLess(found["stepped_over"], 40)
        self.assertGreater(found["one_by_one"], found["batch"])
