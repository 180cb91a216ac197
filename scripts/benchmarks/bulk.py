"""Let PostgreSQL write in bulk: without secondary indexes and foreign key checks, which come at the end at once."""

import json
from contextlib import contextmanager

from odoo.tools import SQL

#: Parameter that keeps the definitions of the indexes while they are away.
AWAY = "benchmark.indexes_away"
#: Odoo asks these for the next number of a journal, while we write too.
NEEDED = "sequence"
TABLES = (
    "account_full_reconcile", "account_move", "account_move__account_payment", "account_move_line",
    "account_partial_reconcile", "account_payment", "sale_order", "sale_order_line", "sale_order_line_invoice_rel",
)


@contextmanager
def quick_writing(env, progress, tables=TABLES):
    """Let this session write into tables in bulk; when it was killed, :func:`restore` mends what it left."""
    _begin(env, tables)
    yield
    restore(env, progress, tables)


def _begin(env, tables) -> None:
    """Take the indexes away, in one transaction with the note of what they are.

    Foreign keys are not checked by this session from now on, where the server lets it say so: what is written comes
    from exemplars that were checked, with ids of rows written along with it.
    """
    _check_foreign_keys(env, "replica")
    indexes = env.execute_query(SQL(
        """
        SELECT indexrelid::regclass::text, pg_get_indexdef(indexrelid)
          FROM pg_index
         WHERE indrelid = ANY(%s::regclass[]) AND NOT indisunique AND indexrelid::regclass::text NOT LIKE %s
        """,
        list(tables), f"%{NEEDED}%",
    ))
    for name, _definition in indexes:
        env.cr.execute(SQL("DROP INDEX %s", SQL.identifier(name)))
    env["ir.config_parameter"].set_param(AWAY, json.dumps([definition for _name, definition in indexes]))
    env.cr.commit()


def _check_foreign_keys(env, role: str) -> None:
    [(superuser,)] = env.execute_query(SQL("SELECT rolsuper FROM pg_roles WHERE rolname = current_user"))
    if superuser:
        env.cr.execute(SQL("SET session_replication_role = %s", role))


def restore(env, progress, tables=TABLES) -> None:
    """Make the indexes that are away, and fresh statistics."""
    parameters = env["ir.config_parameter"]
    definitions = json.loads(parameters.get_param(AWAY, "[]"))
    if not definitions:
        return
    _check_foreign_keys(env, "origin")
    env.cr.execute("SET maintenance_work_mem = '512MB'")
    for done, definition in enumerate(definitions):
        progress(done, len(definitions), "Indexes")
        env.cr.execute(definition)  # PostgreSQL's own words
    parameters.set_param(AWAY, False)
    env.cr.commit()
    progress(len(definitions), len(definitions), "Indexes")
    tidy(env, {*tables, "res_partner"})


def tidy(env, tables) -> None:
    """Leave tables as autovacuum would: fresh statistics, no dead rows, pages known to be visible to all."""
    with env.registry.cursor() as cr:
        cr._cnx.autocommit = True
        for table in tables:
            cr.execute(SQL("VACUUM ANALYZE %s", SQL.identifier(table)))
