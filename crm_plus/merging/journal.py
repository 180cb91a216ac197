"""What a transaction has changed, row by row, so that it can be put back.

Links of a record (see ``links.py``) may be many and are written down by their keys. Everything
else that the ORM writes while a journal is open is written down by the rows as they were before
and after: see ``models/base.py``, which tells the open journal. Rows that are deleted are kept
whole, with those that the database deletes along with them (see ``deletion.py``).
"""

import json
from collections import defaultdict
from contextlib import contextmanager

from odoo.tools import SQL

from .deletion import DELETED, EMPTIED, rows_naming

#: where the open journal of a transaction is found
CACHE_KEY = 'crm_plus.journal'


def open_journal(env):
    """Return the journal that is open in this transaction, if any."""
    return env.cr.cache.get(CACHE_KEY)


@contextmanager
def paused_journal(env):
    """Let what happens in this block stay, whatever becomes of what is written down."""
    journal = open_journal(env)
    if not journal:
        yield
        return
    env.flush_all()
    env.cr.cache.pop(CACHE_KEY)
    try:
        yield
        env.flush_all()
    finally:
        env.cr.cache[CACHE_KEY] = journal


class Journal:
    """Collects the rows that change while it is open.

    :param foreign_keys: of the database, for the rows that go along with deleted ones
    :param pairs: links by tables of pairs, of which the rows that name ``ids`` are watched: the
        ORM writes them by no method of a record
    """

    def __init__(self, env, foreign_keys=(), pairs=(), ids=()):
        self.env = env
        self._naming = defaultdict(list)
        for foreign_key in foreign_keys:
            if foreign_key.action in (DELETED, EMPTIED):
                self._naming[foreign_key.target].append(foreign_key)
        self._pairs, self._ids = pairs, ids
        self._paired = None
        self._before = defaultdict(dict)
        self._created = defaultdict(list)
        self._removed = defaultdict(dict)

    @contextmanager
    def recording(self):
        """Collect what the ORM writes in this block, and all that it computes because of it.

        What follows in a second block is added to it.
        """
        self.env.flush_all()
        if self._paired is None:
            self._paired = self._read_pairs()
        self.env.cr.cache[CACHE_KEY] = self
        try:
            yield self
            self.env.flush_all()
        finally:
            self.env.cr.cache.pop(CACHE_KEY, None)

    def touch(self, table, ids):
        """Keep the rows as they are, before they are changed for the first time."""
        known = self._before[table].keys() | set(self._created[table])
        if new := [record_id for record_id in ids if record_id not in known]:
            self._before[table].update(read_rows(self.env, table, new))

    def created(self, table, ids):
        """Note rows that did not exist before."""
        self._created[table].extend(ids)

    def removing(self, table, ids):
        """Keep rows that are about to be deleted, and those that go along with them."""
        new = [record_id for record_id in ids if self._is_kept(table, record_id)]
        going = [(table, read_rows(self.env, table, new))]
        while going:
            table, rows = going.pop()
            rows = {key: row for key, row in rows.items() if self._is_kept(table, key)}
            before = self._before[table]
            # as it was when all began, not as it was changed before it was deleted
            self._removed[table].update((key, before.get(key, row)) for key, row in rows.items())
            ids = [row['id'] for row in rows.values() if 'id' in row]
            for foreign_key, naming in rows_naming(self.env, self._naming[table], ids):
                if foreign_key.action == EMPTIED:
                    self._before[foreign_key.table] = naming | self._before[foreign_key.table]
                else:
                    going.append((foreign_key.table, naming))

    def _is_kept(self, table, key):
        return key not in self._removed[table] and key not in self._created[table]

    def result(self):
        """Return what was written down, as JSON can keep it.

        ``changes`` is ``{table: {id: {column: [before, after]}}}``, ``created`` is
        ``{table: [id]}``, in the order of their creation; ``removed`` are the rows that are gone
        and ``paired`` the new ones of tables of pairs, both ``{table: [row]}``.
        """
        pairs = self._read_pairs()
        removed = {
            table: list((self._removed.get(table, {}) | {
                key: row for key, row in self._paired.get(table, {}).items()
                if key not in pairs[table]}).values())
            for table in {**self._removed, **self._paired}
        }
        paired = {
            table: [row for key, row in rows.items() if key not in self._paired.get(table, {})]
            for table, rows in list(pairs.items())
        }
        return {
            'changes': _filled({table: self._changes(table) for table in list(self._before)}),
            'created': _filled(self._created),
            'removed': _filled(removed),
            'paired': _filled(paired),
        }

    def _changes(self, table):
        before = self._before[table]
        after = read_rows(self.env, table, list(before))
        return {
            str(record_id): difference
            for record_id, row in before.items()
            if (difference := {
                column: [value, after[record_id][column]]
                for column, value in row.items()
                if record_id in after and after[record_id][column] != value
            })
        }

    def _read_pairs(self):
        """The rows of the tables of pairs that are watched: ``{table: {key: row}}``."""
        found = defaultdict(dict)
        for link, rows in rows_naming(self.env, self._pairs, self._ids):
            found[link.table].update(rows)
        return found


def _filled(rows_by_table):
    return {table: rows for table, rows in rows_by_table.items() if rows}


def read_rows(env, table, ids):
    """Return the rows of a table as JSON, by their ids."""
    if not ids:
        return {}
    return dict(env.execute_query(SQL(
        "SELECT id, to_jsonb(kept) FROM %s kept WHERE id = ANY(%s)",
        SQL.identifier(table), list(ids),
    )))


def write_rows(env, table, rows):
    """Set columns of rows to values as :func:`read_rows` returns them: ``{id: {column: v}}``."""
    by_columns = defaultdict(list)
    for record_id, values in rows.items():
        by_columns[tuple(sorted(values))].append({'id': record_id, **values})
    for columns, values in by_columns.items():
        env.execute_query(SQL(
            "UPDATE %(table)s AS kept SET %(assignments)s"
            " FROM jsonb_populate_recordset(NULL::%(table)s, %(rows)s::jsonb) former"
            " WHERE kept.id = former.id",
            table=SQL.identifier(table),
            assignments=SQL(", ").join(
                SQL("%s = %s", SQL.identifier(column), SQL.identifier('former', column))
                for column in columns),
            rows=json.dumps(values),
        ))
