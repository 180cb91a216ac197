from datetime import datetime, time
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
    rise with the dates. What Odoo would note in the chatter is left out: it would say that years
    of business were done today.
    """

    _name = 'crm.industry.demo.purchases.mixin'
    _description = "Demo Company: Orders, Invoices and Payments"

    @api.model
    def _load_purchases(self, demo):
        loader = self.with_context(crm_past_documents=True)
        plan = sorted(
            self._plan_purchases(demo), key=lambda planned: (planned.purchase.day, planned.key))
        settled = []
        for part in split_every(CHUNK, plan, list):
            demo.tell("Orders and invoices", len(settled), len(plan))
            settled += loader._make_purchases(demo, part)
            # what is known of earlier documents slows the next ones down
            self.env.flush_all()
            self.env.invalidate_all()
        demo.tell("Orders and invoices", len(plan), len(plan))
        loader._credit(settled)
        loader._pay(demo, settled)

    @api.model
    def _plan_purchases(self, demo):
        """Return the purchases of all customers."""
        rhythms = {name: Rhythm(**it) for name, it in demo.data.get('rhythms', {}).items()}
        products = [entry['key'] for entry in demo.part('products')]
        return [
            Planned(f'{entry["key"]}_{number:04}', demo.get('customer', entry['key']), purchase)
            for entry in self._all_customers(demo) if entry.get('rhythm')
            for number, purchase in enumerate(purchases(
                rhythms[entry['rhythm']], products, demo.today, f'{demo.key}/{entry["key"]}',
                entry.get('scale', 1)), 1)
        ]

    @api.model
    def _make_purchases(self, demo, plan):
        """Order and invoice purchases that are not there yet.

        :return: list of invoice and purchase
        """
        made = self._make(demo, 'order', 'sale.order', {
            planned.key: self._prepare_order(demo, planned) for planned in plan})
        bought = [planned.purchase for planned in plan if planned.key in made]
        orders = self.env['sale.order'].union(*made.values())
        orders.action_confirm()
        invoices = orders._create_account_invoices(
            [self._prepare_invoice(*pair) for pair in zip(orders, bought, strict=True)], False)
        invoices.action_post()
        return list(zip(invoices, bought, strict=True))

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
                    'analytic_distribution': False,
                })
                for key, quantity in purchase.lines
            ],
        }

    @api.model
    def _prepare_invoice(self, order, purchase):
        return {
            **order._prepare_invoice(),
            'invoice_date': purchase.day,
            'invoice_line_ids': [
                Command.create(line._prepare_invoice_line(**self._known_values(line)))
                for line in order.order_line],
        }

    @api.model
    def _known_values(self, line):
        """Return what Odoo would find out for an invoice's line, and write one by one.

        There are no taxes, other currencies and analytic plans.
        """
        return {
            'amount_currency': -line.price_subtotal,
            'balance': -line.price_subtotal,
            'analytic_distribution': False,
        }

    # ------------------------------------------------------------
    # WHAT BECOMES OF INVOICES
    # ------------------------------------------------------------

    @api.model
    def _credit(self, settled):
        """Credit some pieces of what was invoiced."""
        credited = sorted(
            (pair for pair in settled if pair[1].credited), key=lambda pair: pair[1].credit_day)
        self.env['account.move'].create(
            [self._prepare_credit_note(*pair) for pair in credited]).action_post()

    @api.model
    def _prepare_credit_note(self, invoice, purchase):
        line = invoice.invoice_line_ids.sale_line_ids.sorted()[:1]
        return {
            **line.order_id._prepare_invoice(),
            'move_type': 'out_refund',
            'reversed_entry_id': invoice.id,
            'ref': invoice.name,
            'invoice_date': purchase.credit_day,
            'invoice_payment_term_id': False,
            'invoice_line_ids': [
                Command.create(line._prepare_invoice_line(quantity=purchase.credited))],
        }

    @api.model
    def _pay(self, demo, settled):
        """Have invoices paid on their days, each by a payment of its own."""
        paid = sorted(
            (pair for pair in settled if pair[1].paid), key=lambda pair: pair[1].paid)
        done = 0
        for part in split_every(CHUNK, paid, list):
            demo.tell("Payments", done, len(paid))
            self._pay_together(part)
            self.env.flush_all()
            self.env.invalidate_all()
            done += len(part)
        demo.tell("Payments", done, len(paid))

    @api.model
    def _pay_together(self, paid):
        # credited pieces are not paid
        paid = [
            (invoice, purchase.paid) for invoice, purchase in paid
            if not invoice.currency_id.is_zero(invoice.amount_residual)]
        debts = [
            invoice.line_ids.filtered(lambda line: line.display_type == 'payment_term')
            for invoice, _day in paid]
        # the entries are balanced already, as when the assistant registers payments
        payments = self.env['account.payment'].with_context(skip_invoice_sync=True).create([
            {
                'date': day,
                'amount': invoice.amount_residual,
                'payment_type': 'inbound',
                'partner_type': 'customer',
                'partner_id': invoice.commercial_partner_id.id,
                'currency_id': invoice.currency_id.id,
                'memo': invoice.payment_reference or invoice.name,
                'destination_account_id': debt.account_id.id,
                'invoice_ids': [Command.link(invoice.id)],
            }
            for (invoice, day), debt in zip(paid, debts, strict=True)
        ])
        payments.action_post()
        self.env['account.move.line']._reconcile_plan([
            debt + payment._seek_for_lines()[1]
            for debt, payment in zip(debts, payments, strict=True)])
