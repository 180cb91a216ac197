"""When, how often and for how much each customer bought."""

from datetime import date

from odoo.tools import SQL

from ..measures import Scope
from .documents import documents, first_day_of_invoices


def history_start(scope: Scope) -> SQL:
    """Select the day of the company's first purchase."""
    if scope.basis == 'invoice' and scope.dated:
        return first_day_of_invoices(scope)
    return SQL("SELECT min(date) FROM (%s) AS document WHERE is_purchase", documents(scope))


def purchases(scope: Scope, calibration_end: date) -> SQL:
    """Select the purchases of each customer.

    What falls after `calibration_end` is also counted apart, for the choice of a model.
    Days count from the first day of year 1, as `date.toordinal()` does.
    """
    return SQL(
        """
        SELECT partner_id,
               count(*) FILTER (WHERE comes) AS purchases,
               COALESCE(min(date) FILTER (WHERE comes) - DATE '0001-01-01' + 1, 0) AS first_day,
               COALESCE(max(date) FILTER (WHERE comes) - DATE '0001-01-01' + 1, 0) AS last_day,
               sum(amount)::float8 AS revenue,
               COALESCE(sum(amount) FILTER (WHERE date > first_date), 0)::float8
                   AS repeat_revenue,
               COALESCE(sum(amount) FILTER (WHERE date > %(year_ago)s), 0)::float8
                   AS revenue_12_months,
               COALESCE(sum(amount) FILTER (
                   WHERE date > %(two_years_ago)s AND date <= %(year_ago)s), 0)::float8
                   AS revenue_before,
               COALESCE(-sum(amount) FILTER (WHERE NOT is_purchase), 0)::float8 AS credited,
               COALESCE(sum((gap * gap)::float8) FILTER (WHERE comes), 0) AS squared_gaps,
               COALESCE(max(gap) FILTER (WHERE comes AND date > %(year_ago)s), 0) AS longest_gap,
               count(*) FILTER (WHERE comes AND date <= %(calibration_end)s)
                   AS calibration_purchases,
               COALESCE(max(date) FILTER (WHERE comes AND date <= %(calibration_end)s)
                        - DATE '0001-01-01' + 1, 0) AS calibration_last_day,
               count(*) FILTER (WHERE is_purchase) AS invoices,
               count(*) FILTER (WHERE NOT is_purchase) AS credit_notes
          FROM (
                -- several documents of a day are one purchase: the first of them comes
                SELECT partner_id, is_purchase, date, amount, first_date, date - last_date AS gap,
                       is_purchase AND date IS DISTINCT FROM last_date AS comes
                  FROM (
                        SELECT partner_id, is_purchase, date, amount,
                               min(date) FILTER (WHERE is_purchase) OVER earlier AS first_date,
                               max(date) FILTER (WHERE is_purchase) OVER earlier AS last_date
                          FROM (%(documents)s) AS document
                        WINDOW earlier AS (
                            PARTITION BY partner_id ORDER BY date, is_purchase DESC
                            ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING)
                       ) AS placed
               ) AS seen
         GROUP BY partner_id
        """,
        documents=documents(scope), calibration_end=calibration_end,
        year_ago=scope.months_ago(12), two_years_ago=scope.months_ago(24),
    )
