"""Load a purchase history: what is missing in the database is added, chunk by chunk."""
import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import islice
from statistics import median_low
from typing import NamedTuple

import psycopg2

from odoo.exceptions import UserError
from odoo.tools import SQL, float_is_zero
from odoo.tools.misc import format_date

from .errors import HistoryError
from .exemplar import MODULE, Setting, moment
from .numbering import JournalNumbers, order_names
from .purchase import Purchase
from .rehearsal import Templates, rehearse
from .stamp import stamp

CHUNK = 500  # purchases per transaction
LOCK = "purchase history loader"


class Loaded(NamedTuple):
    """How many contacts and purchases were added, and how many purchases had been there before."""

    customers: int
    purchases: int
    already_there: int


class Pending(NamedTuple):
    """A purchase that is not in the database yet, and the external id of its order."""

    purchase: Purchase
    external_id: str


def load(
    env,
    purchases: Sequence[Purchase],
    company=None,
    tag: str = "CDNOW",
    progress: Callable[[int, int, str], None] = lambda done, total, step: None,
    commit: Callable[[], None] | None = None,
    chunk: int = CHUNK,
) -> Loaded:
    """Make documents of the purchases that have none yet.

    May be killed at any instant and called again: each chunk is one transaction, and each order's
    external id says which purchase it is.

    :param company: the company (a record or its name) that sold; default the main company
    :param tag: names the history: the customers' contact tag, their names and the external ids
    :param progress: called with what is done, the total and the name of the step
    :param commit: called after each chunk; default the cursor's own commit
    :raise HistoryError: one sentence on what is wrong and the remedy; nothing is half-written
    """
    company = _company(env, company)
    env = env(context={**env.context, "allowed_company_ids": company.ids})
    try:
        history = _History(env, company.with_env(env), tag, progress, commit or env.cr.commit)
        return history.load(purchases, chunk)
    except UserError as error:
        raise HistoryError(f"Odoo refuses the purchases: {error}") from error
    except (psycopg2.errors.UniqueViolation, psycopg2.errors.TransactionRollback) as error:
        raise HistoryError(
            "Somebody changed the same documents at the same moment "
            f"({str(error).splitlines()[0]}). Nothing is half-written: load again to continue."
        ) from error


def _company(env, company):
    if not company:
        return env.ref("base.main_company")
    if not isinstance(company, str):
        return company
    found = env["res.company"].search([("name", "=", company)], limit=1)
    if not found:
        known = ", ".join(env["res.company"].search([]).mapped("name"))
        raise HistoryError(f'There is no company "{company}"; name one of: {known}.')
    return found


