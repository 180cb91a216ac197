"""How the files of a template are built: names of files and keys, items within items."""

import re
from collections.abc import Iterator, Mapping

from .sections import Section

FORMAT = 1
LANGUAGE = 'en_US'

KEY = re.compile(r'[a-z][a-z0-9_]{1,39}')
ITEM_KEY = re.compile(r'[a-z0-9][a-z0-9_]{0,59}')
PROPERTY_KEY = re.compile(r'[a-z0-9_]{1,60}')
EXTERNAL_ID = re.compile(r'[a-z0-9_]+\.[A-Za-z0-9_.-]+')
FILE = re.compile(
    r'(?P<module>[a-z][a-z0-9_]*)(?:\.(?P<lang>[a-z]{2,3}(?:_[A-Z][A-Za-z]{1,3})?))?\.json')

#: what template.json says: type, and whether it must
DESCRIPTION = {
    'format': (int, True), 'language': (str, True), 'name': (str, True), 'summary': (str, True),
    'description': (str, False), 'version': (str, True), 'sequence': (int, False),
    'icon': (str, False),
}
DESCRIPTION_TEXTS = ('name', 'summary', 'description')
ICON = re.compile(r'fa-[a-z0-9-]+')
VERSION = re.compile(r'[0-9]+(\.[0-9]+){0,4}')

#: what a property of a definition may say; no conditions, and links only to what every
#: database has
PROPERTY_KEYS = (
    'name', 'type', 'string', 'comodel', 'selection', 'tags', 'default', 'suffix',
    'fold_by_default', 'view_in_cards',
)
PROPERTY_TYPES = (
    'boolean', 'integer', 'float', 'text', 'char', 'date', 'datetime', 'many2one', 'many2many',
    'selection', 'tags', 'separator',
)
#: the texts of a property that are translated; of ``selection`` and ``tags`` each choice
PROPERTY_TEXTS = ('string', 'suffix')


def file_parts(name: str) -> tuple[str, str] | None:
    """Return add-on (or ``template``) and language of a file's name: ``('crm_plus', 'ko_KR')``.

    The language is '' for the file that the others translate; None where it is no such name.
    """
    match = FILE.fullmatch(name)
    return match and (match['module'], match['lang'] or '')


def is_properties(section: Section, key: str) -> bool:
    """Return whether a key of an item holds a definition of properties."""
    return section.field_of(key).endswith('properties_definition')


def is_link(key: str, value) -> bool:
    """Return whether a value is a reference, going by the name of its key."""
    return (key.endswith('_id') and isinstance(value, str)) or (
        key.endswith('_ids') and isinstance(value, list))


def items_of(content: Mapping, sections) -> Iterator[tuple[str, tuple, Section, dict]]:
    """Yield way, keys, section and item of all items of an add-on's file, parents first.

    The way is what problems name (``stages/offer/exit_criteria/budget``), the keys are those
    that name the item (``('offer', 'budget')``). What is no item is skipped.
    """
    for section in sections:
        yield from _items(content.get(section.key), section, section.key, ())


def _items(items, section, way, keys):
    for item in items if isinstance(items, list) else ():
        if isinstance(item, dict) and isinstance(item.get('key'), str):
            path = (*keys, item['key'])
            here = f'{way}/{item["key"]}'
            yield here, path, section, item
            for child in section.children:
                yield from _items(item.get(child.key), child, f'{here}/{child.key}', path)
