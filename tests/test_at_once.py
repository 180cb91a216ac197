"""Limits hold, and what is sent twice is done once, for two workers at the same moment as well."""

import json
import subprocess
import sys
import unittest
from pathlib import Path

from .common import CHECKOUT, ScratchDatabase, ready_database


class TestAtOnce(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        database = ScratchDatabase("at_once", ready_database())
        cls.addClassCleanup(database.drop)
        done = subprocess.run([sys.executable, Path(__file__).with_name("at_once.py"), database.name],
                              capture_output=True, text=True, check=False, cwd=CHECKOUT, timeout=300)
        if done.returncode:
            raise AssertionError(f"{done.stdout}{done.stderr[-3000:]}")
        cls.found = json.loads(done.stdout.splitlines()[-1])

    def test_same_reference_opens_one_case(self):
        found = self.found["reference"]
        self.assertTrue(found["waited"])
        self.assertEqual(found["second"], found["first"])

    def test_agents_are_given_their_cases_without_waiting(self):
        found = self.found["routed"]
        self.assertFalse(found["waited"])
        self.assertEqual({found["first"], found["second"]}, {"meeting-0", "meeting-1"})

    def test_agent_who_is_being_given_a_case_is_not_given_another(self):
        found = self.found["routed_to_one"]
        self.assertFalse(found["waited"])
        self.assertEqual(found["first"], ["meeting-busy", "1 could take it"])
        self.assertEqual(
            found["second"], [False, "0 could take it, 1 being given another case at this moment"])
        self.assertEqual(found["calls"], 1, "the job that gives out what waits is called")

    def test_capacity_counts_what_others_have_given_meanwhile(self):
        found = self.found["overtaken"]
        self.assertEqual(found["first"], ["meeting-busy", "1 could take it"])
        self.assertEqual(found["second"], [False, "0 could take it, 1 with enough to do"])

    def test_same_reference_posts_one_message(self):
        found = self.found["message"]
        self.assertTrue(found["waited"])
        self.assertEqual((found["second"], found["posted"]), (found["first"], 1))

    def test_limit_of_the_form(self):
        found = self.found["limit"]
        self.assertTrue(found["waited"])
        self.assertEqual((found["first"], found["second"]), (True, False))

    def test_form_that_is_sent_twice(self):
        found = self.found["form"]
        self.assertTrue(found["waited"])
        self.assertEqual((found["first"], found["second"], found["requests"]), (True, True, 1))

    def test_broken_message_that_comes_twice(self):
        found = self.found["kept"]
        self.assertTrue(found["waited"])
        self.assertEqual((found["first"], found["second"], found["entries"]), (True, True, 1))

    def test_two_programs_tell_of_one_person(self):
        """The second is begun again, as Odoo does by itself, and adds to the lead of the first."""
        found = self.found["captured"]
        self.assertTrue(found["waited"])
        self.assertTrue(found["first"]["created"])
        self.assertEqual(found["second"], "ConcurrencyError")
        self.assertEqual(found["again"], {"id": found["first"]["id"], "created": False})

    def test_two_move_one_opportunity(self):
        found = self.found["moved"]
        self.assertTrue(found["waited"])
        self.assertEqual((found["first"], found["second"]), ("Meeting 1", "SerializationFailure"))
        stage, refusal = found["again"]
        self.assertEqual(stage, "Meeting 1", "nobody's move is overwritten")
        self.assertIn("The revenue is known", refusal, "what is asked for where it is by now")

    def test_two_apply_one_template(self):
        found = self.found["applied"]
        self.assertTrue(found["waited"])
        self.assertGreater(found["first"], 30)
        self.assertEqual(found["second"], "SerializationFailure", "the request is repeated, and sees the first's work")
        self.assertEqual(found["again"], 0, "nothing is left to do")
