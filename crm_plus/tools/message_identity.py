"""Know a message again that came without an id of its own.

A plain function over :class:`email.message.EmailMessage`, without Odoo.
"""

import hashlib
import re
from email.message import EmailMessage

#: What stays the same however often a message is delivered; what servers add on the way does not.
HEADERS = ('From', 'Date', 'Subject')


def made_up_id(message: EmailMessage) -> str | None:
    """Return a Message-Id made of what the message says, the same whenever it is delivered.

    :return: None where it has one, or cannot be told from the next of the same words: without a
        date, or broken
    """
    if str(message.get('Message-Id') or '').strip() or not message.get('Date'):
        return None
    try:
        body = re.split(rb'\r?\n\r?\n', message.as_bytes(), maxsplit=1)[-1]
        said = [str(message.get(name) or '').encode(errors='replace') for name in HEADERS]
    except Exception:  # what cannot be written again is treated as Odoo does
        return None
    digest = hashlib.sha256(b'\n'.join([*said, body])).hexdigest()
    return f'<{digest}@made-up.invalid>'
