"""E-mail that becomes cases, with targets and routing, against the same e-mail that becomes Odoo's own leads.

The leads are made in a database that has no CRM+, so that nothing of it slows them down. Theirs is a team with a leader,
to whom Odoo gives each lead as the router gives each case to an agent. Each message is a transaction, as it is when a
mail server hands it over.
"""

import json
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack
from statistics import median
from unittest.mock import patch

from odoo.api import SUPERUSER_ID, Environment
from odoo.fields import Command

from runtime.messages import say, step

from . import service_corpus
from .odoo_session import environments
from .report import Check, at_least
from .service_setup import ALIAS_DOMAIN, QUIETLY, set_up

THROUGHPUT = 0.8
TEAM, NAME, NOBODY = "First Line", "post", "nobody"
WARM_UP = 20


def measure(session) -> Iterator[Check]:
    size = session.size
    with (
        session.scratch("mail") as cases,
        session.host_scratch("mail_leads") as leads,
        step(f"{size.rounds} times {size.messages} messages, made cases and made leads in turns"),
    ):
        it = session.figures("service_mail", cases, leads, size.rounds, size.messages)
    say(f"A message becomes a case in {1000 * it['case']:.1f} ms with {it['queries'][0]:.0f} queries, and a lead in "
        f"{1000 * it['lead']:.1f} ms with {it['queries'][1]:.0f}; a case has {it['targets']:.1f} targets, and "
        f"{it['routed']:.0%} of them an agent")
    say(f"A lead that is given to nobody, and of which nobody is told, takes {1000 * it['unassigned']:.1f} ms")
    yield at_least("throughput of mail to cases / to leads of Odoo alone", it["ratio"], THROUGHPUT)


class Side:
    """A database that receives mail."""

    def __init__(self, env, model: str, name: str = NAME):
        self.env, self.model, self.name, self.received, self.queries = env, model, name, 0, 0

    def receive(self, sources: list[bytes]) -> float:
        """Hand messages to the gateway, each in a transaction; return how long it took."""
        started = time.perf_counter()
        for source in sources:
            with self.env.registry.cursor() as cr:
                counted = cr.sql_log_count
                Environment(cr, SUPERUSER_ID, {})["mail.thread"].message_process(False, source)
                self.queries += cr.sql_log_count - counted
            self.received += 1
        return time.perf_counter() - started

    def addressed(self, messages, first: int) -> list[bytes]:
        address = f"{self.name}@{ALIAS_DOMAIN}"
        return [service_corpus.addressed(message, address, f"{self.model}-{self.name}-{first + place}")
                for place, message in enumerate(messages)]

    def made(self):
        self.env.invalidate_all()
        return self.env[self.model].search([("team_id.alias_name", "=", self.name)])


def prepare_cases(env) -> Side:
    set_up(env)
    env["service.team"].search([("name", "=", TEAM)]).alias_name = NAME
    service_corpus.contacts(env)
    env.cr.commit()
    return Side(env, "service.case")


def prepare_leads(env) -> tuple[Side, Side]:
    """Let Odoo's own sales teams receive leads: one with a leader who is given them, and one without."""
    env.company.alias_domain_id = env["mail.alias.domain"].create({"name": ALIAS_DOMAIN})
    env["res.config.settings"].create({"group_use_lead": True}).execute()
    leader = env["res.users"].with_context(**QUIETLY).create({
        "name": "Leader", "login": "leader", "email": "leader@agents.example.org", "tz": "UTC",
        "group_ids": [Command.set([env.ref("base.group_user").id, env.ref("sales_team.group_sale_salesman").id])],
    })
    for name, user in ((NAME, leader), (NOBODY, leader.browse())):
        env["crm.team"].create({
            "name": name, "use_leads": True, "user_id": user.id, "alias_name": name,
            "alias_domain_id": env.company.alias_domain_id.id,
        })
    service_corpus.contacts(env)
    env.cr.commit()
    return Side(env, "crm.lead"), Side(env, "crm.lead", NOBODY)


def main(cases: str, leads: str, rounds: str, number: str) -> int:
    with environments(cases, leads) as (env_of_cases, env_of_leads), nothing_is_sent(env_of_cases, env_of_leads):
        sides = prepare_cases(env_of_cases), *prepare_leads(env_of_leads)
        figures = compare(sides, int(rounds), int(number))
    sys.stdout.write(f"{json.dumps(figures)}\n")
    return 0


def compare(sides, rounds: int, number: int) -> dict:
    """Return how long a message takes on both sides, and the median of the rounds' ratios."""
    spent = []
    for turn in range(-1, rounds):
        size, first = (number, turn * number) if turn >= 0 else (WARM_UP, rounds * number)
        messages = list(service_corpus.messages(size, first))
        # who comes first changes: what the machine does meanwhile meets both alike
        order = sides if turn % 2 else sides[::-1]
        seconds = {side: side.receive(side.addressed(messages, first)) for side in order}
        if turn >= 0:
            spent.append([seconds[side] / size for side in sides])
        else:
            for side in sides:
                side.queries = side.received = 0
    made, expected = [side.made() for side in sides], rounds * number + WARM_UP
    if {len(records) for records in made} != {expected}:
        raise RuntimeError(f"{expected} messages have become {made[0]}, {made[1]} and {made[2]}")
    cases = made[0]
    case, lead, unassigned = (median(column) for column in zip(*spent, strict=True))
    return {
        "case": case, "lead": lead, "unassigned": unassigned,
        "ratio": median(lead / case for case, lead, _unassigned in spent),
        "queries": [side.queries / side.received for side in sides],
        "targets": len(cases.target_ids) / len(cases), "routed": len(cases.filtered("user_id")) / len(cases),
    }


def nothing_is_sent(*environments_):
    """Let no mail server be asked for: what would be sent is written, and taken as sent."""
    stack = ExitStack()
    for env in environments_:
        servers = type(env["ir.mail_server"])
        stack.enter_context(patch.object(servers, "_connect__", lambda *args, **options: None))
        stack.enter_context(patch.object(servers, "send_email", lambda self, message, *args, **options:
                                         message["Message-Id"]))
    return stack


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
