from odoo import fields, models


class ServiceIntakeDismiss(models.TransientModel):
    """Asks why messages that need attention deserve none."""

    _name = 'service.intake.dismiss'
    _description = 'Dismiss Messages'

    intake_ids = fields.Many2many('service.intake', string='Messages', required=True)
    reason = fields.Char(
        required=True, help='Stays with the message, for who wonders what became of it.'
    )

    def action_dismiss(self):
        """Dismiss the messages for the given reason."""
        self.ensure_one()
        self.intake_ids._dismiss(self.reason)
        return {'type': 'ir.actions.act_window_close'}
