from contextlib import contextmanager

from odoo import api, models
from odoo.fields import Domain
from odoo.tools import SQL

from ..merging.journal import Journal, open_journal

#: where the journals of a transaction are found whose merged leads are still to be deleted
WAITING = 'crm_plus.merged_leads'


class CrmMergeRecordingMixin(models.AbstractModel):
    """How ``crm.merge``, which inherits from this, writes down what Odoo itself merges.

    Odoo's merge deletes the merged leads, at once or when it has merged all that it has to. It
    stays as it is; the journal keeps the rows, so that they can come back.
    """

    _name = 'crm.merge.recording.mixin'
    _description = "Merge: Written Down for Odoo"

    @api.model
    def _record(self, leads, merge):
        """Let Odoo merge leads, and write down what it changes and deletes.

        :param merge: function that merges them and returns the one that goes on
        :return: the one that goes on
        """
        if open_journal(self.env) or self.env.context.get('crm_merges_unlogged'):
            # a part of something that is being written down already, or too many
            return merge()
        # sudo: names and companies of leads that Odoo is about to merge
        known = leads.sudo()
        names, companies = {lead.id: lead.display_name for lead in known}, known.company_id
        mover = self.env['crm.merge.mover']
        journal = Journal(
            self.env, mover._all_foreign_keys(), mover._pair_links('crm.lead'), leads.ids)
        with self._tracking_apart(leads), journal.recording():
            survivor = merge()
            self.env.flush_all()
            survivor._track_finalize()
        merged = leads - survivor
        # sudo: the company of the log, by which it is seen
        companies = survivor.sudo().company_id or companies
        log = self._log(
            survivor, merged, [names[lead.id] for lead in merged], companies,
            {'moves': [], **journal.result()})
        waiting = self.env.cr.cache.setdefault(WAITING, {})
        waiting.update((lead.id, (log.id, journal)) for lead in merged.exists())
        return survivor

    @contextmanager
    def _tracking_apart(self, leads):
        """Let the chatter tell of what is changed in this block at its end, as the merge's own.

        Odoo writes down what was tracked when the transaction ends: of these leads what was
        changed before is written down before, and that of all others then.
        """
        # as Odoo keeps it, see mail.thread
        data, key = self.env.cr.precommit.data, f'mail.tracking.{leads._name}'
        known = data.pop(key, {})
        data[key] = {lead.id: known.pop(lead.id) for lead in leads if lead.id in known}
        self.env.flush_all()
        leads._track_finalize()
        yield
        data[key] = {**known, **data.get(key, {})}

    @api.model
    def _deletions(self, leads):
        """Those of the leads that Odoo has merged in this transaction and deletes now.

        :return: list of ``(leads, block in which they are to be deleted)``
        """
        waiting = self.env.cr.cache.get(WAITING)
        if not waiting or open_journal(self.env):
            return []
        merged = leads.filtered(lambda lead: lead.id in waiting)
        groups = merged.grouped(lambda lead: waiting.pop(lead.id))
        return [
            (group, self.browse(log_id)._recording_deletion(journal))
            for (log_id, journal), group in groups.items()
        ]

    @contextmanager
    def _recording_deletion(self, journal):
        with journal.recording():
            yield
        # sudo: the log is written by merging alone; it is gone if the merge was taken back
        log = self.sudo().exists()
        if log:
            log.journal = {'moves': [], **journal.result()}
            log._keep_files()

    # ------------------------------------------------------------
    # KEEPING
    # ------------------------------------------------------------

    def _keep_files(self):
        """Keep the files of deleted attachments, which Odoo clears away when no row names them."""
        # sudo: of the journal, which nobody reads; what is kept is as hidden as it is
        for merge in self.sudo():
            rows = merge.journal.get('removed', {}).get('ir_attachment', ())
            attachments = self.env['ir.attachment'].sudo().with_context(image_no_postprocess=True)
            attachments.create([{
                'name': row['name'],
                'raw': attachments._file_read(row['store_fname']),
                'mimetype': row['mimetype'],
                'res_model': self._name,
                'res_id': merge.id,
                'res_field': 'journal',
            } for row in rows if row['store_fname']])

    @api.model
    def _kept_files(self, domain=Domain.TRUE):
        # sudo: files of the journals, which nobody reads
        return self.env['ir.attachment'].sudo().search(
            Domain('res_model', '=', self._name) & Domain('res_field', '=', 'journal') & domain)

    def _forget_journals(self):
        # sudo: the log is written by merging and undoing alone
        self.sudo().journal = False
        self._kept_files(Domain('res_id', 'in', self.ids)).unlink()

    @api.model
    def _clear_files(self):
        """Remove files of merges that the database has deleted along with a lead or contact."""
        files = self._kept_files()
        # sudo: whether the merges are there
        merges = self.sudo().browse(files.mapped('res_id')).exists()
        files.filtered(lambda file: file.res_id not in merges.ids).unlink()

    @api.model
    def _forget_person(self, email):
        """Forget the journals that hold the address of a person who is erased.

        These merges can no longer be undone.
        """
        self.env.flush_all()
        # sudo: whoever erases people erases them here, too, in every company
        merges = self.sudo().browse(row[0] for row in self.env.execute_query(SQL(
            "SELECT id FROM crm_merge WHERE strpos(lower(journal::text), lower(%s)) > 0",
            email.strip())))
        merges._forget_journals()
