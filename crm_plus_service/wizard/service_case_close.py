from odoo import api, fields, models


class ServiceCaseClose(models.TransientModel):
    """Ask whether the open parts of cases are to be closed together with them."""

    _name = 'service.case.close'
    _description = 'Close Cases and Their Parts'

    case_ids = fields.Many2many('service.case', required=True)
    part_ids = fields.Many2many(
        'service.case', string='Open Parts', compute='_compute_part_ids')

    @api.depends('case_ids')
    def _compute_part_ids(self):
        for wizard in self:
            wizard.part_ids = wizard.case_ids._get_open_parts()

    def action_close_all(self):
        """Close the cases and all their parts."""
        (self.part_ids | self.case_ids).action_close()
        return {'type': 'ir.actions.act_window_close'}

    def action_close_only(self):
        """Close the cases; their parts stay open."""
        self.case_ids.action_close()
        return {'type': 'ir.actions.act_window_close'}
