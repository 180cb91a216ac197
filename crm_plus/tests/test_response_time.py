"""How soon a new lead is answered: promised in working hours, measured, escalated.

The team works in Brussels from Monday to Friday, 08:00–12:00 and 13:00–17:00.
"""

from contextlib import contextmanager
from datetime import datetime
from unittest.mock import patch

from freezegun import freeze_time

from odoo import fields
from odoo.exceptions import AccessError, ValidationError
from odoo.fields import Command
from odoo.tests import tagged

from .common import CrmPlusCommon

# in UTC; Brussels is an hour ahead of it before 29 March 2026 and two hours after
FRIDAY_3PM = '2026-03-06 14:00:00'


class ResponseCommon(CrmPlusCommon):

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.calendar = cls.env['resource.calendar'].create({
            'name': "Office", 'tz': 'Europe/Brussels', 'company_id': cls.company.id,
            'attendance_ids': [Command.clear()] + [
                Command.create({
                    'name': "Work", 'dayofweek': str(day), 'hour_from': begin, 'hour_to': end,
                    'day_period': 'morning' if begin < 12 else 'afternoon',
                })
                for day in range(5) for begin, end in ((8, 12), (13, 17))
            ],
        })
        cls.company.resource_calendar_id = cls.calendar
        cls.source, cls.other_source = cls.env['utm.source'].create([
            {'name': "Fair"}, {'name': "Newsletter of a friend"}])
        cls.leader = cls.manager
        cls.team = cls.env['crm.team'].create({
            'name': "Team", 'user_id': cls.leader.id, 'company_id': cls.company.id,
            'crm_team_member_ids': [Command.create({'user_id': cls.salesperson.id})],
        })
        cls.promises = cls.env['crm.response.promise']
        cls.promises.search([]).active = False

    @classmethod
    def promise(cls, hours=4, **values):
        return cls.promises.create({
            'name': f"Within {hours} hours", 'hours': hours, 'source_id': cls.source.id,
            'company_id': cls.company.id, **values,
        })

    @contextmanager
    def at(self, moment):
        """The clock of the server and of the database stands at a moment (UTC)."""
        self.env.flush_all()
        with freeze_time(moment), patch.object(
            type(self.env.cr), 'now', lambda _cr: datetime.fromisoformat(moment),
        ):
            yield
            self.env.flush_all()

    def lead(self, moment=FRIDAY_3PM, **values):
        with self.at(moment):
            return self.env['crm.lead'].create({
                'name': "Lead", 'type': 'lead', 'user_id': self.salesperson.id,
                'team_id': self.team.id, 'company_id': self.company.id,
                'source_id': self.source.id, 'partner_id': self.contact.id, **values,
            })

    def answer(self, lead, moment, user=None, **values):
        with self.at(moment):
            lead.with_user(user or self.salesperson).message_post(**{
                'body': "Hello", 'message_type': 'comment', 'subtype_xmlid': 'mail.mt_comment',
                'partner_ids': self.contact.ids, **values,
            })

    def sweep(self, moment):
        self.patch(self.env.registry['ir.cron'], '_commit_progress', lambda *_a, **_k: 60.0)
        with self.at(moment):
            self.env['crm.lead']._cron_escalate_responses()

    def time(self, text):
        return fields.Datetime.to_datetime(text)


