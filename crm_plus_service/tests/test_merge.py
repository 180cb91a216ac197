"""Merge of cases: what goes over, who may, what is promised then, and that it can be undone."""

from freezegun import freeze_time

from odoo import Command
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import HttpCase, tagged

from .common import ServiceCommon, ServiceData, utc


@tagged('post_install', '-at_install')
class TestMerge(ServiceCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.stays = cls.create_case('Lamp does not light')
        cls.goes = cls.create_case('Lamp is dark', partner_id=cls.colleague.id)

    def say(self, case, body, **values):
        return case.message_post(
            body=body, message_type='comment', subtype_xmlid='mail.mt_comment', **values)

    def merge(self, *cases, into=None, user=None):
        into = into or self.stays
        cases = self.env['service.case'].union(*cases) if cases else self.goes
        cases.with_user(user or self.agent)._merge_into(into.with_user(user or self.agent))

    def spoken(self, case):
        return self.env['mail.message'].search([
            ('model', '=', 'service.case'), ('res_id', '=', case.id),
            ('message_type', '!=', 'notification')])

    # ------------------------------------------------------------
    # WHAT GOES OVER
    # ------------------------------------------------------------

    def test_messages_stand_in_the_order_in_which_they_were_written(self):
        written = self.env['mail.message']
        for hour, case in enumerate((self.stays, self.goes, self.goes, self.stays, self.goes)):
            with freeze_time(f'2026-01-14 1{hour}:00'):
                written |= self.say(case, f'at {hour}')
        self.merge()
        shown = self.spoken(self.stays)
        self.assertEqual(shown, written)
        self.assertEqual(shown.mapped('date'), sorted(written.mapped('date'), reverse=True))
        self.assertFalse(self.spoken(self.goes))

    def test_files_activities_followers_tags_and_time_go_along(self):
        tag = self.env['service.case.tag'].create({'name': 'Dark'})
        self.goes.write({'tag_ids': tag.ids, 'time_spent': 1.5})
        self.stays.time_spent = 1
        file = self.env['ir.attachment'].create(
            {'name': 'dark.png', 'raw': b'x', 'res_model': 'service.case',
             'res_id': self.goes.id})
        activity = self.goes.activity_schedule('mail.mail_activity_data_todo', summary='Call')
        self.merge()
        self.assertEqual(file.res_id, self.stays.id)
        self.assertEqual(activity.res_id, self.stays.id)
        self.assertIn(self.colleague, self.stays.message_partner_ids)
        self.assertEqual(self.stays.tag_ids, tag)
        self.assertEqual((self.stays.time_spent, self.goes.time_spent), (2.5, 0))

    def test_the_merged_case_is_closed_and_out_of_counts(self):
        before = self.contact.commercial_partner_id.case_count
        self.merge()
        self.assertTrue(self.goes.closed_date)
        self.assertFalse(self.goes.active)
        self.assertEqual(self.goes.merged_into_id, self.stays)
        self.contact.commercial_partner_id.invalidate_recordset(['case_count'])
        self.assertEqual(self.contact.commercial_partner_id.case_count, before - 1)
        self.env.flush_all()
        self.assertFalse(self.env['service.case.report'].search([('case_id', '=', self.goes.id)]))

    def test_both_say_what_happened(self):
        self.goes.description = '<p>Dark since Monday</p>'
        self.merge()
        self.assertIn(self.stays.number, self.goes.message_ids[0].body)
        note = self.stays.message_ids[0]
        self.assertIn(self.goes.number, note.body)
        self.assertIn('Dark since Monday', note.body)
        self.assertTrue(note.subtype_id.internal)
        self.assertEqual(note.author_id, self.agent.partner_id)

    def test_an_answer_to_the_merged_case_reaches_the_one_that_stays(self):
        self.merge()
        message = self.say(self.goes.with_user(self.portal_colleague), 'Still dark')
        self.assertEqual(message.res_id, self.stays.id)
        self.assertEqual(message.author_id, self.colleague)
        note = self.goes.with_user(self.agent).message_post(body='For us')
        self.assertEqual(note.res_id, self.goes.id)

    # ------------------------------------------------------------
    # WHAT IS PROMISED
    # ------------------------------------------------------------

    def test_targets_are_withdrawn_not_missed(self):
        with freeze_time('2026-01-14 08:00'):
            goes = self.create_case('Dark', opened_date=utc('2026-01-14 08:00'))
        with freeze_time('2026-01-14 09:00'):
            self.merge(goes)
        self.assertEqual(goes.target_ids.outcome, 'withdrawn')
        self.assertIn(self.stays.number, goes.target_ids.reason)

    def test_what_was_missed_before_stays_missed(self):
        with freeze_time('2026-01-14 08:00'):
            goes = self.create_case('Dark', opened_date=utc('2026-01-14 08:00'))
        with freeze_time('2026-01-16 09:00'):
            self.merge(goes)
        self.assertEqual(goes.target_ids.outcome, 'missed')

    def test_who_waits_for_an_answer_goes_on_waiting(self):
        self.env['service.policy'].create({
            'name': 'Answers', 'company_id': self.company.id, 'team_ids': self.team.ids,
            'target_ids': [Command.create({'kind': 'next_response', 'hours': 3})]})
        self.say(self.stays.with_user(self.agent), 'We look into it')
        self.assertFalse(self.stays.awaiting_since)
        self.merge()
        self.assertEqual(self.stays.awaiting_since, self.goes.opened_date)
        promise = self.stays.target_ids.filtered(lambda it: it.kind == 'next_response')
        self.assertEqual(promise.outcome, 'open')
        self.goes.action_undo_merge()
        self.assertFalse(self.stays.awaiting_since)
        self.assertEqual(promise.outcome, 'withdrawn')

    # ------------------------------------------------------------
    # UNDO
    # ------------------------------------------------------------

    def test_undo_puts_back_what_came_along_and_leaves_what_came_later(self):
        tag = self.env['service.case.tag'].create({'name': 'Dark'})
        self.goes.write({'tag_ids': tag.ids, 'time_spent': 1.5, 'priority': '2'})
        said = self.say(self.goes, 'Dark')
        activity = self.goes.activity_schedule('mail.mail_activity_data_todo', summary='Call')
        stage = self.goes.stage_id
        self.merge()
        later = self.say(self.stays, 'More')
        self.stays.time_spent += 1
        self.goes.with_user(self.agent).action_undo_merge()
        self.assertEqual(said.res_id, self.goes.id)
        self.assertEqual(activity.res_id, self.goes.id)
        self.assertEqual(later.res_id, self.stays.id)
        self.assertEqual((self.stays.time_spent, self.goes.time_spent), (1, 1.5))
        self.assertFalse(self.stays.tag_ids)
        self.assertNotIn(self.colleague, self.stays.message_partner_ids)
        self.assertEqual(self.goes.stage_id, stage)
        self.assertTrue(self.goes.active)
        self.assertFalse(self.goes.closed_date)
        self.assertFalse(self.goes.merged_into_id)
        self.assertEqual(self.goes.reopen_count, 0)

    def test_undo_lets_the_same_promise_run_again_without_the_time_between(self):
        with freeze_time('2026-01-14 08:00'):  # 09:00 in Brussels
            goes = self.create_case('Dark', opened_date=utc('2026-01-14 08:00'))
        target = goes.target_ids
        self.assertEqual(target.deadline, utc('2026-01-15 08:00'))
        with freeze_time('2026-01-14 09:00'):
            self.merge(goes)
        with freeze_time('2026-01-14 11:00'):
            goes.action_undo_merge()
        self.assertEqual(goes.target_ids, target)
        self.assertEqual(target.outcome, 'open')
        self.assertEqual(target.deadline, utc('2026-01-15 10:00'))

    def test_a_case_that_was_closed_stays_closed(self):
        self.goes.action_close()
        closed = self.goes.closed_date
        self.merge()
        self.goes.action_undo_merge()
        self.assertEqual(self.goes.closed_date, closed)
        self.assertEqual(self.goes.target_ids.outcome, 'kept')

    def test_merges_of_merges_are_undone_from_the_last(self):
        last = self.create_case('Third')
        self.say(self.goes, 'Dark')
        self.merge()
        self.merge(self.stays, into=last)
        self.assertEqual(len(self.spoken(last)), 1)
        with self.assertRaisesRegex(UserError, 'Undo that merge first'):
            self.goes.action_undo_merge()
        self.stays.action_undo_merge()
        self.goes.action_undo_merge()
        self.assertEqual(len(self.spoken(self.goes)), 1)
        self.assertEqual(len(self.stays.merge_ids), 1)
        self.assertTrue(self.stays.merge_ids.undone_date)

    def test_a_merged_case_is_not_worked_on(self):
        self.merge()
        for method in ('action_reopen', 'action_unarchive'):
            with self.subTest(method), self.assertRaisesRegex(ValidationError, 'goes on as'):
                getattr(self.goes, method)()

    # ------------------------------------------------------------
    # WHO MAY
    # ------------------------------------------------------------

    def test_only_agents_who_may_change_all_of_them(self):
        for user in (self.salesperson, self.portal, self.far_agent):
            with self.subTest(user.login), self.assertRaises(AccessError):
                self.merge(user=user)
        self.merge()
        for user in (self.salesperson, self.portal_colleague, self.far_agent):
            with self.subTest(user.login), self.assertRaises(AccessError):
                self.goes.with_user(user).action_undo_merge()

    def test_never_across_companies(self):
        far = self.create_case(team_id=self.other_team.id)
        with self.assertRaises(AccessError):
            self.merge(far)
        with self.assertRaisesRegex(UserError, 'different companies'):
            (far | self.goes)._merge_into(self.stays)

    def test_another_customer_needs_the_administrator(self):
        strange = self.create_case(partner_id=self.stranger.id)
        with self.assertRaisesRegex(UserError, 'another customer'):
            self.merge(strange)
        self.merge(strange, user=self.manager)
        self.assertEqual(strange.merged_into_id, self.stays)

    def test_an_unknown_sender_is_the_customer_by_the_address(self):
        unknown = self.create_case(partner_id=False, email_from='BEA@brook.example.com')
        self.merge(unknown)
        self.assertEqual(unknown.merged_into_id, self.stays)

    def test_not_into_itself_nor_twice_nor_into_a_closed_one(self):
        with self.assertRaisesRegex(UserError, 'at least two'):
            self.merge(self.stays)
        self.stays.action_close()
        with self.assertRaisesRegex(UserError, 'is closed'):
            self.merge()
        self.stays.action_reopen()
        self.merge()
        with self.assertRaisesRegex(UserError, 'merged already'):
            self.merge()

    def test_dialog_proposes_the_oldest_open_case(self):
        oldest = self.create_case('Oldest', opened_date=utc('2020-01-01 08:00'))
        oldest.action_close()
        older = self.create_case('Older', opened_date=utc('2021-01-01 08:00'))
        cases = oldest | self.stays | older
        wizard = self.env['service.case.merge'].with_user(self.agent).with_context(
            active_model='service.case', active_ids=cases.ids).create({})
        self.assertEqual(wizard.into_id, older)
        self.assertFalse(wizard.is_mixed)
        action = wizard.action_merge()
        self.assertEqual(action['res_id'], older.id)
        self.assertEqual((oldest | self.stays).merged_into_id, older)

    def test_the_ledger_is_read_within_the_company_and_written_by_nobody(self):
        self.merge()
        merge = self.stays.merge_ids
        self.assertTrue(merge.with_user(self.agent).has_access('read'))
        self.assertFalse(merge.with_user(self.far_agent).has_access('read'))
        self.assertFalse(merge.with_user(self.portal).has_access('read'))
        for operation in ('write', 'create', 'unlink'):
            self.assertFalse(merge.with_user(self.manager).has_access(operation))


@tagged('post_install', '-at_install')
class TestMergedInPortal(ServiceData, HttpCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.set_up_service()

    def test_the_customer_is_told_where_it_goes_on(self):
        stays, goes = self.create_case(), self.create_case()
        goes.with_user(self.agent)._merge_into(stays)
        self.authenticate('bea', 'bea')
        page = self.url_open(goes.access_url).text
        self.assertIn('We go on with this as', page)
        self.assertIn(stays.number, page)
        self.assertNotIn('We go on with this as', self.url_open(stays.access_url).text)
