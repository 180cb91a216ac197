"""What a template would do: its items, and how a value there differs from one here.

Values are compared in the form in which they are stored, and journalled: texts that are
translated as ``{language: text}``, links as ids, dates as ISO texts, definitions of properties as
lists. A link to an item that is no record yet is the :class:`Item` itself.
"""

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from .sections import SETTINGS, Section
from .shape import LANGUAGE, file_parts, items_of

NEW, CHANGED, SAME, CONFLICT = 'new', 'changed', 'same', 'conflict'
STATES = (NEW, CHANGED, SAME, CONFLICT)


class Change(NamedTuple):
    """One field of an item that is not yet as the template wants it."""

    key: str  #: as the template calls the field
    field: str  #: as the model does
    old: object
    new: object
    state: str


@dataclass(eq=False)
class Item:
    """One record that a template wants, or one setting of the company."""

    module: str
    way: str  #: within the add-on's file: ``stages/offer/exit_criteria/budget``
    keys: tuple[str, ...]
    section: Section
    values: Mapping
    texts: dict[str, Mapping] = field(default_factory=dict)  #: by language
    parent: 'Item | None' = None
    record_id: int | None = None
    shared: bool = False  #: by several companies
    absent: bool = False  #: an archived record that is not there: nothing to do
    changes: list[Change] = field(default_factory=list)
    #: items that have to be records before this one, by the field that links to them
    links: dict[str, list['Item']] = field(default_factory=dict)

    @property
    def id(self) -> str:
        return '/'.join((self.module, self.way.partition('/')[0], *self.keys))

    @property
    def file(self) -> str:
        return f'{self.module}.json'

    @property
    def is_setting(self) -> bool:
        return self.section.key == SETTINGS

    @property
    def state(self) -> str:
        if self.absent:
            return SAME
        if not self.record_id:
            return NEW
        if not self.changes:
            return SAME
        if any(change.state == CONFLICT for change in self.changes):
            return CONFLICT
        return CHANGED

    def needs(self) -> Iterator['Item']:
        """Yield the items that have to be created before this one."""
        linked = [item for items in self.links.values() for item in items]
        seen = set()
        for item in (*((self.parent,) if self.parent else ()), *linked):
            if not item.record_id and item is not self and item.id not in seen:
                seen.add(item.id)
                yield item

    def text(self, key: str, lang: str):
        """Return a value as it reads in a language; without a translation as in the main file."""
        return self.texts.get(lang, {}).get(key) or self.values.get(key)


def read_items(
    contents: Mapping[str, object], sections: Mapping[str, tuple[Section, ...]],
    settings: Mapping[str, tuple[str, ...]],
) -> dict[str, Item]:
    """Return the items of a valid template by id: settings first, parents before children."""
    items = {}
    for module, group in sections.items():
        content = contents.get(f'{module}.json', {})
        for name in settings.get(module, ()):
            if name in content.get(SETTINGS, {}):
                item = Item(
                    module, f'{SETTINGS}/{name}', (name,), setting_section(name),
                    {name: content[SETTINGS][name]})
                items[item.id] = item
        texts = {
            file_parts(file)[1]: translated for file, translated in contents.items()
            if file_parts(file)[0] == module and file_parts(file)[1]
        }
        for way, keys, section, values in items_of(content, group):
            top = way.partition('/')[0]
            item = Item(module, way, keys, section, values, {
                lang: translated[top]['/'.join(keys)] for lang, translated in texts.items()
                if '/'.join(keys) in translated.get(top, {})
            })
            if len(keys) > 1:
                item.parent = items['/'.join((module, top, *keys[:-1]))]
            items[item.id] = item
    return items


def setting_section(name: str) -> Section:
    """Return the section of one setting: a field of the company."""
    return Section(SETTINGS, 'res.company', (name,), identity=(), company='')


def languages_of(contents: Mapping[str, object]) -> list[str]:
    """Return the languages of a template, its own first."""
    found = {file_parts(name)[1] for name in contents} - {''}
    return [LANGUAGE, *sorted(found)]


# ------------------------------------------------------------
# COMPARING
# ------------------------------------------------------------

def resolved(value):
    """Return a link or links with the ids of the items that are records."""
    if isinstance(value, Item):
        return value.record_id or value
    if isinstance(value, list):
        return [resolved(one) for one in value]
    return value


