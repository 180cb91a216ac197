from collections import Counter

from markupsafe import Markup

from odoo import api, models

from ..merging.links import Link

#: columns that change with every write and tell nothing about what was changed
LOG_COLUMNS = frozenset(('write_date', 'write_uid'))
#: tables that say by which ways messages were sent, which go without saying
DELIVERY = frozenset(('mail_mail', 'mail_notification'))


class CrmMergeWordsMixin(models.AbstractModel):
    """What ``crm.merge``, which inherits from this, says of its journal to who reads it."""

    _name = 'crm.merge.words.mixin'
    _description = "Merge: Words"

    def _describe_moves(self):
        # sudo: how many rows of which kind went over, none of their contents
        journal = self.sudo().journal or {}
        counts = Counter()
        for move in journal.get('moves', ()):
            counts[Link(*move['link']).table] += len(move['keys'])
        counts.update(self._moved_by_odoo(journal.get('changes', {})))
        return self._describe_counts(
            self.env._("What went over to the record that goes on:"), counts)

    def _moved_by_odoo(self, changes):
        """How many rows name the survivor instead of a merged record: ``{table: count}``."""
        model, survivor = self.kind, self._survivor()
        mover = self.env['crm.merge.mover']
        links = [*mover._foreign_keys(model), *mover._references(model)] if changes else []
        merged = self._merged().ids
        counts = Counter()
        for link in links:
            if link.column == 'merged_into_id':
                continue
            turned = [[link.value(model, old), link.value(model, survivor.id)] for old in merged]
            counts[link.table] += sum(
                row.get(link.column) in turned for row in changes.get(link.table, {}).values())
        return counts

    def _describe_removed(self):
        """What Odoo has deleted, as the reader may know of it."""
        # sudo: how many rows of which kind, none of their contents
        removed = (self.sudo().journal or {}).get('removed', {})
        counts = Counter({
            table: len(rows) for table, rows in removed.items()
            if table not in DELIVERY and self._model_of(table) is not None})
        return self._describe_counts(
            self.env._("What was deleted, and comes back when the merge is undone:"), counts)

    def _describe_counts(self, title, counts):
        labels = Counter()
        for table, count in counts.items():
            if count and self._may_be_named(table):
                labels[self._table_label(table)] += count
        if not labels:
            return Markup()
        items = Markup().join(
            Markup("<li>%s × %s</li>") % (count, label) for label, count in labels.most_common())
        return Markup("<p>%s</p><ul>%s</ul>") % (title, items)

    def _describe_changes(self):
        """The fields of the surviving record that were changed, as the reader may see them."""
        survivor = self._survivor()
        # sudo: only columns of fields that the reader may read are shown
        changes = (self.sudo().journal or {}).get('changes', {})
        row = changes.get(survivor._table, {}).get(str(survivor.id), {})
        visible = survivor.fields_get(attributes=['string']) if row else {}
        items = Markup().join(
            Markup("<li>%s: %s → %s</li>") % (visible[column]['string'], before, after)
            for column, values in row.items()
            if column in visible and column not in LOG_COLUMNS
            and survivor._fields[column].type not in ('json', 'properties', 'html')
            and not survivor._fields[column].company_dependent
            and not self._is_computed(survivor._table, column)
            for before, after in [
                [self._value_text(survivor, column, value) for value in values]]
            if before != after
        )
        if not items:
            return Markup()
        return Markup("<p>%s</p><ul>%s</ul>") % (
            self.env._("What was changed in the record that goes on:"), items)

    def _value_text(self, record, column, value):
        field = record._fields[column]
        if value in (None, False, ''):
            return self.env._("nothing")
        if field.type == 'many2one':
            other = self.env[field.comodel_name].browse(value).exists()
            return other.display_name if other.has_access('read') else str(value)
        if field.type == 'selection':
            return dict(field._description_selection(self.env)).get(value, value)
        return str(value)

    @api.model
    def _is_computed(self, table, column):
        """Whether a value follows from others, and nobody enters it."""
        model = self._model_of(table)
        field = model is not None and model._fields.get(column)
        return bool(field and field.compute and field.readonly)

    @api.model
    def _model_of(self, table):
        """The model whose records a table keeps; ``None`` for tables of pairs."""
        return next(
            (model for model in self.env.values()
             if model._table == table and not model._abstract), None)

    @api.model
    def _may_be_named(self, table):
        """Whether rows of a table mean something to the user, who may know of them."""
        model = self._model_of(table)
        return table != 'ir_model_data' and (model is None or model.has_access('read'))

    @api.model
    def _table_label(self, table):
        """What the rows of a table are called."""
        model = self._model_of(table)
        if model is not None:
            # sudo: what a model is called
            return self.env['ir.model'].sudo()._get(model._name).name or model._description
        field = next(
            (field for model in self.env.values() for field in model._fields.values()
             if field.type == 'many2many' and field.store and field.relation == table), None)
        return field._description_string(self.env) if field else table

    @api.model
    def _row_label(self, table, record_id):
        model = self._model_of(table)
        record = model.browse(record_id).exists() if model is not None else None
        if record and record.has_access('read'):
            return record.display_name or self._table_label(table)
        return self._table_label(table)

    @api.model
    def _column_label(self, table, column):
        model = self._model_of(table)
        field = model._fields.get(column) if model is not None else None
        return field._description_string(self.env) if field else column
