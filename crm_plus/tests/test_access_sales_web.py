"""The doors of the web: calls by JSON, files, exports, pages for everybody."""

import json
from datetime import timedelta

from odoo import fields, http
from odoo.tests import HttpCase, tagged
from odoo.tools import mute_logger

from .access_common import DIALOG, REFUSALS, SCOPES, AccessCommon
from .access_sides import SECRETS

#: where each page of the add-on is tried with what it must refuse
PAGES = {
    '/consent/<string:token>', '/consent/<string:token>/stop/<int:purpose_id>',
    '/contact/<string:team_key>', '/contact/confirm/<string:token>',
}


@tagged('post_install', '-at_install')
class TestAccessSalesWeb(AccessCommon, HttpCase):
    """What the salesperson must not see comes through no address either."""

    def hidden_ids(self):
        """One record of each model that is hidden from the salesperson: of the colleague, or
        where colleagues see it, of the other company."""
        return {
            model: record.id for model, side, record in reversed(self.hidden(self.salesperson))
            if side != 'mine'}

    def assertRefusedByServer(self, answer):
        self.assertNotEqual(answer.status_code, 200)
        for side in ('theirs', 'abroad'):
            self.assertNotIn(SECRETS[side], answer.text)

    # ------------------------------------------------------------
    # CALLS
    # ------------------------------------------------------------

    @mute_logger(*REFUSALS, 'odoo.http')
    def test_calls_with_a_key(self):
        key = self.env['res.users.apikeys'].with_user(self.salesperson)._generate(
            'rpc', 'test', fields.Datetime.now() + timedelta(hours=1))

        def call(model, method, **values):
            return self.url_open(
                f'/json/2/{model}/{method}', data=json.dumps(values).encode(),
                headers={'Authorization': f'Bearer {key}', 'Content-Type': 'application/json'})

        mine = call('crm.touch', 'read', ids=self.records['mine']['crm.touch'].ids,
                    fields=['note'])
        self.assertEqual((mine.status_code, mine.json()[0]['note']), (200, SECRETS['mine']))
        hidden = self.hidden_ids()
        self.assertEqual(hidden.keys(), {
            model for model, scope in SCOPES.items() if scope != DIALOG
            and not self.sees(self.salesperson, model, 'abroad')})
        for model, record_id in hidden.items():
            with self.subTest(model=model):
                self.assertEqual(
                    call(model, 'read', ids=[record_id], fields=['display_name']).status_code,
                    403)
                found = call(model, 'search', domain=[['id', '=', record_id]])
                self.assertTrue(found.status_code == 403 or found.json() == [], found.text)
        answer = call('crm.lead', 'get_lead_score_details', ids=self.leads['theirs'].ids)
        self.assertEqual(answer.status_code, 403)
        self.assertRefusedByServer(answer)

    @mute_logger(*REFUSALS, 'odoo.http')
    def test_calls_of_the_web_client(self):
        self.authenticate(self.salesperson.login, self.salesperson.login)
        for model, record_id in self.hidden_ids().items():
            for method, args in (
                ('read', [[record_id], ['display_name']]),
                ('web_read', [[record_id], {'display_name': {}}]),
                ('unlink', [[record_id]]),
            ):
                with self.subTest(model=model, method=method):
                    answer = self.url_open(
                        f'/web/dataset/call_kw/{model}/{method}', headers={
                            'Content-Type': 'application/json'},
                        data=json.dumps({'params': {
                            'model': model, 'method': method, 'args': args, 'kwargs': {}}}))
                    self.assertEqual(
                        answer.json()['error']['data']['name'], 'odoo.exceptions.AccessError')

    @mute_logger(*REFUSALS, 'odoo.http', 'odoo.addons.web.controllers.export')
    def test_exports(self):
        self.authenticate(self.salesperson.login, self.salesperson.login)

        def export(model, ids, name):
            return self.url_open('/web/export/csv', data={
                'csrf_token': http.Request.csrf_token(self),
                'data': json.dumps({
                    'model': model, 'ids': ids, 'domain': [], 'import_compat': False,
                    'fields': [{'name': name, 'label': "Value", 'type': 'char'}]})})

        self.assertIn(SECRETS['mine'], export(
            'crm.touch', self.records['mine']['crm.touch'].ids, 'note').text)
        for model, record_id in self.hidden_ids().items():
            with self.subTest(model=model):
                self.assertRefusedByServer(export(model, [record_id], 'display_name'))

    # ------------------------------------------------------------
    # FILES AND MESSAGES
    # ------------------------------------------------------------

    @mute_logger(*REFUSALS, 'odoo.http')
    def test_files(self):
        """Zyzzyva stands in the file of the import and in the proof, too."""
        self.authenticate(self.salesperson.login, self.salesperson.login)
        for side, status in (('mine', 200), ('theirs', 404), ('abroad', 404)):
            self.env['ir.attachment'].create({
                'name': "offer.txt", 'raw': b'Zyzzyva', 'res_model': 'crm.lead',
                'res_id': self.leads[side].id})
            self.env.flush_all()
            records = self.records[side]
            attachment = self.env['ir.attachment'].search([
                ('res_model', '=', 'crm.lead'), ('res_id', '=', self.leads[side].id)], limit=1)
            for address in (
                f'/web/content/{attachment.id}',
                f"/web/content/crm.lead.import/{records['crm.lead.import'].id}/file",
                f"/web/content/crm.lead.import/{records['crm.lead.import'].id}/error_file",
                f"/web/content/crm.consent/{records['crm.consent'].id}/proof",
            ):
                with self.subTest(side=side, address=address):
                    answer = self.url_open(address)
                    self.assertEqual(answer.status_code, status)
                    self.assertEqual(b'Zyzzyva' in answer.content or (
                        SECRETS[side].encode() in answer.content), status == 200)

    @mute_logger(*REFUSALS, 'odoo.http')
    def test_messages(self):
        self.authenticate(self.salesperson.login, self.salesperson.login)
        for side in ('mine', 'theirs', 'abroad'):
            self.leads[side].message_post(body=f"Said of {side}")
            answer = self.url_open('/mail/thread/messages', headers={
                'Content-Type': 'application/json'}, data=json.dumps({'params': {
                    'thread_model': 'crm.lead', 'thread_id': self.leads[side].id,
                    'fetch_params': {}}}))
            with self.subTest(side=side):
                self.assertEqual(f"Said of {side}" in answer.text, side == 'mine')

    # ------------------------------------------------------------
    # PAGES FOR EVERYBODY
    # ------------------------------------------------------------

    def test_each_page_has_its_row(self):
        rules = self.env['ir.http']._generate_routing_rules(
            ['crm_plus'], self.env['ir.http']._get_converters())
        found = {
            url for url, endpoint in rules
            if endpoint.func.__module__.startswith('odoo.addons.crm_plus.')}
        self.assertEqual(found, PAGES, "say here what the new page must refuse")

    @mute_logger('odoo.http', 'odoo.addons.http_routing.models.ir_http')
    def test_pages_refuse_what_was_made_up(self):
        self.authenticate(None, None)
        purpose = self.records['theirs']['crm.consent.purpose']
        [token] = self.env['crm.consent.mixin']._make_consent_url(
            'theirs@zyzzyva.example', self.company).rsplit('/', 1)[1:]
        team = self.env['crm.team'].create({'name': "Zyzzyva team"})
        self.assertEqual(self.url_open(f'/consent/{token}').status_code, 200)
        for address in (
            '/consent/made-up', f'/consent/{token[:-2]}', f'/consent/x{token}',
            f'/consent/made-up/stop/{purpose.id}',
            f"/consent/{token}/stop/{self.records['abroad']['crm.consent.purpose'].id}",
            f'/contact/zyzzyva-{team.id}', '/contact/confirm/made-up',
        ):
            with self.subTest(address=address):
                answer = self.url_open(address)
                self.assertEqual(answer.status_code, 404)
                self.assertNotIn("Zyzzyva", answer.text)
                self.assertNotIn("zyzzyva.example", answer.text)
