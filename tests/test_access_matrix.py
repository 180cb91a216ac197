"""Who may do what, across the add-ons: each right tried as the real user, in two companies."""

from datetime import date
from decimal import Decimal

from odoo import Command
from odoo.exceptions import AccessError
from odoo.tests import TransactionCase, new_test_user, tagged
from odoo.tools import mute_logger

from purchases import Purchase, load

READ, WRITE, CREATE, UNLINK = "read", "write", "create", "unlink"
NOTHING, LOOK, WORK, ALL = set(), {READ}, {READ, WRITE, CREATE}, {READ, WRITE, CREATE, UNLINK}

# Rights on the records of one's own company. On those of another company nobody has any.
MATRIX = {
    "salesperson": {"crm.customer.tier": LOOK, "crm.customer.tier.change": LOOK, "service.case": LOOK,
                    "service.case.target": LOOK, "service.team": LOOK, "customer.score": LOOK,
                    "customer.score.run": LOOK, "customer.segment": LOOK,
                    "customer.score.backtest": LOOK, "customer.score.backtest.customer": LOOK},
    "sales_manager": {"crm.customer.tier": ALL, "crm.customer.tier.change": LOOK, "service.case": LOOK,
                      "service.case.target": LOOK, "service.team": LOOK, "customer.score": LOOK,
                      "customer.score.run": {READ, UNLINK}, "customer.segment": ALL,
                      "customer.score.backtest": {READ, UNLINK}, "customer.score.backtest.customer": LOOK},
    "agent": {"crm.customer.tier": LOOK, "crm.customer.tier.change": LOOK, "service.case": WORK,
              "service.case.target": LOOK, "service.team": LOOK, "customer.score": LOOK,
              "customer.score.run": LOOK, "customer.segment": LOOK,
              "customer.score.backtest": LOOK, "customer.score.backtest.customer": LOOK},
    "service_manager": {"crm.customer.tier": LOOK, "crm.customer.tier.change": LOOK, "service.case": ALL,
                        "service.case.target": LOOK, "service.team": ALL, "customer.score": LOOK,
                        "customer.score.run": LOOK, "customer.segment": LOOK,
                        "customer.score.backtest": LOOK, "customer.score.backtest.customer": LOOK},
    "clerk": {},
    "portal": {},
    "public": {},
}
GROUPS = {
    "salesperson": "sales_team.group_sale_salesman",
    "sales_manager": "sales_team.group_sale_manager",
    "agent": "crm_plus_service.group_agent",
    "service_manager": "crm_plus_service.group_manager",
    "clerk": "base.group_user",
    "portal": "base.group_portal",
    "public": "base.group_public",
}
# What a case keeps of itself, and what a service administrator sets up.
FACTS = ("service.case.pause", "service.case.stage.time", "service.case.escalation", "service.case.report",
         "service.assignment")
PROMISES = ("service.policy", "service.policy.target", "service.escalation")
for login in ("salesperson", "sales_manager", "agent", "service_manager"):
    MATRIX[login] |= dict.fromkeys(FACTS + PROMISES, LOOK)
MATRIX["service_manager"] |= dict.fromkeys(PROMISES, ALL)
MODELS = sorted(MATRIX["salesperson"])


