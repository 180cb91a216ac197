from odoo import fields, models
from odoo.exceptions import UserError


class CrmStageApprovalDecide(models.TransientModel):
    """Answer to who asked for approvals."""

    _name = 'crm.stage.approval.decide'
    _description = "Approve or Refuse"

    approval_ids = fields.Many2many('crm.stage.approval', string="Approvals", required=True)
    state = fields.Selection(
        [('approved', "Approve"), ('refused', "Refuse")], "Answer", required=True,
        default='approved')
    reason = fields.Char(help="Whoever asked reads it on the opportunity.")

    def action_decide(self):
        """Give the answer."""
        self.ensure_one()
        if self.state == 'refused' and not (self.reason or '').strip():
            raise UserError(self.env._("Say why you refuse."))
        self.approval_ids._decide(self.state, self.reason)
        return {'type': 'ir.actions.act_window_close'}
