"""Whether translated files of a template translate what is there."""

from .shape import PROPERTY_TEXTS, is_link, is_properties, items_of
from .words import _lt


class TranslationChecks:
    """For :class:`~.validating.Validator`: the files with a language in their names."""

    def _check_translation(self, name, module, content):
        if not self._is_object(name, '', content):
            return
        sections = {section.key: section for section in self.sections[module]}
        self._check_unknown(name, '', content, sections)
        main = self.files.get(f'{module}.json')
        found = {
            (way.partition('/')[0], '/'.join(keys)): (section, item)
            for way, keys, section, item in items_of(
                main if isinstance(main, dict) else {}, sections.values())
        }
        for key in sections:
            if key not in content or not self._is_object(name, key, content[key]):
                continue
            for path, texts in content[key].items():
                here = f'{key}/{path}'
                if (key, path) not in found:
                    self.problem(
                        name, here, _lt("It translates something that the template lacks."),
                        _lt("Write the key of an item in %(file)s; for nested ones both keys "
                            "with a slash between them."), file=f'{module}.json')
                elif self._is_object(name, here, texts):
                    self._check_texts(name, here, *found[key, path], texts)

    def _check_texts(self, name, way, section, item, texts):
        for key, text in texts.items():
            here = f'{way}/{key}'
            if key not in section.fields or key not in item:
                self._untranslatable(name, here)
            elif is_properties(section, key):
                if self._is_object(name, here, text):
                    self._check_property_texts(name, here, item[key], text)
            elif is_link(key, item[key]) or key in section.about or not (
                    isinstance(item[key], str) and isinstance(text, str) and text):
                self._untranslatable(name, here)

    def _check_property_texts(self, name, way, definition, texts):
        facts = {
            fact['name']: fact for fact in definition
            if isinstance(fact, dict) and isinstance(fact.get('name'), str)
        } if isinstance(definition, list) else {}
        for key, text in texts.items():
            here = f'{way}/{key}'
            if key not in facts:
                self._untranslatable(name, here)
            elif self._is_object(name, here, text):
                for part, words in text.items():
                    if not self._is_property_text(facts[key], part, words):
                        self._untranslatable(name, f'{here}/{part}')

    @staticmethod
    def _is_property_text(fact, part, words):
        if part in PROPERTY_TEXTS:
            return part in fact and isinstance(words, str) and bool(words)
        if part not in ('selection', 'tags') or not isinstance(words, dict):
            return False
        choices = fact.get(part)
        known = [
            choice[0] for choice in choices if isinstance(choice, list) and choice
        ] if isinstance(choices, list) else []
        return all(key in known and isinstance(text, str) and text for key, text in words.items())

    def _untranslatable(self, name, way):
        self.problem(
            name, way, _lt("There is no such text to translate."),
            _lt("Translate only texts that the item has in the file without a language."))
