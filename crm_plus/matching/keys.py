"""The keys by which two records are recognised as the same: names, tax numbers, web addresses.

Plain functions of text, so that Odoo can store their results without asking the database.
"""

import re
import unicodedata
from urllib.parse import urlsplit


def _words(text):
    return frozenset(text.split())


#: legal forms as they stand at the end of a name; dots and accents are gone by then
LEGAL_FORMS = _words("""
    ab ad ag ao aps as asa asbl bhd bt bv bvba co company corp corporation cv cvba dd doo eg ehf
    eireli eood eurl ev gbr gesmbh gie gmbh hf ik inc incorporated jsc kft kg kgaa kk ks lda llc
    llp lp ltd ltda limited mbh nv nyrt oao od ohg oo ooo oood ood ojsc oy oyj pao partg pc pjsc
    plc private pt pte pty pvt sa sae sagl sal sam saoc sapa sapi sarl sas sasu sau sc sca scop scs
    scrl sdn se sep shpk sia sl slu snc soc spa spol spolka spzoo sprl srl srls sro tbk tov uab ug
    ultd vof vzw yk zao zrt zoo
""")
#: the same in several words, longest first
LEGAL_PHRASES = tuple(phrase.split() for phrase in (
    "sociedad anonima de capital variable", "s de rl de cv", "sa de cv", "sp z oo", "sp z o o",
    "spolka z oo", "kabushiki kaisha", "yugen kaisha", "s r o", "s p a", "s r l", "s a", "a s",
))
#: what stands before the name instead
LEADING_FORMS = _words("""
    ao cv firma oao ooo pao pt sia tov uab zao ао зао оао ооо пао тов
""")
#: legal forms of languages that are written without spaces, at either end; longest first
UNSPACED_FORMS = (
    '股份有限公司', '有限责任公司', '有限責任公司', '有限公司', '株式会社', '有限会社', '合同会社',
    '주식회사', '유한책임회사', '유한회사', '(주)', '(유)', '(株)', '(有)',
)
JOINING_WORDS = frozenset(('and', 'und', 'et', 'y', 'e', 'i'))
#: letters that Unicode does not take apart into a plain one and an accent
PLAIN_LETTERS = str.maketrans({
    'ø': 'o', 'đ': 'd', 'ł': 'l', 'ı': 'i', 'æ': 'ae', 'œ': 'oe', 'þ': 'th', 'ð': 'd', 'ħ': 'h',
})
#: two letters that some write before their tax number and others do not (EU and neighbours)
VAT_PREFIXES = _words("""
    AT BE BG CH CY CZ DE DK EE EL ES EU FI FR GB GR HR HU IE IT LT LU LV MT NL NO PL PT RO SE SI
    SK SM TR XI
""")
#: websites on which anybody has a page: their address tells nothing about who it is
SHARED_SITES = _words("""
    about.me amazon.com blogspot.com business.site ebay.com etsy.com facebook.com fb.com
    github.com github.io instagram.com linkedin.com linktr.ee medium.com pinterest.com
    sites.google.com squarespace.com t.me tiktok.com twitter.com weebly.com wixsite.com
    wordpress.com x.com xing.com youtube.com
""")
#: shorter tax numbers are taken for a remark such as "none"
MIN_VAT_LENGTH = 5

_ABBREVIATION = re.compile(r"[.'’`´]")
_BETWEEN_WORDS = re.compile(r'[\W_]+')


def name_key(name):
    """Return a name as it is compared: lower case, no accents, punctuation or legal form.

    >>> name_key("Müller & Söhne GmbH & Co. KG")
    'muller sohne'
    >>> name_key("주식회사 대한상사"), name_key("㈜대한상사")
    ('대한상사', '대한상사')

    :return: ``''`` when nothing is left to compare
    """
    text = unicodedata.normalize('NFKC', name or '').casefold().translate(PLAIN_LETTERS)
    text = _without_accents(_without_unspaced_form(text.strip()))
    words = _BETWEEN_WORDS.sub(' ', _ABBREVIATION.sub('', text)).split()
    return ' '.join(_without_legal_form(words))


def _without_accents(text):
    apart = unicodedata.normalize('NFD', text)
    # only of Latin, Greek and Cyrillic letters: elsewhere the marks are part of the letter
    kept = (char for char in apart if not 0x0300 <= ord(char) <= 0x036F)
    return unicodedata.normalize('NFC', ''.join(kept))


def _without_unspaced_form(text):
    for form in UNSPACED_FORMS:
        for rest in (text.removeprefix(form), text.removesuffix(form)):
            if rest != text and rest.strip():
                return rest.strip()
    return text


def _without_legal_form(words):
    words = [word for word in words if word not in JOINING_WORDS] or words
    if len(words) > 1 and words[0] in LEADING_FORMS:
        words = words[1:]
    while len(words) > 1:
        length = next(
            (len(phrase) for phrase in LEGAL_PHRASES
             if len(phrase) < len(words) and words[-len(phrase):] == phrase),
            1 if words[-1] in LEGAL_FORMS else 0,
        )
        if not length:
            break
        words = words[:-length]
    return words


def vat_key(vat):
    """Return a tax number as it is compared: letters and digits, without its country.

    >>> vat_key("BE 0477.472.701"), vat_key("0477472701")
    ('0477472701', '0477472701')
    """
    key = re.sub(r'[^0-9A-Z]', '', (vat or '').upper())
    if key[:2] in VAT_PREFIXES and any(char.isdigit() for char in key[2:]):
        key = key[2:]
    return key if len(key) >= MIN_VAT_LENGTH and any(char.isdigit() for char in key) else ''


def web_domain(website):
    """Return the domain of a website; ``''`` for a page on a site that anybody may use.

    >>> web_domain("https://www.Example.org/en?x=1"), web_domain("facebook.com/example")
    ('example.org', '')
    """
    address = (website or '').strip().lower()
    if not address:
        return ''
    try:
        host = urlsplit(address if '//' in address else f'//{address}').hostname or ''
        host = host.encode('idna').decode()
    except (UnicodeError, ValueError):
        return ''
    host = host.rstrip('.').removeprefix('www.')
    if '.' not in host or re.fullmatch(r'[\d.]+', host):
        return ''
    shared = any(host == site or host.endswith(f'.{site}') for site in SHARED_SITES)
    return '' if shared else host
