from odoo import api, fields, models


class ResPartner(models.Model):
    _inherit = 'res.partner'

    customer_tier_id = fields.Many2one(
        'crm.customer.tier', company_dependent=True, copy=False, groups='crm_plus.group_user',
        help="How your company has decided to treat this customer.",
    )

    @api.model
    def _commercial_fields(self):
        return super()._commercial_fields() + ['customer_tier_id']

    def _set_customer_tier(self, tier, reason):
        """Move the customers to ``tier`` in the current company, with the reason in the log."""
        self.commercial_partner_id.sudo().customer_tier_id = tier

    def _customer_360_figures(self) -> list[dict]:
        """The figures of the Customer 360 page, called on one commercial entity."""
        self.ensure_one()
        return []

    def _customer_360_highlights(self) -> list[dict]:
        """The sentences at the top of the Customer 360 page, one commercial entity."""
        self.ensure_one()
        return []
