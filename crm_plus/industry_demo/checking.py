"""Whether the data of a demo company hang together: for those who write them.

English texts without a translation: they are read by developers only.
"""

from collections.abc import Iterator, Mapping

from .rhythm import LONGEST, Rhythm

NUMBER = (int, float)
#: what an entry of each list may say; the first is needed
ENTRIES = {
    'products': {
        'key': str, 'name': str, 'category': str, 'price': NUMBER, 'cost': NUMBER, 'unit': str,
        'service': bool, 'description': str,
    },
    'customers': {
        'key': str, 'name': str, 'person': bool, 'street': str, 'zip': str, 'city': str,
        'country': str, 'industry': str, 'vat': str, 'phone': str, 'email': str, 'website': str,
        'tier': str, 'salesperson': str, 'rhythm': str, 'scale': NUMBER, 'note': str,
        'contacts': list,
    },
    'contacts': {'key': str, 'name': str, 'job': str, 'email': str, 'phone': str},
    'crowds': {
        'key': str, 'count': int, 'country': str, 'cities': list, 'first_names': list,
        'last_names': list, 'companies': bool, 'names': list, 'industry': str, 'rhythms': dict,
        'salesperson': str,
    },
    'competitors': {'key': str, 'name': str, 'strengths': str, 'weaknesses': str},
    'leads': {
        'key': str, 'name': str, 'type': str, 'customer': str, 'contact': str, 'person': str,
        'company': str, 'job': str, 'email': str, 'phone': str, 'country': str, 'city': str,
        'team': str, 'stage': str, 'source': str, 'tags': list, 'salesperson': str,
        'revenue': NUMBER, 'created_days': int, 'deadline_in': int, 'fields': dict,
        'values': dict, 'description': str, 'priority': str, 'state': str, 'closed_days': int,
        'factors': list, 'lost_reason': str, 'lost_to': str,
    },
    'key_accounts': {
        'customer': str, 'manager': str, 'profile': str, 'facts': dict, 'products_made': str,
        'product_usage': str, 'habits': str, 'market_countries': list, 'market_note': str,
        'annual_purchases': NUMBER, 'people': list, 'projects': list, 'agreements': list,
        'competitors': list,
    },
    'people': {
        'contact': str, 'roles': list, 'influence': str, 'stance': str, 'relation': str,
        'our_person': str, 'reports_to': str, 'note': str, 'met': dict,
    },
    'agents': {'login': str, 'teams': list, 'capacity': NUMBER, 'skills': dict},
    'contracts': {
        'product': str, 'months': int, 'unit': str, 'amount': NUMBER, 'period': str,
        'response_class': str, 'customers': list, 'sold_days': int,
    },
    'cases': {
        'key': str, 'subject': str, 'text': str, 'customer': str, 'contact': str, 'type': str,
        'tags': list, 'priority': str, 'team': str, 'agent': str, 'product': str, 'stage': str,
        'opened_hours': NUMBER, 'answered_after': NUMBER, 'answer': str, 'closed_after': NUMBER,
        'time_spent': NUMBER, 'rating': int, 'rating_text': str,
    },
}
#: the parts of each add-on's file
PARTS = {
    'crm_plus': {
        'company': dict, 'staff': dict, 'products': list, 'rhythms': dict, 'customers': list,
        'crowds': list, 'competitors': list, 'leads': list, 'key_accounts': list,
    },
    'crm_plus_service': {
        'staff': dict, 'agents': list, 'leaders': dict, 'contracts': list, 'cases': list,
    },
}
#: section of the template by the key that refers to it, by list
REFERENCES = {
    'customers': {'tier': 'tiers'},
    'leads': {
        'team': 'sales_teams', 'stage': 'stages', 'source': 'lead_sources', 'tags': 'lead_tags',
        'factors': 'decision_factors', 'lost_reason': 'lost_reasons',
    },
    'key_accounts': {'profile': 'account_profiles'},
    'people': {'roles': 'buying_roles'},
    'agreements': {'kind': 'agreement_kinds'},
    'agents': {'teams': 'service_teams', 'skills': 'skills'},
    'contracts': {'response_class': 'response_classes'},
    'cases': {'type': 'case_types', 'tags': 'case_tags', 'team': 'service_teams',
              'stage': 'case_stages'},
}
#: list of the demo data by the key that refers to it
OWN_REFERENCES = {
    'customer': 'customers', 'rhythm': 'rhythms', 'product': 'products', 'lost_to': 'competitors',
    'competitor': 'competitors',
}
SALES_STAFF = ('sam', 'kim', 'max')
SERVICE_STAFF = ('lea', 'ada', 'nora')


def check(demos: Mapping[str, Mapping[str, dict]], files: Mapping[str, dict]) -> Iterator[str]:
    """Yield what is wrong with the demo data of a template.

    :param demos: the files demo.json and demo.….json by name, by add-on
    :param files: the template's files by name, whose items the demo data refer to
    """
    items = {
        section: {item.get('key'): item for item in entries}
        for content in files.values()
        for section, entries in content.items() if isinstance(entries, list)
    }
    own = demos.get('crm_plus', {}).get('demo.json', {})
    known = {
        name: set(own[name]) if isinstance(own[name], dict) else {it.get('key') for it in own[name]}
        for name in ('rhythms', 'products', 'customers', 'competitors') if name in own
    }
    for module, parts in PARTS.items():
        content = demos.get(module, {}).get('demo.json', {})
        yield from _typed(module, content, parts)
        for name, kind in parts.items():
            for number, entry in enumerate(content.get(name, ()) if kind is list else ()):
                where = f'{module}/{name}/{entry.get("key", number)}'
                yield from _entry(where, name, entry, items, known)
        for name, rhythm in content.get('rhythms', {}).items():
            yield from _rhythm(f'{module}/rhythms/{name}', rhythm, known)
    yield from _customers(own, known)
    yield from _leads(own, items)
    yield from _cases(demos.get('crm_plus_service', {}).get('demo.json', {}))


