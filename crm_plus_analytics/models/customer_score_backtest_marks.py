import math

import numpy as np

from odoo import fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import SQL, format_date

from ..queries import holdout

#: Groups of equally many customers that the chart of revenue shows.
TENTHS = 10


class CustomerScoreBacktest(models.Model):
    """What opens behind the marks of a back-test's charts: always its customers."""
    _inherit = 'customer.score.backtest'

    def action_open_customers(self, repeats: int | None = None, and_more: bool = False) -> dict:
        """Open what was expected of each customer, and what came.

        :param repeats: only customers who had bought again so many times
        :param and_more: or more often
        """
        domain = Domain.TRUE if repeats is None else (
            Domain('repeats', '>=' if and_more else '=', repeats))
        return self._open_customers(domain)

    def action_open_tenth(self, tenth: int, naive: bool = False) -> dict:
        """Open the customers of a tenth, the highest forecast of revenue first.

        Customers of the same forecast as the first or the last of a tenth are among them:
        they count to both sides of the limit in part.

        :param tenth: from 0
        :param naive: ranked by the same rate as before, not by the model
        :raises AccessError: when the reader may not see amounts
        """
        self.ensure_one()
        name = 'naive_value' if naive else 'expected_value'
        rows = self.env['customer.score.backtest.customer']
        rows._check_field_access(rows._fields[name], 'read')
        begin, end = self.customers * tenth / TENTHS, self.customers * (tenth + 1) / TENTHS
        highest, lowest = self._value_at(name, [math.floor(begin), math.ceil(end) - 1])
        title = self.env._("Tenth %(tenth)s by the same rate as before", tenth=tenth + 1) if naive \
            else self.env._("Tenth %(tenth)s by the model", tenth=tenth + 1)
        return self._open_customers(
            Domain(name, '<=', highest) & Domain(name, '>=', lowest), title)

    def _value_at(self, name: str, places: list[int]) -> list[float]:
        """Return the amounts at places of the ranking of all customers, the highest at 0."""
        rows = self.env['customer.score.backtest.customer']
        rows.flush_model()
        found = dict(self.env.execute_query(SQL(
            """
            SELECT place, amount
              FROM (SELECT row_number() OVER (ORDER BY %(amount)s DESC) - 1 AS place,
                           %(amount)s AS amount
                      FROM customer_score_backtest_customer
                     WHERE backtest_id = %(backtest_id)s) AS ranked
             WHERE place = ANY(%(places)s)
            """, amount=SQL.identifier(name), backtest_id=self.id, places=places)))
        # customers who have been deleted since leave the last places empty
        last = min(found.values(), default=0)
        return [float(found.get(place, last)) for place in places]

    def action_open_period(self, index: int) -> dict:
        """Open the customers who bought again in the time before a point of the tracking.

        Told from the documents as they are now.

        :param index: of the point
        """
        self.ensure_one()
        ends = [fields.Date.to_date(day) for day in self.tracking['end']]
        if not 0 <= index < len(ends):
            raise UserError(self.env._("The chart has no such point. Load the page again."))
        company, reader = self.company_id, self.env['customer.measures']
        reader._flush()
        came = reader._fetch(holdout.who_came_back(
            company._customer_value_scope(self.predict_until, window_months=0),
            company._customer_value_scope(self.fit_until).after, self.fit_until,
            ends[index - 1] if index else None, ends[index],
        ), {'partner_id': np.int64})['partner_id'].tolist()
        # only rows that the reader may see: nothing is told of other customers
        rows = self.env['customer.score.backtest.customer'].search_fetch(
            [('backtest_id', '=', self.id), ('partner_id', 'in', came)], ['partner_id'])
        day = format_date(self.env, ends[index])
        title = self.env._("Bought again after %(former)s, until %(day)s",
                           former=format_date(self.env, ends[index - 1]), day=day) if index \
            else self.env._("Bought again until %(day)s", day=day)
        return self._open_customers(Domain('id', 'in', rows.ids), title)

    def _open_customers(self, domain: Domain, name: str | None = None) -> dict:
        self.ensure_one()
        action = self.env['ir.actions.act_window']._for_xml_id(
            'crm_plus_analytics.customer_score_backtest_customer_action')
        return {
            **action, **({'display_name': name, 'name': name} if name else {}), 'context': {},
            'domain': list(Domain('backtest_id', '=', self.id) & domain),
        }
