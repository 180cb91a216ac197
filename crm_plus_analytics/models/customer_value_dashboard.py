from dataclasses import dataclass
from datetime import date

import numpy as np
from dateutil.relativedelta import relativedelta

from odoo import api, fields, models
from odoo.exceptions import AccessError
from odoo.fields import Domain
from odoo.tools import SQL

from .. import dashboard_figures
from ..dashboard_figures import Group

#: Months before the last scoring that are shown beside it.
HISTORY_MONTHS = 12


@dataclass(frozen=True)
class _Reading:
    """What is looked at, with whose eyes."""

    company: models.Model
    domain: Domain
    run: models.Model
    sees_amounts: bool


class CustomerValueDashboard(models.AbstractModel):
    """The figures of the customer value dashboard, in one call.

    Everything is read from the scores that the reader may see. Each figure comes with the
    domain of its customers, to be added to the domain of the page: what is counted is what
    opens. Amounts are left out for those who may not see them in the scores.
    """
    _name = 'customer.value.dashboard'
    _description = 'Customer Value Dashboard'

    @api.model
    @api.readonly
    def get_dashboard(self, filters: dict | None = None) -> dict:
        """Return all figures of the page, in a constant number of queries.

        :param filters: ids by `company_id` (one of the companies ticked, the current one if
            left out), `team_id`, `category_id` and `country_id`; `month`, the first day of
            a month of the history, for its figures in place of the present ones
        :raises AccessError: when the reader may not read scores, or not of that company
        """
        self.env['customer.score'].check_access('read')
        filters = filters or {}
        reading = self._reading(filters)
        month = filters.get('month') or False
        run = self._run_of(reading, month) if month else reading.run
        page = {
            **self._frame(reading),
            'month': month,
            'quality': self._quality(reading, run),
            'history': self._history(reading),
        }
        return page | (self._past(reading, run, month) if month else self._present(reading))

    def _present(self, reading: _Reading) -> dict:
        groups = self._groups(reading)
        customers = sum(group.customers for group in groups)
        if not customers:
            return {'customers': 0}
        return {
            'customers': customers,
            'curve': self._curve(reading),
            'pyramid': dashboard_figures.pyramid(
                groups, self._labels('customer.score', 'abc_class')),
            'rfm': dashboard_figures.recency_and_frequency(groups),
            'cohorts': self._cohorts('customer.score', reading.domain, groups, reading.run.as_of),
            'expected': self._expected(reading, groups),
        }

    def _past(self, reading: _Reading, run, month: str) -> dict:
        """Return what the history has kept of a month; its domains are of the history."""
        domain = reading.domain & Domain('month', '=', month)
        groups = self._past_groups(domain, reading.sees_amounts)
        customers = sum(group.customers for group in groups)
        if not customers:
            return {'customers': 0}
        as_of = run.as_of or date.fromisoformat(month) + relativedelta(day=31)
        # months of before these were kept have neither
        scored = [group for group in groups if group.r_score and group.f_score]
        cohorts = self._cohorts('customer.score.history', domain, groups, as_of, month)
        return {
            'customers': customers,
            'pyramid': dashboard_figures.pyramid(
                groups, self._labels('customer.score', 'abc_class'), month),
            **({'rfm': dashboard_figures.recency_and_frequency(scored, month)} if scored else {}),
            **({'cohorts': cohorts} if cohorts['rows'] else {}),
            **(self._past_amounts(domain, groups, month) if reading.sees_amounts else {}),
        }

    def _past_groups(self, domain: Domain, sees_amounts: bool) -> list[Group]:
        """Return the customers of a month by class, scores and segment."""
        return [
            Group(
                abc_class=letter, segment_id=segment.id, customers=count, r_score=r_score,
                f_score=f_score, first_date=first_date, revenue=None,
                customer_value=(value[0] or 0) if value else None,
                expected=(value[0] or 0) if value else 0, variance=None,
            )
            for letter, segment, r_score, f_score, count, first_date, *value
            in self.env['customer.score.history']._read_group(
                domain, ['abc_class', 'segment_id', 'r_score', 'f_score'],
                ['__count', 'first_date:min', *(['value:sum'] if sees_amounts else [])])
        ]

    def _past_amounts(self, domain: Domain, groups: list[Group], month: str) -> dict:
        """Return how the revenue of the year up to a month was spread, and what was expected then."""
        return {
            'curve': dashboard_figures.curve(
                self._amounts('customer.score.history', domain, 'revenue_12_months'),
                'revenue_12_months', month),
            'expected': {
                'measure': 'customer_value', 'months': False, 'is_estimated': True,
                **dashboard_figures.expected_by_segment(groups, self._segment_names, month),
            },
        }

    # -- what is looked at

    def _run_of(self, reading: _Reading, month: str):
        """Return the scoring that a month of the history is of, empty if it was deleted."""
        first = date.fromisoformat(month)
        return self.env['customer.score.run'].search([
            ('company_id', '=', reading.company.id), ('state', '=', 'done'),
            ('as_of', '>=', first), ('as_of', '<', first + relativedelta(months=1)),
        ], order='date_end desc, id desc', limit=1)

    def _reading(self, filters: dict) -> _Reading:
        company = self._company(filters.get('company_id'))
        return _Reading(
            company=company,
            domain=self._domain(company, filters),
            run=self.env['customer.score.run'].search(
                [('company_id', '=', company.id), ('state', '=', 'done')], limit=1),
            sees_amounts=self._sees('revenue', 'expected_value', 'customer_value'),
        )

    def _company(self, company_id: int | None):
        """Return the one company to show: ranks, fifths and classes are each company's own."""
        if not company_id:
            return self.env.company
        if company_id not in self.env.companies.ids:
            raise AccessError(self.env._(
                "This company is not among those that you are working with."))
        return self.env['res.company'].browse(company_id)

    def _domain(self, company, filters: dict) -> Domain:
        domain = Domain('company_id', '=', company.id)
        for key, field, operator in (
            ('team_id', 'partner_id.user_id.crm_team_ids', 'in'),
            # a tag is that of the tags below it, as in the settings and everywhere in Odoo
            ('category_id', 'partner_id.category_id', 'child_of'),
            ('country_id', 'partner_id.country_id', 'in'),
        ):
            if filters.get(key):
                domain &= Domain(field, operator, [int(filters[key])])
        return domain

    def _sees(self, *names: str) -> bool:
        Score = self.env['customer.score']
        return all(Score._has_field_access(Score._fields[name], 'read') for name in names)

    def _frame(self, reading: _Reading) -> dict:
        """Return what the page needs beside the figures."""
        return {
            'company': {'id': reading.company.id, 'name': reading.company.display_name},
            'companies': [
                {'id': company.id, 'name': company.display_name}
                for company in self.env.companies
            ],
            'currency_id': reading.company.currency_id.id,
            'domain': list(reading.domain),
            'sees_amounts': reading.sees_amounts,
            'is_scored': bool(reading.run),
            'months': [
                fields.Date.to_string(month)
                for month in self.env['customer.score.history']._scored_months(reading.company)],
            'can_score': self.env['customer.score.launch'].has_access('create'),
            'can_filter_team': self.env['crm.team'].has_access('read'),
        }

    # -- the figures

    def _groups(self, reading: _Reading) -> list[Group]:
        """Return the customers by class, scores and segment: one reading for several figures."""
        Score, run = self.env['customer.score'], reading.run
        query = Score._search(reading.domain)
        names = [
            'abc_class', 'r_score', 'f_score', 'segment_id', 'first_date',
            'purchases', 'p_alive', 'expected_purchases',
        ]
        if reading.sees_amounts:
            names += ['revenue', 'customer_value', 'expected_value']
            amounts = SQL(
                "COALESCE(sum(revenue), 0)::float8, COALESCE(sum(customer_value), 0)::float8")
            value, variance = SQL("COALESCE(expected_value, 0)::float8"), self._money_variance(run)
        else:
            amounts, value, variance = SQL("NULL, NULL"), SQL("1"), SQL("variance::float8")
        scores = query.select(*(
            SQL("%s AS %s", Score._field_to_sql(query.table, name, query), SQL.identifier(name))
            for name in names))
        return [Group(*row) for row in self.env.execute_query(SQL(
            """
            SELECT abc_class, r_score, f_score, segment_id, count(*)::int, min(first_date),
                   %(amounts)s, sum(mean * %(value)s)::float8, sum(%(variance)s)::float8
              FROM (
                    SELECT score.*,
                           COALESCE(expected_purchases, 0) AS mean,
                           -- E[N] + E[N]² ((1 + 1 / (r + x)) / P(alive) - 1)
                           COALESCE(expected_purchases, 0)
                           + COALESCE(expected_purchases, 0) ^ 2
                             * ((1 + 1 / (%(r)s + GREATEST(purchases - 1, 0)))
                                / GREATEST(COALESCE(p_alive, 1), 1e-9) - 1) AS variance
                      FROM (%(scores)s) AS score
                   ) AS customer
             GROUP BY abc_class, r_score, f_score, segment_id
            """,
            amounts=amounts, value=value, variance=variance, r=self._rate_shape(run), scores=scores,
        ))]

    def _rate_shape(self, run) -> SQL:
        """Return the r of the model of purchases, NULL for an estimate that has none."""
        # sudo: the r of the model of purchases tells nothing of amounts
        rows = (run.sudo().estimates or {}).get('parameters', [])
        shape = next((
            value for model, parameter, value, _error in rows
            if (model, parameter) == (run.purchase_model, 'r')), None)
        return SQL("%s::float8", shape)

    def _money_variance(self, run) -> SQL:
        """Return the variance of a customer's money, from that of their purchases.

        With ζ, the customer's average, of mean v and squared relative deviation
        c = 1 / (q + p x - 2): E[N] E[ζ²] / p + E[N²] E[ζ²] - (E[N] v)².
        It is not finite for q up to 2.
        """
        p, q = run.gamma_gamma_p, run.gamma_gamma_q
        if run.value_model_state != 'fitted' or q <= 2:
            return SQL("NULL::float8")
        return SQL(
            "COALESCE(expected_value, 0)::float8 ^ 2 * ("
            "(1 + 1 / (%(q)s + %(p)s * GREATEST(purchases - 1, 0) - 2))"
            " * (mean / %(p)s + variance + mean ^ 2) - mean ^ 2)",
            p=p, q=q,
        )

    def _curve(self, reading: _Reading) -> dict:
        """Return the curve of the revenue; without the right to amounts, of the purchases."""
        measure = 'revenue' if reading.sees_amounts else 'purchases'
        return dashboard_figures.curve(
            self._amounts('customer.score', reading.domain, measure), measure)

    def _amounts(self, model: str, domain: Domain, measure: str) -> np.ndarray:
        """Return the amount of each customer."""
        query = self.env[model]._search(domain)
        amount = self.env[model]._field_to_sql(query.table, measure, query)
        rows = self.env.execute_query(query.select(SQL("COALESCE(%s, 0)::float8", amount)))
        return np.fromiter((amount for amount, in rows), dtype=float, count=len(rows))

    def _cohorts(
        self, model: str, domain: Domain, groups: list[Group], as_of: date | None,
        month: str | None = None,
    ) -> dict:
        first = min((group.first_date for group in groups if group.first_date), default=None)
        if not first or not as_of:
            return {'step': 'month', 'rows': [], 'periods': 0}
        step = dashboard_figures.cohort_step(first, as_of)
        counts = self.env[model]._read_group(
            domain & Domain('first_date', '!=', False),
            [f'first_date:{step}', f'last_date:{step}'], ['__count'])
        return dashboard_figures.cohorts(counts, step, as_of, month)

    def _expected(self, reading: _Reading, groups: list[Group]) -> dict:
        """Return the revenue to expect within the horizon, by segment, and how sure it is.

        Without the right to amounts: the purchases. A customer's purchases are a Poisson
        count whose rate is uncertain by a gamma distribution with the shape r + x, if the
        customer has not left; their amounts vary as the Gamma-Gamma model estimates.
        """
        is_estimated = bool(reading.run.purchase_model)
        return {
            'measure': 'revenue' if reading.sees_amounts else 'purchases',
            'months': reading.run.horizon_months,
            'is_estimated': is_estimated,
            **(dashboard_figures.expected_by_segment(groups, self._segment_names)
               if is_estimated else {'segments': []}),
        }

    def _history(self, reading: _Reading) -> dict:
        """Return the size of each segment in the last scored months."""
        counts = []
        if reading.run:
            since = reading.run.as_of.replace(day=1) - relativedelta(months=HISTORY_MONTHS)
            # Not _read_group: it would round more than a million months to months.
            query = self.env['customer.score.history']._search(
                reading.domain & Domain('month', '>=', since))
            month, segment = (
                self.env['customer.score.history']._field_to_sql(query.table, name, query)
                for name in ('month', 'segment_id'))
            query.groupby = SQL("%s, %s", month, segment)
            counts = self.env.execute_query(query.select(month, segment, SQL("count(*)")))
        return dashboard_figures.segments_over_time(counts, self._segment_names)

    def _segment_names(self, ids) -> dict:
        """Return the segments' names by their ids, in the segments' order."""
        segments = self.env['customer.segment'].browse([one for one in ids if one])
        names = {segment.id: segment.display_name for segment in segments.sorted()}
        return names | ({False: self.env._("No segment")} if False in ids else {})

    def _labels(self, model: str, field: str) -> dict:
        return dict(self.env[model]._fields[field]._description_selection(self.env))

    # -- how far it can be relied on

    def _quality(self, reading: _Reading, run) -> dict:
        """Return what became of the models in a scoring, of their last back-test, and of the
        last scoring of all.
        """
        last = self.env['customer.score.run'].search(
            [('company_id', '=', reading.company.id)], limit=1)
        back_test = self.env['customer.score.backtest'].search([
            ('company_id', '=', reading.company.id), ('state', 'in', ('done', 'empty')),
        ], limit=1)
        states = self._labels('customer.score.run', 'state')
        fitted = self._labels('customer.score.run', 'purchase_model_state')
        model = self._labels('customer.score.run', 'purchase_model').get(run.purchase_model)
        verdict = self._labels('customer.score.run', 'purchase_model_verdict')
        return {
            'run_id': run.id,
            'as_of': fields.Date.to_string(run.as_of),
            'date_end': fields.Datetime.to_string(run.date_end),
            'customers': run.customers,
            'repeaters': run.repeaters,
            'models': [
                {
                    'name': self.env._("Purchases"),
                    'state': run.purchase_model_state,
                    'label': fitted.get(run.purchase_model_state),
                    'detail': f"{model}. {verdict.get(run.purchase_model_verdict, '')}"
                              if model else False,
                },
                {
                    'name': self.env._("Value of a purchase"),
                    'state': run.value_model_state,
                    'label': fitted.get(run.value_model_state),
                    'detail': False,
                },
            ] if run else [],
            'back_test': {
                'id': back_test.id,
                'verdict': back_test.verdict,
                'is_good': back_test.beats_naive,
            } if back_test else False,
            'last': {
                'id': last.id, 'state': last.state, 'label': states[last.state],
            } if last and last != reading.run else False,
        }
