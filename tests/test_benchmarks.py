"""What scripts/bench stands on: the same was found by both, databases are upgraded and not refilled, what it writes."""

import json
import os
import tempfile
import unittest
from contextlib import closing
from pathlib import Path
from types import SimpleNamespace
from unittest.mock import MagicMock, patch

import psycopg2

from benchmarks import agreement, database, report
from benchmarks.sizes import TINY
from runtime.messages import Problem

from .common import databases

TABLE = """
    CREATE TABLE {} (
        id serial, run_id int, partner_id int, company_id int DEFAULT 1, purchases int, revenue numeric,
        days_to_pay numeric, late_share float8, abc_class varchar, p_alive float8)
"""
CUSTOMERS = [(partner, 3, 100.25 * partner, -2.5, 0.25, "A", 0.9) for partner in range(1, 5)]
COLUMNS = "partner_id, purchases, revenue, days_to_pay, late_share, abc_class, p_alive"


class TestAgreement(unittest.TestCase):
    """Four customers, of each of whom both have found the same, until a test changes something."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.databases, cls.name = databases(), f"crm_plus_test_run_{os.getpid()}_agreement"
        cls.databases.drop(cls.name)
        cls.databases.create(cls.name)
        cls.addClassCleanup(cls.databases.drop, cls.name)

    def setUp(self):
        for table in (agreement.OURS, agreement.USUAL):
            self.execute(f"DROP TABLE IF EXISTS {table}")
            self.execute(TABLE.format(table))
            for customer in CUSTOMERS:
                self.execute(f"INSERT INTO {table} ({COLUMNS}) VALUES ({', '.join(['%s'] * 7)})", *customer)

    def execute(self, statement: str, *values) -> None:
        connection = psycopg2.connect(dbname=self.name, **self.databases.server.libpq())
        with closing(connection), connection, connection.cursor() as cursor:
            cursor.execute(statement, values)

    def usual(self, change: str) -> None:
        """Change what the pipeline has found of the second customer."""
        self.execute(f"UPDATE {agreement.USUAL} SET {change} WHERE partner_id = 2")

    def shares(self) -> dict[str, float]:
        return agreement.compare(self.databases.server, self.name)

    def test_all_the_same(self):
        shares = self.shares()
        self.assertEqual(set(shares), {
            "partner_id", "company_id", "purchases", "revenue", "days_to_pay", "late_share", "abc_class"})
        self.assertEqual(set(shares.values()), {1.0})

    def test_the_least_equal_column_comes_first(self):
        self.usual("abc_class = 'B'")
        self.assertEqual(next(iter(self.shares().items())), ("abc_class", 0.75))

    def test_a_last_digit_may_be_rounded_either_way(self):
        self.usual("revenue = revenue + 0.01, days_to_pay = -2.4, late_share = 0.2501")
        self.assertEqual(set(self.shares().values()), {1.0})

    def test_more_than_a_last_digit_is_different(self):
        self.usual("revenue = revenue + 0.02, days_to_pay = -2.3, late_share = 0.2502, purchases = 4")
        shares = self.shares()
        for name in ("revenue", "days_to_pay", "late_share", "purchases"):
            self.assertEqual(shares[name], 0.75, name)

    def test_nothing_is_not_zero(self):
        self.execute(f"UPDATE {agreement.OURS} SET revenue = 0, purchases = NULL WHERE partner_id = 2")
        self.usual("revenue = NULL, purchases = NULL")
        self.assertEqual(self.shares()["revenue"], 0.75)
        self.assertEqual(self.shares()["purchases"], 1.0)

    def test_a_customer_of_one_alone_differs_in_all(self):
        self.execute(f"DELETE FROM {agreement.USUAL} WHERE partner_id = 2")
        self.assertEqual(set(self.shares().values()), {0.75})
        self.execute(f"DELETE FROM {agreement.OURS} WHERE partner_id IN (2, 3)")
        self.assertEqual(set(self.shares().values()), {2 / 3})

    def test_a_column_that_the_pipeline_leaves_empty_is_told(self):
        self.execute(f"UPDATE {agreement.USUAL} SET late_share = NULL")
        self.assertEqual(self.shares()["late_share"], 0.0)


class TestDatabases(unittest.TestCase):
    """A database that is filled is upgraded when the add-ons have changed, and never filled anew for that."""

    NAME = database.PREFIX + TINY.name
    PRESENT = {"crm_plus": "1", "crm_plus_analytics": "2"}

    def setUp(self):
        self.facts = {"made_by": "crm_plus", "documents": "d", "modules": dict(self.PRESENT), "past": "p"}
        self.workshop = SimpleNamespace(run_odoo=MagicMock(), databases=SimpleNamespace(
            exists=lambda name: True, facts=lambda name: self.facts, note=self.note))
        self.run_module = MagicMock(return_value=SimpleNamespace(returncode=0))
        self.build = MagicMock()
        for name, replacement in {
            "_modules": lambda: dict(self.PRESENT), "_documents": lambda: "d", "fingerprint": lambda *paths: "p",
            "run_module": self.run_module, "_build": self.build,
        }.items():
            patcher = patch.object(database, name, replacement)
            patcher.start()
            self.addCleanup(patcher.stop)

    def note(self, name, **facts):
        self.assertEqual(name, self.NAME)
        self.facts = {"made_by": "crm_plus", **facts}

    def ensure(self):
        self.assertEqual(database.ensure(self.workshop, TINY), self.NAME)

    def test_as_it_is_when_nothing_changed(self):
        self.ensure()
        self.workshop.run_odoo.assert_not_called()
        self.run_module.assert_not_called()
        self.build.assert_not_called()

    def test_upgraded_when_an_add_on_changed(self):
        self.facts["modules"]["crm_plus_analytics"] = "1"
        self.ensure()
        words = self.workshop.run_odoo.call_args.args
        self.assertEqual(words[:4], ("-d", self.NAME, "-u", "crm_plus_analytics"))
        self.build.assert_not_called()
        self.assertEqual(
            self.facts, {"made_by": "crm_plus", "documents": "d", "modules": self.PRESENT, "past": "p"})
        self.ensure()
        self.workshop.run_odoo.assert_called_once()

    def test_upgraded_again_after_an_upgrade_that_failed(self):
        self.facts["modules"] = {}
        self.workshop.run_odoo.side_effect = Problem("no")
        self.assertRaises(Problem, self.ensure)
        self.workshop.run_odoo.side_effect = None
        self.ensure()
        self.assertEqual(self.workshop.run_odoo.call_count, 2)

    def test_filled_before_customers_were_scored_as_of_earlier_months(self):
        del self.facts["past"]
        self.ensure()
        self.assertEqual(self.run_module.call_args.args[1:], ("benchmarks.past", self.NAME))
        self.build.assert_not_called()
        self.ensure()
        self.run_module.assert_called_once()

    def test_a_past_that_failed_is_told_and_tried_again(self):
        del self.facts["past"]
        self.run_module.return_value.returncode = 1
        self.assertRaises(Problem, self.ensure)
        self.assertNotIn("past", self.facts)

    def test_filled_anew_when_the_documents_are_others(self):
        self.facts["documents"] = "others"
        self.ensure()
        self.build.assert_called_once()


class TestReport(unittest.TestCase):
    CHECKS = (report.at_most("seconds", 2.5, 3), report.at_least("times", 2.0, 2.5))

    def test_holds(self):
        self.assertEqual([check.holds for check in self.CHECKS], [True, False])
        self.assertTrue(report.at_most("equal", 1, 1).holds)
        self.assertTrue(report.at_least("equal", 1, 1).holds)

    def test_a_figure_that_is_none_does_not_hold(self):
        self.assertFalse(report.at_most("seconds", float("nan"), 3).holds)
        self.assertFalse(report.at_least("times", float("nan"), 3).holds)

    def test_table(self):
        self.assertEqual(report.table(list(self.CHECKS)).split("\n"), [
            "seconds           2.5        ≤ 3  holds",
            "times               2      ≥ 2.5  DOES NOT HOLD",
            "",
        ])

    def test_json(self):
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "figures.json"
            report.write_json(list(self.CHECKS), path)
            self.assertEqual(json.loads(path.read_text()), [
                {"name": "seconds", "value": 2.5, "bar": "≤ 3", "holds": True},
                {"name": "times", "value": 2.0, "bar": "≥ 2.5", "holds": False},
            ])
