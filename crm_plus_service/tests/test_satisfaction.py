"""One question for each closed case, and what a bad answer leads to."""

import re

from freezegun import freeze_time

from odoo.tests import HttpCase, tagged

from .common import ServiceCommon, ServiceData

CLOSED = '2026-06-17 08:00'
LATER = '2026-06-18 09:00'


@tagged('post_install', '-at_install')
class TestSatisfaction(ServiceCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env['service.team'].search([]).ask_satisfaction = False
        with freeze_time('2026-01-01 08:00'):
            cls.team.ask_satisfaction = True
            cls.team.flush_recordset()

    def closed(self, when=CLOSED, **values):
        with freeze_time(when):
            case = self.create_case(**values)
            case.action_close()
            self.env.flush_all()
        return case

    def ask(self, when=LATER):
        with freeze_time(when):
            self.env['service.case']._cron_ask_satisfaction()

    def mails(self, case):
        return self.env['mail.mail'].search([
            ('model', '=', 'service.case'), ('res_id', '=', case.id),
            ('subject', 'ilike', 'how satisfied')])

    def rate(self, case, value, feedback=''):
        case.sudo().rating_apply(value, token=case._get_rating_token(), feedback=feedback)

    def test_each_closed_case_is_asked_about_once(self):
        case = self.closed()
        self.ask('2026-06-18 07:00')
        self.assertFalse(self.mails(case), 'a day has not passed')
        self.ask()
        mail = self.mails(case)
        self.assertEqual(mail.recipient_ids, self.contact)
        for value in (1, 3, 5):
            self.assertIn(f'/rate/{case.rating_ids.access_token}/{value}', mail.body_html)
        self.ask()
        with freeze_time('2026-06-19 08:00'):
            case.action_reopen()
            case.action_close()
            self.env.flush_all()
        self.ask('2026-06-21 08:00')
        self.assertEqual(len(self.mails(case)), 1)
        self.assertFalse(case.answer_count, 'the question is no answer to the customer')

    def test_who_is_not_asked(self):
        reopened = self.closed()
        reopened.action_reopen()
        cancelled = self.closed()
        cancelled.stage_id = self.env.ref('crm_plus_service.stage_cancelled')
        archived = self.closed()
        archived.active = False
        rated = self.closed()
        self.rate(rated, 5)
        old = self.closed('2026-05-01 08:00')
        before = self.closed('2025-12-31 08:00')
        nobody = self.closed(partner_id=False)
        blocked = self.closed(partner_id=self.stranger.id)
        self.env['mail.blacklist']._add(self.stranger.email)
        self.ask()
        self.ask('2026-01-01 09:00')
        for name, case in {
            'reopened': reopened, 'cancelled': cancelled, 'archived': archived, 'rated': rated,
            'old': old, 'before': before, 'nobody': nobody, 'blocked': blocked,
        }.items():
            with self.subTest(case=name):
                self.assertFalse(case.satisfaction_asked_date)
        self.team.ask_satisfaction = False
        quiet = self.closed()
        self.ask()
        self.assertFalse(quiet.satisfaction_asked_date)

    def test_a_rating_does_not_open_the_case_again(self):
        case = self.closed()
        self.rate(case, 1, 'Too slow.')
        self.assertTrue(case.closed_date)
        self.assertEqual(case.rating_last_feedback, 'Too slow.')
        self.assertFalse(case.awaiting_since)

    def test_bad_rating_opens_one_activity(self):
        self.team.follow_up_user_id = self.manager
        case = self.closed(user_id=self.agent.id)
        self.rate(case, 5)
        self.assertFalse(case.activity_ids)
        self.rate(case, 1, '<b>Too slow</b>')
        self.rate(case, 1, 'Much too slow')
        activity = case.activity_ids
        self.assertEqual(activity.user_id, self.manager)
        self.assertIn('&lt;b&gt;Too slow', str(activity.note))
        self.assertEqual(len(case.rating_ids), 1, 'the customer has changed their rating')

    def test_somebody_follows_up_whoever_is_gone(self):
        case = self.closed(user_id=self.agent.id)
        self.team.write({'leader_id': self.manager.id})
        self.agent.active = False
        self.rate(case, 1)
        self.assertEqual(case.activity_ids.user_id, self.manager, 'the leader of the team')
        self.team.write({'leader_id': False, 'member_ids': False})
        nobody = self.closed()
        self.rate(nobody, 1)
        user = nobody.activity_ids.user_id
        self.assertTrue(user.active and user.has_group('crm_plus_service.group_manager'))

    def test_what_is_bad_and_what_it_opens_says_the_team(self):
        self.team.write({'bad_rating': '3', 'bad_rating_follow_up': 'case'})
        case = self.closed()
        self.rate(case, 3, 'So so')
        follow_up = self.env['service.case'].search([('follow_up_of_id', '=', case.id)])
        self.assertEqual(follow_up.partner_id, self.contact)
        self.assertEqual(follow_up.team_id, self.team)
        self.assertIn('So so', follow_up.description)
        self.assertFalse(case.activity_ids)
        self.team.bad_rating_follow_up = 'nothing'
        quiet = self.closed()
        self.rate(quiet, 1)
        self.assertFalse(quiet.follow_up_date)

    def test_running_figure_of_the_customer(self):
        self.rate(self.closed(), 5)
        self.rate(self.closed(), 1)
        customer = self.customer.with_user(self.agent)
        figure = {it['key']: it for it in customer._customer_360_figures()}['satisfaction']
        self.assertEqual((figure['display'], figure['hint']), ('60%', '2 answers'))
        entries = self.env['customer.timeline'].with_user(self.agent).search(
            figure['action']['domain'])
        self.assertEqual(len(entries), 2)
        self.assertFalse(self.customer.with_user(self.far_agent)._get_satisfaction_figures())


@tagged('post_install', '-at_install')
class TestSatisfactionPages(ServiceData, HttpCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.set_up_service()
        cls.case = cls.create_case(user_id=cls.agent.id)

    def csrf(self, text):
        return re.search(r'name="csrf_token" value="([^"]+)"', text)[1]

    def test_customer_rates_in_the_portal(self):
        self.authenticate('bea', 'bea')
        self.assertNotIn('rate_case', self.url_open(f'/my/cases/{self.case.id}').text)
        self.case.action_close()
        self.assertIn('rate_case', self.url_open(f'/my/cases/{self.case.id}').text)
        page = self.url_open(f'/my/cases/{self.case.id}/rate/1')
        token = self.case.rating_ids.access_token
        self.assertTrue(page.url.endswith(f'/rate/{token}/1'))
        self.assertFalse(self.case.rating_ids.consumed, 'looking is not rating')
        self.url_open(f'/rate/{token}/submit_feedback', data={
            'rate': 1, 'feedback': 'Slow', 'csrf_token': self.csrf(page.text)})
        self.env.invalidate_all()
        self.assertEqual(self.case.rating_ids.mapped('rating'), [1])
        self.assertEqual(self.case.activity_ids.user_id, self.agent)
        self.assertTrue(self.case.closed_date)
        self.assertIn('You can change it', self.url_open(f'/my/cases/{self.case.id}').text)

    def test_strangers_do_not_rate(self):
        self.case.action_close()
        self.authenticate('sten', 'sten')
        self.url_open(f'/my/cases/{self.case.id}/rate/1')
        self.authenticate(None, None)
        self.url_open(f'/my/cases/{self.case.id}/rate/1')
        self.assertFalse(self.case.rating_ids)

    def test_no_other_number_and_no_open_case(self):
        self.authenticate('bea', 'bea')
        self.url_open(f'/my/cases/{self.case.id}/rate/5')
        self.case.action_close()
        self.url_open(f'/my/cases/{self.case.id}/rate/2')
        self.assertFalse(self.case.rating_ids)
