"""``python -m benchmarks.dashboard DATABASE``: open the dashboard as a sales manager; prints its figures as JSON.

Each opening is what one request of the browser makes the server do: a transaction of its own, the method called as by
remote procedure call, its answer put into words. What is kept between requests is warm.
"""

import json
import sys
import time
from statistics import median

from odoo.api import Environment
from odoo.fields import Command
from odoo.service.model import call_kw
from odoo.tools.json import json_default

from .odoo_session import environment

LOGIN = "benchmark-manager"
OPENINGS = 5
#: Parts of the page, which all must have content.
PARTS = ("curve", "pyramid", "rfm", "cohorts", "expected", "history", "quality")


def manager(env):
    """Return a user with the rights of a sales manager, and no more; created the first time."""
    users = env["res.users"]
    return users.search([("login", "=", LOGIN)], limit=1) or users.with_context(no_reset_password=True).create({
        "name": "Sales manager of the benchmark", "login": LOGIN,
        "group_ids": [Command.set([env.ref("base.group_user").id, env.ref("sales_team.group_sale_manager").id])],
    })


def opened(env, user_id: int, context: dict) -> tuple[dict, float, int]:
    """Return the page, how long the server took for it, and with how many queries."""
    with env.registry.cursor() as cr:
        counted, started = cr.sql_log_count, time.perf_counter()
        dashboard = Environment(cr, user_id, context)["customer.value.dashboard"]
        page = call_kw(dashboard, "get_dashboard", [{}], {"context": context})
        json.dumps(page, default=json_default)
        return page, time.perf_counter() - started, cr.sql_log_count - counted


def main(database: str) -> int:
    with environment(database) as env:
        user, context = manager(env), {"lang": "en_US", "tz": "UTC", "allowed_company_ids": env.company.ids}
        env.cr.commit()
        page, _cold, _queries = opened(env, user.id, context)
        empty = [part for part in PARTS if not page.get(part)]
        if empty or len(page["history"]["months"]) < 2 or not page["quality"]["back_test"]:
            raise RuntimeError(f"the dashboard has nothing to show: {', '.join(empty) or 'a past'}")
        times, queries = zip(*(opened(env, user.id, context)[1:] for _opening in range(OPENINGS)), strict=True)
    figures = {"seconds": median(times), "queries": max(queries), "sees_amounts": page["sees_amounts"]}
    sys.stdout.write(f"{json.dumps(figures)}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
