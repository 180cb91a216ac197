import re
import unicodedata

from odoo import api, models
from odoo.fields import Domain

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

#: how long the key of an item becomes at most, with room for a number behind it
KEY_LENGTH = 50


def slug(text):
    """Return a text as a key: small letters, digits and underscores; '' where nothing is left."""
    plain = unicodedata.normalize('NFKD', text or '').encode('ascii', 'ignore').decode().lower()
    return re.sub(r'[^a-z0-9]+', '_', plain).strip('_')[:KEY_LENGTH].strip('_')


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
        work = {
            'journal': self._journal_of_records(), 'keys': {}, 'external': {}, 'refused': {},
            'languages': [
                code for code, _name in self.env['res.lang'].get_installed() if code != LANGUAGE],
        }
        found = {
            (module, section): self._find_configured(section, Domain.TRUE)
            for module, sections in self._industry_sections().items() for section in sections
        }
        values = {}
        for (_module, section), records in found.items():
            values[section] = self._load_tree(section, records)
        work['external'] = self._find_delivered(self._named_records(values))
        for (_module, section), records in found.items():
            self._give_keys(section, records, values[section], work)
        known = -1
        while known < len(work['refused']):
            # what names something that is left out cannot be carried either
            known = len(work['refused'])
            contents = self._write_contents(found, values, work)
        return contents, list(work['refused'].values())

    @api.model
    def _write_contents(self, found, values, work):
        contents = {}
        for module, sections in self._industry_sections().items():
            content, texts = {}, {}
            settings = self._collect_settings(module, work)
            if settings:
                content[SETTINGS] = settings
            for section in sections:
                items, words = self._collect_section(
                    section, found[module, section], values[section], work)
                if items:
                    content[section.key] = items
                for lang, of_lang in words.items():
                    texts.setdefault(lang, {})[section.key] = of_lang
            if content:
                contents[f'{module}.json'] = content
            contents.update({f'{module}.{lang}.json': words for lang, words in texts.items()})
        return contents

    @api.model
    def _journal_of_records(self):
        """Return how templates call the records of the company: ``{(model, id): line}``."""
        lines = self.env['crm.industry.application.line'].search_fetch(
            [('application_id.company_id', '=', self.env.company.id)],
            ['item', 'external_id', 'section', 'model', 'res_id'], order='id')
        return {(line.model, line.res_id): line for line in lines}

    @api.model
    def _find_configured(self, section, domain):
        """Return the records of a section: active ones, and delivered ones that were archived."""
        model = self.env[section.model]
        domain &= Domain([(name, '=', value) for name, value in section.fixed.items()])
        if section.company:
            domain &= Domain(section.company, 'in', [self.env.company.id, False])
        if 'active' not in model._fields:
            return model.search(domain, order=section.order)
        if 'active' not in section.fields:
            return model.search(domain & Domain('active', '=', True), order=section.order)
        records = model.search(domain, order=section.order)
        archived = records.filtered(lambda record: not record.active)
        delivered = self._find_delivered({(model._name, record.id) for record in archived})
        return records - archived.filtered(
            lambda record: (record._name, record.id) not in delivered)

    @api.model
    def _load_tree(self, section, records):
        """Return the values of records and of those nested in them.

        :return: ``records``, their ``values`` by id, and ``children``: for each nested list the
            records by the id of what they are nested in, and their own tree
        """
        names = [section.field_of(key) for key in section.fields]
        names += [name for name in (section.company,) if name]
        children = {}
        for child in section.children:
            nested = self._find_configured(child, Domain(child.parent, 'in', records.ids))
            children[child.key] = (
                nested.grouped(lambda record, child=child: record[child.parent].id),
                self._load_tree(child, nested))
        return {'records': records, 'values': self._stored(records, names), 'children': children}

    @api.model
    def _named_records(self, trees):
        """Return all records whose external ids may be written: ``{(model, id)}``."""
        named = set()

        def add(section, tree):
            model = self.env[section.model]
            named.update((section.model, record.id) for record in tree['records'])
            for key in section.fields:
                field = model._fields[section.field_of(key)]
                if field.relational:
                    for values in tree['values'].values():
                        value = values[field.name]
                        named.update(
                            (field.comodel_name, one)
                            for one in (value if isinstance(value, list) else [value]) if one)
            for child in section.children:
                add(child, tree['children'][child.key][1])

        for section, tree in trees.items():
            add(section, tree)
        return named

    # ------------------------------------------------------------
    # KEYS
    # ------------------------------------------------------------

    @api.model
    def _give_keys(self, section, records, tree, work):
        """Give the records of a section their keys, those of earlier applications first."""
        taken = set()
        for record in records:
            line = work['journal'].get((record._name, record.id))
            own = line.item.rpartition('/')[2] if line and line.section == section.key else ''
            if own and own not in taken:
                work['keys'][record._name, record.id] = own
                taken.add(own)
        for record in records:
            if (record._name, record.id) not in work['keys']:
                wanted = self._slug_of(section, tree['values'][record.id], work)
                work['keys'][record._name, record.id] = self._unique(wanted, taken)
        for record in records:
            self._give_nested_keys(section, record, tree, work)

    @api.model
    def _give_nested_keys(self, section, record, tree, work):
        """Give what is nested in a record its keys: none twice, in whichever list it is."""
        taken, waiting = set(), []
        for child in section.children:
            groups, nested = tree['children'][child.key]
            for inner in groups.get(record.id, ()):
                line = work['journal'].get((inner._name, inner.id))
                own = line.item.rpartition('/')[2] if line else ''
                if own and own not in taken:
                    work['keys'][inner._name, inner.id] = own
                    taken.add(own)
                else:
                    waiting.append((child, inner, nested))
        for child, inner, nested in waiting:
            wanted = self._slug_of(child, nested['values'][inner.id], work)
            work['keys'][inner._name, inner.id] = self._unique(wanted, taken)
        for child in section.children:
            groups, nested = tree['children'][child.key]
            for inner in groups.get(record.id, ()):
                self._give_nested_keys(child, inner, nested, work)

    @api.model
    def _unique(self, wanted, taken):
        key, number = wanted, 1
        while key in taken:
            number += 1
            key = f'{wanted}_{number}'
        taken.add(key)
        return key

    @api.model
    def _slug_of(self, section, values, work):
        """Return a key made of what a record is recognised by: its English name, as a rule."""
        model = self.env[section.model]
        parts = []
        if 'name' in section.identity:
            parts = [self._plain_text(values['name'])]
        else:
            for key in section.identity:
                field = model._fields[section.field_of(key)]
                value = values[field.name]
                if field.type == 'many2one' and field.comodel_name == 'ir.model.fields':
                    value = self.env['ir.model.fields'].browse(value).name
                elif field.type == 'many2one':
                    value = work['keys'].get((field.comodel_name, value), '')
                parts.append(self._plain_text(value))
        return slug('_'.join(filter(None, parts))) or slug(section.key)

    @api.model
    def _plain_text(self, value):
        if isinstance(value, dict):
            value = value.get(LANGUAGE)
        return f'{value:g}' if isinstance(value, float) else str(value or '')

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
    def _collect_section(self, section, records, tree, work):
        """Return the items of a section, and their texts by language: ``{lang: {path: texts}}``."""
        texts = {}
        return self._collect_items(section, records, tree, '', texts, work), texts

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
                work['refused'][record._name, record.id] = self.env._(
                    "“%(name)s” is left out: %(reason)s.", name=record.display_name,
                    reason=reason)
                continue
            path = f'{before}{item["key"]}'
            for lang in work['languages']:
                words = self._words_in(section, item, values, lang)
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
        for key, refused in section.refused.items():
            value = values[section.field_of(key)]
            if value in refused:
                choices = dict(record._fields[section.field_of(key)]._description_selection(
                    self.env))
                return {}, self.env._(
                    "it needs people, mails or programs of this database (%s)", choices[value])
        reason = self._industry_left_out(section, record)
        item = {'key': work['keys'][record._name, record.id]}
        line = work['journal'].get((record._name, record.id))
        external = (line and line.external_id) or work['external'].get((record._name, record.id))
        if external:
            item['record'] = external
        for key in section.fields:
            if reason:
                break
            value, reason = self._collect_value(section, key, values, work)
            if not reason and self._is_written(section, key, values, external):
                item[key] = value
        return item, reason

    @api.model
    def _is_written(self, section, key, values, external):
        """Return whether a value stands in the file: what is recognised, or is not the default."""
        field = self.env[section.model]._fields[section.field_of(key)]
        stored = values[field.name]
        if external:
            return True
        if key in section.identity or key in section.always:
            return bool(stored)
        if field.compute:
            return bool(stored)
        kind = self._kind(section.model, field.name)
        default = self._default(section.model, field, kind)
        if kind == 'properties_definition':
            return bool(stored)
        return not is_same(stored, default, kind)

    @api.model
    def _collect_value(self, section, key, values, work):
        """Return a value as it is written, and why it cannot be."""
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
                        return None, self.env._("it asks for records of this database alone")
            except ValueError:
                return None, self.env._("its conditions are computed")
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
                return None, self.env._(
                    "it names “%s”, which only this database has",
                    self.env[field.comodel_name].browse(record_id).display_name)
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
    def _words_in(self, section, item, values, lang):
        """Return the texts of an item in a language, where they are not the English ones."""
        words = {}
        for key in section.fields:
            stored = values[section.field_of(key)]
            if key in item and item[key] and isinstance(stored, dict):
                text = stored.get(lang)
                if text and text != item[key]:
                    words[key] = text
        return words
