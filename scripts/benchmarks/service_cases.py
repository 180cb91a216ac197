"""``python -m benchmarks.service_cases DATABASE [CLOSED OPEN]``: make exemplars, or copy them to so many cases.

Two hundred cases are made through the ORM, from the first message to the last, at moments of the last weeks. They are
then copied by SQL with all that belongs to them (`service_copies.py`), so that what is filled in is what Odoo itself
would have written: targets, pauses, messages, followers, activities, ratings.
"""

import json
import random
import sys
from datetime import datetime, timedelta

from freezegun import freeze_time

from odoo.fields import Command

from purchases.progress import Progress

from . import bulk, service_copies
from .odoo_session import environment
from .service_corpus import prose
from .service_setup import Service, set_up

SEED = 20_26
#: Parameter that keeps which they are.
KEPT = "benchmark.exemplars"
#: How many are made through the ORM, and how many of those are open.
EXEMPLARS, OPEN = 200, 40
#: Cases of a customer.
EACH = 5
SUBJECTS = (
    "Lamp does not light", "Invoice was paid twice", "Order has not arrived", "Wrong colour delivered",
    "Charger gets hot", "How do I return this", "Discount is missing", "Glass broken on arrival",
)
#: Mail goes to the queue, not to a server.
AT_HOME = {"mail_notify_force_send": False}


