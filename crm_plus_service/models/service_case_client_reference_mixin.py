from odoo import api, models
from odoo.addons.crm_plus.tools.once import one_at_a_time
from odoo.exceptions import ValidationError
from odoo.tools.misc import hmac


class ServiceCaseClientReferenceMixin(models.AbstractModel):
    """How what is sent twice happens once: by the reference that its sender gives it.

    A program that was cut off before it got its answer cannot know whether the case was opened,
    or the message posted. It sends the same again, and gets the case or the message there is. The
    portal gives its forms such a reference by itself.
    """

    _name = 'service.case.client.reference.mixin'
    _inherit = ['client.reference.mixin']
    _description = 'Case: Reference of the Sender'

    # ------------------------------------------------------------
    # CASES
    # ------------------------------------------------------------

    @api.model
    def _leave_out_sent_before(self, vals_list):
        """Return the values of the cases that are to be opened, and what adds those there are.

        Nothing may happen to a case a second time when it is sent again: it is not opened,
        promised, routed and acknowledged.

        :return: the values, and a function that takes the cases opened with them and returns a
            case for each of ``vals_list``
        """
        keys = [self._get_sender_key(vals) for vals in vals_list]
        if not any(keys):
            return vals_list, lambda cases: cases
        found = self._find_sent_before(set(filter(None, keys)))
        first = {}
        for index, key in enumerate(keys):
            first.setdefault(key or index, index)
        new = [index for key, index in first.items() if key not in found]

        def complete(cases):
            opened = dict(zip(new, cases.ids, strict=True))
            return self.browse(
                found.get(key) or opened[first[key or index]] for index, key in enumerate(keys)
            )

        return [vals_list[index] for index in new], complete

    @api.model
    def _get_sender_key(self, vals):
        """Return the company and the sender's reference of a new case, None without a reference."""
        reference = vals.get('client_reference')
        if not reference:
            return None
        team_id = vals.get('team_id') or self.default_get(['team_id']).get('team_id')
        return self._get_receiving_company(team_id).id, reference

    @api.model
    def _get_reference_taken_text(self):
        return self.env._(
            'There is a case with this reference already, which you may not see. '
            'Use another reference.'
        )

    # ------------------------------------------------------------
    # MESSAGES
    # ------------------------------------------------------------

    def message_post(self, *, client_reference=None, **kwargs):
        """Post a message; one that comes again with the same reference is not posted again.

        :param str client_reference: what the program that sends it calls it, once on a case
        :return: the message, or the one there is
        :raise ValidationError: when there is one that the sender may not see
        """
        if not client_reference:
            return super().message_post(**kwargs)
        self.ensure_one()
        self.check_access('read')
        message_id = self._get_sent_message_id(client_reference)
        return self._find_posted_before(message_id) or super().message_post(
            **{**kwargs, 'message_id': message_id}
        )

    def _get_sent_message_id(self, reference):
        """Return the Message-Id of what is sent to this case by the reference.

        Nobody outside can guess it, and so nobody can keep a message from being posted by sending
        mail under its id.
        """
        # sudo: the secret of the database goes into the id, from which it cannot be told
        digest = hmac(
            self.env(su=True), 'crm_plus_service.client_reference', (self.id, str(reference))
        )
        return f'<{digest}@client-reference.invalid>'

    def _find_posted_before(self, message_id):
        """Return the message there is, empty if none; waits for who is posting it right now."""
        posted = self._search_posted(message_id)
        if not posted:
            with one_at_a_time(self.env, message_id) as env:
                posted = self.with_env(env)._search_posted(message_id).with_env(self.env)
        return posted

    def _search_posted(self, message_id):
        # sudo: a reference is taken whoever may see its message; who may not is not told which
        # message it is. By its id alone, since a case may have been merged into another.
        posted = self.env['mail.message'].sudo().search([('message_id', '=', message_id)], limit=1)
        posted = posted.sudo(False)
        if not posted.has_access('read'):
            raise ValidationError(
                self.env._(
                    'There is a message with this reference already, which you may not see. '
                    'Use another reference.'
                )
            )
        return posted
