from odoo import models


class SaleOrder(models.Model):
    _name = 'sale.order'
    _inherit = ['sale.order', 'service.document.mixin']
    _case_field = 'sale_order_id'

    def _prepare_case_context(self):
        context = super()._prepare_case_context()
        products = self.order_line.filtered(lambda line: not line.display_type).product_id
        if len(products) == 1:
            context['default_product_id'] = products.id
        return context