class _History:
    def __init__(self, env, company, tag, progress, commit):
        self.env, self.company, self.tag = env, company, tag
        self.progress, self.commit = progress, commit
        self.prefix = re.sub(r"\W+", "_", tag.lower())

    def load(self, purchases, chunk) -> Loaded:
        self._lock()
        pending = self._pending(purchases)
        loaded = Loaded(0, len(pending), len(purchases) - len(pending))
        if not pending:
            return loaded
        missing = [item.purchase for item in pending]
        setting = self._setting(missing)
        templates = rehearse(self.env, setting, missing)
        self._save()
        customers, added = self._load_customers(templates, missing, chunk)
        self._load_purchases(templates, setting, customers, pending, chunk)
        return loaded._replace(customers=added)

    # What is there already

    def _lock(self):
        """Keep other loaders out until the transaction ends.

        Should one slip in between two transactions, the unique external ids stop it.
        """
        [(locked,)] = self.env.execute_query(
            SQL("SELECT pg_try_advisory_xact_lock(hashtext(%s))", LOCK)
        )
        if not locked:
            raise HistoryError(
                "Another loader is at work in this database: wait until it has finished."
            )

    def _save(self):
        self.env.flush_all()
        self.commit()
        self._lock()

    def _known(self, kind: str) -> dict[str, int]:
        """Return the records that were loaded, by external id, with their database id."""
        rows = self.env.execute_query(
            SQL(
                "SELECT name, res_id FROM ir_model_data WHERE module = %s AND name LIKE %s",
                MODULE,
                f"{self.prefix}_{kind}_%".replace("_", r"\_"),
            )
        )
        return dict(rows)

    def _pending(self, purchases) -> list[Pending]:
        """Return what is missing, oldest first.

        A purchase is known by its company, customer, day, and place among those of that day.
        """
        known = self._known("order")
        places = Counter()
        pending = []
        for purchase in sorted(purchases, key=lambda purchase: purchase.date):
            day = (purchase.customer, purchase.date)
            places[day] += 1
            external_id = (
                f"{self.prefix}_order_{self.company.id}_{purchase.customer}"
                f"_{purchase.date:%Y%m%d}_{places[day]}"
            )
            if external_id not in known:
                pending.append(Pending(purchase, external_id))
        return pending

    # What all documents share

    def _setting(self, purchases) -> Setting:
        sale, bank = self._journal("sale", "sales"), self._journal("bank", "bank")
        first_day = min(purchase.date for purchase in purchases)
        for journal in (sale, bank):
            if locks := self.company._get_violated_lock_dates(first_day, False, journal):
                raise HistoryError(
                    f"The books of {self.company.name} are closed by "
                    f"{self.company._format_lock_dates(locks)}, but the purchases begin on "
                    f"{format_date(self.env, first_day)}: open them, or load into another company."
                )
        self._check_cents(purchases)
        term = self.env.ref("account.account_payment_term_immediate", raise_if_not_found=False)
        return Setting(
            product=self._product(purchases),
            payment_journal=bank,
            payment_term=term or self.env["account.payment.term"],
            category=self._shared("res.partner.category", "tag", {"name": self.tag}),
        )

    def _journal(self, kind, name):
        journals = self.env["account.journal"]
        journal = journals.search(
            [*journals._check_company_domain(self.company), ("type", "=", kind)], limit=1
        )
        if not journal:
            raise HistoryError(
                f"{self.company.name} has no {name} journal: choose a chart of accounts in the "
                "settings of Invoicing, or create the journal."
            )
        return journal

    def _check_cents(self, purchases):
        currency = self.company.currency_id
        for purchase in purchases:
            if purchase.amount < 0 or purchase.quantity < 1:
                raise HistoryError(
                    f"Customer {purchase.customer} bought {purchase.quantity} for "
                    f"{purchase.amount} on {purchase.date}: returns are not purchases, leave "
                    "them out."
                )
            amount = float(purchase.amount)
            if not float_is_zero(amount - currency.round(amount), precision_digits=6):
                raise HistoryError(
                    f"{purchase.amount} cannot be paid in {currency.name}, the currency of "
                    f"{self.company.name}: load into a company with another currency."
                )

    def _product(self, purchases):
        # A service: nothing to deliver, nothing in stock. Untaxed: the file knows no taxes. The
        # price is only what a new order would propose.
        price = median_low(purchase.unit_price for purchase in purchases)
        return self._shared(
            "product.product",
            "product",
            {
                "name": "CD",
                "type": "service",
                "invoice_policy": "order",
                "list_price": round(float(price), 2),
                "taxes_id": False,
                "supplier_taxes_id": False,
                "purchase_ok": False,
            },
        )

    def _shared(self, model, kind, values):
        """Return the record that all documents of this history share, created if need be."""
        xml_id = f"{MODULE}.{self.prefix}_{kind}"
        record = self.env.ref(xml_id, raise_if_not_found=False)
        if not record:
            record = self.env[model].create(values)
            self.env["ir.model.data"]._update_xmlids(
                [{"xml_id": xml_id, "record": record, "noupdate": True}]
            )
        return record

    # Loading

    def _load_customers(self, templates: Templates, purchases, chunk):
        """Create the contacts that are missing; return all, by customer, and how many are new."""
        prefix = f"{self.prefix}_customer_"
        known = self._known("customer")
        names = sorted({purchase.customer for purchase in purchases})
        missing = [name for name in names if prefix + name not in known]
        done = 0
        for names_of_chunk in _chunks(missing, chunk):
            self.progress(done, len(missing), "Customers")
            facts = {
                "customer_name": [f"{self.tag} customer {name}" for name in names_of_chunk],
                "external_id": [prefix + name for name in names_of_chunk],
            }
            stamp(self.env, templates.customer, facts)
            self._save()
            done += len(names_of_chunk)
        if missing:
            self.progress(done, len(missing), "Customers")
        self.env.invalidate_all()
        known = self._known("customer")
        return {name: known[prefix + name] for name in names}, len(missing)

    def _load_purchases(self, templates, setting, customers, pending, chunk):
        done = 0
        for items in _chunks(pending, chunk):
            self.progress(done, len(pending), "Orders, invoices, payments")
            self._load_chunk(templates, setting, customers, items)
            self._save()
            done += len(items)
        self.progress(done, len(pending), "Orders, invoices, payments")
        tables = {row.table for shape in templates if shape for row in shape.rows}
        for table in sorted(tables):
            # Fresh statistics: the tables may just have grown a hundredfold.
            self.env.cr.execute(SQL("ANALYZE %s", SQL.identifier(table)))
        self._save()

    def _load_chunk(self, templates, setting, customers, items):
        names = order_names(self.env, [item.purchase.date for item in items])
        numbers = JournalNumbers(self.env)
        # Numbers are drawn in the order of the purchases; then each shape is written at once.
        shapes = defaultdict(lambda: defaultdict(list))
        for (purchase, external_id), order_name in zip(items, names, strict=True):
            template = templates.of(purchase)
            facts = {
                "customer_id": customers[purchase.customer],
                "customer_name": f"{self.tag} customer {purchase.customer}",
                "external_id": external_id,
                "order_name": order_name,
                "day": purchase.date,
                "moment": moment(purchase.date),
                "quantity": purchase.quantity,
                "amount": purchase.amount,
                "unit_price": purchase.unit_price,
                "cost": setting.product.standard_price,
            }
            for entry in template.numbered:
                drawn = numbers.draw(entry, facts[entry.day])
                facts |= zip((entry.name, entry.prefix, entry.number), drawn, strict=True)
            for name, value in facts.items():
                shapes[bool(purchase.amount)][name].append(value)
        for paid, facts in shapes.items():
            stamp(self.env, templates.paid if paid else templates.free, facts)
        ranks = Counter()
        for purchase, _external_id in items:
            ranks[customers[purchase.customer]] += templates.of(purchase).rank
        self._raise_ranks(ranks)
        # The ORM must not continue from numbers or rows that it remembers from before.
        self.env["account.move"]._get_sequence_cache().clear()
        self.env.invalidate_all()

    def _raise_ranks(self, ranks: Mapping[int, int]):
        """Raise the ranks of the customers, as posting does after the commit."""
        self.env.cr.execute(
            SQL(
                """
                UPDATE res_partner
                   SET customer_rank = coalesce(customer_rank, 0) + raised.by
                  FROM unnest(%s, %s) AS raised (id, by)
                 WHERE res_partner.id = raised.id
                """,
                list(ranks),
                list(ranks.values()),
            )
        )


def _chunks(items: Sequence, size: int) -> Iterator[list]:
    iterator = iter(items)
    while part := list(islice(iterator, size)):
        yield part
