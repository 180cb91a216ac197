from odoo import models
from odoo.tools import SQL

from ..merging.journal import open_journal


class CrmLeadMergeMixin(models.AbstractModel):
    """Leads that Odoo merges by itself: in its dialogs, when it assigns leads, for other code.

    It goes on as before, and can be undone as any merge: see ``crm.merge.recording.mixin``.
    """

    _name = 'crm.lead.merge.mixin'
    _description = "Lead: Merged by Odoo"

    def _merge_opportunity(self, user_id=False, team_id=False, auto_unlink=True, max_length=5):
        merge = super()._merge_opportunity

        def merge_and_delete():
            survivor = merge(
                user_id=user_id, team_id=team_id, auto_unlink=False, max_length=max_length)
            merged = self - survivor
            if journal := open_journal(self.env):
                merged._go_on_as(survivor, journal)
            if auto_unlink:
                # sudo: as in Odoo, who merges leads need not be allowed to delete them
                merged.sudo().unlink()
            return survivor

        return self.env['crm.merge']._record(self, merge_and_delete)

    def _merge_dependences_history(self, opportunities):
        """Let Odoo turn messages one by one without asking the database for each of them."""
        result = super()._merge_dependences_history(
            opportunities.with_context(crm_messages_of_merge=True))
        (self | opportunities).invalidate_recordset(
            ['message_ids', 'message_needaction', 'message_needaction_counter'])
        return result

    def _go_on_as(self, survivor, journal):
        """Name the survivor in these leads, and in those that were merged into them before."""
        self.env.flush_all()
        ids = [lead_id for lead_id, in self.env.execute_query(SQL(
            "SELECT id FROM crm_lead WHERE id = ANY(%(ids)s) OR merged_into_id = ANY(%(ids)s)",
            ids=self.ids))]
        journal.touch(self._table, ids)
        self.env.execute_query(SQL(
            "UPDATE crm_lead SET merged_into_id = %s WHERE id = ANY(%s)", survivor.id, ids))
        self.browse(ids).invalidate_recordset(['merged_into_id'])

    def unlink(self):
        left = self
        for leads, recording in self.env['crm.merge']._deletions(self):
            with recording:
                super(CrmLeadMergeMixin, leads).unlink()
            left -= leads
        return super(CrmLeadMergeMixin, left).unlink()
