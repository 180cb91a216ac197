"""What came after a day until which a model was told of the customers: for its back-test."""

from datetime import date

from odoo.tools import SQL

from ..measures import Scope
from .documents import documents


def came_after(scope: Scope, day: date) -> SQL:
    """Select purchases and revenue after a day, of each customer who had any, in their order."""
    return SQL(
        """
        SELECT partner_id, count(DISTINCT date) FILTER (WHERE is_purchase) AS purchases,
               sum(amount)::float8 AS revenue
          FROM (%s) AS document
         WHERE date > %s
         GROUP BY partner_id
         ORDER BY partner_id
        """, documents(scope), day)


def repeats_by_day(scope: Scope, since: date, known_by: date) -> SQL:
    """Select how many of the customers who had bought by a day bought again, day by day.

    Days count from the first day of year 1, as `date.toordinal()` does.

    :param since: what they bought up to that day does not count
    """
    return SQL(
        """
        SELECT date - DATE '0001-01-01' + 1 AS day, count(*) AS repeats
          FROM (%s) AS repeated
         GROUP BY date
         ORDER BY date
        """, _repeats(scope, since, known_by))


def who_came_back(
    scope: Scope, since: date, known_by: date, after: date | None, until: date,
) -> SQL:
    """Select the customers whom `repeats_by_day` counts after a day until another."""
    return SQL(
        """
        SELECT DISTINCT partner_id
          FROM (%s) AS repeated
         WHERE date <= %s AND date > COALESCE(%s, DATE '-infinity')
        """, _repeats(scope, since, known_by), until, after)


def _repeats(scope: Scope, since: date, known_by: date) -> SQL:
    """Select customer and day of each purchase after the first, of who had bought by a day."""
    return SQL(
        """
        SELECT partner_id, date
          FROM (
                SELECT DISTINCT partner_id, date,
                       min(date) OVER (PARTITION BY partner_id) AS first_date
                  FROM (%s) AS document
                 WHERE is_purchase AND date > %s
               ) AS dated
         WHERE first_date <= %s
           AND date > first_date
        """, documents(scope), since, known_by)


def extent(scope: Scope) -> SQL:
    """Select the days of the first and the last purchase, and how many documents there are."""
    return SQL(
        """
        SELECT min(date) FILTER (WHERE is_purchase), max(date) FILTER (WHERE is_purchase),
               count(*)
          FROM (%s) AS document
        """, documents(scope))
