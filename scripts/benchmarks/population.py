"""A population of customers with the differences that real ones have, drawn from a seed.

Customers buy as the BG/NBD model says (Fader, Hardie & Lee 2005) and spend as the Gamma-Gamma model says (Fader &
Hardie 2013). The rest is drawn so that every kind of document occurs: companies with contacts below them, customers
abroad, several invoices a day, credit notes, payments late or never.
"""

from dataclasses import dataclass

import numpy as np

from purchases.on_account import Customers, Outcome, Sales

#: The parameters, in weeks and in dollars: the population on which usual libraries are known to struggle.
R, ALPHA, A, B = 0.8, 6.0, 0.5, 6.0
P, Q, GAMMA = 6.25, 3.74, 309.0
SEED = 20250101
AS_OF = np.datetime64("2025-12-31")
LONGEST = 1095  # days since the first customers came
SAME_DAY = 0.015  # of the invoices are a second one of their day
COMPANIES = 0.15  # of the customers are companies with two contacts
ABROAD = 0.15  # of the customers are invoiced in the foreign currency
PRODUCTS, CATEGORIES = 24, 6
TERM = 30  # days to pay
#: Shares of the invoices; the rest is paid as a whole.
CREDITED, PARTLY_CREDITED, NEVER_PAID = 0.014, 0.016, 0.015
DELAY_SHAPE, DELAY_MEAN = 2.2, 33.0  # days from invoice to payment, a Gamma distribution
CREDIT_DELAY = 20  # at most so many days from invoice to credit note


@dataclass(frozen=True)
class Histories:
    """Purchases as the model has them: the customer and the day of each, ordered by customer and day."""

    customer: np.ndarray
    #: days before AS_OF, falling
    age: np.ndarray


def draw(customers: int, invoices: int, seed: int = SEED) -> tuple[Customers, Sales]:
    """Return so many customers with so many invoices among them."""
    rng = np.random.default_rng([seed, customers, invoices])
    histories = _exactly(_histories(rng, customers), invoices, rng)
    people, first_contact = _people(rng, customers)
    return people, _sales(rng, histories, people, first_contact)


def summary(customers: int, seed: int = SEED) -> dict[str, np.ndarray]:
    """Return what models are told of so many customers: repeats, recency and age in weeks, mean value of repeats."""
    rng = np.random.default_rng([seed, customers])
    histories = _histories(rng, customers)
    purchases = np.bincount(histories.customer, minlength=customers)
    ends = np.cumsum(purchases) - 1
    oldest, latest = histories.age[ends - purchases + 1], histories.age[ends]
    repeats = purchases - 1
    spread = rng.gamma(Q, 1 / GAMMA, customers)
    mean = rng.gamma(P * np.maximum(repeats, 1), 1 / (np.maximum(repeats, 1) * spread))
    return {
        "frequency": repeats.astype(float), "recency": (oldest - latest) / 7, "T": oldest / 7,
        "monetary_value": np.where(repeats > 0, mean, 0.0),
    }


def _histories(rng, customers: int) -> Histories:
    """Simulate BG/NBD: a purchase rate and a chance to leave per customer, at most one purchase a day."""
    rate = rng.gamma(R, 1 / (7 * ALPHA), customers)
    leaves = rng.beta(A, B, customers)
    # Every customer came at some day, more of them long ago: the shop has been known for three years.
    start = np.ceil(LONGEST * rng.beta(3.0, 1.0, customers))
    who, ages = [np.arange(customers)], [start]
    active, time = np.arange(customers), np.zeros(customers)
    last = np.zeros(customers)
    while active.size:
        time[active] += rng.exponential(1 / np.maximum(rate[active], 1e-12))
        active = active[time[active] <= start[active]]
        day = np.ceil(time[active])
        fresh = active[day > last[active]]
        last[fresh] = np.ceil(time[fresh])
        who.append(fresh)
        ages.append(start[fresh] - last[fresh])
        active = active[rng.random(active.size) >= leaves[active]]
    who, ages = np.concatenate(who), np.concatenate(ages).astype(np.int64)
    order = np.lexsort((-ages, who))
    return Histories(who[order], ages[order])


def _exactly(histories: Histories, invoices: int, rng) -> Histories:
    """Make them so many: leave out repeat purchases by chance, then repeat some on their own day."""
    who, age = histories.customer, histories.age
    wanted = round(invoices * (1 - SAME_DAY))
    repeats = np.flatnonzero(np.append(False, who[1:] == who[:-1]))
    kept = np.ones(len(who), dtype=bool)
    if len(who) > wanted:
        kept[rng.choice(repeats, len(who) - wanted, replace=False)] = False
    places = np.flatnonzero(kept)
    places = np.sort(np.append(places, rng.choice(places, invoices - len(places), replace=invoices > 2 * len(places))))
    return Histories(who[places], age[places])


