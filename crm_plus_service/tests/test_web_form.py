"""The public form as visitors, machines and attackers use it."""

import re
import time
from datetime import timedelta
from io import BytesIO
from unittest.mock import patch

from lxml import html
from werkzeug.datastructures import FileStorage

from odoo import fields
from odoo.addons.crm_plus.tools.uploads import read_uploads
from odoo.addons.crm_plus_service.controllers.web_form import ServiceWebForm
from odoo.tests import HttpCase, tagged
from odoo.tools import mute_logger

from .common import ServiceData

PNG = bytes.fromhex(
    '89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c489'
    '0000000d49444154789c6360000002000001e221bc330000000049454e44ae426082'
)


@tagged('post_install', '-at_install')
class TestWebForm(ServiceData, HttpCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.set_up_service()
        cls.team.use_web_form = True
        cls.path = f'/service/first-aid-{cls.team.id}/new'

    def setUp(self):
        super().setUp()
        self.startPatcher(patch.object(ServiceWebForm, 'SECONDS_TO_FILL', 0))

    def fetch(self):
        """Return what the form sends along by itself."""
        page = html.fromstring(self.url_open(self.path).text)
        return {
            field: page.xpath(f'//form//input[@name="{field}"]/@value')[0]
            for field in ('csrf_token', 'started', 'form_key')
        }

    def send(self, files=None, hidden=None, **values):
        data = {
            'contact_name': 'Nora New',
            'email': 'nora@new.example.com',
            'name': 'Lamp broken',
            'description': 'It fell.\nHelp!',
            'website': '',
            **(hidden or self.fetch()),
            **values,
        }
        if files:
            files = [('files', (name, BytesIO(content))) for name, content in files]
        return self.url_open(self.path, data=data, files=files)

    def requests(self):
        return self.env['service.web.request'].search([])

    def mails(self):
        return self.env['mail.mail'].search([('subject', '=', 'Please confirm your request')])

    def link(self):
        return re.search(r'/service/confirm/[\w-]+', self.mails()[:1].body_html)[0]

    def confirm(self, link=None):
        link = link or self.link()
        page = html.fromstring(self.url_open(link).text)
        token = page.xpath('//form//input[@name="csrf_token"]/@value')
        return self.url_open(link, data={'csrf_token': token[0] if token else self.fetch()['csrf_token']})

    # ------------------------------------------------------------
    # THE WAY THROUGH
    # ------------------------------------------------------------

    def test_request_becomes_a_case_when_confirmed(self):
        answer = self.send(files=[('lamp.png', PNG), ('C:\\notes\\list.txt', b'one\ntwo')])
        self.assertIn('One more step', answer.text)
        request = self.requests()
        self.assertEqual(request.company_id, self.company)
        self.assertEqual(self.mails().email_to, 'nora@new.example.com')
        self.assertNotIn('It fell', self.mails().body_html)
        cases = self.env['service.case']
        self.assertFalse(cases.search([('name', '=', 'Lamp broken')]))

        self.assertIn('Please confirm', self.url_open(self.link()).text)
        self.assertFalse(cases.search([('name', '=', 'Lamp broken')]), 'looking is not confirming')
        answer = self.confirm()
        case = cases.search([('name', '=', 'Lamp broken')])
        self.assertIn(case.number, answer.text)
        self.assertEqual(case.team_id, self.team)
        self.assertEqual(case.email_from, '"Nora New" <nora@new.example.com>')
        self.assertFalse(case.partner_id)
        self.assertFalse(case.user_id)
        self.assertIn('It fell.', case.description)
        attachments = self.env['ir.attachment'].search(
            [('res_model', '=', 'service.case'), ('res_id', '=', case.id)]
        )
        self.assertEqual(set(attachments.mapped('name')), {'lamp.png', 'list.txt'})
        self.assertTrue(case.target_ids.deadline)

    def test_confirming_twice_makes_one_case(self):
        self.send()
        link = self.link()
        self.confirm(link)
        self.assertIn('Thank you', self.url_open(link).text)
        self.assertEqual(self.env['service.case'].search_count([('name', '=', 'Lamp broken')]), 1)

    def test_known_address_is_matched_with_its_contact(self):
        self.send(email='Bea@Brook.example.com')
        self.confirm()
        case = self.requests().case_id
        self.assertEqual(case.partner_id, self.contact)
        self.assertIn(self.contact, case.message_partner_ids)

    def test_known_domain_is_matched_with_its_customer(self):
        self.send(email='site@brook.example.com')
        self.confirm()
        case = self.requests().case_id
        self.assertEqual(case.partner_id, self.customer)
        self.assertNotIn(self.customer, case.message_partner_ids)

    def test_answer_does_not_tell_who_is_known(self):
        def essence(response):
            page = html.fromstring(response.text)
            for script in page.xpath('//script'):  # holds a token that tells the time
                script.drop_tree()
            return re.sub(r'\s+', ' ', page.text_content())

        known = self.send(email='bea@brook.example.com')
        unknown = self.send(email='nobody@nowhere.example')
        self.assertEqual(known.status_code, unknown.status_code)
        self.assertEqual(essence(known), essence(unknown))

    def test_address_of_the_form(self):
        self.assertTrue(self.team.web_form_url.endswith(self.path))
        self.team.use_web_form = False
        self.assertFalse(self.team.web_form_url)

    # ------------------------------------------------------------
    # SENT AGAIN
    # ------------------------------------------------------------

    def test_form_that_is_sent_again_counts_once(self):
        self.company.service_requests_per_sender = 1
        hidden, files = self.fetch(), [('lamp.png', PNG)]
        answers = [self.send(hidden=hidden, files=files) for _time in range(3)]
        self.assertEqual([answer.status_code for answer in answers], [200] * 3, 'and is no flood')
        self.assertEqual(len(self.requests()), 1)
        self.assertEqual(len(self.mails()), 1)
        attachments = self.env['ir.attachment'].search(
            [('res_model', '=', 'service.web.request'), ('res_id', '=', self.requests().id)]
        )
        self.assertEqual(attachments.mapped('name'), ['lamp.png'])

    def test_what_is_written_after_going_back_is_another_request(self):
        hidden = self.fetch()
        self.send(hidden=hidden)
        self.send(hidden=hidden, name='Lamp still broken')
        self.send(hidden=hidden, files=[('lamp.png', PNG)], name='Lamp still broken')
        self.assertEqual(len(self.requests()), 3)

    def test_form_keeps_its_key_while_it_is_corrected(self):
        hidden = self.fetch()
        page = html.fromstring(self.send(hidden=hidden, email='nora').text)
        self.assertEqual(page.xpath('//input[@name="form_key"]/@value'), [hidden['form_key']])
        again = html.fromstring(self.url_open(self.path).text)
        self.assertNotEqual(again.xpath('//input[@name="form_key"]/@value'), [hidden['form_key']])

    # ------------------------------------------------------------
    # WHAT IS REFUSED
    # ------------------------------------------------------------

    def test_team_without_a_form_has_none(self):
        for path in (
            f'/service/far-away-{self.other_team.id}/new',
            '/service/nothing/new',
            '/service/team-999999999/new',
        ):
            self.assertEqual(self.url_open(path).status_code, 404, path)

    @mute_logger('odoo.http')
    def test_form_of_another_site_is_refused(self):
        hidden = {**self.fetch(), 'csrf_token': 'forged'}
        self.assertEqual(self.send(hidden=hidden).status_code, 400)
        self.assertFalse(self.requests())

    def test_what_is_missing_or_wrong_is_said(self):
        for values, words in (
            ({'contact_name': ' '}, 'your name'),
            ({'email': ''}, 'your e-mail address'),
            ({'email': 'nora'}, 'no e-mail address'),
            ({'name': ''}, 'what it is about'),
            ({'description': '\n'}, 'what you need'),
            ({'name': 'x' * 151}, 'at most 150'),
            ({'description': 'x' * 10_001}, 'at most 10000'),
        ):
            answer = self.send(**values)
            self.assertEqual(answer.status_code, 400, values)
            self.assertIn(words, answer.text)
        self.assertFalse(self.requests())

    def test_what_was_entered_stays(self):
        answer = self.send(email='', name='"><script>alert(1)</script>')
        self.assertIn('It fell.', answer.text)
        self.assertNotIn('<script>alert(1)', answer.text)

    def test_headers_cannot_be_smuggled_in(self):
        self.send(contact_name='Nora\r\nBcc: all@world.example', name='a\nb')
        self.confirm()
        case = self.requests().case_id
        self.assertEqual(case.name, 'a b')
        self.assertNotIn('\n', case.email_from)
        self.assertEqual(self.mails().mapped('email_to'), ['nora@new.example.com'])

    def test_several_addresses_are_none(self):
        self.assertEqual(self.send(email='a@x.example, b@x.example').status_code, 400)

    def test_files_are_checked(self):
        for name, content, words in (
            ('lamp.exe', b'MZ\x90\x00', 'cannot be sent'),
            ('lamp.png', b'<html><script>alert(1)</script></html>', 'cannot be sent'),
            ('lamp.svg', b'<svg xmlns="http://www.w3.org/2000/svg"/>', 'cannot be sent'),
            ('lamp', PNG, 'cannot be sent'),
            ('empty.png', b'', 'cannot be sent'),
            ('large.txt', b'x' * (10 * 1024 * 1024 + 1), 'at most 5 files'),
        ):
            answer = self.send(files=[(name, content)])
            self.assertEqual(answer.status_code, 400, name)
            self.assertIn(words, answer.text)
        self.assertIn('at most 5 files', self.send(files=[('lamp.png', PNG)] * 6).text)
        self.assertFalse(self.requests())

    def test_files_of_a_request_that_odoo_repeats_are_read_again(self):
        files = [FileStorage(BytesIO(name.encode()), f'{name}.txt') for name in ('one', 'two')]
        once = read_uploads(self.env, files)
        self.assertEqual(once, ([('one.txt', b'one'), ('two.txt', b'two')], None))
        self.assertEqual(read_uploads(self.env, files), once)

    @mute_logger('odoo.http')
    def test_far_too_much_is_not_even_read(self):
        answer = self.send(files=[('large.txt', b'x' * 12 * 1024 * 1024)])
        self.assertEqual(answer.status_code, 413)

    # ------------------------------------------------------------
    # MACHINES
    # ------------------------------------------------------------

    def test_field_that_nobody_sees(self):
        self.assertIn('One more step', self.send(website='http://spam.example').text)
        self.assertFalse(self.requests())
        self.assertFalse(self.mails())

    def test_too_quick_to_be_a_person(self):
        with patch.object(ServiceWebForm, 'SECONDS_TO_FILL', 60):
            self.assertIn('once more', self.send().text)
        self.assertFalse(self.requests())

    def test_form_that_was_not_fetched_here(self):
        hidden = self.fetch()
        moment, _dot, signature = hidden['started'].partition('.')
        old = str(int(time.time()) - 90_000)
        for started in ('', 'x', moment, f'{old}.{signature}', f'{moment}.{signature[:-1]}0x'):
            answer = self.send(hidden={**hidden, 'started': started})
            self.assertEqual(answer.status_code, 400, started)
        self.assertFalse(self.requests())

    def test_one_address_is_not_flooded(self):
        answers = [self.send(email='victim@x.example').status_code for _round in range(5)]
        self.assertEqual(answers, [200, 200, 200, 400, 400])
        self.assertEqual(len(self.mails()), 3)

    def test_one_visitor_does_not_flood(self):
        self.company.service_requests_per_visitor = 2
        answers = [self.send(email=f'{number}@x.example').status_code for number in range(4)]
        self.assertEqual(answers, [200, 200, 400, 400])
        self.assertNotIn('127.0.0.1', str(self.requests().mapped('visitor_hash')))

    # ------------------------------------------------------------
    # THE LINK
    # ------------------------------------------------------------

    def test_link_ends(self):
        self.send()
        self.requests().valid_until = fields.Datetime.now() - timedelta(minutes=1)
        answer = self.confirm()
        self.assertEqual(answer.status_code, 404)
        self.assertIn('no longer valid', answer.text)
        self.assertFalse(self.requests().case_id)

    @mute_logger('odoo.http')
    def test_link_cannot_be_guessed_or_followed_by_force(self):
        self.send()
        self.assertEqual(self.url_open('/service/confirm/guess').status_code, 404)
        self.assertEqual(
            self.url_open(f'/service/confirm/{self.requests().token_hash}').status_code, 404
        )
        self.assertEqual(self.url_open(self.link(), data={'csrf_token': 'x'}).status_code, 400)
        self.assertFalse(self.requests().case_id)

    def test_old_requests_are_deleted_with_their_files(self):
        self.send(files=[('lamp.png', PNG)])
        request = self.requests()
        self.env['service.web.request']._gc_requests()
        self.assertTrue(request.exists())
        request.valid_until = fields.Datetime.now() - timedelta(hours=2)
        self.env['service.web.request']._gc_requests()
        self.assertFalse(request.exists())
        self.assertFalse(
            self.env['ir.attachment'].search([('res_model', '=', 'service.web.request')])
        )

    def test_access(self):
        self.send()
        request = self.requests()
        for user in (
            self.agent, self.salesperson, self.far_agent, self.portal,
            self.env.ref('base.public_user'),
        ):
            self.assertFalse(request.with_user(user).has_access('read'), user.login)
        self.assertTrue(request.with_user(self.manager).has_access('read'))
        request.team_id = self.other_team
        self.assertFalse(request.with_user(self.manager).has_access('read'))
