from werkzeug.exceptions import NotFound

from odoo import http
from odoo.addons.crm_plus.controllers.web_form import WebFormGuard
from odoo.addons.crm_plus.tools.uploads import ACCEPT, MAX_BYTES, read_uploads
from odoo.http import request


class ServiceWebForm(WebFormGuard, http.Controller):
    """The public form of a team. A request becomes a case when its sender has confirmed it."""

    LENGTHS = {'contact_name': 100, 'email': 200, 'name': 150, 'description': 10_000}
    SCOPE = 'crm_plus_service.web_form'
    TEMPLATE = 'crm_plus_service.web_form'

    @http.route(
        '/service/<string:team_key>/new',
        type='http',
        auth='public',
        website=True,
        sitemap=False,
        methods=['GET', 'POST'],
        # the files, and room for the words and the wrapping
        max_content_length=MAX_BYTES + 1024 * 1024,
    )
    def web_form(self, team_key, **post):
        """Show the form of a team, or take in what was entered."""
        team_sudo = self._get_team(team_key)
        errors, uploads = {}, []
        if request.httprequest.method == 'POST':
            if self._is_machine(post):
                return self._render_sent(team_sudo)
            values, errors = self._parse(post)
            uploads, errors['files'] = read_uploads(
                request.env, request.httprequest.files.getlist('files')
            )
            errors = {name: message for name, message in errors.items() if message}
            if not errors:
                # sudo: visitors can do nothing with requests; these values were checked
                requests_sudo = request.env['service.web.request'].sudo()
                values['team_id'] = team_sudo.id
                if requests_sudo._ask(values, uploads, post.get('form_key')):
                    return self._render_sent(team_sudo)
                errors['form'] = self._get_too_much_text()
        return self._render_form(post, errors, team=team_sudo, team_key=team_key, accept=ACCEPT)

    @http.route(
        '/service/confirm/<string:token>',
        type='http',
        auth='public',
        website=True,
        sitemap=False,
        methods=['GET', 'POST'],
    )
    def web_confirm(self, token, **post):
        """Ask to confirm a request, since mail programs follow links by themselves; or do it."""
        # sudo: who holds the token is who receives mail at the address; the page tells them
        # nothing but the subject and, in the end, the number of their own case
        web_request_sudo = request.env['service.web.request'].sudo()._find(token)
        if web_request_sudo and request.httprequest.method == 'POST':
            web_request_sudo._confirm()
        return request.render(
            'crm_plus_service.web_form_confirm',
            {'web_request': web_request_sudo, 'token': token},
            status=200 if web_request_sudo else 404,
            headers={'Referrer-Policy': 'no-referrer'},
        )

    def _render_sent(self, team_sudo):
        return request.render('crm_plus_service.web_form_sent', {'team': team_sudo})

    def _get_team(self, team_key):
        team_id = request.env['ir.http']._unslug(team_key)[1]
        # sudo: visitors cannot read teams; the page shows the name of one that wants to be found
        team_sudo = request.env['service.team'].sudo().browse(team_id or []).exists()
        if not team_sudo.use_web_form or not team_sudo.active:
            raise NotFound
        return team_sudo

    def _get_missing_texts(self):
        return {
            'contact_name': request.env._('Please tell us your name.'),
            'email': request.env._('Please tell us your e-mail address.'),
            'name': request.env._('Please say in a few words what it is about.'),
            'description': request.env._('Please describe what you need.'),
        }
