"""Where a database names a record, and how such a name is turned to another record and back.

A link is a column: a foreign key, a pair of columns that hold a model and an id, or a reference
such as ``crm.lead,5``. Rows are addressed by their id, or in tables of pairs by the other column.
"""

from typing import NamedTuple

import psycopg2

from odoo.tools import SQL, mute_logger


class Link(NamedTuple):
    """A column in which a record may be named."""

    table: str
    column: str
    #: by which a row is addressed: its id, or the other column of a table of pairs
    key: str = 'id'
    #: the column that holds the model, where one column may name records of several
    model_column: str | None = None
    #: the column holds ``model,id`` as text
    is_text: bool = False

    def value(self, model, record_id):
        return f'{model},{record_id}' if self.is_text else record_id

    def condition(self, model, values, alias='named'):
        """The rows that name one of the values (see :meth:`value`)."""
        condition = SQL("%s = ANY(%s)", SQL.identifier(alias, self.column), list(values))
        if self.model_column:
            condition = SQL(
                "%s AND %s = %s", condition, SQL.identifier(alias, self.model_column), model)
        return condition


def keys_of(env, link, model, old, new, moving):
    """Return the keys of the rows that name ``old`` and may name ``new`` instead.

    :param SQL moving: which of the rows, called ``named``, go over at all
    """
    value = link.value(model, old)
    condition = SQL("%s AND %s", link.condition(model, [value]), moving)
    if link.table == 'ir_attachment' and link.model_column:
        # pictures are attachments of a field: the survivor keeps its own
        condition = SQL(
            "%s AND NOT EXISTS (SELECT FROM ir_attachment kept WHERE kept.res_model = %s"
            " AND kept.res_id = %s AND kept.res_field = named.res_field)", condition, model, new)
    elif link.table == env[model]._table:
        # the records themselves stay as they are
        condition = SQL("%s AND named.id NOT IN %s", condition, (old, new))
    rows = env.execute_query(SQL(
        "SELECT %s FROM %s AS named WHERE %s ORDER BY 1",
        SQL.identifier('named', link.key), SQL.identifier(link.table), condition,
    ))
    return [key for key, in rows]


def counts(env, links, model, ids, *, pictures=True):
    """Return how many rows of each link name one of the records: ``{link: count}``.

    :param bool pictures: count the attachments that hold a picture of the record, too
    """
    links = list(links)
    if not links:
        return {}
    selects = [
        SQL("SELECT %s AS number, count(*) FROM %s AS named WHERE %s",
            number, SQL.identifier(link.table), _counted(link, model, ids, pictures))
        for number, link in enumerate(links)
    ]
    rows = env.execute_query(SQL(" UNION ALL ").join(selects))
    return {links[number]: count for number, count in rows if count}


def _counted(link, model, ids, pictures):
    condition = link.condition(model, [link.value(model, record_id) for record_id in ids])
    if link.table == 'ir_attachment' and link.model_column and not pictures:
        return SQL("%s AND named.res_field IS NULL", condition)
    return condition


def turn(env, link, model, keys, old, new):
    """Let the rows that name ``old`` name ``new``; return the keys of those that do now.

    A row stays as it is where the table allows only one of its kind, such as a follower, and
    ``new`` has it already.
    """
    if not keys:
        return []
    try:
        with mute_logger('odoo.sql_db'), env.cr.savepoint(flush=False):
            return _turn(env, link, model, keys, old, new)
    except psycopg2.IntegrityError:
        if len(keys) == 1:
            return []
    half = len(keys) // 2
    return [
        *turn(env, link, model, keys[:half], old, new),
        *turn(env, link, model, keys[half:], old, new),
    ]


def _turn(env, link, model, keys, old, new):
    rows = env.execute_query(SQL(
        "UPDATE %(table)s AS named SET %(column)s = %(new)s"
        " WHERE %(key)s = ANY(%(keys)s) AND %(condition)s RETURNING %(key)s",
        table=SQL.identifier(link.table),
        column=SQL.identifier(link.column),
        key=SQL.identifier('named', link.key),
        keys=list(keys),
        new=new,
        condition=link.condition(model, [old]),
    ))
    return sorted(key for key, in rows)
