"""Writes the scores of a run, all at once and in a fixed number of statements."""

import io
from collections.abc import Iterable, Iterator
from datetime import date

import numpy as np

from odoo.tools import SQL

from ..measures import Measures
from ..scoring import Scores
from ..standing import growth
from ..valuation.composite import FULL_SCORE

#: Customers whose text is in memory at a time.
BATCH = 10_000
#: How COPY reads an empty value.
NULL = '\\N'


class ScoreWriter:
    """Replaces all scores of the run's company by those of the run.

    Rows are copied into a temporary table and merged from there, so that a customer's score
    keeps its id from one run to the next; who is no customer any more is removed. It is all
    in the caller's transaction: nobody sees a part of it.
    """

    def __init__(self, run, segments):
        self.run = run
        self.cr = run.env.cr
        #: ids by the index that scores use; the last one is what -1 finds
        self.segment_ids = [*segments.ids, NULL]

    def replace(self, measures: Measures, scores: Scores) -> None:
        """Write one row per customer, and remove all others of the company."""
        columns = self._columns(measures, scores)
        model = self.run.env['customer.score']
        model.flush_model()
        names = SQL(', ').join(SQL.identifier(name) for name in columns)
        self.cr.execute(SQL("DROP TABLE IF EXISTS pg_temp.customer_score_new"))
        self.cr.execute(SQL(
            "CREATE TEMP TABLE customer_score_new ON COMMIT DROP AS"
            " SELECT %s FROM customer_score WITH NO DATA", names))
        for batch in _text_batches(list(columns.values()), len(measures)):
            self.cr.copy_expert(SQL("COPY customer_score_new (%s) FROM STDIN", names).code, batch)
        self._merge(columns, names)
        model.invalidate_model()

    def _merge(self, columns: Iterable[str], names: SQL) -> None:
        assignments = SQL(', ').join(
            SQL("%s = EXCLUDED.%s", SQL.identifier(name), SQL.identifier(name))
            for name in columns
        )
        self.cr.execute(SQL(
            """
            INSERT INTO customer_score (
                        company_id, run_id, create_uid, create_date, write_uid, write_date,
                        %(names)s)
                 SELECT %(company_id)s, %(run_id)s, %(uid)s, %(now)s, %(uid)s, %(now)s,
                        %(names)s
                   FROM customer_score_new
            ON CONFLICT (partner_id, company_id) DO UPDATE
                    SET run_id = EXCLUDED.run_id, write_uid = EXCLUDED.write_uid,
                        write_date = EXCLUDED.write_date, %(assignments)s
            """,
            names=names, assignments=assignments, company_id=self.run.company_id.id,
            run_id=self.run.id, uid=self.run.env.uid, now=self.cr.now(),
        ))
        self.cr.execute(SQL(
            "DELETE FROM customer_score WHERE company_id = %s AND run_id <> %s",
            self.run.company_id.id, self.run.id))

    def _columns(self, measures: Measures, scores: Scores) -> dict[str, Iterator[str]]:
        """Return by column name the values as COPY reads them."""
        unit = self.run.time_unit
        return {
            'partner_id': _numbers(measures.partner_id),
            'purchases': _numbers(measures.purchases),
            'first_date': _dates(measures.first_day),
            'last_date': _dates(measures.last_day),
            'days_since_first': _numbers(measures.days_since_first),
            'days_since_last': _numbers(measures.days_since_last),
            'interval_days': _numbers(measures.interval.round(1)),
            'interval_spread': _numbers(measures.interval_spread.round(1)),
            'recency': _numbers(measures.recency(unit)),
            'age': _numbers(measures.age(unit)),
            'revenue': self._money(measures.revenue),
            'average_value': self._money(measures.average_value),
            'revenue_12_months': self._money(measures.revenue_12_months),
            'margin': self._money(measures.margin),
            'margin_12_months': self._money(measures.margin_12_months),
            'discount': self._money(measures.discount),
            'credit_share': _numbers(measures.credit_share.round(4)),
            'growth': _numbers(growth(measures).round(4)),
            'products': _numbers(measures.products),
            'categories': _numbers(measures.categories),
            'source_id': _ids(measures.source_id),
            'days_to_pay': _numbers(measures.days_to_pay.round(1)),
            'late_share': _numbers(measures.late_share.round(4)),
            'has_payment': _flags(~np.isnan(measures.late_share)),
            'overdue': self._money(measures.overdue),
            'open_pipeline': self._money(measures.open_pipeline),
            'win_rate': _numbers(measures.win_rate.round(4)),
            'has_outcome': _flags(~np.isnan(measures.win_rate)),
            'cases': _numbers(measures.cases),
            'satisfaction': _numbers(measures.satisfaction.round(4)),
            'has_satisfaction': _flags(~np.isnan(measures.satisfaction)),
            'cost_to_serve': self._money(scores.standing.cost_to_serve),
            'r_score': _numbers(scores.r),
            'f_score': _numbers(scores.f),
            'm_score': _numbers(scores.m),
            'rfm_code': _numbers(scores.r * 100 + scores.f * 10 + scores.m),
            'segment_id': (str(self.segment_ids[index]) for index in scores.segment.tolist()),
            'abc_class': _words(scores.abc),
            'abc_class_profit': _words(scores.abc_profit),
            'lifecycle': _words(scores.standing.stage),
            'profit': self._money(scores.standing.profit),
            'next_purchase_date': _dates(scores.standing.next_purchase_day),
            'composite_score': _whole_numbers(scores.standing.score.total),
            'components': _components(scores.standing.score),
            'rank': _numbers(scores.rank),
            'outlook': _words(scores.outlook),
            'p_alive': _numbers(scores.p_alive),
            'expected_purchases': _numbers(scores.expected_purchases),
            'expected_value': self._money(scores.expected_value),
            'customer_value': self._money(scores.value),
            'reason': _words(scores.reason),
        }

    def _money(self, amounts: np.ndarray) -> Iterator[str]:
        return _numbers(round_money(amounts, self.run.currency_id))


