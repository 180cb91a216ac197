"""The pipeline as a salesperson opens it, with all that CRM+ adds to it, against plain Odoo's.

Two databases get the same opportunities, made through the ORM of each: one has Odoo's own apps, the other CRM+ as well.
"""

import json
import random
import sys
from collections.abc import Iterator
from datetime import date, timedelta

from odoo.fields import Command

from runtime.messages import say, step

from . import bulk
from .crm_page import compared
from .odoo_session import environments
from .report import Check, at_most

TIMES = 1.15
SEED, BATCH = 20_27, 2_000
ACTION, BOARD = "crm.crm_lead_action_pipeline", "crm.crm_case_kanban_view_leads"
#: Nobody is told of what is filled in.
QUIETLY = {"tracking_disable": True, "mail_create_nosubscribe": True, "no_reset_password": True}
SELLERS, WITH_ACTIVITY = 5, 0.3


def measure(session) -> Iterator[Check]:
    size = session.size
    with (
        session.scratch("pipeline") as ours,
        session.host_scratch("pipeline_host") as plain,
        step(f"The pipeline with {size.opportunities:,} opportunities, with CRM+ and without, in turns"),
    ):
        figures = session.figures("crm_pipeline", plain, ours, size.opportunities)
    for name, it in figures.items():
        say(f"{name}: {it['queries'][1]} queries and {1000 * it['seconds'][1]:.0f} ms, without CRM+ "
            f"{it['queries'][0]} and {1000 * it['seconds'][0]:.0f} ms")
        yield at_most(f"pipeline, {name}: time / that of plain Odoo", it["ratio"], TIMES)


class Seller:
    """Who opens the pipeline of a database."""

    def __init__(self, env, number: int):
        self.env = env
        self.users = sellers(env)
        fill(env, self.users, number)
        env.cr.commit()
        bulk.tidy(env, ("crm_lead", "crm_tag_rel", "mail_activity", "res_partner"))

    def opening(self, everybody: bool):
        """Return a function that opens the board: of all opportunities, or of one's own as Odoo offers it."""
        # the add-ons of Odoo can be imported now
        from . import screens

        user = screens.Screens(self.env, self.users[0].id, "crm.lead", {
            "kanban": self.env.ref(BOARD).id, "search": self.env.ref("crm.view_crm_case_opportunities_filter").id})
        domain = [["type", "=", "opportunity"], *([] if everybody else user.saved(ACTION))]
        requests = user.open_kanban(domain)

        def opened():
            it = screens.opened(self.env, user, requests)
            if not it.shown:
                raise RuntimeError("the pipeline is empty")
            return it.seconds, it.queries

        return opened


def sellers(env):
    """Make the salespeople who open it, who see everybody's opportunities."""
    groups = [env.ref(name).id for name in ("base.group_user", "sales_team.group_sale_salesman_all_leads")]
    return env["res.users"].with_context(**QUIETLY).create([
        {"name": f"Seller {number}", "login": f"seller-{number}", "tz": "UTC", "group_ids": [Command.set(groups)]}
        for number in range(SELLERS)
    ])


def fill(env, users, number: int) -> None:
    """Make so many opportunities, with customers, tags and activities; the same in every database."""
    chance = random.Random(SEED)
    env = env(context={**env.context, **QUIETLY})
    stages = env["crm.stage"].search([])
    tags = env["crm.tag"].create([{"name": f"Tag {place}", "color": place} for place in range(6)])
    customers = env["res.partner"].create([
        {"name": f"Customer {place}", "is_company": True, "email": f"office@customer-{place}.example.com"}
        for place in range(max(number // 20, 1))])
    for first in range(0, number, BATCH):
        leads = env["crm.lead"].create([
            _opportunity(place, chance, users, stages, tags, customers)
            for place in range(first, min(first + BATCH, number))])
        _activities(env, leads, users, chance)
        env.cr.commit()
        env.invalidate_all()


def _opportunity(place: int, chance, users, stages, tags, customers) -> dict:
    return {
        "name": f"Opportunity {place}", "type": "opportunity",
        "user_id": users[chance.randrange(len(users))].id,
        "stage_id": chance.choices(stages.ids, [8, 4, 2, 1][:len(stages)] + [1] * max(len(stages) - 4, 0))[0],
        "partner_id": customers[chance.randrange(len(customers))].id,
        "tag_ids": [Command.set(chance.sample(tags.ids, chance.randrange(3)))],
        "expected_revenue": 100 * chance.randrange(1, 900), "priority": str(chance.randrange(4)),
        "date_deadline": date.today() + timedelta(days=chance.randrange(-20, 90)),
    }


def _activities(env, leads, users, chance) -> None:
    kind, model = env.ref("mail.mail_activity_data_call"), env["ir.model"]._get_id("crm.lead")
    env["mail.activity"].with_context(mail_activity_quick_update=True).create([
        {
            "activity_type_id": kind.id, "res_model_id": model, "res_id": lead.id, "user_id": lead.user_id.id,
            "date_deadline": date.today() + timedelta(days=chance.randrange(-5, 15)),
        }
        for lead in leads if chance.random() < WITH_ACTIVITY
    ])


def main(plain: str, ours: str, number: str) -> int:
    with environments(plain, ours) as sides:
        both = [Seller(env, int(number)) for env in sides]
        figures = {
            name: compared(*(seller.opening(everybody) for seller in both))
            for name, everybody in (("own", False), ("everybody's", True))
        }
    sys.stdout.write(f"{json.dumps(figures)}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
