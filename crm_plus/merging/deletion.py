"""What a database deletes along with a row, and how deleted rows come back.

Foreign keys say which rows go with another one and which columns it empties. Rows come back with
the ids that they had, each after those that it names.
"""

import json
from collections import defaultdict
from typing import NamedTuple

from odoo.tools import SQL

#: what becomes of a row when the one that it names is deleted, as PostgreSQL calls it
DELETED, EMPTIED = 'c', 'n'


class ForeignKey(NamedTuple):
    """A column by which a row names a row of another table."""

    table: str
    column: str
    target: str
    action: str
    required: bool

    @property
    def goes_along(self):
        """Whether a row is nothing without the one that it names."""
        return self.required or self.action == DELETED


def read_foreign_keys(env):
    """Return all foreign keys of the database that name an id."""
    rows = env.execute_query(SQL(
        """
        SELECT class.relname, attribute.attname, target.relname, confdeltype, attnotnull
          FROM pg_constraint
          JOIN pg_class class ON class.oid = conrelid
          JOIN pg_class target ON target.oid = confrelid
          JOIN pg_attribute attribute ON attrelid = conrelid AND attnum = conkey[1]
         WHERE contype = 'f' AND cardinality(conkey) = 1
           AND connamespace = current_schema::regnamespace
        """))
    return [ForeignKey(*row) for row in sorted(rows)]


def row_key(row):
    """By what a row is told from others: its id, or in tables of pairs all of it."""
    return row['id'] if 'id' in row else json.dumps(row, sort_keys=True)


def rows_naming(env, links, ids):
    """Return the rows that name one of the ids: ``[(link, {key: row})]``.

    :param links: foreign keys, or other links that have a table and a column
    """
    if not links or not ids:
        return []
    found = defaultdict(dict)
    for number, row in env.execute_query(SQL(" UNION ALL ").join(
        SQL("SELECT %s AS number, to_jsonb(named) FROM %s AS named WHERE %s = ANY(%s)",
            number, SQL.identifier(link.table), SQL.identifier('named', link.column), list(ids))
        for number, link in enumerate(links)
    )):
        found[links[number]][row_key(row)] = row
    return list(found.items())


def split_returnable(env, removed, foreign_keys):
    """Say which deleted rows may come back now that other rows may be gone, too.

    What a row names and need not name is emptied where it is gone.

    :param dict removed: the deleted rows, ``{table: [row]}``
    :return: ``(returning, staying away)``, both like ``removed``
    """
    returning = {
        table: {row_key(row): dict(row) for row in rows} for table, rows in removed.items()}
    lost = defaultdict(list)
    foreign_keys = [foreign_key for foreign_key in foreign_keys if foreign_key.table in returning]
    existing = _existing(env, returning, foreign_keys)
    changed = True
    while changed:
        changed = False
        for foreign_key in foreign_keys:
            rows, column = returning[foreign_key.table], foreign_key.column
            there = {
                None, *existing[foreign_key.target], *returning.get(foreign_key.target, ())}
            for key in [key for key, row in rows.items() if row.get(column) not in there]:
                changed = True
                if foreign_key.goes_along:
                    lost[foreign_key.table].append(rows.pop(key))
                else:
                    rows[key][column] = None
    return {
        table: list(rows.values()) for table, rows in returning.items() if rows}, dict(lost)


def _existing(env, returning, foreign_keys):
    """Which of the rows that are named are there: ``{table: {id}}``."""
    named = defaultdict(set)
    for foreign_key in foreign_keys:
        named[foreign_key.target].update(
            row.get(foreign_key.column) for row in returning[foreign_key.table].values())
    return {
        target: {record_id for record_id, in env.execute_query(SQL(
            "SELECT id FROM %s WHERE id = ANY(%s)", SQL.identifier(target),
            [record_id for record_id in ids if record_id]))}
        for target, ids in named.items()
    }


def bring_back(env, rows, foreign_keys):
    """Insert rows as they were: ``{table: [row]}``, as :func:`split_returnable` returns them.

    A row stays away where another one has taken its place, such as that of a follower.
    """
    waiting = dict(rows)
    foreign_keys = [
        foreign_key for foreign_key in foreign_keys
        if foreign_key.table in waiting and foreign_key.target in waiting
        and foreign_key.table != foreign_key.target]
    later = []
    while waiting:
        table = _next_table(waiting, foreign_keys)
        rows = [dict(row) for row in waiting.pop(table)]
        for foreign_key in foreign_keys:
            if foreign_key.table == table and foreign_key.target in waiting:
                # two that name each other: this column follows when both are there
                later.extend(
                    (foreign_key, row['id'], row[foreign_key.column]) for row in rows
                    if row[foreign_key.column])
                for row in rows:
                    row[foreign_key.column] = None
        env.execute_query(SQL(
            "INSERT INTO %(table)s SELECT * FROM jsonb_populate_recordset(NULL::%(table)s,"
            " %(rows)s::jsonb) ON CONFLICT DO NOTHING",
            table=SQL.identifier(table), rows=json.dumps(rows)))
    for foreign_key, record_id, value in later:
        env.execute_query(SQL(
            "UPDATE %(table)s SET %(column)s = %(value)s WHERE id = %(id)s"
            " AND EXISTS (SELECT FROM %(target)s named WHERE named.id = %(value)s)",
            table=SQL.identifier(foreign_key.table), column=SQL.identifier(foreign_key.column),
            target=SQL.identifier(foreign_key.target), id=record_id, value=value))


def _next_table(waiting, foreign_keys):
    """The table whose rows name the fewest others that are not there yet."""
    def needs(table):
        open_keys = [
            foreign_key for foreign_key in foreign_keys
            if foreign_key.table == table and foreign_key.target in waiting]
        return any(foreign_key.required for foreign_key in open_keys), len(open_keys)

    return min(waiting, key=needs)


def remove_pairs(env, rows):
    """Delete rows of tables of pairs again: ``{table: [row]}``."""
    for table, pairs in rows.items():
        columns = sorted(pairs[0])
        env.execute_query(SQL(
            "DELETE FROM %(table)s AS kept"
            " USING jsonb_populate_recordset(NULL::%(table)s, %(rows)s::jsonb) new"
            " WHERE %(same)s",
            table=SQL.identifier(table), rows=json.dumps(pairs),
            same=SQL(" AND ").join(
                SQL("%s = %s", SQL.identifier('kept', column), SQL.identifier('new', column))
                for column in columns)))
