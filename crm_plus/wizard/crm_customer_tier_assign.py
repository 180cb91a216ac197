from odoo import fields, models
from odoo.exceptions import UserError


class CrmCustomerTierAssign(models.TransientModel):
    """Assign customers to a tier, with the reason that goes into the log."""

    _name = 'crm.customer.tier.assign'
    _description = "Assign a Customer Tier"

    partner_ids = fields.Many2many('res.partner', string="Customers", required=True)
    tier_id = fields.Many2one(
        'crm.customer.tier', help="Leave empty to take the tier away.",
        domain="[('company_id', 'in', (False, current_company_id))]",
    )
    description = fields.Text(related='tier_id.description')
    reason = fields.Char(
        required=True, help="Why these customers are treated so; kept in the log of changes.",
    )

    def action_assign(self):
        """Set the tier; open nothing."""
        self.ensure_one()
        if not self.env['res.partner'].has_access('write'):
            raise UserError(self.env._("You need the right to change contacts to set their tier."))
        self.partner_ids.check_access('write')
        self.partner_ids._set_customer_tier(self.tier_id, self.reason)
        return {'type': 'ir.actions.act_window_close'}
