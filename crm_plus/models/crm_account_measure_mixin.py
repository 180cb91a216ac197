"""What the goals of key accounts are measured by: the shape of a measure, and how it is read."""

from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from typing import NamedTuple

from dateutil.relativedelta import relativedelta
from pytz import timezone, utc

from odoo import api, models
from odoo.fields import Domain
from odoo.tools import SQL


class MeasureRequest(NamedTuple):
    """Of which customer, company and days something is measured."""

    partner_id: int  #: the customer, a commercial entity
    company_id: int
    date_from: date
    date_to: date  #: the last day that counts


class Measure(NamedTuple):
    """Something that is read of a customer's records for a span of days.

    ``read`` takes a list of requests and returns a dict of a number by request, ``None`` where
    there is nothing to measure; requests that it leaves out were measured as nothing known. It
    costs a fixed number of queries, whatever the number of requests, and reads with the rights
    of the reader. ``action`` takes a request and returns the action that opens the records
    which were counted.
    """

    label: str
    unit: str  #: 'money' (of the request's company), 'percent' (0 to 100), 'number' or 'days'
    read: Callable
    action: Callable
    help: str = ''
    lower: bool = False  #: less is better
    adds_up: bool = False  #: a sum or a count, which grows from day to day
    missing: str = ''  #: why nobody, or not the reader, can measure it: a sentence


class CrmAccountMeasureMixin(models.AbstractModel):
    """Where measures come from, for ``crm.account.measure``, which inherits from this.

    An idea adds its measures in a mixin of its own, a module by extending
    ``crm.account.measure``; both extend :meth:`_measures` with ``super()``.
    """

    _name = 'crm.account.measure.mixin'
    _description = "Measures of Key Accounts"

    @api.model
    def _measures(self) -> dict[str, Measure]:
        """The measures by a key that never changes, in the order in which one chooses."""
        return {}

    @api.model
    def _read_measures(self, wanted: dict[str, list[MeasureRequest]]) -> dict:
        """Read several measures at once: each reads all that is asked of it in one go.

        :return: dict of a number or ``None`` by ``(key, request)``
        """
        measures = self._measures()
        values = {}
        for key, requests in wanted.items():
            requests = list(dict.fromkeys(requests))
            measure = measures.get(key)
            found = measure.read(requests) if measure and not measure.missing else {}
            values.update(((key, request), found.get(request)) for request in requests)
        return values

    @api.model
    def _twelve_months(self, day) -> tuple[date, date]:
        """The first and the last of the twelve months that end with the day."""
        return day - relativedelta(months=12) + timedelta(days=1), day

    # ------------------------------------------------------------
    # PIECES FOR MEASURES
    # ------------------------------------------------------------

    def _moment(self, day) -> datetime:
        """When the day begins for the reader, in UTC."""
        midnight = timezone(self.env.tz.zone).localize(datetime.combine(day, time.min))
        return midnight.astimezone(utc).replace(tzinfo=None)

    def _requests_table(self, requests) -> SQL:
        """The requests as a table ``request``, numbered as in the list.

        Days are inclusive; a moment counts from ``moment_from`` until before ``moment_to``.
        """
        return SQL(
            """(VALUES %s) AS request
               (number, partner_id, company_id, date_from, date_to, moment_from, moment_to)""",
            SQL(", ").join(
                SQL("(%s, %s, %s, %s::date, %s::date, %s::timestamp, %s::timestamp)",
                    number, request.partner_id, request.company_id, request.date_from,
                    request.date_to, self._moment(request.date_from),
                    self._moment(request.date_to + timedelta(days=1)))
                for number, request in enumerate(requests)
            ),
        )

    def _requests_domain(self, requests, *, without_company=False) -> Domain:
        """The documents of all customers and companies that are asked for."""
        companies = {request.company_id for request in requests}
        return Domain(
            'partner_id.commercial_partner_id', 'in',
            list({request.partner_id for request in requests}),
        ) & Domain('company_id', 'in', [*companies, False] if without_company else [*companies])

    def _request_domain(self, request, date_field, *, without_company=False) -> Domain:
        """The documents behind one request, ``date_field`` being a day or a moment of theirs."""
        return self._requests_domain([request], without_company=without_company) & Domain(
            date_field, '>=', str(request.date_from)
        ) & Domain(date_field, '<=', str(request.date_to))

    def _moments_domain(self, request, date_field) -> Domain:
        """The moments of a request's days."""
        return Domain(date_field, '>=', str(self._moment(request.date_from))) & Domain(
            date_field, '<', str(self._moment(request.date_to + timedelta(days=1))))

    def _readable_documents(self, model, domain) -> SQL | None:
        """The ids of those documents that the reader may read; ``None``: none of them."""
        documents = self.env[model].with_context(active_test=False)
        if not documents.has_access('read'):
            return None
        query = documents._search(domain)
        if query.is_empty():
            return None
        self.env.flush_all()  # the statements join what the search does not know of
        return query.subselect()

    def _request_rows(self, requests, query: SQL) -> dict:
        """Run a statement of ``(number, value)`` and give each request its value."""
        return {
            requests[number]: None if value is None else float(value)
            for number, value in self.env.execute_query(query)
        }

    def _request_action(self, name, model, domain, request, list_view=None, **context) -> dict:
        partner = self.env['res.partner'].browse(request.partner_id)
        return partner._customer_360_list_action(
            name, model, domain, list_view=list_view, context=context)
