from markupsafe import Markup

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.fields import Domain
from odoo.tools import SQL

from ..merging.journal import Journal, read_rows, write_rows
from ..merging.links import Link

#: columns that change with every write and tell nothing about what was changed
LOG_COLUMNS = frozenset(('write_date', 'write_uid'))


class CrmMerge(models.Model):
    """That records were merged, and everything that was changed by it.

    Written by merging and edited by nobody. The journal names every row that was turned to the
    surviving record, and every other row as it was before and after; by it a merge is undone.
    """

    _name = 'crm.merge'
    _description = "Merge of Leads or Contacts"
    _order = 'id DESC'

    name = fields.Char("Merged Records", readonly=True, required=True)
    kind = fields.Selection(
        [('crm.lead', "Leads"), ('res.partner', "Contacts")], readonly=True, required=True)
    lead_id = fields.Many2one(
        'crm.lead', "Goes On As Lead", readonly=True, index='btree_not_null',
        ondelete='cascade')
    partner_id = fields.Many2one(
        'res.partner', "Goes On As Contact", readonly=True, index='btree_not_null',
        ondelete='cascade')
    company_id = fields.Many2one('res.company', readonly=True, index=True)
    user_id = fields.Many2one(
        'res.users', "Merged By", readonly=True, default=lambda self: self.env.user,
        ondelete='set null')
    date = fields.Datetime("Merged On", readonly=True, default=fields.Datetime.now)
    undone_by_id = fields.Many2one('res.users', readonly=True, ondelete='set null')
    undone_date = fields.Datetime("Undone On", readonly=True)
    merged_ids = fields.Json("Merged Ids", readonly=True, groups='base.group_system')
    journal = fields.Json(
        readonly=True, groups='base.group_system',
        help="Every row that was changed, as it was before and after.",
    )
    can_undo = fields.Boolean("Can Be Undone", compute='_compute_can_undo')
    summary = fields.Html("What Was Done", compute='_compute_summary')

    @api.depends('undone_date', 'journal')
    def _compute_can_undo(self):
        for merge in self:
            # sudo: only whether there is a journal
            merge.can_undo = not merge.undone_date and bool(merge.sudo().journal)

    @api.depends('journal')
    @api.depends_context('lang', 'uid')
    def _compute_summary(self):
        for merge in self:
            merge.summary = merge._describe_moves() + merge._describe_changes()

    # ------------------------------------------------------------
    # MERGING
    # ------------------------------------------------------------

    @api.model
    def _merge(self, survivor, merged, values):
        """Let ``merged`` go on as ``survivor``.

        :param values: what to write on the survivor, as for ``write``
        :return: the record of the merge
        :raise AccessError: when the user may not change one of the records
        :raise UserError: when they must not be merged, with the reason
        """
        survivor.ensure_one()
        merged -= survivor
        records = survivor | merged
        if not merged:
            raise UserError(self.env._("Choose at least two records to merge."))
        if not self.env.user.has_group('sales_team.group_sale_salesman'):
            raise AccessError(self.env._("Only salespeople merge leads and contacts."))
        records.check_access('write')
        records.lock_for_update()
        merged._check_mergeable(survivor)
        mover = self.env['crm.merge.mover']
        moves = [*mover._move(merged, survivor), *merged._merge_move_more(survivor)]
        journal = Journal(self.env)
        with journal.recording():
            self._write_survivor(survivor, merged, values, journal)
            self._archive_merged(survivor, merged, journal)
        changes, created = journal.result()
        if journal.deleted:
            raise UserError(self.env._(
                "These cannot be merged: it would delete %s, which could not be undone.",
                ', '.join(self.env[name]._description for name in sorted(journal.deleted))))
        # sudo: the log is written by merging alone
        return self.sudo().create({
            'name': ', '.join(merged.mapped('display_name')),
            'kind': survivor._name,
            'lead_id': survivor.id if survivor._name == 'crm.lead' else False,
            'partner_id': survivor.id if survivor._name == 'res.partner' else False,
            'company_id': (records.company_id or self.env.company)[:1].id,
            'merged_ids': merged.ids,
            'journal': {'moves': moves, 'changes': changes, 'created': created},
        }).with_env(self.env)

    @api.model
    def _write_survivor(self, survivor, merged, values, journal):
        mover = self.env['crm.merge.mover']
        mover._turn_company_values(merged, survivor, journal)
        mover._fill_company_values(merged, survivor, journal)
        # the values stand in the log of the merge, field by field
        survivor = survivor.with_context(tracking_disable=True, mail_notrack=True)
        if values:
            survivor.write(values)
        merged._merge_after_move(survivor)
        survivor._message_log(body=self.env._(
            "Merged with: %s. Their messages, activities, files and documents are here now.",
            ', '.join(merged.mapped('display_name'))))

    @api.model
    def _archive_merged(self, survivor, merged, journal):
        """Archive what was merged, without the ways of losing a lead or leaving a customer."""
        # sudo: rows that the user may change; by Odoo's own writing an archived lead counts as
        # lost and teaches the predicted probability so
        rows = merged.sudo()
        for record in rows:
            record._message_log(body=Markup("<p>%s</p>") % self.env._(
                "Goes on as %s.", survivor._get_html_link(title=survivor.display_name)))
        self.env.flush_all()
        journal.touch(rows._table, rows.ids)
        self.env.execute_query(SQL(
            "UPDATE %s SET active = FALSE, merged_into_id = %s WHERE id = ANY(%s)",
            SQL.identifier(rows._table), survivor.id, rows.ids,
        ))
        rows.invalidate_recordset()
        # sudo: the list of possible duplicates is written by nobody
        pairs = self.env['crm.duplicate'].sudo()._pairs_among(survivor | merged)
        pairs._decide('merged')

    # ------------------------------------------------------------
    # UNDOING
    # ------------------------------------------------------------

    def action_undo(self):
        """Take apart what was merged; ask first where something has changed since."""
        self.ensure_one()
        self._check_undo()
        if self._changed_since():
            return {
                'type': 'ir.actions.act_window',
                'name': self.env._("Undo the Merge"),
                'res_model': 'crm.merge.undo',
                'views': [(False, 'form')],
                'target': 'new',
                'context': {'default_merge_id': self.id},
            }
        self._undo()
        return self._open_survivor()

    def _open_survivor(self):
        survivor = self._survivor()
        return {
            'type': 'ir.actions.act_window',
            'res_model': survivor._name,
            'res_id': survivor.id,
            'views': [(False, 'form')],
        }

    def _survivor(self):
        return self.lead_id if self.kind == 'crm.lead' else self.partner_id

    def _merged(self):
        # sudo: which records were merged; what the user may do with them is checked apart
        return self.env[self.kind].browse(self.sudo().merged_ids)

    def _check_undo(self):
        """Refuse, with the reason, what cannot be undone at all."""
        self.ensure_one()
        if not self.env.user.has_group('crm_plus.group_manager'):
            raise AccessError(self.env._("Only an administrator of CRM+ can undo a merge."))
        self.check_access('read')
        survivor, merged = self._survivor(), self._merged()
        if self.undone_date:
            raise UserError(self.env._("This merge has been undone already."))
        if not self.can_undo:
            raise UserError(self.env._(
                "It is no longer kept what this merge has changed, so it cannot be undone."))
        if len(merged.exists()) < len(merged):
            raise UserError(self.env._(
                "A merged record has been deleted since: there is nothing to go back to."))
        (survivor | merged).check_access('write')
        (survivor | merged).lock_for_update()
        if survivor.merged_into_id:
            raise UserError(self.env._(
                "%(record)s has itself been merged into %(other)s since. Undo that merge first.",
                record=survivor.display_name, other=survivor.merged_into_id.display_name))
        elsewhere = merged.filtered(lambda record: record.merged_into_id != survivor)
        if elsewhere:
            raise UserError(self.env._(
                "%s no longer goes on as the record that it was merged into.",
                elsewhere[0].display_name))

    def _changed_since(self):
        """What stands in the way of putting everything back, in words: a list of texts."""
        self.check_access('read')
        # sudo: the journal is read by nobody; words are made of it for who may undo
        journal = self.sudo().journal
        self.env.flush_all()
        gone = self.env['crm.merge.mover']._gone(journal['moves'])
        texts = [
            self.env._("%(count)s × %(what)s: deleted or moved elsewhere since",
                       count=count, what=self._table_label(link.table))
            for link, count in gone
        ]
        for table, rows in journal['changes'].items():
            for record_id, columns in self._conflicts(table, rows).items():
                texts.append(self.env._(
                    "%(record)s: changed since: %(fields)s",
                    record=self._row_label(table, record_id),
                    fields=', '.join(self._column_label(table, column) for column in columns)))
        return texts

    def _conflicts(self, table, rows):
        """Columns whose value is no longer the one that the merge left: ``{id: [column]}``."""
        now = read_rows(self.env, table, [int(record_id) for record_id in rows])
        conflicts = {}
        for record_id, columns in rows.items():
            row = now.get(int(record_id))
            changed = [
                column for column, (_before, after) in columns.items()
                if column not in LOG_COLUMNS and (row is None or row[column] != after)
            ]
            if changed:
                conflicts[int(record_id)] = changed
        return conflicts

    def _undo(self):
        """Put back every row that is still as the merge left it, and leave the others."""
        self._check_undo()
        # sudo: the journal is read by nobody; it names rows that the merge has changed, between
        # records that the user may change
        journal = self.sudo().journal
        self.env.flush_all()
        for table, rows in journal['changes'].items():
            self._restore_rows(table, rows)
        for table, ids in reversed(journal['created'].items()):
            self.env.execute_query(SQL(
                "DELETE FROM %s WHERE id = ANY(%s)", SQL.identifier(table), ids))
        self.env['crm.merge.mover']._move_back(journal['moves'])
        self.env.invalidate_all()
        # sudo: the log is written by merging and undoing alone
        self.sudo().write({
            'undone_by_id': self.env.uid, 'undone_date': fields.Datetime.now(),
            # it holds copies of what people have said of themselves, and has done its work
            'journal': False,
        })

    def _restore_rows(self, table, rows):
        now = read_rows(self.env, table, [int(record_id) for record_id in rows])
        former = {
            int(record_id): restored
            for record_id, columns in rows.items()
            if int(record_id) in now and (restored := {
                column: before
                for column, (before, after) in columns.items()
                if now[int(record_id)][column] == after
            })
        }
        write_rows(self.env, table, former)

    @api.autovacuum
    def _gc_journals(self):
        """Forget the journals of merges that are too old to be undone, or have no record left."""
        # sudo: housekeeping; the journals hold copies of personal data
        merges = self.sudo().search(
            Domain('undone_date', '=', False) & Domain('journal', '!=', False))
        for merge in merges:
            days = (merge.company_id or self.env.company).merge_undo_days
            old = days and merge.date < fields.Datetime.subtract(fields.Datetime.now(), days=days)
            if old or not merge._merged().exists():
                merge.journal = False

    # ------------------------------------------------------------
    # WORDS
    # ------------------------------------------------------------

    def _describe_moves(self):
        # sudo: how many rows of which kind went over, none of their contents
        moves = (self.sudo().journal or {}).get('moves', [])
        counts = {}
        for move in moves:
            table = Link(*move['link']).table
            if not self._may_be_named(table):
                continue
            label = self._table_label(table)
            counts[label] = counts.get(label, 0) + len(move['keys'])
        if not counts:
            return Markup()
        items = Markup().join(
            Markup("<li>%s × %s</li>") % (count, label)
            for label, count in sorted(counts.items(), key=lambda item: -item[1]))
        return Markup("<p>%s</p><ul>%s</ul>") % (
            self.env._("What went over to the record that goes on:"), items)

    def _describe_changes(self):
        """The fields of the surviving record that were changed, as the reader may see them."""
        survivor = self._survivor()
        # sudo: only columns of fields that the reader may read are shown
        changes = (self.sudo().journal or {}).get('changes', {})
        row = changes.get(survivor._table, {}).get(str(survivor.id), {})
        visible = survivor.fields_get(attributes=['string']) if row else {}
        items = Markup().join(
            Markup("<li>%s: %s → %s</li>") % (
                visible[column]['string'],
                *(self._value_text(survivor, column, value) for value in values))
            for column, values in row.items()
            if column in visible and column not in LOG_COLUMNS
            and survivor._fields[column].type not in ('json', 'properties', 'html')
            and not survivor._fields[column].company_dependent
            and not column.startswith('match_')
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
