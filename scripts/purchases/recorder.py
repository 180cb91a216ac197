"""Read back every row that a piece of ORM work has written, in whatever table.

PostgreSQL counts what a transaction does to each table, and marks each row with the (sub)transaction
that wrote it: the rows of the tables touched since a marker, marked no earlier than the marker, are
the rows written.
"""
from collections.abc import Callable, Iterable
from typing import Any, NamedTuple

from odoo.tools import SQL

# Row values are PostgreSQL's own text of them: exact, and ready to be written again.
Row = dict[str, str | None]


class Column(NamedTuple):
    """A column as the catalogue knows it."""

    name: str
    type: str
    references: str | None


class Work(NamedTuple):
    """What a piece of work returned, and the rows that it inserted, by table."""

    result: Any
    rows: dict[str, list[Row]]


class Recorder:
    """Watch the tables of the database.

    To be used within one savepoint that is rolled back: the marker is a temporary table.
    """

    def __init__(self, env):
        self.env = env
        self.columns: dict[str, list[Column]] = {}
        env.cr.flush()
        self.last_ids = self._last_ids()
        self.counters = self._counters()
        env.cr.execute("CREATE TEMP TABLE IF NOT EXISTS history_marker (mark integer) ON COMMIT DROP")
        self.marker = self._mark()

    def record(self, work: Callable[[], Any]) -> Work:
        """Do the work and return what it inserted, each table's rows in order of their id."""
        before, last_ids = self._counters(), self._last_ids()
        # PostgreSQL numbers each savepoint that writes: rows written inside bear its number or a
        # later one.
        with self.env.cr.savepoint(flush=False):
            marker = self._mark()
            result = work()
            self.env.cr.flush()
        rows = {}
        for table in self._touched(before, inserted=True):
            found = self.written(table, marker, after_id=last_ids.get(table))
            if found:
                rows[table] = found
        return Work(result, rows)

    def updated(self) -> dict[str, list[Row]]:
        """Return the rows, older than this recorder, that were updated since it was made."""
        return {
            table: rows
            for table in self._touched(self.counters, inserted=False)
            if (last_id := self.last_ids.get(table))
            and (rows := self.written(table, self.marker, up_to_id=last_id))
        }

    def written(self, table, marker, after_id=None, up_to_id=None) -> list[Row]:
        """Return the rows of the table written since the marker, within the range of ids."""
        condition = SQL("age(xmin) <= age(%s::xid)", marker)
        if after_id is not None:
            condition = SQL("%s AND id > %s", condition, after_id)
        if up_to_id is not None:
            condition = SQL("%s AND id <= %s", condition, up_to_id)
        return self.rows_of(table, condition)

    def rows_of(self, table: str, condition: SQL) -> list[Row]:
        """Return the rows of the table that meet the condition, as text."""
        columns = self.columns_of(table)
        names = [column.name for column in columns]
        rows = self.env.execute_query(
            SQL(
                "SELECT %s FROM %s WHERE %s ORDER BY %s",
                SQL(", ").join(SQL("%s::text", SQL.identifier(name)) for name in names),
                SQL.identifier(table),
                condition,
                SQL(", ").join(SQL.identifier(table, name) for name in (["id"] if "id" in names else names)),
            )
        )
        return [dict(zip(names, row, strict=True)) for row in rows]

    def columns_of(self, table: str) -> list[Column]:
        """Return the table's columns that one writes, with the table that a foreign key names."""
        if table not in self.columns:
            rows = self.env.execute_query(
                SQL(
                    """
                    SELECT a.attname, t.typname, r.relname
                      FROM pg_attribute a
                      JOIN pg_type t ON t.oid = a.atttypid
                 LEFT JOIN pg_constraint c ON c.conrelid = a.attrelid AND c.contype = 'f'
                                          AND c.conkey = ARRAY[a.attnum]
                 LEFT JOIN pg_class r ON r.oid = c.confrelid
                     WHERE a.attrelid = %s::regclass AND a.attnum > 0
                       AND NOT a.attisdropped AND a.attgenerated = ''
                  ORDER BY a.attnum
                    """,
                    f'"{table}"',
                )
            )
            self.columns[table] = list({row[0]: Column(*row) for row in rows}.values())
        return self.columns[table]

    def part_ids(self, tables: Iterable[str]) -> None:
        """Skip ids, in each table another number of them.

        In a young database the ids of two tables may run in parallel: after this nothing but the
        right table explains a reference.
        """
        for skipped, table in enumerate(sorted(tables), start=1):
            if any(column.name == "id" for column in self.columns_of(table)):
                self.env.execute_query(
                    SQL(
                        "SELECT nextval(pg_get_serial_sequence(%s, 'id'))"
                        "  FROM generate_series(1, %s)",
                        f'"{table}"',
                        skipped,
                    )
                )

    def _mark(self) -> str:
        self.env.cr.execute("INSERT INTO history_marker VALUES (1) RETURNING xmin::text")
        return self.env.cr.fetchone()[0]

    def _touched(self, before, inserted) -> list[str]:
        transient = {
            model._table for model in self.env.registry.values() if model._transient
        }
        transient |= {
            field.relation
            for model in self.env.registry.values()
            if model._transient
            for field in model._fields.values()
            if field.type == "many2many" and field.store
        }
        return sorted(
            table
            for table, (inserts, updates) in self._counters().items()
            if (inserts if inserted else updates) > before.get(table, (0, 0))[not inserted]
            and table not in transient
        )

    def _counters(self) -> dict[str, tuple[int, int]]:
        rows = self.env.execute_query(
            SQL(
                "SELECT relname, n_tup_ins, n_tup_upd FROM pg_stat_xact_user_tables"
                " WHERE schemaname = current_schema() AND n_tup_ins + n_tup_upd > 0"
            )
        )
        return {table: (inserts, updates) for table, inserts, updates in rows}

    def _last_ids(self) -> dict[str, int]:
        rows = self.env.execute_query(
            SQL(
                r"""
                SELECT regexp_replace(sequencename, '_id_seq$', ''), coalesce(last_value, 0)
                  FROM pg_sequences
                 WHERE schemaname = current_schema() AND sequencename LIKE '%%\_id\_seq'
                """
            )
        )
        return dict(rows)
