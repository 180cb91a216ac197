"""What guards the public forms: for people without an account, and not for machines."""

import secrets
import time
from ipaddress import ip_address, ip_network

from odoo.http import request
from odoo.tools import consteq, email_normalize
from odoo.tools.misc import hmac


class WebFormGuard:
    """Tells people from machines, and checks what is entered.

    No puzzle is asked of people. Machines give themselves away by filling in the field that
    nobody sees or by being quick, and get no further than an address that they do not own: a
    request counts when the link that is mailed there was followed. Whatever is entered, the
    answer is the same, so that nobody learns whose address is known here.
    """

    #: The fields of the form, and how many characters they take.
    LENGTHS = {}
    #: Those in which line breaks are kept.
    TEXTS = ('description',)
    #: What the signature of the form is made for, one for each form.
    SCOPE = ''
    #: The template of the form.
    TEMPLATE = ''
    SECONDS_TO_FILL = 3
    FORM_VALID_SECONDS = 24 * 3600

    def _is_machine(self, post):
        return bool(post.get('website'))

    def _get_missing_texts(self):
        """Return what is said where something is missing, by the fields that must be filled in."""
        raise NotImplementedError

    def _parse(self, post):
        """Return the values of the request and what is wrong with the form, by field."""
        values = {name: (post.get(name) or '').strip() for name in self.LENGTHS}
        errors = {
            name: message for name, message in self._get_missing_texts().items()
            if not values[name]
        }
        for name, length in self.LENGTHS.items():
            if len(values[name]) > length:
                errors[name] = request.env._("Please use at most %s characters here.", length)
            # a line break in what becomes a header, and what cannot be stored at all
            values[name] = values[name].replace('\x00', '')
            if name not in self.TEXTS:
                values[name] = ' '.join(values[name].split())
        if values['email'] and not email_normalize(values['email']):
            errors['email'] = request.env._("This is no e-mail address.")
        # sudo: whether it is an address that is published for people to write to
        elif request.env['mail.thread'].sudo()._is_from_own_alias({'email_from': values['email']}):
            # a mail from there is taken for our own and makes nothing
            errors['email'] = request.env._(
                "This is one of our own addresses. Please enter yours, so that we can answer.")
        if not self._is_filled_by_hand(post.get('started') or ''):
            errors['form'] = request.env._(
                "Please look over what you have entered, and send it once more."
            )
        values['email_normalized'] = email_normalize(values['email'])
        values['visitor_hash'] = self._get_visitor_hash()
        values['lang'] = request.env.lang
        return values, errors

    def _get_too_much_text(self):
        return request.env._("You have sent us a lot just now. Please try again in an hour.")

    def _render_form(self, post, errors, **values):
        """Show the form, empty or with what was entered and what is wrong with it."""
        started = post.get('started') or ''
        if self._get_age(started) is None:
            started = self._sign(int(time.time()))
        return request.render(
            self.TEMPLATE,
            {
                'form': post,
                'errors': errors,
                'lengths': self.LENGTHS,
                'started': started,
                # stays with the form while it is corrected
                'form_key': post.get('form_key') or secrets.token_urlsafe(16),
                **values,
            },
            status=400 if errors else 200,
        )

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
        return f'{moment}.{hmac(request.env(su=True), self.SCOPE, str(moment))}'

    def _get_visitor_hash(self):
        address = ip_address(request.httprequest.remote_addr or '0.0.0.0')
        if address.version == 6:
            # a household has that many addresses
            address = ip_network((address, 64), strict=False)
        # sudo: as above; the address itself is not kept
        return hmac(request.env(su=True), f'{self.SCOPE}.visitor', str(address))
