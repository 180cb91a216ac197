from odoo import fields, models


class ProductCategory(models.Model):
    _inherit = 'product.category'

    warranty_months = fields.Integer(
        string='Warranty',
        help='Months of warranty on products of this category and of those below it that name '
        'none themselves.',
    )

    _warranty_positive = models.Constraint(
        'CHECK (warranty_months >= 0)', 'The months of a warranty cannot be negative.'
    )

    def _get_warranty_months(self):
        """Return the months of warranty of the category, or of the nearest one above it."""
        category = self
        while category and not category.warranty_months:
            category = category.parent_id
        return category.warranty_months