def _people(rng, customers: int) -> tuple[Customers, np.ndarray]:
    """Draw who is a company, with two contacts; return the contacts, and the place of each customer's first one."""
    companies = np.zeros(customers, dtype=bool)
    companies[rng.choice(customers, round(customers * COMPANIES), replace=False)] = True
    foreign = rng.random(customers) < ABROAD
    contacts = np.where(companies, 2, 1)
    owner = np.repeat(np.arange(customers), contacts)
    number = np.cumsum(companies) - 1
    return (
        Customers(company=np.where(companies, number, -1)[owner], foreign=foreign[owner]),
        np.cumsum(contacts) - contacts,
    )


def _sales(rng, histories: Histories, people: Customers, first_contact: np.ndarray) -> Sales:
    who, age = histories.customer, histories.age
    order = np.argsort(-age, kind="stable")
    who, age = who[order], age[order]
    count, customers = len(who), len(first_contact)
    spread = rng.gamma(Q, 1 / GAMMA, customers)
    amount = rng.gamma(P, 1 / spread[who])
    quantity = 1 + rng.poisson(1.5, count)
    favourite = rng.integers(0, PRODUCTS, customers)
    product = np.where(rng.random(count) < 0.5, favourite[who], rng.integers(0, PRODUCTS, count))
    day = AS_OF - age
    # One of a company's two contacts orders.
    contact = first_contact[who]
    contact = contact + ((people.company[contact] >= 0) & (rng.random(count) < 0.5))
    credit_day, payment_day = _settled(rng, count, day)
    outcome = _outcomes(rng, people.foreign[contact], quantity, credit_day, payment_day)
    credited = np.select(
        [outcome == Outcome.CREDITED, outcome == Outcome.PARTLY_CREDITED],
        [quantity, rng.integers(1, np.maximum(quantity, 2))], 0,
    )
    return Sales(
        customer=contact, product=product, day=day, credit_day=credit_day, payment_day=payment_day, quantity=quantity,
        unit_price=np.maximum(np.round(amount / quantity * 100), 100).astype(np.int64),
        outcome=outcome, credited=credited,
    )


def _settled(rng, count: int, day):
    """Draw when a credit note and a payment would come: some pay at once, most around the due date, some late."""
    delay = np.floor(rng.gamma(DELAY_SHAPE, DELAY_MEAN / DELAY_SHAPE, count)).astype(np.int64)
    credit = rng.integers(1, CREDIT_DELAY, count)
    payment = np.maximum(delay, np.where(delay > 0, credit, 0))
    return tuple(np.minimum(day + days, AS_OF + 1) for days in (credit, payment))


def _outcomes(rng, foreign, quantity, credit_day, payment_day) -> np.ndarray:
    """Draw what became of the invoices; what would come after AS_OF has not come yet."""
    chance = rng.random(len(foreign))
    outcome = np.full(len(foreign), Outcome.PAID)
    outcome[chance < CREDITED + PARTLY_CREDITED + NEVER_PAID] = Outcome.OPEN
    outcome[chance < CREDITED + PARTLY_CREDITED] = Outcome.PARTLY_CREDITED
    outcome[chance < CREDITED] = Outcome.CREDITED
    # A part is a number of pieces; and in foreign currency invoices are credited as a whole only.
    outcome[(outcome == Outcome.PARTLY_CREDITED) & (foreign | (quantity < 2))] = Outcome.CREDITED
    late_credit = (credit_day > AS_OF) & np.isin(outcome, (Outcome.CREDITED, Outcome.PARTLY_CREDITED))
    late_payment = (payment_day > AS_OF) & np.isin(outcome, (Outcome.PAID, Outcome.PARTLY_CREDITED))
    outcome[late_credit | late_payment] = Outcome.OPEN
    return outcome


def exchange_rates(seed: int = SEED) -> dict[np.datetime64, float]:
    """Return what one gets of the foreign currency for one of the company's, by month: a random walk."""
    rng = np.random.default_rng(seed)
    months = np.arange(AS_OF - LONGEST - 31, AS_OF + 62, dtype="datetime64[D]").astype("datetime64[M]")
    months = np.unique(months)
    walk = 0.92 * np.exp(np.cumsum(rng.normal(0, 0.012, len(months))))
    return dict(zip(months, np.round(walk, 4).tolist(), strict=True))
