from odoo import models


class MailAlias(models.Model):
    _inherit = 'mail.alias'

    def _alias_bounce_incoming_email(self, message, message_dict, set_invalid=True):
        # A message that breaks while a case is made of it is kept for a person to look at, see
        # mail.thread: its sender has done nothing wrong, and the address is not to blame.
        if set_invalid and self.env.context.get('service_keeps_failures'):
            return
        super()._alias_bounce_incoming_email(message, message_dict, set_invalid=set_invalid)
