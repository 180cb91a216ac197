"""The Customer 360 page of a customer with thousands of documents among a million, against one with ten among few.

And all its figures against what Odoo itself computes of the same customer. The customers are given their documents in a
transaction that is never committed: the databases are those of ``scripts/bench value``, and stay as they are.
"""

import json
import sys
import time
from collections.abc import Iterator
from statistics import median, median_low

from odoo.api import Environment
from odoo.fields import Command
from odoo.tools import SQL
from odoo.tools.json import json_default

from runtime.messages import say, step

from .odoo_session import environments
from .report import Check, at_most

TIMES = 1.5
LOGIN = "benchmark-accounts"
#: A salesperson who sees all customers' documents, and may read what Odoo computes of their money.
GROUPS = ("base.group_user", "sales_team.group_sale_salesman_all_leads", "account.group_account_invoice")
#: What Odoo computes of a customer's money and documents.
ODOO_FIGURES = ("total_invoiced", "credit", "debit", "sale_order_count", "opportunity_count", "days_sales_outstanding")
WARM_UPS, ROUNDS = 2, 9
#: An order with its invoice and the payment of it.
SALES = """
    SELECT DISTINCT ON (sale.id) sale.id, invoice.id, payment.id, payment.move_id
      FROM sale_order AS sale
      JOIN sale_order_line AS sold ON sold.order_id = sale.id
      JOIN sale_order_line_invoice_rel AS rel ON rel.order_line_id = sold.id
      JOIN account_move_line AS line ON line.id = rel.invoice_line_id
      JOIN account_move AS invoice ON invoice.id = line.move_id AND invoice.move_type = 'out_invoice'
      JOIN account_move__account_payment AS paid ON paid.invoice_id = invoice.id
      JOIN account_payment AS payment ON payment.id = paid.payment_id
     WHERE sale.company_id = %(company)s AND sale.currency_id = %(currency)s AND sale.id %% %(every)s = 0
     LIMIT %(number)s
"""


def measure(session) -> Iterator[Check]:
    size = session.size
    with step(f"The 360 page of customers with {size.few_documents:,} and {size.documents:,} documents, in turns"):
        it = session.figures("crm_page", session.few, session.many, size.few_documents, size.documents)
    page, figures = it["page"], it["figures"]
    say(f"The page takes {page['queries'][0]} and {page['queries'][1]} queries, {1000 * page['seconds'][0]:.0f} and "
        f"{1000 * page['seconds'][1]:.0f} ms")
    say(f"All {figures['shown']} figures take {figures['queries'][0]} queries and {1000 * figures['seconds'][0]:.0f} ms, "
        f"Odoo's {len(ODOO_FIGURES)} fields {figures['queries'][1]} and {1000 * figures['seconds'][1]:.0f} ms")
    yield at_most("360 page: queries more or less than of the small customer",
                  abs(page["queries"][1] - page["queries"][0]), 0)
    yield at_most("360 page: time / that of the small customer", page["ratio"], TIMES)
    yield at_most("all figures: queries less Odoo's own", figures["queries"][0] - figures["queries"][1], -1)
    yield at_most("all figures: time / that of Odoo's own", figures["ratio"], 1)


class Reader:
    """Somebody who opens a customer's page, in a database where the customer has so many documents."""

    def __init__(self, env, documents: int):
        self.env = env
        user = env["res.users"].with_context(no_reset_password=True).create({
            "name": "Salesperson of the benchmark", "login": LOGIN,
            "group_ids": [Command.set([env.ref(name).id for name in GROUPS])],
        })
        self.context = {"lang": "en_US", "tz": "UTC", "allowed_company_ids": env.company.ids}
        self.user_id = user.id
        self.customer_id = _customer_with(env, documents)

    def page(self):
        return self._asked(lambda customer: customer.get_customer_360())

    def figures(self):
        return self._asked(lambda customer: customer._customer_360_grouped_figures())

    def odoo_figures(self):
        return self._asked(lambda customer: customer.read(list(ODOO_FIGURES)))

    def _asked(self, ask) -> tuple[float, int, object]:
        """Return how long an answer took, with how many queries, and the answer: nothing is known from before."""
        self.env.invalidate_all()
        counted, started = self.env.cr.sql_log_count, time.perf_counter()
        user = Environment(self.env.cr, self.user_id, self.context)
        answer = ask(user["res.partner"].browse(self.customer_id))
        json.dumps(answer, default=json_default)
        return time.perf_counter() - started, self.env.cr.sql_log_count - counted, answer


def _customer_with(env, documents: int) -> int:
    """Give a new customer so many orders, invoices and payments, taken from all others'; return its id."""
    customer = env["res.partner"].create({"name": "Customer of the benchmark", "is_company": True})
    [(orders,)] = env.execute_query(SQL("SELECT count(*) FROM sale_order"))
    wanted = -(-documents // 3)
    sales = env.execute_query(SQL(
        SALES, company=env.company.id, currency=env.company.currency_id.id, number=wanted,
        every=max(orders // (wanted * 3), 1)))
    if len(sales) < wanted:
        raise RuntimeError(f"there are {len(sales)} sales to take, of {wanted}")
    orders, invoices, payments, entries = (list(set(column)) for column in zip(*sales, strict=True))
    # the last sale may have more than is wanted
    over = len(orders) + len(invoices) + len(payments) - documents
    payments = payments[:len(payments) - over] if over > 0 else payments
    for table, columns, ids in (
        ("sale_order", ("partner_id", "partner_invoice_id", "partner_shipping_id"), orders),
        ("account_move", ("partner_id", "commercial_partner_id"), invoices + entries),
        ("account_payment", ("partner_id",), payments),
    ):
        _hand_over(env, table, columns, customer, SQL("id = ANY(%s)", ids))
    _hand_over(env, "sale_order_line", ("order_partner_id",), customer, SQL("order_id = ANY(%s)", orders))
    _hand_over(env, "account_move_line", ("partner_id",), customer, SQL("move_id = ANY(%s)", invoices + entries))
    env.invalidate_all()
    return customer.id


def _hand_over(env, table: str, columns, customer, chosen: SQL) -> None:
    env.cr.execute(SQL("UPDATE %s SET %s WHERE %s", SQL.identifier(table), SQL(", ").join(
        SQL("%s = %s", SQL.identifier(name), customer.id) for name in columns), chosen))


def compared(first, second) -> dict:
    """Return medians of both, and of the ratio of the second's time to the first's, asked in turns."""
    rounds = [(first(), second()) for _round in range(WARM_UPS + ROUNDS)][WARM_UPS:]
    return {
        "seconds": [median(turn[side][0] for turn in rounds) for side in (0, 1)],
        # what Odoo keeps between requests may be read anew in one of them
        "queries": [median_low(turn[side][1] for turn in rounds) for side in (0, 1)],
        "ratio": median(turn[1][0] / turn[0][0] for turn in rounds),
    }


def main(few: str, many: str, few_documents: str, documents: str) -> int:
    with environments(few, many) as (env_of_few, env_of_many):
        small, large = Reader(env_of_few, int(few_documents)), Reader(env_of_many, int(documents))
        page = compared(small.page, large.page)
        shown = sum(len(group["figures"]) for group in large.figures()[2])
        figures = compared(large.odoo_figures, large.figures)
        for name in ("seconds", "queries"):
            figures[name].reverse()  # ours first
        entries = large.page()[2]["timeline"]["entries"]
        if not entries or not shown:
            raise RuntimeError("the page has nothing to show")
    sys.stdout.write(f"{json.dumps({'page': page, 'figures': {**figures, 'shown': shown}})}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
