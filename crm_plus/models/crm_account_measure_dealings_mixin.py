"""Cases and satisfaction as measures of key accounts, read from the timeline."""

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL

from .crm_account_measure_mixin import Measure

CASES = Domain('kind', '=', 'case')
OPEN_CASES = CASES & Domain('is_open', '=', True)
RATED = Domain('has_satisfaction', '=', True)


class CrmAccountMeasureDealingsMixin(models.AbstractModel):
    """What customers ask and say, for ``crm.account.measure``, which inherits from this.

    Whatever is installed puts cases and answers into the timeline; where nothing does, the
    measures say so.
    """

    _name = 'crm.account.measure.dealings.mixin'
    _inherit = ['crm.account.measure.mixin']
    _description = "Measures of Key Accounts: Dealings"

    @api.model
    def _measures(self):
        Timeline = self.env['customer.timeline']
        sources = Timeline._timeline_sources().values()
        cases = [source for source in sources if source.kind == 'case']
        rated = [source for source in sources if 'satisfaction' in source.measured]
        return super()._measures() | {
            'cases': Measure(
                self.env._("Cases"), 'number',
                lambda requests: self._read_entries(requests, CASES, SQL("COUNT(*)"), 0.0),
                lambda request: self._open_entries(self.env._("Cases"), request, CASES),
                lower=True, adds_up=True,
                missing=self._missing_source(cases, self.env._(
                    "Nothing that is installed keeps cases of customers.")),
                help=self.env._("Questions, complaints and repairs that were opened."),
            ),
            'open_cases': Measure(
                self.env._("Open Cases"), 'number', self._read_open_cases,
                lambda request: self._open_entries(
                    self.env._("Open cases"), request._replace(date_from=fields.Date.to_date(
                        '1970-01-01')), OPEN_CASES),
                lower=True,
                missing=self._missing_source(
                    [source for source in cases if 'is_open' in source.measured],
                    self.env._("Nothing that is installed keeps cases of customers.")),
                help=self.env._("Cases that are not closed today, whenever they were opened."),
            ),
            'satisfaction': Measure(
                self.env._("Satisfaction"), 'percent',
                lambda requests: self._read_entries(
                    requests, RATED, SQL("100 * AVG(entry.satisfaction)"), None),
                lambda request: self._open_entries(self.env._("Answers"), request, RATED),
                missing=self._missing_source(rated, self.env._(
                    "Nothing that is installed asks customers how satisfied they are.")),
                help=self.env._("How satisfied the customer said they were, on average: 100 is "
                                "the best."),
            ),
        }

    def _missing_source(self, sources, nothing) -> str:
        """Why none of the sources can be read: there are none, or not for the reader."""
        if not sources:
            return nothing
        if any(self.env[source.model].has_access('read') for source in sources):
            return ''
        return self.env._("You may not see what it is read from.")

    def _read_entries(self, requests, domain, value: SQL, nothing):
        Timeline = self.env['customer.timeline']
        query = Timeline._search(
            domain
            & Domain('partner_id', 'in', list({request.partner_id for request in requests}))
            & Domain('company_id', 'in', [*{request.company_id for request in requests}, False]))
        self.env.flush_all()  # the timeline reads documents of many kinds
        columns = (
            SQL("%s AS %s", SQL.identifier(query.table, name), SQL.identifier(name))
            for name in ('partner_id', 'company_id', 'date', 'satisfaction')
        )
        return dict.fromkeys(requests, nothing) | self._request_rows(requests, SQL(
            """
            SELECT request.number, %(value)s
              FROM %(requests)s
              JOIN (%(entries)s) entry
                ON entry.partner_id = request.partner_id
               AND (entry.company_id = request.company_id OR entry.company_id IS NULL)
               AND entry.date >= request.moment_from AND entry.date < request.moment_to
             GROUP BY request.number
            """,
            value=value, requests=self._requests_table(requests),
            entries=query.select(*columns),
        ))

    def _read_open_cases(self, requests):
        """What is open today: of an earlier day nobody knows it any more."""
        today = fields.Date.context_today(self)
        asked = {
            request: request._replace(date_from=fields.Date.to_date('1970-01-01'))
            for request in requests if request.date_to >= today
        }
        if not asked:
            return {}
        found = self._read_entries(list(asked.values()), OPEN_CASES, SQL("COUNT(*)"), 0.0)
        return {request: found[whole] for request, whole in asked.items()}

    def _open_entries(self, name, request, domain):
        return {
            **self.env['ir.actions.act_window']._for_xml_id('crm_plus.customer_timeline_action'),
            'name': name,
            'domain': list(
                domain & Domain('partner_id', '=', request.partner_id)
                & Domain('company_id', 'in', [request.company_id, False])
                & self._moments_domain(request, 'date')),
            'context': {},
        }
