"""Who sees and does what with a case by the pages of customers: everybody tries every door."""

import json

from odoo.tests import tagged

from .access_common import AGENTS, COLLEAGUES, EVERYBODY, READERS, AccessCase


@tagged('post_install', '-at_install')
class TestAccessPortal(AccessCase):
    def setUp(self):
        super().setUp()
        self.path = f'/my/cases/{self.case.id}'

    # ------------------------------------------------------------
    # PAGES
    # ------------------------------------------------------------

    def test_page(self):
        self.assert_only(READERS, lambda login: 'Messages</h4>' in self.page(self.path))

    def test_page_by_token(self):
        token = self.case._portal_ensure_token()
        self.assert_only(
            EVERYBODY,
            lambda login: 'Messages</h4>' in self.page(f'{self.path}?access_token={token}'))

    def test_page_by_a_wrong_token(self):
        foreign = self.stranger_case._portal_ensure_token()
        for token in ('guess', foreign, self.case._portal_ensure_token()[:-1], ''):
            self.assert_only(
                READERS,
                lambda login, token=token: 'Messages</h4>' in self.page(
                    f'{self.path}?access_token={token}'))

    def test_list(self):
        self.assert_only(READERS, lambda login: self.case.number in self.page('/my/cases'))
        self.assert_only(
            COLLEAGUES | {'sten'},
            lambda login: self.stranger_case.number in self.page('/my/cases'))
        self.assert_only(
            {'far_agent'}, lambda login: self.far_case.number in self.page('/my/cases'))

    def test_list_of_colleagues_if_their_company_wants_that(self):
        self.customer.portal_company_cases = True
        self.assert_only(
            READERS | {'ben'}, lambda login: self.case.number in self.page('/my/cases'))
        self.assert_only(READERS | {'ben'}, lambda login: 'Messages</h4>' in self.page(self.path))

    # ------------------------------------------------------------
    # MESSAGES
    # ------------------------------------------------------------

    def shown(self, **access):
        return json.dumps(self.call(
            '/mail/chatter_fetch', thread_model='service.case', thread_id=self.case.id, **access))

    def test_messages(self):
        self.assert_only(READERS, lambda login: 'Which bulb?' in self.shown())
        self.assert_only(READERS, lambda login: 'Which bulb?' in self.shown(token='guess'))

    def test_no_customer_sees_a_note(self):
        token = self.case._portal_ensure_token()
        for access in ({}, {'token': token}):
            for login in set(EVERYBODY) - COLLEAGUES:
                with self.subTest(login=login, access=access):
                    self.log_in(login)
                    shown = self.shown(**access)
                    self.assertNotIn('Difficult one.', shown)
                    self.assertNotIn('margin', shown)

    def say(self, **params):
        """Write to the case; return the message."""
        before = self.case.message_ids
        self.call(
            '/mail/message/post', thread_model='service.case', thread_id=self.case.id, post_data={
                'body': 'Hello?', 'message_type': 'comment', 'subtype_xmlid': 'mail.mt_comment',
            }, **params)
        return (self.case.message_ids - before).filtered(
            lambda message: message.message_type == 'comment')

    def test_writing(self):
        foreign = self.stranger_case._portal_ensure_token()
        for params in ({}, {'token': 'guess'}, {'token': foreign}):
            self.assert_only(READERS, lambda login, params=params: self.say(**params))

    def test_writing_by_token_is_in_the_name_of_the_customer(self):
        self.log_in('public')
        token = self.case._portal_ensure_token()
        self.assertEqual(self.say(token=token).author_id, self.contact)
        signed = {'pid': self.contact.id, 'hash': self.case._sign_token(self.contact.id)}
        self.assertEqual(self.say(**signed).author_id, self.contact)
        for forged in ({'pid': self.stranger.id}, {'hash': 'guess'}):
            self.assertFalse(self.say(**{**signed, **forged}))

    def test_changing_what_somebody_has_written(self):
        path = '/mail/message/update_content'
        message = self.case.with_user(self.portal).message_post(
            body='It is dark', message_type='comment', subtype_xmlid='mail.mt_comment')

        def change(login):
            self.call(path, message_id=message.id, update_data={'body': f'Changed by {login}'})
            return login in message.body

        self.assert_only({'bea'}, change)

    def test_making_others_follow(self):
        def subscribe(login):
            self.case.message_unsubscribe(self.colleague.ids)
            self.call(
                '/mail/thread/subscribe', res_model='service.case', res_id=self.case.id,
                partner_ids=self.colleague.ids)
            return self.colleague in self.case.message_partner_ids

        self.assert_only(AGENTS, subscribe)

    # ------------------------------------------------------------
    # FILES
    # ------------------------------------------------------------

    def test_files(self):
        for message, content in ((self.answer, b'a list of bulbs'), (self.note, b'what we earn')):
            path = f'/web/content/{message.attachment_ids.id}'
            for query, allowed in (('', COLLEAGUES), ('?access_token=guess', ())):
                self.assert_only(
                    allowed, lambda login, path=path + query, content=content: (
                        content in self.url_open(path).content))

    def test_customer_is_given_the_token_of_the_files_of_answers_alone(self):
        self.log_in('bea')
        file = self.answer.attachment_ids
        shown = self.call(
            '/mail/chatter_fetch', thread_model='service.case', thread_id=self.case.id
        )['result']['data']['mail.message']
        [shown] = [it for message in shown for it in message['attachment_ids']]
        self.assertEqual(shown['id'], file.id)
        token = shown['raw_access_token']
        path = f'/web/content/{file.id}?access_token={token}'
        self.assertEqual(self.url_open(path).content, b'a list of bulbs')
        path = f'/web/content/{self.note.attachment_ids.id}?access_token={token}'
        self.assertNotIn(b'what we earn', self.url_open(path).content)

    def test_original_message_that_needs_attention(self):
        entry = self.env['service.intake'].create({
            'subject': 'Broken', 'team_id': self.team.id, 'company_id': self.company.id,
            'source': 'QnJva2VuIG1haWw=',
        })
        path = f'/web/content/service.intake/{entry.id}/source'
        self.assert_only(AGENTS, lambda login: b'Broken mail' in self.url_open(path).content)

    # ------------------------------------------------------------
    # WISHES
    # ------------------------------------------------------------

    def close(self, **values):
        if self.case.closed_date:
            self.case.action_reopen()
        self.post(f'{self.path}/close', **values)
        return self.case.closed_date

    def test_closing(self):
        self.assert_only(AGENTS | {'bea'}, lambda login: self.close())
        self.assert_only(AGENTS | {'bea'}, lambda login: self.close(access_token='guess'))

    def test_closing_by_token(self):
        # colleagues are asked for their own right to change the case, whatever link they have
        token = self.case._portal_ensure_token()
        self.assert_only(
            AGENTS | {'public', 'bea', 'ben', 'sten'},
            lambda login: self.close(access_token=token))

    def test_opening_again(self):
        def reopen(login):
            self.case.action_close()
            self.post(f'{self.path}/reopen')
            return not self.case.closed_date

        self.assert_only(AGENTS | {'bea'}, reopen)

    def test_new_case(self):
        def open_case(login):
            self.post('/my/cases/new', name=f'New of {login}', description='Dark',
                      partner_id=self.stranger.id, team_id=self.other_team.id)
            case = self.env['service.case'].search([('name', '=', f'New of {login}')])
            if case:
                self.assertEqual(case.partner_id, self.user(login).partner_id)
                self.assertEqual(case.team_id, self.team)
            return case

        # whoever has an account in this company: colleagues are customers of their own portal, too
        self.assert_only(set(EVERYBODY) - {'public', 'far_agent'}, open_case)
