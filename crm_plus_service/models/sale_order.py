from odoo import models


class SaleOrder(models.Model):
    _name = 'sale.order'
    _inherit = ['sale.order', 'service.document.mixin']
    _case_field = 'sale_order_id'

    #: what begins, changes or ends a service contract
    CONTRACT_FIELDS = frozenset(('state', 'date_order', 'partner_id', 'order_line'))

    def write(self, vals):
        res = super().write(vals)
        if self.CONTRACT_FIELDS & vals.keys():
            # sudo: promises follow from the order, which the user was allowed to change
            contracts = self.sudo().order_line.filtered('product_id.is_service_contract')
            if contracts:
                self.env['service.case']._sync_contracts(contracts)
        return res

    def _prepare_case_context(self):
        context = super()._prepare_case_context()
        products = self.order_line.filtered(lambda line: not line.display_type).product_id
        if len(products) == 1:
            context['default_product_id'] = products.id
        return context
