from odoo import api, fields, models

LEVELS = [('1', 'Basic'), ('2', 'Good'), ('3', 'Expert')]


class ServiceSkillLevel(models.Model):
    """How well an agent knows something, or how well a type of case asks for it."""

    _name = 'service.skill.level'
    _description = 'Skill Level'
    _order = 'skill_id, id'

    skill_id = fields.Many2one('service.skill', required=True, index=True, ondelete='cascade')
    level = fields.Selection(LEVELS, required=True, default='1')
    agent_id = fields.Many2one('service.agent', index='btree_not_null', ondelete='cascade')
    type_id = fields.Many2one('service.case.type', index='btree_not_null', ondelete='cascade')
    company_id = fields.Many2one(related='agent_id.company_id', store=True, index=True)

    _of_one = models.Constraint(
        'CHECK (num_nonnulls(agent_id, type_id) = 1)',
        'A skill level belongs to an agent or to a type of case.',
    )
    _agent_once = models.UniqueIndex(
        '(agent_id, skill_id) WHERE agent_id IS NOT NULL', 'An agent has each skill once.'
    )
    _type_once = models.UniqueIndex(
        '(type_id, skill_id) WHERE type_id IS NOT NULL', 'A type asks for each skill once.'
    )

    @api.depends('skill_id.name', 'level')
    def _compute_display_name(self):
        levels = dict(self._fields['level']._description_selection(self.env))
        for line in self:
            line.display_name = f'{line.skill_id.name} ({levels.get(line.level, "")})'

    def _as_numbers(self):
        """Return the levels by the id of the skill."""
        return {line.skill_id.id: int(line.level) for line in self}
