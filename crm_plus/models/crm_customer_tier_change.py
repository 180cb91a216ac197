from odoo import api, fields, models


class CrmCustomerTierChange(models.Model):
    """The log of customers' tiers: who changed what, when and why.

    Nobody writes it but the partner, when its tier changes.
    """

    _name = 'crm.customer.tier.change'
    _description = "Customer Tier Change"
    _order = 'date desc, id desc'
    _rec_name = 'partner_id'

    partner_id = fields.Many2one(
        'res.partner', "Customer", required=True, readonly=True, index=True, ondelete='cascade',
    )
    company_id = fields.Many2one(
        'res.company', required=True, readonly=True, index=True, ondelete='cascade',
        help="The company that treats the customer so: each company has its own tiers.",
    )
    old_tier_id = fields.Many2one(
        'crm.customer.tier', "From", readonly=True, ondelete='set null', index=True,
    )
    new_tier_id = fields.Many2one(
        'crm.customer.tier', "To", readonly=True, ondelete='set null', index=True,
    )
    user_id = fields.Many2one('res.users', "Changed by", readonly=True)
    date = fields.Datetime(required=True, readonly=True, default=fields.Datetime.now)
    reason = fields.Char(readonly=True, help="Why the customer was moved to this tier.")

    @api.model
    def _log(self, old_tiers):
        """Write down the customers whose tier is no longer the one in ``old_tiers``.

        :param dict old_tiers: the tier that each customer had, by partner
        """
        reason = self.env.context.get('customer_tier_reason') or self.env._("Set by hand")
        # sudo: the log is written by the system alone, on behalf of whoever changed the tier
        self.sudo().create([
            {
                'partner_id': partner.id,
                'company_id': self.env.company.id,
                'old_tier_id': old_tier.id,
                'new_tier_id': partner.customer_tier_id.id,
                'user_id': self.env.uid,
                'reason': reason,
            }
            for partner, old_tier in old_tiers.items()
            if partner.customer_tier_id != old_tier
        ])
