"""Whatever is sent to a team ends as a case, as a reply on one, or in front of a person."""

import base64
from pathlib import Path
from random import Random
from unittest.mock import patch

from psycopg2.errors import SerializationFailure

from odoo.exceptions import AccessError
from odoo.tests import Form, tagged
from odoo.tools import mute_logger

from .mail_common import ServiceMailCommon

MESSAGES = Path(__file__).parent / 'messages'
GATEWAY = 'odoo.addons.mail.models.mail_thread'


@tagged('post_install', '-at_install')
class TestIntake(ServiceMailCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        # many messages of one sender, on purpose
        cls.env['ir.config_parameter'].set_param('mail.gateway.loop.threshold', 1000)

    def setUp(self):
        super().setUp()
        # the gateway looks at the alias in a transaction of its own when it fails
        self.registry_enter_test_mode()

    def process(self, source, **context):
        """Hand the source to the gateway; return the cases and the entries that it made."""
        cases, entries = self.env['service.case'], self.env['service.intake']
        before = cases.search([]), entries.search([])
        with self.mock_mail_gateway(), mute_logger(GATEWAY):
            self.env['mail.thread'].with_context(**context).message_process(None, source)
        return cases.search([]) - before[0], entries.search([]) - before[1]

    def source(self, name):
        source = (MESSAGES / f'{name}.eml').read_bytes()
        return source.replace(b'first-aid@test.mycompany.com', self.address.encode())

    def break_gateway(self, error):
        return patch.object(type(self.env['service.case']), 'message_new', side_effect=error)

    def keep(self, name='unknown_sender', team=None, error=None, **headers):
        """Let the gateway fail on a message to a team; return the entry."""
        address = self.address if team is None else team.alias_full_name
        source = self.plain(name, To=address, **headers)
        with self.break_gateway(error or KeyError('boom')):
            return self.process(source)[1]

    def plain(self, name, **headers):
        lines = {
            'From': 'Bea Brook <bea@brook.example.com>',
            'To': self.address,
            'Subject': 'Lamp broken',
            'Message-Id': f'<{name}@brook.example.com>',
            **headers,
        }
        text = '\n'.join(f'{header}: {value}' for header, value in lines.items() if value)
        return f'{text}\n\nNothing happens.\n'.encode()

    # ------------------------------------------------------------
    # NOTHING IS LOST
    # ------------------------------------------------------------

    def test_every_malformed_message_is_accounted_for(self):
        names = sorted(path.stem for path in MESSAGES.glob('*.eml'))
        self.assertGreater(len(names), 40)
        for name in names:
            with self.subTest(message=name):
                source = self.source(name)
                cases, entries = self.process(source)
                self.assertEqual(len(cases) + len(entries), 1)
                for entry in entries:
                    self.assertEqual(base64.b64decode(entry.source), source)
                    self.assertEqual(entry.team_id, self.team)
                    self.assertEqual(entry.company_id, self.company)
                    self.assertTrue(entry.reason)
                    self.assertTrue(entry.subject)
                for case in cases:
                    self.assertEqual(case.team_id, self.team)

    def test_what_cannot_be_stored_waits_with_its_reason(self):
        for name, reason in (
            ('unknown_charset', 'character set'),
            ('long_message_id', 'too long'),
        ):
            _cases, entry = self.process(self.source(name))
            self.assertIn(reason, entry.reason, name)

    def test_random_damage_is_accounted_for(self):
        random = Random(4)
        to = f'To: {self.address}\n'.encode()
        for number in range(40):
            source = bytearray(self.plain(f'damaged-{number}', To='', Subject=f'No. {number}'))
            for _byte in range(20):
                source[random.randrange(len(source))] = random.randrange(256)
            cases, entries = self.process(to + bytes(source))
            self.assertEqual(len(cases) + len(entries), 1, source)

    def test_parts_nested_to_the_limit(self):
        for depth in (90, 2000):
            lines = [f'Content-Type: multipart/mixed; boundary=b{depth}-0\n']
            for level in range(depth):
                lines.append(
                    f'--b{depth}-{level}\n'
                    f'Content-Type: multipart/mixed; boundary=b{depth}-{level + 1}\n'
                )
            lines.append(f'--b{depth}-{depth}\nContent-Type: text/plain\n\nDeep down.\n')
            head = f'From: bea@brook.example.com\nTo: {self.address}\nMessage-Id: <{depth}@x.com>\n'
            cases, entries = self.process((head + '\n'.join(lines)).encode())
            self.assertEqual(len(cases) + len(entries), 1, depth)
        self.assertIn('nested too deeply', entries.reason)

    def test_message_of_25_megabytes(self):
        content = base64.encodebytes(Random(4).randbytes(18_700_000))
        head = self.plain('large', **{'Content-Type': 'multipart/mixed; boundary=x'})
        head = head.partition(b'\n\n')[0] + b'\n\n--x\nContent-Type: '
        source = head + (
            b'application/pdf\nContent-Disposition: attachment; filename=lamp.pdf\n'
            b'Content-Transfer-Encoding: base64\n\n' + content + b'\n--x--\n'
        )
        self.assertGreater(len(source), 25_000_000)
        case, entries = self.process(source)
        self.assertFalse(entries)
        attachment = case.message_ids.attachment_ids
        self.assertEqual(attachment.name, 'lamp.pdf')
        self.assertEqual(attachment.file_size, 18_700_000)

    def test_broken_reply_without_our_address_is_kept(self):
        case = self.receive(message_id='<first@brook.example.com>')
        source = self.plain(
            'reply',
            To='someone@elsewhere.example',
            **{
                'In-Reply-To': '<first@brook.example.com>',
                'Content-Type': 'text/plain; charset=x-klingon',
            },
        )
        _cases, entry = self.process(source)
        self.assertEqual(entry.team_id, case.team_id)

    def test_message_fetched_for_cases_without_an_address_has_no_company(self):
        with mute_logger(GATEWAY):
            self.env['mail.thread'].message_process(
                'service.case',
                self.plain('x', To='', **{'Content-Type': 'text/plain; charset=x-klingon'}),
            )
        entry = self.env['service.intake'].search([], limit=1)
        self.assertEqual(entry.subject, 'Lamp broken')
        self.assertFalse(entry.company_id)

    def test_failing_message_leaves_nothing_behind_but_its_entry(self):
        def fail(cases, *args, **kwargs):
            self.create_case('Half done')
            raise KeyError('boom')

        with patch.object(type(self.env['service.case']), '_acknowledge', fail):
            cases, entries = self.process(self.plain('half'))
        self.assertFalse(cases)
        self.assertEqual(len(entries), 1)
        self.assertFalse(self.env['service.case'].search([('name', '=', 'Half done')]))

    def test_sender_and_address_are_not_blamed(self):
        with self.mock_mail_gateway(), self.break_gateway(KeyError('boom')), mute_logger(GATEWAY):
            self.env['mail.thread'].message_process(None, self.plain('broken'))
        self.assertFalse(self._mails)
        self.assertNotEqual(self.team.alias_id.alias_status, 'invalid')

    def test_same_broken_message_twice_waits_once(self):
        source = self.source('unknown_charset')
        self.assertEqual(len(self.process(source)[1]), 1)
        self.assertFalse(self.process(source)[1])

    # ------------------------------------------------------------
    # WHAT STAYS AS IT IS
    # ------------------------------------------------------------

    def test_mail_for_others_fails_as_always(self):
        to = 'nobody@elsewhere.example'
        with self.assertRaises(ValueError):
            self.process(self.plain('other', To=to))
        source = self.plain('other', To=to, **{'Content-Type': 'text/plain; charset=x-klingon'})
        with self.assertRaises(LookupError):
            self.process(source)

    def test_what_is_dropped_on_purpose_stays_dropped(self):
        for headers in ({'Auto-Submitted': 'auto-replied'}, {'From': 'MAILER-DAEMON@x.example'}):
            cases, entries = self.process(self.plain('auto', **headers))
            self.assertFalse(cases or entries, headers)

    def test_concurrency_errors_are_left_to_who_repeats(self):
        with self.break_gateway(SerializationFailure()), self.assertRaises(SerializationFailure):
            self.process(self.plain('busy'))

    def test_fetching_repeats_by_itself_and_loses_nothing(self):
        """Odoo's fetching would mark the message as read and forget it."""
        rollback = patch.object(self.env.cr, 'rollback', return_value=None)
        sleep = patch('odoo.addons.crm_plus_service.models.mail_thread.time.sleep')
        original = type(self.env['service.case']).message_new
        failures = [SerializationFailure(), SerializationFailure()]

        def fail_twice(cases, *args, **kwargs):
            if failures:
                raise failures.pop()
            return original(cases, *args, **kwargs)

        with rollback, sleep:
            with patch.object(type(self.env['service.case']), 'message_new', fail_twice):
                cases, entries = self.process(
                    self.plain('twice'), default_fetchmail_server_id=1
                )
            self.assertEqual((len(cases), len(entries)), (1, 0))
            with self.break_gateway(SerializationFailure()):
                cases, entries = self.process(
                    self.plain('always'), default_fetchmail_server_id=1
                )
            self.assertEqual((len(cases), len(entries)), (0, 1))
            self.assertIn('too busy', entries.reason)

    # ------------------------------------------------------------
    # WHAT PEOPLE DO ABOUT IT
    # ------------------------------------------------------------

    def test_trying_again_makes_the_case(self):
        entry = self.keep().with_user(self.agent)
        with self.mock_mail_gateway():
            action = entry.action_retry()
        case = entry.case_id
        self.assertEqual(entry.state, 'done')
        self.assertEqual(entry.settled_by_id, self.agent)
        self.assertEqual(case.name, 'Lamp broken')
        self.assertEqual(case.partner_id, self.contact)
        self.assertEqual(action['res_id'], case.id)

    def test_trying_again_joins_the_case_that_it_replies_to(self):
        case = self.receive(message_id='<first@brook.example.com>')
        source = self.plain('reply', **{'In-Reply-To': '<first@brook.example.com>'})
        with patch.object(type(case), 'message_update', side_effect=KeyError('boom')):
            entry = self.process(source)[1]
        with self.mock_mail_gateway():
            entry.with_user(self.agent).action_retry()
        self.assertEqual(entry.case_id, case)
        self.assertEqual(len(self.messages(case)), 2)

    def test_trying_again_in_vain_says_why(self):
        entry = self.keep()
        with self.break_gateway(RecursionError('deep')), mute_logger(GATEWAY):
            entry.with_user(self.agent).action_retry()
        self.assertEqual(entry.state, 'open')
        self.assertIn('nested', entry.reason)

    def test_trying_again_what_has_arrived_meanwhile(self):
        entry = self.keep('same')
        self.process(self.plain('same', Subject='Sent again'))
        with mute_logger(GATEWAY):
            entry.with_user(self.agent).action_retry()
        self.assertEqual(entry.state, 'open')
        self.assertIn('arrived before', entry.reason)

    def test_case_made_by_hand(self):
        entry = self.keep().with_user(self.agent)
        self.assertIn('Nothing happens.', entry.with_context(bin_size=True).text)
        action = entry.action_make_case()
        with Form(self.env['service.case'].with_user(self.agent).with_context(
            **action['context']
        )) as form:
            self.assertEqual(form.name, 'Lamp broken')
            self.assertEqual(form.team_id, self.team)
            self.assertIn('Nothing happens.', form.description)
            form.partner_id = self.contact
        case = form.record
        self.assertEqual(entry.state, 'done')
        self.assertEqual(entry.case_id, case)
        self.assertEqual(case.intake_id, entry)
        self.assertIn('bea@brook.example.com', case.email_from)

    def test_dismissing_takes_a_reason(self):
        entries = self.keep('one') + self.keep('two')
        action = entries.with_user(self.agent).action_dismiss()
        wizard = Form(
            self.env[action['res_model']].with_user(self.agent).with_context(**action['context'])
        )
        wizard.reason = 'Advertising'
        wizard.save().action_dismiss()
        self.assertEqual(entries.mapped('state'), ['dismissed'] * 2)
        self.assertEqual(entries.mapped('dismiss_reason'), ['Advertising'] * 2)
        self.assertEqual(entries.settled_by_id, self.agent)

    # ------------------------------------------------------------
    # WHO SEES IT
    # ------------------------------------------------------------

    def test_access(self):
        self.other_team.write(
            {'alias_domain_id': self.mail_alias_domain.id, 'alias_name': 'far-away-test'}
        )
        near, far = self.keep('near'), self.keep('far', team=self.other_team)
        self.assertEqual(far.company_id, self.other_company)
        unknown = near.sudo().copy({'company_id': False, 'team_id': False})
        entries = near + far + unknown
        for user, expected in (
            (self.agent, near),
            (self.manager, near + unknown),
            (self.far_agent, far),
        ):
            found = self.env['service.intake'].with_user(user).search([('id', 'in', entries.ids)])
            self.assertEqual(set(found.ids), set(expected.ids), user.login)
            for operation in ('write', 'create'):
                self.assertFalse(found.has_access(operation))
        for user in (self.salesperson, self.portal, self.env.ref('base.public_user')):
            self.assertFalse(near.with_user(user).has_access('read'), user.login)
        self.assertTrue(near.with_user(self.manager).has_access('unlink'))
        self.assertFalse(near.with_user(self.agent).has_access('unlink'))

    def test_source_is_protected_like_the_entry(self):
        entry = self.keep()
        attachment = self.env['ir.attachment'].search(
            [('res_model', '=', 'service.intake'), ('res_field', '=', 'source')],
            order='id desc', limit=1,
        )
        self.assertEqual(attachment.res_id, entry.id)
        self.assertTrue(attachment.with_user(self.agent).has_access('read'))
        for user in (self.far_agent, self.salesperson, self.portal):
            self.assertFalse(attachment.with_user(user).has_access('read'), user.login)

    def test_nobody_settles_what_they_do_not_see(self):
        entry = self.keep()
        for user in (self.far_agent, self.salesperson):
            for action in ('action_retry', 'action_make_case'):
                with self.assertRaises(AccessError):
                    getattr(entry.with_user(user), action)()
        with self.assertRaises(AccessError):
            self.env['service.case'].with_user(self.far_agent).create(
                {'name': 'x', 'team_id': self.other_team.id, 'intake_id': entry.id}
            )
