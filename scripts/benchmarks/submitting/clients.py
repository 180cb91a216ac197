"""The submitters: each goes on sending until its time is up, and sends again what was cut off, as its like would do."""

import itertools
import re
import threading
import time
import xmlrpc.client
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from email.message import EmailMessage
from html import unescape
from urllib.parse import urlsplit

import requests

from .mailbox import Mailbox
from .submissions import Submission

#: What a client sees when the server's worker is killed, or nobody takes the call.
CUT_OFF = (requests.ConnectionError, requests.Timeout, requests.exceptions.ChunkedEncodingError)
PAUSE = 0.5  # seconds before something is sent again
PATIENCE = 150.0  # seconds that a submitter stays at one thing
ANSWER_WITHIN = 60.0
#: Every so many-th thing is sent twice at the same moment: a double click, two mail servers, two jobs.
TWICE = 5


@dataclass(frozen=True)
class Target:
    """Where to submit to, and as whom."""

    address: str
    #: path of the public form
    form: str
    #: to whom to write
    recipient: str
    #: database, user id and key of the mail gateway
    gateway: tuple[str, int, str]
    #: logins, which are their passwords as well
    portal: tuple[str, ...]
    #: keys of users who may open cases
    keys: tuple[str, ...]


class Refused(Exception):
    """The server has answered, and not taken it."""


class Submitter(threading.Thread):
    """One of them; what it has sent is in `submissions` when it has ended."""

    way = ""

    def __init__(self, number: int, target: Target, mailbox: Mailbox, begin: threading.Barrier, seconds: float):
        super().__init__(name=f"{self.way} {number}", daemon=True)
        self.number, self.target, self.mailbox, self.begin, self.seconds = number, target, mailbox, begin, seconds
        self.submissions: list[Submission] = []
        self.session = requests.Session()
        # Each from a place of its own, as behind the proxy of a real server.
        self.session.headers.update({
            "X-Forwarded-For": f"198.51.{sum(map(ord, self.way)) % 256}.{number}", "X-Forwarded-Proto": "http",
            "X-Forwarded-Host": urlsplit(target.address).netloc,
        })
        self.error: BaseException | None = None

    def run(self) -> None:
        try:
            self.prepare()
            self.begin.wait(PATIENCE)
            until = time.monotonic() + self.seconds
            while not self.submissions or time.monotonic() < until:
                try:
                    self.submit_some()
                except Refused as refusal:  # no form to fill in: nothing can be submitted
                    self.new().refusals.append(str(refusal))
                    time.sleep(PAUSE)
            self.finish()
        except BaseException as error:  # told by who has started it
            self.error = error
            self.begin.abort()

    def prepare(self) -> None:
        """Log in."""

    def submit_some(self) -> None:
        self.submit(self.new())

    def finish(self) -> None:
        """Do what is left when the time is up."""

    def new(self, **values) -> Submission:
        reference = f"{self.way}-{self.number}-{len(self.submissions)}"
        self.submissions.append(Submission(reference, self.way, **values))
        return self.submissions[-1]

    def submit(self, submission: Submission) -> None:
        """Send it until it is acknowledged, now and then twice at once."""
        times = 2 if len(self.submissions) % TWICE == 0 else 1
        with ThreadPoolExecutor(times) as pool:
            submission.acknowledged = all(pool.map(self._until_acknowledged, [submission] * times))

    def _until_acknowledged(self, submission: Submission) -> bool:
        try:
            self.again(lambda: self.send(submission), submission)
        except Refused as refusal:
            submission.refusals.append(str(refusal))
            return False
        return True

    def again(self, call, submission: Submission | None = None):
        """Return what `call` returns, called again while it is cut off; raises Refused when patience has an end."""
        deadline = time.monotonic() + PATIENCE
        while True:
            try:
                return call()
            except CUT_OFF as error:
                if time.monotonic() > deadline:
                    raise Refused(f"cut off again and again: {error}") from error
                if submission:
                    submission.cut_off += 1
                time.sleep(PAUSE)

    def send(self, submission: Submission) -> None:
        raise NotImplementedError

    def get(self, path: str) -> str:
        answer = self.session.get(f"{self.target.address}{path}", timeout=ANSWER_WITHIN)
        return _taken(answer).text

    def post(self, path: str, values: dict, submission: Submission | None = None) -> requests.Response:
        files = None
        if submission and submission.has_file:
            files = {"files": (submission.file_name, submission.file_content)}
        return _taken(self.session.post(f"{self.target.address}{path}", data=values, files=files,
                                        timeout=ANSWER_WITHIN))

    def hidden(self, page: str) -> dict[str, str]:
        """Return what the form on a page sends along by itself."""
        inputs = re.findall(r'<input type="hidden" name="(csrf_token|started|form_key)" value="([^"]*)"', page)
        return {name: unescape(value) for name, value in inputs}


