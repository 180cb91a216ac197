"""Deadlines against a simulation that walks through time step by step."""

import random
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytz
from freezegun import freeze_time
from hypothesis import given, settings
from hypothesis import strategies as st

from odoo import Command
from odoo.tests import tagged

from .common import ServiceCommon


class Wall:
    """A calendar as a person would read it, minute by minute; knows nothing of Odoo's intervals.

    It asks of each minute what the clock on the wall of the time zone shows, and whether a line
    of the working hours or a holiday covers it.
    """

    DAYS = 70

    def __init__(self, zone, lines, origin, holidays=()):
        clock, begin = ZoneInfo(zone), round(pytz.utc.localize(origin).timestamp())
        lines_of_day = {
            day: [(first * 60, last * 60) for of, first, last in lines if of == day]
            for day in range(7)
        }
        self.works = bytearray()
        for minute in range(self.DAYS * 1440):
            wall = datetime.fromtimestamp(begin + minute * 60, clock)
            now = wall.hour * 60 + wall.minute
            self.works.append(
                any(first <= now < last for first, last in lines_of_day[wall.weekday()])
                and not any(day <= minute < day + 1440 for day in holidays)
            )

    def walk(self, start, amount, pauses):
        """Return the minute in which `amount` minutes have been worked; all since the origin."""
        left = amount
        for minute in range(start, len(self.works)):
            if self.works[minute] and not any(begin <= minute < end for begin, end in pauses):
                left -= 1
                if not left:
                    return minute + 1
        raise AssertionError('the simulation ends before the promise does')


