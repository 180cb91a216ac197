"""What a visitor's browser remembers of the first time they came, in a cookie of their own.

Plain functions over texts, without Odoo. Visitors can write into a cookie what they like: what
is read from it is cut to size, and a date that cannot be true is not believed.
"""

import json
from datetime import datetime, timedelta
from urllib.parse import quote, unquote

COOKIE = 'crm_first_touch'
MAX_AGE_DAYS = 400
#: What is kept, and of how many characters.
LENGTHS = {'source': 100, 'medium': 100, 'campaign': 100, 'referrer': 300, 'landing_page': 300}
DATE_FORMAT = '%Y-%m-%d %H:%M:%S'


def make_touch(params, referrer, landing_page):
    """Return what brought a visitor to a page.

    :param params: those of the address, with ``utm_source``, ``utm_medium``, ``utm_campaign``
    """
    told = {
        'source': params.get('utm_source'),
        'medium': params.get('utm_medium'),
        'campaign': params.get('utm_campaign'),
        'referrer': referrer,
        'landing_page': landing_page,
    }
    return _cut(told)


def write_cookie(touch, now):
    """Return the text of the cookie for what :func:`make_touch` returns."""
    # in characters that every browser and proxy leaves alone
    return quote(json.dumps({**touch, 'date': now.strftime(DATE_FORMAT)}), safe='')


def read_cookie(text, now):
    """Return what the cookie tells with the ``date`` of it, None if that is nothing to believe."""
    try:
        told = json.loads(unquote(text or ''))
        date = datetime.strptime(told['date'], DATE_FORMAT)
        touch = _cut(told)
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
        return None
    if not touch or not now - timedelta(days=MAX_AGE_DAYS) <= date <= now:
        return None
    return {**touch, 'date': told['date']}


def _cut(told):
    return {
        name: ' '.join(told[name].replace('\x00', '').split())[:length]
        for name, length in LENGTHS.items()
        if isinstance(told.get(name), str) and told[name].strip()
    }
