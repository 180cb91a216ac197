from odoo import api, fields, models


class CrmMergeUndo(models.TransientModel):
    """Say what cannot be put back, and undo the rest of a merge."""

    _name = 'crm.merge.undo'
    _description = "Undo a Merge"

    merge_id = fields.Many2one('crm.merge', required=True, ondelete='cascade')
    reasons = fields.Text("Changed Since", compute='_compute_reasons')

    @api.depends('merge_id')
    def _compute_reasons(self):
        for wizard in self:
            wizard.reasons = wizard.merge_id and '\n'.join(wizard.merge_id._changed_since())

    def action_undo(self):
        """Undo the merge; what has changed since stays as it is now."""
        self.ensure_one()
        self.merge_id._undo()
        return self.merge_id._open_survivor()
