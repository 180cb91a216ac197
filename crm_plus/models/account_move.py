from odoo import models


class AccountMove(models.Model):
    _inherit = 'account.move'

    # By Odoo's index on the partner, one customer's invoices are picked from among the entries of
    # the payments as well, and the credit notes from among all of them.
    _customer_documents_idx = models.Index("(partner_id, move_type) WHERE state = 'posted'")

    def _invoice_paid_hook(self):
        """Do not announce today what was paid long ago."""
        if self.env.context.get('crm_past_documents'):
            return None
        return super()._invoice_paid_hook()
