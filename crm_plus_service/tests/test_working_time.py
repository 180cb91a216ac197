"""Deadlines against a simulation that walks through time step by step."""

from datetime import datetime, timedelta

import pytz
from hypothesis import given, settings
from hypothesis import strategies as st

from odoo import Command
from odoo.tests import tagged

from .common import ServiceCommon


@tagged('post_install', '-at_install')
class TestDeadlinesSimulated(ServiceCommon):
    """Targets of real cases, in random calendars, against a walk minute by minute.

    The walk knows nothing of Odoo's intervals: it asks of each minute what the clock on the wall
    of the calendar's time zone shows, and whether an attendance line or a holiday covers it.
    """

    ZONES = ('Europe/Brussels', 'America/New_York', 'Australia/Lord_Howe', 'Asia/Kolkata', 'UTC')
    #: around the change of the clock in each of the zones
    STARTS = ('2026-03-06', '2026-03-27', '2026-04-03', '2026-10-02', '2026-10-23', '2026-10-30')

    def calendar_of(self, zone, lines, holiday):
        calendar = self.env['resource.calendar'].create({
            'name': zone, 'tz': zone, 'company_id': False,
            'attendance_ids': [
                Command.create({
                    'name': 'Work', 'dayofweek': str(day), 'hour_from': begin, 'hour_to': end,
                    'day_period': 'morning' if begin < 12 else 'afternoon',
                })
                for day, begin, end in lines
            ],
        })
        self.env['resource.calendar.leaves'].create({
            'name': 'Holiday', 'calendar_id': calendar.id, 'company_id': self.company.id,
            'date_from': holiday, 'date_to': holiday + timedelta(hours=24),
        })
        return calendar

    def walk(self, zone, lines, holiday, pauses, start, minutes):
        clock, left = pytz.timezone(zone), minutes
        for step in range(60 * 24 * 60):
            moment = start + timedelta(minutes=step)
            if holiday <= moment < holiday + timedelta(hours=24):
                continue
            if any(begin <= moment < end for begin, end in pauses):
                continue
            wall = pytz.utc.localize(moment).astimezone(clock)
            hour = wall.hour + wall.minute / 60
            if any(day == wall.weekday() and begin <= hour < end for day, begin, end in lines):
                left -= 1
                if not left:
                    return moment + timedelta(minutes=1)
        return False

    @settings(max_examples=40, deadline=None, derandomize=True)
    @given(
        zone=st.sampled_from(ZONES),
        first=st.sampled_from(STARTS),
        # attendance keeps clear of the hours in which clocks are changed
        morning=st.integers(5, 9), evening=st.integers(14, 21), lunch=st.integers(0, 2),
        days=st.sets(st.integers(0, 6), min_size=2),
        opened=st.integers(0, 3 * 24 * 60), minutes=st.integers(1, 30 * 60),
        holiday=st.integers(0, 6 * 24),
        pauses=st.lists(
            st.tuples(st.integers(1, 4000), st.integers(1, 2000)), max_size=2),
    )
    def test_deadline_is_what_a_walk_through_time_finds(
        self, zone, first, morning, evening, lunch, days, opened, minutes, holiday, pauses
    ):
        lines = [
            (day, begin, end)
            for day in sorted(days)
            for begin, end in ((morning, 12), (12 + lunch, evening))
        ]
        origin = datetime.strptime(first, '%Y-%m-%d')
        start = origin + timedelta(minutes=opened)
        holiday = origin + timedelta(hours=holiday)
        moments = [
            (start + timedelta(minutes=after), start + timedelta(minutes=after + length))
            for after, length in pauses
        ]
        calendar = self.calendar_of(zone, lines, holiday)
        target = self.create_case(
            opened_date=start,
            team_id=self.create_team(
                'Walk', self.company, resolution_hours=minutes / 60,
                resource_calendar_id=calendar.id, warning_hours=0,
            ).id,
        ).target_ids
        self.env['service.case.pause'].create([
            {'case_id': target.case_id.id, 'kind': 'customer', 'start_date': begin,
             'end_date': end}
            for begin, end in moments
        ])
        self.assertEqual(
            target.deadline, self.walk(zone, lines, holiday, moments, start, minutes))

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
