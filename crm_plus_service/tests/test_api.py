"""The examples of the README, run as they stand there."""

import re
import shlex
from datetime import timedelta
from pathlib import Path

from odoo import fields
from odoo.tests import HttpCase, tagged
from odoo.tools import mute_logger

from .common import ServiceData

README = Path(__file__).parents[2] / 'README.md'


@tagged('post_install', '-at_install')
class TestApi(ServiceData, HttpCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.set_up_service()

    def key_of(self, user):
        keys = self.env['res.users.apikeys'].with_user(user)
        return keys._generate('rpc', 'test', fields.Datetime.now() + timedelta(hours=1))

    def examples(self):
        return re.findall(r'```sh\n(curl .*?)```', README.read_text(encoding='utf-8'), re.DOTALL)

    def run_example(self, example, **variables):
        """Do what curl would do, as the shell would call it; return the response."""
        for name, value in {'CRM_URL': self.base_url(), **variables}.items():
            example = example.replace(f'${name}', str(value))
        self.assertNotIn('$', example, 'a variable that the README does not explain')
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

    def test_examples_of_the_readme(self):
        key = self.key_of(self.agent)
        create, message, targets = self.examples()

        response = self.run_example(create, CRM_KEY=key)
        self.assertEqual(response.status_code, 200, response.text)
        [case_id] = response.json()
        case = self.env['service.case'].browse(case_id)
        self.assertEqual(case.name, 'Lamp arrived broken')
        self.assertEqual(case.team_id, self.team)
        self.assertFalse(case.user_id)

        again = self.run_example(create, CRM_KEY=key)
        self.assertEqual(again.json(), [case_id], 'the same call opens no second case')

        case.partner_id = self.contact
        response = self.run_example(message, CRM_KEY=key, CASE_ID=case_id)
        self.assertEqual(response.status_code, 200, response.text)
        posted = case.message_ids.filtered(lambda message: message.message_type == 'comment')
        self.assertIn('A new shade', posted.body)
        self.assertEqual(posted.author_id, self.agent.partner_id)
        self.assertIn(self.contact, posted.notified_partner_ids)
        self.assertEqual(response.json(), posted.ids)

        again = self.run_example(message, CRM_KEY=key, CASE_ID=case_id)
        self.assertEqual(again.json(), posted.ids, 'the same call posts no second message')
        self.assertEqual(case.answer_count, 1)

        response = self.run_example(targets, CRM_KEY=key, CASE_ID=case_id)
        [target] = response.json()
        self.assertEqual(target['kind'], 'resolution')
        self.assertEqual(target['deadline'], fields.Datetime.to_string(case.deadline))

    @mute_logger('odoo.http', 'odoo.addons.base.models.ir_model', 'odoo.addons.base.models.ir_rule')
    def test_key_can_do_no_more_than_its_user(self):
        create, message, targets = self.examples()
        case = self.create_case()
        for user in (self.far_agent, self.portal_stranger):
            key = self.key_of(user)
            for example in (message, targets):
                response = self.run_example(example, CRM_KEY=key, CASE_ID=case.id)
                refused = response.status_code == 403 or response.json() == []
                self.assertTrue(refused, (user.login, response.text))
        key = self.key_of(self.salesperson)
        self.assertEqual(self.run_example(create, CRM_KEY=key).status_code, 403)
        self.assertEqual(self.run_example(create, CRM_KEY='guess').status_code, 401)
        self.assertFalse(case.message_ids.filtered(lambda m: m.message_type == 'comment'))
