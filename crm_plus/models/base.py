from odoo import api, models

from ..merging.journal import open_journal


class Base(models.AbstractModel):
    """Tells the journal of a merge, where one is open, which rows are about to change.

    Those of dialogs live for hours only and are nobody's loss.
    """

    _inherit = 'base'

    def _write_multi(self, vals_list):
        if not self._transient and (journal := open_journal(self.env)):
            journal.touch(self._table, self.ids)
        return super()._write_multi(vals_list)

    @api.model
    def _create(self, data_list):
        records = super()._create(data_list)
        if not self._transient and (journal := open_journal(self.env)):
            journal.created(self._table, records.ids)
        return records

    def unlink(self):
        if self and not self._transient and (journal := open_journal(self.env)):
            self.env.flush_all()
            journal.removing(self._table, self.ids)
        return super().unlink()
