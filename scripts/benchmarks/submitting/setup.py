"""``python -m benchmarks.submitting.setup DATABASE``: let everybody submit; prints where and as whom, as JSON."""

import json
import sys
from datetime import timedelta

from odoo import fields
from odoo.fields import Command

from ..odoo_session import environment
from ..service_setup import QUIETLY, set_up

PORTAL_USERS = 4
#: More than a benchmark sends. The limits are there, and are counted.
PLENTY = 1_000_000


def main(database: str) -> int:
    with environment(database) as env:
        # What demo data set up keeps out of the way of those with the same names.
        env["service.team"].search([]).write({"alias_name": False, "use_in_portal": False})
        service = set_up(env)
        team = service.teams[0]
        team.write({
            "sequence": 0, "use_web_form": True, "use_in_portal": True,
            "acknowledgement_template_id": env.ref("crm_plus_service.mail_template_acknowledgement").id,
        })
        env.company.write({
            "service_requests_per_visitor": PLENTY, "service_requests_per_sender": PLENTY,
            "service_portal_cases_per_day": PLENTY,
        })
        # In a database that is just installed the daily jobs of every app would be due, and some ask Odoo's own servers.
        jobs = env["ir.cron"].search([])
        jobs.filtered(lambda job: not job.model_id.model.startswith(("service.", "mail.mail"))).active = False
        admin = env.ref("base.user_admin")
        target = {
            "form": f"/service/{env['ir.http']._slug(team)}/new",
            "recipient": team.alias_email,
            "gateway": (database, admin.id, key_of(env, admin)),
            "portal": [user.login for user in portal_users(env)],
            "keys": [key_of(env, user) for user in team.member_ids],
        }
        env.cr.commit()
    sys.stdout.write(f"{json.dumps(target)}\n")
    return 0


def portal_users(env):
    """Create customers who may log in, with the login as the password."""
    return env["res.users"].with_context(**QUIETLY).create([
        {
            "name": f"Customer {number}", "login": f"portal-{number}", "password": f"portal-{number}",
            "email": f"portal-{number}@customers.example.net",
            "group_ids": [Command.set(env.ref("base.group_portal").ids)],
        }
        for number in range(PORTAL_USERS)
    ])


def key_of(env, user) -> str:
    keys = env["res.users.apikeys"].with_user(user).sudo()
    return keys._generate("rpc", "Benchmark", fields.Datetime.now() + timedelta(days=1))


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
