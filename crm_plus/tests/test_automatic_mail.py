from email import message_from_string, policy

from odoo.addons.crm_plus.tools.automatic_mail import answer_reason, automatic_reason
from odoo.tests import BaseCase, tagged


@tagged('post_install', '-at_install')
class TestAutomaticMail(BaseCase):
    def message(self, *headers, subject='Lamp broken'):
        text = '\n'.join(['From: a@example.com', f'Subject: {subject}', *headers, '', 'Hello'])
        return message_from_string(text, policy=policy.SMTP)

    def reason(self, *headers, **values):
        return automatic_reason(self.message(*headers, **values))

    def test_machines_are_told_from_people_by_header(self):
        for header in (
            'Auto-Submitted: auto-replied',
            'Auto-Submitted: auto-generated (vacation)',
            'Auto-submitted: AUTO-NOTIFIED; owner=x',
            'X-Auto-Response-Suppress: All',
            'X-Auto-Response-Suppress: DR, OOF, AutoReply',
            'Precedence: bulk',
            'Precedence: Auto_Reply',
            'Precedence: junk',
            'X-Autoreply: yes',
            'X-Autorespond: Out until Monday',
            'Return-Path: <>',
        ):
            self.assertTrue(self.reason(header), header)

    def test_answers_are_told_from_what_programs_send_of_their_own_accord(self):
        for header in (
            'Auto-Submitted: auto-replied',
            'Auto-Submitted: auto-generated (vacation)',
            'Precedence: auto_reply',
            'X-Autoreply: yes',
            'Return-Path: <>',
            # as Exchange does it, in whatever language
            'Auto-Submitted: auto-generated\nX-Auto-Response-Suppress: All\nIn-Reply-To: <1@us>',
        ):
            self.assertTrue(answer_reason(self.message(header)), header)
        self.assertTrue(answer_reason(self.message(
            'Auto-Submitted: auto-generated', subject='Automatic reply: Lamps')))
        for header in (
            'Auto-Submitted: auto-generated',
            'Auto-Submitted: auto-notified; owner=x',
            'X-Auto-Response-Suppress: All',
            'Precedence: bulk',
            'X-Mailer: a form',
            'In-Reply-To: <1@us>',
        ):
            self.assertIsNone(answer_reason(self.message(header)), header)

    def test_people_pass(self):
        for header in (
            'Auto-Submitted: no',
            'X-Auto-Response-Suppress: None',
            'Precedence: list',
            'Precedence: normal',
            'X-Autoreply: no',
            'Return-Path: <a@example.com>',
        ):
            self.assertIsNone(self.reason(header), header)

    def test_out_of_office_notices_are_told_by_subject(self):
        for subject in (
            'Automatic reply: C00012 Lamp',
            'Out of Office: back on Monday',
            'AUTO-REPLY: Re: Lamp',
            'Automatische Antwort: Lampe',
            'Abwesenheitsnotiz: Lampe',
            '=?utf-8?q?R=C3=A9ponse_automatique_=3A_Lampe?=',
            'Absence du bureau : Lampe',
            'Respuesta automática: Lámpara',
        ):
            self.assertTrue(self.reason(subject=subject), subject)

    def test_subjects_that_only_speak_of_it_pass(self):
        for subject in (
            'The automatic reply of your shop is wrong',
            'Out of office chairs?',
            'Re: your out of office notice',
            '',
        ):
            self.assertIsNone(self.reason(subject=subject), subject)
