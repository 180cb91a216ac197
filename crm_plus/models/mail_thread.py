import logging

from odoo import api, models
from odoo.tools import SQL, email_normalize

from ..tools.automatic_mail import answer_reason, automatic_reason
from ..tools.message_identity import made_up_id
from ..tools.once import one_at_a_time

_logger = logging.getLogger(__name__)


class MailThread(models.AbstractModel):
    """What the gateway lets through and no document must be made of.

    Odoo's gateway already drops bounces and receipts, answers to its own bounces, a Message-Id
    that it has seen, and a sender who floods a document. What is dropped here besides: automatic
    answers, our own addresses writing to us, and the same message delivered twice at the same
    moment or without a Message-Id.
    """

    _inherit = 'mail.thread'

    @api.model
    def _get_guarded_models(self):
        """Return the models that mail is kept from, and whether replies to a document are too."""
        return {'crm.lead': False}

    @api.model
    def message_route(self, message, message_dict, model=None, thread_id=None, custom_values=None):
        routes = super().message_route(message, message_dict, model, thread_id, custom_values)
        guarded = self._get_guarded_models()
        targets = {route[0] for route in routes} & guarded.keys()
        if not targets:
            return routes
        made_up = made_up_id(message)
        message_dict['message_id'] = made_up or message_dict['message_id']
        own = self._is_from_own_alias(message_dict)
        unwanted = {
            target: reason for target in targets
            if (reason := own or self._get_automatic_reason(target, message))
        }
        twice = (
            (made_up and self._is_received_before(made_up))
            or (unwanted.keys() != targets and self._is_received_meanwhile(message_dict))
        )
        if not unwanted and not twice:
            return routes
        _logger.info(
            "Mail from %s with Message-Id %s is passed over: %s",
            message_dict.get('email_from'),
            message_dict.get('message_id'),
            twice or ', '.join(sorted(set(unwanted.values()))),
        )
        return [
            route for route in routes
            if route[0] not in guarded
            or (not twice and route[0] not in unwanted)
            # what came for the second time is dropped for good, an automatic answer to a document
            # is kept on it where that is what the model wants
            or (not twice and route[1] and not guarded[route[0]])
        ]

    @api.model
    def _get_automatic_reason(self, model, message):
        """Return why no document of the model is made of what a program has written, or None."""
        # a form of a website or a shop tells of somebody who wants to buy: that is a lead
        return answer_reason(message) if model == 'crm.lead' else automatic_reason(message)

    @api.model
    def _is_from_own_alias(self, message_dict):
        """Say so when the sender is an address that this database receives mail at."""
        sender = email_normalize(message_dict['email_from'])
        if not sender:
            return None
        # sudo: the gateway's own decision; nothing of the aliases is returned
        aliases = self.env['mail.alias'].sudo()
        domains = (
            self.env['mail.alias.domain'].sudo().search([('name', '=', sender.partition('@')[2])])
        )
        own = domains.mapped('bounce_email') + domains.mapped('catchall_email')
        # the whole address: an alias that accepts any domain must not reject its namesakes
        if sender in own or aliases.search_count([('alias_full_name', '=', sender)], limit=1):
            return 'sent by one of our own addresses'
        return None

    @api.model
    def _is_received_before(self, message_id):
        # sudo: the gateway's own decision; nothing of the message is returned
        messages = self.env['mail.message'].sudo()
        if messages.search_count([('message_id', '=', message_id)], limit=1):
            return 'received before, and without a Message-Id'
        return None

    @api.model
    def _is_received_meanwhile(self, message_dict):
        """Say so when another process has just stored the same message.

        Waits for a process that is at it.
        """
        message_id = message_dict['message_id']
        with one_at_a_time(self.env, message_id) as env:
            env.cr.execute(SQL("SELECT 1 FROM mail_message WHERE message_id = %s", message_id))
            return 'received by another process meanwhile' if env.cr.rowcount else None
