from odoo import api, fields, models

from .chosen_cases import chosen_cases


class ServiceCaseMerge(models.TransientModel):
    """Choose which of several cases stays, and let the others go on as that one."""

    _name = 'service.case.merge'
    _description = 'Merge Cases'

    case_ids = fields.Many2many(
        'service.case', string='Cases', required=True, default=chosen_cases,
        domain="[('merged_into_id', '=', False)]",
        help='The cases that are about the same.',
    )
    into_id = fields.Many2one(
        'service.case', string='Case That Stays', required=True,
        compute='_compute_into_id', store=True, precompute=True, readonly=False,
        domain="[('id', 'in', case_ids)]",
        help='Messages, files, activities, followers, tags and the time spent of the others go '
        'over to this one. You can undo that.',
    )
    is_mixed = fields.Boolean(compute='_compute_is_mixed')

    @api.depends('case_ids')
    def _compute_into_id(self):
        for wizard in self:
            if wizard.into_id not in wizard.case_ids._origin:
                # the oldest that is open: its promise has run the longest
                wizard.into_id = wizard.case_ids._origin.sorted(
                    lambda case: (bool(case.closed_date), case.opened_date, case.id))[:1]

    @api.depends('case_ids', 'into_id')
    def _compute_is_mixed(self):
        for wizard in self:
            wizard.is_mixed = wizard.into_id and any(
                not case._is_of_same_customer(wizard.into_id)
                for case in wizard.case_ids._origin - wizard.into_id
            )

    def action_merge(self):
        """Merge the cases, and open the one that stays."""
        self.ensure_one()
        self.case_ids._merge_into(self.into_id)
        return {
            'type': 'ir.actions.act_window',
            'res_model': 'service.case',
            'res_id': self.into_id.id,
            'views': [(False, 'form')],
        }
