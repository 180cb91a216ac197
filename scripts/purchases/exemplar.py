"""Contacts and purchases made through the ORM, click by click as in the web client."""
from datetime import datetime, time
from typing import NamedTuple

from odoo import Command
from odoo.tools import float_compare

from .errors import HistoryError
from .purchase import Purchase

MODULE = "__import__"  # where Odoo keeps the external ids of imported data


class Setting(NamedTuple):
    """What all purchases of a history have in common."""

    product: object
    payment_journal: object
    payment_term: object
    category: object


def moment(day) -> datetime:
    """Return noon UTC of the day, which is the same day in nearly all time zones."""
    return datetime.combine(day, time(12))


def make_customer(setting, name, external_id):
    """Create the contact of a customer, and return it."""
    category = setting.category
    customer = category.env["res.partner"].create(
        {"name": name, "category_id": [Command.link(category.id)]}
    )
    _identify(customer, external_id)
    customer.env.cr.flush()
    return customer


def make_purchase(setting, customer, purchase: Purchase, order_name=None, external_id=None):
    """Order, confirm, hand over, invoice, post and pay the purchase on its day; return the order.

    Every click is a request of its own in the web client; flushing after each makes Odoo write the
    same chatter.

    :raise HistoryError: when the documents would not show the amount of the file
    """
    env = setting.product.env
    order = env["sale.order"].create(_order_values(setting, customer, purchase, order_name))
    if external_id:
        _identify(order, external_id)
    env.cr.flush()
    order.action_confirm()
    # Confirming stamps the moment of the click.
    order.date_order = moment(purchase.date)
    order.order_line.qty_delivered = purchase.quantity
    env.cr.flush()
    invoice = order._create_invoices()
    env.cr.flush()
    invoice.invoice_date = purchase.date
    if not invoice.invoice_payment_term_id:
        invoice.invoice_date_due = purchase.date
    env.cr.flush()
    invoice.action_post()
    env.cr.flush()
    if float_compare(invoice.amount_total, float(purchase.amount), precision_digits=2):
        raise HistoryError(
            f"Odoo makes an invoice of {invoice.amount_total} out of a purchase of "
            f"{purchase.amount}: switch off the setting, or uninstall the app, that changes totals."
        )
    if purchase.amount:
        _pay(setting, invoice, purchase)
    return order


def _order_values(setting, customer, purchase, order_name):
    values = {
        "partner_id": customer.id,
        "date_order": moment(purchase.date),
        # Nobody quoted these purchases: no salesperson (so that every salesperson sees them), no
        # price list and no day on which an offer would expire.
        "user_id": False,
        "pricelist_id": False,
        "validity_date": False,
        "payment_term_id": setting.payment_term.id,
        "order_line": [
            Command.create(
                {
                    "product_id": setting.product.id,
                    "product_uom_qty": purchase.quantity,
                    "price_unit": float(purchase.unit_price),
                    # What Odoo proposed: where it differs, Odoo leaves the price as it was typed.
                    "technical_price_unit": setting.product.lst_price,
                    "tax_ids": [Command.clear()],
                }
            )
        ],
    }
    return values | ({"name": order_name} if order_name else {})


def _pay(setting, invoice, purchase):
    context = invoice.action_register_payment()["context"]
    wizard = invoice.env["account.payment.register"].with_context(**context)
    wizard.create(
        {"payment_date": purchase.date, "journal_id": setting.payment_journal.id}
    ).action_create_payments()
    invoice.env.cr.flush()


def _identify(record, external_id):
    record.env["ir.model.data"]._update_xmlids(
        [{"xml_id": f"{MODULE}.{external_id}", "record": record, "noupdate": True}]
    )
