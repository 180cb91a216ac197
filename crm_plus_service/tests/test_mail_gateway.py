import base64
from email.message import EmailMessage
from unittest.mock import patch

from odoo.tests import tagged
from odoo.tools import mute_logger

from .mail_common import ServiceMailCommon


@tagged('post_install', '-at_install')
class TestMailGateway(ServiceMailCommon):
    # ------------------------------------------------------------
    # NEW CASES
    # ------------------------------------------------------------

    def test_mail_of_a_contact_opens_a_case_of_the_team(self):
        case = self.receive()
        self.assertEqual(case.name, 'Lamp does not light')
        self.assertEqual(case.team_id, self.team)
        self.assertEqual(case.company_id, self.company)
        self.assertEqual(case.stage_id, self.stage_new)
        self.assertFalse(case.user_id)
        self.assertEqual(case.partner_id, self.contact)
        self.assertEqual(case.commercial_partner_id, self.customer)
        self.assertEqual(case.email_normalized, 'bea@brook.example.com')
        self.assertIn(self.contact, case.message_partner_ids)
        self.assertIn('Nothing happens.', self.messages(case).body)
        self.assertEqual(self.messages(case).author_id, self.contact)
        self.assertTrue(case.target_ids.deadline)

    def test_unknown_sender_is_kept(self):
        case = self.receive(sender='"New Body" <New.Body@example.net>')
        self.assertFalse(case.partner_id)
        self.assertEqual(case.email_from, '"New Body" <New.Body@example.net>')
        self.assertEqual(case.email_normalized, 'new.body@example.net')
        self.assertFalse(self.env['res.partner'].search([('email', 'ilike', 'new.body@')]))

    def test_contact_of_another_company_is_left_alone(self):
        self.env['res.partner'].create(
            {
                'name': 'Cleo',
                'email': 'cleo@example.net',
                'company_id': self.other_company.id,
            }
        )
        case = self.receive(sender='cleo@example.net')
        self.assertFalse(case.partner_id)
        self.assertEqual(case.email_normalized, 'cleo@example.net')

    def test_mail_without_subject(self):
        self.assertEqual(self.receive(subject='').name, 'No subject')

    def test_copied_addresses_are_kept(self):
        case = self.receive(headers=[('Cc', 'Site Manager <site@brook.example.com>')])
        self.assertIn('site@brook.example.com', case.email_cc)

    def test_hostile_html_is_harmless(self):
        case = self.receive(
            subject='<script>alert(1)</script>',
            html="""<p onclick="alert(2)">Hello</p><script>alert(3)</script>
                <img src="x" onerror="alert(4)"><a href="javascript:alert(5)">here</a>
                <iframe src="https://evil.example"></iframe><svg onload="alert(6)"></svg>
                <form action="https://evil.example"><input name="password"></form>""",
        )
        body = self.messages(case).body
        self.assertIn('Hello', body)
        for word in ('<script', 'onclick', 'onerror', 'onload', 'javascript:', '<iframe', '<form'):
            self.assertNotIn(word, body)
        # a subject is text: it is kept as it came and escaped where it is shown
        self.assertEqual(case.name, '<script>alert(1)</script>')

    # ------------------------------------------------------------
    # REPLIES
    # ------------------------------------------------------------

    def test_reply_joins_the_case_and_opens_it_again(self):
        case = self.receive(message_id='<first@brook.example.com>')
        case.action_close()
        self.assertEqual(case.target_ids.outcome, 'kept')
        made = self.receive(
            subject='Re: Lamp', body='Dark again.', in_reply_to='<first@brook.example.com>'
        )
        self.assertFalse(made)
        self.assertEqual(len(self.messages(case)), 2)
        self.assertFalse(case.closed_date)
        self.assertEqual(case.target_ids.outcome, 'open')
        self.assertEqual(case.stage_id, self.stage_new)

    def test_reply_of_an_unknown_sender_opens_it_again(self):
        case = self.receive(sender='new@example.net', message_id='<first@example.net>')
        case.action_close()
        self.receive(sender='new@example.net', in_reply_to='<first@example.net>')
        self.assertFalse(case.closed_date)

    def test_reply_of_a_colleague_leaves_it_closed(self):
        case = self.receive(message_id='<first@brook.example.com>')
        case.action_close()
        self.agent.email = 'agent@ours.example.com'
        self.receive(sender='agent@ours.example.com', in_reply_to='<first@brook.example.com>')
        self.assertEqual(len(self.messages(case)), 2)
        self.assertTrue(case.closed_date)

    def test_answer_goes_to_the_customer_and_comes_back(self):
        case = self.receive(message_id='<first@brook.example.com>')
        with self.mock_mail_gateway():
            answer = case.with_user(self.agent).message_post(
                body='Which bulb?', message_type='comment', subtype_xmlid='mail.mt_comment'
            )
        self.assertIn(self.contact, answer.notified_partner_ids)
        self.assertIn(self.address, answer.reply_to)
        sent = self._find_sent_email_wemail(self.contact.email_formatted)
        self.assertIn(self.address, sent['reply_to'])
        made = self.receive(subject='Re: x', in_reply_to=answer.message_id, to=answer.reply_to)
        self.assertFalse(made)
        self.assertEqual(len(self.messages(case)), 2)

    def test_answering_makes_an_unknown_sender_the_customer(self):
        case = self.receive(sender='"New Body" <new.body@example.net>')
        contact = self.answer_as_agent(case, 'New Body', 'new.body@example.net')
        self.assertEqual(case.partner_id, contact)
        self.assertIn(contact, case.message_partner_ids)

    def test_note_of_an_agent_reaches_no_customer(self):
        case = self.receive()
        with self.mock_mail_gateway():
            note = case.with_user(self.agent).message_post(body='Difficult one.')
        self.assertFalse(note.notified_partner_ids)
        self.assertFalse(self._mails)

    # ------------------------------------------------------------
    # WHAT MAKES NOTHING
    # ------------------------------------------------------------

    def test_same_message_twice_makes_one_case(self):
        self.assertEqual(len(self.receive(message_id='<same@brook.example.com>')), 1)
        self.assertFalse(self.receive(message_id='<same@brook.example.com>'))

    def test_same_message_without_an_id_makes_one_case(self):
        """Servers that deliver it twice add other headers each time."""
        def deliver(hop, day=3, body='Dark.'):
            source = (
                f'Received: from {hop}\nFrom: bea@brook.example.com\nTo: {self.address}\n'
                f'Subject: Lamp\nDate: Tue, {day:02} Mar 2026 09:15:00 +0100\n\n{body}\n'
            ).encode()
            before = self.env['service.case'].search([])
            with self.mock_mail_gateway(), mute_logger('odoo.addons.mail.models.mail_thread'):
                self.env['mail.thread'].message_process(None, source)
            return self.env['service.case'].search([]) - before

        self.assertEqual(len(deliver('one')), 1)
        self.assertFalse(deliver('two'))
        self.assertEqual(len(deliver('one', day=4)), 1, 'sent on another day')
        self.assertEqual(len(deliver('one', body='Still dark.')), 1)

    def test_attachments_and_pictures_in_the_text_are_kept(self):
        message = EmailMessage()
        message['From'], message['To'] = 'bea@brook.example.com', self.address
        message['Subject'], message['Message-Id'] = 'Lamp', '<pictures@brook.example.com>'
        message.set_content('See the picture.')
        message.add_alternative('<p>See <img src="cid:lamp"/></p>', subtype='html')
        picture = base64.b64decode(
            b'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJ'
            b'RU5ErkJggg==')
        message.get_payload()[1].add_related(
            picture, 'image', 'png', cid='<lamp>', filename='lamp.png')
        message.add_attachment(b'%PDF-1.4 bill', 'application', 'pdf', filename='bill.pdf')
        before = self.env['service.case'].search([])
        with self.mock_mail_gateway():
            self.env['mail.thread'].message_process(None, message.as_bytes())
        case = self.env['service.case'].search([]) - before
        files = {file.name: file for file in self.messages(case).attachment_ids}
        self.assertEqual(files.keys(), {'lamp.png', 'bill.pdf'})
        self.assertEqual(files['lamp.png'].raw, picture)
        self.assertEqual(files['bill.pdf'].raw, b'%PDF-1.4 bill')
        body = self.messages(case).body
        self.assertIn(f'/web/image/{files["lamp.png"].id}', body)
        self.assertNotIn('cid:', body)

    def test_same_message_in_two_processes_makes_one_case(self):
        """Another process has stored the message after this one began."""
        stored_meanwhile = 'received by another process meanwhile'
        thread = type(self.env['mail.thread'])
        with patch.object(thread, '_is_received_meanwhile', return_value=stored_meanwhile):
            self.assertFalse(self.receive())

    def test_automatic_mail_makes_no_case(self):
        for header in (
            ('Auto-Submitted', 'auto-replied'),
            ('X-Auto-Response-Suppress', 'All'),
            ('Precedence', 'bulk'),
            ('Precedence', 'auto_reply'),
        ):
            self.assertFalse(self.receive(headers=[header]), header)
        self.assertFalse(self.receive(subject='Out of Office: Lamp'))

    def test_automatic_reply_leaves_the_case_alone(self):
        case = self.receive(message_id='<first@brook.example.com>')
        case.action_close()
        self.receive(
            subject='Automatic reply: Lamp',
            headers=[('Auto-Submitted', 'auto-replied')],
            in_reply_to='<first@brook.example.com>',
        )
        self.assertEqual(len(self.messages(case)), 1)
        self.assertTrue(case.closed_date)

    def test_bounce_makes_no_case(self):
        self.assertFalse(self.receive(sender='MAILER-DAEMON@brook.example.com'))
        self.assertFalse(self.receive(to=f'{self.alias_bounce}@{self.alias_domain}'))

    def test_our_own_address_makes_no_case(self):
        self.assertFalse(self.receive(sender=self.address))
        self.assertFalse(self.receive(sender=f'First Aid <{self.address}>'))

    def test_customer_with_an_address_like_ours_is_welcome(self):
        self.assertTrue(self.receive(sender='first-aid@brook.example.com'))

    def test_flood_of_one_sender_stops(self):
        self.env['ir.config_parameter'].sudo().set_param('mail.gateway.loop.threshold', 3)
        made = [len(self.receive()) for _round in range(5)]
        self.assertEqual(made, [1, 1, 1, 0, 0])

    # ------------------------------------------------------------
    # WHO IS TOLD
    # ------------------------------------------------------------

    def test_agent_is_told_once_by_the_queue(self):
        clock = self.create_calendar('Always', 'UTC', '0123456', ((0, 12), (12, 24)))
        self.env['service.agent'].create(
            {'user_id': self.agent.id, 'resource_calendar_id': clock.id})
        self.team.strategy = 'least_loaded'
        queue = self.env.ref('mail.ir_cron_mail_scheduler_action')
        triggers = self.env['ir.cron.trigger'].search_count([('cron_id', '=', queue.id)])
        with patch.object(type(self.env['mail.mail']), 'send_after_commit') as sent_at_once:
            case = self.receive()
        self.assertEqual(case.user_id, self.agent)
        told = self.env['mail.notification'].search(
            [('res_partner_id', '=', self.agent.partner_id.id),
             ('mail_message_id.model', '=', 'service.case'),
             ('mail_message_id.res_id', '=', case.id)])
        self.assertEqual(told.mail_message_id, self.messages(case))
        sent_at_once.assert_not_called()
        self.assertGreater(
            self.env['ir.cron.trigger'].search_count([('cron_id', '=', queue.id)]), triggers)

    # ------------------------------------------------------------
    # ACKNOWLEDGEMENT
    # ------------------------------------------------------------

    def acknowledgements(self, case):
        return case.message_ids.filtered(lambda message: message.message_type == 'auto_comment')

    def test_no_acknowledgement_unless_wanted(self):
        self.assertFalse(self.acknowledgements(self.receive()))

    def test_acknowledgement_goes_to_the_sender_alone(self):
        self.team.acknowledgement_template_id = self.env.ref(
            'crm_plus_service.mail_template_acknowledgement'
        )
        for sender in ('Bea Brook <bea@brook.example.com>', 'New Body <new@example.net>'):
            with self.subTest(sender=sender):
                case = self.receive(sender=sender)
                sent = self._mails
                self.assertEqual(len(sent), 1)
                self.assertIn(sender.split('<')[1], sent[0]['email_to'][0] + '>')
                self.assertEqual(sent[0]['headers']['Auto-Submitted'], 'auto-replied')
                self.assertIn(case.number, sent[0]['subject'])
                self.assertIn(case.number, sent[0]['body'])
                self.assertIn(self.address, sent[0]['reply_to'])
                self.assertEqual(len(self.acknowledgements(case)), 1)
        self.receive(in_reply_to=case.source_message_id)
        self.assertEqual(len(self.acknowledgements(case)), 1, 'replies are not acknowledged')

    def test_acknowledgements_to_one_address_stop(self):
        self.team.acknowledgement_template_id = self.env.ref(
            'crm_plus_service.mail_template_acknowledgement'
        )
        sent = [len(self.acknowledgements(self.receive())) for _round in range(7)]
        self.assertEqual(sent, [1, 1, 1, 1, 1, 0, 0])
