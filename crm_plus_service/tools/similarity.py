"""How alike two subjects are: shared groups of three letters, as PostgreSQL's pg_trgm counts them.

In Python, so that it works on every database and on records that the reader may read; the texts
compared are the few that one customer has open.
"""

import re

WORDS = re.compile(r'\w+')
#: what mail programs put before a subject, and the number of a case
NOISE = re.compile(r'^\s*((re|fw|fwd|aw|wg|sv|tr|ref)\s*:\s*|\[?C\d{5,}\]?\s*:?\s*)+', re.IGNORECASE)


def trigrams(text):
    """Return the set of groups of three letters of the words of ``text``.

    >>> sorted(trigrams('Re: Cat'))
    ['  c', ' ca', 'at ', 'cat']
    """
    words = WORDS.findall(NOISE.sub('', text or '').lower())
    return {
        padded[start:start + 3]
        for word in words
        for padded in [f'  {word} ']
        for start in range(len(padded) - 2)
    }


def similarity(one, other):
    """Return how alike two sets of trigrams are, from 0 to 1.

    >>> similarity(trigrams('word'), trigrams('two words'))
    0.36363636363636365
    """
    shared = len(one & other)
    return shared / (len(one) + len(other) - shared) if shared else 0.0
