from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta

import pytz
from dateutil.relativedelta import relativedelta

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.fields import Domain

from .company_rates import company_rates

#: Periods on the page: how many, and of how many months each.
UNITS = {'month': (6, 1), 'quarter': (4, 3)}
#: What is summed up, the most certain first.
CATEGORIES = ('closed', 'commit', 'best_case', 'pipeline')
#: Snapshots in the chart of how a period's forecast developed.
HISTORY_LENGTH = 26
#: The snapshot of last week is the latest that is at least so many days old.
LAST_WEEK_DAYS = 6


@dataclass(frozen=True)
class ForecastReading:
    """What is looked at: the periods, one of them, whose opportunities, by whom."""

    unit: str
    starts: list[date]
    period: date | None
    group: str
    scope: Domain
    rates: dict = field(default_factory=dict)

    def end(self, start: date) -> date:
        """Return the last day of the period that begins with ``start``."""
        return start + relativedelta(months=UNITS[self.unit][1], days=-1)

    def start_of(self, month: date) -> date:
        """Return the first day of the period in which a month lies."""
        months = UNITS[self.unit][1]
        return month.replace(month=month.month - (month.month - 1) % months, day=1)


class CrmForecast(models.AbstractModel):
    """The page of the sales forecast: what is won, committed, may be won, weighted.

    Everything is read from the opportunities that the reader may see, in a fixed number of
    queries. Amounts of companies with other currencies are converted at today's rate.
    """

    _name = 'crm.forecast'
    _inherit = ['crm.forecast.changes.mixin']
    _description = "Sales Forecast"

    @api.model
    @api.readonly
    def get_forecast(self, filters: dict | None = None) -> dict:
        """Return the figures of the page.

        :param filters: ``unit`` (month, quarter), ``start`` (first day of the first period),
            ``period`` (first day of the period that is looked at, False for all), ``group``
            (user, team), ids by ``user_id``, ``team_id``, ``company_id``
        :raises AccessError: for who may not read leads, or not of that company
        """
        reading = self._reading(filters or {})
        cells, records = self._cells(reading)
        snapshots = self.env['crm.forecast.snapshot'].search_read(
            Domain.TRUE, ['display_name', 'date'], limit=100)
        return {
            'currency_id': self.env.company.currency_id.id,
            'converted': len({
                company.currency_id for company in self._companies(filters or {})}) > 1,
            'companies': [
                {'id': company.id, 'name': company.name} for company in self.env.companies],
            'unit': reading.unit,
            'group': reading.group,
            'period': fields.Date.to_string(reading.period) or False,
            'periods': [
                {
                    'key': fields.Date.to_string(start),
                    'end': fields.Date.to_string(reading.end(start)),
                }
                for start in reading.starts
            ],
            'groups': [
                {'id': record.id, 'name': record.display_name or self.env._("Nobody")}
                for record in records
            ],
            'cells': cells,
            'notices': self._notices(reading),
            'history': self._history(reading, snapshots),
            'snapshots': [
                {
                    'id': snapshot['id'], 'name': snapshot['display_name'],
                    'date': fields.Datetime.to_string(snapshot['date']),
                }
                for snapshot in snapshots
            ],
            'last_week': self._last_week(snapshots),
            'can_take': self.env['crm.forecast.snapshot'].has_access('create'),
        }

    # ------------------------------------------------------------
    # WHAT IS LOOKED AT
    # ------------------------------------------------------------

    def _reading(self, filters: dict) -> ForecastReading:
        self.env['crm.lead'].check_access('read')
        unit = filters.get('unit', 'month')
        if unit not in UNITS:
            raise UserError(self.env._("The forecast goes by month or by quarter."))
        count, months = UNITS[unit]
        start = fields.Date.to_date(filters.get('start')) or fields.Date.context_today(self)
        start = start.replace(month=start.month - (start.month - 1) % months, day=1)
        starts = [start + relativedelta(months=months * index) for index in range(count)]
        period = fields.Date.to_date(filters.get('period') or None)
        return ForecastReading(
            unit=unit,
            starts=starts,
            period=period if period in starts else None,
            group='team_id' if filters.get('group') == 'team' else 'user_id',
            scope=self._scope(filters),
            rates=company_rates(self.env),
        )

    def _companies(self, filters: dict):
        if not filters.get('company_id'):
            return self.env.companies
        return self.env.companies.filtered(lambda company: company.id == filters['company_id'])

    def _scope(self, filters: dict) -> Domain:
        """Return whose opportunities are looked at, for leads and for rows of snapshots."""
        scope = Domain.TRUE
        for name in ('user_id', 'team_id'):
            if filters.get(name):
                scope &= Domain(name, '=', int(filters[name]))
        if filters.get('company_id'):
            if not self._companies(filters):
                raise AccessError(self.env._(
                    "This company is not among those that you are working with."))
            scope &= Domain('company_id', '=', int(filters['company_id']))
        return scope

    def _open_domain(self, reading: ForecastReading) -> Domain:
        return reading.scope & Domain([
            ('type', '=', 'opportunity'), ('active', '=', True), ('won_status', '=', 'pending'),
            ('forecast_category', '!=', 'omitted'),
        ])

    def _won_domain(self, reading: ForecastReading, first: date, last: date) -> Domain:
        """Return what was won in the days from ``first`` to ``last`` of the reader's time zone."""
        return reading.scope & Domain([
            ('type', '=', 'opportunity'), ('active', '=', True), ('won_status', '=', 'won'),
            ('date_closed', '>=', self._midnight(first)),
            ('date_closed', '<', self._midnight(last + timedelta(days=1))),
        ])

    def _midnight(self, day: date) -> datetime:
        """Return when a day begins for the reader, in UTC as the database has it."""
        local = self.env.tz.localize(datetime.combine(day, time.min))
        return local.astimezone(pytz.utc).replace(tzinfo=None)

    # ------------------------------------------------------------
    # FIGURES
    # ------------------------------------------------------------

    def _cells(self, reading: ForecastReading) -> tuple[list[dict], models.Model]:
        """Return the figures of each period and person or team, and these, by name."""
        first, last = reading.starts[0], reading.end(reading.starts[-1])
        # months begin and end by the clock of the reader
        Lead = self.env['crm.lead'].with_context(tz=self.env.tz.zone)
        open_rows = Lead._read_group(
            self._open_domain(reading)
            & Domain('date_deadline', '>=', first) & Domain('date_deadline', '<=', last),
            ['date_deadline:month', reading.group, 'company_id', 'forecast_category'],
            ['expected_revenue:sum', 'prorated_revenue:sum', '__count'])
        won_rows = Lead._read_group(
            self._won_domain(reading, first, last),
            ['date_closed:month', reading.group, 'company_id'],
            ['expected_revenue:sum', 'expected_revenue:sum', '__count'])
        cells = defaultdict(lambda: defaultdict(float))
        records = self.env['res.users' if reading.group == 'user_id' else 'crm.team']
        for month, record, company, *category, amount, weighted, count in (*open_rows, *won_rows):
            records |= record
            month = month.date() if isinstance(month, datetime) else month
            cell = cells[reading.start_of(month), record.id]
            rate = reading.rates[company.id]
            category = (category[0] or 'pipeline') if category else 'closed'
            cell[category] += (amount or 0) * rate
            cell['weighted'] += (weighted or 0) * rate
            cell[f'{category}_count'] += count
        rows = [
            {
                'period': fields.Date.to_string(start),
                'group': group_id,
                'weighted': cell['weighted'],
                **{category: cell[category] for category in CATEGORIES},
                **{f'{name}_count': int(cell[f'{name}_count']) for name in CATEGORIES},
            }
            for (start, group_id), cell in cells.items()
        ]
        # sudo: the names alone of the people and teams on opportunities that may be read
        records = records.sudo().sorted('display_name')
        if any(not row['group'] for row in rows):
            records = [*records, records.browse()]
        return rows, records

    def _notices(self, reading: ForecastReading) -> list[dict]:
        """Return the open opportunities whose expected closing is missing or past."""
        notices = []
        for key, domain in self._notice_domains(reading).items():
            rows = self.env['crm.lead']._read_group(
                domain, ['company_id'], ['expected_revenue:sum', '__count'])
            if rows:
                notices.append({
                    'key': key,
                    'count': sum(count for _company, _amount, count in rows),
                    'amount': sum(
                        (amount or 0) * reading.rates[company.id]
                        for company, amount, _count in rows),
                })
        return notices

    def _notice_domains(self, reading: ForecastReading) -> dict[str, Domain]:
        today = fields.Date.context_today(self)
        return {
            'overdue': self._open_domain(reading) & Domain('date_deadline', '<', today),
            'undated': self._open_domain(reading) & Domain('date_deadline', '=', False),
        }

    def _history(self, reading: ForecastReading, snapshots: list[dict]) -> list[dict]:
        """Return what was forecast for the period, or for all of them, at each snapshot."""
        first = reading.period or reading.starts[0]
        last = reading.end(reading.period or reading.starts[-1])
        shown = snapshots[:HISTORY_LENGTH]
        rows = self.env['crm.forecast.snapshot.line']._read_group(
            reading.scope & Domain([
                ('snapshot_id', 'in', [snapshot['id'] for snapshot in shown]),
                ('category', '!=', 'omitted'),
                ('close_date', '>=', first), ('close_date', '<=', last),
            ]),
            ['snapshot_id', 'category', 'company_id'], ['amount:sum', 'prorated:sum'])
        points = {
            snapshot['id']: {
                'snapshot_id': snapshot['id'],
                'date': fields.Datetime.to_string(snapshot['date']),
                'weighted': 0.0, **dict.fromkeys(CATEGORIES, 0.0),
            }
            for snapshot in reversed(shown)
        }
        for snapshot, category, company, amount, weighted in rows:
            point, rate = points[snapshot.id], reading.rates[company.id]
            point[category] += (amount or 0) * rate
            point['weighted'] += ((amount if category == 'closed' else weighted) or 0) * rate
        return list(points.values())

    def _last_week(self, snapshots: list[dict]) -> int | bool:
        """Return the snapshot to compare with: last week's, or the oldest if all are younger."""
        before = fields.Datetime.now() - timedelta(days=LAST_WEEK_DAYS)
        for snapshot in snapshots:
            if snapshot['date'] <= before:
                return snapshot['id']
        return snapshots[-1]['id'] if snapshots else False

    # ------------------------------------------------------------
    # WHAT STANDS BEHIND A FIGURE
    # ------------------------------------------------------------

    @api.model
    def open_figure(self, filters: dict, category: str, period: str | None = None,
                    group_id: int | bool | None = None) -> dict:
        """Return the action with the opportunities of a figure of the page.

        :param category: one of `CATEGORIES`, 'weighted' for all of them, or a notice's key
        :param period: first day of a period, None for all of the page
        :param group_id: a person or team; False for nobody, None for all
        """
        reading = self._reading(filters)
        notices = self._notice_domains(reading)
        if category in notices:
            domain = notices[category]
        else:
            start = fields.Date.to_date(period or None)
            domain = self._figure_domain(
                reading, category, start or reading.starts[0],
                reading.end(start or reading.starts[-1]))
        if group_id is not None:
            domain &= Domain(reading.group, '=', group_id)
        return self._leads_action(self._figure_name(category), domain)

    def _figure_domain(self, reading, category, first: date, last: date) -> Domain:
        won = self._won_domain(reading, first, last)
        if category == 'closed':
            return won
        expected = self._open_domain(reading) & Domain([
            ('date_deadline', '>=', first), ('date_deadline', '<=', last)])
        if category == 'weighted':
            return won | expected
        if category == 'pipeline':
            return expected & Domain('forecast_category', 'in', ['pipeline', False])
        return expected & Domain('forecast_category', '=', category)

    def _figure_name(self, category: str) -> str:
        return {
            'closed': self.env._("Closed"),
            'commit': self.env._("Commit"),
            'best_case': self.env._("Best Case"),
            'pipeline': self.env._("Pipeline"),
            'overdue': self.env._("Expected Closing Is Past"),
            'undated': self.env._("Without Expected Closing"),
        }.get(category, self.env._("Forecast"))

    def _leads_action(self, name: str, domain: Domain) -> dict:
        views = [('crm.crm_case_tree_view_oppor', 'list'), (False, 'kanban'), (False, 'form')]
        return {
            'type': 'ir.actions.act_window',
            'name': name,
            'res_model': 'crm.lead',
            'views': [
                (self.env.ref(view).id if view else False, view_type) for view, view_type in views],
            'domain': list(domain),
            'context': {'active_test': False, 'create': False},
        }
