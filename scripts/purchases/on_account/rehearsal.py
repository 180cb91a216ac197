"""Make exemplars of each shape of a sale through the ORM, and learn from them."""

from collections.abc import Iterable
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from typing import NamedTuple

from odoo.tools import SQL
from odoo.tools.date_utils import end_of

from ..exemplar import moment
from ..facts import fact
from ..recorder import Recorder
from ..rehearsal import check_nothing_else_changed, learn_rank, partners, without_trace
from ..template import Exemplar, Template, learn
from .exemplar import Sale, Setting, make_company, make_contact, make_sale
from .sale import Outcome

#: Tables of log notes, which sales on account are loaded without.
CHATTER = {"mail_message", "mail_tracking_value"}
#: Rehearsals take place long before the first sale, at rates of their own.
YEARS_BEFORE = 5
# Whose sale, of which product, how many days after the first, pieces, price, pieces credited in part, days to the
# credit note and to the payment: no two facts may run in parallel, and two fall in one year, two in another.
SALES = (
    (0, 0, 0, 3, Decimal("13.71"), 1, 5, 41),
    (1, 1, 17, 5, Decimal("14.05"), 3, 13, 33),
    (2, 0, 399, 7, Decimal("88.31"), 2, 9, 57),
    (3, 1, 430, 4, Decimal("29.33"), 1, 11, 26),
)
RATE = 0.8  # of the first exemplar
CENT = Decimal("0.01")


class Shape(NamedTuple):
    """What decides which rows a sale writes."""

    outcome: Outcome
    foreign: bool
    #: sign of what was invoiced less what settled it, in company currency
    difference: int


class Templates(NamedTuple):
    """How to write companies, their contacts, persons, and sales of each shape."""

    company: Template
    contact: Template
    person: Template
    sales: dict[Shape, Template]


def rehearse(env, setting: Setting, products, shapes: Iterable[Shape], first_day: date) -> Templates:
    """Learn how Odoo, with the apps and settings of this database, writes such sales.

    :raise HistoryError: when they cannot be written in bulk
    """
    with without_trace(env):
        recorder = Recorder(env)
        people = _People(recorder, setting)
        stage = _Stage(recorder, setting, products, people.contacts, first_day.replace(year=first_day.year - YEARS_BEFORE))
        sales = {shape: stage.rehearse(shape) for shape in sorted(shapes)}
        updated = recorder.updated()
    check_nothing_else_changed(recorder, updated)
    return Templates(people.company, people.contact, people.person, sales)


class _People:
    """Two companies with a contact each, and two persons."""

    def __init__(self, recorder, setting):
        self.recorder, self.setting = recorder, setting
        companies, self.company = self._learn(
            [{"customer_name": name} for name in ("Exemplar Alpha", "Exemplar Beta", "Exemplar Gamma")],
            lambda facts: make_company(setting, facts["customer_name"]),
        )
        by_id = {str(company.id): company for company in companies}
        contacts, self.contact = self._learn(
            [
                {"customer_name": f"Exemplar {name}", "company_name": company.name, "company_id": str(company.id)}
                for name, company in zip(("Ann", "Bob", "Cyn"), companies, strict=True)
            ],
            lambda facts: make_contact(setting, facts["customer_name"], by_id[facts["company_id"]]),
        )
        persons, self.person = self._learn(
            [{"customer_name": f"Exemplar {name}"} for name in ("Dan", "Eve", "Fay")],
            lambda facts: make_contact(setting, facts["customer_name"]),
        )
        self.contacts = [contacts[0], persons[0], contacts[1], persons[1]]

    def _learn(self, facts_of_each, make):
        made, exemplars = [], []
        for facts in facts_of_each:
            work = self.recorder.record(lambda facts=facts: make(facts))
            self.recorder.part_ids(work.rows)
            made.append(work.result)
            exemplars.append(Exemplar(facts, work.rows))
        return made, learn(self.recorder, exemplars)


