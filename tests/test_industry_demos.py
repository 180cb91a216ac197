"""The demo companies that ``scripts/run --industry`` starts: each hangs together and tells its trade's story."""

import json
import unittest
from collections import Counter
from datetime import date
from unittest.mock import patch

from odoo import fields
from odoo.addons.crm_plus.industry_demo.checking import check
from odoo.addons.crm_plus.industry_demo.crowd import members
from odoo.addons.crm_plus.industry_demo.rhythm import Rhythm, purchases
from odoo.tests import TransactionCase, tagged

from runtime.places import industries

from .common import CHECKOUT, MODULES

DAY = date(2026, 11, 22)
#: of each demo company, so many purchases become documents in a test, beside the contracts
PURCHASES = 12
#: and so many times are the customers scored
RUNS = 2


def read(key):
    """Return the demo files by add-on and name, and the template's files by name."""
    demos, files = {}, {}
    for module in MODULES:
        for path in sorted((CHECKOUT / module / "industry" / key).glob("*.json")):
            content = json.loads(path.read_text(encoding="utf-8"))
            if path.name.startswith("demo"):
                demos.setdefault(module, {})[path.name] = content
            else:
                files[path.name] = content
    return demos, files


def some(plan):
    """Return the last purchases of a plan, and the contracts in it."""
    contracts = [planned for planned in plan if planned.key.startswith("contract_")]
    others = [planned for planned in plan if planned not in contracts]
    return contracts + sorted(others, key=lambda planned: planned.purchase.day)[-PURCHASES:]


class TestDemoData(unittest.TestCase):
    """Without a database: what the files say."""

    def test_there_are_some(self):
        self.assertEqual(industries(), ["banking", "chemicals", "pharma", "retail", "software", "wholesale"])

    def test_nothing_is_wrong(self):
        for key in industries():
            with self.subTest(key):
                self.assertEqual([*check(*read(key))], [])

    def test_enough_purchases_in_all_rhythms(self):
        for key in industries():
            with self.subTest(key):
                data = read(key)[0]["crm_plus"]["demo.json"]
                bought = self.purchases_by_rhythm(key, data)
                self.assertTrue(300 <= bought.total() <= 3000, bought)
                self.assertEqual(set(bought), set(data["rhythms"]))

    @staticmethod
    def purchases_by_rhythm(key, data):
        products = [product["key"] for product in data["products"]]
        bought = Counter()
        for customer in [*data["customers"], *(
                member for crowd in data.get("crowds", ()) for member in members(crowd, f"{key}/{crowd['key']}"))]:
            if customer.get("rhythm"):
                bought[customer["rhythm"]] += len(purchases(
                    Rhythm(**data["rhythms"][customer["rhythm"]]), products, DAY, f"{key}/{customer['key']}",
                    customer.get("scale", 1)))
        return bought

    def test_leads_in_all_stages(self):
        for key in industries():
            with self.subTest(key):
                demos, files = read(key)
                leads = demos["crm_plus"]["demo.json"]["leads"]
                stages = {
                    stage["key"] for stage in files["crm_plus.json"]["stages"]
                    if not stage.get("is_won") and stage.get("active", True)}
                self.assertLessEqual(stages, {lead.get("stage") for lead in leads})
                self.assertLessEqual({"won", "lost"}, {lead.get("state") for lead in leads})
                self.assertTrue(any(lead.get("type") == "lead" for lead in leads))

    def test_cases_of_all_types(self):
        for key in industries():
            with self.subTest(key):
                demos, files = read(key)
                types = {
                    kind["key"] for kind in files["crm_plus_service.json"]["case_types"] if kind.get("active", True)}
                cases = demos["crm_plus_service"]["demo.json"]["cases"]
                self.assertLessEqual(types, {case["type"] for case in cases})


@tagged("post_install", "-at_install")
class TestDemoCompanies(TransactionCase):
    """With one: the template is applied to a company, and its demo data are loaded, with some of the purchases."""

    def load(self, key):
        company = self.env["res.company"].create({"name": f"Company of {key}"})
        self.env.user.company_ids += company
        env = self.env(user=1, context={"allowed_company_ids": company.ids, "tracking_disable": True})
        # stages and a team are shared with the other companies of the database: as if there were none
        env["crm.industry.template"].apply_template_by_key(key, overwrite=True)
        demo = env["crm.industry.demo"]
        plan, days = type(demo)._plan_purchases, type(demo)._scoring_days
        with (patch.object(type(demo), "_plan_purchases", lambda self, demo: some(plan(self, demo))),
              patch.object(type(demo), "_scoring_days", lambda self, today: days(self, today)[-RUNS:])):
            demo._load(key)
        return company.with_env(env)

    def assertHangsTogether(self, company):
        env = company.env
        mine = [("company_id", "=", company.id)]
        invoices = env["account.move"].search([*mine, ("move_type", "=", "out_invoice")])
        self.assertGreaterEqual(len(invoices), PURCHASES)
        self.assertEqual(set(invoices.mapped("state")), {"posted"})
        # what is asked of opportunities before they leave a stage is known of those that have left it
        checked = set(env["crm.stage.criterion"].search([("kind", "in", ("field", "domain"))]).mapped("name"))
        for override in env["crm.stage.override"].search([("lead_id.company_id", "=", company.id)]):
            if override.lead_id.won_status == "pending":
                self.assertFalse(checked.intersection(override.missing.splitlines()), override.lead_id.name)
        leads = env["crm.lead"].with_context(active_test=False).search(mine)
        self.assertTrue(any(leads.mapped("lead_score")))
        self.assertTrue(env["crm.key.account"].search(mine).role_ids)
        cases = env["service.case"].search(mine)
        self.assertTrue(cases.target_ids)
        self.assertTrue(cases.filtered("closed_date"))
        self.assertFalse(cases.filtered(lambda case: case.opened_date > fields.Datetime.now()))
        runs = env["customer.score.run"].search(mine)
        self.assertEqual(set(runs.mapped("state")), {"done"}, runs.mapped("failure"))
        self.assertTrue(env["customer.score"].search_count(mine))

    def test_banking(self):
        self.assertHangsTogether(self.load("banking"))

    def test_chemicals(self):
        self.assertHangsTogether(self.load("chemicals"))

    def test_pharma(self):
        self.assertHangsTogether(self.load("pharma"))

    def test_retail(self):
        self.assertHangsTogether(self.load("retail"))

    def test_software(self):
        self.assertHangsTogether(self.load("software"))

    def test_wholesale(self):
        self.assertHangsTogether(self.load("wholesale"))
