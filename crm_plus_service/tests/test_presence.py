"""Who else is at a case: who hears of it, and what was written while one was at it."""

import json

from odoo.exceptions import AccessError
from odoo.tests import tagged
from odoo.tools import mute_logger

from .common import ServiceCommon
from .test_monitor import channels_for


@tagged('post_install', '-at_install')
class TestPresence(ServiceCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.case = cls.create_case()

    def post(self, user, body, **values):
        return self.case.with_user(user).message_post(
            body=body, message_type='comment',
            **{'subtype_xmlid': 'mail.mt_comment', **values})

    def news(self, user, since):
        return [
            (it['author'], it['is_from_customer'], it['preview'])
            for it in self.case.with_user(user).get_news(since)
        ]

    def test_others_on_the_case_hear_it(self):
        self.env.cr.flush()
        self.case.with_user(self.agent).note_presence('answering')
        self.env.cr.flush()
        row = self.env['bus.bus'].search([], order='id desc', limit=1)
        self.assertEqual(json.loads(row.channel)[1:], ['service.case', self.case.id, 'presence'])
        self.assertEqual(json.loads(row.message), {
            'type': 'crm_plus_service.presence',
            'payload': {
                'case_id': self.case.id, 'user_id': self.agent.id, 'name': self.agent.name,
                'activity': 'answering', 'is_new': False,
            },
        })

    def test_who_comes_learns_the_newest_message(self):
        message = self.post(self.manager, 'Hello')
        self.assertEqual(
            self.case.with_user(self.agent).note_presence('reading', True), message.id)

    def test_only_known_activities(self):
        with self.assertRaises(ValueError):
            self.case.with_user(self.agent).note_presence('<b>dancing</b>')

    @mute_logger('odoo.addons.base.models.ir_rule')
    def test_who_may_not_take_part(self):
        for user in (self.portal, self.portal_stranger, self.far_agent, self.accountant):
            case = self.case.with_user(user)
            with self.subTest(user=user.login):
                with self.assertRaises(AccessError):
                    case.note_presence('reading')
                with self.assertRaises(AccessError):
                    case.get_news(0)

    def test_only_colleagues_who_read_the_case_listen(self):
        far_case = self.create_case(team_id=self.other_team.id)
        asked = [f'service_case_presence_{case.id}' for case in self.case | far_case]
        own, far = (self.case, 'presence'), (far_case, 'presence')
        for user, expected in (
            (self.agent, [own]),
            (self.salesperson, [own]),
            (self.far_agent, [far]),
            (self.accountant, []),
            (self.portal, []),
            (self.env.ref('base.public_user'), []),
        ):
            with self.subTest(user=user.login):
                channels = channels_for(user, [*asked, 'service_case_presence_999999999'])
                self.assertEqual(
                    [it for it in channels if isinstance(it, tuple) and it[1] == 'presence'],
                    expected)
                self.assertFalse([it for it in channels if isinstance(it, str)
                                  and it.startswith('service_case_presence')])

    def test_what_was_written_meanwhile(self):
        seen = self.post(self.portal, 'The first message').id
        self.post(self.agent, 'My own answer')
        self.post(self.manager, 'A note', subtype_xmlid='mail.mt_note')
        self.case.priority = '3'
        self.assertEqual(self.news(self.agent, seen), [])
        self.post(self.portal, 'It works now')
        self.post(self.manager, 'Glad to hear')
        self.assertEqual(self.news(self.agent, seen), [
            (self.portal.partner_id.display_name, True, 'It works now'),
            (self.manager.partner_id.display_name, False, 'Glad to hear'),
        ])
        newest = self.case.with_user(self.agent).get_news(seen)[-1]['id']
        self.assertEqual(self.news(self.agent, newest), [])
