"""Leads taken in by other programs, by e-mail and by hand."""

import json
import re
import shlex
from datetime import timedelta
from pathlib import Path

from odoo import fields
from odoo.addons.crm_plus.tools.signature import parse_signature
from odoo.exceptions import ValidationError
from odoo.fields import Command
from odoo.tests import BaseCase, Form, HttpCase, tagged
from odoo.tools import mute_logger

from .test_consent import ConsentCommon

README = Path(__file__).parents[1] / 'README.rst'


@tagged('post_install', '-at_install')
class TestCaptureApi(ConsentCommon, HttpCase):
    def key_of(self, user):
        keys = self.env['res.users.apikeys'].with_user(user)
        return keys._generate('rpc', 'test', fields.Datetime.now() + timedelta(hours=1))

    def call(self, example, key):
        """Do what curl would do with an example of the README."""
        example = example.replace('$CRM_URL', self.base_url()).replace('$CRM_KEY', key)
        words = iter(shlex.split(example.replace('\\\n', ' '))[1:])
        headers, data, url = {}, None, None
        for word in words:
            if word == '-H':
                name, _colon, value = next(words).partition(': ')
                headers[name] = value
            elif word == '-d':
                data = next(words)
            else:
                url = word
        return self.url_open(url, data=data.encode(), headers=headers)

    def make_newsletter(self):
        if not self.news.search_count([('name', '=', "Newsletter")]):
            self.news.create({'name': "Newsletter", 'text': "News by mail."})

    def example(self):
        [example] = re.findall(
            r'^ {4}(curl .*?)\n\n', README.read_text(encoding='utf-8'), re.DOTALL | re.MULTILINE)
        return re.sub(r'^ {4}', '', example, flags=re.MULTILINE)

    def test_example_of_the_readme(self):
        self.make_newsletter()
        key = self.key_of(self.salesperson)
        response = self.call(self.example(), key)
        self.assertEqual(response.status_code, 200, response.text)
        answer = response.json()
        self.assertTrue(answer['created'])
        lead = self.env['crm.lead'].browse(answer['id'])
        self.assertEqual(lead.contact_name, "Nora Nilsen")
        self.assertEqual(lead.client_reference, "shop-4711")
        self.assertEqual(lead.create_uid, self.salesperson)
        self.assertEqual(lead.source_id.name, lead.first_source_id.name)
        self.assertEqual((lead.touch_ids.kind, lead.touch_ids.source_id), ('api', lead.source_id))
        self.assertEqual(lead.consented_purpose_ids.mapped('name'), ["Newsletter"])
        again = self.call(self.example(), key)
        self.assertEqual(again.json(), {'id': lead.id, 'created': False})
        self.assertEqual(len(lead.touch_ids), 1)

    @mute_logger('odoo.http', 'odoo.addons.base.models.ir_model', 'odoo.addons.base.models.ir_rule')
    def test_key_can_do_no_more_than_its_user(self):
        self.make_newsletter()
        self.assertEqual(self.call(self.example(), 'guess').status_code, 401)
        for user in (self.outsider, self.viewer):
            self.assertEqual(self.call(self.example(), self.key_of(user)).status_code, 403)
        key = self.key_of(self.salesperson)
        response = self.url_open(
            '/json/2/crm.lead/_capture', data=json.dumps({}).encode(),
            headers={'Authorization': f'Bearer {key}', 'Content-Type': 'application/json'})
        self.assertNotEqual(response.status_code, 200)


