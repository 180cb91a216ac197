from werkzeug.exceptions import NotFound

from odoo import fields, http
from odoo.http import request

from ..tools.first_touch import COOKIE, make_touch, read_cookie
from .web_form import WebFormGuard


class CrmLeadForm(WebFormGuard, http.Controller):
    """The public form of a sales team. A request becomes a lead when its sender has confirmed it.

    It works without JavaScript, and asks for consent by boxes that nobody has ticked beforehand.
    """

    LENGTHS = {
        'contact_name': 100, 'email': 200, 'partner_name': 150, 'phone': 50, 'description': 5_000,
        # what brought the visitor, carried along by the form
        'referrer': 300, 'landing_page': 300, 'source': 100, 'medium': 100, 'campaign': 100,
    }
    TOUCH = ('referrer', 'landing_page', 'source', 'medium', 'campaign')
    SCOPE = 'crm_plus.lead_form'
    TEMPLATE = 'crm_plus.lead_form'

    @http.route(
        '/contact/<string:team_key>', type='http', auth='public', website=True, sitemap=False,
        methods=['GET', 'POST'], max_content_length=100 * 1024,
    )
    def lead_form(self, team_key, **post):
        """Show the form of a sales team, or take in what was entered."""
        team_sudo = self._get_team(team_key)
        # sudo: its name and limits, for the page of one of its teams
        company_sudo = team_sudo.company_id or request.env.company.sudo()
        errors = {}
        if request.httprequest.method == 'POST':
            if self._is_machine(post):
                return self._render_sent(team_sudo)
            values, errors = self._parse(post)
            consents, errors['consents'] = self._parse_consents(team_sudo, post)
            errors = {name: message for name, message in errors.items() if message}
            if not errors:
                if self._keep(team_sudo, company_sudo, values, consents, post):
                    return self._render_sent(team_sudo)
                errors['form'] = self._get_too_much_text()
        else:
            post = make_touch(post, request.httprequest.referrer, request.httprequest.url)
        response = self._render_form(
            post, errors, team=team_sudo, team_key=team_key, company=company_sudo,
            purposes=team_sudo.web_form_purpose_ids, touch=self.TOUCH,
        )
        if request.httprequest.method == 'GET':
            request.env['ir.http']._remember_first_touch(response)
        return response

    @http.route(
        '/contact/confirm/<string:token>', type='http', auth='public', website=True,
        sitemap=False, methods=['GET', 'POST'],
    )
    def lead_confirm(self, token, **post):
        """Ask to confirm a request, since mail programs follow links by themselves; or do it."""
        # sudo: who holds the token is who receives mail at the address; the page tells them
        # nothing but what they have written themselves
        web_request_sudo = request.env['crm.web.request'].sudo()._find(token)
        if web_request_sudo and request.httprequest.method == 'POST':
            web_request_sudo._confirm()
        return request.render(
            'crm_plus.lead_form_confirm',
            {'web_request': web_request_sudo, 'token': token},
            status=200 if web_request_sudo else 404,
            headers={'Referrer-Policy': 'no-referrer'},
        )

    def _render_sent(self, team_sudo):
        return request.render('crm_plus.lead_form_sent', {'team': team_sudo})

    def _get_team(self, team_key):
        team_id = request.env['ir.http']._unslug(team_key)[1]
        # sudo: visitors cannot read teams; the page shows the name of one that wants to be found
        team_sudo = request.env['crm.team'].sudo().browse(team_id or []).exists()
        if not team_sudo.use_web_form or not team_sudo.active:
            raise NotFound
        return team_sudo

    def _get_missing_texts(self):
        return {
            'contact_name': request.env._("Please tell us your name."),
            'email': request.env._("Please tell us your e-mail address."),
            'description': request.env._("Please tell us what we can do for you."),
        }

    def _parse_consents(self, team_sudo, post):
        """Return what was agreed to, in the words shown, and what is wrong with it or None."""
        consents = []
        for purpose in team_sudo.web_form_purpose_ids:
            version = post.get(f'consent_{purpose.id}')
            if version and version != str(purpose.text_version):
                return [], request.env._(
                    "The words that you agreed to have just changed. Please read them again.")
            if version:
                consents.append({
                    'purpose_id': purpose.id, 'version': purpose.text_version,
                    'text': purpose.text,
                })
        return consents, None

    def _keep(self, team_sudo, company_sudo, values, consents, post):
        """Keep the request, with what brought the visitor; return False if it is too much."""
        touch = {name: values.pop(name) for name in self.TOUCH}
        # sudo: visitors can do nothing with requests; these values were checked
        requests_sudo = request.env['crm.web.request'].sudo()
        return requests_sudo._ask(
            {
                **values,
                'team_id': team_sudo.id,
                'company_id': company_sudo.id,
                'touch': touch,
                'first_touch': read_cookie(request.cookies.get(COOKIE), fields.Datetime.now()),
                'consents': consents,
            },
            [], post.get('form_key'),
        )
