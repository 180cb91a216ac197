from odoo import api, models

from ..industry_templates.domains import conditions
from ..industry_templates.plan import is_same
from ..industry_templates.sections import SETTINGS
from ..industry_templates.shape import (
    FORMAT,
    KEY,
    LANGUAGE,
    PROPERTY_KEY,
    PROPERTY_KEYS,
    PROPERTY_TYPES,
    is_properties,
)
from ..industry_templates.writing import canonical
from .crm_industry_keys_mixin import slug


class CrmIndustryExportMixin(models.AbstractModel):
    """The present configuration of a company as the files of a template.

    How it works: the records of each section get keys (those of earlier applications, else made of
    their names), then their values are written with links as keys. What no template can carry is
    left out, with the reason.
    """

    _name = 'crm.industry.export.mixin'
    _description = "Export of Industry Templates"

    @api.model
    def _export(self, company, name, summary, description='', key=None, version='1.0', icon=None):
        """Return the files of a template with a company's configuration: ``{path: text}``."""
        self._check_may_configure()
        contents, _left_out = self._at_work(company)._collect_configuration()
        contents['template.json'] = {
            'format': FORMAT, 'language': LANGUAGE, 'name': name, 'summary': summary,
            **({'description': description} if description else {}),
            'version': version,
            **({'icon': icon} if icon else {}),
        }
        key = key or slug(name)
        if not KEY.fullmatch(key):
            key = f'template_{key}'.strip('_')[:40]
        texts = canonical(contents, self._industry_sections(), self._industry_settings())
        return {f'{key}/{file}': text for file, text in texts.items()}

    @api.model
    def _export_left_out(self, company):
        """Return what the export does not hold, with the reasons: a list of sentences."""
        self._check_may_configure()
        return self._at_work(company)._collect_configuration()[1]

    # ------------------------------------------------------------
    # COLLECTING
    # ------------------------------------------------------------

    @api.model
    def _collect_configuration(self):
        """Return the contents of the add-ons' files, and what is left out."""
        calls = self._calls()
        trees, external = self._load_configured(calls)
        work = {
            'calls': calls, 'external': external, 'keys': {}, 'refused': {},
            'origins': self._origins(calls),
            'languages': [
                code for code, _name in self.env['res.lang'].get_installed() if code != LANGUAGE],
        }
        for section, tree in trees.items():
            self._give_keys(section, tree['records'], tree, work)
        known = -1
        while known < len(work['refused']):
            # what names something that is left out cannot be carried either
            known = len(work['refused'])
            contents = self._write_contents(trees, work)
        return contents, list(work['refused'].values())

    @api.model
    def _write_contents(self, trees, work):
        contents = {}
        for module, sections in self._industry_sections().items():
            content, texts = {}, {}
            settings = self._collect_settings(module, work)
            if settings:
                content[SETTINGS] = settings
            for section in sections:
                items, words = self._collect_section(section, trees[section], work)
                if items:
                    content[section.key] = items
                for lang, of_lang in words.items():
                    texts.setdefault(lang, {})[section.key] = of_lang
            if content:
                contents[f'{module}.json'] = content
            contents.update({f'{module}.{lang}.json': words for lang, words in texts.items()})
        return contents

    # ------------------------------------------------------------
    # VALUES
    # ------------------------------------------------------------

    @api.model
    def _collect_settings(self, module, work):
        names = self._industry_settings().get(module, ())
        company = self.env.company
        stored = self._stored(company, names)[company.id]
        settings = {}
        for name in names:
            field = company._fields[name]
            kind = self._kind('res.company', name)
            if not is_same(stored[name], self._default('res.company', field, kind), kind):
                value = stored[name]
                if field.type == 'many2one':
                    value = work['keys'].get((field.comodel_name, value))
                if value is not None:
                    settings[name] = value
        return settings

    @api.model
    def _collect_section(self, section, tree, work):
        """Return the items of a section, and their texts by language: ``{lang: {path: texts}}``."""
        texts = {}
        return self._collect_items(section, tree['records'], tree, '', texts, work), texts

    @api.model
    def _collect_items(self, section, records, tree, before, texts, work):
        items = []
        for record in records:
            if (record._name, record.id) in work['refused']:
                continue
            values = tree['values'][record.id]
            item, reason = self._collect_item(section, record, values, work)
            if reason:
                work['keys'].pop((record._name, record.id))
                reader = self._to_reader()
                work['refused'][record._name, record.id] = reader.env._(
                    "“%(name)s” is left out: %(reason)s.",
                    name=record.with_env(reader.env).display_name, reason=reason)
                continue
            path = f'{before}{item["key"]}'
            origin = work['origins'].get((record._name, record.id))
            for lang in work['languages']:
                words = self._words_in(section, item, values, lang, origin)
                if words:
                    texts.setdefault(lang, {})[path] = words
            for child in section.children:
                groups, nested = tree['children'][child.key]
                inner = self._collect_items(
                    child, groups.get(record.id, ()), nested, f'{path}/', texts, work)
                if inner:
                    item[child.key] = inner
            items.append(item)
        return items

    @api.model
    def _collect_item(self, section, record, values, work):
        """Return the item of a record, or why no template can carry it."""
        reader = self._to_reader()
        for key, refused in section.refused.items():
            value = values[section.field_of(key)]
            if value in refused:
                choices = dict(record._fields[section.field_of(key)]._description_selection(
                    reader.env))
                return {}, reader.env._(
                    "it needs people, mails or programs of this database (%s)", choices[value])
        reason = reader._industry_left_out(section, record)
        item = {'key': work['keys'][record._name, record.id]}
        call = work['calls'].get((record._name, record.id))
        external = (call and call.external_id) or work['external'].get((record._name, record.id))
        if external:
            item['record'] = external
        for key in section.fields:
            if reason:
                break
            value, reason = self._collect_value(section, key, values, work)
            if not reason and self._is_written(section, key, values, external):
                item[key] = self._original(
                    work['origins'].get((record._name, record.id)), section, key, value)
        return item, reason

    @api.model
    def _is_written(self, section, key, values, external):
        """Return whether a value stands in the file: what is recognised, or is not the default."""
        field = self.env[section.model]._fields[section.field_of(key)]
        stored = values[field.name]
        if external:
            return True
        kind = self._kind(section.model, field.name)
        if kind == 'properties_definition':
            return bool(stored)
        if stored and (key in section.identity or key in section.always):
            return True
        return not is_same(stored, self._when_left_out(section, field, kind, values), kind)

    @api.model
    def _when_left_out(self, section, field, kind, values):
        """Return the value that a record gets where its item says nothing of a field."""
        if field.default or not field.compute:
            return self._default(section.model, field, kind)
        model = self.env[section.model]
        names = {section.field_of(key) for key in section.fields} - {field.name}
        return self._stored_value(model.new({
            name: values[name] for name in names
            if model._fields[name].type not in ('many2many', 'properties_definition')
            and not isinstance(values[name], dict)}), field.name)

    @api.model
    def _collect_value(self, section, key, values, work):
        """Return a value as it is written, and why it cannot be."""
        reader = self._to_reader()
        field = self.env[section.model]._fields[section.field_of(key)]
        value = values[field.name]
        if is_properties(section, key):
            return self._collect_properties(value), ''
        if self._kind(section.model, field.name) == 'translated':
            return (value or {}).get(LANGUAGE) or None, ''
        if field.type == 'many2one' and field.comodel_name == 'ir.model.fields':
            return self.env['ir.model.fields'].browse(value).name or None, ''
        if field.relational:
            return self._collect_links(field, value, work)
        if section.about.get(key) and value:
            about = section.about_model(key, {
                own: values[section.field_of(own)] for own in section.fields})
            try:
                for path, _operator, right in conditions(value):
                    if self._refuse_condition(about, path, right):
                        return None, reader.env._("it asks for records of this database alone")
            except ValueError:
                return None, reader.env._("its conditions are computed")
        if field.type in ('boolean', 'integer', 'float', 'monetary'):
            return value, ''
        return value or None, ''

    @api.model
    def _collect_links(self, field, value, work):
        references = []
        for record_id in value if isinstance(value, list) else [value] if value else []:
            target = (field.comodel_name, record_id)
            reference = work['keys'].get(target) or work['external'].get(target)
            if not reference:
                reader = self._to_reader()
                return None, reader.env._(
                    "it names “%s”, which only this database has",
                    reader.env[field.comodel_name].browse(record_id).display_name)
            references.append(reference)
        if field.type == 'many2one':
            return (references[0] if references else None), ''
        return sorted(references), ''

    @api.model
    def _collect_properties(self, definition):
        """Return a definition without what belongs to one database."""
        facts = []
        for fact in definition or []:
            if fact['type'] in PROPERTY_TYPES and PROPERTY_KEY.fullmatch(fact['name']):
                fact = {
                    key: fact[key] for key in PROPERTY_KEYS
                    if fact.get(key) not in (None, False, '', [])
                }
                if fact['type'] in ('many2one', 'many2many'):
                    fact.pop('default', None)
                facts.append({'string': fact['name'], **fact})
        return facts

    @api.model
    def _words_in(self, section, item, values, lang, origin):
        """Return the texts of an item in a language, where they are not the English ones."""
        words = {}
        for key in section.fields:
            stored = values[section.field_of(key)]
            if not item.get(key):
                continue
            if isinstance(stored, dict):
                text = stored.get(lang)
                if text and text != item[key]:
                    words[key] = text
            elif text := self._original_words(origin, section, key, item[key], lang):
                words[key] = text
        return words
