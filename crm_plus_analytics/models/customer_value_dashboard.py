from dataclasses import dataclass
from datetime import date

import numpy as np
from dateutil.relativedelta import relativedelta

from odoo import api, fields, models
from odoo.exceptions import AccessError
from odoo.fields import Domain
from odoo.tools import SQL

#: How many standard deviations to both sides hold 95 of 100 outcomes.
NORMAL_95 = 1.96
#: Points of the curve at most.
CURVE_POINTS = 100
#: Months before the last scoring that are shown beside it.
HISTORY_MONTHS = 12
#: Months of one step in the cohorts' table, and up to how many months of history it is used.
COHORT_STEPS = (('month', 1, 18), ('quarter', 3, 60), ('year', 12, None))


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
        page = {
            **self._frame(reading),
            'quality': self._quality(reading),
            'history': self._history(reading),
        }
        if filters.get('month'):
            return page | {'month': filters['month']} | self._past(reading, filters['month'])
        return page | {'month': False} | self._present(reading)

    def _present(self, reading: _Reading) -> dict:
        customers, first = self.env['customer.score']._read_group(
            reading.domain, [], ['__count', 'first_date:min'])[0]
        figures = {'customers': customers}
        if customers:
            figures |= {
                'curve': self._curve(reading),
                'pyramid': self._pyramid(reading),
                'rfm': self._rfm(reading),
                'cohorts': self._cohorts(reading, first),
                'expected': self._expected(reading),
            }
        return figures

    # -- what is looked at

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
        for key, field in (
            ('team_id', 'partner_id.user_id.crm_team_ids'),
            ('category_id', 'partner_id.category_id'),
            ('country_id', 'partner_id.country_id'),
        ):
            if filters.get(key):
                domain &= Domain(field, 'in', [int(filters[key])])
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
            'can_score': self.env['customer.score.launch'].has_access('create'),
            'can_filter_team': self.env['crm.team'].has_access('read'),
        }

    # -- the figures

    def _curve(self, reading: _Reading) -> dict:
        """Return which share of the customers brings which share of the revenue.

        Without the right to amounts: which share of the purchases. Customers of the same
        amount come at once, so that each point is a threshold that its customers reach.
        """
        measure = 'revenue' if reading.sees_amounts else 'purchases'
        query = self.env['customer.score']._search(reading.domain)
        amount = self.env['customer.score']._field_to_sql(query.table, measure, query)
        rows = self.env.execute_query(query.select(SQL("COALESCE(%s, 0)::float8", amount)))
        amounts = np.fromiter((amount for amount, in rows), dtype=float, count=len(rows))
        levels, counts = np.unique(-amounts, return_counts=True)
        customers = counts.cumsum()
        total = (np.maximum(-levels, 0) * counts).cumsum()
        # the last of each hundredth of the customers
        hundredth = -(-customers * CURVE_POINTS // len(amounts))
        last = np.flatnonzero(np.append(np.diff(hundredth) > 0, True))
        return {
            'measure': measure,
            'points': [
                {
                    'customers': int(customers[i]),
                    'customer_share': float(customers[i] / len(amounts)),
                    'share': float(total[i] / total[-1]),
                    'domain': [(measure, '>=', float(-levels[i]))],
                }
                for i in last
            ] if total[-1] else [],
        }

    def _pyramid(self, reading: _Reading) -> list[dict]:
        """Return the ABC classes from the top."""
        groups = {
            letter: figures for letter, *figures in self.env['customer.score']._read_group(
                reading.domain, ['abc_class'], self._aggregates(reading))
        }
        everybody = sum(count for count, *_amounts in groups.values())
        revenue = sum(max(figures[1], 0) for figures in groups.values() if len(figures) > 1)
        levels = []
        for letter, label in self._labels('customer.score', 'abc_class').items():
            figures = groups.get(letter, [0] * len(self._aggregates(reading)))
            levels.append({
                'key': letter,
                'label': label,
                **self._named(reading, figures),
                'customer_share': figures[0] / everybody,
                'revenue_share': max(figures[1], 0) / revenue
                                 if reading.sees_amounts and revenue else False,
                'domain': [('abc_class', '=', letter)],
            })
        return levels

    def _rfm(self, reading: _Reading) -> list[dict]:
        """Return how many customers there are for each recency and frequency score."""
        groups = self.env['customer.score']._read_group(
            reading.domain, ['r_score', 'f_score'], self._aggregates(reading))
        return [
            {
                'r': r, 'f': f,
                **self._named(reading, figures),
                'domain': [('r_score', '=', r), ('f_score', '=', f)],
            }
            for r, f, *figures in groups
        ]

    def _aggregates(self, reading: _Reading) -> list[str]:
        amounts = ['revenue:sum', 'customer_value:sum'] if reading.sees_amounts else []
        return ['__count', *amounts]

    def _named(self, reading: _Reading, figures: list) -> dict:
        names = ('customers', 'revenue', 'customer_value')[:len(self._aggregates(reading))]
        return {name: figure or 0 for name, figure in zip(names, figures, strict=True)}

    def _labels(self, model: str, field: str) -> dict:
        return dict(self.env[model]._fields[field]._description_selection(self.env))

    def _history(self, reading: _Reading) -> dict:
        """Return the size of each segment in the last scored months.

        Their domains are of the history, not of the scores.
        """
        months, segments = [], {}
        if reading.run:
            since = reading.run.as_of.replace(day=1) - relativedelta(months=HISTORY_MONTHS)
            # Not _read_group: it would round more than a million months to months.
            query = self.env['customer.score.history']._search(
                reading.domain & Domain('month', '>=', since))
            month_sql, segment_sql = (
                self.env['customer.score.history']._field_to_sql(query.table, name, query)
                for name in ('month', 'segment_id'))
            query.groupby = SQL("%s, %s", month_sql, segment_sql)
            groups = self.env.execute_query(
                query.select(month_sql, segment_sql, SQL("count(*)")))
            months = sorted({month for month, _segment, _count in groups})
            for month, segment_id, count in groups:
                segments.setdefault(segment_id or False, {})[month] = count
        names = self._segment_names(segments)
        return {
            'months': [fields.Date.to_string(month) for month in months],
            'segments': [
                {
                    'id': segment_id,
                    'name': name,
                    'points': [
                        {
                            'customers': segments[segment_id].get(month, 0),
                            'domain': [
                                ('segment_id', '=', segment_id),
                                ('month', '=', fields.Date.to_string(month)),
                            ],
                        }
                        for month in months
                    ],
                }
                for segment_id, name in names.items()
            ],
        }

    def _segment_names(self, ids) -> dict:
        """Return the segments' names by their ids, in the segments' order."""
        segments = self.env['customer.segment'].browse([one for one in ids if one])
        names = {segment.id: segment.display_name for segment in segments.sorted()}
        return names | ({False: self.env._("No segment")} if False in ids else {})

    def _past(self, reading: _Reading, month: str) -> dict:
        """Return what the history has kept of a month; its domains are of the history."""
        aggregates = ['__count', 'value:sum'] if reading.sees_amounts else ['__count']
        day = fields.Date.to_date(month)
        groups = {
            letter: figures for letter, *figures in self.env['customer.score.history']._read_group(
                reading.domain & Domain('month', '=', day), ['abc_class'], aggregates)
        }
        everybody = sum(count for count, *_amounts in groups.values())
        if not everybody:
            return {'customers': 0}
        levels = []
        for letter, label in self._labels('customer.score', 'abc_class').items():
            count, *amounts = groups.get(letter, [0] * len(aggregates))
            value = {'customer_value': amounts[0] or 0} if amounts else {}
            levels.append({
                'key': letter,
                'label': label,
                'customers': count,
                **value,
                'customer_share': count / everybody,
                'domain': [
                    ('abc_class', '=', letter), ('month', '=', fields.Date.to_string(day))],
            })
        return {'customers': everybody, 'pyramid': levels}

    def _cohorts(self, reading: _Reading, first: date | None) -> dict:
        """Return how many customers of each first period still bought so much later.

        "Still buying" after some periods is who bought in that period or in a later one:
        a pause is not a loss.
        """
        as_of = reading.run.as_of
        if not first or not as_of:
            return {'step': 'month', 'rows': [], 'periods': 0}
        step, months = self._cohort_step(first, as_of)
        groups = self.env['customer.score']._read_group(
            reading.domain & Domain('first_date', '!=', False),
            [f'first_date:{step}', f'last_date:{step}'], ['__count'])
        table: dict[date, list[int]] = {}
        for start, last, count in groups:
            length = _periods(start, as_of, months) + 1
            row = table.setdefault(start, [0] * length)
            for period in range(min(_periods(start, last, months) + 1, length)):
                row[period] += count
        return {
            'step': step,
            'periods': max(map(len, table.values())),
            'rows': [
                self._cohort(start, counts, months) for start, counts in sorted(table.items())],
        }

    def _cohort(self, start: date, counts: list[int], months: int) -> dict:
        def day(period):
            return fields.Date.to_string(start + relativedelta(months=months * period))

        members = [('first_date', '>=', day(0)), ('first_date', '<', day(1))]
        return {
            'start': day(0),
            'customers': counts[0],
            'domain': members,
            'cells': [
                {
                    'period': period,
                    'customers': count,
                    'share': count / counts[0],
                    'domain': [*members, ('last_date', '>=', day(period))],
                }
                for period, count in enumerate(counts)
            ],
        }

    def _cohort_step(self, first: date, as_of: date) -> tuple[str, int]:
        history = _periods(first, as_of, 1)
        return next(
            (step, months) for step, months, limit in COHORT_STEPS
            if limit is None or history <= limit)

    def _expected(self, reading: _Reading) -> dict:
        """Return the revenue to expect within the horizon, by segment, and how sure it is.

        Without the right to amounts: the purchases. A customer's purchases are a Poisson
        count whose rate is uncertain by a gamma distribution with the shape r + x, if the
        customer has not left; their amounts vary as the Gamma-Gamma model estimates.
        Customers are taken as independent, so variances add up and 95 of 100 outcomes lie
        within 1.96 standard deviations, if the models are right. How far they are off is not
        in it: that is for the back-test to tell.
        """
        run, money = reading.run, reading.sees_amounts
        result = {
            'measure': 'revenue' if money else 'purchases',
            'months': run.horizon_months,
            'is_estimated': bool(run.purchase_model),
            'segments': [],
        }
        if not result['is_estimated']:
            return result
        rows = self.env.execute_query(self._expected_query(reading))
        names = self._segment_names([row[0] or False for row in rows])
        for segment_id, customers, expected, variance in rows:
            result['segments'].append({
                'id': segment_id or False,
                'name': names[segment_id or False],
                'customers': customers,
                **self._interval(expected, variance),
                'domain': [('segment_id', '=', segment_id or False)],
            })
        unknown = any(row[3] is None for row in rows)
        return result | self._interval(
            sum(row[2] for row in rows), None if unknown else sum(row[3] for row in rows))

    def _interval(self, expected: float, variance: float | None) -> dict:
        if variance is None:
            return {'expected': expected, 'low': False, 'high': False}
        reach = NORMAL_95 * max(variance, 0.0) ** 0.5
        return {
            'expected': expected, 'low': max(expected - reach, 0.0), 'high': expected + reach}

    def _expected_query(self, reading: _Reading) -> SQL:
        """Select by segment: customers, expected total and its variance, NULL if unknown."""
        Score, run = self.env['customer.score'], reading.run
        query = Score._search(reading.domain)

        def column(name):
            return SQL("%s AS %s", Score._field_to_sql(query.table, name, query),
                       SQL.identifier(name))

        names = ['segment_id', 'purchases', 'p_alive', 'expected_purchases']
        if reading.sees_amounts:
            names.append('expected_value')
            value = SQL("COALESCE(expected_value, 0)::float8")
            variance = self._money_variance(run)
        else:
            value, variance = SQL("1"), SQL("variance::float8")
        return SQL(
            """
            SELECT segment_id, count(*)::int, sum(mean * %(value)s)::float8,
                   sum(%(variance)s)::float8
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
             GROUP BY segment_id
             ORDER BY 3 DESC
            """,
            value=value, variance=variance, r=self._rate_shape(run),
            scores=query.select(*map(column, names)),
        )

    def _rate_shape(self, run) -> SQL:
        """Return the r of the model of purchases, NULL for an estimate that has none."""
        rows = (run.estimates or {}).get('parameters', [])
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

    def _quality(self, reading: _Reading) -> dict:
        """Return what became of the models, of their last back-test and of the last scoring."""
        run = reading.run
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
            } if last and last != run else False,
        }


def _periods(start: date, end: date, months: int) -> int:
    """Return how many periods of so many months lie between the periods of two days."""
    return _period(end, months) - _period(start, months)


def _period(day: date, months: int) -> int:
    return (day.year * 12 + day.month - 1) // months
