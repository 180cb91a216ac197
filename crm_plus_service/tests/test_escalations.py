"""Escalations: when they are due, what they do, that each happens once, and what a sweep costs."""

from unittest.mock import patch

from freezegun import freeze_time

from odoo import Command
from odoo.exceptions import AccessError, ValidationError
from odoo.tests import tagged

from .common import ServiceCommon, utc

WEDNESDAY = '2026-01-14 08:00'  # 09:00 in Brussels


@tagged('post_install', '-at_install')
class TestEscalations(ServiceCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env['service.policy'].search([]).active = False
        cls.quiet_team = cls.create_team('Quiet', cls.company, resolution_hours=0)
        cls.quiet_team.member_ids = cls.agent
        cls.policy = cls.env['service.policy'].create({
            'name': 'Answers',
            'company_id': cls.company.id,
            'team_ids': cls.quiet_team.ids,
            'target_ids': [Command.create({'kind': 'first_response', 'hours': 3})],
        })

    def setUp(self):
        super().setUp()
        # the job commits its progress, which a test must not
        self.patch(self.env.registry['ir.cron'], '_commit_progress',
                   lambda *args, **kwargs: float('inf'))

    def escalate(self, moment='at', hours=0, **values):
        return self.env['service.escalation'].create({
            'policy_target_id': self.policy.target_ids.id, 'moment': moment, 'hours': hours,
            'notify_agent': True, **values,
        })

    def opened(self, when=WEDNESDAY, **values):
        with freeze_time(when):
            return self.create_case(
                **{'opened_date': utc(when), 'team_id': self.quiet_team.id, **values})

    def sweep(self, when):
        self.env.flush_all()
        with freeze_time(when):
            self.env['service.case.escalation']._cron_sweep()
            self.env.flush_all()

    # ------------------------------------------------------------
    # WHEN
    # ------------------------------------------------------------

    def test_due_before_at_and_after_the_deadline_in_working_hours(self):
        self.escalate('before', 1)
        self.escalate('at')
        self.escalate('after', 2)
        # Wed 09:00 local + 3 h = noon; an hour before 11:00; two hours after, past lunch, 15:00
        case = self.opened()
        self.assertEqual(
            case.target_ids.escalation_ids.mapped('due_date'),
            [utc('2026-01-14 10:00'), utc('2026-01-14 11:00'), utc('2026-01-14 14:00')])

    def test_end_of_the_day_waits_for_the_morning_where_wanted(self):
        self.escalate('at')
        self.escalate('at', in_working_hours=True)
        case = self.opened('2026-01-14 12:00')  # 13:00 local + 3 h = 16:00
        self.assertEqual(set(case.target_ids.escalation_ids.mapped('due_date')),
                         {utc('2026-01-14 15:00')})
        late = self.opened('2026-01-14 13:00')  # 14:00 local + 3 h = the end of the day
        self.assertEqual(late.target_ids.escalation_ids.mapped('due_date'),
                         [utc('2026-01-14 16:00'), utc('2026-01-15 07:00')])

    def test_nothing_is_due_once_the_promise_is_kept(self):
        self.escalate('at')
        case = self.opened()
        with freeze_time('2026-01-14 09:00'):
            case.with_user(self.agent).message_post(
                body='Here you are.', message_type='comment', subtype_xmlid='mail.mt_comment')
        self.assertFalse(case.target_ids.escalation_ids.due_date)

    def test_new_escalation_reaches_what_is_running(self):
        case = self.opened()
        self.escalate('at')
        self.assertEqual(case.target_ids.escalation_ids.due_date, utc('2026-01-14 11:00'))

    # ------------------------------------------------------------
    # WHAT
    # ------------------------------------------------------------

    def test_happens_once_and_does_what_was_set(self):
        boss = self.manager
        self.escalate(
            'at', notify_team=True, notify_user_ids=boss.ids, raise_priority=True,
            user_id=self.agent.id,
            activity_type_id=self.env.ref('mail.mail_activity_data_todo').id)
        case = self.opened()
        self.sweep('2026-01-14 10:59')
        self.assertEqual(case.priority, '0')
        self.sweep('2026-01-14 11:01')
        self.sweep('2026-01-14 11:02')
        self.assertEqual((case.priority, case.user_id), ('1', self.agent))
        self.assertEqual(len(case.activity_ids), 1)
        self.assertEqual(case.activity_ids.user_id, self.agent)
        told = self.env['mail.message'].search([
            ('model', '=', 'service.case'), ('res_id', '=', case.id),
            ('message_type', '=', 'user_notification'), ('subject', '=like', '%is overdue')])
        self.assertEqual(len(told), 1)
        self.assertEqual(told.notified_partner_ids, (self.agent | boss).partner_id)
        self.assertEqual(case.target_ids.escalation_ids.done_date, utc('2026-01-14 11:01'))

    def test_people_are_told_by_the_queue(self):
        self.escalate('at', notify_team=True)
        self.opened()
        queue = self.env.ref('mail.ir_cron_mail_scheduler_action')
        triggers = self.env['ir.cron.trigger'].search_count([('cron_id', '=', queue.id)])
        with patch.object(type(self.env['mail.mail']), 'send_after_commit') as sent_at_once:
            self.sweep('2026-01-14 11:01')
        sent_at_once.assert_not_called()
        self.assertGreater(
            self.env['ir.cron.trigger'].search_count([('cron_id', '=', queue.id)]), triggers)

    def test_one_failure_keeps_no_other_case_from_being_escalated(self):
        self.escalate('at', raise_priority=True)
        broken, sound = self.opened(), self.opened()
        write = type(broken).write

        def refuse(cases, vals):
            if 'priority' in vals and broken in cases:
                raise ValidationError(cases.env._('No'))
            return write(cases, vals)

        with patch.object(type(broken), 'write', refuse):
            self.sweep('2026-01-14 12:00')
        self.assertEqual((broken.priority, sound.priority), ('0', '1'))
        self.assertEqual(broken.target_ids.escalation_ids.failure, 'No')
        self.assertFalse(sound.target_ids.escalation_ids.failure)

    def test_hours_must_make_sense(self):
        with self.assertRaisesRegex(ValidationError, 'how many working hours'):
            self.escalate('before', 0)
        with self.assertRaisesRegex(ValidationError, 'nothing can happen'):
            self.escalate('before', 4)

    def test_something_must_happen(self):
        with self.assertRaisesRegex(ValidationError, 'Nothing would happen'):
            self.escalate('at', notify_agent=False)
        escalation = self.escalate('at', notify_agent=False, notify_user_ids=self.manager.ids)
        with self.assertRaisesRegex(ValidationError, 'Nothing would happen'):
            escalation.notify_user_ids = False

    # ------------------------------------------------------------
    # SWEEP
    # ------------------------------------------------------------

    def test_breach_is_noted_and_stays(self):
        late, later = self.opened(), self.opened('2026-01-14 09:30')
        self.sweep('2026-01-14 11:30')
        self.assertEqual(late.target_ids.breach_date, utc('2026-01-14 11:30'))
        self.assertFalse(later.target_ids.breach_date)
        self.calendar.attendance_ids.filtered(
            lambda line: line.dayofweek == '2' and line.hour_from == 8).unlink()
        self.assertEqual(late.target_ids.deadline, utc('2026-01-14 11:00'))
        self.assertGreater(later.target_ids.deadline, utc('2026-01-14 13:30'))

    def test_sweep_takes_the_same_queries_however_much_runs(self):
        def count(number):
            for _ in range(number):
                self.opened('2026-01-14 08:00')
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.cr.sql_log_count
            self.sweep('2026-01-14 12:00')
            return self.cr.sql_log_count - before

        count(1)
        self.assertEqual(count(2), count(10))

    def test_what_is_due_is_taken_up_in_one_statement(self):
        self.escalate('at')
        cases = self.env['service.case'].concat(*(self.opened() for _ in range(5)))
        self.opened('2026-01-14 09:30')
        rows = cases.target_ids.escalation_ids
        self.env.flush_all()
        with freeze_time('2026-01-14 11:30'), self.assertQueryCount(1):
            taken = rows._take_due()
        self.assertEqual(taken, rows.sorted('id'))
        self.assertEqual(set(taken.mapped('done_date')), {utc('2026-01-14 11:30')})
        with freeze_time('2026-01-14 11:31'):
            self.assertFalse(rows._take_due())

    # ------------------------------------------------------------
    # ACCESS
    # ------------------------------------------------------------

    def test_agents_read_what_happens_in_their_company_and_change_nothing(self):
        escalation = self.escalate('at')
        row = self.opened().target_ids.escalation_ids
        for record in (escalation, row):
            record.with_user(self.agent).read(['display_name'])
            with self.assertRaises(AccessError):
                record.with_user(self.agent).unlink()
            with self.assertRaises(AccessError):
                record.with_user(self.far_agent).read(['display_name'])
            with self.assertRaises(AccessError):
                record.with_user(self.portal).read(['display_name'])


@tagged('post_install', '-at_install')
class TestCaseReport(ServiceCommon):
    def report(self, case, user=None):
        self.env.flush_all()
        self.env.invalidate_all()
        return self.env['service.case.report'].with_user(user or self.env.user).search(
            [('case_id', '=', case.id)])

    def test_figures_of_a_case(self):
        with freeze_time(WEDNESDAY):
            case = self.create_case(opened_date=utc(WEDNESDAY))
        with freeze_time('2026-01-14 10:00'):
            case.with_user(self.agent).message_post(
                body='Here you are.', message_type='comment', subtype_xmlid='mail.mt_comment')
            case.action_close()
        row = self.report(case)
        self.assertEqual((row.answer_hours, row.close_hours), (2, 2))
        self.assertEqual((row.answer_count, row.first_contact, row.is_open), (1, 1, False))
        self.assertEqual(case.stage_time_ids.hours, 2)
        with freeze_time('2026-01-14 12:00'):
            case.action_reopen()
        self.assertEqual(self.report(case).reopen_count, 1)
        self.assertGreater(self.report(case).age_days, 1)
        with freeze_time('2026-01-14 13:00'):
            case.action_close()
        row = self.report(case)
        self.assertEqual((row.first_contact, row.close_hours), (0, 5))
        # 13:00 to 14:00 local, after the break
        self.assertEqual(case.stage_time_ids.mapped('hours'), [2, 1])

    def test_companies_do_not_mix(self):
        case = self.create_case()
        self.assertTrue(self.report(case, self.agent))
        self.assertFalse(self.report(case, self.far_agent))
        with self.assertRaises(AccessError):
            self.report(case, self.portal)
        with self.assertRaises(AccessError):
            case.stage_time_ids.with_user(self.far_agent).read(['hours'])
