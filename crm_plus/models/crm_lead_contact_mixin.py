from odoo import fields, models
from odoo.tools import email_normalize_all

#: messages that a person writes to the customer
PERSONAL_MESSAGES = frozenset(('comment', 'email', 'sms'))
#: activities that are a talk with the customer
PERSONAL_ACTIVITIES = frozenset(('phonecall', 'meeting'))


class CrmLeadContactMixin(models.AbstractModel):
    """Notices when one of us is in touch with the customer of a lead.

    That is a message of an internal user that goes to somebody outside, or a call or meeting
    marked as done; never a note, nor what the system or a job sends by itself. Where nothing
    waits for it, nothing is asked.
    """

    _name = 'crm.lead.contact.mixin'
    _description = "Contact With the Customer of a Lead"

    def _awaits_contact(self):
        """Return the leads for which a contact is to be noted."""
        raise NotImplementedError

    def _note_contact(self, moment, user):
        """Note a contact of a user at a moment with the customers of these leads."""
        raise NotImplementedError

    def _notify_thread(self, message, msg_vals=False, **kwargs):
        # what is to be sent later comes by here again when it is
        later = self._is_notification_scheduled(kwargs.get('scheduled_date'))
        recipients = super()._notify_thread(message, msg_vals=msg_vals, **kwargs)
        # sudo: to have written to the customer is enough, it needs no right to read or edit the
        # lead; nothing of it or of the message is shown
        waiting = self.sudo()._awaits_contact() if not later else None
        if waiting:
            user = waiting._personal_author(message.sudo(), recipients)
            if user:
                # what had been scheduled goes out now, whenever it was written
                waiting._note_contact(message.date if msg_vals else fields.Datetime.now(), user)
        return recipients

    def _message_mail_after_hook(self, mails):
        """Note e-mails that somebody sends to the customers of several leads at once."""
        result = super()._message_mail_after_hook(mails)
        # sudo: as above
        waiting = self.sudo()._awaits_contact()
        # campaigns are sent by a job
        if waiting and not self.env.context.get('cron_id'):
            user = self._internal_user(mails.author_id[:1])
            sent_to = set(mails.mapped('res_id'))
            if user:
                waiting.filtered(lambda lead: lead.id in sent_to)._note_contact(
                    fields.Datetime.now(), user)
        return result

    def _personal_author(self, message, recipients):
        """Return the user who was in touch with the customer by a message, or an empty one."""
        if message.mail_activity_type_id.category in PERSONAL_ACTIVITIES:
            return self._internal_user(message.author_id)
        if (
            message.message_type not in PERSONAL_MESSAGES
            or message.is_internal
            or message.subtype_id.internal
            or not (any(it['share'] for it in recipients) or self._is_written_to(message))
        ):
            return self.env['res.users']
        return self._internal_user(message.author_id)

    def _is_written_to(self, message):
        """Say whether the customer got the message directly, by e-mail, and we a copy."""
        addressed = email_normalize_all(
            f"{message.incoming_email_to or ''}, {message.incoming_email_cc or ''}")
        return any(lead.email_normalized in addressed for lead in self)

    def _internal_user(self, author):
        # sudo: whether the author is one of us
        return author.sudo().user_ids.filtered(lambda user: user._is_internal())[:1]
