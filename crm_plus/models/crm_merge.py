import psycopg2
from markupsafe import Markup

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.fields import Domain
from odoo.tools import SQL

from ..merging.deletion import bring_back, remove_pairs, split_returnable
from ..merging.journal import Journal, read_rows, write_rows
from .crm_merge_words_mixin import LOG_COLUMNS


class CrmMerge(models.Model):
    """That records were merged, and everything that was changed by it.

    Written by merging and edited by nobody. The journal names every row that was turned to the
    surviving record, every other row as it was before and after, and those that were deleted as
    they were; by it a merge is undone.
    """

    _name = 'crm.merge'
    _inherit = ['crm.merge.recording.mixin', 'crm.merge.words.mixin']
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
        # sudo: only whether there is a journal
        kept = self.sudo().search(
            Domain('id', 'in', self.ids) & Domain('journal', '!=', False)
            & Domain('undone_date', '=', False))
        for merge in self:
            merge.can_undo = merge.id in kept.ids

    @api.depends('journal')
    @api.depends_context('lang', 'uid')
    def _compute_summary(self):
        for merge in self:
            merge.summary = (
                merge._describe_moves() + merge._describe_changes() + merge._describe_removed())

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
        journal = Journal(self.env, mover._all_foreign_keys())
        with journal.recording():
            self._write_survivor(survivor, merged, values, journal)
            self._archive_merged(survivor, merged, journal)
        return self._log(
            survivor, merged, merged.mapped('display_name'), records.company_id,
            {'moves': moves, **journal.result()})

    @api.model
    def _log(self, survivor, merged, names, companies, journal):
        # sudo: the log is written by merging alone
        merge = self.sudo().create({
            'name': ', '.join(names),
            'kind': survivor._name,
            'lead_id': survivor.id if survivor._name == 'crm.lead' else False,
            'partner_id': survivor.id if survivor._name == 'res.partner' else False,
            'company_id': (companies or self.env.company)[:1].id,
            'merged_ids': merged.ids,
            'journal': journal,
        }).with_env(self.env)
        merge._keep_files()
        return merge

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
        there = merged.exists()
        if set(merged.ids) - set(there.ids) - self._removed_ids():
            raise UserError(self.env._(
                "A merged record has been deleted since: there is nothing to go back to."))
        (survivor | there).check_access('write')
        (survivor | there).lock_for_update()
        if survivor.merged_into_id:
            raise UserError(self.env._(
                "%(record)s has itself been merged into %(other)s since. Undo that merge first.",
                record=survivor.display_name, other=survivor.merged_into_id.display_name))
        elsewhere = there.filtered(lambda record: record.merged_into_id != survivor)
        if elsewhere:
            raise UserError(self.env._(
                "%s no longer goes on as the record that it was merged into.",
                elsewhere[0].display_name))

    def _removed_ids(self):
        """The merged records that were deleted and are kept in the journal."""
        # sudo: which ones they are
        removed = (self.sudo().journal or {}).get('removed', {})
        return {row['id'] for row in removed.get(self.env[self.kind]._table, ())}

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
        _returning, lost = self._split_removed(journal)
        texts += [
            self.env._("%(count)s × %(what)s: cannot come back, since what it was about is gone",
                       count=len(rows), what=self._table_label(table))
            for table, rows in lost.items()
        ]
        for table, rows in journal['changes'].items():
            for record_id, columns in self._conflicts(table, rows).items():
                if columns is None:
                    texts.append(self.env._(
                        "%s: deleted since", self._table_label(table)))
                    continue
                texts.append(self.env._(
                    "%(record)s: changed since: %(fields)s",
                    record=self._row_label(table, record_id),
                    fields=', '.join(self._column_label(table, column) for column in columns)))
        return texts

    def _conflicts(self, table, rows):
        """Columns whose value is no longer the one that the merge left: ``{id: [column]}``.

        ``None`` instead of the columns where the row is gone. What is computed is left out: it is
        computed anew.
        """
        now = read_rows(self.env, table, [int(record_id) for record_id in rows])
        conflicts = {}
        for record_id, columns in rows.items():
            entered = [
                column for column in columns
                if column not in LOG_COLUMNS and not self._is_computed(table, column)]
            row = now.get(int(record_id))
            changed = row and [
                column for column in entered if row[column] != columns[column][1]]
            if changed or (entered and row is None):
                conflicts[int(record_id)] = changed
        return conflicts

    def _undo(self):
        """Put back every row that is still as the merge left it, and leave the others."""
        self._check_undo()
        # sudo: the journal is read by nobody; it names rows that the merge has changed, between
        # records that the user may change
        journal = self.sudo().journal
        self.env.flush_all()
        self._restore_removed(journal)
        outdated = set().union(*(
            self._restore_rows(table, rows) for table, rows in journal['changes'].items()))
        remove_pairs(self.env, journal.get('paired', {}))
        for table, ids in reversed(journal['created'].items()):
            self.env.execute_query(SQL(
                "DELETE FROM %s WHERE id = ANY(%s)", SQL.identifier(table), ids))
        self.env['crm.merge.mover']._move_back(journal['moves'])
        self.env.invalidate_all()
        self._compute_anew(outdated)
        self._merged().check_access('write')
        # sudo: the log is written by merging and undoing alone
        self.sudo().write({
            'undone_by_id': self.env.uid, 'undone_date': fields.Datetime.now()})
        # it holds copies of what people have said of themselves, and has done its work
        self._forget_journals()

    def _split_removed(self, journal):
        """Which deleted rows may come back, and which not: see ``merging/deletion.py``."""
        return split_returnable(
            self.env, journal.get('removed', {}), self.env['crm.merge.mover']._all_foreign_keys())

    def _restore_removed(self, journal):
        rows, _lost = self._split_removed(journal)
        try:
            with self.env.cr.savepoint(flush=False):
                bring_back(self.env, rows, self.env['crm.merge.mover']._all_foreign_keys())
        except psycopg2.IntegrityError as error:
            raise UserError(self.env._(
                "What this merge has deleted no longer fits into the database, so it cannot be "
                "undone.")) from error
        self.env.invalidate_all()
        if len(self._merged().exists()) < len(self._merged()):
            raise UserError(self.env._(
                "A merged record belongs to what is no longer there, such as its company: there "
                "is nothing to go back to."))
        if 'ir_model_data' in rows:
            # external ids are remembered
            self.env.registry.clear_cache()

    def _restore_rows(self, table, rows):
        """Put back what is as the merge left it; return the computed values that are not."""
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
        return {
            (table, column, int(record_id))
            for record_id, columns in rows.items() if int(record_id) in now
            for column, (_before, after) in columns.items()
            if now[int(record_id)][column] != after and self._is_computed(table, column)
        }

    def _compute_anew(self, values):
        """Compute what follows from what has changed since and from what has gone back."""
        for table, column, record_id in values:
            # sudo: stored values, which nobody enters, of records that the merge has changed
            record = self._model_of(table).sudo().browse(record_id)
            self.env.add_to_compute(record._fields[column], record)
        self.env.flush_all()

    @api.autovacuum
    def _gc_journals(self):
        """Forget the journals of merges that are too old to be undone, or have no record left."""
        # sudo: housekeeping; the journals hold copies of personal data
        merges = self.sudo().search(
            Domain('undone_date', '=', False) & Domain('journal', '!=', False))
        for merge in merges:
            days = (merge.company_id or self.env.company).merge_undo_days
            old = days and merge.date < fields.Datetime.subtract(fields.Datetime.now(), days=days)
            if old or not (merge._merged().exists() or merge._removed_ids()):
                merge._forget_journals()
        self._clear_files()
