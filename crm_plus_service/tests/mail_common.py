from email.message import EmailMessage

from odoo.addons.mail.tests.common import MailCommon
from odoo.tools import mute_logger

from .common import ServiceData


class ServiceMailCommon(ServiceData, MailCommon):
    """A team with an e-mail address, and a customer who writes to it."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.set_up_service()
        cls.other_company.alias_domain_id = cls.mail_alias_domain
        cls.team.alias_domain_id = cls.mail_alias_domain
        cls.team.alias_name = 'first-aid'
        cls.address = f'first-aid@{cls.alias_domain}'

    def receive(
        self,
        sender='Bea Brook <bea@brook.example.com>',
        subject='Lamp does not light',
        body='Nothing happens.',
        html=None,
        message_id=None,
        in_reply_to=None,
        to=None,
        headers=(),
    ):
        """Hand a message to the gateway; return the cases that it made."""
        self.count = getattr(self, 'count', 0) + 1
        message = EmailMessage()
        message['From'] = sender
        message['To'] = to or self.address
        message['Subject'] = subject
        message['Message-Id'] = message_id or f'<{self.id()}-{self.count}@brook.example.com>'
        if in_reply_to:
            message['In-Reply-To'] = message['References'] = in_reply_to
        for name, value in headers:
            message[name] = value
        message.set_content(body)
        if html:
            message.add_alternative(html, subtype='html')
        cases = self.env['service.case'].with_context(active_test=False)
        before = cases.search([])
        with self.mock_mail_gateway(), mute_logger('odoo.addons.mail.models.mail_thread'):
            self.env['mail.thread'].message_process(None, message.as_bytes())
            # what it has put into the queue, as the queue's job does
            self.env['mail.mail'].search(
                [('state', '=', 'outgoing'), ('model', '=', 'service.case')]
            ).send()
        return cases.search([]) - before

    def messages(self, case):
        return case.message_ids.filtered(lambda message: message.message_type == 'email')

    def answer_as_agent(self, case, name, email):
        """Answer a case as the composer does, which makes a contact of the sender; return it."""
        contact = self.env['res.partner'].create({'name': name, 'email': email})
        with self.mock_mail_gateway():
            case.with_user(self.agent).message_post(
                body='Which bulb?',
                message_type='comment',
                subtype_xmlid='mail.mt_comment',
                partner_ids=contact.ids,
            )
        return contact