@tagged('post_install', '-at_install')
class TestCapture(ConsentCommon):
    def capture(self, user=None, **arguments):
        leads = self.env['crm.lead'].with_user(user or self.salesperson).with_context(
            allowed_company_ids=self.company.ids)
        answer = leads.capture(arguments.pop('values', {'email_from': "nora@x.example"}),
                               **arguments)
        return self.env['crm.lead'].browse(answer['id']), answer['created']

    def test_open_lead_of_the_same_person_gets_it(self):
        lead, created = self.capture(source="Shop", campaign="Spring")
        self.assertTrue(created)
        self.assertEqual(lead.name, "Request by nora@x.example")
        again, created = self.capture(
            values={'email_from': "Nora@X.example", 'phone': "+32 3 555 01 10",
                    'description': "<p>Again</p>"},
            source="Fair")
        self.assertEqual((again, created), (lead, False))
        self.assertEqual(lead.phone, "+32 3 555 01 10")
        self.assertEqual(lead.source_id.name, "Shop")
        self.assertEqual(lead.touch_ids.sorted('id').mapped('source_id.name'), ["Shop", "Fair"])
        self.assertIn("Again", lead.message_ids[0].body)

    def test_reference_of_each_company(self):
        lead, _created = self.capture(client_reference="A1")
        same, created = self.capture(values={'name': "Other"}, client_reference="A1")
        self.assertEqual((same, created), (lead, False))
        team = self.env['crm.team'].create({'name': "B", 'company_id': self.company_b.id})
        other = self.env['crm.lead'].with_user(self.manager).with_context(
            allowed_company_ids=self.company_b.ids,
        ).capture({'name': "Far", 'team_id': team.id, 'user_id': False}, client_reference="A1")
        self.assertTrue(other['created'])
        lead.user_id = self.colleague
        with self.assertRaisesRegex(ValidationError, "may not see"):
            self.capture(client_reference="A1")

    def test_contact_of_another_company_is_not_linked(self):
        self.contact.company_id = self.company_b
        lead, _created = self.capture(values={'email_from': "one@example.com"})
        self.assertFalse(lead.partner_id)
        lead, _created = self.capture(values={'email_from': "two@example.com"})
        self.assertEqual(lead.partner_id, self.other_contact)

    def test_what_is_refused(self):
        for arguments, words in (
            ({'values': {}}, "Say who it is"),
            ({'values': {'name': "X", 'first_source_id': 1}}, "first_source_id cannot be given"),
            ({'values': {'name': "X", 'company_id': 1}}, "company_id cannot be given"),
            ({'consents': [{'purpose': "Nothing"}]}, "no purpose Nothing"),
            ({'consents': [{'purpose': "News", 'user_id': 1}]}, "has no user_id"),
        ):
            with self.assertRaisesRegex(ValidationError, words):
                self.capture(**arguments)

    def test_consents(self):
        lead, _created = self.capture(consents=[
            {'purpose': "News", 'note': "Check-out"},
            {'purpose': self.survey.id, 'state': 'withdrawn', 'channel': 'email'},
        ])
        self.assertEqual(lead.consented_purpose_ids, self.news)
        self.assertEqual(lead.refused_purpose_ids, self.survey)

    # ------------------------------------------------------------
    # BY E-MAIL
    # ------------------------------------------------------------

    def receive(self, *headers, sender="Nora <nora@x.example>", to="lamps@test.example",
                message_id="<1@x.example>"):
        source = '\n'.join([
            f"From: {sender}", f"To: {to}", "Subject: Lamps, please",
            "Date: Mon, 02 Mar 2026 10:00:00 +0000",
            *([f"Message-Id: {message_id}"] if message_id else []), *headers,
            'Content-Type: text/plain; charset="utf-8"', '', "Many of them.",
        ])
        before = self.env['crm.lead'].search([])
        self.env['mail.thread'].message_process('crm.lead', source)
        return self.env['crm.lead'].search([]) - before

    def set_up_alias(self):
        domain = self.env['mail.alias.domain'].create({
            'name': "test.example", 'company_ids': [Command.set(self.company.ids)]})
        return self.env['crm.team'].create({
            'name': "Lamps", 'alias_name': "lamps", 'alias_domain_id': domain.id,
            'company_id': self.company.id, 'use_opportunities': True,
        })

    @mute_logger('odoo.addons.mail.models.mail_thread', 'odoo.addons.crm_plus.models.mail_thread')
    def test_mail_to_the_team(self):
        team = self.set_up_alias()
        lead = self.receive()
        self.assertEqual(lead.team_id, team)
        self.assertFalse(lead.source_id or lead.touch_ids)
        self.assertFalse(self.receive(), "the same message again")
        source = team.email_source_id = self.env['utm.source'].create({'name': "Info Mail"})
        lead = self.receive(message_id="<2@x.example>", sender="one@example.com")
        self.assertEqual((lead.source_id, lead.first_source_id), (source, source))
        self.assertEqual((lead.touch_ids.kind, lead.touch_ids.source_id), ('email', source))
        self.assertEqual(lead.medium_id, self.env.ref('utm.utm_medium_email'))
        self.assertEqual(lead.partner_id, self.contact)

    @mute_logger('odoo.addons.mail.models.mail_thread', 'odoo.addons.crm_plus.models.mail_thread')
    def test_mail_that_makes_no_lead(self):
        self.set_up_alias()
        self.assertFalse(self.receive("Auto-Submitted: auto-replied"))
        self.assertFalse(self.receive(sender="lamps@test.example", message_id="<3@x.example>"))
        self.assertTrue(self.receive(
            "Auto-Submitted: auto-generated", "X-Auto-Response-Suppress: All",
            message_id="<form@x.example>"), "a form of a website has sent it")
        self.assertTrue(self.receive(message_id=None))
        self.assertFalse(self.receive(message_id=None), "without an id, but the same")

    @mute_logger('odoo.addons.mail.models.mail_thread')
    def test_automatic_answer_to_a_lead_stays_on_it(self):
        self.set_up_alias()
        lead = self.receive()
        asked = lead.message_post(body="How many?", message_type='comment')
        self.assertFalse(self.receive(
            "Auto-Submitted: auto-replied", f"In-Reply-To: {asked.message_id}",
            message_id="<4@x.example>"))
        self.assertIn("Many of them", lead.message_ids[0].body)

    @mute_logger('odoo.addons.mail.models.mail_thread')
    def test_sender_known_to_another_company(self):
        self.set_up_alias()
        self.contact.company_id = self.company_b
        lead = self.receive(sender="one@example.com")
        self.assertEqual(lead.company_id, self.company)
        self.assertFalse(lead.partner_id)

    # ------------------------------------------------------------
    # BY HAND
    # ------------------------------------------------------------

    def entry(self, **defaults):
        return Form(self.env['crm.lead.quick.entry'].with_user(self.salesperson).with_context(
            allowed_company_ids=self.company.ids,
            **{f'default_{name}': value for name, value in defaults.items()}))

    def test_one_lead_after_the_other(self):
        source = self.env['utm.source'].create({'name': "Fair 2027"})
        form = self.entry()
        form.signature = "Nora Nilsen\nFjord Lights AS\nnora@fjord.example\n+47 22 12 34 56"
        self.assertEqual(form.contact_name, "Nora Nilsen")
        form.contact_name = "Nora N."
        form.signature = "Somebody Else\nOther Ltd"
        self.assertEqual(form.contact_name, "Nora N.", "what stands is not overwritten")
        form.source_id = source
        form.description = "Met at <the> booth"
        form.purpose_ids.add(self.news)
        form.consent_note = "At the booth"
        action = form.save().action_save_and_new()
        lead = self.env['crm.lead'].search([('email_normalized', '=', 'nora@fjord.example')])
        self.assertEqual(lead.name, "Request by Fjord Lights AS")
        self.assertEqual(lead.user_id, self.salesperson)
        self.assertEqual((lead.touch_ids.kind, lead.touch_ids.source_id), ('manual', source))
        self.assertIn("&lt;the&gt;", lead.description)
        self.assertEqual(lead.consented_purpose_ids, self.news)

        context = {
            name.removeprefix('default_'): value for name, value in action['context'].items()}
        form = self.entry(**context)
        self.assertEqual(form.source_id, source)
        self.assertEqual(form.saved_lead_id, lead)
        self.assertFalse(form.contact_name)
        form.email_from = "Nora@Fjord.example"
        self.assertEqual(form.known_lead_id, lead)
        opened = form.save().action_save()
        self.assertEqual(opened['res_id'], lead.id)
        self.assertEqual(len(lead.touch_ids), 2)

    def test_known_contact_is_shown(self):
        form = self.entry()
        form.email_from = "one@example.com"
        self.assertEqual(form.known_partner_id, self.contact)
        lead = self.env['crm.lead'].browse(form.save().action_save()['res_id'])
        self.assertEqual(lead.partner_id, self.contact)

    def test_entry_that_says_nothing(self):
        with self.assertRaisesRegex(ValidationError, "Say who it is"):
            self.entry().save().action_save()