@tagged('post_install', '-at_install')
class TestPromise(ResponseCommon):

    def test_deadlines_worked_by_hand(self):
        self.promise(4)
        for created, deadline in (
            # Fri 15:00–17:00 are two hours, Mon 08:00–10:00 the others
            ('2026-03-06 14:00:00', '2026-03-09 09:00:00'),
            # Wed 11:00–12:00, lunch, 13:00–16:00
            ('2026-03-04 10:00:00', '2026-03-04 15:00:00'),
            # in the night: from 08:00 to 12:00
            ('2026-03-04 23:30:00', '2026-03-05 11:00:00'),
            # Fri 16:30–17:00 in winter time, Mon 08:00–11:30 in summer time
            ('2026-03-27 15:30:00', '2026-03-30 09:30:00'),
        ):
            with self.subTest(created):
                lead = self.lead(created)
                self.assertEqual(lead.response_deadline, self.time(deadline))
                self.assertEqual(lead.response_start_date, self.time(created))
                self.assertEqual(lead.response_state, 'waiting')

    def test_holidays_of_the_company_count_and_those_of_others_do_not(self):
        self.promise(4)
        holiday = {'date_from': '2026-03-08 23:00:00', 'date_to': '2026-03-09 22:59:59'}
        leaves = self.env['resource.calendar.leaves']
        leaves.create({**holiday, 'name': "Elsewhere"}).company_id = self.company_b
        self.assertEqual(self.lead().response_deadline, self.time('2026-03-09 09:00:00'))
        leaves.create({**holiday, 'name': "Monday off", 'company_id': self.company.id})
        self.assertEqual(self.lead().response_deadline, self.time('2026-03-10 09:00:00'))

    def test_hours_of_the_promise_before_those_of_the_team_before_those_of_the_company(self):
        night, early = self.env['resource.calendar'].create([
            {'name': name, 'tz': 'UTC', 'company_id': False,
             'attendance_ids': [Command.clear()] + [
                 Command.create({'name': "Work", 'dayofweek': str(day), 'hour_from': begin,
                                 'hour_to': begin + 6, 'day_period': 'morning'})
                 for day in range(7)]}
            for name, begin in (("Night", 18), ("Early", 5))
        ])
        promise = self.promise(2)
        self.team.response_calendar_id = night
        self.assertEqual(self.lead().response_deadline, self.time('2026-03-06 20:00:00'))
        promise.calendar_id = early
        self.assertEqual(self.lead().response_deadline, self.time('2026-03-07 07:00:00'))

    def test_the_first_promise_that_fits_counts(self):
        self.promise(8, source_id=False, team_id=self.team.id, sequence=20)
        self.promise(2, sequence=10)
        self.promise(1, sequence=5, lead_type='opportunity')
        self.promise(3, sequence=1, company_id=self.company_b.id)
        self.assertEqual(self.lead().response_promise_id.hours, 2)
        self.assertEqual(
            self.lead(source_id=self.other_source.id).response_promise_id.hours, 8)
        self.assertEqual(self.lead(type='opportunity').response_promise_id.hours, 1)
        other_team = self.env['crm.team'].create({'name': "Other"})
        nothing = self.lead(
            source_id=self.other_source.id, team_id=other_team.id, user_id=False)
        self.assertFalse(nothing.response_state)
        self.assertFalse(nothing.response_deadline)

    def test_the_promise_follows_source_and_team(self):
        self.promise(4)
        self.promise(2, source_id=self.other_source.id)
        lead = self.lead()
        with self.at('2026-03-06 14:30:00'):
            lead.source_id = self.other_source
        self.assertEqual(lead.response_start_date, self.time(FRIDAY_3PM), "since it came in")
        self.assertEqual(lead.response_deadline, self.time('2026-03-06 16:00:00'))
        with self.at('2026-03-06 14:40:00'):
            lead.source_id = False
        self.assertFalse(lead.response_state)
        self.assertFalse(lead.response_deadline)

    def test_a_promise_made_later_counts_from_then_on_if_nobody_has_answered(self):
        self.promise(4)
        quiet, answered = (self.lead(source_id=False) for _number in range(2))
        self.answer(answered, '2026-03-06 14:10:00')
        with self.at('2026-03-06 15:00:00'):
            (quiet | answered).source_id = self.source
        self.assertEqual(quiet.response_start_date, self.time('2026-03-06 15:00:00'))
        self.assertEqual(quiet.response_deadline, self.time('2026-03-09 10:00:00'))
        self.assertFalse(answered.response_state, "there is nothing left to promise")

    def test_what_was_promised_on_a_lead_is_owed_once_it_is_an_opportunity(self):
        self.promise(4, lead_type='lead')
        lead = self.lead()
        deadline = lead.response_deadline
        with self.at('2026-03-06 14:30:00'):
            lead.convert_opportunity(self.contact)
        self.assertEqual((lead.type, lead.response_state), ('opportunity', 'waiting'))
        self.assertEqual(lead.response_deadline, deadline)

    def test_a_changed_promise_moves_the_deadlines_of_those_who_wait(self):
        promise = self.promise(4)
        lead, answered = self.lead(), self.lead()
        self.answer(answered, '2026-03-06 14:10:00')
        before = answered.response_deadline
        promise.hours = 1
        self.assertEqual(lead.response_deadline, self.time('2026-03-06 15:00:00'))
        self.assertEqual(answered.response_deadline, before)

    def test_a_copy_is_promised_anew(self):
        self.promise(4)
        lead = self.lead()
        self.answer(lead, '2026-03-06 14:10:00')
        with self.at('2026-03-09 08:00:00'):
            copy = lead.copy()
        self.assertEqual(copy.response_state, 'waiting')
        self.assertFalse(copy.response_date)
        self.assertEqual(copy.response_start_date, self.time('2026-03-09 08:00:00'))

    def test_promises_and_companies(self):
        mine, other = self.promise(4), self.promise(4, company_id=self.company_b.id)
        self.assertEqual(self.as_user(self.promises, self.salesperson).search([]), mine)
        with self.assertRaises(AccessError):
            self.as_user(mine, self.salesperson).hours = 1
        with self.assertRaises(AccessError):
            self.as_user(other, self.manager, self.company).hours = 1
        self.as_user(other, self.manager).hours = 1
        there = self.lead(company_id=self.company_b.id, team_id=False, user_id=self.manager.id)
        self.assertEqual(there.response_promise_id, other)

    # ------------------------------------------------------------
    # COST
    # ------------------------------------------------------------

    def queries(self, count, **values):
        """Return what it takes to create so many leads and to write to the customer of one."""
        def create():
            leads = self.env['crm.lead'].with_user(self.salesperson).create([
                {'name': f"Lead {number}", 'type': 'lead', 'partner_id': self.contact.id,
                 'team_id': self.team.id, **values}
                for number in range(count)
            ])
            self.env.flush_all()
            leads[0].message_post(
                body="Hello", message_type='comment', subtype_xmlid='mail.mt_comment')
            self.env.flush_all()
            leads.write({'medium_id': False, 'source_id': self.other_source.id})
            self.env.flush_all()
            self.env.invalidate_all()

        create()
        before = self.env.cr.sql_log_count
        create()
        return self.env.cr.sql_log_count - before

    def test_leads_to_which_nothing_is_promised_cost_nothing(self):
        for count in (1, 10):
            without = self.queries(count)
            promise = self.promise(4, company_id=self.company_b.id)
            with self.subTest(leads=count):
                self.assertLessEqual(self.queries(count), without + 1, "was there an answer?")
            promise.active = False

    def test_promises_to_many_cost_as_much_as_to_one(self):
        promise = self.promise(4)

        def queries(count):
            before = self.env.cr.sql_log_count
            leads = self.env['crm.lead'].create([
                {'name': f"Lead {number}", 'source_id': self.source.id, 'user_id': False,
                 'company_id': self.company.id, 'team_id': self.team.id}
                for number in range(count)
            ])
            self.env.flush_all()
            result = self.env.cr.sql_log_count - before
            self.assertEqual(
                all(leads.mapped('response_deadline')), bool(promise.active))
            self.env.invalidate_all()
            return result

        queries(1)
        few, many = queries(10), queries(100)
        promise.active = False
        queries(1)
        # creating leads costs Odoo itself something for each
        self.assertEqual(few - queries(10), many - queries(100))


