import logging

from odoo import api, models
from odoo.tools import SQL, email_normalize

from ..tools.automatic_mail import automatic_reason

_logger = logging.getLogger(__name__)


class MailThread(models.AbstractModel):
    _inherit = 'mail.thread'

    # Odoo's gateway already drops bounces and receipts, answers to its own bounces, a Message-Id
    # that it has seen, and a sender who floods a document. What it lets through, and cases must
    # not be made of, is dropped here: automatic answers, our own addresses writing to us, and the
    # same message delivered twice at the same moment.

    @api.model
    def message_route(self, message, message_dict, model=None, thread_id=None, custom_values=None):
        routes = super().message_route(message, message_dict, model, thread_id, custom_values)
        if not any(route[0] == 'service.case' for route in routes):
            return routes
        reason = (
            automatic_reason(message)
            or self._is_from_own_alias(message_dict)
            or self._is_received_meanwhile(message_dict)
        )
        if not reason:
            return routes
        _logger.info(
            'Mail from %s with Message-Id %s makes no case: %s',
            message_dict.get('email_from'),
            message_dict.get('message_id'),
            reason,
        )
        return [route for route in routes if route[0] != 'service.case']

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
    def _is_received_meanwhile(self, message_dict):
        """Say so when another process has just stored the same message.

        Waits for a process that is at it. That one's result is invisible to the running
        transaction, whose view of the database is older, so it is looked up in a new one.
        """
        message_id = message_dict['message_id']
        self.env.cr.execute(
            SQL('SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))', message_id)
        )
        with self.env.registry.cursor() as cr:
            cr.execute(SQL('SELECT 1 FROM mail_message WHERE message_id = %s', message_id))
            return 'received by another process meanwhile' if cr.rowcount else None
