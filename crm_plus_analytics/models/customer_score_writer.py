"""Writes the scores of a run, all at once and in a fixed number of statements."""

from collections.abc import Iterable
from functools import partial

import numpy as np

from odoo.tools import SQL

from .. import binary_copy
from ..measures import Measures
from ..scoring import Scores
from ..standing import growth
from ..valuation.composite import FULL_SCORE

#: What becomes of the values of a column, by its type in PostgreSQL.
ENCODERS = {
    'bool': binary_copy.booleans,
    'date': binary_copy.dates,
    'float8': binary_copy.floats,
    'int4': binary_copy.integers,
    'jsonb': binary_copy.jsons,
    'varchar': binary_copy.texts,
}
#: Bytes that are sent at a time.
SENT = 1 << 20


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
        self.segment_ids = np.array([*segments.ids, 0])

    def replace(self, measures: Measures, scores: Scores) -> None:
        """Write one row per customer, and remove all others of the company."""
        columns = self._columns(measures, scores)
        model = self.run.env['customer.score']
        model.flush_model()
        self._copy(columns)
        self._merge(columns)
        model.invalidate_model()

    def _copy(self, columns: dict[str, np.ndarray]) -> None:
        """Fill the temporary table."""
        names = _names(columns)
        self.cr.execute(SQL("DROP TABLE IF EXISTS pg_temp.customer_score_new"))
        self.cr.execute(SQL(
            "CREATE TEMP TABLE customer_score_new ON COMMIT DROP AS"
            " SELECT %s FROM customer_score WITH NO DATA", names))
        self.cr.copy_expert(
            SQL("COPY customer_score_new (%s) FROM STDIN WITH (FORMAT binary)", names).code,
            binary_copy.stream([
                (values, self._encoder(name)) for name, values in columns.items()]),
            size=SENT)

    def _encoder(self, name: str) -> binary_copy.Encoder:
        field = self.run.env['customer.score']._fields[name]
        if field.type == 'many2one':
            return binary_copy.references
        column_type = field.column_type[0]
        if column_type != 'numeric':
            return ENCODERS[column_type]
        decimals = (self.run.currency_id.decimal_places if field.type == 'monetary'
                    else field.get_digits(self.run.env)[1])
        return partial(binary_copy.numerics, decimals=decimals)

    def _merge(self, columns: Iterable[str]) -> None:
        """Let the rows of the temporary table take the place of those that there are.

        A row that is there is changed, not inserted anew: of one that stays PostgreSQL checks
        only the references that have changed.
        """
        params = {
            'names': _names(columns),
            'assignments': SQL(', ').join(
                SQL("%s = fresh.%s", SQL.identifier(name), SQL.identifier(name))
                for name in columns if name != 'partner_id'),
            'company_id': self.run.company_id.id,
            'run_id': self.run.id,
            'uid': self.run.env.uid,
            'now': self.cr.now(),
        }
        self.cr.execute(SQL(
            """
            UPDATE customer_score score
               SET run_id = %(run_id)s, write_uid = %(uid)s, write_date = %(now)s,
                   %(assignments)s
              FROM customer_score_new fresh
             WHERE score.company_id = %(company_id)s
               AND score.partner_id = fresh.partner_id
            """, **params))
        # A conflict is a row that another transaction has just committed: to be tried again.
        self.cr.execute(SQL(
            """
            INSERT INTO customer_score (
                        company_id, run_id, create_uid, create_date, write_uid, write_date,
                        %(names)s)
                 SELECT %(company_id)s, %(run_id)s, %(uid)s, %(now)s, %(uid)s, %(now)s,
                        %(names)s
                   FROM customer_score_new fresh
                  WHERE NOT EXISTS (
                        SELECT FROM customer_score score
                         WHERE score.company_id = %(company_id)s
                           AND score.partner_id = fresh.partner_id)
            ON CONFLICT (partner_id, company_id) DO NOTHING
            """, **params))
        self.cr.execute(SQL(
            "DELETE FROM customer_score WHERE company_id = %(company_id)s AND run_id <> %(run_id)s",
            **params))

    def _columns(self, measures: Measures, scores: Scores) -> dict[str, np.ndarray]:
        """Return the values of each field that the customers differ in.

        What is not known is NaN, or '' of a word; 0 is no day and no record.
        """
        unit = self.run.time_unit
        return {
            'partner_id': measures.partner_id,
            'purchases': measures.purchases,
            'first_date': measures.first_day,
            'last_date': measures.last_day,
            'days_since_first': measures.days_since_first,
            'days_since_last': measures.days_since_last,
            'interval_days': measures.interval.round(1),
            'interval_spread': measures.interval_spread.round(1),
            'recency': measures.recency(unit),
            'age': measures.age(unit),
            'revenue': self._money(measures.revenue),
            'average_value': self._money(measures.average_value),
            'revenue_12_months': self._money(measures.revenue_12_months),
            'margin': self._money(measures.margin),
            'margin_12_months': self._money(measures.margin_12_months),
            'discount': self._money(measures.discount),
            'credit_share': measures.credit_share.round(4),
            'growth': growth(measures).round(4),
            'products': measures.products,
            'categories': measures.categories,
            'source_id': measures.source_id,
            'days_to_pay': measures.days_to_pay.round(1),
            'late_share': measures.late_share.round(4),
            'has_payment': ~np.isnan(measures.late_share),
            'overdue': self._money(measures.overdue),
            'open_pipeline': self._money(measures.open_pipeline),
            'win_rate': measures.win_rate.round(4),
            'has_outcome': ~np.isnan(measures.win_rate),
            'cases': measures.cases,
            'satisfaction': measures.satisfaction.round(4),
            'has_satisfaction': ~np.isnan(measures.satisfaction),
            'cost_to_serve': self._money(scores.standing.cost_to_serve),
            'r_score': scores.r,
            'f_score': scores.f,
            'm_score': scores.m,
            'rfm_code': (scores.r * 100 + scores.f * 10 + scores.m).astype('U3'),
            'segment_id': self.segment_ids[scores.segment],
            'abc_class': scores.abc,
            'abc_class_profit': scores.abc_profit,
            'lifecycle': scores.standing.stage,
            'profit': self._money(scores.standing.profit),
            'next_purchase_date': scores.standing.next_purchase_day,
            'composite_score': scores.standing.score.total.round(),
            'components': _components(scores.standing.score),
            'rank': scores.rank,
            'outlook': scores.outlook,
            'p_alive': scores.p_alive,
            'expected_purchases': scores.expected_purchases,
            'expected_value': self._money(scores.expected_value),
            'customer_value': self._money(scores.value),
            'reason': scores.reason,
        }

    def _money(self, amounts: np.ndarray) -> np.ndarray:
        return round_money(amounts, self.run.currency_id)


