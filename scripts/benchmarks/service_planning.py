"""``python -m benchmarks.service_planning DATABASE COUNT``: plan deadlines in two ways; prints the figures as JSON.

Both ways count in the same calendars with the same holidays, from the same starts. Each reads the calendars from the
database, and gives moments; no records are made of them.

- In one batch: what the deadlines of targets are computed with (``service.case.target``), a call for each calendar.
- One by one: ``resource.calendar.plan_hours`` for each case.

``plan_hours`` adds up hours as floats, and a day that ends at 24:00 is a microsecond short to it. So where the promise
is used up exactly when work ends, it may see a rest left, and answer with the beginning of the next working period.
Whatever differs is therefore asked for again with 36 µs less; only what differs then as well counts as different.

Left out are calendars with flexible hours: ``plan_hours`` spreads those over weeks that begin with each start, so that
no two starts agree on when the hours are.
"""

import json
import random
import sys
import time
from datetime import datetime, timedelta
from statistics import median

from pytz import utc

from odoo.fields import Command

from .odoo_session import environment

SEED = 20260101
BATCHES = 3
#: When clocks are put forward and back, in both hemispheres, lies in between.
FIRST, DAYS = datetime(2026, 1, 1), 365
HOURS = (0.25, 0.5, 1, 2, 3.8, 4, 7.6, 8, 12, 16, 22.8, 24, 40, 80)
#: Less than a second by far, and more than what floats lose on the way.
A_LITTLE = 1e-8
WEEK = "01234"
#: name, time zone, days, hours of a day, and whether weeks take turns
CALENDARS = (
    ("Office", "Europe/Brussels", WEEK, ((8, 12), (13, 17)), False),
    ("38 hours a week", "Europe/Paris", WEEK, ((8, 12), (13, 16.6)), False),
    ("Late shift", "America/New_York", "12345", ((12.5, 16), (16.75, 21)), False),
    ("Half past", "Asia/Kolkata", "012345", ((9, 13), (14, 18)), False),
    ("Turns", "Australia/Sydney", WEEK, ((7.5, 12), (12.5, 16)), True),
    ("Nights", "Europe/London", "0123456", ((0, 6), (22, 24)), False),
    ("Round the clock", "America/Sao_Paulo", "0123456", ((0, 12), (12, 24)), False),
)


def make_calendars(env):
    """Create the calendars; of those that take turns, the second week has mornings only."""
    return env["resource.calendar"].create([
        {
            "name": name, "tz": zone, "company_id": False, "two_weeks_calendar": turns,
            "attendance_ids": [Command.clear(), *(
                Command.create({
                    "name": f"{day} {begin}", "dayofweek": day, "hour_from": begin, "hour_to": end,
                    "day_period": "morning" if begin < 12 else "afternoon", "week_type": week,
                })
                for week in (("0", "1") if turns else (False,))
                for day in days
                for begin, end in (hours[:1] if week == "1" else hours)
            )],
        }
        for name, zone, days, hours, turns in CALENDARS
    ])


def make_leaves(env, calendars, chance: random.Random):
    """Create holidays of all calendars and of single ones, of days, of hours, and those of another company."""
    stranger = env["res.company"].create({"name": "Another Company"})

    def leave(calendar, company):
        begin = FIRST + timedelta(days=chance.randrange(DAYS + 60), minutes=chance.randrange(24 * 60))
        return {
            "name": "Holiday", "calendar_id": calendar, "company_id": company, "time_type": "leave",
            "date_from": begin, "date_to": begin + timedelta(minutes=chance.choice((90, 600, 1439, 3 * 1440))),
        }

    return env["resource.calendar.leaves"].create([
        *(leave(False, env.company.id) for _number in range(12)),
        *(leave(False, stranger.id) for _number in range(12)),
        *(leave(calendar.id, env.company.id) for calendar in calendars for _number in range(6)),
    ])


def make_cases(calendars, count: int, chance: random.Random) -> list[tuple]:
    """Return the calendar, the start (naive UTC) and the hours of so many cases."""
    return [
        (chance.choice(calendars), FIRST + timedelta(seconds=chance.randrange(DAYS * 86400)), chance.choice(HOURS))
        for _number in range(count)
    ]


def in_one_batch(env, cases) -> list[datetime]:
    by_calendar = {}
    for index, (calendar, start, hours) in enumerate(cases):
        by_calendar.setdefault(calendar, []).append((index, (start, round(hours * 3600), ())))
    moments = [None] * len(cases)
    for calendar, plans in by_calendar.items():
        found = calendar._plan_in_working_time(env.company, [plan for _index, plan in plans])
        for (index, _plan), moment in zip(plans, found, strict=True):
            moments[index] = moment
    return moments


def by_plan_hours(env, calendar, start: datetime, hours: float) -> datetime:
    """Return Odoo's answer to the second; the holidays of other companies are left out as in the product."""
    domain = [("time_type", "=", "leave"), ("company_id", "in", [False, env.company.id])]
    moment = calendar.plan_hours(hours, utc.localize(start), compute_leaves=True, domain=domain)
    return (moment + timedelta(milliseconds=500)).replace(microsecond=0, tzinfo=None)


def timed(env, function) -> tuple[float, list]:
    env.invalidate_all()
    started = time.perf_counter()
    result = function()
    return time.perf_counter() - started, result


def main(database: str, count: str) -> int:
    chance = random.Random(SEED)
    with environment(database) as env:
        calendars = make_calendars(env)
        leaves = make_leaves(env, calendars, chance)
        env.flush_all()
        cases = make_cases(calendars, int(count), chance)
        batches = [timed(env, lambda: in_one_batch(env, cases)) for _batch in range(BATCHES)]
        one_by_one, theirs = timed(env, lambda: [by_plan_hours(env, *case) for case in cases])
        ours = batches[0][1]
        unequal = [index for index, moment in enumerate(ours) if moment != theirs[index]]
        different = []
        for index in unequal:
            calendar, start, hours = cases[index]
            if by_plan_hours(env, calendar, start, hours - A_LITTLE) != ours[index]:
                different.append(index)

        def told(index: int) -> str:
            calendar, start, hours = cases[index]
            return f"{hours} h from {start} UTC, {calendar.name}: {ours[index]}, by plan_hours {theirs[index]}"

        stepped_over = [index for index in unequal if index not in different]
        figures = {
            "batch": median(seconds for seconds, _moments in batches), "one_by_one": one_by_one,
            "different": len(different), "differences": [told(index) for index in different[:5]],
            "stepped_over": len(stepped_over), "example": told(stepped_over[0]) if stepped_over else "",
            "calendars": len(calendars), "zones": len(set(calendars.mapped("tz"))), "leaves": len(leaves),
        }
    sys.stdout.write(f"{json.dumps(figures)}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
