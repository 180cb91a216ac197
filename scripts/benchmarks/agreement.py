"""Whether the usual pipeline has found of each customer what our run has: column by column, in the database."""

from contextlib import closing

import psycopg2
from psycopg2 import sql

OURS, USUAL = "customer_score", "bench_usual_score"
#: Columns that tell who wrote when.
STAMPS = ("id", "run_id", "create_uid", "create_date", "write_uid", "write_date")
#: Columns by a model of purchases, of which our run takes the best of three and Lifetimes has one; that they estimate
#: the same is for the checks of the models alone.
MODELLED = ("p_alive", "expected_purchases", "expected_value", "customer_value", "rank", "outlook", "lifecycle",
            "next_purchase_date", "composite_score", "components")
#: One unit of the last digit kept, by the type of the column: sums that end in a five may be rounded either way.
UNITS = {"numeric": 0.01, "float8": 0.0001}
UNIT_OF = dict.fromkeys(("interval_days", "interval_spread", "days_to_pay"), 0.1)


def compare(server, database: str) -> dict[str, float]:
    """Return by column the share of customers of whom both have found the same, the least first.

    A customer whom one of them has not found counts as different in each column.
    """
    with closing(psycopg2.connect(dbname=database, **server.libpq())) as connection, connection.cursor() as cursor:
        cursor.execute(
            "SELECT column_name, udt_name FROM information_schema.columns"
            " WHERE table_name = %s AND column_name <> ALL(%s)",
            [OURS, [*STAMPS, *MODELLED]])
        columns = dict(cursor.fetchall())
        query = sql.SQL("SELECT {} FROM {} AS ours FULL JOIN {} AS usual USING (partner_id, company_id)")
        equal = [sql.SQL("avg(COALESCE({}, FALSE)::int)::float8").format(_are_equal(*one)) for one in columns.items()]
        cursor.execute(query.format(sql.SQL(", ").join(equal), *map(sql.Identifier, (OURS, USUAL))))
        found = dict(zip(columns, cursor.fetchone(), strict=True))
    return dict(sorted(found.items(), key=lambda item: item[1]))


def _are_equal(name: str, kind: str) -> sql.Composed:
    ours, usual = (sql.Identifier(table, name) for table in ("ours", "usual"))
    same = sql.SQL("(ours.id > 0 AND usual.id > 0 AND {} IS NOT DISTINCT FROM {})").format(ours, usual)
    if kind not in UNITS:
        return same
    unit = UNIT_OF.get(name, UNITS[kind])
    return sql.SQL("({} OR abs({} - {}) < {})").format(same, ours, usual, sql.Literal(1.01 * unit))