def is_same(stored, wanted, kind: str) -> bool:
    """Return whether a stored value is what is wanted.

    :param kind: the type of the field; ``translated`` for texts by language
    """
    wanted = resolved(wanted)
    if kind == 'translated':
        return not differing_languages(stored, wanted)
    if kind in ('many2many', 'tags'):
        return not any(isinstance(one, Item) for one in wanted) and set(stored) == set(wanted)
    if kind in ('float', 'monetary'):
        return abs((stored or 0) - (wanted or 0)) < 1e-6
    if kind in ('char', 'text', 'html', 'integer', 'boolean', 'selection', 'date', 'datetime'):
        # empty texts, zeros and what is not set are one
        return (stored or False) == (wanted or False)
    return (stored or None) == (wanted or None)


def differing_languages(stored, wanted) -> list[str]:
    """Return the languages in which a text is not as wanted.

    A language without a text of its own shows the English one.
    """
    stored = stored or {}
    return [
        lang for lang, text in (wanted or {}).items()
        if (stored.get(lang, stored.get(LANGUAGE)) or None) != (text or None)
    ]


def merge_properties(stored, wanted, removable) -> list[dict]:
    """Return a definition of properties with those that are wanted, in their order.

    :param removable: names of stored ones that may go
    """
    names = {fact['name'] for fact in wanted}
    return [
        *wanted,
        *(fact for fact in stored or [] if fact['name'] not in names | set(removable)),
    ]


def is_same_properties(stored, alternatives) -> bool:
    """Return whether all properties of one of the definitions are stored as they are there."""
    known = {fact['name']: _plain(fact) for fact in stored or []}
    return any(
        all(known.get(fact['name']) == _plain(fact) for fact in wanted) for wanted in alternatives)


def _plain(fact):
    """Return a property without what says nothing, and without what is tied to one database."""
    return {
        key: [tuple(choice) for choice in value] if key in ('selection', 'tags') else value
        for key, value in fact.items() if value not in (None, False, '', [])
    }


def with_texts(definition, texts: Mapping) -> list[dict]:
    """Return a definition of properties in the words of a language.

    :param texts: ``{name: {'string': …, 'suffix': …, 'selection': {value: label}, 'tags': …}}``
    """
    translated = []
    for fact in definition or []:
        words = texts.get(fact['name'], {})
        fact = {**fact, **{part: words[part] for part in ('string', 'suffix') if part in words}}
        for part in ('selection', 'tags'):
            if part in fact:
                fact[part] = [
                    [choice[0], words.get(part, {}).get(choice[0], choice[1]), *choice[2:]]
                    for choice in fact[part]
                ]
        translated.append(fact)
    return translated


# ------------------------------------------------------------
# ORDER
# ------------------------------------------------------------

class CircleError(ValueError):
    """Items that need each other, none of which can be first."""

    def __init__(self, item: Item, key: str):
        super().__init__(f'{item.id}: {key}')
        self.item = item
        self.key = key


def levels(items: Mapping[str, Item], may_wait) -> tuple[list[list[Item]], list[tuple[Item, str]]]:
    """Return items in the order in which they can be made, and the links that are set later.

    :param may_wait: says of an item and a key whether the link may stay empty at first
    :return: lists of items that need only those before them; pairs of item and key
    :raises CircleError: when items need each other and no link can wait
    """
    level, later = {}, []
    for item in items.values():
        _level(item, level, later, may_wait, ())
    ordered = [[] for _number in range(max(level.values(), default=-1) + 1)]
    for item in items.values():
        ordered[level[item]].append(item)
    return ordered, later


def _level(item, level, later, may_wait, path):
    if item in level:
        return level[item]
    before = [-1]
    if item.parent:
        before.append(_level(item.parent, level, later, may_wait, (*path, item)))
    for key, linked in item.links.items():
        for other in linked:
            if other in (*path, item):
                if not may_wait(item, key):
                    raise CircleError(item, key)
                later.append((item, key))
            else:
                before.append(_level(other, level, later, may_wait, (*path, item)))
    level[item] = 1 + max(before)
    return level[item]


def fingerprint(items: Mapping[str, Item], company_id: int) -> str:
    """Return what tells this plan from one with other values, here or in the template.

    :param company_id: for whom the plan is
    """
    content = [company_id, *(
        (item.id, item.state, item.record_id, [
            (change.field, _shown(change.old), _shown(change.new), change.state)
            for change in item.changes
        ])
        for item in items.values()
    )]
    text = json.dumps(content, ensure_ascii=False, sort_keys=True, default=str)
    return hashlib.sha256(text.encode()).hexdigest()


def _shown(value):
    if isinstance(value, Item):
        return value.id
    if isinstance(value, (list, tuple)):
        return [_shown(one) for one in value]
    return value
