"""Who has the first release upgrades to the present add-ons: nothing is lost, and nothing is left behind."""

import io
import json
import subprocess
import tarfile
import tempfile
import unittest

from odoo.modules import Manifest
from odoo.tools import config

from .common import CHECKOUT, MODULES, ScratchDatabase, complaints, ready_database
from .test_installation import INVENTORY, inventory

#: The first release of the three add-ons.
RELEASED = "f2619a4dbcb2321dcb373539e62d688845f3867d"
#: What INVENTORY tells by its name but not what it is like, or by ids, which are each database's own.
SHAPES = {
    "menus": "SELECT concat(parent.name->>'en_US', ' / ', menu.name->>'en_US') FROM ir_ui_menu menu "
             "LEFT JOIN ir_ui_menu parent ON parent.id = menu.parent_id",
    "rules": "SELECT concat(rule.name, ' ', model.model) FROM ir_rule rule JOIN ir_model model ON model.id = model_id",
    "access": "SELECT concat(access.name, ' ', model.model) FROM ir_model_access access "
              "JOIN ir_model model ON model.id = model_id",
    "implied groups": "SELECT concat(owner.name->>'en_US', ' ', implied.name->>'en_US') FROM res_groups_implied_rel "
                      "JOIN res_groups AS owner ON owner.id = gid JOIN res_groups AS implied ON implied.id = hid",
    "column types": "SELECT table_name || '.' || column_name || ' ' || udt_name || ' ' || is_nullable "
                    "FROM information_schema.columns WHERE table_schema = 'public'",
    "index definitions": "SELECT indexdef FROM pg_indexes WHERE schemaname = 'public'",
    "constraint definitions": "SELECT conrelid::regclass || '.' || conname || ' ' || pg_get_constraintdef(oid) "
                              "FROM pg_constraint WHERE conrelid > 0",
    "favourites": "SELECT concat(name, ' ', context, ' ', domain) FROM ir_filters",
}
#: What people have made and what was computed for them, in figures that no version may change.
KEPT = {
    "scores": "SELECT partner_id, company_id, purchases, first_date, last_date, revenue FROM customer_score "
              "WHERE purchases > 0",
    "history": "SELECT partner_id, company_id, month FROM customer_score_history",
    "runs": "SELECT id, company_id, as_of, state, customers, revenue FROM customer_score_run",
    "cases": "SELECT id, number, name, partner_id, team_id, user_id FROM service_case",
    "tiers": "SELECT id, customer_tier_id FROM res_partner WHERE customer_tier_id IS NOT NULL",
    "leads": "SELECT id, name, type, partner_id, stage_id FROM crm_lead",
    "promises": "SELECT id, case_id, kind FROM service_case_target",
}
#: New companies begin with these stages; one that has stages of its own keeps to them.
BEGINNINGS = {f"service.stage crm_plus_service.stage_waiting_{who}" for who in ("customer", "others")}
#: What the demonstration data of later releases add to.
GROWING = {"cases", "leads", "promises", "tiers"}
AS_OF = """
as_of = env['account.move'].search([('move_type', '=', 'out_invoice'), ('state', '=', 'posted')],
                                   order='invoice_date desc', limit=1).invoice_date
"""
PRESENT_MONTH = """
SELECT ARRAY[history.r_score::text, history.f_score::text, history.first_date::text, history.last_date::text],
       ARRAY[score.r_score::text, score.f_score::text, score.first_date::text, score.last_date::text]
  FROM customer_score_history history
  JOIN customer_score score ON score.partner_id = history.partner_id AND score.company_id = history.company_id
  JOIN customer_score_run run ON run.id = score.run_id AND date_trunc('month', run.as_of) = history.month
"""
SCORES = AS_OF + """
from dateutil.relativedelta import relativedelta
partners = env['account.move'].search([('move_type', '=', 'out_invoice'), ('state', '=', 'posted')]).partner_id
partners.commercial_partner_id._set_customer_tier(env['crm.customer.tier'].search([], limit=1), "Set by hand")
for day in (as_of - relativedelta(months=1), as_of):
    env['customer.score.run'].create({'as_of': day})._execute()
env.cr.commit()
"""
SCORES_AGAIN = AS_OF + """
import json
run = env['customer.score.run'].create({'as_of': as_of})
run._execute()
env.cr.commit()
print('RUN', json.dumps({'state': run.state, 'failure': run.failure, 'current': run.is_current}))
"""
CHECKS_VIEWS = """
names = [name for module in MODULES for name in env['ir.model.data'].search([
    ('module', '=', module), ('model', '=', 'ir.ui.view')]).mapped('res_id')]
views = env['ir.ui.view'].browse(names)
views._check_xml()
for model in set(views.mapped('model')) & set(env.registry):
    for kind in {view.type for view in views if view.model == model and view.type != 'qweb'}:
        env[model].get_view(view_type=kind)
print('VIEWS', len(views))
""".replace("MODULES", repr(MODULES))


