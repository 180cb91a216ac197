"""Split: messages of a case become a case of their own, and nothing is missing in the first."""

from freezegun import freeze_time

from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, tagged

from .common import ServiceCommon, utc


@tagged('post_install', '-at_install')
class TestSplit(ServiceCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        with freeze_time('2026-01-14 08:00'):
            cls.case = cls.create_case(
                opened_date=utc('2026-01-14 08:00'), user_id=cls.agent.id, priority='2')
        with freeze_time('2026-01-14 09:00'):
            cls.message = cls.case.message_post(
                body='And my invoice is wrong', subject='Invoice', message_type='comment',
                author_id=cls.colleague.id, subtype_xmlid='mail.mt_comment', attachments=[('invoice.txt', b'wrong')])

    def split(self, messages=None, user=None, **values):
        user = user or self.agent
        return self.case.with_user(user)._split(
            (messages or self.message).with_user(user), {'name': 'Wrong invoice', **values})

    def test_sender_files_and_links(self):
        new = self.split()
        self.assertEqual(new.partner_id, self.colleague)
        self.assertEqual((new.user_id, new.priority), (self.agent, '2'))
        self.assertEqual(new.origin_id, self.case)
        copy = new.message_ids.filtered(lambda it: it.message_type == 'comment')
        self.assertEqual(copy.author_id, self.colleague)
        self.assertEqual(copy.date, self.message.date)
        self.assertEqual(copy.body, self.message.body)
        self.assertEqual(copy.attachment_ids.raw, b'wrong')
        self.assertEqual(copy.attachment_ids.res_id, new.id)
        self.assertIn(self.case.number, ' '.join(new.message_ids.mapped('body')))
        self.assertIn(new.number, self.case.message_ids[0].body)

    def test_nothing_is_missing_in_the_first_case(self):
        files = self.message.attachment_ids
        self.split()
        self.assertEqual(self.message.res_id, self.case.id)
        self.assertEqual(self.message.attachment_ids, files)
        self.assertEqual(files.res_id, self.case.id)

    def test_nobody_is_written_to(self):
        mails = self.env['mail.mail'].search_count([])
        new = self.split()
        self.assertEqual(self.env['mail.mail'].search_count([]), mails)
        self.assertFalse(new.message_ids.notification_ids)

    def test_what_waits_for_an_answer_has_waited_since_it_was_written(self):
        self.assertEqual(self.split().opened_date, utc('2026-01-14 09:00'))

    def test_what_was_answered_starts_now(self):
        with freeze_time('2026-01-14 10:00'):
            self.case.with_user(self.agent).message_post(
                body='Seen', message_type='comment', subtype_xmlid='mail.mt_comment')
        with freeze_time('2026-01-14 11:00'):
            self.assertEqual(self.split().opened_date, utc('2026-01-14 11:00'))

    def test_unknown_sender(self):
        message = self.case.message_post(
            body='Mine too', message_type='email', subtype_xmlid='mail.mt_comment',
            author_id=False, email_from='new@nowhere.example.com')
        new = self.split(message)
        self.assertFalse(new.partner_id)
        self.assertEqual(new.email_normalized, 'new@nowhere.example.com')

    def test_what_a_colleague_wrote_is_still_of_the_customer(self):
        note = self.case.with_user(self.agent).message_post(
            body='He also has a wrong invoice', message_type='comment')
        self.assertEqual(self.split(note).partner_id, self.contact)

    def test_several_messages_in_their_order(self):
        second = self.case.message_post(
            body='Second', message_type='comment', subtype_xmlid='mail.mt_comment')
        new = self.split(second | self.message)
        self.assertEqual(
            new.message_ids.filtered(lambda it: it.message_type == 'comment').sorted('id')
            .mapped('body'), [self.message.body, second.body])

    def test_only_messages_of_the_case(self):
        other = self.create_case().message_post(body='Elsewhere')
        for messages in (other, self.env['mail.message'],
                         self.case.message_ids.filtered(lambda m: m.message_type == 'notification')):
            with self.subTest(messages), self.assertRaisesRegex(UserError, 'on this case'):
                self.case.with_user(self.agent)._split(
                    messages.with_user(self.agent), {'name': 'X'})

    def test_only_who_may_change_the_case(self):
        for user in (self.salesperson, self.portal_colleague, self.far_agent):
            with self.subTest(user.login), self.assertRaises(AccessError):
                self.split(user=user)

    def test_dialog(self):
        action = self.case.with_user(self.agent).with_context(
            split_message_ids=self.message.ids).action_split()
        team = self.create_team('Accounts', self.company)
        with Form(self.env['service.case.split'].with_user(self.agent).with_context(
                **action['context'])) as form:
            self.assertEqual(form.name, 'Invoice')
            self.assertEqual(form.team_id, self.team)
            form.team_id = team
        new = self.env['service.case'].browse(form.record.action_split()['res_id'])
        self.assertEqual((new.name, new.team_id), ('Invoice', team))
        self.assertFalse(new.user_id)
