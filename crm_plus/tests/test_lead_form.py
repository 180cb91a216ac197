"""The public form of a sales team, and the page where people say what they want to get."""

import re
from ast import literal_eval
from datetime import timedelta
from unittest.mock import patch

from lxml import html

from odoo import fields
from odoo.addons.crm_plus.controllers.lead_form import CrmLeadForm
from odoo.addons.crm_plus.tools.first_touch import COOKIE, read_cookie, write_cookie
from odoo.exceptions import AccessError
from odoo.fields import Command
from odoo.tests import BaseCase, HttpCase, tagged
from odoo.tools import mute_logger

from .test_consent import ConsentCommon


class FormCommon(ConsentCommon, HttpCase):
    def page(self, path):
        return html.fromstring(self.url_open(path).text)

    def csrf(self, path):
        return self.page(path).xpath('//form//input[@name="csrf_token"]/@value')[0]


@tagged('post_install', '-at_install')
class TestLeadForm(FormCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.team = cls.env['crm.team'].create({
            'name': "Lamps", 'company_id': cls.company.id, 'use_web_form': True,
            'web_form_purpose_ids': [Command.set(cls.news.ids)],
            'form_source_id': cls.env['utm.source'].create({'name': "Our Form"}).id,
        })
        cls.path = f'/contact/lamps-{cls.team.id}'
        domain = cls.env['mail.alias.domain'].create({'name': "lamps.example"})
        cls.team.write({'alias_domain_id': domain.id, 'alias_name': "lamps"})
        cls.own = "lamps@lamps.example"

    def setUp(self):
        super().setUp()
        self.startPatcher(patch.object(CrmLeadForm, 'SECONDS_TO_FILL', 0))

    def fetch(self, query=''):
        page = self.page(self.path + query)
        return {
            field.get('name'): field.get('value') or ''
            for field in page.xpath('//form[@id="lead_form"]//input[@type="hidden"]')
        }

    def send(self, hidden=None, **values):
        return self.url_open(self.path, data={
            'contact_name': "Nora New", 'email': "nora@new.example.com",
            'partner_name': "New Ltd", 'phone': "", 'description': "Lamps, please.\nMany.",
            'website': "", **(hidden or self.fetch()), **values,
        })

    def requests(self):
        return self.env['crm.web.request'].search([])

    def mails(self):
        return self.env['mail.mail'].search([('subject', '=', "Please confirm your message")])

    def confirm(self):
        link = re.search(r'/contact/confirm/[\w-]+', self.mails()[:1].body_html)[0]
        return self.url_open(link, data={'csrf_token': self.csrf(link)})

    def lead(self):
        return self.env['crm.lead'].search([('email_normalized', '=', 'nora@new.example.com')])

    # ------------------------------------------------------------
    # THE WAY THROUGH
    # ------------------------------------------------------------

    def test_request_becomes_a_lead_when_confirmed(self):
        self.assertTrue(self.team.web_form_url.endswith(self.path))
        self.assertIn("One more step", self.send().text)
        self.assertEqual(self.requests().company_id, self.company)
        self.assertEqual(self.mails().email_to, 'nora@new.example.com')
        self.assertNotIn("Lamps, please", self.mails().body_html)
        self.assertFalse(self.lead())
        self.assertIn("Thank you", self.confirm().text)
        lead = self.lead()
        self.assertEqual((lead.contact_name, lead.partner_name), ("Nora New", "New Ltd"))
        self.assertEqual((lead.team_id, lead.company_id), (self.team, self.company))
        self.assertFalse(lead.user_id or lead.partner_id)
        self.assertIn("Lamps, please.", lead.description)
        self.assertEqual(lead.source_id.name, "Our Form")
        self.assertEqual(lead.touch_ids.kind, 'form')
        self.assertFalse(lead.consented_purpose_ids, "nothing was ticked")

    def test_confirming_twice_makes_one_lead(self):
        self.send()
        self.confirm()
        link = re.search(r'/contact/confirm/[\w-]+', self.mails()[:1].body_html)[0]
        self.assertIn("Thank you", self.url_open(link).text)
        self.assertEqual(len(self.lead()), 1)
        self.assertEqual(len(self.lead().touch_ids), 1)

    def test_boxes_are_not_ticked_beforehand(self):
        box = self.page(self.path).xpath('//input[@type="checkbox"]')[0]
        self.assertIsNone(box.get('checked'))
        self.assertEqual(box.get('value'), '1')

    def test_consent_with_the_words_that_were_shown(self):
        self.send(**{f'consent_{self.news.id}': '1'})
        self.news.text = "Send me lots of news."
        self.confirm()
        consent = self.env['crm.consent'].search([('lead_id', '=', self.lead().id)])
        self.assertEqual(
            (consent.text, consent.text_version, consent.origin), ("Send me news.", 1, 'web_form'))
        self.assertEqual(consent.user_id, self.env.ref('base.public_user'))
        self.assertEqual(consent.company_id, self.company)
        self.assertTrue(self.lead()._check_consent(self.news))

    def test_words_that_changed_are_read_again(self):
        hidden = self.fetch()
        self.news.text = "Send me lots of news."
        answer = self.send(hidden, **{f'consent_{self.news.id}': '1'})
        self.assertEqual(answer.status_code, 400)
        self.assertIn("just changed", answer.text)
        self.assertFalse(self.requests())

    def test_purpose_that_the_team_does_not_ask_for(self):
        self.send(**{f'consent_{self.survey.id}': '1'})
        self.confirm()
        self.assertFalse(self.env['crm.consent'].search([('purpose_id', '=', self.survey.id)]))

    def test_first_and_last_touch(self):
        self.url_open(f'{self.path}?utm_source=First+Fair&utm_campaign=Spring')
        self.assertIn(COOKIE, self.opener.cookies)
        hidden = self.fetch('?utm_source=Second+Fair')
        self.send(hidden)
        self.confirm()
        lead = self.lead()
        self.assertEqual(lead.first_source_id.name, "First Fair")
        self.assertEqual(lead.first_campaign_id.name, "Spring")
        self.assertIn("utm_source=First", lead.first_landing_page)
        self.assertEqual(lead.source_id.name, "Second Fair")
        self.assertEqual(lead.touch_ids.source_id.name, "Second Fair")

    def test_open_lead_of_the_same_person_gets_it(self):
        known = self.make_lead(
            self.env['res.partner'], 0, email_from="nora@new.example.com",
            user_id=self.salesperson.id)
        self.send()
        self.confirm()
        self.assertEqual(self.lead(), known)
        self.assertEqual(known.touch_ids.kind, 'form')
        message = known.message_ids.filtered(lambda one: one.message_type == 'comment')
        self.assertIn("Lamps, please.", message.body)
        self.assertEqual(known.partner_name, "New Ltd")

    def test_known_contact_is_linked_and_not_changed(self):
        self.contact.phone = "+32 3 555 01 10"
        self.send(email="one@example.com", phone="+32 3 555 99 99")
        self.confirm()
        lead = self.requests().lead_id
        self.assertEqual(lead.partner_id, self.contact)
        self.assertEqual(self.contact.phone, "+32 3 555 01 10")
        self.assertIn("+32 3 555 99 99", lead.description)

    # ------------------------------------------------------------
    # WHAT IS REFUSED
    # ------------------------------------------------------------

    def test_team_without_a_form_has_none(self):
        self.team.use_web_form = False
        for path in (self.path, '/contact/nothing', '/contact/team-999999999'):
            self.assertEqual(self.url_open(path).status_code, 404, path)

    @mute_logger('odoo.http')
    def test_what_is_missing_or_wrong_or_forged(self):
        for values, words in (
            ({'contact_name': " "}, "your name"), ({'email': "nora"}, "no e-mail address"),
            ({'description': ""}, "what we can do"), ({'phone': "1" * 51}, "at most 50"),
            ({'started': "1.x"}, "once more"), ({'email': f"Us <{self.own}>"}, "one of our own"),
        ):
            answer = self.send(**values)
            self.assertEqual(answer.status_code, 400, values)
            self.assertIn(words, answer.text)
        self.assertEqual(self.send(csrf_token="forged").status_code, 400)
        self.assertEqual(self.send(description="x" * 200_000).status_code, 413)
        self.assertIn("One more step", self.send(website="http://spam.example").text)
        with patch.object(CrmLeadForm, 'SECONDS_TO_FILL', 60):
            self.assertIn("once more", self.send().text)
        self.assertFalse(self.requests() or self.mails())

    def test_nobody_is_flooded(self):
        answers = [self.send(email="victim@x.example").status_code for _round in range(5)]
        self.assertEqual(answers, [200, 200, 200, 400, 400])
        self.assertEqual(len(self.mails()), 3)

    def test_form_that_is_sent_again_counts_once(self):
        hidden = self.fetch()
        self.send(hidden)
        self.send(hidden)
        self.assertEqual(len(self.requests()), 1)

    def test_link_ends_and_cannot_be_guessed(self):
        self.send()
        self.assertEqual(self.url_open('/contact/confirm/guess').status_code, 404)
        self.requests().valid_until = fields.Datetime.now() - timedelta(minutes=1)
        link = re.search(r'/contact/confirm/[\w-]+', self.mails().body_html)[0]
        self.assertEqual(self.url_open(link).status_code, 404)

    def test_what_was_not_confirmed_can_be_taken_in(self):
        self.send(email="nora@new.example.com", **{f'consent_{self.news.id}': '1'})
        request = self.requests()
        request.valid_until = fields.Datetime.now() - timedelta(days=2)
        request._gc_requests()
        self.assertTrue(request.exists(), "nothing is lost without somebody having seen it")
        action = self.env['ir.actions.act_window']._for_xml_id('crm_plus.crm_web_request_action')
        found = self.as_user(request, self.manager).search(literal_eval(action['domain']))
        self.assertEqual(found, request)
        opened = found.action_take_in()
        lead = self.lead()
        self.assertEqual(self.env['crm.lead'].search(opened['domain']), lead)
        self.assertEqual((lead.contact_name, lead.team_id), ("Nora New", self.team))
        self.assertFalse(lead.user_id)
        self.assertFalse(lead.consented_purpose_ids, "nobody knows whether the address is theirs")
        self.assertIn("has not confirmed", lead.message_ids[0].body)
        found.action_take_in()
        self.assertEqual(len(self.lead().touch_ids), 1, "once")
        request._gc_requests()
        self.assertFalse(request.exists(), "it is a lead by now")

    def test_what_was_not_confirmed_is_forgotten_in_the_end(self):
        self.send()
        self.requests().valid_until = fields.Datetime.now() - timedelta(days=31)
        self.requests()._gc_requests()
        self.assertFalse(self.requests())

    @mute_logger('odoo.addons.base.models.ir_model', 'odoo.addons.base.models.ir_rule')
    def test_access_to_requests(self):
        self.send()
        request = self.requests()
        for user in (self.salesperson, self.outsider, self.env.ref('base.public_user')):
            self.assertFalse(request.with_user(user).has_access('read'), user.login)
            with self.assertRaises(AccessError):
                request.with_user(user).action_take_in()
        self.assertTrue(request.with_user(self.manager).has_access('read'))
        self.assertFalse(request.with_user(self.manager).with_context(
            allowed_company_ids=self.company_b.ids).has_access('read'))


@tagged('post_install', '-at_install')
class TestConsentPage(FormCommon):
    def setUp(self):
        super().setUp()
        self.path = self.contact._get_consent_url().partition('/consent/')[2]
        self.path = f'/consent/{self.path}'

    def decide_on_page(self, **values):
        return self.url_open(self.path, data={'csrf_token': self.csrf(self.path), **values})

    def state(self, purpose):
        self.contact.invalidate_recordset()
        return bool(self.contact._check_consent(purpose))

    def test_looking_changes_nothing(self):
        text = self.url_open(self.path).text
        self.assertIn("one@example.com", text)
        self.assertIn("Send me news.", text)
        self.url_open(f'{self.path}/stop/{self.news.id}')
        self.assertFalse(self.env['crm.consent'].search([('purpose_id', '=', self.news.id)]))

    def test_person_chooses(self):
        self.decide_on_page(**{f'purpose_{self.news.id}': '1'})
        self.assertTrue(self.state(self.news))
        self.assertFalse(self.state(self.survey), "the box was unticked")
        consent = self.env['crm.consent'].search([('purpose_id', '=', self.news.id)])
        self.assertEqual((consent.origin, consent.email), ('preferences', 'one@example.com'))
        self.assertEqual(consent.company_id, self.company)
        self.decide_on_page(**{f'purpose_{self.news.id}': '1'})
        self.assertEqual(self.env['crm.consent'].search_count(
            [('purpose_id', '=', self.news.id)]), 1, "only what changes is recorded")

    def test_nothing_at_all_and_back(self):
        self.decide_on_page(nothing='1', **{f'purpose_{self.news.id}': '1'})
        self.assertFalse(self.state(self.news) or self.state(self.survey))
        self.contact.invalidate_recordset()
        self.assertTrue(self.contact.is_blacklisted)
        self.decide_on_page(**{f'purpose_{self.news.id}': '1'})
        self.contact.invalidate_recordset()
        self.assertFalse(self.contact.is_blacklisted)

    def test_button_of_mail_programs(self):
        self.decide(self.contact)
        answer = self.url_open(
            f'{self.path}/stop/{self.news.id}', data={'List-Unsubscribe': 'One-Click'})
        self.assertIn("no more of these mails", answer.text)
        self.assertFalse(self.state(self.news))
        self.assertEqual(self.contact._check_consent(self.news, 'phone'), self.contact)

    @mute_logger('odoo.http')
    def test_links_are_signed(self):
        token = self.path.rpartition('/')[2]
        for forged in ('x', token[:-3], token[:30] + 'AAAA' + token[34:], 'é', 'AQ'):
            self.assertEqual(self.url_open(f'/consent/{forged}').status_code, 404, forged)
        self.assertEqual(self.url_open(f'{self.path}/stop/999999').status_code, 404)
        self.assertEqual(self.url_open(self.path, data={'nothing': '1'}).status_code, 400)

    def test_page_is_told_to_nobody(self):
        headers = self.url_open(self.path).headers
        self.assertEqual(headers['Referrer-Policy'], 'no-referrer')
        self.assertEqual(headers['Cache-Control'], 'no-store')

    def test_purposes_of_other_companies_are_not_asked(self):
        self.news.create({'name': "Far News", 'text': "Far", 'company_id': self.company_b.id})
        self.assertNotIn("Far News", self.url_open(self.path).text)


@tagged('post_install', '-at_install')
class TestFirstTouchCookie(BaseCase):
    def test_what_is_believed(self):
        now = fields.Datetime.now()
        touch = {'source': "Fair", 'referrer': "https://x.example/"}
        told = read_cookie(write_cookie(touch, now), now)
        self.assertEqual(told, {**touch, 'date': fields.Datetime.to_string(now)})
        for text in (
            None, '', 'x', '[]', '1', '{}', '{"date": 1}', '{"source": "a", "date": "soon"}',
            write_cookie(touch, now + timedelta(days=1)),
            write_cookie(touch, now - timedelta(days=500)), write_cookie({}, now), '[' * 9999,
        ):
            self.assertIsNone(read_cookie(text, now), text)
        long = read_cookie(write_cookie({'source': "x\x00\n" * 500, 'medium': 3}, now), now)
        self.assertEqual(len(long['source']), 100)
        self.assertNotIn('medium', long)