class FormSubmitter(Submitter):
    """A visitor with several tabs, who fills in the public form and follows the links that are mailed."""

    way = "form"
    TABS = 4
    SECONDS_TO_FILL = 3.2
    SECONDS_FOR_MAIL = 120

    def prepare(self) -> None:
        self.open: dict[str, dict] = {}
        self.unconfirmed: list[Submission] = []

    def submit_some(self) -> None:
        forms = [self.hidden(self.again(lambda: self.get(self.target.form))) for _tab in range(self.TABS)]
        time.sleep(self.SECONDS_TO_FILL)
        for form in forms:
            submission = self.new(has_file=True)
            self.open[submission.reference] = form
            self.submit(submission)
            if submission.acknowledged:
                # until it is confirmed it is a wish
                submission.acknowledged = False
                self.unconfirmed.append(submission)
        self._confirm(seconds=0)

    def send(self, submission: Submission) -> None:
        answer = self.post(self.target.form, {
            **self.open[submission.reference], "contact_name": "Nora New", "email": self._email(submission),
            "name": submission.subject, "description": "It fell.\nHelp!", "website": "",
        }, submission)
        if "One more step" not in answer.text:
            raise Refused("the form was not taken")

    def finish(self) -> None:
        self._confirm(self.SECONDS_FOR_MAIL)
        for submission in self.unconfirmed:
            submission.refusals.append("no mail with a link to confirm it")

    def _confirm(self, seconds: float) -> None:
        """Follow the links that have come; wait so long for each that has not."""
        waiting, self.unconfirmed = self.unconfirmed, []
        for submission in waiting:
            mail = self.mailbox.first(self._email(submission), seconds)
            if not mail:
                self.unconfirmed.append(submission)
                continue
            link = re.search(r"/service/confirm/[\w-]+", mail.get_body(("html", "plain")).get_content())[0]
            try:
                self.again(lambda link=link: self._follow(link), submission)
                submission.acknowledged = True
            except Refused as refusal:
                submission.refusals.append(str(refusal))

    def _follow(self, link: str) -> None:
        page = self.get(link)
        if "Thank you" not in page:
            page = self.post(link, self.hidden(page)).text
        if "Thank you" not in page:
            raise Refused("the request was not confirmed")

    def _email(self, submission: Submission) -> str:
        return f"{submission.reference}@visitors.example.net"


class PortalSubmitter(Submitter):
    """A customer with an account, who opens cases with a file."""

    way = "portal"

    def prepare(self) -> None:
        self.forms: dict[str, dict] = {}
        login = self.target.portal[self.number % len(self.target.portal)]

        def log_in():
            token = self.hidden(self.get("/web/login"))
            page = self.post("/web/login", {**token, "login": login, "password": login})
            if "/web/login" in page.url:
                raise Refused(f"{login} cannot log in")

        self.again(log_in)

    def submit_some(self) -> None:
        form = self.hidden(self.again(lambda: self.get("/my/cases/new")))
        submission = self.new(has_file=True)
        self.forms[submission.reference] = form
        self.submit(submission)

    def send(self, submission: Submission) -> None:
        answer = self.post("/my/cases/new", {
            **self.forms[submission.reference], "name": submission.subject, "description": "It fell.\nHelp!",
        }, submission)
        if not re.search(r"/my/cases/\d+$", answer.url):
            raise Refused("the case was not opened")