def round_money(amounts: np.ndarray, currency) -> np.ndarray:
    """Round to the smallest amount of the currency."""
    smallest = (amounts / currency.rounding).round() * currency.rounding
    # once more, for the digits that a multiple of 0.01 leaves behind
    return smallest.round(currency.decimal_places)


def _names(columns: Iterable[str]) -> SQL:
    return SQL(', ').join(SQL.identifier(name) for name in columns)


def _components(score) -> np.ndarray:
    """Return as JSON the points of each known component, and how many it could have brought."""
    # in tenths of a point
    points = np.rint(score.points * 10).astype(np.int64)
    full = np.rint(score.share * FULL_SCORE * 10).astype(np.int64)
    known = full > 0
    leading = known & (known.cumsum(axis=1) == 1)
    text = np.full(len(points), b'{')
    for place, name in enumerate(score.components):
        text = np.char.add(text, _component(
            name, points[:, place], full[:, place], leading[:, place]))
    return np.char.add(text, b'}')


def _component(name: str, points: np.ndarray, full: np.ndarray, leading: np.ndarray) -> np.ndarray:
    """Return the part of the JSON that a component is, b'' where it is not known."""
    # the same few numbers come often, and are put into words once
    most = int(10 * FULL_SCORE) + 1
    distinct, which = np.unique((points * most + full) * 2 + leading, return_inverse=True)
    pairs, first = np.divmod(distinct, 2)
    words = [
        f'{"" if first else ", "}"{name}": [{own / 10}, {most / 10}]' if most else ''
        for own, most, first in zip(*(
            part.tolist() for part in (*np.divmod(pairs, most), first)), strict=True)
    ]
    return np.array(words, dtype='S')[which]
