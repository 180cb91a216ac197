"""Write customers and sales on account, chunk by chunk."""

import io
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from typing import NamedTuple

import numpy as np

from odoo.tools import SQL

from ..numbering import JournalNumbers, order_names
from ..stamp import stamp_from, types_of
from .exemplar import WITHOUT_CHATTER, Setting
from .rehearsal import Shape, Templates, rehearse
from .sale import Customers, Outcome, Sales

#: sales per transaction
CHUNK = 20_000
#: parameter that says how many sales are there
LOADED = "sales_on_account.loaded"
NOON = np.timedelta64(12, "h")
_AS_IT_IS = nullcontext()


class Partners(NamedTuple):
    """The partners of the customers, one entry per customer."""

    ids: list[int]
    commercial_ids: list[int]
    names: list[str]
    commercial_names: list[str]


def load(
    env,
    setting: Setting,
    products,
    rates: Mapping[np.datetime64, float],
    customers: Customers,
    sales: Sales,
    progress: Callable[[int, int, str], None] = lambda done, total, step: None,
    commit: Callable[[], None] | None = None,
    chunk: int = CHUNK,
    writing: AbstractContextManager = _AS_IT_IS,
) -> None:
    """Write the customers and the sales that are not there yet.

    May be killed at any instant and called again with the same arguments: each chunk is one transaction, which
    also notes how many sales there are. Only one may run at a time, and nobody else may post invoices meanwhile.

    :param products: records, of which the sales name the place
    :param rates: foreign currency for one of the company's, by month
    :param writing: entered when the documents have been rehearsed, for what makes writing quicker and Odoo slower
    :raise HistoryError: when the sales cannot be written in bulk
    """
    env = env(context={**env.context, **WITHOUT_CHATTER})
    setting = setting._replace(tag=setting.tag.with_env(env))
    loader = _Loader(env, setting, products.with_env(env), rates, customers, sales)
    loader.run(progress, commit or env.cr.commit, chunk, writing)


