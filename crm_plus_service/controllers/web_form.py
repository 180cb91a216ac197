import secrets
import time
from ipaddress import ip_address, ip_network

from werkzeug.exceptions import NotFound

from odoo import http
from odoo.http import request
from odoo.tools import consteq, email_normalize
from odoo.tools.misc import hmac

from ..tools.uploads import ACCEPT, MAX_BYTES, read_uploads


class ServiceWebForm(http.Controller):
    """The public form of a team: for people without an account, and not for machines.

    No puzzle is asked of people. Machines give themselves away by filling in the field that
    nobody sees or by being quick, and get no further than an address that they do not own: a
    request becomes a case when the link that is mailed there was followed. Whatever is entered,
    the answer is the same, so that nobody learns whose address is known here.
    """

    LENGTHS = {'contact_name': 100, 'email': 200, 'name': 150, 'description': 10_000}
    SECONDS_TO_FILL = 3
    FORM_VALID_SECONDS = 24 * 3600

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
            if post.get('website'):
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
                errors['form'] = request.env._(
                    'You have sent us a lot just now. Please try again in an hour.'
                )
        started = post.get('started') or ''
        if self._get_age(started) is None:
            started = self._sign(int(time.time()))
        return request.render(
            'crm_plus_service.web_form',
            {
                'team': team_sudo,
                'team_key': team_key,
                'form': post,
                'errors': errors,
                'lengths': self.LENGTHS,
                'accept': ACCEPT,
                'started': started,
                # stays with the form while it is corrected
                'form_key': post.get('form_key') or secrets.token_urlsafe(16),
            },
            status=400 if errors else 200,
        )

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

    def _parse(self, post):
        """Return the values of the request and what is wrong with the form, by field."""
        values = {name: (post.get(name) or '').strip() for name in self.LENGTHS}
        missing = {
            'contact_name': request.env._('Please tell us your name.'),
            'email': request.env._('Please tell us your e-mail address.'),
            'name': request.env._('Please say in a few words what it is about.'),
            'description': request.env._('Please describe what you need.'),
        }
        errors = {name: message for name, message in missing.items() if not values[name]}
        for name, length in self.LENGTHS.items():
            if len(values[name]) > length:
                errors[name] = request.env._('Please use at most %s characters here.', length)
            # a line break in what becomes a header, and what cannot be stored at all
            values[name] = values[name].replace('\x00', '')
            if name != 'description':
                values[name] = ' '.join(values[name].split())
        if values['email'] and not email_normalize(values['email']):
            errors['email'] = request.env._('This is no e-mail address.')
        if not self._is_filled_by_hand(post.get('started') or ''):
            errors['form'] = request.env._(
                'Please look over what you have entered, and send it once more.'
            )
        values['email_normalized'] = email_normalize(values['email'])
        values['visitor_hash'] = self._get_visitor_hash()
        values['lang'] = request.env.lang
        return values, errors

    def _is_filled_by_hand(self, started):
        """Tell whether the form was fetched here, and longer ago than a machine would wait."""
        age = self._get_age(started)
        return age is not None and age >= self.SECONDS_TO_FILL

    def _get_age(self, started):
        """Return since how many seconds the form is open; None if it was not fetched here."""
        moment = started.partition('.')[0]
        if not (started.isascii() and moment.isdecimal()):
            return None
        if not consteq(started, self._sign(moment)):
            return None
        age = time.time() - int(moment)
        return age if age <= self.FORM_VALID_SECONDS else None

    def _sign(self, moment):
        # sudo: reads the secret of the database to sign with, which stays here
        return f'{moment}.{hmac(request.env(su=True), "crm_plus_service.web_form", str(moment))}'

    def _get_visitor_hash(self):
        address = ip_address(request.httprequest.remote_addr or '0.0.0.0')
        if address.version == 6:
            # a household has that many addresses
            address = ip_network((address, 64), strict=False)
        # sudo: as above; the address itself is not kept
        return hmac(request.env(su=True), 'crm_plus_service.visitor', str(address))
