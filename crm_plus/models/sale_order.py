from odoo import models


class SaleOrder(models.Model):
    _inherit = 'sale.order'

    def _prepare_confirmation_values(self):
        """Leave orders of the past on their days; confirming stamps the moment of the click."""
        values = super()._prepare_confirmation_values()
        if self.env.context.get('crm_past_documents'):
            del values['date_order']
        return values
