"""Writes the score's columns into tables like the score's own, indexes and foreign keys included, by COPY."""

import io

import pandas as pd
from psycopg2 import sql

TABLE, HISTORY = "bench_usual_score", "bench_usual_score_history"
MONEY = ("revenue", "average_value", "revenue_12_months", "margin", "margin_12_months", "discount", "overdue",
         "open_pipeline", "expected_value", "customer_value", "profit", "cost_to_serve")
DIGITS = {
    **dict.fromkeys(MONEY, 2), **dict.fromkeys(("interval_days", "interval_spread", "days_to_pay"), 1),
    **dict.fromkeys(("credit_share", "growth", "late_share", "win_rate", "satisfaction"), 4),
}
#: Column of the history: column of the score.
KEPT = {"partner_id": "partner_id", "company_id": "company_id", "segment_id": "segment_id", "abc_class": "abc_class",
        "value": "customer_value", "revenue_12_months": "revenue_12_months", "p_alive": "p_alive",
        "score": "composite_score", "r_score": "r_score", "f_score": "f_score",
        "first_date": "first_date", "last_date": "last_date"}
#: Each customer's tier and the segment of the last month before.
FORMER = """
    SELECT partner.id AS partner_id, (partner.customer_tier_id ->> '%(company)s')::int AS tier_id,
           former.segment_id AS previous_segment_id, former.id IS NOT NULL AS was_there,
           before.month IS NOT NULL AS has_before
      FROM res_partner AS partner
     CROSS JOIN (SELECT max(month) AS month FROM customer_score_history
                  WHERE company_id = %(company)s AND month < %(month)s) AS before
      LEFT JOIN customer_score_history AS former
        ON former.partner_id = partner.id AND former.company_id = %(company)s AND former.month = before.month
     WHERE partner.id = partner.commercial_partner_id
"""


def write(reader, frame: pd.DataFrame, run: int) -> None:
    """Write scores and the history of their month, in one transaction."""
    connection, company = reader.connection, reader.values["company"]
    known = _columns(connection, "customer_score")
    frame = frame.reset_index(names="partner_id").round(DIGITS).assign(
        company_id=company, run_id=run, create_uid=1, write_uid=1)
    frame["create_date"] = frame["write_date"] = pd.Timestamp.now().isoformat(" ")
    frame = frame[[name for name in frame.columns if name in known]]
    _replace(connection, TABLE, "customer_score", frame)
    kept = frame[list(KEPT.values())].set_axis(list(KEPT), axis=1).assign(month=reader.values["month"])
    kept = kept.merge(
        reader.frame(FORMER, tier_id="Int64", previous_segment_id="Int64"), on="partner_id", how="left")
    kept["movement"] = "stayed"
    kept.loc[kept.segment_id != kept.previous_segment_id.fillna(0), "movement"] = "moved"
    kept.loc[~kept.was_there, "movement"] = "new"
    kept.loc[~kept.has_before, "movement"] = "start"
    _replace(connection, HISTORY, "customer_score_history", kept.drop(columns=["was_there", "has_before"]))
    connection.commit()


def _columns(connection, table: str) -> set[str]:
    """Return the names of the table's columns."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT column_name FROM information_schema.columns WHERE table_name = %s", [table])
        return {name for name, in cursor.fetchall()}


def _refer(cursor, table: str, model: str) -> None:
    """Give the table the foreign keys of the model's."""
    cursor.execute("SELECT pg_get_constraintdef(oid) FROM pg_constraint WHERE contype = 'f' AND conrelid = %s::regclass",
                   [model])
    for definition, in cursor.fetchall():
        cursor.execute(sql.SQL("ALTER TABLE {} ADD {}").format(sql.Identifier(table), sql.SQL(definition)))


def _replace(connection, table: str, model: str, frame: pd.DataFrame) -> None:
    """Fill a table like the model's, emptied before."""
    buffer = io.StringIO()
    frame.to_csv(buffer, index=False, header=False)
    buffer.seek(0)
    names = sql.SQL(", ").join(map(sql.Identifier, frame.columns))
    with connection.cursor() as cursor:
        cursor.execute(sql.SQL("DROP TABLE IF EXISTS {}").format(sql.Identifier(table)))
        cursor.execute(sql.SQL("CREATE TABLE {} (LIKE {} INCLUDING DEFAULTS INCLUDING CONSTRAINTS INCLUDING INDEXES)")
                       .format(sql.Identifier(table), sql.Identifier(model)))
        _refer(cursor, table, model)
        cursor.copy_expert(
            sql.SQL("COPY {} ({}) FROM STDIN WITH (FORMAT csv)").format(sql.Identifier(table), names), buffer)
