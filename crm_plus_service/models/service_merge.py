from odoo import fields, models


class ServiceMerge(models.Model):
    """That a case was merged into another, and what went over with it.

    Written by the cases (``service_case_merge_mixin.py``) and edited by nobody: a merge is undone
    by what stands here.
    """

    _name = 'service.merge'
    _description = 'Merge of Cases'
    _order = 'id desc'
    _rec_name = 'case_id'

    case_id = fields.Many2one(
        'service.case', string='Merged Case', required=True, index=True, ondelete='cascade')
    into_id = fields.Many2one(
        'service.case', string='Merged Into', required=True, index=True, ondelete='cascade')
    company_id = fields.Many2one(related='case_id.company_id', store=True, index=True)
    user_id = fields.Many2one(
        'res.users', string='Merged By', default=lambda self: self.env.user, ondelete='set null')
    date = fields.Datetime(string='Merged On', required=True, default=fields.Datetime.now)
    moved = fields.Json(
        help='What went over to the other case, and how the merged case stood before.')
    undone_date = fields.Datetime(string='Undone On')
    undone_by_id = fields.Many2one('res.users', ondelete='set null')

    _merged_once = models.UniqueIndex(
        '(case_id) WHERE undone_date IS NULL', 'A case is merged once at a time.')

    def action_undo(self):
        """Undo these merges."""
        # a merged case is archived, and read by who may read it
        self.filtered(lambda merge: not merge.undone_date).case_id.action_undo_merge()
