"""A customer service as a company sets it up: teams with addresses, agents with skills, policies that escalate."""

from typing import NamedTuple

from odoo.fields import Command

#: Odoo's own switch: new users of the benchmark are sent no invitation.
QUIETLY = {"no_reset_password": True, "mail_create_nolog": True}
WEEK, EVERY_DAY = "01234", "0123456"
OFFICE, CLOCK = ((8, 12), (13, 17)), ((0, 12), (12, 24))
AGENTS_PER_TEAM = 4
ALIAS_DOMAIN = "bench.example.org"


class Service(NamedTuple):
    """The records that cases are made with."""

    #: teams that give out their cases, and one whose agents take the next one
    teams: object
    pulling: object
    agents: object
    #: a stage that waits for the customer
    waiting: object
    types: object
    tags: object
    tier: object


def set_up(env) -> Service:
    """Create them. Promises are whole hours, and agents work round the clock: cases are given out at any time."""
    office = _calendar(env, "Office hours", WEEK, OFFICE)
    clock = _calendar(env, "Round the clock", EVERY_DAY, CLOCK)
    domain = env["mail.alias.domain"].create({"name": ALIAS_DOMAIN})
    env.company.alias_domain_id = domain
    skills = env["service.skill"].create([{"name": name} for name in ("Devices", "Invoices", "Languages")])
    types = env["service.case.type"].search([], limit=3)
    for case_type, skill in zip(types, skills, strict=True):
        case_type.skill_ids = [Command.create({"skill_id": skill.id, "level": "1"})]
    teams = env["service.team"].create([
        {
            "name": name, "alias_name": name.lower().replace(" ", "-"), "alias_domain_id": domain.id,
            "resource_calendar_id": office.id, "strategy": strategy, "resolution_hours": 40, "warning_hours": 8,
            "member_ids": [Command.set(_users(env, name).ids)],
        }
        for name, strategy in (("First Line", "least_loaded"), ("Repairs", "best_skill"),
                               ("Accounts", "round_robin"), ("Returns", "pull"))
    ])
    for team in teams:
        env["service.agent"].create([
            {
                "user_id": user.id, "capacity": 1_000_000, "resource_calendar_id": clock.id,
                "skill_ids": [Command.create({"skill_id": skill.id, "level": str(1 + (number + place) % 3)})
                              for place, skill in enumerate(skills)],
            }
            for number, user in enumerate(team.member_ids)
        ])
    service = Service(
        teams[:3], teams[3], teams.member_ids,
        env["service.stage"].create({"name": "Waiting for the Customer", "sequence": 25, "waiting_for": "customer"}),
        types, env["service.case.tag"].create([{"name": name} for name in ("Guarantee", "Abroad", "Repeated")]),
        env["crm.customer.tier"].search([], limit=1),
    )
    _promise(env, service)
    return service


def _calendar(env, name: str, days: str, hours):
    return env["resource.calendar"].create({
        "name": name, "tz": "UTC", "company_id": False,
        "attendance_ids": [Command.clear(), *(
            Command.create({
                "name": f"{day} {begin}", "dayofweek": day, "hour_from": begin, "hour_to": end,
                "day_period": "morning" if begin < 12 else "afternoon",
            })
            for day in days for begin, end in hours
        )],
    })


def _users(env, team: str):
    return env["res.users"].with_context(**QUIETLY).create([
        {
            "name": f"Agent {number} of {team}", "tz": "UTC",
            "login": f"{team.lower().replace(' ', '-')}-{number}", "email": f"{team[0]}{number}@agents.example.org",
            "group_ids": [Command.set([env.ref("base.group_user").id,
                                       env.ref("crm_plus_service.group_agent").id])],
        }
        for number in range(1, AGENTS_PER_TEAM + 1)
    ])


def _promise(env, service: Service) -> None:
    """Promise three things on every case, more on urgent ones and to the best customers, and escalate the urgent."""
    env["service.policy"].create([
        {
            "name": "Every case",
            "target_ids": [
                Command.create({"kind": "first_response", "hours": 8, "warning_hours": 2}),
                Command.create({"kind": "next_response", "hours": 16, "warning_hours": 2}),
                Command.create({"kind": "resolution", "hours": 80, "warning_hours": 8}),
            ],
        },
        {
            "name": "Best customers", "tier_ids": [Command.set(service.tier.ids)],
            "target_ids": [Command.create({
                "kind": "stage", "stage_id": env.ref("crm_plus_service.stage_progress").id, "hours": 4,
                "warning_hours": 1,
            })],
        },
    ])
    urgent = env["service.policy"].create({
        "name": "Urgent cases", "priority": "2",
        "target_ids": [
            Command.create({"kind": "first_response", "hours": 4, "warning_hours": 1}),
            Command.create({"kind": "resolution", "hours": 60, "warning_hours": 4}),
        ],
    })
    env["service.escalation"].create([
        {"policy_target_id": target.id, **values}
        for target in urgent.target_ids
        for values in (
            {"moment": "before", "hours": 1, "notify_agent": True},
            {"moment": "at", "raise_priority": True, "notify_team": True,
             "activity_type_id": env.ref("mail.mail_activity_data_todo").id},
        )
    ])
