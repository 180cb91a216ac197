"""Two transactions that want the same at the same moment, each in a thread of its own, as two workers would.

    python tests/at_once.py DATABASE

The first does its part and waits; the second begins; the first commits. Prints a JSON object of what came of it.
"""

import json
import sys
import threading

import odoo
from odoo.api import SUPERUSER_ID, Environment
from odoo.exceptions import ConcurrencyError, UserError
from odoo.modules.registry import Registry
from odoo.service.model import PG_CONCURRENCY_EXCEPTIONS_TO_RETRY

HEAD_START = 1.0  # seconds that the second is given to get where it must wait


class Meeting:
    def __init__(self, database: str):
        self.registry = Registry(database)

    def environment(self, cr) -> Environment:
        return Environment(cr, SUPERUSER_ID, {"lang": "en_US"})

    def in_transaction(self, function):
        with self.registry.cursor() as cr:
            return function(self.environment(cr))

    def meet(self, function) -> dict:
        """Return what both get of `function`, and whether the second waited for the first to commit."""
        answers, ready = [None, None], threading.Event()

        def second():
            with self.registry.cursor() as cr:
                env = self.environment(cr)
                env.cr.execute("SELECT 1")  # from now on it sees the database as it is
                ready.set()
                try:
                    answers[1] = function(env, 1)
                    env.cr.commit()
                except (*PG_CONCURRENCY_EXCEPTIONS_TO_RETRY, ConcurrencyError) as error:
                    answers[1] = type(error).__name__

        with self.registry.cursor() as cr:
            env = self.environment(cr)
            answers[0] = function(env, 0)
            env.flush_all()
            thread = threading.Thread(target=second)
            thread.start()
            ready.wait()
            thread.join(HEAD_START)
            waited = thread.is_alive()
            env.cr.commit()
        thread.join()
        return {"first": answers[0], "second": answers[1], "waited": waited}


    def overtake(self, function) -> dict:
        """Return what both get of `function`, where the second began before the first was done, and went on after."""
        with self.registry.cursor() as cr:
            env = self.environment(cr)
            env.cr.execute("SELECT 1")  # from now on it sees the database as it is
            first = self.in_transaction(lambda env: function(env, 0))
            second = function(env, 1)
            env.cr.commit()
        return {"first": first, "second": second}


def set_up(env) -> None:
    """Two agents who are always there, in a team that gives its cases to who has the least to do."""
    env.company.write({"service_requests_per_visitor": 1, "service_requests_per_sender": 1})
    clock = env["resource.calendar"].create({
        "name": "Round the clock", "tz": "UTC", "company_id": False,
        "attendance_ids": [(5,), *(
            (0, 0, {"name": f"{day} {begin}", "dayofweek": str(day), "hour_from": begin, "hour_to": begin + 12,
                    "day_period": "morning" if begin < 12 else "afternoon"})
            for day in range(7) for begin in (0, 12)
        )],
    })
    users = env["res.users"].with_context(no_reset_password=True).create([
        {"name": f"Agent {number}", "login": f"meeting-{number}",
         "group_ids": [(6, 0, [env.ref("base.group_user").id, env.ref("crm_plus_service.group_agent").id])]}
        for number in range(2)
    ])
    team = env["service.team"].create({
        "name": "Meeting", "resource_calendar_id": clock.id, "resolution_hours": 8, "use_web_form": True,
        "member_ids": [(6, 0, users.ids)], "strategy": "least_loaded",
    })
    env["service.agent"].create([
        {"user_id": user.id, "resource_calendar_id": clock.id, "capacity": 10} for user in users
    ])
    env["ir.config_parameter"].set_param("meeting.team", team.id)
    set_up_small_team(env, users[0].copy({"name": "Busy", "login": "meeting-busy"}), team)


def set_up_small_team(env, user, team) -> None:
    """An agent who is alone in a team, and can take one case."""
    small = team.copy({"name": "Small", "member_ids": [(6, 0, user.ids)]})
    env["service.agent"].create({"user_id": user.id, "resource_calendar_id": team.resource_calendar_id.id, "capacity": 1})
    env["ir.config_parameter"].set_param("meeting.small_team", small.id)


def team_of(env, name="team"):
    return env["service.team"].browse(int(env["ir.config_parameter"].get_param(f"meeting.{name}")))


def same_reference(env, _turn):
    return env["service.case"].create({
        "name": "Lamp", "team_id": team_of(env).id, "user_id": False, "client_reference": "shop-1"}).ids


def same_message(env, _turn):
    case = env["service.case"].search([("name", "=", "Answered")])
    return case.message_post(
        body="It is on its way.", message_type="comment", subtype_xmlid="mail.mt_comment", client_reference="answer-1"
    ).ids


def routed(env, turn):
    case = env["service.case"].create({"name": f"Routed {turn}", "team_id": team_of(env).id, "user_id": False})
    return case.user_id.login


def routed_to_one(env, turn):
    team = team_of(env, "small_team")
    case = env["service.case"].create({"name": f"For one {turn}", "team_id": team.id, "user_id": False})
    return [case.user_id.login, case.assignment_ids.explanation]


