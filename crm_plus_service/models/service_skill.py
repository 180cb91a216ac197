from odoo import fields, models


class ServiceSkill(models.Model):
    """Something that an agent must know to take certain cases."""

    _name = 'service.skill'
    _description = 'Skill'
    _order = 'sequence, name, id'

    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)

    _name_unique = models.Constraint('UNIQUE (name)', 'There is a skill of this name already.')
