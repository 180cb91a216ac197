"""Deadlines, each worked out by hand. Office hours: Monday to Friday 8–12 and 13–17."""

from freezegun import freeze_time

from odoo import Command
from odoo.exceptions import ValidationError
from odoo.tests import tagged

from .common import ServiceCommon, utc


@tagged('post_install', '-at_install')
class TestTargets(ServiceCommon):
    def opened(self, when, hours=8.0, calendar=None, **values):
        """Return the target of a case opened at ``when`` (UTC) with a promise of ``hours``."""
        team = self.create_team(
            'Promise',
            self.company,
            resolution_hours=hours,
            resource_calendar_id=(calendar or self.calendar).id,
        )
        return self.create_case(opened_date=utc(when), team_id=team.id, **values).target_ids

    # ------------------------------------------------------------
    # DEADLINES
    # ------------------------------------------------------------

    def test_within_one_morning(self):
        # Wed 2026-01-14 09:00 in Brussels (UTC+1) + 2 h = 11:00
        self.assertEqual(self.opened('2026-01-14 08:00', 2).deadline, utc('2026-01-14 10:00'))

    def test_lunch_does_not_count(self):
        # Wed 11:00 + 3 h: one hour to noon, two after one o'clock = 15:00 local
        self.assertEqual(self.opened('2026-01-14 10:00', 3).deadline, utc('2026-01-14 14:00'))

    def test_weekend_does_not_count(self):
        # Fri 2026-01-16 16:00 local + 8 h: one hour on Friday, four and three on Monday = 16:00
        self.assertEqual(self.opened('2026-01-16 15:00').deadline, utc('2026-01-19 15:00'))

    def test_opened_on_sunday_counts_from_monday(self):
        # Sun 2026-01-18 + 1.5 h = Mon 09:30 local
        self.assertEqual(self.opened('2026-01-18 12:00', 1.5).deadline, utc('2026-01-19 08:30'))

    def test_opened_at_night_counts_from_morning(self):
        # Wed 22:00 local + 0.5 h = Thu 08:30 local
        self.assertEqual(self.opened('2026-01-14 21:00', 0.5).deadline, utc('2026-01-15 07:30'))

    def test_fractions_of_hours_are_exact(self):
        # Wed 08:00 local + 20 minutes, 1/3 h being no exact number
        self.assertEqual(self.opened('2026-01-14 07:00', 1 / 3).deadline, utc('2026-01-14 07:20'))

    def test_clock_goes_forward(self):
        # Fri 2026-03-27 15:00 Brussels is 14:00 UTC (+1). Two hours on Friday, then on Monday the
        # clock is at +2: 08:00–12:00 and 13:00–15:00 local = 13:00 UTC.
        self.assertEqual(self.opened('2026-03-27 14:00').deadline, utc('2026-03-30 13:00'))

    def test_clock_goes_back(self):
        # Fri 2026-10-23 15:00 Brussels is 13:00 UTC (+2); Monday 15:00 local at +1 is 14:00 UTC.
        self.assertEqual(self.opened('2026-10-23 13:00').deadline, utc('2026-10-26 14:00'))

    def test_shift_through_the_night_of_the_change(self):
        # Sunday 2026-03-29 00:00–06:00 local holds five hours only: 02:00 becomes 03:00.
        # Opened Saturday 2026-03-28 12:00 UTC, promise 4 h: 00:00 (+1) = 23:00 UTC + 4 h.
        night = self.create_calendar('Night', 'Europe/Brussels', days='6', hours=((0, 6),))
        target = self.opened('2026-03-28 12:00', 4, night)
        self.assertEqual(target.deadline, utc('2026-03-29 03:00'))

    def test_time_zone_is_the_calendars(self):
        # Auckland is at +13 in January: Thu 08:00 there is Wed 19:00 UTC
        auckland = self.create_calendar('Down Under', 'Pacific/Auckland')
        target = self.opened('2026-01-14 12:00', 1, auckland)
        self.assertEqual(target.deadline, utc('2026-01-14 20:00'))

    def test_public_holiday_does_not_count(self):
        self.env['resource.calendar.leaves'].create(
            {
                'name': 'Holiday',
                'calendar_id': self.calendar.id,
                'company_id': self.company.id,
                'date_from': utc('2026-01-14 23:00'),
                'date_to': utc('2026-01-15 22:59'),
            }
        )
        # Wed 16:00 local + 2 h: one hour on Wednesday, Thursday is off, Friday 09:00 local
        self.assertEqual(self.opened('2026-01-14 15:00', 2).deadline, utc('2026-01-16 08:00'))

    def test_holiday_of_another_company_does_count_as_work(self):
        holiday = self.env['resource.calendar.leaves'].create(
            {
                'name': 'Their holiday',
                'calendar_id': False,
                'date_from': utc('2026-01-14 00:00'),
                'date_to': utc('2026-01-16 00:00'),
            }
        )
        holiday.company_id = self.other_company
        self.assertEqual(self.opened('2026-01-14 08:00', 2).deadline, utc('2026-01-14 10:00'))

    def test_warning_counts_in_working_hours_too(self):
        # due Mon 16:00 local, two working hours before = Mon 14:00 local
        self.assertEqual(self.opened('2026-01-16 15:00').warning_date, utc('2026-01-19 13:00'))

    def test_deadline_can_be_unfolded(self):
        # Wed 11:00 + 3 h: one hour to noon, two after one o'clock
        table = str(self.opened('2026-01-14 10:00', 3).unfolding)
        for text in ('11:00 – 12:00', '12:00 – 13:00', '13:00 – 15:00', 'Outside working hours',
                     '180 min', 'Europe/Brussels'):
            self.assertIn(text, table)

    # ------------------------------------------------------------
    # STATE
    # ------------------------------------------------------------

    def test_state_follows_the_clock_without_any_job(self):
        target = self.opened('2026-01-14 08:00', 4)  # warned 11:00, due 14:00 local = 13:00 UTC
        case = target.case_id
        self.assertEqual(target.warning_date, utc('2026-01-14 10:00'))
        self.assertEqual(target.deadline, utc('2026-01-14 13:00'))
        for now, state, label in (
            ('2026-01-14 08:30', 'running', 'Due in 4 h 30 min'),
            ('2026-01-14 10:00', 'due_soon', 'Due in 3 h'),
            ('2026-01-14 12:35', 'due_soon', 'Due in 25 min'),
            ('2026-01-14 13:00', 'due_soon', 'Due in 0 min'),
            ('2026-01-14 15:00', 'overdue', 'Overdue by 2 h'),
            ('2026-01-17 14:00', 'overdue', 'Overdue by 3 days'),
        ):
            with self.subTest(now=now), freeze_time(now):
                self.env.invalidate_all()
                self.assertEqual((target.state, case.sla_state), (state, state))
                self.assertEqual(case.sla_label, label)
                for searched in ('running', 'due_soon', 'overdue', 'kept', 'missed'):
                    expected = target if searched == state else target.browse()
                    found = target.search([('id', '=', target.id), ('state', '=', searched)])
                    self.assertEqual(found, expected, searched)
                    found = case.search([('id', '=', case.id), ('sla_state', '=', searched)])
                    self.assertEqual(found, expected.case_id, searched)

    def test_kept_when_closed_in_time(self):
        target = self.opened('2026-01-14 08:00', 4)
        with freeze_time('2026-01-14 13:00'):
            target.case_id.action_close()
            self.assertEqual(target.done_date, utc('2026-01-14 13:00'))
        self.assertEqual((target.outcome, target.state), ('kept', 'kept'))
        self.assertEqual((target.case_id.sla_state, target.case_id.sla_label), ('kept', 'Kept'))
        self.assertFalse(target.case_id.deadline)
        self.assert_searched(target.case_id, 'kept')

    def test_missed_when_closed_late(self):
        target = self.opened('2026-01-14 08:00', 4)
        with freeze_time('2026-01-14 13:40'):
            target.case_id.action_close()
            self.env.flush_all()
        self.assertEqual((target.outcome, target.state), ('missed', 'missed'))
        self.assertEqual(target.case_id.sla_label, 'Missed by 40 min')
        self.assert_searched(target.case_id, 'missed')

    def test_reopening_lets_the_target_run_again(self):
        target = self.opened('2026-01-14 08:00', 4)
        with freeze_time('2026-01-14 12:00'):
            target.case_id.action_close()
            self.env.flush_all()
        with freeze_time('2026-01-14 14:00'):
            target.case_id.action_reopen()
            self.assertFalse(target.done_date)
            # two hours, in which the case was closed, do not count
            self.assertEqual(target.deadline, utc('2026-01-14 15:00'))
            self.assertEqual(target.case_id.sla_state, 'due_soon')

    def assert_searched(self, case, state):
        for searched in ('running', 'due_soon', 'overdue', 'kept', 'missed', False):
            found = case.search([('id', '=', case.id), ('sla_state', '=', searched)])
            self.assertEqual(bool(found), searched == state, searched)
        self.assertFalse(case.search([('id', '=', case.id), ('sla_state', '!=', state)]))

    # ------------------------------------------------------------
    # PLANNING ANEW
    # ------------------------------------------------------------

    def test_no_promise_no_target(self):
        case = self.create_case(
            team_id=self.create_team('Easy', self.company, resolution_hours=0).id
        )
        self.assertFalse(case.target_ids)
        self.assertFalse(case.sla_state)
        self.assertIn(case, case.search([('sla_state', '=', False)]))

    @freeze_time('2026-01-14 08:30')
    def test_changed_promise_plans_open_cases_anew_and_leaves_closed_ones(self):
        running = self.opened('2026-01-14 08:00', 4)
        team = running.team_id
        closed = self.create_case(opened_date=utc('2026-01-14 08:00'), team_id=team.id).target_ids
        closed.case_id.action_close()
        team.resolution_hours = 2
        self.assertEqual(running.deadline, utc('2026-01-14 10:00'))
        self.assertEqual(running.reason, 'The promise of the team was changed.')
        self.assertEqual(closed.deadline, utc('2026-01-14 13:00'))
        self.assertEqual(closed.hours, 4)
        team.resolution_hours = 0
        self.assertEqual(running.outcome, 'withdrawn')
        self.assertFalse(running.case_id.deadline)
        self.assertEqual(closed.outcome, 'kept')

    def test_first_promise_reaches_cases_that_are_open(self):
        case = self.create_case(
            opened_date=utc('2026-01-14 08:00'),
            team_id=self.create_team('Late', self.company, resolution_hours=0).id,
        )
        case.team_id.resolution_hours = 1
        self.assertEqual(case.deadline, utc('2026-01-14 09:00'))

    def test_reopened_case_gets_what_is_promised_by_then(self):
        team = self.create_team('Late', self.company, resolution_hours=0)
        case = self.create_case(opened_date=utc('2026-01-14 08:00'), team_id=team.id)
        case.action_close()
        team.resolution_hours = 1
        self.assertFalse(case.target_ids)
        case.action_reopen()
        self.assertEqual(case.deadline, utc('2026-01-14 09:00'))

    def test_calendar_without_hours_leaves_no_deadline(self):
        target = self.opened('2026-01-14 08:00')
        self.calendar.attendance_ids.unlink()
        self.assertFalse(target.deadline)
        case = target.case_id
        self.assertFalse(case.sla_state)
        self.assertIn(case, case.search([('sla_state', '=', False)]))
        self.assert_searched(case, False)

    @freeze_time('2026-01-14 08:30')
    def test_other_team_other_promise(self):
        target = self.opened('2026-01-14 08:00', 4)
        target.case_id.team_id = self.create_team('Quick', self.company, resolution_hours=1)
        self.assertEqual(target.case_id.deadline, utc('2026-01-14 09:00'))
        self.assertEqual(len(target.case_id.target_ids), 1)

    def test_changed_hours_of_the_calendar_plan_anew(self):
        target = self.opened('2026-01-14 08:00', 4)  # 09:00 local
        closed = self.create_case(
            opened_date=utc('2026-01-14 08:00'), team_id=target.team_id.id
        ).target_ids
        closed.case_id.action_close()
        # Wednesday afternoon off: three hours on Wednesday, one on Thursday = 09:00 local
        self.calendar.attendance_ids.filtered(
            lambda line: line.dayofweek == '2' and line.hour_from == 13
        ).unlink()
        self.assertEqual(target.deadline, utc('2026-01-15 08:00'))
        self.assertEqual(target.case_id.deadline, utc('2026-01-15 08:00'))
        self.assertEqual(target.reason, 'Working hours were changed: Office Hours')
        self.assertEqual(closed.deadline, utc('2026-01-14 13:00'))
        self.assertFalse(closed.reason)

    def test_hours_changed_together_plan_anew_once_and_say_why(self):
        moved = self.opened('2026-01-14 08:00', 4)
        same = self.opened('2026-01-14 08:00', 1)
        afternoon = self.calendar.attendance_ids.filtered(
            lambda line: line.dayofweek == '2' and line.hour_from == 13)
        self.calendar.write({'attendance_ids': [
            Command.delete(afternoon.id),
            Command.create({'name': 'Late', 'dayofweek': '2', 'hour_from': 18, 'hour_to': 20,
                            'day_period': 'afternoon'}),
        ]})
        # three hours until noon, one in the evening from 18:00 local
        self.assertEqual(moved.deadline, utc('2026-01-14 18:00'))
        self.assertEqual(moved.reason, 'Working hours were changed: Office Hours')
        self.assertFalse(same.reason, 'an hour before noon stays where it is')

    def test_other_time_zone_plans_anew_and_says_why(self):
        target = self.opened('2026-01-14 14:00', 2)  # due 17:00 local
        self.assertEqual(target.deadline, utc('2026-01-14 16:00'))
        self.calendar.tz = 'Europe/London'
        self.assertEqual(target.deadline, utc('2026-01-14 16:00'))
        self.assertFalse(target.reason)
        self.calendar.tz = 'Asia/Tokyo'  # 23:00 there: from 08:00 on the next day
        self.assertEqual(target.deadline, utc('2026-01-15 01:00'))
        self.assertEqual(target.reason, 'Working hours were changed: Office Hours')

    def test_new_public_holiday_plans_anew(self):
        target = self.opened('2026-01-14 15:00', 2)  # due Thu 09:00 local
        self.assertEqual(target.deadline, utc('2026-01-15 08:00'))
        for calendar in (self.calendar, self.calendar.browse()):
            holiday = self.env['resource.calendar.leaves'].create(
                {
                    'name': 'Holiday',
                    'calendar_id': calendar.id,
                    'company_id': self.company.id,
                    'date_from': utc('2026-01-14 23:00'),
                    'date_to': utc('2026-01-15 22:59'),
                }
            )
            self.assertEqual(target.deadline, utc('2026-01-16 08:00'))
            self.assertEqual(target.reason, 'A holiday was changed: Holiday')
            holiday.date_to = utc('2026-01-16 22:59')
            self.assertEqual(target.deadline, utc('2026-01-19 08:00'))
            holiday.unlink()
            self.assertEqual(target.deadline, utc('2026-01-15 08:00'))

    def test_working_hours_without_hours_are_refused(self):
        empty = self.create_calendar('Never', 'UTC', days='')
        with self.assertRaisesRegex(ValidationError, 'contain no hour'):
            self.team.resource_calendar_id = empty
