"""Everybody who may come to a case: two customers, two teams, a lead, another company."""

import json
from datetime import timedelta

from odoo import fields, http
from odoo.tests import HttpCase
from odoo.tools import mute_logger

from .common import ServiceData

EVERYBODY = (
    'public', 'bea', 'ben', 'sten', 'agent', 'second_agent', 'lead', 'manager', 'salesperson',
    'accountant', 'far_agent',
)
#: what the server says when it refuses something
REFUSALS = (
    'odoo.http', 'odoo.addons.base.models.ir_model', 'odoo.addons.base.models.ir_rule')
#: who works on the case of Bea: agents of both teams, their lead, the administrator
AGENTS = frozenset(('agent', 'second_agent', 'lead', 'manager'))
#: who may read it in Odoo
COLLEAGUES = AGENTS | {'salesperson'}
#: who may read it at all: Ben is a colleague of Bea, Sten another customer
READERS = COLLEAGUES | {'bea'}


class AccessCase(ServiceData, HttpCase):
    """A case of Bea in the first team, with an answer and a note and a file on each."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.set_up_service()
        cls.team.use_in_portal = True
        cls.second_team = cls.create_team('Second Line', cls.company)
        cls.second_agent = cls.create_user(
            'second_agent', 'crm_plus_service.group_agent', cls.company)
        cls.second_team.member_ids = cls.second_agent
        cls.lead = cls.create_user('lead', 'crm_plus_service.group_agent', cls.company)
        cls.team.leader_id = cls.lead
        cls.case = cls.create_case()
        cls.stranger_case = cls.create_case('Bill too high', partner_id=cls.stranger.id)
        cls.far_case = cls.create_case('Far lamp', team_id=cls.other_team.id, partner_id=False)
        cls.answer = cls.case.message_post(
            body='Which bulb?', message_type='comment', subtype_xmlid='mail.mt_comment',
            attachments=[('bulbs.txt', b'a list of bulbs')])
        cls.note = cls.case.message_post(
            body='Difficult one.', message_type='comment', subtype_xmlid='mail.mt_note',
            attachments=[('margin.txt', b'what we earn')])

    def setUp(self):
        super().setUp()
        self.enterContext(mute_logger(*REFUSALS))

    def user(self, login):
        if login == 'public':
            return self.env.ref('base.public_user')
        return self.env['res.users'].search([('login', '=', login)])

    def log_in(self, login):
        self.authenticate(*(None, None) if login == 'public' else (login, login))

    def assert_only(self, allowed, door):
        """Let everybody try the door: those who are allowed get in, and nobody else."""
        for login in EVERYBODY:
            with self.subTest(login=login):
                self.log_in(login)
                self.assertEqual(bool(door(login)), login in allowed)

    # -- by the browser

    def page(self, path):
        return self.url_open(path).text

    def post(self, path, **values):
        token = http.Request.csrf_token(self)
        return self.url_open(path, data={'csrf_token': token, **values})

    def call(self, path, **params):
        return self.url_open(
            path,
            data=json.dumps({'jsonrpc': '2.0', 'params': params}),
            headers={'Content-Type': 'application/json'},
        ).json()

    # -- by the API

    def key_of(self, login):
        keys = self.env['res.users.apikeys'].with_user(self.user(login))
        return keys._generate('rpc', 'test', fields.Datetime.now() + timedelta(hours=1))

    def api(self, key, model, method, **arguments):
        """Return what the API answers; None when it refuses."""
        response = self.url_open(
            f'/json/2/{model}/{method}',
            data=json.dumps(arguments),
            headers={'Authorization': f'Bearer {key}', 'Content-Type': 'application/json'},
        )
        self.assertIn(response.status_code, (200, 401, 403, 404, 422), response.text)
        return response.json() if response.status_code == 200 else None
