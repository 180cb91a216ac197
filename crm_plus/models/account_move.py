from odoo import models


class AccountMove(models.Model):
    _inherit = 'account.move'

    # By Odoo's index on the partner, one customer's invoices are picked from among the entries of
    # the payments as well, and the credit notes from among all of them.
    _customer_documents_idx = models.Index("(partner_id, move_type) WHERE state = 'posted'")