def released_add_ons(folder: str) -> None:
    """Write the add-ons of the first release into the folder; skips the test where the history has none."""
    done = subprocess.run(["git", "archive", RELEASED, *MODULES], cwd=CHECKOUT, capture_output=True, check=False)
    if done.returncode:
        raise unittest.SkipTest(f"the first release, {RELEASED[:7]}, is not in this clone's history")
    with tarfile.open(fileobj=io.BytesIO(done.stdout)) as archive:
        archive.extractall(folder, filter="data")


def others_add_ons() -> list[str]:
    """Return the folders of add-ons that are not ours."""
    return [path for path in config["addons_path"] if path != str(CHECKOUT)]


class TestFromTheFirstRelease(unittest.TestCase):
    """One journey, for the installation takes a minute: installed, used, upgraded, used again."""

    maxDiff = None

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        folder = cls.enterClassContext(tempfile.TemporaryDirectory())
        released_add_ons(folder)
        cls.database = ScratchDatabase("upgraded")
        cls.addClassCleanup(cls.database.drop)
        cls.database.options = ("--addons-path", ",".join([*others_add_ons(), folder]))
        cls.database.install(*MODULES)
        cls.database.shell(SCORES)
        cls.before = cls.kept()
        ((cls.last_message,),) = cls.database.query("SELECT max(id) FROM mail_message")
        cls.database.options = ()
        cls.log = cls.database.upgrade(*MODULES)
        cls.after = cls.kept()
        cls.present_month = cls.database.query(PRESENT_MONTH)

    @classmethod
    def kept(cls) -> dict[str, list]:
        return {name: sorted(cls.database.query(query), key=repr) for name, query in KEPT.items()}

    def said(self, word: str, script: str):
        """Run the script, whose log must be clean; return what it printed after the word."""
        done = self.database.shell(script)
        self.assertEqual(complaints(done.stderr), [])
        return json.loads(next(
            line.removeprefix(word) for line in done.stdout.splitlines() if line.startswith(word)))

    def test_the_log_has_nothing_to_complain_of(self):
        self.assertIn("odoo.registry", self.log, "this is no log of a loaded database")
        self.assertEqual(complaints(self.log), [])

    def test_all_three_are_of_the_present_version(self):
        found = dict(self.database.query(
            "SELECT name, latest_version FROM ir_module_module WHERE state = 'installed' AND name = ANY(%s)",
            list(MODULES)))
        self.assertEqual(found, {module: Manifest.for_addon(module).version for module in MODULES})

    def test_what_was_there_is_there(self):
        for name, rows in self.before.items():
            with self.subTest(name):
                self.assertTrue(rows, "there was nothing that could be lost")
                found = self.after[name]
                if name in GROWING:
                    found = [row for row in found if row in rows]
                self.assertEqual(found, rows)

    def test_the_database_is_made_of_the_same_as_a_new_one(self):
        new = ScratchDatabase("new", ready_database())
        self.addCleanup(new.drop)
        wanted, found = inventory(new), inventory(self.database)
        for kind, query in SHAPES.items():
            wanted[kind], found[kind] = ({row[0] for row in it.query(query)} for it in (new, self.database))
        for kind in {**INVENTORY, **SHAPES}:
            with self.subTest(kind):
                self.assertEqual(
                    sorted(wanted[kind] - found[kind] - BEGINNINGS), [], "not made by the upgrade")
                self.assertEqual(sorted(found[kind] - wanted[kind]), [], "left by the first release")

    def test_answers_from_before_are_known(self):
        """Else the first policy that promises answers would find every case late."""
        answered = self.database.query(
            "SELECT first_response_date IS NOT NULL AND awaiting_since > first_response_date FROM service_case "
            "WHERE closed_date IS NULL AND id IN (SELECT res_id FROM mail_message message "
            "JOIN res_partner author ON author.id = author_id "
            "WHERE message.model = 'service.case' AND message_type = 'comment' AND author.partner_share IS FALSE "
            "AND message.id <= %s)", self.last_message)
        self.assertEqual(answered, [(True,)])

    def test_the_month_of_the_present_scores_keeps_what_they_tell(self):
        self.assertTrue(self.present_month)
        for of_history, of_score in self.present_month:
            self.assertEqual(of_history, of_score)
        self.assertEqual(
            self.database.query("SELECT DISTINCT left_out_tags FROM customer_score_run WHERE id <= 2"), [(None,)])

    def test_views_are_valid(self):
        self.assertGreater(self.said("VIEWS", CHECKS_VIEWS), 0)

    def test_customers_are_scored_as_before(self):
        run = self.said("RUN", SCORES_AGAIN)
        self.assertEqual(run, {"state": "done", "failure": False, "current": True})
        self.assertEqual(self.kept()["scores"], self.before["scores"])
