from odoo import api, fields, models

from ..matching.likeness import FULL_SCORE


class CrmDuplicateRule(models.Model):
    """How many points it counts when two records have something in common."""

    _name = 'crm.duplicate.rule'
    _description = "Duplicate Rule"
    _order = 'sequence, id'
    _rec_name = 'kind'

    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    kind = fields.Selection(
        [
            ('email', "Same e-mail"),
            ('vat', "Same tax ID"),
            ('phone', "Same phone number"),
            ('domain', "Same web or mail domain"),
            ('company_name', "Same or similar company name"),
            ('person_name', "Same or similar name of a person"),
            ('city', "Same city, besides the name"),
        ],
        string="In Common", required=True,
    )
    points = fields.Integer(
        required=True, default=50,
        help="Added to the score from 0 to 100. Names that are only similar count in part.",
    )
    company_id = fields.Many2one(
        'res.company', index=True,
        help="Leave empty to let the rule count in all companies. A company's own rule goes "
             "before.",
    )

    _once_per_company = models.UniqueIndex(
        "(kind, COALESCE(company_id, 0)) WHERE active",
        "There is a rule for this already. Change its points instead.",
    )
    _points_range = models.Constraint(
        f'CHECK (points BETWEEN 0 AND {FULL_SCORE})', "Points go from 0 to 100.")

    @api.model_create_multi
    def create(self, vals_list):
        self.env.registry.clear_cache()
        return super().create(vals_list)

    def write(self, vals):
        self.env.registry.clear_cache()
        return super().write(vals)

    def unlink(self):
        self.env.registry.clear_cache()
        return super().unlink()
