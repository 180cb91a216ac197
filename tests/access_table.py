"""Who may do what with the records of each model of the add-ons, in their own company: the specification."""

READ, WRITE, CREATE, UNLINK = "read", "write", "create", "unlink"
RIGHTS = {"R": READ, "W": WRITE, "C": CREATE, "D": UNLINK}

GROUPS = {
    "salesperson": "sales_team.group_sale_salesman",
    "sales_manager": "sales_team.group_sale_manager",
    "agent": "crm_plus_service.group_agent",
    "service_manager": "crm_plus_service.group_manager",
    "administrator": "base.group_user,base.group_system",
    "clerk": "base.group_user",
    "portal": "base.group_portal",
    "public": "base.group_public",
}
# Everybody else has no right at all on what is not theirs.
READERS = ("salesperson", "sales_manager", "agent", "service_manager")

TABLE = {
    # tiers
    "crm.customer.tier": ("R", "RWCD", "R", "R"),
    "crm.customer.tier.assign": ("", "RWC", "", ""),
    "crm.customer.tier.change": ("R", "R", "R", "R"),
    "customer.timeline": ("R", "R", "R", "R"),
    # the selling process: what stages ask for and start, who approved and overrode, reports
    "crm.lead.stage.time": ("R", "R", "", ""),
    "crm.pipeline.report": ("R", "R", "", ""),
    "crm.stage.action": ("R", "RWCD", "", ""),
    "crm.stage.approval": ("R", "R", "", ""),
    "crm.stage.approval.decide": ("RWC", "RWC", "", ""),
    "crm.stage.conversion": ("R", "R", "", ""),
    "crm.stage.criterion": ("R", "RWCD", "", ""),
    "crm.stage.override": ("R", "R", "", ""),
    # industry templates: administrators alone, and written by applying them alone
    "crm.industry.application": ("", "", "", ""),
    "crm.industry.application.line": ("", "", "", ""),
    "crm.industry.export": ("", "", "", ""),
    "crm.industry.import": ("", "", "", ""),
    "crm.industry.template": ("", "", "", ""),
    # scores of leads: written by the scoring alone
    "crm.score.history": ("R", "R", "", ""),
    "crm.score.rule": ("", "RWCD", "", ""),
    # duplicates and merges
    "crm.duplicate": ("R", "R", "", ""),
    "crm.duplicate.rule": ("R", "RWCD", "", ""),
    "crm.duplicate.scan": ("", "R", "", ""),
    "crm.merge": ("", "R", "", ""),
    "crm.merge.undo": ("", "RWC", "", ""),
    "crm.merge.wizard": ("RWC", "RWC", "", ""),
    # quality of leads and contacts, and how soon they are answered
    "crm.lead.hand.out": ("RWC", "RWC", "", ""),
    "crm.quality.check": ("R", "RWCD", "R", "R"),
    "crm.quality.mail.domain": ("R", "RWCD", "R", "R"),
    "crm.quality.waive": ("RWC", "RWC", "", ""),
    "crm.quality.waiver": ("RC", "RC", "", ""),
    "crm.response.escalation": ("R", "RWCD", "", ""),
    "crm.response.promise": ("R", "RWCD", "", ""),
    "crm.response.report": ("R", "R", "", ""),
    # forecast, what was won and lost, competitors
    "crm.account.competitor": ("RWC", "RWCD", "", ""),
    "crm.competitor": ("RWC", "RWCD", "", ""),
    "crm.competitor.observation": ("RWC", "RWCD", "", ""),
    "crm.competitor.product": ("RWC", "RWCD", "", ""),
    "crm.competitor.sample": ("RWC", "RWCD", "", ""),
    "crm.decision.factor": ("R", "RWCD", "", ""),
    "crm.forecast.snapshot": ("R", "RWCD", "", ""),
    "crm.forecast.snapshot.line": ("R", "R", "", ""),
    "crm.lead.won": ("RWC", "RWC", "", ""),
    "crm.win.loss.product.report": ("R", "R", "", ""),
    "crm.win.loss.report": ("R", "R", "", ""),
    # how leads are taken in, and what people have agreed to
    "crm.consent": ("RC", "RC", "RC", "RC"),
    "crm.consent.purpose": ("R", "RWCD", "R", "R"),
    "crm.lead.import": ("RWCD", "RWCD", "", ""),
    "crm.lead.import.column": ("RW", "RW", "", ""),
    "crm.lead.import.line": ("R", "R", "", ""),
    "crm.lead.quick.entry": ("RWC", "RWC", "", ""),
    "crm.touch": ("R", "R", "", ""),
    "crm.web.request": ("", "RD", "", ""),
    # key accounts
    "crm.account.figure": ("RWCD", "RWCD", "R", "R"),
    "crm.account.profile": ("R", "RWCD", "R", "R"),
    "crm.account.role": ("RWCD", "RWCD", "R", "R"),
    "crm.agreement": ("RWC", "RWCD", "R", "R"),
    "crm.agreement.kind": ("R", "RWCD", "R", "R"),
    "crm.buying.role": ("R", "RWCD", "R", "R"),
    "crm.contact.cadence": ("R", "RWCD", "R", "R"),
    "crm.contact.due": ("R", "R", "R", "R"),
    "crm.health.history": ("R", "R", "R", "R"),
    "crm.health.measure": ("R", "RWCD", "R", "R"),
    "crm.key.account": ("RWC", "RWCD", "R", "R"),
    "crm.key.account.report": ("R", "R", "R", "R"),
    "crm.procurement.project": ("RWC", "RWCD", "R", "R"),
    "crm.procurement.step": ("RWCD", "RWCD", "R", "R"),
    # account plans: what a review has frozen is nobody's to write
    "crm.account.page.send": ("RWC", "RWC", "RWC", "RWC"),
    "crm.account.plan": ("RWC", "RWCD", "R", "R"),
    "crm.account.plan.action": ("RWCD", "RWCD", "R", "R"),
    "crm.account.plan.goal": ("RWCD", "RWCD", "R", "R"),
    "crm.account.plan.phase": ("RWCD", "RWCD", "R", "R"),
    "crm.account.plan.review": ("RWCD", "RWCD", "R", "R"),
    "crm.account.plan.review.line": ("R", "R", "R", "R"),
    # what is personal: for its own group alone
    "crm.personal.profile": ("", "", "", ""),
    "crm.personal.profile.log": ("", "", "", ""),
    # scores: written by the scoring alone
    "customer.score": ("R", "R", "R", "R"),
    "customer.score.backtest": ("R", "RD", "R", "R"),
    "customer.score.backtest.customer": ("R", "R", "R", "R"),
    "customer.score.backtest.launch": ("", "RWC", "", ""),
    "customer.score.history": ("R", "R", "R", "R"),
    "customer.score.launch": ("", "RWC", "", ""),
    "customer.score.progress": ("", "", "", ""),
    "customer.score.run": ("R", "RD", "R", "R"),
    "customer.segment": ("R", "RWCD", "R", "R"),
    "customer.tier.proposal": ("", "RD", "", ""),
    "customer.tier.rule": ("", "RWCD", "", ""),
    # cases, and what is done with them
    "service.case": ("R", "R", "RWC", "RWCD"),
    "service.case.change": ("", "", "RWCD", "RWCD"),
    "service.case.close": ("", "", "RWCD", "RWCD"),
    "service.case.hand.over": ("", "", "RWCD", "RWCD"),
    "service.case.merge": ("", "", "RWCD", "RWCD"),
    "service.case.split": ("", "", "RWCD", "RWCD"),
    "service.case.trial": ("", "", "", "RWCD"),
    "service.handover.refuse": ("", "", "RWCD", "RWCD"),
    # what cases keep of themselves
    "service.assignment": ("R", "R", "R", "R"),
    "service.case.escalation": ("R", "R", "R", "R"),
    "service.case.pause": ("R", "R", "R", "R"),
    "service.case.report": ("R", "R", "R", "R"),
    "service.case.stage.time": ("R", "R", "R", "R"),
    "service.case.target": ("R", "R", "R", "R"),
    "service.handover": ("R", "R", "R", "R"),
    "service.merge": ("R", "R", "R", "R"),
    "service.replanning": ("", "", "", "R"),
    "service.nps.answer": ("R", "R", "R", "RD"),
    "service.promise.report": ("R", "R", "R", "R"),
    # what is not a case yet
    "service.intake": ("", "", "R", "RD"),
    "service.intake.dismiss": ("", "", "RWC", "RWC"),
    "service.web.request": ("", "", "", "RD"),
    # what a service administrator sets up
    "service.agent": ("", "", "R", "RWCD"),
    "service.case.tag": ("R", "R", "RWC", "RWCD"),
    "service.case.type": ("R", "R", "R", "RWCD"),
    "service.escalation": ("R", "R", "R", "RWCD"),
    "service.policy": ("R", "R", "R", "RWCD"),
    "service.policy.target": ("R", "R", "R", "RWCD"),
    "service.public.domain": ("", "", "R", "RWCD"),
    "service.response.class": ("R", "R", "R", "RWCD"),
    "service.skill": ("R", "R", "R", "RWCD"),
    "service.skill.level": ("R", "R", "R", "RWCD"),
    "service.stage": ("R", "R", "R", "RWCD"),
    "service.team": ("R", "R", "R", "RWCD"),
}
# What administrators of the settings may do, who have no other right in the add-ons.
ADMINISTRATOR = {
    "crm.industry.application": "R",
    "crm.industry.application.line": "R",
    "crm.industry.export": "RWC",
    "crm.industry.import": "RWC",
    "crm.industry.template": "RD",
    "crm.personal.profile.log": "R",
}
# The same for all companies.
SHARED = {
    "crm.duplicate.scan", "crm.forecast.snapshot", "crm.industry.template", "crm.quality.mail.domain",
    "service.case.tag", "service.case.type", "service.public.domain", "service.response.class", "service.skill",
    "service.stage",
}


def rights(model: str, login: str) -> set[str]:
    """Return what the user may do with a record of the model."""
    if login in READERS:
        letters = TABLE[model][READERS.index(login)]
    else:
        letters = ADMINISTRATOR.get(model, "") if login == "administrator" else ""
    return {RIGHTS[letter] for letter in letters}