class _Stage:
    """Where sales are rehearsed: customers, products, and days with rates of their own."""

    def __init__(self, recorder, setting, products, contacts, first_day):
        self.recorder, self.setting, self.products, self.contacts = recorder, setting, products, contacts
        self.currency, self.day = setting.pricelist.currency_id, first_day
        self.company = setting.payment_journal.company_id

    def rehearse(self, shape: Shape) -> Template:
        customers = [contact.commercial_partner_id for contact in self.contacts]
        before = partners(self.recorder, customers)
        exemplars = [self._exemplar(shape, place) for place, _sale in enumerate(SALES)]
        template = learn(self.recorder, exemplars, amounts())
        return template._replace(rank=learn_rank(self.recorder, customers, before, [1] * len(customers)))

    def _exemplar(self, shape, place) -> Exemplar:
        who, what, _days, *_rest = SALES[place]
        contact, product = self.contacts[who], self.products[what]
        sale = self._sale(shape, place)
        rates = self._set_rates(shape, sale, place) if shape.foreign else (1.0, 1.0)
        name = f"Exemplar_{shape.outcome.name}_{'ABCD'[place]}"
        facts = facts_of(contact, product, sale, rates, self.setting, name)
        work = self.recorder.record(lambda: make_sale(self.setting, contact, product, sale, name))
        self.recorder.part_ids(work.rows)
        rows = {table: found for table, found in work.rows.items() if table not in CHATTER}
        return Exemplar(facts, rows)

    def _sale(self, shape, place) -> Sale:
        _who, _what, days, quantity, price, part, until_credit, until_payment = SALES[place]
        outcome, day = shape.outcome, self.day + timedelta(days=days)
        credited = {Outcome.CREDITED: quantity, Outcome.PARTLY_CREDITED: part}.get(outcome, 0)
        paid = outcome in (Outcome.PAID, Outcome.PARTLY_CREDITED)
        return Sale(
            outcome, day, quantity, price, shape.foreign, credited,
            credit_day=day + timedelta(days=until_credit) if credited else None,
            payment_day=day + timedelta(days=until_payment) if paid else None,
        )

    def _set_rates(self, shape, sale, place) -> tuple[float, float]:
        """Make the rate of the day of the sale and of its settlement; return both.

        A foreign currency of which one gets more for the company's is worth less: a difference above zero.
        """
        first = RATE + place / 16
        rates = {sale.day: first}
        settled = sale.payment_day or sale.credit_day
        if settled:
            rates[settled] = first + shape.difference / 32
        Rate = self.currency.env["res.currency.rate"]
        known = Rate.search([("currency_id", "=", self.currency.id), ("company_id", "=", self.company.id)])
        known.filtered(lambda rate: rate.name in rates).unlink()
        Rate.create([
            {"currency_id": self.currency.id, "company_id": self.company.id, "name": day, "rate": rate}
            for day, rate in rates.items()
        ])
        self.currency.env.flush_all()
        return first, rates.get(settled, first)


def facts_of(contact, product, sale: Sale, rates, setting, order_name) -> dict[str, str]:
    """Return the facts of a sale as PostgreSQL writes them, None where its shape has none."""
    rate, settled_rate = rates
    credit = sale.credited * sale.unit_price
    settled = sale.payment_day or sale.credit_day
    facts = dict.fromkeys(("credit_day", "credited", "credit", "credit_balance", "payment_day", "payment_balance"))
    facts |= {
        "customer_id": contact.id,
        "commercial_id": contact.commercial_partner_id.id,
        "customer_name": contact.complete_name,
        "company_name": contact.commercial_partner_id.name,
        "order_name": order_name,
        "product_id": product.id,
        "product_name": product.display_name,
        "day": sale.day,
        "due_day": sale.due(setting),
        # Odoo dates what it books for a change of the rate in a past month on the last day of that month.
        "adjustment_day": end_of(settled, "month") if settled else None,
        "moment": moment(sale.day),
        "quantity": sale.quantity,
        "unit_price": sale.unit_price,
        "amount": sale.amount,
        "cost": product.standard_price,
        "list_price": product.lst_price,
        "rate": rate,
        "settled_rate": settled_rate,
        "balance": _exchanged(sale.amount, rate),
    }
    if sale.credited:
        facts |= {
            "credit_day": sale.credit_day,
            "credited": sale.credited,
            "credit": credit,
            "credit_balance": _exchanged(credit, rate if sale.payment_day else settled_rate),
        }
    if sale.payment_day:
        facts |= {
            "payment_day": sale.payment_day,
            "payment_balance": _exchanged(sale.amount - credit, settled_rate),
        }
    return {name: None if value is None else str(value) for name, value in facts.items()}


def _exchanged(amount: Decimal, rate: float) -> Decimal:
    return (amount / Decimal(str(rate))).quantize(CENT, ROUND_HALF_UP)


def amounts() -> list[SQL]:
    """Return the expressions that may explain a number of a sale, the likeliest first."""
    quantity, price, amount, cost, rate, settled_rate, balance = map(
        fact, ("quantity", "unit_price", "amount", "cost", "rate", "settled_rate", "balance")
    )
    credited, credit, credit_balance, payment_balance = map(
        fact, ("credited", "credit", "credit_balance", "payment_balance")
    )
    sums = [
        amount, credit, SQL("(%s - %s)", amount, credit),
        balance, credit_balance, payment_balance,
        SQL("(%s - %s)", balance, payment_balance), SQL("(%s - %s)", balance, credit_balance),
    ]
    counts = [quantity, credited, SQL("(%s - %s)", quantity, credited)]
    in_order_currency = SQL("%s * %s::numeric", cost, rate)
    proposed = SQL("%s * %s::numeric", fact("list_price"), rate)
    margin = SQL("(%s - %s * %s)", amount, in_order_currency, quantity)
    rounded_margin = SQL("round(%s, 2)", margin)
    return [
        *sums, *(SQL("-%s", expression) for expression in sums),
        *counts, *(SQL("-%s", expression) for expression in counts),
        price, rate, settled_rate, proposed, in_order_currency,
        # Shares to the last digit as Odoo computes them, of floats.
        *(
            expression
            for sum_ in (margin, rounded_margin)
            for expression in (sum_, SQL("%s::float8 / %s::float8", sum_, amount))
        ),
    ]