@tagged("post_install", "-at_install")
class TestAccessMatrix(TransactionCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.home = cls.env.ref("base.main_company")
        cls.abroad = cls.env["res.company"].create({"name": "Abroad", "currency_id": cls.env.ref("base.EUR").id})
        cls.env.user.company_ids += cls.abroad
        cls.env["account.chart.template"].try_loading("generic_coa", company=cls.abroad, install_demo=False)
        cls.users = {
            login: new_test_user(cls.env, f"matrix_{login}", groups=groups, company_id=cls.home.id,
                                 company_ids=[Command.set(cls.home.ids)])
            for login, groups in GROUPS.items()}
        cls.customers = {company: cls.customer_of(company) for company in (cls.home, cls.abroad)}
        cls.records = {company: cls.records_of(company) for company in (cls.home, cls.abroad)}

    @classmethod
    def customer_of(cls, company):
        tag = f"Matrix {company.id}"
        load(cls.env, [Purchase("1", date(1997, 2, day), 1, Decimal(day)) for day in (3, 9, 20)], company=company.name,
             tag=tag, commit=cls.env.flush_all)
        return cls.env["res.partner"].search([("name", "=", f"{tag} customer 1")])

    @classmethod
    def records_of(cls, company):
        """Return one record of each model, of `company`."""
        env = cls.env(context={**cls.env.context, "allowed_company_ids": company.ids})
        customer = cls.customers[company].with_env(env)
        tier = env["crm.customer.tier"].create({"name": "Best", "company_id": company.id})
        customer._set_customer_tier(tier, "Test")
        team = env["service.team"].create({"name": "Matrix", "company_id": company.id, "resolution_hours": 8})
        policy = env["service.policy"].create({
            "name": "Matrix", "company_id": company.id, "team_ids": team.ids,
            "target_ids": [Command.create({"kind": "resolution", "hours": 4})]})
        escalation = env["service.escalation"].create({"policy_target_id": policy.target_ids.id})
        case = env["service.case"].create({"name": "Matrix", "team_id": team.id, "partner_id": customer.id})
        case.action_close()
        case.action_reopen()
        env.flush_all()
        run = env["customer.score.run"].create({"company_id": company.id, "as_of": "1997-12-31"})
        run._execute()
        test = env["customer.score.backtest"]._queue({
            "company_id": company.id, "fit_until": "1997-02-10", "predict_until": "1997-02-20", "model_asked": "auto",
            "time_unit": "day", "user_id": env.uid})
        return {
            "crm.customer.tier": tier,
            "crm.customer.tier.change": env["crm.customer.tier.change"].search(
                [("partner_id", "=", customer.id), ("company_id", "=", company.id)], limit=1),
            "service.case": case,
            "service.assignment": env["service.assignment"].create(
                {"case_id": case.id, "team_id": team.id, "reason": "nobody"}),
            "service.case.escalation": case.target_ids.escalation_ids,
            "service.case.pause": case.pause_ids,
            "service.case.report": env["service.case.report"].browse(case.id),
            "service.case.stage.time": case.stage_time_ids[:1],
            "service.case.target": case.target_ids[:1],
            "service.escalation": escalation,
            "service.policy": policy,
            "service.policy.target": policy.target_ids,
            "service.team": team,
            "customer.score": env["customer.score"].search(
                [("partner_id", "=", customer.id), ("company_id", "=", company.id)]),
            "customer.score.run": run,
            "customer.score.backtest": test,
            "customer.score.backtest.customer": test.customer_ids,
            "customer.segment": env["customer.segment"].create({"name": "Matrix", "company_id": company.id}),
        }

    def rights(self, record, user) -> set[str]:
        """Return which of the four rights `user` has on the record, by trying what can be tried unharmed."""
        record = record.with_user(user).with_company(user.company_id)
        found = set()
        for operation in (READ, WRITE, CREATE, UNLINK):
            try:
                record.check_access(operation)
                found.add(operation)
            except AccessError:
                continue
        return found

    @mute_logger("odoo.addons.base.models.ir_model", "odoo.addons.base.models.ir_rule")
    def test_rights_in_the_own_company(self):
        for login, expected in MATRIX.items():
            for model in MODELS:
                with self.subTest(user=login, model=model):
                    record = self.records[self.home][model]
                    self.assertTrue(record, "the test needs a record")
                    self.assertEqual(self.rights(record, self.users[login]), expected.get(model, NOTHING))

    @mute_logger("odoo.addons.base.models.ir_model", "odoo.addons.base.models.ir_rule")
    def test_no_rights_in_another_company(self):
        for login in MATRIX:
            for model in MODELS:
                with self.subTest(user=login, model=model):
                    record, user = self.records[self.abroad][model], self.users[login]
                    self.assertTrue(record, "the test needs a record")
                    self.assertEqual(self.rights(record, user) - {CREATE}, NOTHING)
                    with self.assertRaises(AccessError):
                        record.with_user(user).read(["display_name"])

    @mute_logger("odoo.addons.base.models.ir_model", "odoo.addons.base.models.ir_rule")
    def test_searching_finds_only_the_own_company(self):
        for login in ("salesperson", "sales_manager", "agent", "service_manager"):
            for model in MODELS:
                with self.subTest(user=login, model=model):
                    found = self.env[model].with_user(self.users[login]).search([])
                    self.assertIn(self.records[self.home][model], found)
                    self.assertNotIn(self.records[self.abroad][model], found)

    def timeline(self, login, company):
        customer = self.customers[company]
        found = self.env["customer.timeline"].with_user(self.users[login]).search([("partner_id", "=", customer.id)])
        return sorted(set(found.mapped("kind")))

    def test_timeline_shows_what_the_documents_show(self):
        # Nobody's orders and invoices are everybody's; payments need the right to see them.
        self.assertEqual(self.timeline("salesperson", self.home), ["case", "invoice", "order"])
        self.assertEqual(self.timeline("agent", self.home), ["case", "invoice", "order", "payment"])
        for login in ("salesperson", "sales_manager", "agent", "service_manager"):
            self.assertEqual(self.timeline(login, self.abroad), [], login)

    def test_salesperson_of_own_documents_sees_no_colleagues_order(self):
        customer = self.customers[self.home]
        orders = self.env["sale.order"].search([("partner_id", "=", customer.id)])
        orders.user_id = self.users["sales_manager"]
        orders.invoice_ids.invoice_user_id = self.users["sales_manager"]
        self.assertEqual(self.timeline("salesperson", self.home), ["case"])
        entries = self.env["customer.timeline"].search([("partner_id", "=", customer.id), ("kind", "=", "order")])
        self.assertEqual(len(entries), 3)
        with self.assertRaises(AccessError), mute_logger("odoo.addons.base.models.ir_rule"):
            entries.with_user(self.users["salesperson"]).read(["amount"])
        page = customer.with_user(self.users["salesperson"]).get_customer_360()
        figures = {figure["key"]: figure["value"] for group in page["groups"] for figure in group["figures"]}
        self.assertEqual((figures["ordered"], figures["invoiced"]), (0, 0))

    @mute_logger("odoo.addons.base.models.ir_model", "odoo.addons.base.models.ir_rule")
    def test_page_is_refused_to_others(self):
        for login in ("clerk", "portal", "public"):
            with self.subTest(login), self.assertRaises(AccessError):
                self.customers[self.home].with_user(self.users[login]).get_customer_360()
            with self.subTest(login), self.assertRaises(AccessError):
                self.env["customer.timeline"].with_user(self.users[login]).search([])
