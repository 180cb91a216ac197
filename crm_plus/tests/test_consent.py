"""What people have agreed to and refused, and that it is kept to."""

from datetime import timedelta

from odoo import fields
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import tagged
from odoo.tools import mute_logger

from .common import CrmPlusCommon

REFUSALS = ('odoo.addons.base.models.ir_model', 'odoo.addons.base.models.ir_rule')


class ConsentCommon(CrmPlusCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.news, cls.survey = cls.env['crm.consent.purpose'].create([
            {'name': "News", 'text': "Send me news."},
            {'name': "Survey", 'text': "Ask me once a year.", 'basis': 'opt_out'},
        ])

    def decide(self, person, purpose=None, state='given', user=None, **values):
        key = 'lead_id' if person._name == 'crm.lead' else 'partner_id'
        consents = self.env['crm.consent']
        return (consents.with_user(user) if user else consents).create({
            key: person.id, 'purpose_id': (purpose or self.news).id, 'state': state,
            'company_id': self.company.id, **values,
        })

    def ago(self, **delta):
        return fields.Datetime.now() - timedelta(**delta)


@tagged('post_install', '-at_install')
class TestConsent(ConsentCommon):
    # ------------------------------------------------------------
    # THE LEDGER
    # ------------------------------------------------------------

    def test_entry_says_who_when_how_and_for_what(self):
        consent = self.decide(
            self.contact, user=self.salesperson, origin='meeting', note="Fair", text="Anything")
        self.assertEqual(consent.email_normalized, 'one@example.com')
        self.assertEqual(consent.user_id, self.salesperson)
        self.assertEqual(consent.text, "Send me news.", "the words are those of the purpose")
        self.assertEqual(consent.text_version, 1)
        self.assertFalse(consent.expiry_date)

    def test_nobody_records_in_the_name_of_another(self):
        consent = self.decide(
            self.contact, user=self.salesperson, user_id=self.manager.id)
        self.assertEqual(consent.user_id, self.salesperson)

    def test_words_stay_as_they_were_when_the_purpose_changes(self):
        consent = self.decide(self.contact)
        self.news.text = "Send me lots of news."
        self.assertEqual(self.news.text_version, 2)
        self.news.name = "Newsletter"
        self.assertEqual(self.news.text_version, 2)
        self.assertEqual((consent.text, consent.text_version), ("Send me news.", 1))
        self.assertEqual(self.decide(self.contact).text_version, 2)

    def test_entries_are_never_changed_or_deleted(self):
        consent = self.decide(self.contact)
        with self.assertRaisesRegex(UserError, "stays on record"):
            consent.state = 'withdrawn'
        with mute_logger(*REFUSALS):
            for user in (self.salesperson, self.manager):
                with self.assertRaises(UserError):
                    consent.with_user(user).write({'state': 'withdrawn'})
                with self.assertRaises(AccessError):
                    consent.with_user(user).unlink()

    def test_somebody_must_have_decided(self):
        values = {'purpose_id': self.news.id}
        for wrong in ({}, {'email': "nobody"}):
            with self.assertRaisesRegex(ValidationError, "Say who"):
                self.env['crm.consent'].create({**values, **wrong})
        with self.assertRaisesRegex(ValidationError, "future"):
            self.decide(self.contact, date=fields.Datetime.now() + timedelta(days=1))

    def test_used_purpose_is_archived_not_deleted(self):
        self.decide(self.contact)
        with self.assertRaisesRegex(ValidationError, "Archive"):
            self.news.unlink()
        self.survey.unlink()

    # ------------------------------------------------------------
    # WHAT COUNTS
    # ------------------------------------------------------------

    def test_newest_decision_counts(self):
        self.decide(self.contact, date=self.ago(days=3))
        self.assertEqual(self.contact.consented_purpose_ids, self.news)
        self.decide(self.contact, state='withdrawn', date=self.ago(days=2))
        self.contact.invalidate_recordset()
        self.assertFalse(self.contact.consented_purpose_ids)
        self.assertEqual(self.contact.refused_purpose_ids, self.news)
        self.decide(self.contact, date=self.ago(days=5))
        self.contact.invalidate_recordset()
        self.assertFalse(self.contact.consented_purpose_ids, "recorded later, decided before")

    def test_same_person_on_contact_and_lead(self):
        lead = self.make_lead(self.env['res.partner'], 0, email_from="ONE@example.com")
        self.decide(lead)
        self.assertEqual(self.contact.consented_purpose_ids, self.news)
        self.assertEqual(lead.consented_purpose_ids, self.news)
        self.assertFalse(self.other_contact.consented_purpose_ids)

    def test_person_without_an_address(self):
        lead = self.make_lead(self.env['res.partner'], 0, phone="+32 3 555 01 10")
        self.decide(lead)
        self.assertEqual(lead.consented_purpose_ids, self.news)
        lead.partner_id = self.stranger
        self.assertEqual(self.stranger.consented_purpose_ids, self.news)

    def test_basis(self):
        people = self.contact | self.other_contact | self.stranger
        self.assertFalse(people._check_consent(self.news))
        self.assertEqual(people._check_consent(self.survey), people)
        self.decide(self.contact)
        self.decide(self.contact, self.survey, 'withdrawn')
        self.assertEqual(people._check_consent(self.news), self.contact)
        self.assertEqual(people._check_consent(self.survey), people - self.contact)
        self.assertEqual(people._check_consent(self.news.browse()), people)

    def test_channel(self):
        self.decide(self.contact, channel='phone')
        self.assertFalse(self.contact._check_consent(self.news, 'email'))
        self.assertTrue(self.contact._check_consent(self.news, 'phone'))
        self.decide(self.contact, state='withdrawn')
        self.assertFalse(self.contact._check_consent(self.news, 'phone'), "in no way any more")

    def test_consent_ends(self):
        self.news.months_valid = 12
        consent = self.decide(self.contact, date=self.ago(days=400))
        self.assertTrue(consent.expiry_date)
        self.assertFalse(self.contact._check_consent(self.news))
        self.assertFalse(self.contact.consented_purpose_ids | self.contact.refused_purpose_ids)
        self.decide(self.contact, date=self.ago(days=300))
        self.assertTrue(self.contact._check_consent(self.news))

    def test_each_company_asks_for_itself(self):
        self.decide(self.contact)
        abroad = self.contact.with_company(self.company_b)
        self.assertFalse(abroad.consented_purpose_ids)
        self.assertFalse(abroad._check_consent(self.news))
        self.assertTrue(self.contact._check_consent(self.news))

    def test_contacts_without_consent_are_found(self):
        partners = self.env['res.partner']
        mine = [('id', 'in', (self.contact | self.other_contact).ids)]
        self.decide(self.contact)
        self.decide(self.other_contact, self.survey, 'withdrawn')

        def found(*leaf):
            return partners.search([*mine, ('consented_purpose_ids', *leaf)])

        self.assertEqual(found('=', False), self.other_contact)
        self.assertEqual(found('!=', False), self.contact)
        self.assertEqual(found('in', self.news.ids), self.contact)
        self.assertEqual(found('not in', self.news.ids), self.other_contact)
        self.assertEqual(found('ilike', "new"), self.contact)
        self.assertFalse(found('in', self.survey.ids))

    def test_same_number_of_queries_for_many(self):
        for count in (1, 10):
            people = self.env['res.partner'].create([
                {'name': f"P{count} {number}", 'email': f'p{count}.{number}@x.example'}
                for number in range(count)
            ])
            self.decide(people[0])
            self.env.flush_all()
            self.env.invalidate_all()
            people.mapped('email_normalized')
            with self.assertQueryCount(4):
                people.mapped('consented_purpose_ids')
                people._check_consent(self.news)

    # ------------------------------------------------------------
    # ACCESS
    # ------------------------------------------------------------

    @mute_logger(*REFUSALS)
    def test_access(self):
        consent = self.decide(self.contact)
        for user, may_read in (
            (self.salesperson, True), (self.viewer, True), (self.outsider, False),
        ):
            self.assertEqual(consent.with_user(user).has_access('read'), may_read, user.login)
        abroad = consent.with_user(self.manager).with_context(
            allowed_company_ids=self.company_b.ids)
        self.assertFalse(abroad.has_access('read'))
        self.assertFalse(abroad.search([('id', '=', consent.id)]))
        with self.assertRaises(AccessError):
            self.news.with_user(self.salesperson).write({'basis': 'opt_out'})
        purpose_b = self.news.create({
            'name': "B", 'text': "B", 'company_id': self.company_b.id})
        with self.assertRaises(AccessError):
            purpose_b.with_user(self.salesperson).read(['name'])
        with self.assertRaises(UserError):
            self.decide(self.contact, purpose_b)

    @mute_logger(*REFUSALS)
    def test_what_was_noted_on_a_lead_is_seen_with_the_lead(self):
        nobody = self.env['res.partner']
        mine, others = (
            self.decide(self.make_lead(
                nobody, 0, email_from=f'{user.login}@x.example', user_id=user.id))
            for user in (self.salesperson, self.colleague))
        of_contact = self.decide(self.contact)
        for user, seen in (
            (self.salesperson, mine | of_contact), (self.viewer, of_contact),
            (self.lead_seller, mine | others | of_contact),
            (self.manager, mine | others | of_contact),
        ):
            found = self.as_user(mine, user).search(
                [('id', 'in', (mine | others | of_contact).ids)])
            self.assertEqual(set(found.ids), set(seen.ids), user.login)
        with self.assertRaises(AccessError):
            self.decide(others.lead_id, user=self.salesperson)
        self.assertTrue(
            self.as_user(others.lead_id, self.manager, self.company)._check_consent(self.news),
            "it counts whoever asks")

    def test_outsider_opens_a_contact(self):
        self.decide(self.contact)
        self.contact.with_user(self.outsider).read(['name', 'first_touch_date'])
        with self.assertRaises(AccessError), mute_logger(*REFUSALS):
            self.contact.with_user(self.outsider).read(['consented_purpose_ids'])

    # ------------------------------------------------------------
    # PRIVACY, MERGING
    # ------------------------------------------------------------

    def test_erased_by_the_privacy_tool(self):
        consent = self.decide(self.contact)
        lead = self.make_lead(self.contact, 0, email_from="one@example.com")
        touch = lead._add_touch('manual')
        wizard = self.env['privacy.lookup.wizard'].create({
            'name': "Contact One", 'email': "one@example.com"})
        wizard.action_lookup()
        found = {(line.res_model, line.res_id) for line in wizard.line_ids}
        self.assertLessEqual({
            ('crm.consent', consent.id), ('crm.lead', lead.id), ('crm.touch', touch.id),
        }, found)
        wizard.line_ids.filtered(
            lambda line: line.res_model in ('crm.consent', 'crm.touch')).action_unlink_all()
        self.assertFalse(consent.exists() or touch.exists())

    def test_deleted_contact_leaves_the_decision_of_the_address(self):
        person = self.contact.create({'name': "Gone", 'email': "gone@x.example"})
        nobody = self.contact.create({'name': "Nobody"})
        consent = self.decide(person, state='withdrawn')
        orphan = self.decide(nobody)
        (person | nobody).unlink()
        self.env['crm.consent']._gc_without_subject()
        self.assertTrue(consent.exists())
        self.assertFalse(orphan.exists())
        again = self.contact.create({'name': "Again", 'email': "gone@x.example"})
        self.assertEqual(again.refused_purpose_ids, self.news)

    def test_merged_contacts_keep_what_was_decided(self):
        other = self.contact.create({'name': "Twin", 'email': "one@example.com"})
        consent = self.decide(other)
        self.env['base.partner.merge.automatic.wizard']._merge(
            (self.contact | other).ids, self.contact)
        self.assertEqual(consent.partner_id, self.contact)


@tagged('post_install', '-at_install')
class TestConsentInMails(ConsentCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.people = cls.contact | cls.other_contact
        cls.env['crm.consent'].create({
            'partner_id': cls.contact.id, 'purpose_id': cls.news.id,
            'company_id': cls.company.id,
        })

    def compose(self, records=None, user=None, **values):
        records = self.people if records is None else records
        return self.env['mail.compose.message'].with_user(user or self.manager).with_context(
            allowed_company_ids=self.company.ids,
        ).create({
            'model': records._name, 'res_ids': records.ids, 'composition_mode': 'mass_mail',
            'subject': "Hello", 'body': "<p>News</p>", 'auto_delete': False, **values,
        })

    def send(self, composer):
        mails, _messages = composer._action_send_mail()
        return {
            mail.res_id: (mail.state, mail.failure_type) for mail in mails
        }, mails

    def test_nothing_configured_nothing_changes(self):
        composer = self.compose()
        self.assertFalse(composer.consent_purpose_id)
        states, mails = self.send(composer)
        self.assertNotIn('cancel', {state for state, _failure in states.values()})
        self.assertNotIn('/consent/', mails[0].body_html)
        self.assertNotIn('List-Unsubscribe', mails[0].headers or '')

    def test_mail_to_many_goes_to_who_has_agreed(self):
        self.company.mass_mail_purpose_id = self.news
        composer = self.compose()
        self.assertEqual(composer.consent_purpose_id, self.news)
        states, mails = self.send(composer)
        self.assertEqual(states[self.other_contact.id], ('cancel', 'mail_optout'))
        self.assertNotEqual(states[self.contact.id][0], 'cancel')
        mail = mails.filtered(lambda one: one.res_id == self.contact.id)
        self.assertIn('/consent/', mail.body_html)
        self.assertIn('List-Unsubscribe=One-Click', mail.headers)

    def test_mail_to_leads(self):
        self.company.mass_mail_purpose_id = self.news
        agreed, other = self.env['crm.lead'].create([
            {'name': "One", 'email_from': '"One" <one@example.com>'},
            {'name': "Two", 'email_from': "two@example.com"},
        ])
        states, _mails = self.send(self.compose(agreed | other))
        self.assertNotEqual(states[agreed.id][0], 'cancel')
        self.assertEqual(states[other.id], ('cancel', 'mail_optout'))

    def test_what_belongs_to_documents_goes_to_everybody(self):
        self.company.mass_mail_purpose_id = self.news
        orders = self.env['sale.order'].create([
            {'partner_id': partner.id, 'company_id': self.company.id} for partner in self.people
        ])
        composer = self.compose(orders)
        self.assertFalse(composer.consent_purpose_id)

    def test_answer_to_one_is_never_held_back(self):
        self.company.mass_mail_purpose_id = self.news
        composer = self.compose(
            self.other_contact, composition_mode='comment',
            partner_ids=self.other_contact.ids)
        self.assertFalse(composer.consent_purpose_id)
        _mails, messages = composer._action_send_mail()
        self.assertIn(self.other_contact, messages.partner_ids)

    def test_message_on_each_of_many(self):
        self.company.mass_mail_purpose_id = self.news
        composer = self.compose(composition_mode='comment')
        self.assertTrue(composer.composition_batch)
        _mails, messages = composer._action_send_mail()
        self.assertEqual(messages.mapped('res_id'), self.contact.ids)

    def test_sender_may_say_that_it_belongs_to_a_contract(self):
        self.company.mass_mail_purpose_id = self.news
        states, _mails = self.send(self.compose(consent_purpose_id=False))
        self.assertNotIn('cancel', {state for state, _failure in states.values()})

    def test_who_may_not_see_purposes_keeps_to_them_as_well(self):
        self.company.mass_mail_purpose_id = self.news
        states, _mails = self.send(self.compose(user=self.outsider))
        self.assertEqual(states[self.other_contact.id], ('cancel', 'mail_optout'))

    def test_template_with_a_purpose(self):
        template = self.env['mail.template'].create({
            'name': "News", 'model_id': self.env['ir.model']._get_id('res.partner'),
            'subject': "News", 'body_html': "<p>News</p>", 'partner_to': "{{ object.id }}",
            'use_default_to': False, 'consent_purpose_id': self.news.id, 'auto_delete': False,
        })
        mails = template.send_mail_batch(self.people.ids)
        self.assertEqual(mails.mapped('res_id'), self.contact.ids)
        self.assertFalse(template.send_mail(self.other_contact.id))
        self.assertTrue(template.send_mail(self.contact.id))
        composer = self.compose(template_id=template.id)
        self.assertEqual(composer.consent_purpose_id, self.news)
        template.consent_purpose_id = False
        self.assertEqual(len(template.send_mail_batch(self.people.ids)), 2)

    def test_text_messages_to_many_go_to_who_has_agreed(self):
        self.people.phone = "+32 3 555 01 10"
        self.other_contact.phone = "+32 3 555 01 11"
        self.company.mass_mail_purpose_id = self.news

        def states(**values):
            composer = self.env['sms.composer'].with_user(self.manager).with_context(
                allowed_company_ids=self.company.ids,
            ).create({
                'res_model': 'res.partner', 'res_ids': repr(self.people.ids), 'body': "News",
                'composition_mode': 'mass', 'mass_keep_log': False, **values,
            })
            return {
                sms.partner_id.id: (sms.state, sms.failure_type or False)
                for sms in composer._action_send_sms()
            }

        self.assertEqual(states(), {
            self.contact.id: ('outgoing', False),
            self.other_contact.id: ('canceled', 'sms_optout'),
        })
        self.assertEqual(
            states(consent_purpose_id=False)[self.other_contact.id][0], 'outgoing',
            "it belongs to an order")
        self.decide(self.contact, state='withdrawn', channel='sms')
        self.assertEqual(states()[self.contact.id], ('canceled', 'sms_optout'))
        self.assertTrue(self.contact._check_consent(self.news), "mails may still come")
