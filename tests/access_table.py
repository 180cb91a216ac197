"""Who may do what with the records of each model of the add-ons, in their own company: the specification."""

READ, WRITE, CREATE, UNLINK = "read", "write", "create", "unlink"
RIGHTS = {"R": READ, "W": WRITE, "C": CREATE, "D": UNLINK}

GROUPS = {
    "salesperson": "sales_team.group_sale_salesman",
    "sales_manager": "sales_team.group_sale_manager",
    "agent": "crm_plus_service.group_agent",
    "service_manager": "crm_plus_service.group_manager",
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
# The same for all companies.
SHARED = {
    "service.case.tag", "service.case.type", "service.public.domain", "service.response.class", "service.skill",
    "service.stage",
}


def rights(model: str, login: str) -> set[str]:
    """Return what the user may do with a record of the model."""
    if login not in READERS:
        return set()
    return {RIGHTS[letter] for letter in TABLE[model][READERS.index(login)]}
