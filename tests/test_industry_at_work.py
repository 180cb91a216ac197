"""Each delivered template in a company that is at work: applied, worked with by those who sell and serve, undone."""

from datetime import timedelta
from decimal import Decimal

from odoo import Command, fields
from odoo.addons.crm_plus.tests.industry_common import IndustryRows
from odoo.exceptions import UserError
from odoo.tests import TransactionCase, new_test_user, tagged

from purchases import Purchase, load

from .industry_work import WORK

#: the models of what people do, of which undoing a template must not change a thing
AT_WORK = {
    "crm.lead": ("name", "stage_id", "team_id", "user_id", "type", "active", "probability", "expected_revenue"),
    "service.case": ("name", "stage_id", "team_id", "type_id", "user_id", "priority", "closed_date"),
    "sale.order": ("name", "state", "amount_total"),
    "account.move": ("name", "state", "amount_total", "payment_state"),
    "customer.score": ("partner_id", "purchases", "composite_score", "abc_class"),
}


@tagged("post_install", "-at_install")
class TestIndustryAtWork(IndustryRows, TransactionCase):
    """The main company: Odoo's demo data, and those of the add-ons."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company = cls.env.ref("base.main_company")
        cls.env = cls.env(context={"allowed_company_ids": cls.company.ids, "no_reset_password": True})
        cls.consultant = cls.user("consultant", "base.group_system,sales_team.group_sale_manager")
        cls.salesperson = cls.user("seller", "sales_team.group_sale_salesman")
        cls.manager = cls.user("chief", "sales_team.group_sale_manager")
        cls.agent = cls.user("helper", "crm_plus_service.group_agent")
        cls.product = cls.env["product.product"].create({"name": "What is sold", "list_price": 90, "type": "service"})
        cls.templates = cls.env["crm.industry.template"].with_user(cls.consultant)
        cls.all = cls.env(context={**cls.env.context, "active_test": False})

    @classmethod
    def user(cls, login, groups):
        return new_test_user(cls.env, f"industry_{login}", groups=groups, company_id=cls.company.id,
                             company_ids=[Command.set(cls.company.ids)], tz="UTC")

    def live(self):
        """Return what people have done in the company, by model and id."""
        self.env.flush_all()
        self.env.invalidate_all()
        return {
            model: {row.pop("id"): row for row in self.all[model].search(
                [("company_id", "in", (False, self.company.id))]).read(names, load=None)}
            for model, names in AT_WORK.items()
        }

    def test_banking(self):
        self.work_through("banking")

    def test_chemicals(self):
        self.work_through("chemicals")

    def test_pharma(self):
        self.work_through("pharma")

    def test_retail(self):
        self.work_through("retail")

    def test_software(self):
        self.work_through("software")

    def test_wholesale(self):
        self.work_through("wholesale")

    def work_through(self, key):
        before, live = self.everything(), self.live()
        for model, records in live.items():
            self.assertTrue(records or model == "customer.score", f"{model}: the company is not at work")
        applied = self.templates.apply_template_by_key(key, overwrite=True)
        application = self.templates.env["crm.industry.application"].browse(applied)
        self.assertEqual(self.all.company, self.company)
        self.assertEqual(self.live(), live, "applying has changed what people have done")
        self.items = self.env["crm.industry.demo"]._read_items(key)
        lead = self.work_lead(WORK[key])
        case = self.work_case(WORK[key])
        customer = self.score_customer(WORK[key])
        self.undo(application, before, lead, case, customer)

    def item(self, section, key):
        return self.items[f"{section}/{key}"]

    def keys(self, section, **values):
        """Return the keys of the template's items whose records have these values."""
        return [
            item.partition("/")[2] for item, record in self.items.items() if item.partition("/")[0] == section
            and all(record[name] == value for name, value in values.items())]

    # ------------------------------------------------------------
    # A LEAD
    # ------------------------------------------------------------

    def work_lead(self, work):
        """Sell to a lead: what each stage asks for stands in the way until it is there, then the lead is won."""
        team = self.item("sales_teams", work.team)
        team.member_ids += self.salesperson
        lead = self.env["crm.lead"].with_user(self.salesperson).create({
            "name": f"Worked: {team.name}", "type": "opportunity", "team_id": team.id,
            "user_id": self.salesperson.id, "stage_id": self.item("stages", work.way[0].stage).id,
            "source_id": self.item("lead_sources", work.source).id})
        self.assertEqual(lead.response_promise_id.hours, work.answer_hours)
        self.facts = {}
        ahead = [*(self.item("stages", step.stage) for step in work.way[1:]), self.item("stages", "won")]
        for step, following in zip(work.way, ahead, strict=True):
            with self.subTest(stage=step.stage):
                self.leave(lead, step, following)
        self.assertEqual(lead.won_status, "won")
        names = {key: self.item("score_rules", key).name for key in self.keys("score_rules", kind="fit")}
        given = {row["name"]: row["points"] for row in lead.get_lead_score_details()["rows"]}
        self.assertEqual(
            {key: given[name] for key, name in names.items() if name in given}, work.points)
        return lead

    def leave(self, lead, step, following):
        """Leave a stage: first in vain, then with what it asks for."""
        self.assertEqual(lead.stage_id, self.item("stages", step.stage))
        if step.missing:
            missing = [entry for entry in lead.stage_checklist if not entry["met"]]
            self.assertEqual(len(missing), step.missing, missing)
            with self.assertRaises(UserError) as refused, self.env.cr.savepoint():
                lead.stage_id = following
            for criterion in missing:
                self.assertIn(criterion["name"], str(refused.exception))
        values = {
            name: self.env.ref(value).id if isinstance(value, str) and value.startswith("base.") else value
            for name, value in step.values.items()}
        if step.facts:
            # as the form does: all facts are written, also those that are known already
            self.facts.update(step.facts)
            values["lead_properties"] = self.facts
        lead.write(values)
        for deed in step.deeds:
            self.do(lead, deed)
        closing = {"decision_factor_ids": self.all["crm.decision.factor"].search([], limit=1).ids}
        lead.write({"stage_id": following.id, **(closing if following.is_won else {})})

    def do(self, lead, deed):
        if deed in ("meeting", "call"):
            lead.activity_schedule(f"mail.mail_activity_data_{deed}", user_id=self.salesperson.id).action_feedback(
                feedback="Done")
        elif deed.startswith("file:"):
            self.env["ir.attachment"].with_user(self.salesperson).create({
                "name": deed.partition(":")[2], "raw": b"%PDF-1.4", "res_model": lead._name, "res_id": lead.id})
        elif deed == "approval":
            self.approve(lead)
        else:
            self.offer(lead, deed == "order")

    def approve(self, lead):
        [criterion] = [entry for entry in lead.stage_checklist if entry["kind"] == "approval"]
        lead.action_meet_criterion(criterion["id"])
        approval = self.env["crm.stage.approval"].with_user(self.manager).search(
            [("lead_id", "=", lead.id), ("state", "=", "asked")])
        approval._decide("approved", "Good for both sides")

    def offer(self, lead, ordered):
        if not lead.partner_id:
            lead.partner_id = self.env["res.partner"].create({"name": f"Customer of {lead.name}"})
        order = lead.order_ids or self.env["sale.order"].with_user(self.salesperson).create({
            "partner_id": lead.partner_id.id, "opportunity_id": lead.id,
            "order_line": [Command.create({"product_id": self.product.id, "product_uom_qty": 3})]})
        if ordered:
            order.action_confirm()
        else:
            order.action_quotation_sent()

    # ------------------------------------------------------------
    # A CASE
    # ------------------------------------------------------------

    def work_case(self, work):
        """Serve a customer: what the template promises is planned, waits with the customer, and is kept."""
        team = self.item("service_teams", work.case_team)
        team.member_ids += self.agent
        customer = self.env["res.partner"].create({"name": "Served", "email": "served@example.com"})
        case = self.env["service.case"].with_user(self.agent).create({
            "name": "Worked", "team_id": team.id, "partner_id": customer.id, "user_id": self.agent.id,
            "type_id": self.item("case_types", work.case_type).id})
        promised = {
            (kind, stage and self.item("case_stages", stage), hours) for kind, stage, hours in work.promised}
        self.assertEqual({
            (target.kind, target.stage_id or None, target.hours) for target in case.target_ids
            if self.is_promised_here(target)}, promised)
        self.assertEqual(set(case.target_ids.mapped("outcome")), {"open"})
        for target in case.target_ids:
            self.assertEqual(target.deadline, target.calendar_id.plan_hours(target.hours, target.start_date))
        case.message_post(body="We look into it.", message_type="comment", subtype_xmlid="mail.mt_comment")
        for key in work.case_way:
            with self.subTest(stage=key):
                stage = self.item("case_stages", key)
                case.stage_id = stage
                waiting = case.target_ids.filtered(lambda target: target.state == "paused")
                self.assertEqual(bool(waiting), bool(stage.waiting_for and self.pausable(case)))
        self.assertTrue(case.closed_date)
        self.assertEqual(set(case.target_ids.mapped("outcome")), {"kept"})
        return case

    def is_promised_here(self, target):
        """Whether the template promises it; a following answer is promised once the customer has written again."""
        return target.policy_target_id.policy_id in self.items.values() and target.kind != "next_response"

    @staticmethod
    def pausable(case):
        return case.target_ids.filtered(lambda target: target.outcome == "open" and target.pausable)

    # ------------------------------------------------------------
    # A SCORING
    # ------------------------------------------------------------

    def score_customer(self, work):
        """Score the company's customers: one who buys as described is in the template's segment and tier."""
        today = fields.Date.today()
        load(self.env, [Purchase("1", today - timedelta(days=days), 1, Decimal(20)) for days in work.bought],
             company=self.company, tag="At Work", commit=self.env.flush_all)
        customer = self.env["res.partner"].search([("name", "=", "At Work customer 1")])
        customer.sale_order_ids.order_line.product_id.categ_id = self.env["product.category"].search([], limit=1)
        run = self.env["customer.score.run"].create({"company_id": self.company.id, "as_of": today})
        run._execute()
        self.assertEqual(run.state, "done", run.failure)
        score = self.env["customer.score"].search(
            [("company_id", "=", self.company.id), ("partner_id", "=", customer.id)])
        self.assertEqual(score.purchases, len(work.bought))
        self.assertEqual(score.segment_id, self.item("segments", work.segment))
        proposed = self.env["customer.tier.proposal"].search([("partner_id", "=", customer.id)])
        self.assertEqual(proposed.proposed_tier_id, self.item("tiers", work.tier))
        return customer

    # ------------------------------------------------------------
    # UNDOING IT
    # ------------------------------------------------------------

    def undo(self, application, before, lead, case, customer):
        """Undo the template: configuration is as before, but for what is in use and named; nothing of the work goes."""
        live, facts, kept_promises = self.live(), lead.lead_properties, case.target_ids
        expected = application.get_undo_preview()
        application.action_undo()
        self.assertEqual(application.state, "undone")
        kept = application.line_ids.filtered(lambda line: line.undone == "kept")
        self.assertTrue(all(kept.mapped("reason")))
        self.assertEqual(sorted(line["name"] for line in expected["kept"]), sorted(kept.mapped("name")))
        self.assertEqual(self.live(), live)
        self.assertEqual(lead.lead_properties, facts)
        self.assertEqual(case.target_ids, kept_promises)
        self.assertEqual(set(case.target_ids.mapped("outcome")), {"kept"})
        self.assertTrue(customer.exists())
        for used in (lead.team_id, case.type_id, case.team_id, case.target_ids.policy_target_id.policy_id):
            for record in used:
                self.assertTrue(record.exists())
        self.assertAsBefore(before, {(line.model, line.res_id) for line in kept})

    def assertAsBefore(self, before, kept):
        now = self.everything()
        self.assertEqual(now.keys(), before.keys())
        for model, rows in now.items():
            if model == "res.company":
                self.assertEqual(rows, before[model])
                continue
            old = {row[0]: row for row in before[model]}
            new = {row[0]: row for row in rows}
            self.assertLessEqual(old.keys(), new.keys(), model)
            changed = {row for row in new if old.get(row) != new[row]}
            self.assertLessEqual(changed, {res_id for name, res_id in kept if name == model}, model)

