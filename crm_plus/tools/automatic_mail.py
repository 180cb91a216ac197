"""Tell mail written by a machine from mail written by a person.

Plain functions over :class:`email.message.EmailMessage`, without Odoo, so that the rules can be
read and tested on their own. Sources: RFC 3834 (Auto-Submitted, null return path), the headers
that Exchange, Gmail, Lotus and the common autoresponders really send, and the subjects of
out-of-office notices that carry no header at all.
"""

import re
from email.message import EmailMessage

# Headers whose mere presence says that a program answered.
AUTORESPONDER_HEADERS = (
    'X-Autoreply',
    'X-Autorespond',
    'X-Autoresponder',
    'X-Auto-Reply-From',
    'X-Mail-Autoreply',
    'X-AutoReply-From',
)
# "list" is missing on purpose: customers do write through a forwarding list.
AUTOMATIC_PRECEDENCES = {'bulk', 'junk', 'auto_reply', 'auto-reply'}
ANSWERING_PRECEDENCES = {'auto_reply', 'auto-reply'}
# What a program says of itself that sends of its own accord, and answers nobody.
OWN_ACCORD = {'', 'no', 'auto-generated', 'auto-notified'}
# The beginning of the subject, as the widespread mail programs word it in their languages.
OUT_OF_OFFICE_SUBJECT = re.compile(
    r'^\s*(?:'
    r'out of (?:the )?office|auto(?:matic)?[ -]?reply|auto[ -]?response|automatic response|'
    r'automatische antwort|abwesenheits(?:notiz|nachricht|meldung)|'
    r'r[ée]ponse automatique|absence du bureau|'
    r'respuesta autom[áa]tica|fuera de la oficina|'
    r'risposta automatica|fuori ufficio|'
    r'automatisch antwoord|afwezigheidsbericht|'
    r'resposta autom[áa]tica|autosvar|odpowied[źz] automatyczna'
    r')\s*[:\-–—]',
    re.IGNORECASE,
)


def automatic_reason(message: EmailMessage) -> str | None:
    """Say why ``message`` was written by a machine, or None when a person seems to have done it.

    :return: the header or the subject that gives it away, for the log
    """
    submitted = _value(message, 'Auto-Submitted')
    if submitted and submitted.split(';')[0].strip() != 'no':
        return f'Auto-Submitted: {submitted}'
    suppress = _value(message, 'X-Auto-Response-Suppress')
    if suppress and suppress != 'none':
        return f'X-Auto-Response-Suppress: {suppress}'
    precedence = _value(message, 'Precedence')
    if precedence in AUTOMATIC_PRECEDENCES:
        return f'Precedence: {precedence}'
    for header in AUTORESPONDER_HEADERS:
        if _value(message, header) not in ('', 'no'):
            return header
    if _value(message, 'Return-Path') == '<>':
        return 'Return-Path: <>'
    subject = str(message.get('Subject') or '')
    if OUT_OF_OFFICE_SUBJECT.match(subject):
        return 'Subject'
    return None


def answer_reason(message: EmailMessage) -> str | None:
    """Say why ``message`` is an automatic answer, or None when it is not.

    What a program sends of its own accord is none: so forms of websites and shops tell of
    somebody who asks for something.

    :return: as :func:`automatic_reason`
    """
    reason = automatic_reason(message)
    return reason if reason and _is_answer(message) else None


def _is_answer(message: EmailMessage) -> bool:
    """Tell whether an automatic message answers another one."""
    return bool(
        _value(message, 'Auto-Submitted').split(';')[0].strip() not in OWN_ACCORD
        or _value(message, 'Precedence') in ANSWERING_PRECEDENCES
        or any(_value(message, header) not in ('', 'no') for header in AUTORESPONDER_HEADERS)
        or _value(message, 'Return-Path') == '<>'
        or _value(message, 'In-Reply-To')
        or _value(message, 'References')
        or OUT_OF_OFFICE_SUBJECT.match(str(message.get('Subject') or ''))
    )


def _value(message: EmailMessage, header: str) -> str:
    """Return the header in lower case without surrounding space; an absent one is empty."""
    return str(message.get(header) or '').strip().lower()
