from odoo import fields, models


class CrmBuyingRole(models.Model):
    """What somebody does when their company buys: uses, pays, decides …"""

    _name = 'crm.buying.role'
    _description = "Role in a Buying Centre"
    _order = 'sequence, id'

    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(default=10)
    color = fields.Integer(default=4)
    description = fields.Char("Meaning", translate=True)
    is_decider = fields.Boolean(
        "Decides", help="Who has this role has the last word. A map without one of them says so.",
    )
    is_blocker = fields.Boolean(
        "Blocks", help="Who has this role can stop a purchase. The map says when nobody of us "
                       "looks after them.",
    )
    company_id = fields.Many2one(
        'res.company', index=True, ondelete='cascade',
        help="Leave empty to use the role in every company.",
    )
    active = fields.Boolean(default=True)
