"""Whether an e-mail address and a VAT number can be right, without asking anybody.

Plain functions: no network, no database. What a domain really accepts is known only when a
message is sent; what cannot work at all, or was mistyped, is known at once.
"""

import re
from collections.abc import Callable, Container, Mapping

from stdnum.eu.vat import MEMBER_STATES
from stdnum.util import get_cc_module

from odoo.tools import email_normalize_all

# RFC 5321, 4.1.2: dots stand between letters only
LOCAL = re.compile(r'[^.]+(\.[^.]+)*')
# RFC 1035: letters, digits and hyphens, no hyphen at either end, at most 63 of them
LABEL = re.compile(r'(?!-)[a-z0-9-]{1,63}(?<!-)')
TOP_LEVEL = re.compile(r'[a-z]{2,63}|xn--[a-z0-9-]{1,59}')
# RFC 2606, RFC 6762 and the resolution of ICANN of 2024-07-29: never reached over the internet
UNREACHABLE = {'internal', 'invalid', 'lan', 'local', 'localhost', 'test'}
# RFC 5321, 4.5.3.1
LONGEST_LOCAL, LONGEST_DOMAIN = 64, 255

#: the two prefixes of VAT numbers that are not the code of the country
VAT_PREFIXES = {'EL': 'GR', 'XI': 'GB'}
EU_COUNTRIES = {code.upper() for code in MEMBER_STATES} | {'GR'}


def email_problem(
    value: str, typos: Mapping[str, str], disposable: Container[str]
) -> tuple[str, str] | None:
    """Return what is wrong with the addresses in ``value``, or None when one of them is fine.

    :param typos: domains that people mistype, with the one that they mean
    :param disposable: domains whose addresses are thrown away after use
    :return: 'syntax', 'domain', 'typo' or 'disposable', and with it the domain, or for a typo
        the address as it was probably meant
    """
    problems = [
        _address_problem(address, typos, disposable) for address in email_normalize_all(value)
    ]
    if not problems:
        return 'syntax', ''
    return None if None in problems else problems[0]


def _address_problem(address, typos, disposable):
    local, _at, domain = address.rpartition('@')
    domain = domain.lower()
    if not LOCAL.fullmatch(local) or len(local) > LONGEST_LOCAL:
        return 'syntax', ''
    if meant := typos.get(domain):
        return 'typo', f'{local}@{meant}'
    if not _is_domain(domain):
        return 'domain', domain
    labels = domain.split('.')
    # an address of a part of a domain is as short-lived as the domain itself
    parents = ('.'.join(labels[first:]) for first in range(len(labels) - 1))
    if any(parent in disposable for parent in parents):
        return 'disposable', domain
    return None


def _is_domain(domain):
    try:
        # names in other scripts travel in this form
        ascii_name = domain.encode('idna').decode()
    except UnicodeError:
        return False
    *labels, top = ascii_name.split('.')
    return bool(
        labels
        and len(ascii_name) <= LONGEST_DOMAIN
        and all(LABEL.fullmatch(label) for label in labels)
        and TOP_LEVEL.fullmatch(top)
        and top not in UNREACHABLE
    )


def vat_is_plausible(
    vat: str, country_code: str | None, check: Callable[[str, str], bool] | None = None
) -> bool:
    """Say whether a VAT number has the form and the check digits of its country.

    The country is the one that the number itself names, as numbers of the European Union do,
    otherwise that of the address. Without either, and with "/" for "has none", there is nothing
    to object to.

    :param check: asked for a country and a number instead of the public algorithms
    """
    if vat.strip() == '/':
        return True
    number = re.sub(r'[\s.-]', '', vat).upper()
    prefix = number[:2]
    named = VAT_PREFIXES.get(prefix, prefix)
    if named in EU_COUNTRIES or prefix in VAT_PREFIXES:
        code, number = prefix if prefix == 'XI' else named, number[2:]
    else:
        code = country_code
    if not code:
        return len(number) > 1
    if check:
        return bool(check(code, number))
    module = get_cc_module(code.lower(), 'vat')
    return module.is_valid(number) if module else len(number) > 1