def empty_small_team(env):
    """Take the cases of the small team away; return how often the job was called that gives out what waits."""
    env["service.case"].search([("team_id", "=", team_of(env, "small_team").id)]).action_close()
    calls = env["ir.cron.trigger"].search([("cron_id", "=", env.ref("crm_plus_service.ir_cron_route").id)])
    number = len(calls)
    calls.unlink()
    return number


def asked(env, turn, form_key=None):
    """Send a public form; the limit is one."""
    values = {
        "contact_name": "Nora", "email": "nora@new.example.com", "email_normalized": "nora@new.example.com",
        "name": "Lamp", "description": "It fell.", "lang": "en_US", "team_id": team_of(env).id,
        "visitor_hash": "visitor",
    }
    return env["service.web.request"]._ask(values, [], form_key or f"form {turn}")


def kept(env, _turn):
    """Keep a message that cannot be made a case of."""
    return env["service.intake"]._keep(
        b"From: bea@brook.example.com\r\nSubject: Broken\r\n\r\nbroken", ValueError("broken"), "service.case")


def set_up_lead(env) -> None:
    """An opportunity in the first of three stages, of which the second is not left without a revenue."""
    team = env["crm.team"].create({"name": "Meeting", "company_id": False})
    stages = env["crm.stage"].create([
        {"name": f"Meeting {number}", "sequence": number - 10, "team_ids": [(6, 0, team.ids)]} for number in range(3)])
    env["crm.stage.criterion"].create({
        "name": "The revenue is known", "stage_id": stages[1].id, "kind": "field",
        "field_id": env["ir.model.fields"]._get("crm.lead", "expected_revenue").id})
    env["crm.lead"].create({
        "name": "Meeting", "type": "opportunity", "team_id": team.id, "user_id": False, "stage_id": stages[0].id})


def captured(env, turn):
    """Take in a lead by program, without a reference."""
    return env["crm.lead"].capture({"email_from": "Nora <nora@brook.example.com>", "name": f"Lamps {turn}"})


def moved(env, turn):
    """Move the opportunity one stage further, or two."""
    lead = env["crm.lead"].search([("name", "=", "Meeting")])
    stages = env["crm.stage"].search([("team_ids", "in", lead.team_id.ids)])
    lead.write({"stage_id": stages[turn + 1].id, "expected_revenue": turn})
    env.flush_all()
    return lead.stage_id.name


def moved_again(env):
    """Try to take it from where it is by now to the last stage, as the second one is retried."""
    lead = env["crm.lead"].search([("name", "=", "Meeting")])
    stages = env["crm.stage"].search([("team_ids", "in", lead.team_id.ids)])
    found = lead.stage_id.name
    try:
        with env.cr.savepoint():
            lead.stage_id = stages[2]
    except UserError as error:
        return [found, str(error)]
    return [found, lead.stage_id.name]


def applied(env, _turn):
    """Apply an industry template to the main company; return how many records it made."""
    application = env["crm.industry.template"].apply_template_by_key("chemicals")
    return env["crm.industry.application"].browse(application or []).created_count


def main(database: str) -> None:
    odoo.tools.config.parse_config(["-d", database], setup_logging=False)
    meeting = Meeting(database)
    meeting.in_transaction(set_up)
    found = {
        "reference": meeting.meet(same_reference),
        "routed": meeting.meet(routed),
        "routed_to_one": meeting.meet(routed_to_one),
        "limit": meeting.meet(asked),
    }
    found["routed_to_one"]["calls"] = meeting.in_transaction(empty_small_team)
    found["overtaken"] = meeting.overtake(routed_to_one)
    meeting.in_transaction(lambda env: env["service.case"].create({"name": "Answered", "team_id": team_of(env).id}))
    found["message"] = meeting.meet(same_message)
    found["message"]["posted"] = meeting.in_transaction(lambda env: env["mail.message"].search_count(
        [("body", "like", "It is on its way."), ("model", "=", "service.case")]))
    meeting.in_transaction(lambda env: env["service.web.request"].search([]).unlink())
    found["form"] = meeting.meet(lambda env, turn: asked(env, turn, "the same form"))
    found["form"]["requests"] = meeting.in_transaction(lambda env: env["service.web.request"].search_count([]))
    meeting.in_transaction(lambda env: env["service.intake"].search([]).unlink())
    found["kept"] = meeting.meet(kept)
    found["kept"]["entries"] = meeting.in_transaction(lambda env: env["service.intake"].search_count([]))
    found["captured"] = meeting.meet(captured)
    found["captured"]["again"] = meeting.in_transaction(lambda env: captured(env, 1))
    meeting.in_transaction(set_up_lead)
    found["moved"] = meeting.meet(moved)
    found["moved"]["again"] = meeting.in_transaction(moved_again)
    found["applied"] = meeting.meet(applied)
    # as the second one is retried
    found["applied"]["again"] = meeting.in_transaction(lambda env: applied(env, 1))
    sys.stdout.write(f"{json.dumps(found)}\n")


if __name__ == "__main__":
    main(*sys.argv[1:])
