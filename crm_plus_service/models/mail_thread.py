import logging
import time
from ast import literal_eval
from functools import partial
from xmlrpc.client import Binary

from odoo import api, models
from odoo.service.model import PG_CONCURRENCY_EXCEPTIONS_TO_RETRY

_logger = logging.getLogger(__name__)


class MailThread(models.AbstractModel):
    _inherit = 'mail.thread'

    # What passes when the same is done again: never a fault of the message.
    CONCURRENCY_ERRORS = PG_CONCURRENCY_EXCEPTIONS_TO_RETRY
    FETCH_ATTEMPTS = 4

    @api.model
    def message_process(
        self,
        model,
        message,
        custom_values=None,
        save_original=False,
        strip_attachments=False,
        thread_id=None,
    ):
        """Process a message; one to a team that cannot be processed is kept in service.intake.

        Mail for anything else fails as it always does, and so does what passes when it is done
        again. Who calls repeats that, apart from Odoo's own fetching of mail, which would mark
        the message as read: there it is repeated here.
        """
        if isinstance(message, Binary):
            message = message.data
        source = message.encode('utf-8') if isinstance(message, str) else bytes(message)
        process = partial(
            super().message_process,
            model,
            source,
            custom_values=custom_values,
            save_original=save_original,
            strip_attachments=strip_attachments,
            thread_id=thread_id,
        )
        is_fetching = bool(self.env.context.get('default_fetchmail_server_id'))
        for attempts_left in reversed(range(self.FETCH_ATTEMPTS if is_fetching else 1)):
            try:
                with self.env.cr.savepoint():
                    return process()
            except self.CONCURRENCY_ERRORS as error:
                if not is_fetching:
                    raise
                # every fetched message has a transaction of its own, which can be begun anew
                self.env.cr.rollback()
                if not attempts_left and not self._needs_attention(source, error, model):
                    raise
                time.sleep(0.2)
            except Exception as error:
                # whatever it is: what is sent to a team must not get lost, and the mail behind it
                # must not wait for it; what is sent to others is raised as it came
                if not self._needs_attention(source, error, model):
                    raise
                return False
        return False

    @api.model
    def _needs_attention(self, source, error, model):
        """Keep a message that failed, unless it is for others or who called deals with it."""
        if self.env.context.get('service_intake_retry'):
            return False
        return self.env['service.intake']._keep(source, error, model)

    @api.model
    def _get_guarded_models(self):
        """Keep automatic answers and what comes twice from cases, also as replies."""
        return {**super()._get_guarded_models(), 'service.case': True}

    @api.model
    def message_route(self, message, message_dict, model=None, thread_id=None, custom_values=None):
        routes = super().message_route(message, message_dict, model, thread_id, custom_values)
        if any(route[0] == 'service.case' for route in routes):
            return self.env['service.case']._route_messages(routes, message_dict)
        return routes

    @api.model
    def _routing_check_route(self, message, message_dict, route, raise_exception=True):
        model, case_id, values, user_id, alias = route
        if model == 'service.case' and case_id and not self.env[model].browse(case_id).exists():
            # a reply to a case that is gone begins a new one, in the team that it was sent to
            # sudo: the gateway's own decision, whoever it runs as; nothing of the alias is shown
            values = values or literal_eval(alias.sudo().alias_defaults or '{}')
            route = (model, None, values, user_id, alias)
        return super()._routing_check_route(
            message, message_dict, route, raise_exception=raise_exception
        )

    @api.model
    def _message_route_process(self, message, message_dict, routes):
        if any(route[0] == 'service.case' for route in routes):
            self = self.with_context(
                # said beforehand: once something has failed, the database can no longer be asked
                service_keeps_failures=True,
                # who is told of it, is told by the queue: taking mail in waits for no mail server
                mail_notify_force_send=False,
            )
        return super()._message_route_process(message, message_dict, routes)
