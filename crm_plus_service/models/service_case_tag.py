from random import randint

from odoo import fields, models


class ServiceCaseTag(models.Model):
    """A free label on cases, shared by all companies."""

    _name = 'service.case.tag'
    _description = 'Case Tag'
    _order = 'name, id'

    name = fields.Char(required=True, translate=True)
    color = fields.Integer(default=lambda self: randint(1, 11))

    _name_unique = models.Constraint('UNIQUE (name)', 'A tag with this name already exists.')
