"""Write the rows of many purchases by one statement."""
from collections.abc import Mapping, Sequence

from odoo.tools import SQL

from .facts import STAMP, TYPES
from .template import RowTemplate, Template


def stamp(env, template: Template, facts: Mapping[str, Sequence]) -> None:
    """Insert the template's rows once for each place in the lists of facts."""
    names = list(facts)
    types = types_of(template)
    given = SQL(
        "SELECT * FROM unnest(%s) AS given (%s)",
        SQL(", ").join(
            SQL("%s::%s[]", list(facts[name]), SQL(types[name])) for name in names
        ),
        SQL(", ").join(SQL.identifier(name) for name in names),
    )
    stamp_from(env, template, given)


def types_of(template: Template) -> dict[str, str]:
    """Return the PostgreSQL types of the facts that the template may ask for."""
    return TYPES | {name: type_ for entry in template.numbered for name, type_ in entry.types.items()}


def stamp_from(env, template: Template, given: SQL) -> None:
    """Insert the template's rows once for each row of the query `given`, whose columns are facts.

    All tables are written by a single statement: documents refer to each other in circles, and
    foreign keys are checked when the statement ends.
    """
    ids = SQL("").join(
        SQL(", nextval(%s) AS %s", _sequence(env, table), SQL.identifier(name))
        for name, table in template.ids.items()
    )
    env.cr.execute(
        SQL(
            "WITH given AS (%s), %s AS MATERIALIZED (SELECT given.*%s FROM given)%s SELECT",
            given,
            SQL.identifier(STAMP),
            ids,
            SQL("").join(
                SQL(", %s AS (%s)", SQL.identifier(row.key), _insert(row)) for row in template.rows
            ),
        )
    )


def _insert(row: RowTemplate) -> SQL:
    return SQL(
        "INSERT INTO %s (%s) SELECT %s FROM %s",
        SQL.identifier(row.table),
        SQL(", ").join(SQL.identifier(name) for name in row.columns),
        SQL(", ").join(row.columns.values()),
        SQL.identifier(STAMP),
    )


def _sequence(env, table: str) -> str:
    [(name,)] = env.execute_query(SQL("SELECT pg_get_serial_sequence(%s, 'id')", f'"{table}"'))
    return name
