import binascii

from werkzeug.exceptions import NotFound

from odoo import http
from odoo.fields import Domain
from odoo.http import request
from odoo.tools.misc import verify_hash_signed

from ..models.crm_consent_mixin import LINK_SCOPE


class CrmConsentPage(http.Controller):
    """The page behind the link in mails: what somebody wants to get from a company, and what not.

    The link is signed for one address and one company, and is the right to decide for it: it is
    mailed there and nowhere else. Nothing happens on opening it, since programs that check mails
    open all links.
    """

    @http.route(
        '/consent/<string:token>', type='http', auth='public', website=True, sitemap=False,
        methods=['GET', 'POST'],
    )
    def preferences(self, token, **post):
        """Show the purposes with what the person has decided, or note what they decide now."""
        company, email = self._read_token(token)
        purposes, states = self._read_purposes(company, email)
        done = request.httprequest.method == 'POST'
        if done:
            wanted = purposes.browse() if post.get('nothing') else purposes.filtered(
                lambda purpose: post.get(f'purpose_{purpose.id}'))
            self._decide(company, email, purposes, states, wanted)
            if post.get('nothing'):
                # sudo: what the person asks for with the link, about their own address
                request.env['mail.blacklist'].sudo()._add(email)
            purposes, states = self._read_purposes(company, email)
        return self._render('crm_plus.consent_page', {
            'company': company, 'email': email, 'purposes': purposes, 'token': token,
            'done': done,
            'allowed': {
                purpose.id: purpose._is_allowed(states.get(purpose.id)) for purpose in purposes
            },
        })

    @http.route(
        '/consent/<string:token>/stop/<int:purpose_id>', type='http', auth='public',
        # mail programs send it by their own button, from nowhere, as RFC 8058 says: the token is
        # what proves the right to do it, and all that can be done is to get less mail
        website=True, sitemap=False, methods=['GET', 'POST'], csrf=False,
    )
    def stop(self, token, purpose_id, **post):
        """Ask whether the person wants no more mails of a purpose, or see to it."""
        company, email = self._read_token(token)
        purposes, states = self._read_purposes(company, email)
        purpose = purposes.filtered(lambda one: one.id == purpose_id)
        if not purpose:
            raise NotFound
        done = request.httprequest.method == 'POST'
        if done and states.get(purpose.id) != 'withdrawn':
            self._record(purpose, company, email, 'withdrawn', 'unsubscribe')
        return self._render('crm_plus.consent_stop_page', {
            'company': company, 'email': email, 'purpose': purpose, 'token': token, 'done': done,
        })

    def _read_token(self, token):
        """Return the company and the address that the link was signed for."""
        try:
            # sudo: reads the secret of the database to check the signature with
            values = verify_hash_signed(request.env(su=True), LINK_SCOPE, token)
        except (ValueError, binascii.Error, UnicodeError, IndexError):
            values = None
        if not values:
            raise NotFound
        company_id, email = values
        # sudo: its name alone is shown, to somebody whom it has written to
        company = request.env['res.company'].sudo().browse(company_id).exists()
        if not company:
            raise NotFound
        return company, email

    def _read_purposes(self, company, email):
        """Return the purposes of the company, and the state of each that was decided on."""
        # sudo: visitors cannot read purposes; who holds the link sees what they may decide on
        purposes = request.env['crm.consent.purpose'].sudo().with_company(company).search(
            Domain('company_id', 'in', (False, company.id)))
        states = purposes.env['crm.consent']._read_states_of_addresses([email])
        return purposes, {purpose_id: state for (_email, purpose_id), state in states.items()}

    def _decide(self, company, email, purposes, states, wanted):
        """Record what differs from what counted until now."""
        for purpose in purposes:
            if purpose._is_allowed(states.get(purpose.id)) != (purpose in wanted):
                state = 'given' if purpose in wanted else 'withdrawn'
                self._record(purpose, company, email, state, 'preferences')
        # sudo: who wants something again is no longer kept from getting mails at all
        blacklist = request.env['mail.blacklist'].sudo()
        if wanted and blacklist.search_count([('email', '=', email)], limit=1):
            blacklist._remove(email)

    def _record(self, purpose, company, email, state, origin):
        # sudo: who holds the link decides about their own address
        request.env['crm.consent'].sudo().with_company(company)._record(
            purpose, origin, state=state, email=email, company_id=company.id,
            channel='any' if origin == 'preferences' else 'email')

    def _render(self, template, values):
        response = request.render(template, values)
        # the address of the page is the right to decide: it is told to nobody
        response.headers['Referrer-Policy'] = 'no-referrer'
        response.headers['Cache-Control'] = 'no-store'
        return response
