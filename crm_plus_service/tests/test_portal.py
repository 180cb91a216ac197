"""The portal as its customers, its strangers and its attackers use it."""

import json
import re
from unittest.mock import patch

from odoo.addons.crm_plus_service.controllers.portal import ServicePortal
from odoo.tests import HttpCase, tagged
from odoo.tools import mute_logger

from .common import ServiceData


@tagged('post_install', '-at_install')
class TestPortal(ServiceData, HttpCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.set_up_service()
        cls.team.use_in_portal = True
        cls.case = cls.create_case(sale_order_id=cls.order.id)
        cls.colleague_case = cls.create_case('Shade is torn', partner_id=cls.colleague.id)
        cls.stranger_case = cls.create_case('Bill too high', partner_id=cls.stranger.id)

    def log_in(self, login):
        self.authenticate(login, login)

    def page(self, path, **kwargs):
        response = self.url_open(path, **kwargs)
        self.assertEqual(response.status_code, 200)
        return response

    def call(self, path, **params):
        return self.url_open(
            path,
            data=json.dumps({'jsonrpc': '2.0', 'params': params}),
            headers={'Content-Type': 'application/json'},
        ).json()

    def post_message(self, case, **params):
        return self.call(
            '/mail/message/post',
            thread_model='service.case',
            thread_id=case.id,
            post_data={
                'body': 'Hello?',
                'message_type': 'comment',
                'subtype_xmlid': 'mail.mt_comment',
            },
            **params,
        )

    def comments(self, case):
        return case.message_ids.filtered(lambda message: message.message_type == 'comment')

    # ------------------------------------------------------------
    # LIST
    # ------------------------------------------------------------

    def test_customer_lists_own_cases_alone(self):
        self.log_in('bea')
        text = self.page('/my/cases').text
        self.assertIn('Lamp does not light', text)
        self.assertIn(self.case.number, text)
        self.assertNotIn('Shade is torn', text)
        self.assertNotIn('Bill too high', text)
        counters = self.call('/my/counters', counters=['case_count'])['result']
        self.assertEqual(counters['case_count'], 1)

    def test_filter_search_sort_and_pages(self):
        self.case.action_close()
        self.create_case('Cable too short')
        self.log_in('bea')
        text = self.page('/my/cases?filterby=closed&sortby=name').text
        self.assertIn('Lamp does not light', text)
        self.assertNotIn('Cable too short', text)
        text = self.page('/my/cases?search=cable&search_in=all').text
        self.assertIn('Cable too short', text)
        self.assertNotIn('Lamp does not light', text)
        text = self.page(f'/my/cases?search={self.order.name}&search_in=order').text
        self.assertIn('Lamp does not light', text)
        self.assertIn('No case matches', self.page('/my/cases?search=nothing').text)
        self.page('/my/cases?sortby=evil&filterby=evil&search_in=evil')
        with patch.object(ServicePortal, '_items_per_page', 1):
            self.assertIn('Lamp does not light', self.page('/my/cases/page/2').text)

    def test_visitor_must_log_in(self):
        self.assertIn('/web/login', self.page('/my/cases').url)
        self.assertIn('/web/login', self.page('/my/cases/new').url)

    def test_list_takes_a_fixed_number_of_queries(self):
        self.env['service.case'].create(
            [
                {'name': f'Case {n}', 'partner_id': self.contact.id, 'team_id': self.team.id}
                for n in range(60)
            ]
        )
        self.log_in('bea')
        self.page('/my/cases')
        counts = []
        for step in (5, 50):
            with patch.object(ServicePortal, '_items_per_page', step):
                before = self.cr.sql_log_count
                self.page('/my/cases')
                counts.append(self.cr.sql_log_count - before)
        self.assertEqual(*counts)

    # ------------------------------------------------------------
    # ONE CASE
    # ------------------------------------------------------------

    def test_customer_sees_own_case_with_messages(self):
        self.case.message_post(body='Difficult one.', subtype_xmlid='mail.mt_note')
        self.case.message_post(
            body='Which bulb?', message_type='comment', subtype_xmlid='mail.mt_comment'
        )
        self.log_in('bea')
        text = self.page(f'/my/cases/{self.case.id}').text
        self.assertIn('Lamp does not light', text)
        self.assertIn(f'/my/orders/{self.order.id}', text)
        result = self.call(
            '/mail/chatter_fetch', thread_model='service.case', thread_id=self.case.id
        )['result']
        bodies = str(result['data']['mail.message'])
        self.assertIn('Which bulb?', bodies)
        self.assertNotIn('Difficult one.', bodies)

    def test_case_of_somebody_else_is_refused(self):
        for login, case in (('bea', self.colleague_case), ('bea', self.stranger_case)):
            self.log_in(login)
            for path in (f'/my/cases/{case.id}', f'/my/cases/{case.id}?access_token=guess'):
                response = self.page(path)
                self.assertTrue(response.url.endswith('/my'), response.url)
                self.assertNotIn(case.name, response.text)
        self.page('/my/cases/987654321')

    def test_token_opens_one_case_and_no_other(self):
        token = self.case._portal_ensure_token()
        self.authenticate(None, None)
        self.assertIn(
            'Lamp does not light', self.page(f'/my/cases/{self.case.id}?access_token={token}').text
        )
        for path in (
            f'/my/cases/{self.case.id}',
            f'/my/cases/{self.case.id}?access_token=',
            f'/my/cases/{self.case.id}?access_token={token[:-1]}',
            f'/my/cases/{self.stranger_case.id}?access_token={token}',
        ):
            self.assertNotIn('Messages</h4>', self.page(path).text, path)

    # ------------------------------------------------------------
    # ANSWERING
    # ------------------------------------------------------------

    def test_answer_of_the_customer_opens_a_closed_case(self):
        self.case.action_close()
        self.log_in('bea')
        self.post_message(self.case)
        self.assertEqual(self.comments(self.case).author_id, self.contact)
        self.assertFalse(self.case.closed_date)
        self.assertEqual(self.case.stage_id, self.stage_new)

    @mute_logger('odoo.http')
    def test_answer_to_somebody_elses_case_is_refused(self):
        own_token = self.case._portal_ensure_token()
        own_hash = self.case._sign_token(self.contact.id)
        forgeries = (
            {},
            {'token': 'guess'},
            {'token': own_token},
            {'hash': own_hash, 'pid': self.contact.id},
            {'hash': 'guess', 'pid': self.stranger.id},
        )
        for login in ('bea', None):
            self.authenticate(login, login)
            for forgery in forgeries:
                result = self.post_message(self.stranger_case, **forgery)
                self.assertIn('error', result, forgery)
        self.assertFalse(self.comments(self.stranger_case))

    @mute_logger('odoo.http')
    def test_messages_of_somebody_elses_case_are_refused(self):
        message = self.stranger_case.message_post(
            body='Secret', message_type='comment', subtype_xmlid='mail.mt_comment'
        )
        token = self.case._portal_ensure_token()
        self.log_in('bea')
        for params in ({}, {'token': 'guess'}, {'token': token}):
            answer = self.call(
                '/mail/chatter_fetch',
                thread_model='service.case',
                thread_id=self.stranger_case.id,
                **params,
            )
            self.assertNotIn('Secret', json.dumps(answer))
        for path, params in (
            (
                '/mail/message/update_content',
                {'message_id': message.id, 'update_data': {'body': 'x'}},
            ),
            ('/mail/message/reaction', {'message_id': message.id, 'content': 'x', 'action': 'add'}),
        ):
            self.assertIn('error', self.call(path, **params), path)
        self.assertIn('Secret', message.body)

    @mute_logger('odoo.http', 'odoo.addons.base.models.ir_model', 'odoo.addons.base.models.ir_rule')
    def test_remote_calls_are_refused(self):
        self.log_in('bea')
        for case, method, args in (
            (self.stranger_case, 'read', [['name', 'access_token']]),
            (self.stranger_case, 'message_post', []),
            (self.case, 'write', [{'partner_id': self.stranger.id}]),
            (self.case, 'action_close', []),
            (self.case, 'unlink', []),
            (self.case, 'read', [['target_ids']]),
        ):
            answer = self.call(
                f'/web/dataset/call_kw/service.case/{method}',
                model='service.case',
                method=method,
                args=[case.ids, *args],
                kwargs={},
            )
            self.assertIn('error', answer, (case, method))

    def test_files_are_seen_by_the_customer_alone(self):
        message = self.case.message_post(
            body='See the photo',
            message_type='comment',
            subtype_xmlid='mail.mt_comment',
            attachments=[('photo.txt', b'broken glass')],
        )
        path = f'/web/content/{message.attachment_ids.id}'
        fetch = {'thread_model': 'service.case', 'thread_id': self.case.id}
        self.log_in('bea')
        shown = self.call('/mail/chatter_fetch', **fetch)['result']['data']['mail.message']
        token = shown[0]['attachment_ids'][0]['raw_access_token']
        opened = self.url_open(f'{path}?access_token={token}')
        self.assertEqual(opened.content, b'broken glass')
        for login in ('ben', 'sten', None):
            self.authenticate(login, login)
            for query in ('', '?access_token=guess'):
                self.assertNotIn(b'broken glass', self.url_open(path + query).content, login)
            with mute_logger('odoo.http'):
                self.assertNotIn('photo', json.dumps(self.call('/mail/chatter_fetch', **fetch)))

    # ------------------------------------------------------------
    # NEW CASE
    # ------------------------------------------------------------

    def fetch(self):
        form = self.page('/my/cases/new').text
        return dict(re.findall(r'name="(csrf_token|form_key)" value="([^"]+)"', form))

    def submit(self, hidden=None, files=None, **values):
        data = {**(hidden or self.fetch()), **values}
        return self.url_open('/my/cases/new', data=data, files=files)

    def own_cases(self):
        return self.env['service.case'].search(
            [('partner_id', '=', self.contact.id)], order='id desc'
        )

    def test_customer_opens_a_case(self):
        self.log_in('bea')
        response = self.submit(
            name='Wrong colour',
            description='It is <b>blue</b>.\nI ordered red.',
            type_id=self.env.ref('crm_plus_service.type_complaint').id,
            sale_order_id=self.order.id,
        )
        case = self.own_cases()[0]
        self.assertTrue(response.url.endswith(f'/my/cases/{case.id}'))
        self.assertEqual(case.name, 'Wrong colour')
        self.assertEqual(case.team_id, self.team)
        self.assertEqual(case.sale_order_id, self.order)
        self.assertEqual(case.type_id, self.env.ref('crm_plus_service.type_complaint'))
        self.assertFalse(case.user_id)
        self.assertTrue(case.target_ids)
        self.assertIn('&lt;b&gt;blue&lt;/b&gt;', case.description)

    def test_form_says_what_is_wrong_and_keeps_what_was_written(self):
        foreign_order = self.create_order(self.stranger)
        hidden_type = self.env.ref('crm_plus_service.type_dispute')
        before = self.own_cases()
        self.log_in('bea')
        for values, said in (
            ({'name': ' ', 'description': 'Kept text'}, 'in a few words'),
            ({'name': 'x' * 151, 'description': 'Kept text'}, 'at most 150 characters'),
            ({'name': 'Kept text', 'description': ''}, 'describe what you need'),
            ({'name': 'Kept text', 'description': 'x' * 10_001}, 'at most 10000 characters'),
            (
                {'name': 'A', 'description': 'Kept text', 'sale_order_id': foreign_order.id},
                'one of your orders',
            ),
            (
                {'name': 'A', 'description': 'Kept text', 'sale_order_id': '1 OR 1=1'},
                'one of your orders',
            ),
            (
                {'name': 'A', 'description': 'Kept text', 'type_id': hidden_type.id},
                'one of the topics',
            ),
        ):
            text = self.submit(**values).text
            self.assertIn(said, text)
            self.assertIn('Kept text', text)
        self.assertEqual(self.own_cases(), before)

    @mute_logger('odoo.http')
    def test_form_of_another_site_is_refused(self):
        before = self.own_cases()
        self.log_in('bea')
        for data in ({}, {'csrf_token': 'guess'}):
            values = {'name': 'A', 'description': 'B', **data}
            self.assertEqual(self.url_open('/my/cases/new', data=values).status_code, 400)
        self.assertEqual(self.own_cases(), before)

    def test_forged_fields_are_ignored(self):
        self.log_in('bea')
        self.submit(
            name='A',
            description='B',
            partner_id=self.stranger.id,
            team_id=self.other_team.id,
            user_id=self.agent.id,
            priority='3',
        )
        case = self.own_cases()[0]
        self.assertEqual((case.team_id, case.priority), (self.team, '0'))
        self.assertFalse(case.user_id)

    def test_flood_is_refused(self):
        self.log_in('bea')
        self.company.service_portal_cases_per_day = 2
        self.submit(name='A', description='B')
        text = self.submit(name='C', description='D').text
        self.assertIn('many cases today', text)
        self.assertEqual(self.own_cases()[0].name, 'A')

    def test_form_that_is_sent_again_opens_one_case(self):
        self.log_in('bea')
        before = self.own_cases()
        self.company.service_portal_cases_per_day = len(before) + 1
        hidden = self.fetch()
        answers = [
            self.submit(hidden, [('files', ('a.txt', b'glass'))], name='A', description='B')
            for _time in range(2)
        ]
        case = self.own_cases() - before
        self.assertEqual(len(case), 1)
        self.assertEqual({answer.url.rpartition('/')[2] for answer in answers}, {str(case.id)})
        attachments = self.env['ir.attachment'].search(
            [('res_model', '=', 'service.case'), ('res_id', '=', case.id)]
        )
        self.assertEqual(attachments.mapped('name'), ['a.txt'])

    def test_what_is_written_after_going_back_is_another_case(self):
        self.log_in('bea')
        before = self.own_cases()
        hidden = self.fetch()
        self.submit(hidden, name='A', description='B')
        self.submit(hidden, name='A', description='C')
        self.assertEqual(len(self.own_cases() - before), 2)

    def test_form_of_somebody_else_opens_a_case_of_ones_own(self):
        self.log_in('bea')
        form_key = self.fetch()['form_key']
        self.submit(name='A', description='B', form_key=form_key)
        self.log_in('sten')
        self.submit(name='A', description='B', form_key=form_key)
        cases = self.env['service.case'].search([('name', '=', 'A')])
        self.assertEqual(cases.partner_id, self.contact | self.stranger)

    def test_no_team_no_form(self):
        self.team.use_in_portal = False
        self.log_in('bea')
        self.assertNotIn('/my/cases/new', self.page('/my/cases').text)
        self.assertTrue(self.page('/my/cases/new').url.endswith('/my/cases'))

    def test_customer_answers_in_the_browser(self):
        self.case.action_close()
        self.start_tour(f'/my/cases/{self.case.id}', 'service_portal_answer', login='bea')
        self.assertIn('It happened again', self.comments(self.case).body)
        self.assertFalse(self.case.closed_date)
