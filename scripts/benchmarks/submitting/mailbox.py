"""A mail server that takes every message and keeps it, so that its recipients can be played."""

import contextlib
import email
import email.policy
import socketserver
import threading
from collections import defaultdict
from email.message import EmailMessage


class Mailbox:
    """Speaks SMTP on a port of the loopback for the time of a ``with`` block."""

    def __init__(self):
        self._arrived = threading.Condition()
        self._messages: dict[str, list[EmailMessage]] = defaultdict(list)
        self._server = _Server(("127.0.0.1", 0), _Conversation)
        self._server.mailbox = self
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)

    @property
    def port(self) -> int:
        return self._server.server_address[1]

    def __enter__(self):
        self._thread.start()
        return self

    def __exit__(self, *_error):
        self._server.shutdown()
        self._server.server_close()

    def keep(self, recipients: list[str], content: bytes) -> None:
        message = email.message_from_bytes(content, policy=email.policy.default)
        with self._arrived:
            for recipient in recipients:
                self._messages[recipient].append(message)
            self._arrived.notify_all()

    def first(self, recipient: str, seconds: float = 0.0) -> EmailMessage | None:
        """Return the first message to the address; waits so long for it."""
        with self._arrived:
            self._arrived.wait_for(lambda: self._messages.get(recipient), seconds)
            return next(iter(self._messages.get(recipient, ())), None)

    def __len__(self) -> int:
        with self._arrived:
            return sum(map(len, self._messages.values()))


class _Server(socketserver.ThreadingTCPServer):
    daemon_threads = True
    request_queue_size = 64
    mailbox: Mailbox


class _Conversation(socketserver.StreamRequestHandler):
    """What SMTP needs to take a message: no extensions, no refusals."""

    def handle(self) -> None:
        with contextlib.suppress(ConnectionError):  # who speaks may be killed
            self._converse()

    def _converse(self) -> None:
        self._say("220 mailbox")
        recipients = []
        while line := self.rfile.readline():
            word = line.strip().upper()
            if word.startswith(b"RCPT TO:"):
                recipients.append(line.decode().partition("<")[2].partition(">")[0].lower())
            if word == b"DATA":
                self._say("354 go on")
                self.server.mailbox.keep(recipients, self._read_message())
                recipients = []
            if word == b"QUIT":
                self._say("221 bye")
                return
            self._say("250 ok")

    def _read_message(self) -> bytes:
        lines = []
        while (line := self.rfile.readline()) != b".\r\n":
            if not line:
                raise ConnectionError("ended within a message")
            lines.append(line.removeprefix(b"."))
        return b"".join(lines)

    def _say(self, text: str) -> None:
        self.wfile.write(f"{text}\r\n".encode())
