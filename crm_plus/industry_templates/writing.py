"""The files of a template as they are written: always the same bytes for the same content."""

import io
import json
import zipfile
from collections.abc import Mapping

from .sections import ITEM_KEYS, SETTINGS, Section
from .shape import DESCRIPTION, DESCRIPTION_TEXTS, PROPERTY_KEYS, file_parts, is_properties

#: files in a zip get this date, so that the same template makes the same zip
DATE = (1980, 1, 1, 0, 0, 0)


def dumps(value) -> str:
    """Return the text of a file: two spaces, whole numbers without a point, a line feed."""
    return json.dumps(_whole(value), ensure_ascii=False, indent=2) + '\n'


def _whole(value):
    if isinstance(value, dict):
        return {key: _whole(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [_whole(inner) for inner in value]
    if isinstance(value, float) and value.is_integer():
        return int(value)
    return value


def canonical(
    contents: Mapping[str, object], sections: Mapping[str, tuple[Section, ...]],
    settings: Mapping[str, tuple[str, ...]],
) -> dict[str, str]:
    """Return the texts of a valid template's files, in the order in which they belong.

    Files of add-ons that are not among ``sections`` keep their order.
    """
    ordered = {}
    for name in sorted(contents, key=_file_order):
        module, lang = file_parts(name)
        content = contents[name]
        if module == 'template':
            content = _in_order(content, DESCRIPTION_TEXTS if lang else tuple(DESCRIPTION))
        elif module in sections:
            main = contents.get(f'{module}.json', {})
            content = (
                _order_texts(content, _order_items(main, sections[module], settings[module]),
                             sections[module])
                if lang else _order_items(content, sections[module], settings[module]))
        ordered[name] = dumps(content)
    return ordered


def _file_order(name):
    module, lang = file_parts(name)
    return module != 'template', module, lang


def _in_order(content, keys):
    return {key: content[key] for key in keys if key in content}


def _order_items(content, sections, settings):
    ordered = {}
    if content.get(SETTINGS):
        ordered[SETTINGS] = _in_order(content[SETTINGS], settings)
    for section in sections:
        if content.get(section.key):
            ordered[section.key] = order_items(content[section.key], section)
    return ordered


def order_items(items: list[dict], section: Section) -> list[dict]:
    """Return items of a section in the order (sequence, key), each with its keys in order."""
    return [
        {
            key: (
                order_items(item[key], section.child(key)) if section.child(key)
                else [_in_order(fact, PROPERTY_KEYS) for fact in item[key]]
                if is_properties(section, key) and item[key]
                else item[key])
            for key in (
                *ITEM_KEYS, *section.fields, *(child.key for child in section.children))
            if key in item
            and not (section.child(key) and not item[key])
        }
        for item in sorted(items, key=item_order)
    ]


def item_order(item: Mapping) -> tuple:
    """By what items are sorted: what has no sequence has the default that most models have."""
    sequence = item.get('sequence')
    return (10 if sequence is None else sequence), item['key']


def _order_texts(content, main, sections):
    ordered = {}
    for section in sections:
        texts = content.get(section.key, {})
        found = {}
        for path, own, item in _paths(main.get(section.key, ()), section, ''):
            if texts.get(path):
                found[path] = {
                    key: (_order_property_texts(texts[path][key], item[key])
                          if is_properties(own, key) else texts[path][key])
                    for key in own.fields if key in texts[path]
                }
        if found:
            ordered[section.key] = found
    return ordered


def _paths(items, section, before):
    for item in items:
        path = f'{before}{item["key"]}'
        yield path, section, item
        for child in section.children:
            yield from _paths(item.get(child.key, ()), child, f'{path}/')


def _order_property_texts(texts, definition):
    return {
        fact['name']: {
            **_in_order(texts[fact['name']], ('string', 'suffix')),
            **{
                part: _in_order(texts[fact['name']][part], [choice[0] for choice in fact[part]])
                for part in ('selection', 'tags') if part in texts[fact['name']]
            },
        }
        for fact in definition if fact['name'] in texts
    }


def pack(texts: Mapping[str, str]) -> bytes:
    """Return a zip of files by path: the same bytes for the same texts."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, 'w', zipfile.ZIP_DEFLATED) as archive:
        for path, text in texts.items():
            entry = zipfile.ZipInfo(path, DATE)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.external_attr = 0o644 << 16
            archive.writestr(entry, text)
    return buffer.getvalue()
