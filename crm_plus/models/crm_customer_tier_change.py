from odoo import fields, models


class CrmCustomerTierChange(models.Model):
    """The log of customers' tiers: who changed what, when and why. Written by the partner."""

    _name = 'crm.customer.tier.change'
    _description = "Customer Tier Change"
    _order = 'date desc, id desc'
    _rec_name = 'partner_id'

    partner_id = fields.Many2one(
        'res.partner', "Customer", required=True, readonly=True, index=True, ondelete='cascade',
    )
    company_id = fields.Many2one(
        'res.company', required=True, readonly=True, index=True, ondelete='cascade',
    )
    old_tier_id = fields.Many2one(
        'crm.customer.tier', "From", readonly=True, ondelete='restrict',
    )
    new_tier_id = fields.Many2one(
        'crm.customer.tier', "To", readonly=True, ondelete='restrict',
    )
    user_id = fields.Many2one('res.users', "Changed by", readonly=True)
    date = fields.Datetime(required=True, readonly=True, default=fields.Datetime.now)
    reason = fields.Char(readonly=True, help="Why the customer was moved to this tier.")
