"""Read who wrote a message from the lines below it: name, position, company, phone, e-mail, site.

Plain functions over a text, without Odoo. People write their signatures as they like: what cannot
be told is left out rather than guessed.
"""

import re

EMAIL = re.compile(r"[\w.!#$%&'*+/=?^`{|}~-]+@[\w-]+(?:\.[\w-]+)+")
WEBSITE = re.compile(
    r"(?:https?://|\bwww\.)[^\s<>()|,;]+"
    r"|(?<![@\w.-])(?:[a-z0-9-]+\.)+(?:com|net|org|info|biz|eu|de|at|ch|fr|be|nl|it|es|pt|pl|cz|uk"
    r"|us|ca|io|dev|tech|shop|example)(?:/[^\s<>()|,;]*)?(?![\w@])",
    re.IGNORECASE,
)
# at least seven digits, with what people put between them
PHONE = re.compile(r'(?<![\w.])(?:\+|00)?\(?\d[\d\s()./–-]{5,}\d(?!\w)')
DATE = re.compile(r'^\d{4}-\d\d-\d\d')
#: What stands before a number, and what kind of number it is. Faxes do not answer.
LABEL = re.compile(
    r'^\W*(?P<label>phone|telephone|tel|fon|telefon|mobile|mobil|cell|handy|direct|office|fax|'
    r'telefax|p|t|m|f|e|e-?mail|mail|web|website|www|internet)\b\.?\s*:?\s*(?=\+|\(|\d|\w|:)',
    re.IGNORECASE,
)
FAX = re.compile(r'\b(?:tele)?fax\b|^\W*f\s*[:.]?\s*(?=[+(\d])', re.IGNORECASE)
MOBILE = re.compile(r'\b(?:mobile?|cell|handy)\b|^\W*m\s*[:.]?\s*(?=[+(\d])', re.IGNORECASE)
COMPANY = re.compile(
    r'\b(?:gmbh(?:\s*&\s*co\.?\s*kg)?|mbh|ag|kg|ohg|ug|se|e\.?\s?k\.?|ltd|limited|llc|llp|inc|corp'
    r'|corporation|plc|company|co|bv|b\.v\.|nv|n\.v\.|sa|s\.a\.|sarl|sas|s\.?r\.?l|s\.?p\.?a|srl'
    r'|oy|ab|as|a/s|aps|sp\.?\s*z\s*o\.?\s*o|s\.?r\.?o|kft|group|holding|university|institute)'
    r'\b\.?\s*$',
    re.IGNORECASE,
)
FUNCTION = re.compile(
    r'\b(?:manager|managing|director|head of|chief|ceo|cto|cfo|coo|president|engineer|buyer|'
    r'purchas\w*|procurement|sales|marketing|consultant|assistant|owner|founder|partner|'
    r'officer|leader|lead|technician|specialist|coordinator|administrator|professor|'
    r'gesch[äa]ftsf[üu]hrer\w*|leiter\w*|leitung|eink[äa]ufer\w*|einkauf|vertrieb\w*|'
    r'ingenieur\w*|inhaber\w*|assistenz|directeur|directrice|responsable|gerente|direttore)\b',
    re.IGNORECASE,
)
GREETING = re.compile(
    r'^\W*(?:(?:kind|best|warm|many)\s+(?:regards|wishes)|(?:best|regards|sincerely|cheers|thanks'
    r'|thank you)\b|yours\b|(?:mit )?(?:freundliche[nr]?|beste[nr]?|viele|liebe)\s+gr[üu](?:ß|ss)'
    r'|mfg\b|cordialement|bien [àa] vous|saludos|cordiali|sent from|gesendet von|von meinem|dear\b'
    r'|hello\b|hi\b|hallo\b|sehr geehrte)',
    re.IGNORECASE,
)
#: Titles that stand before names, and are no part of them for us.
NAME = re.compile(
    r"^(?:(?:i\.?\s?[av]|ppa|mr|mrs|ms|dr|prof|ing|dipl\.?-?\s?ing|herr|frau|m|mme)\.?\s+)*"
    r"(?P<name>[^\W\d_][\w'’.-]*(?:\s+(?:(?:von|van|de|der|den|du|da|di|la|le|el|al|zu|zur|y|e)\s+)*"
    r"[^\W\d_][\w'’.-]*){1,3})$",
    re.IGNORECASE,
)
MAX_LINES = 60
LINE_LENGTH = 200


