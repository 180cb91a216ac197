"""Customers' mail through a real SMTP and a real IMAP server, with Odoo's own incoming and outgoing mail servers."""

import base64
import re
from email.message import EmailMessage
from email.utils import getaddresses
from random import Random
from unittest.mock import patch

from odoo.addons.crm_plus_service.tests.mail_common import ServiceMailCommon
from odoo.tests import tagged

from .common import CHECKOUT
from .post_office import HOST, PASSWORD, USER, PostOffice

MALFORMED = CHECKOUT / "crm_plus_service" / "tests" / "messages"


@tagged("post_install", "-at_install")
class TestMailServers(ServiceMailCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.agent.email = f"agent@{cls.alias_domain}"
        cls.team.acknowledgement_template_id = cls.env.ref("crm_plus_service.mail_template_acknowledgement")
        cls.office = PostOffice(cls.address)
        cls.office.open()
        cls.addClassCleanup(cls.office.close)
        cls.env["ir.mail_server"].search([]).active = False
        cls.env["ir.mail_server"].create({
            "name": "Loopback", "smtp_host": HOST, "smtp_port": cls.office.smtp_port, "smtp_encryption": "none",
            "from_filter": cls.alias_domain,
        })
        cls.incoming = cls.env["fetchmail.server"].create({
            "name": "Loopback", "server_type": "imap", "server": HOST, "port": cls.office.imap_port,
            "user": USER, "password": PASSWORD,
        })
        cls.incoming.button_confirm_login()
        # Odoo sends nothing in tests unless it is told to
        cls.startClassPatcher(patch.object(type(cls.env["ir.mail_server"]), "_disable_send", lambda _: False))

    def setUp(self):
        super().setUp()
        self.office.clear()

    # -- the way of a message

    def letter(self, sender="Bea Brook <bea@brook.example.com>", subject="Lamp does not light", **headers):
        self.letters = getattr(self, "letters", 0) + 1
        letter = EmailMessage()
        for name, value in {
            "From": sender, "To": self.address, "Subject": subject,
            "Message-Id": f"<{self._testMethodName}-{self.letters}@brook.example.com>",
            **{name.replace("_", "-"): value for name, value in headers.items()},
        }.items():
            letter[name] = value
        letter.set_content("Nothing happens.\n")
        return letter

    def fetch(self):
        """Let Odoo fetch what is in the mailbox; return the new cases and those messages that need attention."""
        cases, entries = self.env["service.case"].search([]), self.env["service.intake"].search([])
        with self.enter_registry_test_mode(), self.registry.cursor() as cr:
            self.incoming.with_env(self.env(cr=cr)).fetch_mail()
        # what that has put into the queue, as the queue's job does
        self.env["mail.mail"].search([("state", "=", "outgoing"), ("model", "=", "service.case")]).send()
        self.assertFalse(self.incoming.error_message)
        self.assertEqual(self.office.unread(), 0)
        return self.env["service.case"].search([]) - cases, self.env["service.intake"].search([]) - entries

    def receive(self, letter):
        self.office.send(letter)
        case, entries = self.fetch()
        self.assertFalse(entries)
        return case

    def answer_to(self, arrived, **headers):
        """Return what a mail program makes of a click on Reply."""
        message = arrived.message
        return self.letter(
            subject=f"Re: {message['Subject']}", To=message["Reply-To"], In_Reply_To=message["Message-Id"],
            References=f"{message['References'] or ''} {message['Message-Id']}".strip(), **headers)

    def written(self, case):
        return case.message_ids.filtered(lambda message: message.message_type == "email")

    def assertAnswersComeBack(self, message):
        self.assertEqual([address for _name, address in getaddresses([message["Reply-To"]])], [self.address])

    # -- tests

    def test_from_question_to_answer_to_reply(self):
        question = self.letter()
        case = self.receive(question)
        self.assertEqual((case.name, case.team_id, case.partner_id), (question["Subject"], self.team, self.contact))
        self.assertEqual(case.source_message_id, question["Message-Id"])

        [acknowledgement] = self.office.arrived
        self.assertEqual(acknowledgement.recipients, [self.contact.email])
        self.assertIn(self.address, acknowledgement.message["From"])
        self.assertIn(case.number, acknowledgement.message["Subject"])
        self.assertEqual(acknowledgement.message["Auto-Submitted"], "auto-replied")
        self.assertAnswersComeBack(acknowledgement.message)

        self.office.arrived.clear()
        answer = case.with_user(self.agent).message_post(
            body="Which bulb?", message_type="comment", subtype_xmlid="mail.mt_comment")
        [arrived] = self.office.arrived
        self.assertEqual(arrived.recipients, [self.contact.email])
        self.assertEqual(getaddresses([arrived.message["From"]]), [(self.agent.name, self.agent.email)])
        self.assertEqual(arrived.sender, f"{self.alias_bounce}@{self.alias_domain}")
        self.assertEqual(arrived.message["Message-Id"], answer.message_id)
        self.assertIn(question["Message-Id"], arrived.message["References"])
        self.assertAnswersComeBack(arrived.message)
        self.assertIn("Which bulb?", arrived.message.get_body(("plain",)).get_content())

        case.action_close()
        self.office.arrived.clear()
        self.assertFalse(self.receive(self.answer_to(arrived)), "a reply makes no case")
        reply = self.written(case)[0]
        self.assertEqual(reply.author_id, self.contact)
        self.assertIn("Nothing happens.", reply.body)
        self.assertFalse(case.closed_date)
        [told] = self.office.arrived
        self.assertEqual(told.recipients, [self.agent.email], "replies are not acknowledged")

    def test_reply_without_reference_finds_the_case_by_its_number(self):
        case = self.receive(self.letter())
        [acknowledgement] = self.office.arrived
        reply = self.letter(subject=f"Re: {acknowledgement.message['Subject']}")
        self.assertFalse(self.receive(reply))
        self.assertEqual(len(self.written(case)), 2)

    def test_reply_of_a_machine_ends_there(self):
        case = self.receive(self.letter())
        [acknowledgement] = self.office.arrived
        self.office.arrived.clear()
        for header in ({"Auto_Submitted": "auto-replied"}, {"Precedence": "bulk"}, {"X_Autoreply": "yes"}):
            self.assertFalse(self.receive(self.answer_to(acknowledgement, **header)), header)
        self.assertFalse(self.receive(self.letter(subject="Out of office: back on Monday")))
        self.assertEqual(len(self.written(case)), 1)
        self.assertFalse(self.office.arrived)

    def test_machine_that_does_not_say_so_makes_no_loop(self):
        """It writes anew, without a word of being a machine, whenever it gets anything."""
        self.office.send(self.letter(sender="robot@example.net"))
        rounds = 0
        while self.fetch()[0]:
            rounds += 1
            self.assertLess(rounds, 20, "they go on for ever")
            for _arrived in self.office.arrived:
                self.office.send(self.letter(sender="robot@example.net"))
            self.office.arrived.clear()
        self.assertEqual(rounds, self.env["service.case"].ACKNOWLEDGEMENTS_PER_DAY + 1)

    def test_malformed_message_holds_up_nothing(self):
        for name in ("unknown_charset", "long_message_id", "nul_in_subject", "raw_8bit_headers", "unclosed_multipart"):
            with self.subTest(message=name):
                source = (MALFORMED / f"{name}.eml").read_bytes()
                source = re.sub(rb"\r?\n", b"\r\n", source.replace(
                    b"first-aid@test.mycompany.com", self.address.encode()))
                self.office.send(self.letter(subject="Before"))
                self.office.put(source)
                self.office.send(self.letter(subject="After"))
                cases, entries = self.fetch()
                self.assertEqual(len(cases) + len(entries), 3)
                self.assertLessEqual({"Before", "After"}, set(cases.mapped("name")))
                if name in ("unknown_charset", "long_message_id"):
                    self.assertEqual(base64.b64decode(entries.source), source)
                    self.assertTrue(entries.reason)

    def test_fetching_again_or_getting_it_again_makes_no_double(self):
        question = self.letter()
        case = self.receive(question)
        self.assertEqual(self.fetch(), (self.env["service.case"], self.env["service.intake"]))
        self.assertFalse(self.receive(question), "the provider has delivered it twice")
        self.assertEqual(len(self.written(case)), 1)
        self.office.mark_unread()
        self.assertEqual(self.office.unread(), 2)
        self.assertEqual(self.fetch(), (self.env["service.case"], self.env["service.intake"]))
        self.assertEqual(len(self.written(case)), 1)

    def test_25_megabytes(self):
        letter, content = self.letter(), Random(4).randbytes(18_700_000)
        letter.add_attachment(content, maintype="application", subtype="pdf", filename="lamp.pdf")
        self.assertGreater(len(letter.as_bytes()), 25_000_000)
        attachment = self.receive(letter).message_ids.attachment_ids
        self.assertEqual((attachment.name, attachment.raw), ("lamp.pdf", content))

    def test_mail_waits_while_a_server_is_away(self):
        self.office.send(self.letter())
        port = self.incoming.port
        self.incoming.port = 1
        with self.enter_registry_test_mode(), self.registry.cursor() as cr:
            self.assertIsInstance(self.incoming.with_env(self.env(cr=cr))._fetch_mail(), OSError)
        self.assertTrue(self.incoming.error_message)
        self.incoming.port = port
        self.assertEqual(len(self.fetch()[0]), 1)