@tagged('post_install', '-at_install')
class TestAnswer(ResponseCommon):

    def test_the_first_answer_of_a_person_is_measured_in_working_minutes(self):
        self.promise(4)
        kept, missed = self.lead(), self.lead()
        # Fri 15:00–17:00 and Mon 08:00–09:30: 210 minutes
        self.answer(kept, '2026-03-09 08:30:00')
        self.assertEqual((kept.response_state, kept.response_minutes), ('kept', 210))
        self.assertEqual(kept.response_user_id, self.salesperson)
        self.assertEqual(kept.response_date, self.time('2026-03-09 08:30:00'))
        # until Mon 10:01: 241 minutes
        self.answer(missed, '2026-03-09 09:01:00')
        self.assertEqual((missed.response_state, missed.response_minutes), ('missed', 241))
        self.answer(kept, '2026-03-12 08:30:00', user=self.lead_seller)
        self.assertEqual(kept.response_minutes, 210, "the first one counts")

    def test_on_the_dot_is_kept(self):
        self.promise(4)
        lead = self.lead()
        self.answer(lead, '2026-03-09 09:00:00')
        self.assertEqual((lead.response_state, lead.response_minutes), ('kept', 240))

    def test_what_is_no_answer(self):
        self.promise(4)
        root = self.env.ref('base.partner_root')
        for name, values in (
            ("a note", {'subtype_xmlid': 'mail.mt_note'}),
            ("a message among colleagues", {'partner_ids': self.colleague.partner_id.ids}),
            ("a message to nobody", {'partner_ids': []}),
            ("an automatic message", {'message_type': 'auto_comment'}),
            ("a notification", {'message_type': 'notification'}),
            ("a message of the system", {'author_id': root.id}),
            ("the customer's own", {
                'author_id': self.other_contact.id, 'message_type': 'email'}),
        ):
            with self.subTest(name):
                lead = self.lead()
                lead.message_unsubscribe(self.contact.ids)
                self.answer(lead, '2026-03-06 14:10:00', **values)
                self.assertEqual(lead.response_state, 'waiting')
                self.assertFalse(lead.response_date)

    def test_calls_and_meetings_that_were_done(self):
        self.promise(4)
        for xmlid, state in (
            ('mail.mail_activity_data_call', 'kept'),
            ('mail.mail_activity_data_meeting', 'kept'),
            ('mail.mail_activity_data_todo', 'waiting'),
        ):
            with self.subTest(xmlid):
                lead = self.lead()
                with self.at('2026-03-06 14:10:00'):
                    activity = lead.activity_schedule(xmlid, user_id=self.salesperson.id)
                    self.assertEqual(lead.response_state, 'waiting', "planned is not done")
                    activity.with_user(self.salesperson).action_feedback()
                self.assertEqual(lead.response_state, state)

    def test_an_answer_from_ones_own_mailbox_with_a_copy_to_us(self):
        self.promise(4)
        lead = self.lead()
        self.answer(
            lead, '2026-03-06 14:10:00', message_type='email', partner_ids=[],
            incoming_email_to='One <one@example.com>')
        self.assertEqual(lead.response_state, 'kept')

    def test_an_address_without_a_contact(self):
        self.promise(4)
        lead = self.lead(partner_id=False, email_from='new@example.com')
        self.answer(
            lead, '2026-03-06 14:10:00', partner_ids=[], outgoing_email_to='new@example.com')
        self.assertEqual(lead.response_state, 'kept')

    def test_what_is_sent_to_several_at_once(self):
        self.promise(4)
        leads = self.env['crm.lead'].create([{
            'name': "Lead", 'user_id': self.salesperson.id, 'company_id': self.company.id,
            'source_id': self.source.id, 'partner_id': self.contact.id,
        } for _number in range(2)])

        def send(lead, **context):
            composer = self.env['mail.compose.message'].with_user(self.salesperson).with_context(
                active_ids=lead.ids, active_model='crm.lead',
                default_composition_mode='mass_mail', **context,
            ).create({'subject': "Hello", 'body': "<p>Hello</p>"})
            composer._action_send_mail()

        send(leads[0], cron_id=1)
        self.assertEqual(leads.mapped('response_state'), ['waiting', 'waiting'])
        send(leads[0])
        self.assertEqual(leads.mapped('response_state'), ['kept', 'waiting'])

    def test_a_late_answer_is_noted_after_the_deadline_was_missed(self):
        self.promise(4)
        lead = self.lead()
        self.sweep('2026-03-09 09:05:00')
        self.assertEqual(lead.response_state, 'missed')
        self.answer(lead, '2026-03-09 10:00:00')
        self.assertEqual((lead.response_state, lead.response_minutes), ('missed', 300))

    def test_who_may_write_need_not_edit(self):
        self.promise(4)
        lead = self.lead()
        message = lead.sudo().with_context(mail_notify_author=False)
        with self.at('2026-03-06 14:10:00'):
            message.message_post(
                body="Hello", message_type='comment', subtype_xmlid='mail.mt_comment',
                partner_ids=self.contact.ids, author_id=self.outsider.partner_id.id)
        self.assertEqual(lead.response_user_id, self.outsider)


