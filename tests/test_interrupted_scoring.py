"""A scoring that is killed, in whichever phase, leaves the former scores as they were and can be done again."""

import json
import os
import random
import subprocess
import sys
import unittest
from pathlib import Path

from .common import CHECKOUT, ScratchDatabase, ready_database

PREPARE = """
from datetime import date, timedelta
from decimal import Decimal
from purchases import Purchase, load
load(env, [Purchase(f"{c:04}", date(2020, 1, 1) + timedelta(days=7 * c + 20 * n), 1, Decimal(10 + c))
           for c in range(30) for n in range(1 + c % 5)], tag="Kill")
env['customer.score.run'].create({'as_of': '2020-12-31'})._execute_committing()
env.cr.commit()
"""
# Stops at the phase given, for good: only a kill ends it.
SCORE = """
import time
run = env['customer.score.run'].create({{'as_of': '2021-06-30'}})
env.cr.commit()
original = type(run)._report
def report(self, phase):
    original(self, phase)
    if phase == {phase!r}:
        print('REACHED', flush=True)
        time.sleep(600)
type(run)._report = report
run._execute_committing()
"""
# Everything is written, and only the commit is missing.
SCORE_UNTIL_COMMIT = """
import time
run = env['customer.score.run'].create({'as_of': '2021-06-30'})
env.cr.commit()
run._execute()
env.flush_all()
print('REACHED', flush=True)
time.sleep(600)
"""
SCORE_AGAIN = """
env['customer.score.run']._mark_interrupted()
env['customer.score.run'].create({'as_of': '2021-06-30'})._execute_committing()
env.cr.commit()
"""


class TestKilled(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.database = ScratchDatabase("killed", ready_database())
        cls.addClassCleanup(cls.database.drop)
        cls.database.shell(PREPARE)

    def scores(self):
        return self.database.query("SELECT s.*, r.as_of FROM customer_score s JOIN customer_score_run r "
                                   "ON r.id = s.run_id ORDER BY s.id")

    def states(self):
        return [row[0] for row in self.database.query("SELECT state FROM customer_score_run ORDER BY id")]

    def kill_at(self, script):
        process = subprocess.Popen(self.database.shell_command(), stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                   stderr=subprocess.DEVNULL, text=True, cwd=CHECKOUT)
        process.stdin.write(script)
        process.stdin.close()
        said = ""
        while "REACHED" not in said:
            line = process.stdout.readline()
            self.assertTrue(line, f"ended before it was reached: {said}")
            said += line
        process.kill()
        process.stdout.close()
        process.wait()

    def test_former_scores_stay(self):
        before = self.scores()
        self.assertEqual(len({row[0] for row in before}), len(before))
        self.assertGreaterEqual(len(before), 30)
        for phase in ("measures", "writing"):
            self.kill_at(SCORE.format(phase=phase))
            self.assertEqual(self.scores(), before, phase)
            self.assertEqual(self.states()[-1], "running", "found by the next start")
        self.kill_at(SCORE_UNTIL_COMMIT)
        self.assertEqual(self.scores(), before)
        self.database.shell(SCORE_AGAIN)
        self.assertEqual(self.states(), ["done", "interrupted", "interrupted", "queued", "done"])
        after = self.scores()
        self.assertEqual(len(after), len(before))
        self.assertNotEqual(after, before)


class TestKilledAtRandom(unittest.TestCase):
    """Give CRM_PLUS_SEED to repeat the moments of a failure."""

    def test_former_scores_stay(self):
        seed = os.environ.get("CRM_PLUS_SEED") or str(random.randrange(10**6))
        database = ScratchDatabase("killed_at_random", ready_database())
        self.addCleanup(database.drop)
        done = subprocess.run([sys.executable, Path(__file__).with_name("random_kills.py"), database.name, seed],
                              capture_output=True, text=True, check=False, cwd=CHECKOUT, timeout=600)
        said = f"CRM_PLUS_SEED={seed}\n{done.stdout}{done.stderr[-3000:]}"
        self.assertEqual(done.returncode, 0, said)
        *kills, last = map(json.loads, done.stdout.splitlines())
        for kill in kills:
            self.assertTrue(kill["free"], f"the lock is left: {said}")
            self.assertEqual(kill["runs"], 1, said)
            if kill["state"] == "done":  # before it could be killed
                self.assertIn("customer_score", kill["changed"], said)
                continue
            self.assertEqual(kill["changed"], [], said)
            # killed before it had begun, it is still waiting
            self.assertIn((kill["state"], kill["next"]), [("running", "interrupted"), ("queued", "queued")], said)
        for what in ("process", "connection"):
            of_kind = [kill["state"] for kill in kills if kill["killed"] == what]
            self.assertEqual(len(of_kind) - of_kind.count("done"), 5, said)
            self.assertIn("running", of_kind, said)
        self.assertEqual((last["state"], last["customers"], last["runs"]), ("done", 100, 1), said)
        # tiers change once, maybe in a run that was done before it could be killed
        changed = {*last["changed"], *(table for kill in kills if kill["state"] == "done" for table in kill["changed"])}
        self.assertLessEqual({"customer_score", "customer_score_history", "crm_customer_tier_change", "res_partner"},
                             changed, "what the kills might have left half-written")
