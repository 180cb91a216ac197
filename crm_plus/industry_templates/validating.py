"""Whether the files of a template say what they may say, without asking a database.

What needs the models (types, choices, fields, external ids) is checked beside them, see
``crm.industry.check.mixin``. Both give the same kind of problems.
"""

from collections.abc import Callable, Mapping

from .domains import conditions
from .problems import Problem
from .sections import ITEM_KEYS, SETTINGS, Section
from .shape import (
    DESCRIPTION,
    DESCRIPTION_TEXTS,
    EXTERNAL_ID,
    FORMAT,
    ICON,
    ITEM_KEY,
    LANGUAGE,
    PROPERTY_KEY,
    PROPERTY_KEYS,
    PROPERTY_TYPES,
    VERSION,
    file_parts,
    is_link,
    is_properties,
    items_of,
)
from .translations import TranslationChecks
from .words import _lt


class Validator(TranslationChecks):
    """Collects the problems of one template.

    :param files: what the JSON files contain, by name
    :param sections: by add-on; files of add-ons that are not named are left alone
    :param settings: names of the company's fields, by add-on
    :param comodel: the model that a key of a section links to, None where it is no link. Without
        it the names of the keys have to tell
    """

    def __init__(
        self, files: Mapping[str, object], sections: Mapping[str, tuple[Section, ...]],
        settings: Mapping[str, tuple[str, ...]],
        comodel: Callable[[Section | None, str], str | None] | None = None,
    ):
        self.files = files
        self.sections = sections
        self.settings = settings
        self.comodel = comodel
        self.problems: list[Problem] = []
        #: keys of the items by the section's model
        self.known: dict[str, set[str]] = {}
        self.records: set[str] = set()

    def validate(self) -> list[Problem]:
        """Return all problems, in the order of the files."""
        self._check_description()
        for name in self.files:
            self._check_name(name)
        self._collect_keys()
        for name, content in self.files.items():
            parts = file_parts(name)
            if not parts or parts[0] == 'template' or parts[0] not in self.sections:
                continue
            module, lang = parts
            if lang:
                self._check_translation(name, module, content)
            else:
                self._check_module(name, module, content)
        return self.problems

    def problem(self, file, key, message, remedy, /, **values):
        self.problems.append(Problem(file, key, message, remedy, values))

    # ------------------------------------------------------------
    # THE TEMPLATE ITSELF
    # ------------------------------------------------------------

    def _check_description(self):
        name = 'template.json'
        if name not in self.files:
            return self.problem(
                name, '', _lt("The file is missing."),
                _lt("Add it, with the template's name and what it is for."))
        content = self.files[name]
        if not self._is_object(name, '', content):
            return None
        for key, (kind, needed) in DESCRIPTION.items():
            value = content.get(key)
            if value is None and needed:
                self.problem(name, key, _lt("It is missing."), _lt("Add it."))
            elif value is not None and (type(value) is not kind or (kind is str and not value)):
                self._wrong_type(name, key, _lt("Write a text.") if kind is str
                                 else _lt("Write a whole number."))
        self._check_unknown(name, '', content, DESCRIPTION)
        self._check_description_values(name, content)
        for file, translation in self.files.items():
            if (file_parts(file) or ('',))[0] == 'template' and file != name:
                self._check_description_texts(file, translation)
        return None

    def _check_description_values(self, name, content):
        if content.get('format') not in (None, FORMAT):
            self.problem(
                name, 'format', _lt("The template was made for another version of CRM+."),
                _lt("Only format %(format)s can be read."), format=FORMAT)
        if content.get('language') not in (None, LANGUAGE):
            self.problem(
                name, 'language', _lt("The files without a language must be English."),
                _lt("Write %(language)s, and bring other languages in files such as "
                    "crm_plus.ko_KR.json."), language=LANGUAGE)
        for key, pattern, remedy in (
            ('version', VERSION, _lt("Write numbers with dots between them, such as 1.0.")),
            ('icon', ICON, _lt("Write the name of a Font Awesome icon, such as fa-flask.")),
        ):
            value = content.get(key)
            if isinstance(value, str) and value and not pattern.fullmatch(value):
                self.problem(name, key, _lt("“%(value)s” cannot be used."), remedy, value=value)

    def _check_description_texts(self, name, content):
        if self._is_object(name, '', content):
            self._check_unknown(name, '', content, DESCRIPTION_TEXTS)
            for key in DESCRIPTION_TEXTS:
                if key in content and not isinstance(content[key], str):
                    self._wrong_type(name, key, _lt("Write a text."))

    def _check_name(self, name):
        parts = file_parts(name)
        if not parts:
            return self.problem(
                name, '', _lt("It is not a file of a template."),
                _lt("Name it after an add-on, such as crm_plus.json or crm_plus.ko_KR.json."))
        module, lang = parts
        if lang and f'{module}.json' not in self.files:
            return self.problem(
                name, '', _lt("It translates a file that is not there."),
                _lt("Add %(file)s, or remove this file."), file=f'{module}.json')
        return None

    def _collect_keys(self):
        for module, sections in self.sections.items():
            content = self.files.get(f'{module}.json')
            if isinstance(content, dict):
                for _way, keys, section, _item in items_of(content, sections):
                    if len(keys) == 1:
                        self.known.setdefault(section.model, set()).add(keys[0])

    # ------------------------------------------------------------
    # THE FILE OF AN ADD-ON
    # ------------------------------------------------------------

    def _check_module(self, name, module, content):
        if not self._is_object(name, '', content):
            return
        sections = {section.key: section for section in self.sections[module]}
        self._check_unknown(name, '', content, (SETTINGS, *sections))
        if SETTINGS in content:
            self._check_settings(name, module, content[SETTINGS])
        for key, section in sections.items():
            if key in content:
                self._check_items(name, key, section, content[key], set())

    def _check_settings(self, name, module, settings):
        if not self._is_object(name, SETTINGS, settings):
            return
        self._check_unknown(name, SETTINGS, settings, self.settings.get(module, ()))
        for key, value in settings.items():
            self._check_links(name, f'{SETTINGS}/{key}', None, key, value)

    def _check_items(self, name, way, section, items, keys):
        """Check a list of items; ``keys`` are those that are taken, and the list's are added."""
        if not isinstance(items, list):
            self._wrong_type(name, way, _lt("Write a list."))
            return
        for number, item in enumerate(items, 1):
            here = f'{way}/{number}'
            if not self._is_object(name, here, item):
                continue
            key = item.get('key')
            if not isinstance(key, str) or not ITEM_KEY.fullmatch(key):
                self.problem(
                    name, here, _lt("Its key is missing or cannot be used."),
                    _lt("Give it a “key” of small letters, digits and underscores."))
                continue
            here = f'{way}/{key}'
            if key in keys:
                self.problem(
                    name, here, _lt("The key is used twice."),
                    _lt("Give one of them another key."))
            keys.add(key)
            self._check_item(name, here, section, item)

    def _check_item(self, name, way, section, item):
        children = {child.key: child for child in section.children}
        self._check_unknown(name, way, item, (*ITEM_KEYS, *section.fields, *children))
        self._check_record(name, way, item)
        for key in ('name', 'summary'):
            # a record that is there already may keep the name that it has
            if key in section.identity and (key in item or 'record' not in item) and not (
                    isinstance(item.get(key), str) and item[key]):
                self.problem(name, f'{way}/{key}', _lt("It is missing."), _lt("Add it."))
        for key in section.fields:
            if key in item:
                self._check_value(name, f'{way}/{key}', section, key, item)
        taken = set()
        for key, child in children.items():
            if key in item:
                self._check_items(name, f'{way}/{key}', child, item[key], taken)

    def _check_record(self, name, way, item):
        record = item.get('record')
        if 'record' in item and not (isinstance(record, str) and EXTERNAL_ID.fullmatch(record)):
            self.problem(
                name, f'{way}/record', _lt("It is not the external id of a record."),
                _lt("Write it as add-on, dot, name, such as crm.stage_lead1; or leave it out."))
        elif record in self.records:
            self.problem(
                name, f'{way}/record', _lt("Two items are the same record."),
                _lt("Name it in one of them."))
        elif record:
            self.records.add(record)
        if item.get('active') is False and 'record' not in item:
            self.problem(
                name, f'{way}/active', _lt("What the template brings cannot be archived."),
                _lt("Leave the item out; only records that are there already, named by "
                    "“record”, can be archived."))

    def _check_value(self, name, way, section, key, item):
        value = item[key]
        if value is None:
            return
        if value in section.refused.get(key, ()):
            self.problem(
                name, way, _lt("A template cannot bring “%(value)s”."),
                _lt("It needs people, mails or programs of one database: set it up by hand "
                    "there, and leave it out here."), value=value)
        elif is_properties(section, key):
            self._check_properties(name, way, value)
        elif section.about.get(key) and not key.endswith('_id'):
            self._check_conditions(name, way, value)
        elif key not in section.about:
            self._check_links(name, way, section, key, value)

    def _check_conditions(self, name, way, value):
        if not isinstance(value, str):
            self._wrong_type(name, way, _lt("Write a text."))
            return
        try:
            conditions(value)
        except ValueError as error:
            self.problem(
                name, way, _lt("The conditions cannot be read: %(error)s"),
                _lt("Write a list of conditions such as [('country_id.code', '=', 'KR')], with "
                    "nothing but texts, numbers, True, False and lists."), error=error)

    # ------------------------------------------------------------
    # LINKS
    # ------------------------------------------------------------

    def _check_links(self, name, way, section, key, value):
        if self.comodel:
            comodel = self.comodel(section, key)
            linked = comodel and isinstance(value, (str, list))
        else:
            comodel = None
            linked = is_link(key, value)
        if not linked:
            return
        references = value if isinstance(value, list) else [value]
        for reference in references:
            self._check_reference(name, way, comodel, reference)
        if len({str(reference) for reference in references}) < len(references):
            self.problem(name, way, _lt("Something is named twice."), _lt("Name it once."))

    def _check_reference(self, name, way, comodel, reference):
        if not isinstance(reference, str):
            self._wrong_type(name, way, _lt("Write the key of an item, as a text."))
        elif '.' in reference:
            if not EXTERNAL_ID.fullmatch(reference):
                self.problem(
                    name, way, _lt("“%(reference)s” is not the external id of a record."),
                    _lt("Write it as add-on, dot, name, such as crm.stage_lead1."),
                    reference=reference)
        else:
            known = self.known.get(comodel, ()) if comodel else set().union(*self.known.values())
            if reference not in known:
                self.problem(
                    name, way, _lt("The template has no “%(reference)s” of that kind."),
                    _lt("Write the key of an item in the section that it belongs to, or an "
                        "external id with a dot."), reference=reference)

    # ------------------------------------------------------------
    # PROPERTIES
    # ------------------------------------------------------------

    def _check_properties(self, name, way, definition):
        if not isinstance(definition, list):
            self._wrong_type(name, way, _lt("Write a list."))
            return
        names = set()
        for number, fact in enumerate(definition, 1):
            here = f'{way}/{number}'
            if not self._is_object(name, here, fact):
                continue
            key = fact.get('name')
            if not isinstance(key, str) or not PROPERTY_KEY.fullmatch(key) or key in names:
                self.problem(
                    name, here, _lt("Its name is missing, used twice or cannot be used."),
                    _lt("Give it a “name” of small letters, digits and underscores."))
                continue
            names.add(key)
            self._check_property(name, f'{way}/{key}', fact)

    def _check_property(self, name, way, fact):
        self._check_unknown(name, way, fact, PROPERTY_KEYS)
        if fact.get('type') not in PROPERTY_TYPES:
            self.problem(
                name, f'{way}/type', _lt("“%(value)s” is not a type of fields."),
                _lt("Write one of: %(types)s."), value=fact.get('type', ''),
                types=', '.join(PROPERTY_TYPES))
        if not isinstance(fact.get('string'), str) or not fact['string']:
            self.problem(
                name, f'{way}/string', _lt("It is missing."),
                _lt("Add the label of the field, as a text."))
        if fact.get('default') and fact.get('type') in ('many2one', 'many2many'):
            self.problem(
                name, f'{way}/default', _lt("A link cannot have a default in a template."),
                _lt("Leave it out."))
        for key, width in (('selection', 2), ('tags', 3)):
            if (key in fact) != (fact.get('type') == key):
                self.problem(
                    name, f'{way}/{key}', _lt("It does not go with the type of the field."),
                    _lt("Choices belong to the types “selection” and “tags”, and only there."))
            elif key in fact and not self._are_choices(fact[key], width):
                self.problem(
                    name, f'{way}/{key}', _lt("The choices cannot be read."),
                    _lt("Write a list of pairs such as [\"bulk\", \"Bulk\"]; for tags with the "
                        "number of a colour behind them."))

    @staticmethod
    def _are_choices(choices, width):
        return isinstance(choices, list) and bool(choices) and all(
            isinstance(choice, list) and len(choice) == width
            and all(isinstance(text, str) and text for text in choice[:2])
            and all(type(colour) is int and 0 <= colour <= 11 for colour in choice[2:])
            for choice in choices
        ) and len({choice[0] for choice in choices}) == len(choices)

    # ------------------------------------------------------------
    # SMALL ONES
    # ------------------------------------------------------------

    def _is_object(self, name, way, value):
        if isinstance(value, dict):
            return True
        self._wrong_type(name, way, _lt("Write an object in braces."))
        return False

    def _wrong_type(self, name, way, remedy):
        self.problem(name, way, _lt("The value is of the wrong kind."), remedy)

    def _check_unknown(self, name, way, content, known):
        for key in content:
            if key not in known:
                self.problem(
                    name, f'{way}/{key}' if way else key, _lt("It is not known here."),
                    _lt("Remove it, or write one of: %(known)s."), known=', '.join(known))


def validate(files, sections, settings, comodel=None) -> list[Problem]:
    """Return what is wrong with a template, see :class:`Validator`."""
    return Validator(files, sections, settings, comodel).validate()
