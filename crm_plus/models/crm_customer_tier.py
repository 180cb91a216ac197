from odoo import api, fields, models
from odoo.exceptions import UserError


class CrmCustomerTier(models.Model):
    """How the company has decided to treat a customer: A, B, C …

    Managers assign tiers by hand; other modules do it through
    ``res.partner._set_customer_tier``.
    """

    _name = 'crm.customer.tier'
    _description = "Customer Tier"
    _order = 'sequence, id'

    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(default=10, help="The most important tier comes first.")
    color = fields.Integer(default=4)
    description = fields.Text(
        "Meaning", translate=True,
        help="What customers of this tier may expect, in words that a salesperson reads.",
    )
    company_id = fields.Many2one(
        'res.company', index=True, ondelete='cascade',
        help="Leave empty to use the tier in every company.",
    )
    active = fields.Boolean(default=True)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_used(self):
        """Keep the tiers that customers had or have: the log tells their story."""
        # sudo: the tier may be in use where the user may not look, and only that is told
        changes = self.env['crm.customer.tier.change'].sudo()
        used = changes.search_count(
            ['|', ('old_tier_id', 'in', self.ids), ('new_tier_id', 'in', self.ids)], limit=1,
        )
        if used:
            raise UserError(self.env._(
                "Customers have been assigned to this tier, so it cannot be deleted. "
                "Archive it instead: it then can no longer be chosen."
            ))

    def action_view_customers(self):
        """Open the customers of the tier in the current company."""
        self.ensure_one()
        return {
            'type': 'ir.actions.act_window',
            'name': self.env._("Customers of tier %s", self.name),
            'res_model': 'res.partner',
            'views': [(False, 'list'), (False, 'form')],
            # contacts carry their company's tier: the customers are the ones on top
            'domain': [
                ('customer_tier_id', '=', self.id),
                '|', ('parent_id', '=', False), ('is_company', '=', True),
            ],
        }
