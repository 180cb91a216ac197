"""A post office on the loopback: an SMTP server that takes mail, and an IMAP server that keeps it.

Both are real servers of their own (aiosmtpd, pymap) behind real sockets, so that Odoo's outgoing and incoming mail
servers speak to them as they would to those of a provider. What is sent to the address of the mailbox lies there;
what is sent to anybody else is kept to be looked at, as if it had arrived.
"""

import imaplib
import logging
import smtplib
import socket
import subprocess
import sys
import tempfile
import time
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import NamedTuple

from aiosmtpd.controller import Controller

HOST = "127.0.0.1"
USER, PASSWORD = "first-aid", "loopback"
MAX_BYTES = 64 * 1024 * 1024
SECONDS_TO_START = 30


class Arrived(NamedTuple):
    """A message as the server of who it was sent to gets it."""

    sender: str  #: of the envelope, where bounces go
    recipients: list[str]  #: of the envelope
    message: EmailMessage


class PostOffice:
    """Use :meth:`open` and :meth:`close`; the ports are free ones of this machine.

    :param address: whose mail goes to the mailbox, which ``USER`` opens with ``PASSWORD``
    """

    def __init__(self, address: str):
        self.address = address
        self.arrived: list[Arrived] = []
        self.smtp_port, self.imap_port = _free_ports(2)
        # open as long as the server runs
        self.log = tempfile.TemporaryFile()  # noqa: SIM115
        self.smtp = self.imap = None

    def open(self) -> None:
        # it tells of each command
        logging.getLogger("mail.log").setLevel(logging.WARNING)
        self.imap = subprocess.Popen([
            sys.executable, "-c", "from pymap.main import main; main()", "--host", HOST,
            "--port", str(self.imap_port), "--no-tls", "dict", "--demo-user", USER, "--demo-password", PASSWORD,
        ], stdout=self.log, stderr=self.log)
        try:
            self._wait_for_imap()
            self.smtp = Controller(self, hostname=HOST, port=self.smtp_port, data_size_limit=MAX_BYTES)
            self.smtp.start()
        except BaseException:
            self.close()
            raise

    def close(self) -> None:
        if self.smtp:
            self.smtp.stop()
        self.imap.terminate()
        self.imap.wait(SECONDS_TO_START)
        self.log.close()

    def _wait_for_imap(self) -> None:
        until = time.monotonic() + SECONDS_TO_START
        while True:
            try:
                socket.create_connection((HOST, self.imap_port), timeout=1).close()
                return
            except OSError:
                if self.imap.poll() is not None or time.monotonic() > until:
                    self.log.seek(0)
                    raise AssertionError(f"The IMAP server did not start:\n{self.log.read().decode()}") from None
                time.sleep(0.05)

    # -- what comes in by SMTP

    async def handle_DATA(self, _server, _session, envelope) -> str:
        """Take a message, as aiosmtpd asks of who it works for."""
        others = [recipient for recipient in envelope.rcpt_tos if recipient != self.address]
        if len(others) < len(envelope.rcpt_tos):
            self.put(envelope.content)
        if others:
            message = message_from_bytes(envelope.content, policy=policy.SMTP)
            self.arrived.append(Arrived(envelope.mail_from, others, message))
        return "250 OK"

    def send(self, message: EmailMessage) -> None:
        """Send a message as the mail program of a customer does."""
        with smtplib.SMTP(HOST, self.smtp_port, timeout=60) as smtp:
            smtp.send_message(message)

    # -- the mailbox

    def mailbox(self) -> imaplib.IMAP4:
        box = imaplib.IMAP4(HOST, self.imap_port, timeout=60)
        box.login(USER, PASSWORD)
        box.select()
        return box

    def put(self, source: bytes) -> None:
        """Put a message into the mailbox byte by byte, also one that no mail program would send."""
        with self.mailbox() as box:
            status, answer = box.append("INBOX", None, None, source)
        if status != "OK":
            raise AssertionError(f"The IMAP server refused a message: {answer}")

    def mark_unread(self) -> None:
        """Mark all messages as a mail program does for somebody who wants to see them again."""
        with self.mailbox() as box:
            box.store("1:*", "-FLAGS", "\\Seen")

    def clear(self) -> None:
        """Forget what has arrived anywhere."""
        self.arrived.clear()
        with self.mailbox() as box:
            _status, [numbers] = box.search(None, "ALL")
            if numbers:
                box.store("1:*", "+FLAGS", "\\Deleted")
                box.expunge()

    def unread(self) -> int:
        with self.mailbox() as box:
            _status, [numbers] = box.search(None, "UNSEEN")
        return len(numbers.split())


def _free_ports(count: int) -> list[int]:
    sockets = [socket.socket() for _number in range(count)]
    try:
        for it in sockets:
            it.bind((HOST, 0))
        return [it.getsockname()[1] for it in sockets]
    finally:
        for it in sockets:
            it.close()