class _Loader:
    def __init__(self, env, setting, products, rates, customers, sales):
        self.env, self.setting, self.customers, self.sales = env, setting, customers, sales
        self.products, self.rates = products, rates
        self.figures = _Figures(rates, customers, sales)
        self.numbers = JournalNumbers(env)

    def run(self, progress, commit, chunk, writing):
        if self._done() >= len(self.sales):
            return
        templates = rehearse(
            self.env, self.setting, self.products, set(self.figures.shapes), self.sales.day[0].item()
        )
        with writing:
            self._write(templates, progress, commit, chunk)

    def _done(self) -> int:
        return int(self.env["ir.config_parameter"].get_param(LOADED, 0))

    def _write(self, templates, progress, commit, chunk):
        if not self._has_customers():
            progress(0, len(self.customers), "Customers")
            self._write_customers(templates)
            commit()
            progress(len(self.customers), len(self.customers), "Customers")
        partners = self._partners()
        for start in range(self._done(), len(self.sales), chunk):
            part = slice(start, min(start + chunk, len(self.sales)))
            progress(start, len(self.sales), "Orders, invoices, payments")
            self._write_sales(templates, partners, part)
            self.env["ir.config_parameter"].set_param(LOADED, part.stop)
            self.env.flush_all()
            commit()
        progress(len(self.sales), len(self.sales), "Orders, invoices, payments")

    # Customers

    def _has_customers(self) -> bool:
        return bool(self.env["res.partner"].search_count([("category_id", "=", self.setting.tag.id)], limit=1))

    def _write_customers(self, templates: Templates):
        company = self.customers.company
        for template, names in (
            (templates.company, [_company_name(place) for place in np.unique(company[company >= 0]).tolist()]),
            (templates.person, [_contact_name(place) for place in np.flatnonzero(company < 0).tolist()]),
        ):
            self._stamp(template, {"customer_name": names})
        ids = {name: id_ for name, id_, *_rest in self._partner_rows()}
        contacts = np.flatnonzero(company >= 0).tolist()
        companies = [_company_name(place) for place in company[contacts].tolist()]
        self._stamp(templates.contact, {
            "customer_name": [_contact_name(place) for place in contacts],
            "company_name": companies,
            "company_id": [ids[name] for name in companies],
        })
        self.env.invalidate_all()

    def _partner_rows(self):
        self.env.flush_all()
        return self.env.execute_query(SQL(
            """
            SELECT partner.name, partner.id, partner.commercial_partner_id, partner.complete_name, commercial.name
              FROM res_partner AS partner
              JOIN res_partner AS commercial ON commercial.id = partner.commercial_partner_id
              JOIN res_partner_res_partner_category_rel AS tagged ON tagged.partner_id = partner.id
             WHERE tagged.category_id = %s
            """,
            self.setting.tag.id,
        ))

    def _partners(self) -> Partners:
        by_name = {name: row for name, *row in self._partner_rows()}
        rows = [by_name[_contact_name(place)] for place in range(len(self.customers))]
        return Partners(*map(list, zip(*rows, strict=True)))

    # Sales

    def _write_sales(self, templates, partners, part: slice):
        days = self.sales.day[part].astype(object)
        names = order_names(self.env, days.tolist())
        facts = self._facts(partners, part) | {"order_name": names}
        places = defaultdict(list)
        for place, shape in enumerate(self.figures.shapes[part]):
            places[shape].append(place)
        numbered = self._draw(templates, facts, part)
        for shape, chosen in places.items():
            template = templates.sales[shape]
            self._stamp(
                template,
                {name: [values[place] for place in chosen] for name, values in facts.items()} | numbered[shape],
            )
        self._raise_ranks(templates, facts["commercial_id"], part)
        # The ORM must not continue from numbers or rows that it remembers from before.
        self.env["account.move"]._get_sequence_cache().clear()
        self.env.invalidate_all()

    def _facts(self, partners, part) -> dict[str, list]:
        customer, product = self.sales.customer[part].tolist(), self.sales.product[part].tolist()
        ids, names, costs, prices = zip(
            *((p.id, p.display_name, p.standard_price, p.lst_price) for p in self.products), strict=True
        )
        return {
            "customer_id": [partners.ids[place] for place in customer],
            "commercial_id": [partners.commercial_ids[place] for place in customer],
            "customer_name": [partners.names[place] for place in customer],
            "company_name": [partners.commercial_names[place] for place in customer],
            "product_id": [ids[place] for place in product],
            "product_name": [names[place] for place in product],
            "cost": [costs[place] for place in product],
            "list_price": [prices[place] for place in product],
            **self.figures.facts(part, self.setting.term_days),
        }

    def _draw(self, templates, facts, part) -> dict[Shape, dict[str, list]]:
        """Draw the journals' numbers in the order of the sales."""
        drawn = defaultdict(lambda: defaultdict(list))
        for place, shape in enumerate(self.figures.shapes[part]):
            into = drawn[shape]
            for entry in templates.sales[shape].numbered:
                numbers = self.numbers.draw(entry, facts[entry.day][place])
                for name, value in zip((entry.name, entry.prefix, entry.number), numbers, strict=True):
                    into[name].append(value)
        return drawn

    def _stamp(self, template, facts: Mapping[str, Sequence]):
        """Copy the facts into a temporary table and stamp the template from there."""
        if not next(iter(facts.values())):
            return
        types = types_of(template)
        names = SQL(", ").join(map(SQL.identifier, facts))
        self.env.cr.execute(SQL("DROP TABLE IF EXISTS pg_temp.given_facts"))
        self.env.cr.execute(SQL(
            "CREATE TEMP TABLE given_facts (%s) ON COMMIT DROP",
            SQL(", ").join(SQL("%s %s", SQL.identifier(name), SQL(types[name])) for name in facts),
        ))
        lines = map("\t".join, zip(*(map(str, values) for values in facts.values()), strict=True))
        text = io.StringIO("\n".join(lines) + "\n")
        self.env.cr.copy_expert(SQL("COPY given_facts (%s) FROM STDIN (NULL 'None')", names).code, text)
        stamp_from(self.env, template, SQL("SELECT * FROM given_facts"))

    def _raise_ranks(self, templates, commercial_ids, part):
        """Raise the ranks of the customers, as posting does after the commit."""
        ranks = defaultdict(int)
        for id_, shape in zip(commercial_ids, self.figures.shapes[part], strict=True):
            ranks[id_] += templates.sales[shape].rank
        self.env.cr.execute(SQL(
            """
            UPDATE res_partner
               SET customer_rank = coalesce(customer_rank, 0) + raised.by
              FROM unnest(%s, %s) AS raised (id, by)
             WHERE res_partner.id = raised.id
            """,
            list(ranks), list(ranks.values()),
        ))