@tagged('post_install', '-at_install')
class TestDeadlinesSimulated(ServiceCommon):
    """Targets of real cases, in random calendars, against a walk minute by minute.

    2,000 random cases, each of them planned four times: when it opens, and anew when its
    priority, the working hours of its team and the holidays change.
    """

    ZONES = ('Europe/Brussels', 'America/New_York', 'Australia/Lord_Howe', 'Asia/Kolkata', 'UTC')
    #: around the change of the clock in each of the zones
    STARTS = ('2026-03-06', '2026-03-27', '2026-04-03', '2026-10-02', '2026-10-23', '2026-10-30')
    EXAMPLES, CASES = 20, 100

    #: Lines of working hours. They may lie across the hours in which clocks are changed, and
    #: neither begin nor end in them: what an hour means that is not there, nobody can say.
    hours = st.builds(
        lambda days, morning, lunch, evening: [
            (day, begin, end)
            for day in sorted(days)
            for begin, end in ((morning, 12), (12 + lunch, evening))
        ],
        st.sets(st.integers(0, 6), min_size=2), st.sampled_from((0, 5, 6, 7, 8, 9)),
        st.integers(0, 2), st.sampled_from((15, 17, 18, 21, 24)),
    )

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env['service.policy'].search([]).active = False

    def calendar_of(self, zone, lines):
        return self.env['resource.calendar'].create({
            'name': zone, 'tz': zone, 'company_id': False,
            'attendance_ids': [
                Command.create({
                    'name': 'Work', 'dayofweek': str(day), 'hour_from': begin, 'hour_to': end,
                    'day_period': 'morning' if begin < 12 else 'afternoon',
                })
                for day, begin, end in lines
            ],
        })

    def have_holiday(self, calendar, origin, minute):
        self.env['resource.calendar.leaves'].create({
            'name': 'Holiday', 'calendar_id': calendar.id, 'company_id': self.company.id,
            'date_from': origin + timedelta(minutes=minute),
            'date_to': origin + timedelta(minutes=minute + 1440),
        })

    def promise_by_priority(self, team, promised):
        self.env['service.policy'].create([
            {'name': f'Priority {priority}', 'company_id': self.company.id,
             'team_ids': team.ids, 'priority': str(priority), 'highest_priority': str(priority),
             'target_ids': [Command.create({'kind': 'resolution', 'hours': minutes / 60})]}
            for priority, minutes in enumerate(promised)
        ])

    def open_cases(self, team, origin, chance):
        """Return random cases, and of each since when it is open and when its clock stood still."""
        facts = [
            (
                chance.randrange(3 * 1440),
                [(begin, begin + chance.randrange(1, 2000))
                 for begin in (chance.randrange(6000) for _ in range(chance.randrange(3)))],
            )
            for _ in range(self.CASES)
        ]
        cases = self.env['service.case'].with_context(tracking_disable=True).create([
            {'name': 'Walk', 'team_id': team.id, 'user_id': False,
             'priority': str(chance.randrange(4)),
             'opened_date': origin + timedelta(minutes=opened)}
            for opened, _pauses in facts
        ])
        self.env['service.case.pause'].create([
            {'case_id': case.id, 'kind': 'customer',
             'start_date': origin + timedelta(minutes=begin),
             'end_date': origin + timedelta(minutes=end)}
            for case, (_opened, pauses) in zip(cases, facts, strict=True)
            for begin, end in pauses
        ])
        return cases, facts

    def check(self, cases, facts, origin, wall, promised):
        for case, (opened, pauses) in zip(cases, facts, strict=True):
            running = case.target_ids.filtered(lambda target: target.outcome == 'open')
            minute = wall.walk(opened, promised[int(case.priority)], pauses)
            self.assertEqual(running.deadline, origin + timedelta(minutes=minute))

    @settings(max_examples=EXAMPLES, deadline=None, derandomize=True)
    @given(
        zone=st.sampled_from(ZONES), other_zone=st.sampled_from(ZONES),
        first=st.sampled_from(STARTS), lines=hours, other_lines=hours,
        holidays=st.lists(st.integers(0, 6 * 24), min_size=2, max_size=2),
        promised=st.lists(st.integers(1, 20 * 60), min_size=4, max_size=4),
        seed=st.integers(0, 10**6),
    )
    def test_deadlines_are_what_a_walk_through_time_finds(
        self, zone, other_zone, first, lines, other_lines, holidays, promised, seed
    ):
        chance = random.Random(seed)
        origin = datetime.strptime(first, '%Y-%m-%d')
        calendar, other = self.calendar_of(zone, lines), self.calendar_of(other_zone, other_lines)
        first_holiday, next_holiday = (hour * 60 for hour in holidays)
        self.have_holiday(calendar, origin, first_holiday)
        self.have_holiday(other, origin, first_holiday)
        team = self.create_team(
            'Walk', self.company, resolution_hours=0, resource_calendar_id=calendar.id)
        self.promise_by_priority(team, promised)

        # what is overdue is not planned anew: all of it lies ahead
        with freeze_time(origin):
            cases, facts = self.open_cases(team, origin, chance)
            wall = Wall(zone, lines, origin, [first_holiday])
            self.check(cases, facts, origin, wall, promised)

            for priority, changed in cases.grouped(lambda _case: chance.randrange(4)).items():
                changed.priority = str(priority)
            self.check(cases, facts, origin, wall, promised)

            team.resource_calendar_id = other
            wall = Wall(other_zone, other_lines, origin, [first_holiday])
            self.check(cases, facts, origin, wall, promised)

            self.have_holiday(other, origin, next_holiday)
            wall = Wall(other_zone, other_lines, origin, [first_holiday, next_holiday])
            self.check(cases, facts, origin, wall, promised)
        # out of the way of the next example
        cases.active = False

    def test_as_odoo_plans_hours_one_by_one(self):
        """Equal to `plan_hours` for whoever has no pause, from every start."""
        plans = [
            (datetime(2026, 3, 20) + timedelta(minutes=97 * step), 60 * (step * 37 % 3000 + 1), ())
            for step in range(300)
        ]
        planned = self.calendar._plan_in_working_time(self.company, plans)
        for (start, seconds, _pauses), moment in zip(plans, planned, strict=True):
            expected = self.calendar.plan_hours(
                seconds / 3600, pytz.utc.localize(start), compute_leaves=True)
            expected = expected.astimezone(pytz.utc).replace(tzinfo=None)
            self.assertLess(abs(expected - moment), timedelta(seconds=1))
