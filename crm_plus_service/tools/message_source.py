"""Read what can be read of an e-mail that may be broken in any way.

Plain functions over bytes, without Odoo. Unlike :func:`email.message_from_bytes` with a modern
policy they never raise: a header that cannot be decoded comes out with replacement characters, one
that is missing comes out empty.
"""

import re
from datetime import UTC, datetime
from email import message_from_bytes
from email.errors import MessageError
from email.header import decode_header
from email.parser import BytesHeaderParser
from email.policy import compat32
from email.utils import parsedate_to_datetime
from typing import NamedTuple

#: Only this much of a message is searched for its headers, in bytes.
HEADER_BYTES = 256 * 1024
#: A header or a text longer than this is cut, in characters.
HEADER_LENGTH = 500
TEXT_LENGTH = 50_000

ADDRESS = re.compile(r'[^\s<>()\[\],;:"\\]+@[^\s<>()\[\],;:"\\]+')
REFERENCE = re.compile(r'<[^<>\s]+>')
# what a database or a screen cannot take: control characters, halves of characters
UNPRINTABLE = re.compile('[\x00-\x08\x0b-\x1f\x7f\ud800-\udfff]')
RECIPIENT_HEADERS = ('delivered-to', 'to', 'cc', 'resent-to', 'resent-cc')


class Outline(NamedTuple):
    """What the headers of a message say, as far as they say it."""

    subject: str
    sender: str
    message_id: str
    date: datetime | None
    recipients: set[str]
    references: list[str]


def read_outline(source: bytes) -> Outline:
    """Return the outline of the message; the date is in UTC, addresses are in lower case."""
    headers = _read_headers(source)
    recipients = ' '.join(
        value for name in RECIPIENT_HEADERS for value in headers.get(name, ())
    )
    references = ' '.join(headers.get('in-reply-to', []) + headers.get('references', []))
    return Outline(
        subject=_decode(_first(headers, 'subject')),
        sender=_decode(_first(headers, 'from')),
        message_id=_clean(_first(headers, 'message-id')),
        date=_read_date(_first(headers, 'date')),
        recipients={address.lower() for address in ADDRESS.findall(recipients)},
        references=REFERENCE.findall(references)[-32:],
    )


def read_text(source: bytes) -> str:
    """Return the plain text of the message, of its HTML when it has no other, at worst its body."""
    try:
        found = {}
        for part in message_from_bytes(source, policy=compat32).walk():
            kind = part.get_content_type()
            if kind in ('text/plain', 'text/html') and not part.get_filename():
                found.setdefault(kind, part)
        part = found.get('text/plain') or found.get('text/html')
        text = _to_text(part.get_payload(decode=True) or b'', part.get_content_charset())
        if 'text/plain' not in found:
            # markup takes more room than the words in it
            text = re.sub(r'(?s)<(style|script)\b.*?</\1>|<[^>]*>', ' ', text[: 4 * TEXT_LENGTH])
    except Exception:  # whatever the parser stumbles over, the words are kept
        text = _to_text(re.split(rb'\r?\n\r?\n', source, maxsplit=1)[-1], None)
    return UNPRINTABLE.sub('', text[:TEXT_LENGTH]).strip()


def _read_headers(source: bytes) -> dict[str, list[str]]:
    headers: dict[str, list[str]] = {}
    message = BytesHeaderParser(policy=compat32).parsebytes(source[:HEADER_BYTES])
    for name, value in message.raw_items():
        text = value.encode('utf-8', 'surrogateescape').decode('utf-8', 'replace')
        headers.setdefault(name.lower(), []).append(text)
    return headers


def _first(headers: dict[str, list[str]], name: str) -> str:
    return headers.get(name, [''])[0]


def _decode(value: str) -> str:
    """Return the value with its encoded words decoded, as it is when they cannot be."""
    try:
        chunks = decode_header(re.sub(r'\r?\n(?=\s)', '', value))
    except (MessageError, ValueError, LookupError):
        return _clean(value)
    return _clean(
        ''.join(
            chunk if isinstance(chunk, str) else _to_text(chunk, charset)
            for chunk, charset in chunks
        )
    )


def _to_text(content: bytes, charset: str | None) -> str:
    """Return the text in its own character set, else in the likeliest one; the last takes all."""
    for attempt in (charset, 'utf-8'):
        try:
            return content.decode(attempt or 'ascii')
        except (LookupError, ValueError):
            continue
    return content.decode('latin-1')


def _clean(value: str) -> str:
    return ' '.join(UNPRINTABLE.sub(' ', value).split())[:HEADER_LENGTH]


def _read_date(value: str) -> datetime | None:
    try:
        date = parsedate_to_datetime(value)
        return (date.astimezone(UTC) if date.tzinfo else date).replace(tzinfo=None, microsecond=0)
    except (ValueError, TypeError, OverflowError, IndexError):
        return None
