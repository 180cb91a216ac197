"""Who does what with cases through the API, each with their own key; and who listens to whom."""

import base64

from odoo.tests import tagged

from .access_common import AGENTS, COLLEAGUES, EVERYBODY, READERS, AccessCase
from .test_monitor import channels_for

WITH_KEYS = tuple(login for login in EVERYBODY if login != 'public')


@tagged('post_install', '-at_install')
class TestAccessApi(AccessCase):
    def setUp(self):
        super().setUp()
        self.authenticate(None, None)
        self.keys = {login: self.key_of(login) for login in WITH_KEYS}

    def assert_only_by_key(self, allowed, door):
        """Let everybody try with their key, and one without: who is allowed gets in."""
        for login, key in {**self.keys, 'nobody': 'guess'}.items():
            with self.subTest(login=login):
                self.assertEqual(bool(door(login, key)), login in allowed)

    def call_door(self, model, method, **arguments):
        return lambda login, key: self.api(key, model, method, **arguments)

    # ------------------------------------------------------------
    # CASES
    # ------------------------------------------------------------

    def test_reading(self):
        self.assert_only_by_key(READERS, self.call_door(
            'service.case', 'read', ids=self.case.ids, fields=['name']))
        self.assert_only_by_key(READERS, self.call_door(
            'service.case', 'search_read', domain=[['id', '=', self.case.id]], fields=['name']))
        self.assert_only_by_key(READERS, self.call_door(
            'service.case', 'search_count', domain=[['number', '=', self.case.number]]))
        self.assert_only_by_key({'far_agent'}, self.call_door(
            'service.case', 'read', ids=self.far_case.ids, fields=['name']))

    def test_grouping_counts_nothing_that_is_not_seen(self):
        def count(login, key):
            groups = self.api(
                key, 'service.case', 'formatted_read_group', domain=[['id', '=', self.case.id]],
                groupby=['team_id'], aggregates=['__count'])
            return groups and groups[0]['__count']

        self.assert_only_by_key(READERS, count)

    def test_nothing_is_told_by_asking_for_it(self):
        """Conditions on what one may not read, letter by letter."""
        for domain in (
            [['target_ids.hours', '>', 0]],
            [['team_id.hourly_cost', '>=', 0]],
            [['message_ids.body', 'ilike', 'Difficult']],
            [['user_id.login', '=like', 'a%']],
        ):
            answer = self.api(self.keys['bea'], 'service.case', 'search_read', domain=domain)
            self.assertFalse(answer, domain)
        self.assertIsNone(self.api(
            self.keys['agent'], 'service.case', 'search_read',
            domain=[['team_id.hourly_cost', '>=', 0]]))

    def test_customers_read_these_fields_and_no_other(self):
        """A new field of cases is for colleagues alone, unless it is named here."""
        cases = self.env['service.case'].with_user(self.portal)
        ours = {
            name for name in cases.fields_get(attributes=['type'])
            if cases._fields[name]._module == 'crm_plus_service'
        }
        self.assertEqual(ours, {
            'active', 'closed_date', 'commercial_partner_id', 'company_id', 'create_date',
            'create_uid', 'currency_id', 'description', 'email_from', 'email_normalized',
            'invoice_id', 'name', 'number', 'opened_date', 'partner_id', 'partner_phone',
            'priority', 'product_id', 'sale_order_id', 'stage_id', 'team_id', 'type_id', 'user_id',
            'write_date', 'write_uid',
        })

    def test_changing(self):
        def change(login, key):
            self.api(key, 'service.case', 'write', ids=self.case.ids,
                     vals={'name': f'Changed by {login}'})
            return self.case.name == f'Changed by {login}'

        self.assert_only_by_key(AGENTS, change)

    def test_actions(self):
        def close(login, key):
            if self.case.closed_date:
                self.case.action_reopen()
            self.api(key, 'service.case', 'action_close', ids=self.case.ids)
            return self.case.closed_date

        def take(login, key):
            self.case.user_id = False
            self.api(key, 'service.case', 'action_assign_to_me', ids=self.case.ids)
            return self.case.user_id

        self.assert_only_by_key(AGENTS, close)
        self.case.action_reopen()
        self.assert_only_by_key(AGENTS, take)

    def test_creating(self):
        def create(login, key):
            return self.api(key, 'service.case', 'create', vals_list=[
                {'name': f'New of {login}', 'team_id': self.team.id, 'partner_id': self.contact.id}])

        self.assert_only_by_key(AGENTS, create)

    def test_deleting(self):
        def delete(login, key):
            case = self.create_case('To be deleted')
            self.api(key, 'service.case', 'unlink', ids=case.ids)
            return not case.exists()

        self.assert_only_by_key({'manager'}, delete)

    # ------------------------------------------------------------
    # MESSAGES AND FILES
    # ------------------------------------------------------------

    def post(self, login, key, case=None, **values):
        """Write to the case; return the message, wherever it stands."""
        messages = self.env['mail.message']
        last = messages.search([], order='id desc', limit=1)
        self.api(key, 'service.case', 'message_post', ids=(case or self.case).ids,
                 body=f'Said by {login}', **values)
        return messages.search([('id', '>', last.id), ('body', 'ilike', f'Said by {login}')])

    def test_writing_messages(self):
        answer = {'message_type': 'comment', 'subtype_xmlid': 'mail.mt_comment'}
        self.assert_only_by_key(
            READERS, lambda login, key: self.post(login, key, **answer))
        note = {'message_type': 'comment', 'subtype_xmlid': 'mail.mt_note'}
        self.assert_only_by_key(COLLEAGUES, lambda login, key: self.post(login, key, **note))

    def test_customers_write_in_no_other_name(self):
        message = self.post(
            'bea', self.keys['bea'], message_type='comment', subtype_xmlid='mail.mt_comment',
            author_id=self.agent.partner_id.id, email_from=self.agent.email)
        self.assertNotEqual(message.author_id, self.agent.partner_id)
        self.assertFalse(self.case.first_response_date)

    def test_reading_messages(self):
        for message, allowed in ((self.answer, READERS), (self.note, COLLEAGUES)):
            self.assert_only_by_key(allowed, self.call_door(
                'mail.message', 'search_read', domain=[['id', '=', message.id]], fields=['body']))
            self.assert_only_by_key(allowed, self.call_door(
                'mail.message', 'read', ids=message.ids, fields=['body']))

    def test_reading_files(self):
        # customers get them by the links in their messages alone
        for file in (self.answer + self.note).attachment_ids:
            self.assert_only_by_key(COLLEAGUES, self.call_door(
                'ir.attachment', 'search_read', domain=[['id', '=', file.id]], fields=['raw']))

    def test_a_merged_case_is_no_way_around(self):
        """Who may not write on a case does not write on the one that it goes on as, either."""
        own = self.create_case('Shade is torn', partner_id=self.colleague.id)
        own.with_user(self.manager)._merge_into(self.stranger_case.with_user(self.manager))
        values = {'message_type': 'comment', 'subtype_xmlid': 'mail.mt_comment'}
        self.assert_only_by_key(
            COLLEAGUES | {'ben'}, lambda login, key: self.post(login, key, own, **values))
        message = self.post('ben', self.keys['ben'], own, **values,
                            author_id=self.agent.partner_id.id, email_from=self.agent.email)
        self.assertEqual(message.res_id, self.stranger_case.id)
        self.assertEqual(message.author_id, self.colleague)
        self.assertIn(self.colleague.email, message.email_from)
        file = self.answer.attachment_ids
        self.assertFalse(self.post(
            'ben', self.keys['ben'], own, **values, attachment_ids=file.ids))

    def test_nobody_says_by_hand_where_a_case_goes_on(self):
        """Whoever writes on it would write there, in another company too."""
        values = {
            'merged_into_id': self.far_case.id, 'active': False, 'stage_id': self.stage_solved.id}
        for login in ('agent', 'manager'):
            key = self.keys[login]
            self.assertIsNone(
                self.api(key, 'service.case', 'write', ids=self.case.ids, vals=values))
            self.assertIsNone(self.api(key, 'service.case', 'create', vals_list=[
                {**values, 'name': 'Way in', 'team_id': self.team.id}]))
        self.assertFalse(self.case.merged_into_id)

    def test_nobody_follows_by_a_made_up_mail(self):
        """What the mail gateway calls can be called by everybody."""
        copied = {'to_filtered': '', 'cc_filtered': self.colleague.email, 'cc': ''}

        def follow(login, key):
            self.case.message_unsubscribe(self.colleague.ids)
            self.api(key, 'service.case', 'message_update', ids=self.case.ids, msg_dict=copied)
            return self.colleague in self.case.message_partner_ids

        self.assert_only_by_key(AGENTS, follow)

    # ------------------------------------------------------------
    # THE REST
    # ------------------------------------------------------------

    def test_reports(self):
        domain = [['case_id', '=', self.case.id]]
        self.env.flush_all()
        self.assert_only_by_key(COLLEAGUES, self.call_door(
            'service.case.report', 'search_read', domain=domain, fields=['case_id']))
        self.assert_only_by_key(COLLEAGUES, self.call_door(
            'service.case.target', 'search_read', domain=domain, fields=['deadline']))
        self.assert_only_by_key({'manager'}, self.call_door(
            'service.case.report', 'search_read', domain=domain, fields=['cost']))

    def test_monitor(self):
        def teams(login, key):
            page = self.api(key, 'service.monitor', 'get_monitor') or {'teams': []}
            return {team['id'] for team in page['teams']}

        self.assert_only_by_key(
            {'agent', 'lead', 'manager'}, lambda login, key: self.team.id in teams(login, key))
        self.assert_only_by_key(
            {'second_agent', 'manager'},
            lambda login, key: self.second_team.id in teams(login, key))
        self.assertNotIn(self.other_team.id, teams('manager', self.keys['manager']))

    def test_giving_cases_away(self):
        def give(login, key):
            self.case.user_id = False
            self.api(key, 'service.monitor', 'reassign', case_id=self.case.id,
                     team_id=self.team.id, user_id=self.agent.id, seen_user_id=False)
            return self.case.user_id

        self.assert_only_by_key({'agent', 'lead', 'manager'}, give)

    def test_answering_a_hand_over(self):
        def accept(login, key):
            handover = self.case._hand_over(self.second_team, 'Too difficult')
            self.api(key, 'service.handover', 'action_accept', ids=handover.ids)
            if handover.state == 'accepted':
                self.case.team_id = self.team
                return True
            handover.action_withdraw()
            return False

        self.assert_only_by_key({'second_agent', 'manager'}, accept)

    def test_saying_who_is_absent(self):
        profile = self.env['service.agent'].create(
            {'user_id': self.agent.id, 'company_id': self.company.id})

        def go(login, key):
            profile.action_come_back()
            self.api(key, 'service.agent', 'action_go', ids=profile.ids)
            return profile.absent_from

        self.assert_only_by_key({'agent', 'manager'}, go)

    def test_messages_that_need_attention(self):
        source = base64.b64encode(b'Subject: Broken')
        entry, unknown = self.env['service.intake'].create([
            {'source': source, 'team_id': self.team.id, 'company_id': self.company.id},
            {'source': source},
        ])
        for it, allowed in ((entry, AGENTS), (unknown, {'manager'})):
            self.assert_only_by_key(allowed, self.call_door(
                'service.intake', 'read', ids=it.ids, fields=['subject']))
            self.assert_only_by_key(allowed, self.call_door(
                'service.intake', 'action_make_case', ids=it.ids))

    def test_who_is_at_a_case(self):
        self.assert_only_by_key(COLLEAGUES, self.call_door(
            'service.case', 'note_presence', ids=self.case.ids, activity='reading'))
        self.assert_only_by_key(COLLEAGUES, lambda login, key: self.api(
            key, 'service.case', 'get_news', ids=self.case.ids, message_id=0) is not None)

    def test_private_methods_are_no_doors(self):
        for model, method in (
            ('service.case', '_merge_into'), ('service.case', '_note_answer'),
            ('service.intake', '_keep'), ('service.entitlement', '_read_coverage'),
            ('service.web.request', '_open'), ('service.nps.answer', '_answer'),
        ):
            self.assertIsNone(self.api(self.keys['manager'], model, method), method)

    def test_who_listens(self):
        monitor = f'service_monitor_{self.team.id}'
        presence = f'service_case_presence_{self.case.id}'
        for login in EVERYBODY:
            with self.subTest(login=login):
                channels = [
                    it for it in channels_for(self.user(login), [monitor, presence])
                    if isinstance(it, tuple)]
                self.assertEqual(
                    (self.team, 'monitor') in channels, login in ('agent', 'lead', 'manager'))
                self.assertEqual((self.case, 'presence') in channels, login in COLLEAGUES)
