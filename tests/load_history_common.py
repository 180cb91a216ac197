"""What the tests of the history loader share: a purchase entered by hand, and rows made comparable."""

import re
from datetime import date
from decimal import Decimal

from odoo.tests import Form, TransactionCase

from purchases import Purchase, load

TAG = "Test history"
DAY = date(1991, 3, 4)  # before all else that a database may hold
ONE = Purchase("0001", DAY, 1, Decimal("11.77"))
THREE = Purchase("0002", DAY, 3, Decimal("14.00"))
FREE = Purchase("0003", DAY, 2, Decimal("0.00"))

# Columns that may differ between a purchase entered by hand and a loaded one, and why.
EXCEPTIONS = {
    "id": "drawn from the table's sequence",
    "create_date": "the moment of writing",
    "write_date": "the moment of writing",
    "sequence_number": "the next number of the journal",
}
EXCEPTIONS_OF = {
    ("mail_message", "message_id"): "drawn by chance",
    ("mail_message", "date"): "the moment of writing",
    ("res_partner", "calendar_last_notif_ack"): "the moment of writing",
}
# Tables that only one of the two writes, and why.
EXCEPTIONAL_TABLES = {"ir_model_data": "the mark by which the loader knows what it has loaded"}


class HistoryCase(TransactionCase):
    """Loads within the test's transaction: a commit is only counted."""

    @classmethod
    def load(cls, purchases, **options):
        return load(cls.env, purchases, **({"tag": TAG, "commit": cls.env.flush_all} | options))

    def customer(self, purchase):
        return self.env.ref(f"__import__.test_history_customer_{purchase.customer}")

    def order(self, purchase, place=1):
        company = self.env.ref("base.main_company")
        return self.env.ref(
            f"__import__.test_history_order_{company.id}_{purchase.customer}_{purchase.date:%Y%m%d}_{place}"
        )


def enter_by_hand(env, customer, product, purchase):
    """Enter the purchase in the forms of the web client, as a user does; return the order."""
    with Form(env["sale.order"]) as form:
        form.partner_id = customer
        form.validity_date = False
        form.user_id = env["res.users"]
        form.payment_term_id = env.ref("account.account_payment_term_immediate")
        with form.order_line.new() as line:
            line.product_id = product
            line.product_uom_qty = purchase.quantity
            line.price_unit = float(purchase.unit_price)
    order = form.save()
    env.cr.flush()
    order.action_confirm()
    order.date_order = f"{purchase.date} 12:00:00"
    env.cr.flush()
    with Form(order) as form, form.order_line.edit(0) as line:
        line.qty_delivered = purchase.quantity
    env.cr.flush()
    wizard = env["sale.advance.payment.inv"].with_context(active_model="sale.order", active_ids=order.ids)
    wizard.create({"advance_payment_method": "delivered"}).create_invoices()
    invoice = order.invoice_ids
    env.cr.flush()
    with Form(invoice) as form:
        form.invoice_date = purchase.date
    env.cr.flush()
    invoice.action_post()
    env.cr.flush()
    if purchase.amount:
        context = invoice.action_register_payment()["context"]
        with Form(env["account.payment.register"].with_context(**context)) as form:
            form.payment_date = purchase.date
        form.record.action_create_payments()
        env.cr.flush()
    return order


def comparable(recorder, rows, names):
    """Return the rows with what is their own replaced by what it stands for.

    An id becomes the place of its row, a text of `names` its meaning; rows of a table are sorted.
    """
    places = {
        (table, row["id"]): f"{table} {place}"
        for table, found in rows.items()
        for place, row in enumerate(found)
        if "id" in row
    }
    return {
        table: [_comparable_row(recorder, table, row, places, names) for row in found]
        for table, found in rows.items()
        if table not in EXCEPTIONAL_TABLES
    }


def _comparable_row(recorder, table, row, places, names):
    model = row.get("model") or row.get("res_model")
    own_table = recorder.env[model]._table if model in recorder.env else None
    result = {}
    for column in recorder.columns_of(table):
        value = row[column.name]
        if value is None or column.name in EXCEPTIONS or (table, column.name) in EXCEPTIONS_OF:
            continue
        if column.type in ("numeric", "float8"):
            result[column.name] = Decimal(value)  # 2 and 2.00 are the same number
            continue
        target = own_table if column.name == "res_id" else column.references
        value = places.get((target, value)) or names.get((target, value)) or value
        for text, meaning in names.items():
            if isinstance(text, str):
                value = value.replace(text, meaning)
        value = re.sub(
            r'data-oe-id="(\d+)"',
            lambda match: places.get(("sale_order", match[1]), match[0]),
            value,
        )
        if column.name == "matching_number":
            value = places.get(("account_full_reconcile", value), value)
        result[column.name] = value
    return result
