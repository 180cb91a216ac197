import re
import unicodedata

from odoo import api, models

from ..industry_templates.shape import LANGUAGE

#: how long the key of an item becomes at most, with room for a number behind it
KEY_LENGTH = 50


def slug(text):
    """Return a text as a key: small letters, digits and underscores; '' where nothing is left."""
    plain = unicodedata.normalize('NFKD', text or '').encode('ascii', 'ignore').decode().lower()
    return re.sub(r'[^a-z0-9]+', '_', plain).strip('_')[:KEY_LENGTH].strip('_')


class CrmIndustryKeysMixin(models.AbstractModel):
    """How exported records are called in the files: as their template did, else by their names."""

    _name = 'crm.industry.keys.mixin'
    _description = "Keys in Exported Industry Templates"

    @api.model
    def _give_keys(self, section, records, tree, work):
        """Give the records of a section their keys, those of earlier applications first."""
        taken = set()
        self._give_known_keys(
            {record: call for record in records
             if (call := work['calls'].get((record._name, record.id)))
             and call.section == section.key}, taken, work)
        for record in records:
            if (record._name, record.id) not in work['keys']:
                wanted = self._slug_of(section, tree['values'][record.id], work)
                work['keys'][record._name, record.id] = self._unique(wanted, taken)
        for record in records:
            self._give_nested_keys(section, record, tree, work)

    @api.model
    def _give_nested_keys(self, section, record, tree, work):
        """Give what is nested in a record its keys: none twice, in whichever list it is."""
        taken = set()
        inside = [
            (child, inner, tree['children'][child.key][1]) for child in section.children
            for inner in tree['children'][child.key][0].get(record.id, ())]
        self._give_known_keys(
            {inner: call for _child, inner, _nested in inside
             if (call := work['calls'].get((inner._name, inner.id)))}, taken, work)
        for child, inner, nested in inside:
            if (inner._name, inner.id) not in work['keys']:
                wanted = self._slug_of(child, nested['values'][inner.id], work)
                work['keys'][inner._name, inner.id] = self._unique(wanted, taken)
        for child in section.children:
            groups, nested = tree['children'][child.key]
            for inner in groups.get(record.id, ()):
                self._give_nested_keys(child, inner, nested, work)

    @api.model
    def _give_known_keys(self, calls, taken, work):
        """Give records the keys by which templates call them, each key once."""
        for record, call in sorted(calls.items(), key=lambda entry: entry[1].rank):
            if call.key not in taken:
                work['keys'][record._name, record.id] = call.key
                taken.add(call.key)

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
