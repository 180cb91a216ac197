"""How alike two records are: points with reasons, and the likeness of names.

Names are compared by the groups of three letters that they share, as PostgreSQL's pg_trgm cuts
them, so that the database may propose what Python then measures the same way everywhere.
"""

from functools import lru_cache
from typing import NamedTuple

#: what one may ask for; the order in which reasons are named
KINDS = ('email', 'vat', 'phone', 'domain', 'company_name', 'person_name', 'city')
FULL_SCORE = 100


class Profile(NamedTuple):
    """What is compared of a record; empty values are unknown and tell nothing."""

    model: str
    id: int | None
    company_id: int | None = None
    #: the commercial entity that the record belongs to, or whose lead it is
    customer_id: int | None = None
    #: the record is the commercial entity itself
    is_customer: bool = False
    email: str | None = None
    phone: str | None = None
    vat: str | None = None
    #: domains of e-mail and website that are not public
    domains: frozenset = frozenset()
    name: str | None = None
    is_company: bool = False
    #: city, lower case
    city: str | None = None
    #: what the opportunity is called
    title: str | None = None
    #: what a reader is shown of it, which is not compared
    shown: list | None = None
    #: the company above this one
    above_id: int | None = None


class Reason(NamedTuple):
    """Why two records seem the same: its share of the score, and the likeness in percent."""

    kind: str
    points: int
    likeness: int = 100


class Rules(NamedTuple):
    """Points by kind, and from which likeness (0 to 1) names count at all."""

    points: dict
    likeness: float

    def of(self, kind):
        return self.points.get(kind, 0)


@lru_cache(maxsize=4096)
def trigrams(text):
    """Return the set of groups of three letters of the words of ``text``.

    >>> sorted(trigrams('cat'))
    ['  c', ' ca', 'at ', 'cat']
    """
    return frozenset(
        padded[start:start + 3]
        for word in text.split()
        for padded in [f'  {word} ']
        for start in range(len(padded) - 2)
    )


def likeness(one, other):
    """Return how alike two names are, from 0 to 1: Dice's measure of their trigrams.

    >>> round(likeness('globex', 'globexx'), 2)
    0.8
    """
    if one == other:
        return 1.0
    first, second = trigrams(one), trigrams(other)
    total = len(first) + len(second)
    return 2 * len(first & second) / total if total else 0.0


def jaccard(dice):
    """Return the similarity of pg_trgm that stands for a likeness of Dice's measure."""
    return dice / (2 - dice)


def compare(one, other, rules):
    """Return the score, 0 to 100, that two profiles are the same, and its reasons.

    :param rules: :class:`Rules`
    :return: ``(score, [Reason])``, best reason first; ``(0, [])`` when they are known to differ
    """
    if _known_apart(one, other, rules):
        return 0, []
    # colleagues share their company's switchboard and domain
    colleagues = one.model == other.model == 'res.partner' and _same(one, other, 'customer_id')
    reasons = []
    if _same(one, other, 'email'):
        reasons.append(Reason('email', rules.of('email')))
    elif one.domains & other.domains and not colleagues and not _are_two_companies(one, other):
        reasons.append(Reason('domain', rules.of('domain')))
    if _same(one, other, 'phone') and not colleagues:
        reasons.append(Reason('phone', rules.of('phone')))
    if _same(one, other, 'vat') and not colleagues:
        reasons.append(Reason('vat', rules.of('vat')))
    if name_reason := _compare_names(one, other, rules):
        reasons.append(name_reason)
        if _same(one, other, 'city'):
            reasons.append(Reason('city', rules.of('city')))
    reasons = sorted(
        (reason for reason in reasons if reason.points), key=lambda reason: -reason.points)
    return min(FULL_SCORE, sum(reason.points for reason in reasons)), reasons


def _same(one, other, attribute):
    value = getattr(one, attribute)
    return bool(value) and value == getattr(other, attribute)


def _known_apart(one, other, rules):
    """Whether the records belong together and yet are not the same."""
    if one.company_id and other.company_id and one.company_id != other.company_id:
        return True
    if not _same(one, other, 'customer_id'):
        return False
    if one.model != other.model:
        return True  # a lead of this very customer
    if one.model == 'res.partner':
        return one.is_customer or other.is_customer
    # one customer has many opportunities: the same one twice is called alike
    return likeness(one.title or '', other.title or '') < rules.likeness


def _are_two_companies(one, other):
    """Whether these are companies of one group, which share a domain as a matter of course."""
    if not (one.model == other.model == 'res.partner' and one.is_company and other.is_company):
        return False
    if one.vat and other.vat and one.vat != other.vat:
        return True
    return bool(
        _same(one, other, 'above_id')
        or (one.above_id and one.above_id == other.id)
        or (other.above_id and other.above_id == one.id))


def _compare_names(one, other, rules):
    if not one.name or not other.name:
        return None
    alike = likeness(one.name, other.name)
    if alike < rules.likeness:
        return None
    kind = 'company_name' if one.is_company and other.is_company else 'person_name'
    return Reason(kind, round(rules.of(kind) * alike), round(100 * alike))
