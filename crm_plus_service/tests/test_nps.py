"""Whom the company asks whether they would recommend it, how often, and what they answer."""

import re
from ast import literal_eval
from datetime import date

from freezegun import freeze_time

from odoo.exceptions import AccessError
from odoo.tests import HttpCase, tagged

from .common import ServiceCommon, ServiceData, utc

NOW = '2026-06-17 08:00'


@tagged('post_install', '-at_install')
@freeze_time(NOW)
class TestNps(ServiceCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        # orders and cases of demo data are not asked about
        cls.env['res.company'].search([]).service_nps_schedule = 'off'
        cls.own = cls.env['res.company'].create({
            'name': 'Asking Company', 'service_nps_user_id': cls.manager.id})
        cls.manager.company_ids += cls.own
        cls.own_team = cls.create_team('Asking', cls.own)
        cls.answers = cls.env['service.nps.answer']

    def case(self, **values):
        return self.create_case(
            **{'team_id': self.own_team.id, 'opened_date': utc('2026-06-01 08:00'), **values})

    def to_ask(self):
        return self.answers._get_contacts_to_ask(self.own)

    def answer(self, score, comment='', partner=None, company=None):
        answer = self.answers.create({
            'company_id': (company or self.own).id, 'partner_id': (partner or self.contact).id})
        answer._answer(score, comment)
        return answer

    # ------------------------------------------------------------
    # ASKING
    # ------------------------------------------------------------

    def test_who_had_a_case_or_an_order_of_late(self):
        self.case()
        self.case(partner_id=self.colleague.id, opened_date=utc('2025-06-01 08:00'))
        self.create_case(partner_id=self.colleague.id)  # of another company
        self.assertEqual(self.to_ask(), self.contact)
        order = self.create_order(self.stranger, self.own)
        self.assertEqual(self.to_ask(), self.contact | self.stranger)
        order.date_order = utc('2025-06-01 08:00')
        self.assertEqual(self.to_ask(), self.contact)

    def test_nobody_who_opted_out_and_no_colleague(self):
        self.case()
        self.case(partner_id=self.agent.partner_id.id)
        self.case(partner_id=self.env['res.partner'].create({'name': 'No Address'}).id)
        self.env['mail.blacklist']._add(self.contact.email)
        self.assertFalse(self.to_ask())

    def test_only_with_consent_where_the_company_wants_it(self):
        self.case()
        self.case(partner_id=self.colleague.id)
        purpose = self.env['crm.consent.purpose'].create({'name': 'Survey', 'text': 'Ask me.'})
        consents = self.env['crm.consent']
        consents.create({
            'purpose_id': purpose.id, 'partner_id': self.contact.id, 'company_id': self.own.id})
        consents.create({
            'purpose_id': purpose.id, 'partner_id': self.colleague.id,
            'company_id': self.company.id})
        self.assertEqual(self.to_ask(), self.contact | self.colleague)
        self.own.service_nps_purpose_id = purpose
        self.assertEqual(self.to_ask(), self.contact)

    def test_one_question_for_one_address(self):
        twin = self.env['res.partner'].create({'name': 'Bea', 'email': self.contact.email.upper()})
        self.case(partner_id=twin.id)
        self.case()
        self.assertEqual(len(self.to_ask()), 1)
        self.answers._ask(self.own)
        self.assertFalse(self.to_ask())

    def test_not_again_too_soon(self):
        self.case()
        self.answers._ask(self.own)
        self.case(opened_date=utc('2026-12-01 08:00'))
        with freeze_time('2026-12-14 07:00'):
            self.assertFalse(self.to_ask(), '179 days and 23 hours later')
        with freeze_time('2026-12-14 09:00'):
            self.assertEqual(self.to_ask(), self.contact)

    def test_not_soon_after_the_question_about_a_case(self):
        self.case().satisfaction_asked_date = utc('2026-05-18 09:00')
        self.assertFalse(self.to_ask())
        with freeze_time('2026-06-17 10:00'):
            self.assertEqual(self.to_ask(), self.contact)

    def test_schedule(self):
        self.case()
        self.answers._cron_ask()
        asked = self.answers.search([('company_id', '=', self.own.id)])
        self.assertFalse(asked, 'off as long as nobody switches it on')
        self.own.service_nps_schedule = 'monthly'
        self.assertEqual(self.own.service_nps_date, date(2026, 6, 17))
        self.answers._cron_ask()
        self.assertEqual(self.own.service_nps_date, date(2026, 7, 17))
        asked = self.answers.search([('company_id', '=', self.own.id)])
        self.assertEqual(asked.partner_id, self.contact)
        mail = self.env['mail.mail'].search(
            [('model', '=', 'service.nps.answer'), ('res_id', '=', asked.id)])
        self.assertEqual(mail.recipient_ids, self.contact)
        self.assertIn(f'/service/nps/{asked.token}?score=10', mail.body_html)
        self.assertIn(f'/service/nps/{asked.token}/stop', mail.body_html)
        self.case(partner_id=self.stranger.id)
        self.answers._cron_ask()
        self.assertEqual(self.answers.search_count([('company_id', '=', self.own.id)]), 1)

    # ------------------------------------------------------------
    # ANSWERS
    # ------------------------------------------------------------

    def test_score_is_promoters_less_detractors(self):
        for score in (10, 9, 9, 8, 7, 6, 0):
            self.answer(score)
        self.answers.create({'company_id': self.own.id, 'partner_id': self.contact.id})
        shown = self.env.ref('crm_plus_service.service_nps_answer_action').domain
        domain = literal_eval(shown) + [('company_id', '=', self.own.id)]
        (score, count), = self.answers.with_user(self.manager).with_company(
            self.own)._read_group(domain, [], ['points:avg', '__count'])
        self.assertAlmostEqual(score, (3 - 2) / 7 * 100)
        self.assertEqual(count, 7, 'who has not answered does not count')

    def test_detractor_is_followed_up_once(self):
        answer = self.answer(6, 'Slow')
        self.assertEqual(answer.activity_ids.user_id, self.manager)
        answer._answer(2, 'Very slow')
        self.assertEqual(len(answer.activity_ids), 1)
        self.assertFalse(self.answer(7).activity_ids)

    def test_salesperson_of_the_customer_follows_up_if_they_may(self):
        self.contact.user_id = self.salesperson
        self.assertEqual(self.answer(1).activity_ids.user_id, self.manager)
        self.salesperson.company_ids += self.own
        self.assertEqual(self.answer(1).activity_ids.user_id, self.salesperson)

    def test_somebody_follows_up_even_where_nobody_was_named(self):
        self.own.service_nps_user_id = False
        user = self.answer(1).activity_ids.user_id
        self.assertTrue(user.has_group('crm_plus_service.group_manager'))
        self.assertIn(self.own, user.company_ids)

    def test_who_would_be_asked_is_shown_and_nobody_is_asked(self):
        self.case()
        self.manager.group_ids += self.env.ref('base.group_system')
        action = self.own.with_user(self.manager).action_preview_nps()
        found = self.env['res.partner'].with_user(self.manager).search(action['domain'])
        self.assertEqual(found, self.contact)
        self.assertFalse(self.answers.search([('company_id', '=', self.own.id)]))
        with self.assertRaises(AccessError):
            self.own.with_user(self.agent).action_preview_nps()

    def test_stands_on_the_timeline_and_in_the_figure(self):
        answer = self.answer(3, 'Slow', company=self.company)
        self.answer(9)
        entries = self.env['customer.timeline'].with_user(self.agent).search(
            [('partner_id', '=', self.customer.id), ('kind', '=', 'rating')])
        self.assertEqual((entries.res_model, entries.res_id), ('service.nps.answer', answer.id))
        self.assertEqual((entries.name, entries.satisfaction), ('3/10 Slow', 0.3))
        figure, = self.customer.with_user(self.agent)._get_satisfaction_figures()
        self.assertEqual((figure['display'], figure['hint']), ('30%', 'one answer'))

    def test_access(self):
        answer = self.answer(9, company=self.company)
        self.assertEqual(answer.with_user(self.agent).score, 9)
        for user in (self.far_agent, self.portal, self.accountant):
            with self.subTest(user=user.login), self.assertRaises(AccessError):
                answer.with_user(user).read(['score'])
        for user in (self.agent, self.manager):
            with self.subTest(user=user.login), self.assertRaises(AccessError):
                answer.with_user(user).write({'score': 10})
            with self.subTest(token=user.login), self.assertRaises(AccessError):
                answer.with_user(user).read(['token'])


@tagged('post_install', '-at_install')
class TestNpsPages(ServiceData, HttpCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.set_up_service()
        cls.answer = cls.env['service.nps.answer'].create(
            {'company_id': cls.company.id, 'partner_id': cls.contact.id})
        cls.url = f'/service/nps/{cls.answer.token}'

    def post(self, path, **data):
        page = self.url_open(path)
        csrf = re.search(r'name="csrf_token" value="([^"]+)"', page.text)[1]
        response = self.url_open(path, data={'csrf_token': csrf, **data})
        self.assertEqual(response.status_code, 200)
        self.env.invalidate_all()
        return response

    def test_opening_the_link_answers_nothing(self):
        page = self.url_open(f'{self.url}?score=9')
        self.assertRegex(page.text, r'value="9"[^>]*checked')
        self.assertEqual(page.headers['Referrer-Policy'], 'no-referrer')
        self.env.invalidate_all()
        self.assertFalse(self.answer.answered_date)

    def test_answer_and_change_it(self):
        self.assertIn('Thank you', self.post(self.url, score='9', comment=' Good ').text)
        self.assertEqual((self.answer.score, self.answer.comment), (9, 'Good'))
        self.post(self.url, score='4', comment='<script>alert(1)</script>')
        self.assertEqual((self.answer.score, self.answer.category), (4, 'detractor'))
        self.assertNotIn('<script>alert(1)', self.url_open(self.url).text)
        self.assertEqual(self.env['service.nps.answer'].search_count(
            [('partner_id', '=', self.contact.id)]), 1)

    def test_nonsense_is_asked_again(self):
        for score in ('11', '-1', 'x', '', '²', '9' * 5000):
            with self.subTest(score=score[:5]):
                self.assertIn('0 to 10', self.post(self.url, score=score).text)
                self.assertFalse(self.answer.answered_date)

    def test_long_comments_are_cut(self):
        self.post(self.url, score='8', comment='x' * 6000)
        self.assertEqual(len(self.answer.comment), 5000)

    def test_wrong_token(self):
        self.assertEqual(self.url_open('/service/nps/nothing').status_code, 404)

    def test_opting_out(self):
        self.url_open(f'{self.url}/stop')
        self.env.invalidate_all()
        self.assertFalse(self.contact.is_blacklisted)
        self.assertIn('no more', self.post(f'{self.url}/stop').text)
        self.assertTrue(self.contact.is_blacklisted)
