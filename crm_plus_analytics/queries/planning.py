"""How PostgreSQL is to go about the statements: with memory, and without trusting old figures."""

from collections.abc import Iterable

from odoo.tools import SQL

#: For each sort and hash table; a million lines fit. What is set higher stays.
WORK_MEM = '64MB'
#: Handing a row from one worker to another costs about as much as to read one.
PARALLEL_TUPLE_COST = '0.01'
TABLES = (
    'account_move', 'account_move_line', 'account_partial_reconcile', 'res_partner',
    'sale_order', 'sale_order_line', 'sale_order_line_invoice_rel',
)


def settings() -> SQL:
    """Select name, value and wanted value of the settings that suit reading all documents.

    Where a table has grown to more than twice the size that the planner's figures are of (as
    after an import), it takes millions of rows for a few and looks up each of them: nested
    loops are then not wanted. Reads no table but the catalogue.
    """
    return SQL(
        """
        SELECT name, value, CASE
                   WHEN name = 'parallel_tuple_cost' THEN %(parallel_tuple_cost)s
                   WHEN name = 'work_mem' AND pg_size_bytes(value) < pg_size_bytes(%(work_mem)s)
                   THEN %(work_mem)s
                   WHEN name = 'enable_nestloop' AND EXISTS (
                       SELECT FROM pg_class
                        WHERE oid = ANY (%(tables)s::regclass[])
                          AND pg_relation_size(oid)
                              > 2 * current_setting('block_size')::bigint * GREATEST(relpages, 100))
                   THEN 'off'
                   ELSE value END AS wanted
          FROM (
                SELECT name, current_setting(name) AS value
                  FROM unnest(ARRAY['work_mem', 'parallel_tuple_cost', 'enable_nestloop']) AS name
               ) AS setting
        """,
        work_mem=WORK_MEM, parallel_tuple_cost=PARALLEL_TUPLE_COST, tables=list(TABLES))


def setting(values: Iterable[tuple[str, str]]) -> SQL:
    """Set each name to its value until the transaction ends."""
    return SQL("SELECT %s", SQL(", ").join(
        SQL("set_config(%s, %s, TRUE)", name, value) for name, value in values))


def packed(query: SQL, columns: dict[str, str]) -> SQL:
    """Select one row with all values of each column in one string of bytes, NULL as NaN.

    Reading them takes a tenth of what reading row by row takes. All strings are in the same
    order, though in no particular one.

    :param columns: by name, what each is sent as: 'int8' or 'float8'
    """
    return SQL(
        "SELECT %s FROM (%s) AS measured",
        SQL(", ").join(
            SQL("string_agg(%s, ''::bytea)", _sent(SQL.identifier(name), kind))
            for name, kind in columns.items()),
        query)


def _sent(column: SQL, kind: str) -> SQL:
    if kind == 'float8':
        return SQL("float8send(COALESCE(%s, 'NaN')::float8)", column)
    return SQL("int8send(%s::int8)", column)