@tagged('post_install', '-at_install')
class TestEscalation(ResponseCommon):

    def messages_to(self, user, lead):
        return self.env['mail.message'].search_count([
            ('model', '=', 'crm.lead'), ('res_id', '=', lead.id),
            ('message_type', '=', 'user_notification'), ('subject', '=like', 'Lead %'),
            ('notified_partner_ids', 'in', user.partner_id.ids),
        ])

    def escalating(self, **values):
        return self.promise(4, escalation_ids=[
            Command.create({'moment': 'before', 'hours': 1}),
            Command.create({
                'moment': 'at', 'notify_salesperson': False, 'notify_leader': True,
                'activity_type_id': self.env.ref('mail.mail_activity_data_call').id, **values,
            }),
        ])

    def test_before_and_at_the_deadline_once_each(self):
        self.escalating()
        lead = self.lead()
        # due Mon 10:00, an hour before is 09:00
        self.assertEqual(lead.response_warning_date, self.time('2026-03-09 08:00:00'))
        self.sweep('2026-03-09 07:59:00')
        self.assertFalse(self.messages_to(self.salesperson, lead))
        for moment in ('2026-03-09 08:00:00', '2026-03-09 08:30:00'):
            self.sweep(moment)
            self.assertEqual(self.messages_to(self.salesperson, lead), 1)
        self.assertEqual(lead.response_state, 'waiting')
        self.assertFalse(self.messages_to(self.leader, lead))
        for moment in ('2026-03-09 09:00:00', '2026-03-09 12:00:00'):
            self.sweep(moment)
            self.assertEqual(self.messages_to(self.leader, lead), 1)
            self.assertEqual(lead.activity_ids.user_id, self.leader)
            self.assertEqual(len(lead.activity_ids), 1)
        self.assertEqual(lead.response_state, 'missed')
        self.assertEqual(lead.response_escalated_date, self.time('2026-03-09 09:00:00'))
        self.assertEqual(self.messages_to(self.salesperson, lead), 1)
        self.assertEqual(lead.user_id, self.salesperson, "it stays with the salesperson")

    def test_what_is_answered_does_not_escalate(self):
        self.escalating()
        lead = self.lead()
        self.answer(lead, '2026-03-06 15:00:00')
        self.sweep('2026-03-10 09:00:00')
        self.assertEqual(lead.response_state, 'kept')
        self.assertFalse(self.messages_to(self.leader, lead))

    def test_what_is_closed_is_neither_kept_nor_missed(self):
        self.escalating()
        lead = self.lead()
        lead.action_set_lost()
        self.sweep('2026-03-10 09:00:00')
        self.assertEqual(lead.response_state, 'withdrawn')
        self.assertFalse(self.messages_to(self.leader, lead))

    def test_handed_over(self):
        self.escalating(reassign='leader')
        lead = self.lead()
        self.sweep('2026-03-09 09:00:00')
        self.assertEqual(lead.user_id, self.leader)
        self.promises.search([]).active = False
        self.escalating(reassign='user', user_id=self.colleague.id)
        lead = self.lead()
        self.sweep('2026-03-09 09:00:00')
        self.assertEqual(lead.user_id, self.colleague)

    def test_nobody_of_another_company_gets_the_lead(self):
        outsider = self.env['res.users'].create({
            'name': "Elsewhere", 'login': 'elsewhere', 'company_id': self.company_b.id,
            'company_ids': [Command.set(self.company_b.ids)]})
        with self.assertRaises(ValidationError):
            self.escalating(reassign='user', user_id=outsider.id)
        self.escalating(reassign='leader')
        lead = self.lead()
        # the leader goes to work for the other company
        self.leader.write({
            'company_id': self.company_b.id, 'company_ids': [Command.set(self.company_b.ids)]})
        self.sweep('2026-03-09 09:00:00')
        self.assertEqual(lead.user_id, self.salesperson)
        self.assertFalse(self.messages_to(self.leader, lead))
        self.assertEqual(lead.activity_ids.user_id, self.salesperson)

    def test_a_holiday_entered_later_moves_the_deadline(self):
        self.escalating()
        lead = self.lead()
        self.env['resource.calendar.leaves'].create({
            'name': "Monday off", 'company_id': self.company.id,
            'date_from': '2026-03-08 23:00:00', 'date_to': '2026-03-09 22:59:59'})
        self.sweep('2026-03-09 09:00:00')
        self.assertEqual(lead.response_state, 'waiting')
        self.assertEqual(lead.response_deadline, self.time('2026-03-10 09:00:00'))
        self.assertFalse(self.messages_to(self.leader, lead))
        self.sweep('2026-03-10 09:00:00')
        self.assertEqual(lead.response_state, 'missed')

    def test_one_that_fails_does_not_keep_the_others(self):
        self.escalating()
        bad, good = self.lead(), self.lead()
        escalation = self.env.registry['crm.response.escalation']
        happen = escalation._happen

        def fail(records, lead):
            if lead == bad:
                raise ValueError("No ink")
            return happen(records, lead)

        self.patch(escalation, '_happen', fail)
        self.sweep('2026-03-09 09:00:00')
        self.assertIn("No ink", bad.message_ids[:1].body)
        self.assertEqual(self.messages_to(self.leader, good), 1)

    def test_impossible_escalations(self):
        with self.assertRaises(ValidationError):
            self.promise(4, escalation_ids=[Command.create({'moment': 'before', 'hours': 4})])
        with self.assertRaises(ValidationError):
            self.promise(4, escalation_ids=[Command.create({'reassign': 'user'})])

    def test_urgency(self):
        self.escalating()
        lead = self.lead()
        for moment, urgency in (
            ('2026-03-09 07:59:00', False), ('2026-03-09 08:00:00', 'soon'),
            ('2026-03-09 09:00:01', 'overdue'),
        ):
            with self.at(moment):
                lead.invalidate_recordset(['response_urgency'])
                self.assertEqual(lead.response_urgency, urgency)

    def test_taking_what_is_due_costs_the_same_for_many(self):
        self.promise(4)

        def queries(count):
            for _number in range(count):
                self.lead()
            self.env.invalidate_all()
            with self.at('2026-03-09 09:00:00'):
                before = self.env.cr.sql_log_count
                due = self.env['crm.lead']._take_due_responses('at')
                self.env.flush_all()
            self.assertEqual(len(due), count)
            return self.env.cr.sql_log_count - before

        queries(1)
        self.assertEqual(queries(2), queries(20))


