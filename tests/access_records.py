"""A record of each model of the add-ons, for the access matrix: of a company, or a dialog of a user."""

from datetime import date
from decimal import Decimal

from odoo import Command
from odoo.tests import new_test_user

from purchases import Purchase, load


class AccessRecords:
    """Mixed into a TransactionCase."""

    @classmethod
    def customer_of(cls, company):
        tag = f"Matrix {company.id}"
        load(cls.env, [Purchase("1", date(1997, 2, day), 1, Decimal(day)) for day in (3, 9, 20)], company=company.name,
             tag=tag, commit=cls.env.flush_all)
        return cls.env["res.partner"].search([("name", "=", f"{tag} customer 1")])

    @classmethod
    def records_of(cls, company, customer):
        """Return one record of each model that keeps its records, of `company`."""
        env = cls.env(context={**cls.env.context, "allowed_company_ids": company.ids})
        customer = customer.with_env(env)
        tier = env["crm.customer.tier"].create({"name": "Best", "company_id": company.id})
        customer._set_customer_tier(tier, "Test")
        tier_change = env["crm.customer.tier.change"].search(
            [("partner_id", "=", customer.id), ("company_id", "=", company.id)], limit=1)
        records = [
            tier, tier_change, *cls._set_up_of(env, company), *cls._scores_of(env, company, customer, tier),
            *cls._process_of(env, company),
            *cls._scored_lead_of(env, company),
            *cls._duplicates_of(env, company),
            *cls._quality_of(env, company),
            *cls._competition_of(env, company, customer),
            *cls._captured_of(env, company),
            *cls._industry_of(env, company)]
        team = next(record for record in records if record._name == "service.team")
        records += cls._cases_of(env, company, customer, team)
        records += cls._key_account_of(env, company, customer)
        env.flush_all()
        records.append(env["customer.timeline"].search([("partner_id", "=", customer.id), ("kind", "=", "case")]))
        return {record._name: record[:1] for record in records}

    @classmethod
    def _industry_of(cls, env, company):
        template = env["crm.industry.template"].create({"key": f"matrix_{company.id}", "name": "Matrix"})
        application = env["crm.industry.application"].create({
            "template_id": template.id, "template_key": template.key, "name": "Matrix", "company_id": company.id,
            "line_ids": [Command.create({
                "item": "crm_plus/tiers/a", "kind": "created", "model": "res.company", "res_id": company.id})]})
        return [template, application, application.line_ids]

    @classmethod
    def _captured_of(cls, env, company):
        lead = env["crm.lead"].create(
            {"name": "Matrix", "company_id": company.id, "team_id": False, "user_id": False,
             "email_from": f"lead-{company.id}@matrix.example"})
        purpose = env["crm.consent.purpose"].create(
            {"name": "Matrix", "text": "Matrix", "company_id": company.id})
        consent = env["crm.consent"].create(
            {"purpose_id": purpose.id, "email": lead.email_from, "company_id": company.id})
        lead_import = env["crm.lead.import"].create({
            "company_id": company.id, "type": "lead", "user_id": cls.users["salesperson"].id,
            "column_ids": [Command.create({"sequence": 0, "name": "Email"})],
            "line_ids": [Command.create({"row": 2, "cells": ["a@matrix.example"], "state": "new"})],
        })
        sales_team = env["crm.team"].create({"name": "Matrix", "company_id": company.id})
        web_request = env["crm.web.request"].create({
            "team_id": sales_team.id, "company_id": company.id, "contact_name": "Matrix",
            "email": "a@matrix.example", "description": "Matrix", "token_hash": f"lead-{company.id}"})
        return (
            purpose, consent, lead._add_touch("manual"), lead_import, lead_import.column_ids,
            lead_import.line_ids, web_request)

    @classmethod
    def _key_account_of(cls, env, company, customer):
        account = env["crm.key.account"].create({
            "partner_id": customer.id, "company_id": company.id, "user_id": False,
            "figure_ids": [Command.create({"annual_purchases": 100})]})
        project = env["crm.procurement.project"].create({
            "name": "Matrix", "account_id": account.id, "step_ids": [Command.create({"name": "Matrix"})]})
        person = env["res.partner"].create({"name": "Matrix", "parent_id": customer.id})
        entry, erased = env["crm.personal.profile"].create([{
            "contact_id": person.id, "company_id": company.id, "value": "Matrix", "purpose": "Matrix",
            "source": "Matrix"} for _number in range(2)])
        erased.unlink()
        kind = env["crm.agreement.kind"].create({"name": "Matrix", "company_id": company.id})
        cadence = env["crm.contact.cadence"].create(
            {"tier_id": customer.customer_tier_id.id, "interval": 30, "company_id": company.id})
        env["crm.contact.due"]._refresh(company, customer)
        env["crm.key.account"]._store_health([(account.id, 50, "amber", [])], date.today())
        env.flush_all()
        return [
            *cls._plan_of(env, account),
            kind, cadence, env["crm.contact.due"].search([("cadence_id", "=", cadence.id)]),
            env["crm.agreement"].create({
                "name": "Matrix", "kind_id": kind.id, "partner_id": customer.id, "user_id": False,
                "company_id": company.id}),
            env["crm.health.history"].search([("account_id", "=", account.id)]),
            env["crm.health.measure"].create(
                {"kind": "overdue", "good": 0, "bad": 60, "company_id": company.id}),
            account, account.figure_ids, project, project.step_ids, entry,
            env["crm.account.role"].create({"account_id": account.id, "contact_id": person.id}),
            env["crm.account.profile"].create({"name": "Matrix", "company_id": company.id}),
            env["crm.buying.role"].create({"name": "Matrix", "company_id": company.id}),
            env["crm.key.account.report"].browse(account.id),
            env["crm.personal.profile.log"].search([("company_id", "=", company.id)], limit=1),
        ]

    @classmethod
    def _plan_of(cls, env, account):
        plan = env["crm.account.plan"].create({
            "account_id": account.id, "date_start": "2026-01-01", "date_end": "2026-12-31",
            "goal_ids": [Command.create({"measure": "revenue", "target_value": 100})],
            "phase_ids": [Command.create({"name": "Matrix", "date_start": "2026-01-01", "date_end": "2026-03-31"})],
            "action_ids": [Command.create({"name": "Matrix", "date_deadline": "2026-03-31"})]})
        plan.action_start()
        review = env["crm.account.plan.review"].create({"plan_id": plan.id})
        review.action_freeze()
        return [plan, plan.goal_ids, plan.phase_ids, plan.action_ids, review, review.line_ids]

    @classmethod
    def _set_up_of(cls, env, company):
        user = new_test_user(
            cls.env, f"matrix_agent_{company.id}", groups="crm_plus_service.group_agent", company_id=company.id,
            company_ids=[Command.set(company.ids)])
        team = env["service.team"].create({"name": "Matrix", "company_id": company.id, "resolution_hours": 8})
        policy = env["service.policy"].create({
            "name": "Matrix", "company_id": company.id, "team_ids": team.ids,
            "target_ids": [Command.create({"kind": "resolution", "hours": 4})]})
        skill = env["service.skill"].create({"name": f"Skill {company.id}"})
        agent = env["service.agent"].create({
            "user_id": user.id, "company_id": company.id, "skill_ids": [Command.create({"skill_id": skill.id})]})
        return [
            team, policy, policy.target_ids, skill, agent, agent.skill_ids,
            env["service.escalation"].create({"policy_target_id": policy.target_ids.id, "notify_team": True}),
            env["service.replanning"].create({"company_id": company.id, "reason": "Matrix"}),
            env["service.case.tag"].create({"name": f"Tag {company.id}"}),
            env["service.case.type"].create({"name": f"Type {company.id}"}),
            env["service.public.domain"].create({"name": f"matrix{company.id}.example"}),
            env["service.response.class"].create({"name": f"Class {company.id}"}),
            env["service.stage"].create({"name": f"Stage {company.id}"}),
        ]

    @classmethod
    def _process_of(cls, env, company):
        first, second = env["crm.stage"].create([
            {"name": name, "sequence": sequence} for name, sequence in (("Matrix 1", -2), ("Matrix 2", -1))])
        approver = new_test_user(
            cls.env, f"matrix_approver_{company.id}", groups="sales_team.group_sale_manager", company_id=company.id,
            company_ids=[Command.set(company.ids)])
        criterion = env["crm.stage.criterion"].create({
            "name": "Matrix", "stage_id": first.id, "company_id": company.id, "kind": "approval",
            "approver_ids": [Command.set(approver.ids)]})
        action = env["crm.stage.action"].create({
            "name": "Matrix", "stage_id": first.id, "company_id": company.id, "kind": "mail",
            "mail_template_id": env["mail.template"].create({
                "name": "Matrix", "model_id": env["ir.model"]._get_id("crm.lead")}).id, "active": False})
        lead = env["crm.lead"].create({
            "name": "Matrix", "type": "opportunity", "company_id": company.id,
            "user_id": False, "team_id": False, "stage_id": first.id})
        approval = env["crm.stage.approval"]._ask(lead, criterion)
        lead.write({"stage_id": second.id, "stage_override_reason": "Matrix"})
        env.flush_all()
        of_lead = [("lead_id", "=", lead.id)]
        return [
            criterion, action, approval, env["crm.stage.override"].search(of_lead),
            env["crm.lead.stage.time"].search(of_lead), env["crm.stage.conversion"].search(of_lead),
            env["crm.pipeline.report"].search(of_lead),
        ]

    @classmethod
    def _quality_of(cls, env, company):
        check = env["crm.quality.check"].create({
            "field_id": env["ir.model.fields"]._get("crm.lead", "referred").id, "company_id": company.id})
        domain = env["crm.quality.mail.domain"].create({
            "name": f"matrix{company.id}.example", "kind": "disposable"})
        source = env["utm.source"].create({"name": f"Matrix {company.id}"})
        promise = env["crm.response.promise"].create({
            "name": "Matrix", "source_id": source.id, "company_id": company.id,
            "escalation_ids": [Command.create({"moment": "at"})]})
        lead = env["crm.lead"].create({
            "name": "Matrix", "type": "lead", "company_id": company.id, "user_id": False, "team_id": False,
            "source_id": source.id})
        waiver = env["crm.quality.waiver"].create({"lead_id": lead.id, "kind": "stale", "reason": "Matrix"})
        env.flush_all()
        report = env["crm.response.report"].search([("lead_id", "=", lead.id)])
        return [check, domain, promise, promise.escalation_ids, waiver, report]

    @classmethod
    def _competition_of(cls, env, company, customer):
        competitor = env["crm.competitor"].create({"name": "Matrix", "company_id": company.id})
        product = env["crm.competitor.product"].create({"name": "Matrix", "competitor_id": competitor.id})
        account = env["crm.account.competitor"].create({
            "partner_id": customer.id, "competitor_id": competitor.id, "company_id": company.id, "price": 1})
        lead, lost = env["crm.lead"].create([
            {"name": "Matrix", "type": "opportunity", "company_id": company.id, "user_id": False, "team_id": False}
            for _number in range(2)])
        lost.action_set_lost(lost_to_id=competitor.id)
        snapshot = env["crm.forecast.snapshot"].create({})
        env.flush_all()
        of_lost = [("lead_id", "=", lost.id)]
        return [
            competitor, product, account, account.observation_ids,
            env["crm.competitor.sample"].create({"name": "Matrix", "account_competitor_id": account.id}),
            env["crm.decision.factor"].create({"name": "Matrix", "company_id": company.id}),
            snapshot, env["crm.forecast.snapshot.line"].search([
                ("snapshot_id", "=", snapshot.id), ("lead_id", "=", lead.id)]),
            env["crm.win.loss.report"].search(of_lost), env["crm.win.loss.product.report"].search(of_lost),
        ]

    @classmethod
    def _scores_of(cls, env, company, customer, tier):
        run = env["customer.score.run"].create({"company_id": company.id, "as_of": "1997-12-31"})
        run._execute()
        of_customer = [("partner_id", "=", customer.id), ("company_id", "=", company.id)]
        score = env["customer.score"].search(of_customer)
        test = env["customer.score.backtest"]._queue({
            "company_id": company.id, "fit_until": "1997-02-10", "predict_until": "1997-02-20", "model_asked": "auto",
            "time_unit": "day", "user_id": env.uid})
        rule = env["customer.tier.rule"].create({"name": "Matrix", "tier_id": tier.id, "company_id": company.id})
        proposals = env["customer.tier.proposal"]
        return [
            run, score, env["customer.score.history"].search(of_customer), test, test.customer_ids, rule,
            env["customer.segment"].create({"name": "Matrix", "company_id": company.id}),
            env["customer.score.progress"].create({"run_id": run.id, "phase": "measures", "percentage": 5}),
            proposals.search(of_customer) or proposals.create({
                "score_id": score.id, "partner_id": customer.id, "company_id": company.id, "rule_id": rule.id,
                "proposed_tier_id": tier.id}),
        ]

    @classmethod
    def _scored_lead_of(cls, env, company):
        rule = env["crm.score.rule"].create({"name": "Matrix", "company_id": company.id})
        lead = env["crm.lead"].create({"name": "Matrix", "company_id": company.id, "user_id": False})
        lead.action_update_lead_score()
        return [rule, env["crm.score.history"].search([("lead_id", "=", lead.id)])]

    @classmethod
    def _duplicates_of(cls, env, company):
        one, other, merged, second = env["crm.lead"].create([
            {"name": f"Matrix {number}", "company_id": company.id, "user_id": False, "team_id": False}
            for number in range(4)])
        pair = env["crm.duplicate"].create({
            **env["crm.duplicate"]._pair_values(("crm.lead", one.id), ("crm.lead", other.id)),
            "company_id": company.id})
        return [
            pair, env["crm.merge"]._merge(second, merged, {}),
            env["crm.duplicate.rule"].create({"kind": "email", "points": 70, "company_id": company.id}),
            env["crm.duplicate.scan"].create({}),
        ]

    @classmethod
    def _cases_of(cls, env, company, customer, team):
        case, other = env["service.case"].create([
            {"name": "Matrix", "team_id": team.id, "partner_id": customer.id, "user_id": False} for _number in range(2)])
        case.action_close()
        case.action_reopen()
        other._merge_into(case)
        second_line = env["service.team"].create({"name": "Second Line", "company_id": company.id})
        env.flush_all()
        return [
            case, case.pause_ids, case.stage_time_ids, case.target_ids, case.target_ids.escalation_ids,
            case._hand_over(second_line, "Too difficult"),
            env["service.merge"].search([("into_id", "=", case.id)]),
            env["service.assignment"].create({"case_id": case.id, "team_id": team.id, "reason": "nobody"}),
            env["service.case.report"].browse(case.id),
            env["service.promise.report"].search([("case_id", "=", case.id)]),
            env["service.nps.answer"].create({"company_id": company.id, "partner_id": customer.id}),
            env["service.intake"].create({"subject": "Matrix", "team_id": team.id, "company_id": company.id}),
            env["service.web.request"].create({
                "name": "Matrix", "team_id": team.id, "contact_name": "Matrix", "email": "matrix@example.com",
                "description": "Matrix", "token_hash": f"matrix{company.id}"}),
        ]

    @classmethod
    def dialog_values(cls, model, records):
        """Return what is entered in a dialog about the records of a company."""
        case, team = records["service.case"], records["service.team"]
        cases = {"case_ids": case.ids}
        pair = records["crm.duplicate"]
        return {
            "crm.stage.approval.decide": {"approval_ids": records["crm.stage.approval"].ids, "state": "approved"},
            "crm.merge.undo": {"merge_id": records["crm.merge"].id},
            "crm.merge.wizard": {
                "kind": "crm.lead", "lead_ids": (pair.lead_id | pair.other_lead_id).ids, "survivor_id": pair.lead_id.id},
            "crm.lead.won": {"lead_id": records["crm.win.loss.report"].lead_id.id},
            "crm.lead.quick.entry": {},
            "crm.account.page.send": {"account_id": records["crm.key.account"].id},
            "crm.industry.export": {"name": "Matrix", "summary": "Matrix"},
            "crm.industry.import": {"file": b"Matrix"},
            "crm.customer.tier.assign": {"partner_ids": case.partner_id.ids, "reason": "Matrix"},
            "crm.lead.hand.out": {"lead_ids": records["crm.quality.waiver"].lead_id.ids},
            "crm.quality.waive": {"lead_ids": records["crm.quality.waiver"].lead_id.ids, "reason": "Matrix"},
            "customer.score.launch": {},
            "customer.score.backtest.launch": {"fit_until": "1997-02-10", "predict_until": "1997-02-20"},
            "service.case.change": cases,
            "service.case.close": cases,
            "service.case.hand.over": {**cases, "team_id": team.id, "reason": "Matrix"},
            "service.case.merge": {**cases, "into_id": case.id},
            "service.case.split": {
                "case_id": case.id, "message_ids": case.message_ids[:1].ids, "name": "Matrix", "team_id": team.id},
            "service.case.trial": {"team_id": team.id, "partner_id": case.partner_id.id},
            "service.handover.refuse": {"handover_ids": records["service.handover"].ids, "answer": "Matrix"},
            "service.intake.dismiss": {"intake_ids": records["service.intake"].ids, "reason": "Matrix"},
        }[model]
