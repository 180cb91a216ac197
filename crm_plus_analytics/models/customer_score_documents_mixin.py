from datetime import timedelta

from dateutil.relativedelta import relativedelta

from odoo import models


class CustomerScoreDocumentsMixin(models.AbstractModel):
    """The documents behind a score."""
    _name = 'customer.score.documents.mixin'
    _description = 'Documents behind a Customer Score'

    def action_open_invoices(self):
        """Open the invoices and credit notes, or the orders, from which this score was made."""
        self.ensure_one()
        if self.run_id.basis == 'order':
            return self._open_orders()
        return {
            'type': 'ir.actions.act_window',
            'name': self.env._("Invoices of %s", self.partner_id.display_name),
            'res_model': 'account.move',
            'views': [(self.env.ref('account.view_out_invoice_tree').id, 'list'), (False, 'form')],
            'domain': [
                ('partner_id.commercial_partner_id', '=', self.partner_id.id),
                ('company_id', '=', self.company_id.id),
                ('move_type', 'in', ['out_invoice', 'out_refund', 'out_receipt']),
                ('state', '=', 'posted'),
                ('invoice_date', '<=', self.as_of),
                *self._window('invoice_date'),
            ],
            'context': {'create': False, 'default_move_type': 'out_invoice'},
        }

    def _open_orders(self) -> dict:
        return {
            'type': 'ir.actions.act_window',
            'name': self.env._("Orders of %s", self.partner_id.display_name),
            'res_model': 'sale.order',
            'views': [(False, 'list'), (False, 'form')],
            'domain': [
                ('partner_id.commercial_partner_id', '=', self.partner_id.id),
                ('company_id', '=', self.company_id.id),
                ('state', '=', 'sale'),
                ('date_order', '<', self.as_of + timedelta(days=1)),
                *self._window('date_order', days=1),
            ],
            'context': {'create': False},
        }

    def _window(self, name: str, days: int = 0) -> list:
        """Return the condition that documents are not older than what was counted."""
        months = self.run_id.window_months
        if not months:
            return []
        after = self.as_of - relativedelta(months=months)
        return [(name, '>=' if days else '>', after + timedelta(days=days))]