@tagged('post_install', '-at_install')
class TestReport(ResponseCommon):

    def test_kept_missed_and_the_median(self):
        self.promise(4)
        # answered after 60, 120 and 300 minutes; one is overdue, one still has time
        for moment in (
            '2026-03-06 15:00:00', '2026-03-06 16:00:00', '2026-03-09 10:00:00',
        ):
            self.answer(self.lead(), moment)
        self.lead()
        self.lead('2026-03-09 11:00:00')
        with self.at('2026-03-09 12:00:00'):
            [(source, kept, missed, share, mean, median)] = self.env[
                'crm.response.report']._read_group(
                    [('source_id', '=', self.source.id)], ['source_id'],
                    ['kept_count:sum', 'missed_count:sum', 'kept_share:avg', 'hours:avg',
                     'median_hours:median'])
            outcomes = dict(self.env['crm.response.report']._read_group(
                [('source_id', '=', self.source.id)], ['outcome'], ['__count']))
        self.assertEqual((source, kept, missed, share), (self.source, 2, 2, 0.5))
        self.assertAlmostEqual(mean, (1 + 2 + 5) / 3)
        self.assertEqual(median, 2)
        self.assertEqual(outcomes, {'kept': 2, 'missed': 1, 'overdue': 1, 'waiting': 1})

    def test_everybody_reads_their_own(self):
        self.promise(4, company_id=False)
        mine = self.lead()
        others = self.lead(user_id=self.colleague.id)
        there = self.lead(company_id=self.company_b.id, team_id=False, user_id=self.manager.id)
        report = self.env['crm.response.report']
        for user, companies, seen in (
            (self.salesperson, None, mine), (self.lead_seller, self.company, mine | others),
            (self.manager, None, mine | others | there),
        ):
            rows = self.as_user(report, user, companies).search([])
            self.assertEqual(rows.lead_id & (mine | others | there), seen)
        with self.assertRaises(AccessError):
            self.as_user(report, self.outsider).search([])
        action = self.as_user(report, self.salesperson).search(
            [('lead_id', '=', mine.id)]).action_open_lead()
        self.assertEqual(action['res_id'], mine.id)