def round_money(amounts: np.ndarray, currency) -> np.ndarray:
    """Round to the smallest amount of the currency."""
    smallest = (amounts / currency.rounding).round() * currency.rounding
    # once more, for the digits that a multiple of 0.01 leaves behind
    return smallest.round(currency.decimal_places)


def _text_batches(columns: list[Iterator[str]], count: int) -> Iterator[io.StringIO]:
    rows = zip(*columns, strict=True)
    for start in range(0, count, BATCH):
        size = min(BATCH, count - start)
        lines = ('\t'.join(next(rows)) for _ in range(size))
        yield io.StringIO('\n'.join(lines) + '\n')


def _numbers(values: np.ndarray) -> Iterator[str]:
    return (NULL if value != value else repr(value) for value in values.tolist())


def _ids(values: np.ndarray) -> Iterator[str]:
    return (str(value) if value else NULL for value in values.tolist())


def _flags(values: np.ndarray) -> Iterator[str]:
    return ('t' if value else 'f' for value in values.tolist())


def _words(values: np.ndarray) -> Iterator[str]:
    return (value or NULL for value in values.tolist())


def _dates(days: np.ndarray) -> Iterator[str]:
    # a day comes often, and is put into words once
    distinct, which = np.unique(days, return_inverse=True)
    words = [date.fromordinal(day).isoformat() if day else NULL for day in distinct.tolist()]
    return (words[index] for index in which.tolist())


def _whole_numbers(values: np.ndarray) -> Iterator[str]:
    return (NULL if value != value else str(int(value)) for value in values.round().tolist())


def _components(score) -> Iterator[str]:
    """Return the points of each known component, and how many it could have brought."""
    names = score.components
    full = (score.share * FULL_SCORE).round(1)
    for points, possible in zip(score.points.round(1).tolist(), full.tolist(), strict=True):
        known = ', '.join(
            f'"{name}": [{own}, {most}]'
            for name, own, most in zip(names, points, possible, strict=True) if most)
        yield f'{{{known}}}'
