from odoo import fields, models


class CrmDecisionFactor(models.Model):
    """What decides whether an opportunity is won or lost: the price, the delivery time, …"""

    _name = 'crm.decision.factor'
    _description = "Deciding Factor"
    _order = 'sequence, id'

    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(default=10)
    color = fields.Integer()
    company_id = fields.Many2one(
        'res.company', index=True, ondelete='cascade',
        help="Leave empty to use the factor in every company.",
    )
    active = fields.Boolean(default=True)
