"""What a transaction has changed, row by row, so that it can be put back.

Links of a record (see ``links.py``) may be many and are written down by their keys. Everything
else that the ORM writes while a journal is open is written down by the rows as they were before
and after: see ``models/base.py``, which tells the open journal.
"""

import json
from collections import defaultdict
from contextlib import contextmanager

from odoo.tools import SQL

#: where the open journal of a transaction is found
CACHE_KEY = 'crm_plus.journal'


def open_journal(env):
    """Return the journal that is open in this transaction, if any."""
    return env.cr.cache.get(CACHE_KEY)


class Journal:
    """Collects the rows that change while it is open."""

    def __init__(self, env):
        self.env = env
        self._before = defaultdict(dict)
        self._created = defaultdict(list)
        #: models of which records were deleted, which no journal brings back
        self.deleted = set()

    @contextmanager
    def recording(self):
        """Collect what the ORM writes in this block, and all that it computes because of it."""
        self.env.flush_all()
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

    def result(self):
        """Return ``(changes, created)`` as JSON can keep them.

        ``changes`` is ``{table: {id: {column: [before, after]}}}``, ``created`` is
        ``{table: [id]}``, in the order of their creation.
        """
        changes = {}
        for table, before in self._before.items():
            after = read_rows(self.env, table, list(before))
            changed = {
                str(record_id): difference
                for record_id, row in before.items()
                if (difference := {
                    column: [value, after[record_id][column]]
                    for column, value in row.items()
                    if record_id in after and after[record_id][column] != value
                })
            }
            if changed:
                changes[table] = changed
        return changes, {table: ids for table, ids in self._created.items() if ids}


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
