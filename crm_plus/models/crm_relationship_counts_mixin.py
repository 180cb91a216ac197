from collections import defaultdict
from typing import NamedTuple

from odoo import models
from odoo.fields import Domain
from odoo.tools import SQL

from ..relationship import Figure
from .company_rates import company_rates


class Count(NamedTuple):
    """How many records were counted, and the sum of their amounts in the reader's currency."""

    number: int = 0
    amount: float = 0.0


class Wanted(NamedTuple):
    """A number to be found: of which records, among which, and what is summed of them."""

    figure: Figure
    domain: Domain
    amount: SQL | None
    population: str | None  #: the name of what the figure is a share of


class CrmRelationshipCountsMixin(models.AbstractModel):
    """Counts the records of all figures of a page in one statement, with the reader's rights.

    What several figures are a share of is found once. The rest is left to PostgreSQL, so that
    the number of statements does not depend on how much there is to count.
    """

    _name = 'crm.relationship.counts.mixin'
    _description = "Relationship Models: Counting"

    def _count_figures(self, figures: dict) -> dict:
        """Count the records of figures, and those of which they are a share.

        :param figures: of any keys to :class:`Figure`
        :return: dict of the same keys to a pair of :class:`Count`: the figure's, the total's
        """
        populations, wanted, numbers = {}, {}, {}
        for key, figure in figures.items():
            name = None
            if figure.of is not None:
                # domains cannot be compared, what they say can
                told = (figure.model, figure.active_test, repr(list(figure.of)))
                name, _first = populations.setdefault(
                    told, (f'population_{len(populations)}', figure))
            number = self._want(wanted, Wanted(figure, figure.domain, figure.amount, name))
            total = name and self._want(wanted, Wanted(
                figure, Domain.TRUE, figure.of_amount or figure.amount, name))
            numbers[key] = number, total
        found = self._read_counts(dict(populations.values()), dict(wanted.values()))
        return {
            key: (found.get(number, Count()), found.get(total, Count()))
            for key, (number, total) in numbers.items()
        }

    def _want(self, wanted, want):
        """Have a number found once, whoever wants it; return its place in the answer."""
        told = (
            want.figure.model, want.figure.active_test, repr(list(want.domain)), want.amount,
            want.population)
        number, _want = wanted.setdefault(told, (len(wanted) + 1, want))
        return number

    def _read_counts(self, populations, wanted):
        """Return the numbers that are wanted, by their place."""
        selects, tables = [], []
        by_report = defaultdict(dict)
        for name, figure in populations.items():
            records = self._records_of(figure)
            query = records._search(figure.of)
            if query.is_empty():
                wanted = {
                    number: want for number, want in wanted.items() if want.population != name}
            elif records._auto:
                tables.append(SQL("%s AS (%s)", SQL.identifier(name), query.select()))
        for number, want in wanted.items():
            if want.population and not self.env[want.figure.model]._auto:
                by_report[want.population][number] = want
            else:
                selects.append(self._table_select(number, want))
        for name, wants in by_report.items():
            selects.append(self._report_select(populations[name], wants))
        selects = [select for select in selects if select]
        if not selects:
            return {}
        self.env.flush_all()  # whatever the conditions look at
        return self._sum_up(self.env.execute_query(SQL(
            "%s %s", SQL("WITH %s", SQL(", ").join(tables)) if tables else SQL(),
            SQL(" UNION ALL ").join(selects),
        )))

    def _sum_up(self, rows):
        """Add what was found in several companies, amounts at today's rates."""
        rates = company_rates(self.env)
        counts = defaultdict(Count)
        for number, company_id, records, amount in rows:
            count = counts[number]
            counts[number] = Count(
                count.number + records,
                count.amount + (amount or 0) * rates.get(company_id or False, 1.0))
        return counts

    def _records_of(self, figure):
        return self.env[figure.model].with_context(active_test=figure.active_test)

    # ------------------------------------------------------------
    # SELECTS of: place, company, records, amount
    # ------------------------------------------------------------

    def _table_select(self, number, want):
        """Return the select of one number, of records in a table of their own."""
        records = self._records_of(want.figure)
        query = records._search(want.domain)
        if query.is_empty():
            return None
        if want.population:
            query.add_where(SQL(
                "%s IN (SELECT id FROM %s)", SQL.identifier(query.table, 'id'),
                SQL.identifier(want.population)))
        company = SQL("NULL::int")
        if want.amount and 'company_id' in records._fields:
            company = query.groupby = SQL.identifier(query.table, 'company_id')
        return query.select(
            SQL("%s AS number", number), SQL("%s AS company_id", company),
            SQL("COUNT(*) AS records"),
            SQL("%s::float8 AS amount", SQL("SUM(%s)", want.amount) if want.amount
                else SQL("NULL")),
        )

    def _report_select(self, figure, wants):
        """Return the select of the shares of one whole, of records that are read elsewhere.

        They are read once: to read them again for each share would take as many times as long.
        """
        records = self._records_of(figure)
        query = records._search(figure.of)
        columns, rows = [], []
        for number, want in wants.items():
            # what the domain asks for may add joins: before the select is made
            condition = want.domain.optimize_full(records)._to_sql(records, query.table, query)
            names = [SQL.identifier(f'{name}_{number}') for name in ('records', 'amount')]
            columns += [
                SQL("COUNT(*) FILTER (WHERE %s) AS %s", condition, names[0]),
                SQL("(%s)::float8 AS %s",
                    SQL("SUM(%s) FILTER (WHERE %s)", want.amount, condition) if want.amount
                    else SQL("NULL"), names[1]),
            ]
            rows.append(SQL("(%s, %s, %s)", number, *names))
        company = SQL("NULL::int")
        if 'company_id' in records._fields:
            company = query.groupby = SQL.identifier(query.table, 'company_id')
        return SQL(
            "SELECT counted.number, report.company_id, counted.records, counted.amount"
            "  FROM (%s) report CROSS JOIN LATERAL (VALUES %s) counted (number, records, amount)",
            query.select(SQL("%s AS company_id", company), *columns), SQL(", ").join(rows),
        )
