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
    weight = fields.Float(
        required=True,
        default=1.0,
        help='How much of an agent’s capacity a case of this type takes. 1 is usual.',
    )
    skill_ids = fields.One2many(
        'service.skill.level',
        'type_id',
        string='Asks For',
        help='Cases of this type are given to agents who know this at least as well.',
    )

    _weight_positive = models.Constraint(
        'CHECK (weight > 0)', 'The weight of a type must be above zero.'
    )
