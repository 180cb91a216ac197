from datetime import datetime, time
from itertools import groupby
from typing import NamedTuple

from odoo import Command, api, models
from odoo.tools import split_every

from ..industry_demo.rhythm import Purchase, Rhythm, purchases

#: orders that are made together
CHUNK = 200
#: of the day, UTC: the same day in nearly all time zones
NOON = time(12)


class Planned(NamedTuple):
    """A purchase that is to become documents."""

    key: str
    customer: object  #: res.partner
    purchase: Purchase


class CrmIndustryDemoPurchasesMixin(models.AbstractModel):
    """Orders, invoices, credit notes and payments of the demo company, by Odoo's own methods.

    Everything is done to many documents at once and in the order of their days, so that numbers
    rise with the dates.
    """

    _name = 'crm.industry.demo.purchases.mixin'
    _description = "Demo Company: Orders, Invoices and Payments"

    @api.model
    def _load_purchases(self, demo):
        plan = self._plan_purchases(demo)
        settled = []
        for part in split_every(CHUNK, plan, list):
            settled += self._make_purchases(demo, part)
        self._credit(settled)
        self._pay(settled)

    @api.model
    def _plan_purchases(self, demo):
        """Return the purchases of all customers, the oldest first."""
        rhythms = {name: Rhythm(**it) for name, it in demo.data.get('rhythms', {}).items()}
        products = [entry['key'] for entry in demo.part('products')]
        plan = [
            Planned(f'{entry["key"]}_{number:04}', demo.get('customer', entry['key']), purchase)
            for entry in self._all_customers(demo) if entry.get('rhythm')
            for number, purchase in enumerate(purchases(
                rhythms[entry['rhythm']], products, demo.today, f'{demo.key}/{entry["key"]}',
                entry.get('scale', 1)), 1)
        ]
        return sorted(plan, key=lambda planned: (planned.purchase.day, planned.key))

    @api.model
    def _make_purchases(self, demo, plan):
        """Order and invoice purchases that are not there yet.

        :return: list of invoice and purchase
        """
        made = self._make(demo, 'order', 'sale.order', {
            planned.key: self._prepare_order(demo, planned) for planned in plan})
        plan = [planned for planned in plan if planned.key in made]
        if not plan:
            return []
        orders = self.env['sale.order'].union(*made.values())
        orders.action_confirm()
        for planned in plan:
            # confirming stamps the moment of the click
            made[planned.key].date_order = datetime.combine(planned.purchase.day, NOON)
        orders._create_invoices(grouped=True)
        invoices = [(made[it.key].invoice_ids, it.purchase) for it in plan]
        for day, same in groupby(invoices, key=lambda pair: pair[1].day):
            self.env['account.move'].union(*(invoice for invoice, _it in same)).invoice_date = day
        orders.invoice_ids.action_post()
        return invoices

    @api.model
    def _prepare_order(self, demo, planned):
        customer, purchase = planned.customer, planned.purchase
        return {
            'partner_id': customer.id,
            'company_id': demo.company.id,
            'date_order': datetime.combine(purchase.day, NOON),
            'user_id': customer.user_id.id,
            'pricelist_id': False,
            'validity_date': False,
            'order_line': [
                Command.create({
                    'product_id': demo.get('product', key).id,
                    'product_uom_qty': quantity,
                    'discount': purchase.discount,
                })
                for key, quantity in purchase.lines
            ],
        }

    # ------------------------------------------------------------
    # WHAT BECOMES OF INVOICES
    # ------------------------------------------------------------

    @api.model
    def _credit(self, settled):
        """Credit some pieces of what was invoiced."""
        for invoice, purchase in settled:
            if not purchase.credited:
                continue
            wizard = self.env['account.move.reversal'].with_context(
                active_model='account.move', active_ids=invoice.ids)
            action = wizard.create({
                'journal_id': invoice.journal_id.id, 'date': purchase.credit_day}).reverse_moves()
            note = self.env['account.move'].browse(action['res_id'])
            note.invoice_date = purchase.credit_day
            first, *others = note.invoice_line_ids
            note.invoice_line_ids = [
                Command.update(first.id, {'quantity': purchase.credited}),
                *(Command.delete(line.id) for line in others),
            ]
            note.action_post()

    @api.model
    def _pay(self, settled):
        """Register the payments, day by day."""
        paid = sorted(
            (pair for pair in settled if pair[1].paid), key=lambda pair: pair[1].paid)
        for day, same in groupby(paid, key=lambda pair: pair[1].paid):
            invoices = self.env['account.move'].union(*(invoice for invoice, _it in same))
            invoices = invoices.filtered(lambda invoice: invoice.payment_state != 'paid')
            if invoices:
                action = invoices.action_register_payment()
                self.env['account.payment.register'].with_context(**action['context']).create({
                    'payment_date': day, 'group_payment': False, 'installments_mode': 'full',
                }).action_create_payments()
