"""When, how often and for how much each customer bought."""

from datetime import date

from odoo.tools import SQL

from ..measures import Scope
from .documents import documents


def history_start(scope: Scope) -> SQL:
    """Select the day of the company's first purchase."""
    return SQL("SELECT min(date) FROM (%s) AS document WHERE is_purchase", documents(scope))


def purchases(scope: Scope, calibration_end: date) -> SQL:
    """Select the purchases of each customer, ordered by customer.

    What falls after `calibration_end` is also counted apart, for the choice of a model.
    Days count from the first day of year 1, as `date.toordinal()` does.
    """
    return SQL(
        """
        SELECT partner_id,
               count(*) FILTER (WHERE bought) AS purchases,
               COALESCE(first_date - DATE '0001-01-01' + 1, 0) AS first_day,
               COALESCE(max(date) FILTER (WHERE bought) - DATE '0001-01-01' + 1, 0) AS last_day,
               sum(amount)::float8 AS revenue,
               COALESCE(sum(amount) FILTER (WHERE date > first_date), 0)::float8
                   AS repeat_revenue,
               COALESCE(sum(amount) FILTER (WHERE date > %(year_ago)s), 0)::float8
                   AS revenue_12_months,
               COALESCE(sum(amount) FILTER (
                   WHERE date > %(two_years_ago)s AND date <= %(year_ago)s), 0)::float8
                   AS revenue_before,
               COALESCE(-sum(credited), 0)::float8 AS credited,
               COALESCE(sum(gap::float8 * gap), 0) AS squared_gaps,
               COALESCE(max(gap) FILTER (WHERE date > %(year_ago)s), 0) AS longest_gap,
               count(*) FILTER (WHERE bought AND date <= %(calibration_end)s)
                   AS calibration_purchases,
               COALESCE(max(date) FILTER (WHERE bought AND date <= %(calibration_end)s)
                        - DATE '0001-01-01' + 1, 0) AS calibration_last_day,
               sum(invoices)::bigint AS invoices,
               sum(credit_notes)::bigint AS credit_notes
          FROM (
                SELECT day.*,
                       min(date) FILTER (WHERE bought)
                           OVER (PARTITION BY partner_id) AS first_date,
                       date - lag(CASE WHEN bought THEN date END)
                           OVER (PARTITION BY partner_id ORDER BY bought, date) AS gap
                  FROM (%(days)s) AS day
               ) AS placed
         GROUP BY partner_id, first_date
         ORDER BY partner_id
        """,
        days=_days(scope), calibration_end=calibration_end,
        year_ago=scope.months_ago(12), two_years_ago=scope.months_ago(24),
    )


def _days(scope: Scope) -> SQL:
    """Select one row per customer and day: several documents of a day are one purchase."""
    return SQL(
        """
        SELECT partner_id, date, bool_or(is_purchase) AS bought, sum(amount) AS amount,
               sum(amount) FILTER (WHERE NOT is_purchase) AS credited,
               count(*) FILTER (WHERE is_purchase) AS invoices,
               count(*) FILTER (WHERE NOT is_purchase) AS credit_notes
          FROM (%s) AS document
         GROUP BY partner_id, date
        """, documents(scope))
