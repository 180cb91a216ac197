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
            tier, tier_change, *cls._set_up_of(env, company), *cls._scores_of(env, company, customer, tier)]
        team = next(record for record in records if record._name == "service.team")
        records += cls._cases_of(env, company, customer, team)
        env.flush_all()
        records.append(env["customer.timeline"].search([("partner_id", "=", customer.id), ("kind", "=", "case")]))
        return {record._name: record[:1] for record in records}

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
        return {
            "crm.customer.tier.assign": {"partner_ids": case.partner_id.ids, "reason": "Matrix"},
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
