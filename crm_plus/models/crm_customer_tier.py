from random import randint

from odoo import fields, models


class CrmCustomerTier(models.Model):
    """How the company has decided to treat a customer: A, B, C …"""

    _name = 'crm.customer.tier'
    _description = "Customer Tier"
    _order = 'sequence, id'

    def _default_color(self):
        return randint(1, 11)

    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(
        default=10, help="The most important tier comes first.",
    )
    color = fields.Integer(default=_default_color)
    description = fields.Text(
        "Meaning", translate=True,
        help="What customers of this tier may expect, in words that a salesperson reads.",
    )
    company_id = fields.Many2one(
        'res.company', help="Leave empty to use the tier in every company.",
    )
    active = fields.Boolean(default=True)
