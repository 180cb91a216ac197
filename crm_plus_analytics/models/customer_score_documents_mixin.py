from odoo import models


class CustomerScoreDocumentsMixin(models.AbstractModel):
    """The documents behind a score: those that were counted, and no others."""
    _name = 'customer.score.documents.mixin'
    _description = 'Documents behind a Customer Score'

    def action_open_invoices(self):
        """Open the invoices and credit notes, or the orders, from which this score was made."""
        self.ensure_one()
        moves, orders = self._documents()
        if self.basis == 'order':
            return self._open_documents(
                self.env._("Orders of %s", self.partner_id.display_name),
                orders, 'sale.view_order_tree')
        return self._open_documents(
            self.env._("Invoices of %s", self.partner_id.display_name),
            moves, 'account.view_out_invoice_tree', default_move_type='out_invoice')

    def action_open_credit_notes(self):
        """Open the credit notes that reduced what the orders of this score had brought."""
        self.ensure_one()
        moves, _orders = self._documents()
        return self._open_documents(
            self.env._("Credit notes of %s", self.partner_id.display_name),
            moves, 'account.view_out_credit_note_tree', default_move_type='out_refund')

    def _documents(self) -> tuple:
        """Return the invoices with the credit notes, and the orders, that the scoring counted."""
        run = self.run_id
        move_ids, order_ids = self.env['customer.measures']._documents_of(
            self.partner_id, self.company_id._customer_value_scope(
                run.as_of, basis=run.basis, window_months=run.window_months,
                # the customer has been scored, so no tag of theirs left them out
                excluded_categories=()))
        return self.env['account.move'].browse(move_ids), self.env['sale.order'].browse(order_ids)

    def _open_documents(self, name: str, documents, list_view: str, **context) -> dict:
        return {
            'type': 'ir.actions.act_window',
            'name': name,
            'res_model': documents._name,
            'views': [(self.env.ref(list_view).id, 'list'), (False, 'form')],
            # those of them that the reader may see; the others' ids do not leave the server
            'domain': [('id', 'in', documents.search([('id', 'in', documents.ids)]).ids)],
            'context': {'create': False, **context},
        }