def parse_signature(text):
    """Return what a pasted signature says, as values of a lead.

    :param str text: the lines as they were copied, with or without the message above
    :return: dict of those found of ``contact_name``, ``function``, ``partner_name``,
        ``email_from``, ``phone``, ``website``

    >>> found = parse_signature('''Nora Nilsen
    ... Head of Purchasing
    ... Fjord Lights AS
    ... Tel: +47 22 12 34 56
    ... nora.nilsen@fjord.example''')
    >>> found['contact_name'], found['partner_name'], found['phone']
    ('Nora Nilsen', 'Fjord Lights AS', '+47 22 12 34 56')
    """
    lines = [line.strip(' \t*_|>·•') for line in (text or '').splitlines()]
    lines = [line[:LINE_LENGTH] for line in lines if line][-MAX_LINES:]
    found, rest, phones = {}, [], []
    for line in lines:
        line = _take_email(line, found)
        line = _take_website(line, found)
        line = _take_phone(line, phones)
        line = line.strip(' ,;:-–|<>"()')
        if line and not GREETING.match(line):
            rest += [part.strip(' ,;') for part in re.split(r'\s*[|•·]\s*|\s{3,}', line)]
    if phones:
        # the office before the mobile phone: somebody answers it
        found['phone'] = min(phones, key=lambda phone: phone[0])[1]
    _take_words([part for part in rest if part], found)
    return found


def _take_email(line, found):
    match = EMAIL.search(line)
    if not match:
        return line
    found.setdefault('email_from', match[0].rstrip('.'))
    return LABEL.sub('', line.replace(match[0], ' '), count=1).strip()


def _take_website(line, found):
    match = WEBSITE.search(line)
    if not match:
        return line
    found.setdefault('website', match[0].rstrip('./'))
    return re.sub(r'^\W*(?:web(?:site)?|internet|www)\W*$', '', line.replace(match[0], ' '),
                  flags=re.IGNORECASE).strip()


def _take_phone(line, phones):
    """Keep the numbers of the line with how well each suits; return what else it says."""
    while match := PHONE.search(line):
        number = ' '.join(match[0].split())
        if not 7 <= sum(map(str.isdigit, number)) <= 15 or DATE.match(number):
            return line
        before = line[:match.start()]
        label = re.split(r'[|•·,;]', before)[-1] + number
        if not FAX.search(label):
            phones.append((1 if MOBILE.search(label) else 0, number))
        words = re.sub(
            r'\b(?:phone|telephone|tel|fon|telefon|mobile?|cell|handy|direct|office|(?:tele)?fax'
            r'|[ptmf])\b\.?\s*:?\s*$', '', before, flags=re.IGNORECASE)
        line = f'{words} {line[match.end():]}'
    return line


def _take_words(parts, found):
    """Tell the name, the position and the company among the lines that are left."""
    for part in parts:
        if 'partner_name' not in found and COMPANY.search(part):
            found['partner_name'] = part
        elif 'function' not in found and FUNCTION.search(part):
            name, _comma, function = part.partition(',')
            if 'contact_name' not in found and function and not FUNCTION.search(name):
                found['contact_name'], found['function'] = name.strip(), function.strip()
            else:
                found['function'] = part
        elif 'contact_name' not in found and (name := _read_name(part)):
            found['contact_name'] = name


def _read_name(part):
    """Return the name that the line is, None if it is something else."""
    match = NAME.match(part)
    words = match['name'].split() if match else []
    # a sentence begins with a capital letter, a name ends with one as well
    if words and words[0][0].isupper() and words[-1][0].isupper():
        return match['name']
    return None
