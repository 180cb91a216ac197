from odoo import fields, models


class ServiceHandoverRefuse(models.TransientModel):
    """Say why cases are not taken."""

    _name = 'service.handover.refuse'
    _description = 'Refuse a Hand-Over'

    handover_ids = fields.Many2many('service.handover', required=True)
    answer = fields.Char(string='Reason', required=True, help='The team that asked reads it.')

    def action_refuse(self):
        """Leave the cases where they are."""
        self.ensure_one()
        self.handover_ids._refuse(self.answer)
        return {'type': 'ir.actions.act_window_close'}