def _typed(where, values, kinds):
    for name, value in values.items():
        if name not in kinds:
            yield f'{where}: “{name}” is not known; known are {", ".join(kinds)}'
        elif not isinstance(value, kinds[name]) or (
                isinstance(value, bool) and kinds[name] is not bool):
            yield f'{where}: “{name}” is of the wrong kind: {value!r}'


def _entry(where, name, entry, items, known):
    yield from _typed(where, entry, ENTRIES[name])
    needed = next(iter(ENTRIES[name]))
    if needed not in entry:
        yield f'{where}: “{needed}” is missing'
    yield from _references(where, name, entry, items, known)
    for part in ('people', 'agreements', 'competitors', 'contacts'):
        for number, child in enumerate(entry.get(part, ())):
            if part in ENTRIES and part != 'competitors':
                yield from _typed(f'{where}/{part}/{number}', child, ENTRIES[part])
            yield from _references(f'{where}/{part}/{number}', part, child, items, known)


def _references(where, name, entry, items, known):
    for key, section in REFERENCES.get(name, {}).items():
        if key not in entry:
            continue
        value = entry[key]
        for reference in [value] if isinstance(value, str) else value:
            if '.' not in reference and reference not in items.get(section, ()):
                yield f'{where}: the template has no “{reference}” in {section}'
    for key, kind in OWN_REFERENCES.items():
        if isinstance(entry.get(key), str) and entry[key] not in known.get(kind, ()):
            yield f'{where}: there is no “{entry[key]}” in {kind}'
    for login in ('salesperson', 'manager', 'our_person'):
        if entry.get(login) and entry[login] not in SALES_STAFF:
            yield f'{where}: {login} is one of {", ".join(SALES_STAFF)}'
    if name == 'cases' and entry.get('agent') and entry['agent'] not in SERVICE_STAFF:
        yield f'{where}: agent is one of {", ".join(SERVICE_STAFF)}'


def _rhythm(where, rhythm, known):
    for name in set(rhythm) - set(Rhythm._fields):
        yield f'{where}: “{name}” is not known; known are {", ".join(Rhythm._fields)}'
    if not isinstance(rhythm.get('every_days'), NUMBER) or rhythm['every_days'] < 1:
        yield f'{where}: “every_days” is a number from 1 up'
    for product in rhythm.get('products') or ():
        if product not in known.get('products', ()):
            yield f'{where}: there is no “{product}” in products'
    season = rhythm.get('season', [1] * 12)
    if len(season) != 12 or min(season) <= 0:
        yield f'{where}: “season” is twelve numbers above 0'
    if not 0 <= rhythm.get('last_days', 0) < rhythm.get('first_days', LONGEST) <= LONGEST:
        yield f'{where}: “last_days” lies below “first_days”, which is at most {LONGEST}'
    for name in ('lines', 'quantity'):
        low, high = rhythm.get(name, (1, 1))
        if not 0 < low <= high:
            yield f'{where}: “{name}” goes from a lower to a higher number'


def _customers(own, known):
    contacts = {
        customer['key']: {contact.get('key') for contact in customer.get('contacts', ())}
        for customer in own.get('customers', ()) if 'key' in customer
    }
    for name in ('leads', 'key_accounts'):
        for entry in own.get(name, ()):
            people = [entry, *entry.get('people', ())]
            for contact in (it['contact'] for it in people if it.get('contact')):
                if contact not in contacts.get(entry.get('customer'), ()):
                    yield f'{name}: {entry.get("customer")} has no contact “{contact}”'
    for crowd in own.get('crowds', ()):
        for rhythm in crowd.get('rhythms', ()):
            if rhythm not in known.get('rhythms', ()):
                yield f'crowds/{crowd.get("key")}: there is no “{rhythm}” in rhythms'


def _leads(own, items):
    for lead in own.get('leads', ()):
        team = items.get('sales_teams', {}).get(lead.get('team'), {})
        facts = {fact.get('name'): fact for fact in team.get('lead_fields', ())}
        for name, value in lead.get('fields', {}).items():
            where = f'leads/{lead.get("key")}/fields/{name}'
            if name not in facts:
                yield f'{where}: {lead.get("team")} has no such lead field'
                continue
            choices = {choice[0] for choice in facts[name].get('selection', ())}
            if facts[name].get('type') == 'selection' and value not in choices:
                yield f'{where}: “{value}” is not among {", ".join(sorted(choices))}'


def _cases(own):
    for case in own.get('cases', ()):
        for name in ('answered_after', 'closed_after'):
            if case.get(name, 0) > case.get('opened_hours', 0):
                yield f'cases/{case.get("key")}: “{name}” lies in the future'