class _Figures:
    """What follows from the sales by arithmetic: amounts in both currencies, and each sale's shape."""

    def __init__(self, rates, customers: Customers, sales: Sales):
        self.sales = sales
        self.foreign = customers.foreign[sales.customer]
        self.rate = self._rates(rates, sales.day)
        self.amount, self.credit = sales.quantity * sales.unit_price, sales.credited * sales.unit_price
        self.balance = _exchanged(self.amount, self.rate)
        self.settled = np.where(sales.outcome == Outcome.CREDITED, sales.credit_day, sales.payment_day)
        self.settled_rate = self._rates(rates, self.settled)
        self.credit_balance = _exchanged(self.credit, self.settled_rate)
        self.payment_balance = _exchanged(self.amount - self.credit, self.settled_rate)
        settled = np.select(
            [sales.outcome == Outcome.PAID, sales.outcome == Outcome.CREDITED],
            [self.payment_balance, self.credit_balance], self.balance,
        )
        sign = np.sign(self.balance - settled)
        self.shapes = [
            Shape(Outcome(outcome), foreign, difference)
            for outcome, foreign, difference in zip(
                sales.outcome.tolist(), self.foreign.tolist(), sign.tolist(), strict=True
            )
        ]

    def _rates(self, rates, days) -> np.ndarray:
        months, which = np.unique(days.astype("datetime64[M]"), return_inverse=True)
        of_month = np.array([rates[month] for month in months])
        return np.where(self.foreign, of_month[which], 1.0)

    def facts(self, part: slice, term_days: int) -> dict[str, list]:
        sales = self.sales[part]
        days = {
            "day": sales.day,
            "due_day": sales.day + np.timedelta64(term_days),
            "credit_day": sales.credit_day,
            "payment_day": sales.payment_day,
            "adjustment_day": (self.settled[part].astype("datetime64[M]") + 1).astype("datetime64[D]") - 1,
            "moment": sales.day.astype("datetime64[s]") + NOON,
        }
        hundredths = {
            "unit_price": sales.unit_price,
            "amount": self.amount[part],
            "credit": self.credit[part],
            "balance": self.balance[part],
            "credit_balance": self.credit_balance[part],
            "payment_balance": self.payment_balance[part],
        }
        return {
            **{name: values.tolist() for name, values in days.items()},
            **{name: (values / 100).tolist() for name, values in hundredths.items()},
            "quantity": sales.quantity.tolist(),
            "credited": sales.credited.tolist(),
            "rate": self.rate[part].tolist(),
            "settled_rate": self.settled_rate[part].tolist(),
        }


def _exchanged(hundredths: np.ndarray, rate: np.ndarray) -> np.ndarray:
    """Return hundredths of the company's currency, rounded half up as Odoo does."""
    return np.floor(hundredths / rate + 0.5 + 1e-9).astype(np.int64)


def _company_name(place: int) -> str:
    return f"Company {place + 1:06}"


def _contact_name(place: int) -> str:
    return f"Customer {place + 1:06}"