@tagged('post_install', '-at_install')
class TestSignature(BaseCase):
    def test_signatures(self):
        for text, expected in (
            (
                "Hello,\n\nplease send me your price list.\n\nBest regards\nNora Nilsen\n"
                "Head of Purchasing\nFjord Lights AS\nTel: +47 22 12 34 56 | Mobile: +47 900 12 345"
                "\nFax +47 22 12 34 57\nnora.nilsen@fjord.example\nwww.fjord.example\n",
                ("Nora Nilsen", "Head of Purchasing", "Fjord Lights AS",
                 "nora.nilsen@fjord.example", "+47 22 12 34 56", "www.fjord.example"),
            ),
            (
                "Mit freundlichen Grüßen\n\ni. A. Dr. Petra Müller\nLeiterin Einkauf\n\n"
                "Lampenwerk Süd GmbH & Co. KG\nIndustriestraße 12\n70565 Stuttgart\n"
                "F +49 711 1234-57\nM +49 170 1234567\nT +49 711 1234-56\n"
                "petra.mueller@lampenwerk.example\nhttps://www.lampenwerk.example/\n",
                ("Petra Müller", "Leiterin Einkauf", "Lampenwerk Süd GmbH & Co. KG",
                 "petra.mueller@lampenwerk.example", "+49 711 1234-56",
                 "https://www.lampenwerk.example"),
            ),
            (
                "John Smith, Sales Director\nAcme Inc.\n(555) 123-4567\njohn@acme.com | acme.com",
                ("John Smith", "Sales Director", "Acme Inc.", "john@acme.com", "(555) 123-4567",
                 "acme.com"),
            ),
            (
                "Jean de la Fontaine <jean@fontaine.example>",
                ("Jean de la Fontaine", None, None, "jean@fontaine.example", None, None),
            ),
        ):
            found = parse_signature(text)
            names = ('contact_name', 'function', 'partner_name', 'email_from', 'phone', 'website')
            self.assertEqual(tuple(map(found.get, names)), expected)

    def test_what_cannot_be_told_is_left_out(self):
        for text in (None, '', "just some words\nabc", "2027-03-31 at noon", "x" * 100_000,
                     "1 " * 5_000, "a.b@" * 3_000):
            self.assertNotIn('contact_name', parse_signature(text))
            self.assertNotIn('phone', parse_signature(text))
