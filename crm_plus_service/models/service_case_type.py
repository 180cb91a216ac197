from odoo import fields, models


class ServiceCaseType(models.Model):
    """What a case is about: question, complaint, repair… Shared by all companies."""

    _name = 'service.case.type'
    _description = 'Case Type'
    _order = 'sequence, name, id'

    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    portal_visible = fields.Boolean(
        string='Offered to Customers',
        default=True,
        help='Customers may choose this type when they open a case in the portal.',
    )
