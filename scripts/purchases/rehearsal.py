"""Make exemplars through the ORM, learn from them, and leave no trace of them."""
from collections import Counter
from collections.abc import Sequence
from contextlib import closing, contextmanager
from datetime import date, timedelta
from decimal import Decimal
from typing import NamedTuple

from odoo.tools import SQL
from odoo.tools.misc import Callbacks

from .errors import HistoryError
from .exemplar import Setting, make_customer, make_purchase, moment
from .facts import amounts
from .purchase import Purchase
from .recorder import Recorder, Row
from .template import Exemplar, Template, learn

NAMES = ("Exemplar Alpha", "Exemplar Beta", "Exemplar Gamma")
# Whose purchase, how many days after the first, how many pieces, for how much: no two facts may run
# in parallel, and two purchases fall in one year, two in another, so that numbers within the year
# are told from constants.
PURCHASES = (
    (0, 0, 1, Decimal("13.71")),
    (1, 17, 3, Decimal("14.00")),
    (0, 399, 7, Decimal("88.31")),
    (2, 430, 2, Decimal("29.33")),
)
RANK = "account.res.partner.increase_rank.customer_rank"
LOGGED = {"write_date", "write_uid"}


class Templates(NamedTuple):
    """How to write customers, purchases that were paid, and purchases that cost nothing.

    A shape that the history does not need has no template.
    """

    customer: Template
    paid: Template | None
    free: Template | None

    def of(self, purchase: Purchase) -> Template:
        return self.paid if purchase.amount else self.free


def rehearse(env, setting: Setting, purchases: list[Purchase]) -> Templates:
    """Learn how Odoo, with the apps and settings of this database, writes such purchases.

    :raise HistoryError: when they cannot be written in bulk
    """
    first_day = min(purchase.date for purchase in purchases)
    with without_trace(env):
        recorder = Recorder(env)
        customers, template = _rehearse_customers(recorder, setting)
        shapes = {bool(purchase.amount) for purchase in purchases}
        paid, free = (
            _rehearse_purchases(recorder, setting, customers, first_day, shape)
            if shape in shapes
            else None
            for shape in (True, False)
        )
        updated = recorder.updated()
    check_nothing_else_changed(recorder, updated)
    return Templates(template, paid, free)


@contextmanager
def without_trace(env):
    """Roll back what is done, and forget what it wanted done after the commit."""
    kept = env.cr.postcommit
    try:
        with closing(env.cr.savepoint()):
            env.cr.postcommit = Callbacks()
            yield
    finally:
        env.cr.postcommit = kept


def _rehearse_customers(recorder, setting):
    customers, exemplars = [], []
    for name in NAMES:
        facts = {"customer_name": name, "external_id": name.replace(" ", "_")}
        work = recorder.record(
            lambda facts=facts: make_customer(
                setting, facts["customer_name"], facts["external_id"]
            )
        )
        recorder.part_ids(work.rows)
        customers.append(work.result)
        exemplars.append(Exemplar(facts, work.rows))
    return customers, learn(recorder, exemplars)


def _rehearse_purchases(recorder, setting, customers, first_day: date, paid: bool) -> Template:
    before = partners(recorder, customers)
    exemplars = []
    for place, (who, days, quantity, amount) in enumerate(PURCHASES):
        customer = customers[who]
        purchase = Purchase(
            customer.name,
            first_day + timedelta(days=days),
            quantity,
            amount if paid else amount * 0,
        )
        name = f"{'Paid' if paid else 'Free'}_exemplar_{'ABCD'[place]}"
        facts = {
            "customer_id": str(customer.id),
            "customer_name": customer.name,
            "external_id": name,
            "order_name": f"Order {name}",
            "day": str(purchase.date),
            "moment": str(moment(purchase.date)),
            "quantity": str(purchase.quantity),
            "amount": str(purchase.amount),
            "unit_price": str(purchase.unit_price),
            "cost": str(setting.product.standard_price),
        }
        work = recorder.record(
            lambda customer=customer, purchase=purchase, facts=facts: make_purchase(
                setting, customer, purchase, facts["order_name"], facts["external_id"]
            )
        )
        recorder.part_ids(work.rows)
        exemplars.append(Exemplar(facts, work.rows))
    template = learn(recorder, exemplars, amounts())
    if "ir_model_data" not in {row.table for row in template.rows}:
        raise AssertionError("without its external id a purchase would be loaded twice")
    bought = Counter(who for who, *_rest in PURCHASES)
    counts = [bought[place] for place, _customer in enumerate(customers)]
    return template._replace(rank=learn_rank(recorder, customers, before, counts))


def partners(recorder, customers) -> dict[str, Row]:
    """Return the customers' rows by their id."""
    rows = recorder.rows_of("res_partner", SQL("id IN %s", tuple(c.id for c in customers)))
    return {row["id"]: row for row in rows}


def learn_rank(recorder, customers, before: dict[str, Row], counts: Sequence[int]) -> int:
    """Return by how much a purchase raises its customer's rank: all that it may do to the customer.

    :param before: the customers' rows as :func:`partners` read them before they bought
    :param counts: how often each of the customers has bought
    :raise HistoryError: when it changes something else
    """
    # Odoo raises the rank of a known customer only after the commit.
    later = recorder.env.cr.postcommit.data.get(RANK, {})
    after = partners(recorder, customers)
    ranks = set()
    for customer, count in zip(customers, counts, strict=True):
        old, new = before[str(customer.id)], after[str(customer.id)]
        if changed := {name for name in old if old[name] != new[name]} - LOGGED - {"customer_rank"}:
            raise _changes_what_it_should_not("res_partner", changed)
        rank = int(new["customer_rank"]) + later.pop(customer.id, 0) - int(old["customer_rank"])
        ranks.add(rank / count)
    if len(ranks) > 1:
        raise _changes_what_it_should_not("res_partner", {"customer_rank"})
    return int(ranks.pop())


def check_nothing_else_changed(recorder, updated: dict[str, list[Row]]):
    """Raise HistoryError when what was rehearsed changed rows that had been there before."""
    for table, rows in updated.items():
        ids = tuple(int(row["id"]) for row in rows)
        before = {row["id"]: row for row in recorder.rows_of(table, SQL("id IN %s", ids))}
        for row in rows:
            old = before[row["id"]]
            if changed := {name for name in row if row[name] != old[name]} - LOGGED:
                raise _changes_what_it_should_not(table, changed)


def _changes_what_it_should_not(table, columns):
    return HistoryError(
        f"A purchase changes {', '.join(sorted(columns))} in the table {table}, which the loader "
        "cannot do in bulk: uninstall the app to which it belongs."
    )
