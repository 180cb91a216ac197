from odoo import models


class ProductProduct(models.Model):
    """Products that cases are about."""

    _name = 'product.product'
    _inherit = ['product.product', 'service.document.mixin']
    _case_field = 'product_id'

    def _prepare_case_context(self):
        # the team and the customer are not the product's matter
        return {'default_product_id': self.id}
