from odoo import models


class AccountMove(models.Model):
    _name = 'account.move'
    _inherit = ['account.move', 'service.document.mixin']
    _case_field = 'invoice_id'

    def _prepare_case_context(self):
        context = super()._prepare_case_context()
        orders = self.invoice_line_ids.sale_line_ids.order_id
        if (
            len(orders) == 1
            and orders.partner_id.commercial_partner_id == self.commercial_partner_id
        ):
            context['default_sale_order_id'] = orders.id
        products = self.invoice_line_ids.filtered(
            lambda line: line.display_type == 'product'
        ).product_id
        if len(products) == 1:
            context['default_product_id'] = products.id
        return context
