from odoo import fields, models


class ServiceResponseClass(models.Model):
    """How quickly a service contract is answered, as it is called when sold: Gold, 24/7.

    Products that are service contracts name one; service policies say what it means.
    """

    _name = 'service.response.class'
    _description = 'Response Class'
    _order = 'sequence, name, id'

    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(
        default=10,
        help='Of several contracts of a customer, the one of the first class decides what is '
        'promised.',
    )
    active = fields.Boolean(default=True)
    description = fields.Text(translate=True, help='What customers of this class may expect.')

    _name_unique = models.Constraint('UNIQUE (name)', 'This response class exists already.')
