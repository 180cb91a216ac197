"""Industry templates without a click: ``odoo industry …`` and a function in a data file."""

import io
import json
import unittest
import zipfile
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from pathlib import Path
from tempfile import TemporaryDirectory
from unittest.mock import patch

from lxml import etree

from odoo.cli.command import find_command
from odoo.tests import TransactionCase, tagged
from odoo.tools.convert import xml_import

from .common import ScratchDatabase, ready_database

TEMPLATE = {
    "template.json": {"format": 1, "language": "en_US", "name": "Boats", "summary": "Makers of boats", "version": "1.0"},
    "crm_plus.json": {
        "settings": {"lead_stale_days": 45},
        "decision_factors": [{"key": "range", "name": "Range of the boat"}],
    },
    "crm_plus_service.json": {"skills": [{"key": "sails", "name": "Sails and rigging"}]},
}


@tagged("post_install", "-at_install")
class TestIndustryCommand(TransactionCase):
    """Each command in the test's own transaction."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        company = cls.env["res.company"].create({"name": "Boat Builders"})
        cls.env = cls.env(user=1, context={"allowed_company_ids": company.ids})
        cls.company = company.with_env(cls.env)
        cls.command = find_command("industry")
        folder = TemporaryDirectory()
        cls.addClassCleanup(folder.cleanup)
        cls.folder = Path(folder.name) / "boats"
        cls.folder.mkdir()
        for name, content in TEMPLATE.items():
            (cls.folder / name).write_text(json.dumps(content))

    def run_command(self, name, *words, status=0, database=True):
        """Run a command on the test's cursor; return what it writes."""

        @contextmanager
        def environment(_command, _options):
            yield self.env

        written = io.StringIO()
        with (
            patch.object(self.command, "_environment", environment),
            patch.dict(self.command.run.__globals__, retrying=lambda func, env: func()),
            patch.object(self.env.cr, "rollback", lambda: None),
            redirect_stdout(written), redirect_stderr(written),
        ):
            try:
                self.command().run([name, *(["-d", self.env.cr.dbname] if database else []), *map(str, words)])
            except SystemExit as end:  # assertRaises would take back what the command did
                self.assertEqual(end.code, status, written.getvalue())
            else:
                self.fail("the command did not end with a status")
        self.env.invalidate_all()
        return written.getvalue()

    def factors(self):
        return self.env["crm.decision.factor"].search([("name", "=", "Range of the boat")])

    def test_found_among_the_commands_of_add_ons(self):
        self.assertEqual(self.command.name, "industry")

    def test_preview_shows_and_writes_nothing(self):
        found = self.run_command("preview", "--fields", self.folder)
        self.assertIn("+ Range of the boat", found)
        self.assertIn("+ Sails and rigging", found)
        self.assertIn("30 → 45", found)
        self.assertFalse(self.factors())

    def test_apply_list_and_undo(self):
        self.assertIn("not applied", self.run_command("list"))
        self.assertIn("boats: 2 created, 1 changed, 0 left", self.run_command("apply", self.folder))
        self.assertEqual(self.factors().company_id, self.company)
        self.assertEqual(self.company.lead_stale_days, 45)
        self.assertRegex(self.run_command("list"), r"boats .* applied on 20.* Boats")
        self.assertIn("boats: 0 created, 0 changed", self.run_command("apply", "boats"))
        self.assertIn("is deleted", self.run_command("undo", "--preview", "boats"))
        self.assertTrue(self.factors())
        self.run_command("undo", "boats")
        self.assertFalse(self.factors())
        self.assertEqual(self.company.lead_stale_days, 30)
        self.assertIn("is not applied to Boat Builders", self.run_command("undo", "boats", status=1))
        self.assertIn("is not applied to Boat Builders", self.run_command("undo", status=1))

    def test_what_was_changed_by_hand_is_left_unless_told(self):
        self.company.lead_stale_days = 99
        self.assertIn("1 left as somebody made them", self.run_command("apply", self.folder))
        self.assertEqual(self.company.lead_stale_days, 99)
        self.run_command("apply", "--overwrite", "boats")
        self.assertEqual(self.company.lead_stale_days, 45)

    def test_exported_as_folder_and_zip(self):
        self.run_command("apply", self.folder)
        folder = self.folder.parent / "out" / "ours"
        self.run_command("export", folder, "--summary", "How we do it")
        exported = json.loads((folder / "crm_plus.json").read_text())
        self.assertIn("Range of the boat", [it["name"] for it in exported["decision_factors"]])
        described = json.loads((folder / "template.json").read_text())
        self.assertEqual((described["name"], described["summary"]), ("Boat Builders", "How we do it"))
        self.run_command("export", self.folder.parent / "ours.zip", "--summary", "How we do it")
        with zipfile.ZipFile(self.folder.parent / "ours.zip") as archive:
            self.assertEqual(archive.read("ours/crm_plus.json"), (folder / "crm_plus.json").read_bytes())
        self.assertIn("nothing is wrong", self.run_command("check", self.folder.parent / "ours.zip"))

    def test_check_names_what_is_wrong(self):
        broken = self.folder.parent / "broken"
        broken.mkdir()
        for name, content in {**TEMPLATE, "crm_plus.json": {"decision_factors": [{"key": "x", "nam": "X"}]}}.items():
            (broken / name).write_text(json.dumps(content))
        for with_database in (True, False):
            with self.subTest(with_database=with_database):
                options = {"database": with_database}
                self.assertIn("nothing is wrong", self.run_command("check", self.folder, **options))
                self.assertIn("nothing is wrong", self.run_command("check", "chemicals", **options))
                found = self.run_command("check", broken, status=1, **options)
                self.assertIn("crm_plus.json, decision_factors/x", found)

    def test_unknown_template_names_the_known_ones(self):
        self.assertIn("templates are:", self.run_command("preview", "spaceships", status=1))

    def test_from_a_data_file(self):
        self.env["crm.industry.template"]._import_zip(self.command._zip(self.folder))
        loader = xml_import(self.env, "crm_plus", {}, "init")
        loader.parse(etree.fromstring(
            '<odoo><function model="crm.industry.template" name="apply_template_by_key">'
            "<value>boats</value></function></odoo>"))
        self.assertTrue(self.factors())


class TestIndustryCommandOnItsOwn(unittest.TestCase):
    """As it is typed: a process of its own, on a database of its own."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.database = ScratchDatabase("industry", ready_database())
        cls.addClassCleanup(cls.database.drop)

    def test_applied_and_undone(self):
        self.assertRegex(self.database.odoo("industry", "apply", "chemicals"), r"chemicals: [1-9]\d+ created")
        listed = r"(?m)^chemicals .*applied on \d{4}-\d\d-\d\d"
        self.assertRegex(self.database.odoo("industry", "list"), listed)
        self.database.odoo("industry", "undo")
        self.assertNotRegex(self.database.odoo("industry", "list"), listed)

    def test_unknown_company(self):
        with self.assertRaisesRegex(AssertionError, "There is no company “Nobody”"):
            self.database.odoo("industry", "list", "--company", "Nobody")