class Maker:
    """Makes exemplars: everything happens in office hours at a quarter past.

    So the whole case can be moved by less than 45 minutes, or by whole weeks, and all its deadlines move along.
    """

    def __init__(self, env, service: Service, number: int, number_open: int):
        self.env, self.service = env(context={**env.context, **AT_HOME}), service
        self.number, self.number_open = number, number_open
        self.random = random.Random(SEED)
        self.calendar = service.pulling.resource_calendar_id
        today = datetime.utcnow().replace(hour=8, minute=15, second=0, microsecond=0)
        self.now = datetime.utcnow().replace(minute=0, second=0, microsecond=0)
        self.monday = today - timedelta(days=today.weekday())

    def make(self, progress) -> "service_copies.Exemplars":
        customers = self._customers()
        cases = self.env["service.case"]
        with freeze_time(self.now) as clock:
            for place in range(self.number):
                contact = customers[place // EACH]
                is_open = place % (self.number // self.number_open) == 0
                cases += (self._open if is_open else self._closed)(clock, contact, place)
                if place % 20 == 19:
                    self.env.cr.commit()
                    progress(place + 1, self.number, "Cases made by hand")
            clock.move_to(self.now)
            self.env["service.case.escalation"]._cron_sweep()
        self._settle(cases)
        progress(self.number, self.number, "Cases made by hand")
        return service_copies.Exemplars(cases.ids, (customers | customers.parent_id).ids)

    # -- customers

    def _customers(self):
        """Create a contact with a company for every few cases; every fifth is one of the best customers."""
        number = -(-self.number // EACH)
        companies = self.env["res.partner"].create([
            {"name": f"Customer {place}", "is_company": True, "email": f"office@c{place}.example.com",
             "customer_tier_id": place % 5 == 0 and self.service.tier.id}
            for place in range(number)
        ])
        return self.env["res.partner"].create([
            {"name": f"Contact of {company.name}", "parent_id": company.id,
             "email": company.email.replace("office", "someone")}
            for company in companies
        ])

    # -- cases

    def _open(self, clock, contact, place):
        """Make a case that is open now: just come, answered, waiting for the customer, or not taken by anybody."""
        turn = place // (self.number // self.number_open)
        hours = self.random.randrange(2, 90)
        opened = self._worked(self.monday - timedelta(days=14), hours)
        # some wait unanswered, some are being worked on, so that some of what escalates is still to come
        priority = {1: "3", 4: "2"}.get(turn % 12)
        case = self._come(clock, contact, place, opened, turn % 6 == 0, priority)
        # on each of them, so that every list has the same to read, whichever come first
        agent = case.user_id or case.team_id.member_ids[:1]
        case.tag_ids = self.service.tags[:1]
        case.with_user(agent).activity_schedule(
            "mail.mail_activity_data_todo", summary="Ask the workshop", user_id=agent.id,
            date_deadline=self.now.date() + timedelta(days=turn % 9 - 3))
        if turn % 6 == 0 or turn % 6 == 1:
            return case
        answered = self._worked(opened, self.random.randrange(1, 12))
        self._answer(clock, case, answered)
        if turn % 6 == 2:
            clock.move_to(self._worked(answered, 1))
            case.stage_id = self.service.waiting
        elif turn % 6 == 3:
            self._write(clock, case, contact, self._worked(answered, self.random.randrange(1, 9)))
        return case

    def _closed(self, clock, contact, place):
        """Make a case that was answered and closed some weeks ago, in time or too late."""
        opened = self._worked(self.monday - timedelta(weeks=16), self.random.randrange(0, 400))
        case = self._come(clock, contact, place, opened, pulled=place % 4 == 3)
        if not case.user_id:
            case.with_user(self.service.pulling.member_ids[place % 4]).action_assign_to_me()
        answered = self._later(opened, self.random.randrange(1, 12))
        self._answer(clock, case, answered)
        moment = answered
        if place % 3 == 0:
            moment = self._later(moment, 1)
            clock.move_to(moment)
            case.stage_id = self.service.waiting
        if place % 3 != 2:
            moment = self._later(moment, self.random.randrange(1, 20))
            self._write(clock, case, contact, moment)
            moment = self._later(moment, self.random.randrange(1, 20))
            self._answer(clock, case, moment)
        moment = self._later(moment, self.random.randrange(1, 60))
        clock.move_to(moment)
        case = case.with_user(case.user_id)
        case.time_spent = self.random.randrange(1, 16) / 4
        case.action_close()
        if place % 4 == 0:
            self._rate(clock, case.sudo(), contact, moment)
        return case.sudo()

    def _come(self, clock, contact, place, opened, pulled, priority=None):
        """Let a case come in as by mail, with its first message."""
        team = self.service.pulling if pulled else self.service.teams[place % len(self.service.teams)]
        clock.move_to(opened)
        case = self.env["service.case"].create({
            "name": f"{self.random.choice(SUBJECTS)}, order {place}",
            "partner_id": contact.id, "team_id": team.id, "user_id": False, "opened_date": opened,
            "type_id": self.service.types[place % len(self.service.types)].id,
            "priority": priority or self.random.choices("0123", (70, 20, 7, 3))[0],
            "tag_ids": [Command.set(self.service.tags[place % 7:place % 7 + 1].ids)],
        })
        self._write(clock, case, contact, opened)
        return case

    def _write(self, clock, case, contact, moment):
        clock.move_to(moment)
        case.message_post(
            body=prose(self.random), subject=case.name, message_type="email", subtype_xmlid="mail.mt_comment",
            author_id=contact.id, email_from=contact.email_formatted)

    def _answer(self, clock, case, moment):
        clock.move_to(moment)
        agent = case.user_id or case.team_id.member_ids[:1]
        case.with_user(agent).message_post(
            body=prose(self.random), message_type="comment", subtype_xmlid="mail.mt_comment")
        if case.stage_id == case.team_id._get_stage(closed=False):
            case.with_user(agent).stage_id = case.env.ref("crm_plus_service.stage_progress")

    def _rate(self, clock, case, contact, moment):
        clock.move_to(self._later(moment, 24))
        case.rating_apply(
            self.random.choice((5, 5, 3, 1)), token=case._rating_get_access_token(contact), feedback=prose(self.random))

    # -- moments

    def _worked(self, begin: datetime, hours: int) -> datetime:
        """Return a moment so many working hours later, in the past."""
        return min(self._later(begin, hours), self._last_quarter_past())

    def _later(self, begin: datetime, hours: int) -> datetime:
        [moment] = self.calendar._plan_in_working_time(self.env.company, [(begin, hours * 3600, ())])
        return moment

    def _last_quarter_past(self) -> datetime:
        """Return the last working moment at a quarter past that lies at least an hour back."""
        moment = self.now - timedelta(minutes=45)
        while moment.weekday() > 4 or moment.hour not in (8, 9, 10, 11, 13, 14, 15, 16):
            moment -= timedelta(hours=1)
        return moment

    def _settle(self, cases) -> None:
        """Send what waits to be sent, as a mail server would have."""
        self.env["mail.notification"].search([("notification_status", "=", "ready")]).notification_status = "sent"
        self.env["mail.mail"].search([]).unlink()
        self.env.flush_all()
        self.env.cr.execute("UPDATE service_case SET create_date = opened_date WHERE id = ANY(%s)", [cases.ids])
        self.env.cr.commit()


def make(env, progress, number: int = EXEMPLARS, number_open: int = OPEN) -> service_copies.Exemplars:
    """Set a customer service up in a database without one, and make its exemplars."""
    service = set_up(env)
    env.cr.commit()
    return Maker(env, service, number, number_open).make(progress)


def keep(env, exemplars: service_copies.Exemplars) -> None:
    """Note which they are, for the copies of this database that are filled with copies of them."""
    env["ir.config_parameter"].set_param(KEPT, json.dumps(exemplars))
    env.cr.commit()


def fill(env, closed: int, opened: int, progress) -> None:
    """Fill the database with at least so many closed and open cases."""
    exemplars = service_copies.Exemplars(*json.loads(env["ir.config_parameter"].get_param(KEPT)))
    with bulk.quick_writing(env, progress, service_copies.NAMES):
        copier = service_copies.Copier(env, exemplars)
        copier.copy(max(-(-closed // (EXEMPLARS - OPEN)) - 1, 0), max(-(-opened // OPEN) - 1, 0), progress)


def main(database: str, *numbers: str) -> int:
    with environment(database) as env:
        if numbers:
            fill(env, *map(int, numbers), Progress())
        else:
            keep(env, make(env, Progress()))
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