class MailSubmitter(Submitter):
    """A mail server that hands over what customers write, as Odoo's own ``odoo-mailgate.py`` does.

    When nobody answers, it tries again later with the same message. When the server answers with an error it gives
    up: the sender is told that the message could not be delivered.
    """

    way = "mail"
    #: Every so many-th message is an answer on the case of the one before.
    REPLIES = 3

    def submit_some(self) -> None:
        before = self.submissions[-1] if self.submissions else None
        is_reply = bool(before and before.acknowledged and not before.is_reply
                        and len(self.submissions) % self.REPLIES == 0)
        self.submit(self.new(is_reply=is_reply, has_file=True))

    def send(self, submission: Submission) -> None:
        name, user_id, key = self.target.gateway
        call = xmlrpc.client.dumps((name, user_id, key, "mail.thread", "message_process",
                                    [False, xmlrpc.client.Binary(self._message(submission))], {}), "execute_kw")
        answer = _taken(requests.post(f"{self.target.address}/xmlrpc/2/object", data=call.encode(),
                                      headers={"Content-Type": "text/xml"}, timeout=ANSWER_WITHIN))
        try:
            xmlrpc.client.loads(answer.content)
        except xmlrpc.client.Fault as fault:
            raise Refused(fault.faultString.strip().splitlines()[-1]) from None

    def _message(self, submission: Submission) -> bytes:
        message = EmailMessage()
        index = self.submissions.index(submission)
        writer = self.submissions[index - 1] if submission.is_reply else submission
        message["From"] = f"Carl Customer <{writer.reference}@customers.example.net>"
        message["To"] = self.target.recipient
        message["Subject"] = submission.subject
        message["Message-Id"] = self._message_id(submission)
        if submission.is_reply:
            message["In-Reply-To"] = message["References"] = self._message_id(writer)
        message.set_content("It fell.\nHelp!")
        message.add_attachment(submission.file_content, maintype="application", subtype="octet-stream",
                               filename=submission.file_name)
        return message.as_bytes()

    def _message_id(self, submission: Submission) -> str:
        return f"<{submission.reference}@customers.example.net>"


class ApiSubmitter(Submitter):
    """A program that opens cases by ``/json/2``, each under a reference of its own."""

    way = "api"

    def send(self, submission: Submission) -> None:
        key = self.target.keys[self.number % len(self.target.keys)]
        answer = _taken(requests.post(
            f"{self.target.address}/json/2/service.case/create", timeout=ANSWER_WITHIN,
            headers={"Authorization": f"bearer {key}"},
            json={"vals_list": [{
                "name": submission.subject, "email_from": f"{submission.reference}@shop.example.net",
                "description": "It fell.", "user_id": False, "client_reference": submission.reference,
            }]}))
        if len(answer.json()) != 1:
            raise Refused("the answer is not one case")


SUBMITTERS = (FormSubmitter, PortalSubmitter, MailSubmitter, ApiSubmitter)


def submitters(each: int, target: Target, mailbox: Mailbox, begin: threading.Barrier, seconds: float) -> list[Submitter]:
    """Return so many of each way, who prepare themselves when they are started, and submit from `begin` on."""
    return [kind(number, target, mailbox, begin, seconds) for kind, number in itertools.product(SUBMITTERS, range(each))]


def _taken(answer: requests.Response) -> requests.Response:
    if answer.status_code >= 400:
        raise Refused(f"{answer.status_code} {answer.reason}")
    return answer
