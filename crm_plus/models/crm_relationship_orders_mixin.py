from odoo import fields, models
from odoo.fields import Domain
from odoo.tools import SQL

from ..relationship import Figure
from .customer_figures_mixin import ORDER, UNPAID

#: What was ordered, in the currency of the order's company at the rate of its day.
ORDERED = SQL("sale_order.amount_untaxed / COALESCE(NULLIF(sale_order.currency_rate, 0), 1)")
MARGIN = SQL("sale_order.margin / COALESCE(NULLIF(sale_order.currency_rate, 0), 1)")
DUE = SQL("account_move.amount_residual_signed")


class CrmRelationshipOrdersMixin(models.AbstractModel):
    """Figures about offers, orders and what is owed."""

    _name = 'crm.relationship.orders.mixin'
    _description = "Relationship Models: Orders"

    def _orders(self, reading) -> Domain:
        """Return the orders of the period."""
        return ORDER & reading.moments('date_order') & reading.of_team('team_id')

    def _revenue_figures(self, reading):
        if not self.env['sale.order'].has_access('read'):
            return []
        orders = self._orders(reading)
        return [
            Figure(
                'revenue', self.env._("Ordered"), 'sale.order', orders, amount=ORDERED,
                dated=True, better='more',
                text=self.env._("Orders of the period, without taxes."),
                todo=self.env._("Nothing was ordered in the period, as far as you may see."),
            ),
            Figure(
                'margin', self.env._("Margin of the orders"), 'sale.order', Domain.TRUE,
                of=orders, amount=MARGIN, of_amount=ORDERED, dated=True, better='more',
                text=self.env._("Of what was ordered in the period, %(amount)s remain after the "
                                "cost of the products."),
                todo=self.env._("Nothing was ordered in the period, as far as you may see."),
            ),
        ]

    def _key_account_order_figures(self, reading):
        if not self.env['sale.order'].has_access('read'):
            return []
        return [Figure(
            'key_account_orders', self.env._("Ordered by key accounts"), 'sale.order',
            Domain('partner_id.key_account_id', '!=', False),
            of=self._orders(reading), amount=ORDERED, dated=True,
            text=self.env._("%(share)s of what was ordered in the period comes from key accounts."),
            none=self.env._("No key account has ordered in the period."),
            todo=self.env._("Nothing was ordered in the period, as far as you may see."),
        )]

    def _offer_figures(self, reading):
        if not self.env['sale.order'].has_access('read'):
            return []
        offers = reading.of_team('team_id')
        return [
            Figure(
                'offers_won', self.env._("Offers that became orders"), 'sale.order', ORDER,
                of=offers & Domain('state', 'in', ['sent', 'sale', 'cancel'])
                & reading.moments('date_order'),
                others=self.env._("open or refused"), dated=True, better='more',
                text=self.env._("%(share)s of the offers with a date in the period have been "
                                "ordered."),
                none=self.env._("None of the offers of the period has been ordered yet."),
                todo=self.env._("No offer was sent in the period. Send customers a quotation."),
            ),
            Figure(
                'offers_waiting', self.env._("Offers without an answer"), 'sale.order',
                offers & Domain('state', '=', 'sent'), better='fewer',
                text=self.env._("Quotations that were sent and neither ordered nor cancelled."),
                none=self.env._("No quotation is waiting for an answer."),
            ),
        ]

    def _overdue_figures(self, reading):
        if not self.env['account.move'].has_access('read'):
            return []
        today = fields.Date.to_string(fields.Date.context_today(self))
        return [Figure(
            'overdue', self.env._("Overdue"), 'account.move',
            Domain('invoice_date_due', '<', today),
            of=UNPAID & Domain('move_type', '!=', 'out_refund') & reading.of_team('team_id'),
            amount=DUE, better='fewer', others=self.env._("not due yet"),
            text=self.env._("Of what customers have to pay, %(share)s should have been paid "
                            "already."),
            none=self.env._("Nothing that customers have to pay is overdue."),
            todo=self.env._("No invoice is waiting to be paid, as far as you may see."),
        )]
