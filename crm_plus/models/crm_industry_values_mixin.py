import json

from odoo import api, fields, models
from odoo.tools import SQL, OrderedSet


class CrmIndustryValuesMixin(models.AbstractModel):
    """Values of records as industry templates compare and journal them, and how people read them.

    See :mod:`..industry_templates.plan` for the form.
    """

    _name = 'crm.industry.values.mixin'
    _description = "Values in Industry Templates"

    @api.model
    def _kind(self, model, name):
        """Return the type of a field, ``translated`` for texts that Odoo keeps by language."""
        field = self.env[model]._fields[name]
        return 'translated' if field.translate else field.type

    @api.model
    def _stored(self, records, names):
        """Return the values of records: ``{id: {name: value}}``, by one query for each way to read.

        What lies in the database as JSON is read as it is, with all languages.
        """
        names = list(OrderedSet(names))
        raw = [name for name in names
               if self._kind(records._name, name) in ('translated', 'properties_definition')]
        plain = [name for name in names if name not in raw]
        found = {record_id: {} for record_id in records.ids}
        if not found:
            return found
        if raw:
            records.flush_model(raw)
            for row in self.env.execute_query(SQL(
                "SELECT id, %s FROM %s WHERE id = ANY(%s)",
                SQL(", ").join(map(SQL.identifier, raw)), SQL.identifier(records._table),
                records.ids,
            )):
                found[row[0]].update(zip(raw, row[1:], strict=True))
        records.fetch(plain)
        for record in records:
            found[record.id].update({name: self._stored_value(record, name) for name in plain})
        return found

    @api.model
    def _stored_value(self, record, name):
        field = record._fields[name]
        value = record[name]
        if field.type == 'many2one':
            return value.id or False
        if field.relational:
            return sorted(value.ids)
        if field.type in ('date', 'datetime'):
            return fields.Datetime.to_string(value) if field.type == 'datetime' else (
                fields.Date.to_string(value))
        return value or (False if field.type not in ('integer', 'float', 'monetary') else 0)

    @api.model
    def _write_texts(self, records, texts):
        """Write texts by language, beside those of other languages.

        :param dict texts: ``{id: {field: {language: text}}}``; None removes one
        """
        columns = OrderedSet(name for of_record in texts.values() for name in of_record)
        for name in columns:
            rows = [
                SQL("(%s, %s::jsonb)", record_id, json.dumps(of_record[name]))
                for record_id, of_record in texts.items() if of_record.get(name)
            ]
            if not rows:
                continue
            records.flush_model([name])
            self.env.cr.execute(SQL(
                """
                UPDATE %(table)s AS kept
                   SET %(column)s = jsonb_strip_nulls(kept.%(column)s || given.texts)
                  FROM (VALUES %(rows)s) AS given (id, texts)
                 WHERE kept.id = given.id AND kept.%(column)s IS NOT NULL
                """,
                table=SQL.identifier(records._table), column=SQL.identifier(name),
                rows=SQL(", ").join(rows),
            ))
            touched = records.browse(texts)
            touched.invalidate_recordset([name], flush=False)
            touched.modified([name])

    # ------------------------------------------------------------
    # FOR PEOPLE
    # ------------------------------------------------------------

    @api.model
    def _readable(self, model, name, value, names):
        """Return a value as a person reads it; '' for nothing.

        :param dict names: what linked records are called, ``{(model, id): name}``; of links to
            items that are no records yet, by the id of the item
        """
        field = self.env[model]._fields[name]
        if self._kind(model, name) == 'translated':
            return self._readable_text(value)
        if field.type == 'boolean':
            return self.env._("Yes") if value else self.env._("No")
        if field.type == 'selection':
            return dict(field._description_selection(self.env)).get(value, value or '')
        if field.type == 'many2one':
            return self._readable_link(field, value, names)
        if field.type == 'many2many':
            return ", ".join(self._readable_link(field, one, names) for one in value or [])
        if field.type == 'properties_definition':
            return "\n".join(map(self._readable_property, value or []))
        if field.type in ('float', 'monetary'):
            return f'{value or 0:.10g}'
        return '' if value is False or value is None else str(value)

    @api.model
    def _readable_property(self, fact):
        """Return a property as its label, its type and what one can choose."""
        label = fact.get('string') or fact['name']
        if fact['type'] == 'separator':
            return f'— {label} —'
        kind = {
            'boolean': self.env._("checkbox"),
            'integer': self.env._("whole number"),
            'float': self.env._("number"),
            'char': self.env._("text"),
            'text': self.env._("long text"),
            'date': self.env._("date"),
            'datetime': self.env._("date and time"),
            'many2one': self.env._("one record"),
            'many2many': self.env._("several records"),
            'selection': self.env._("one of"),
            'tags': self.env._("tags"),
        }.get(fact['type'], fact['type'])
        details = [kind, *filter(None, [fact.get('suffix'), fact.get('comodel')])]
        choices = [choice[1] for choice in fact.get('selection') or fact.get('tags') or []]
        if choices:
            details[0] = self.env._(
                "%(kind)s: %(choices)s", kind=kind, choices=", ".join(choices))
        return self.env._(
            "%(label)s (%(details)s)", label=label, details="; ".join(details))

    @api.model
    def _readable_text(self, value):
        value = value or {}
        own = value.get(self.env.lang) or value.get('en_US') or ''
        others = [text for lang, text in value.items()
                  if lang not in (self.env.lang, 'en_US') and text and text != own]
        return " · ".join([own, *others]) if own else " · ".join(others)

    @api.model
    def _readable_link(self, field, value, names):
        if not value:
            return ''
        if isinstance(value, int):
            return names.get((field.comodel_name, value), '')
        return names.get(value.id, '')

    # ------------------------------------------------------------
    # PROPERTIES
    # ------------------------------------------------------------

    @api.model
    def _properties_in_use(self, model, record_id, name, properties):
        """Return which properties of a definition have a value somewhere.

        :param name: the field of ``model`` with the definition
        """
        used = set()
        for records in self.env.values():
            if records._abstract or not records._auto:
                continue
            for field in records._fields.values():
                if field.type != 'properties' or not field.store or (
                        field.definition_record_field != name):
                    continue
                owner = records._fields[field.definition_record]
                if owner.comodel_name != model or not owner.store:
                    continue
                records.flush_model([field.name, owner.name])
                used.update(key for [key] in self.env.execute_query(SQL(
                    """
                    SELECT DISTINCT given.key
                      FROM %(table)s, jsonb_each(
                           CASE jsonb_typeof(%(values)s) WHEN 'object' THEN %(values)s END
                      ) AS given
                     WHERE %(owner)s = %(record_id)s AND given.key = ANY(%(names)s)
                       AND given.value NOT IN (
                           'null'::jsonb, 'false'::jsonb, '0'::jsonb, '""'::jsonb, '[]'::jsonb)
                    """,
                    table=SQL.identifier(records._table), values=SQL.identifier(field.name),
                    owner=SQL.identifier(owner.name), record_id=record_id,
                    names=list(properties))))
        return used
