"""Customers and sales on account made through the ORM, click by click as in the web client."""

from datetime import date, timedelta
from decimal import Decimal
from typing import NamedTuple

from odoo import Command

from ..exemplar import moment
from .sale import Outcome

#: Odoo's own switches: who imports history wants no log notes, followers and tracked changes.
WITHOUT_CHATTER = {
    "tracking_disable": True,
    "mail_notrack": True,
    "mail_create_nolog": True,
    "mail_create_nosubscribe": True,
}


class Setting(NamedTuple):
    """What all sales have in common."""

    payment_journal: object
    payment_term: object
    #: days from an invoice to its due date
    term_days: int
    #: price list in the foreign currency
    pricelist: object
    tag: object


class Sale(NamedTuple):
    """One sale: goods invoiced on a day, and what became of the invoice."""

    outcome: Outcome
    day: date
    quantity: int
    unit_price: Decimal
    foreign: bool = False
    credited: int = 0
    credit_day: date | None = None
    payment_day: date | None = None

    @property
    def amount(self) -> Decimal:
        return self.quantity * self.unit_price

    def due(self, setting: Setting) -> date:
        return self.day + timedelta(days=setting.term_days)


def make_company(setting, name):
    return _make_partner(setting, {"name": name, "is_company": True})


def make_contact(setting, name, company=None):
    """Create a contact of the company, or a person on their own account."""
    return _make_partner(setting, {"name": name, "parent_id": company.id if company else False})


def _make_partner(setting, values):
    tag = setting.tag
    partner = tag.env["res.partner"].create({**values, "category_id": [Command.link(tag.id)]})
    partner.env.cr.flush()
    return partner


def make_sale(setting, contact, product, sale: Sale, order_name=None):
    """Order, confirm, deliver, invoice and post the sale, credit and pay it; return the order.

    Every click is a request of its own in the web client.
    """
    env = setting.tag.env
    order = env["sale.order"].create(_order_values(setting, contact, product, sale, order_name))
    env.cr.flush()
    order.action_confirm()
    # Confirming stamps the moment of the click.
    order.date_order = moment(sale.day)
    order.order_line.qty_delivered = sale.quantity
    env.cr.flush()
    order._create_invoices()
    invoice = order.invoice_ids  # without what creating them left in the context
    env.cr.flush()
    invoice.invoice_date = sale.day
    env.cr.flush()
    invoice.action_post()
    env.cr.flush()
    if sale.credited:
        _credit(invoice, sale)
    if sale.payment_day:
        _pay(setting, invoice, sale)
    return order


def _order_values(setting, contact, product, sale, order_name):
    currency = setting.pricelist.currency_id if sale.foreign else product.currency_id
    proposed = product.currency_id._convert(
        product.lst_price, currency, setting.payment_journal.company_id, sale.day, round=False
    )
    values = {
        "partner_id": contact.id,
        "date_order": moment(sale.day),
        # No salesperson (so that every salesperson sees them), and no offer that would expire.
        "user_id": False,
        "pricelist_id": setting.pricelist.id if sale.foreign else False,
        "validity_date": False,
        "payment_term_id": setting.payment_term.id,
        "order_line": [
            Command.create(
                {
                    "product_id": product.id,
                    "product_uom_qty": sale.quantity,
                    "price_unit": float(sale.unit_price),
                    # What Odoo proposed: where it differs, Odoo leaves the price as it was typed.
                    "technical_price_unit": proposed,
                    "tax_ids": [Command.clear()],
                }
            )
        ],
    }
    return values | ({"name": order_name} if order_name else {})


def _credit(invoice, sale):
    wizard = invoice.env["account.move.reversal"].with_context(active_model="account.move", active_ids=invoice.ids)
    action = wizard.create({"journal_id": invoice.journal_id.id, "date": sale.credit_day}).reverse_moves()
    credit_note = invoice.browse(action["res_id"])
    invoice.env.cr.flush()
    if sale.credited != sale.quantity:
        credit_note.invoice_line_ids.quantity = sale.credited
        invoice.env.cr.flush()
    credit_note.action_post()
    invoice.env.cr.flush()


def _pay(setting, invoice, sale):
    context = invoice.action_register_payment()["context"]
    wizard = invoice.env["account.payment.register"].with_context(**WITHOUT_CHATTER | context)
    wizard.create({"payment_date": sale.payment_day, "journal_id": setting.payment_journal.id}).action_create_payments()
    invoice.env.cr.flush()
