"""Copies of cases, with all that belongs to them, written by SQL: each copy has new ids, customers and dates.

A closed case is copied to the weeks before it, an open one to the minutes after it. The id of a copied row is that of
its exemplar plus a multiple of the span of ids which the exemplars take up in their table, so that references among
the copies follow by the same sum.
"""

from typing import NamedTuple

from odoo.tools import SQL

#: Copies of a table that are written in one statement, and weeks over which closed cases are spread.
BATCH, WEEKS = 100, 150
#: Seconds between a copy of an open case and the next, and within which the last of them lies.
STEP, WITHIN = 37, 2640


class Exemplars(NamedTuple):
    """The ids of what is copied."""

    case_ids: list[int]
    partner_ids: list[int]


class Range(NamedTuple):
    """The ids of a table's exemplars, and what is added to them from copy to copy."""

    first: int
    last: int
    span: int


class Table(NamedTuple):
    """A table of which rows belong to cases: `x` is the row, `c` the case, `n` the number of the copy."""

    name: str
    #: what makes `c` the case of `x`
    case: str
    #: what must be joined for that
    joins: str = ""
    #: values that are neither the exemplar's nor a date or a reference that is moved
    values: dict[str, str] = {}
    #: columns that refer to copied rows without a foreign key
    references: dict[str, str] = {}


OWN_CASE = "c.id = x.case_id"
ANOTHER = "replace(replace(x.{0}, '.example.com', '-' || n || '.example.com'), 'Customer ', 'Customer ' || n || '-')"


def _of_document(name: str, column: str = "res_model", **values: str) -> Table:
    return Table(name, f"c.id = x.res_id AND x.{column} = 'service.case'", "", values, {"res_id": "service_case"})


def _of_message(name: str) -> Table:
    return Table(name, "c.id = m.res_id AND m.model = 'service.case'",
                 "JOIN mail_message m ON m.id = x.mail_message_id")


def _values(form: str, *columns: str) -> dict[str, str]:
    return {column: form.format(column) for column in columns}


PARTNERS = Table("res_partner", "", "", {
    **_values(ANOTHER, "email", "email_normalized", "name", "complete_name", "commercial_company_name"),
})
TABLES = (
    Table("service_case", "c.id = x.id", "", {
        "number": "'C' || to_char(substr(x.number, 2)::int + n * %(span)s, 'FM999900000')",
        **_values(ANOTHER, "email_from", "email_normalized"), "name": "x.name || '-' || n", "access_token": "NULL",
    }),
    Table("service_case_service_case_tag_rel", "c.id = x.service_case_id"),
    Table("service_case_target", OWN_CASE),
    Table("service_case_escalation", OWN_CASE),
    Table("service_case_pause", OWN_CASE),
    Table("service_case_stage_time", OWN_CASE),
    Table("service_assignment", OWN_CASE),
    _of_document("mail_message", "model", message_id="replace(x.message_id, '@', '-' || n || '@')",
                 **_values(ANOTHER, "email_from")),
    _of_message("mail_notification"),
    _of_message("mail_tracking_value"),
    _of_document("mail_followers"),
    Table("mail_followers_mail_message_subtype_rel", "c.id = f.res_id AND f.res_model = 'service.case'",
          "JOIN mail_followers f ON f.id = x.mail_followers_id"),
    _of_document("mail_activity"),
    _of_document("rating_rating", access_token="md5(x.access_token || n)"),
)
NAMES = (PARTNERS.name, *(table.name for table in TABLES))


class Copier:
    """Writes copies of the exemplars into a database."""

    def __init__(self, env, exemplars: Exemplars):
        self.env, self.exemplars = env, exemplars
        self.columns = {name: self._read_columns(name) for name in NAMES}
        self.ranges = {table.name: self._read_range(table) for table in (PARTNERS, *TABLES)}

    def copy(self, closed: int, opened: int, progress) -> None:
        """Write so many copies of each closed and of each open exemplar."""
        total = closed + opened
        for done, (first, last) in self._batches(1, max(closed, opened)):
            self._write(PARTNERS, first, last, SQL("x.id = ANY(%s)", self.exemplars.partner_ids), SQL("'0'::interval"))
            progress(done, max(closed, opened), "Copies of customers")
        within = SQL("make_interval(secs => (n * %s) %% %s)", STEP, WITHIN)
        # the oldest first, and what is open last: as they would have come
        weeks = SQL("make_interval(weeks => (%s - n) * %s / %s)", closed, WEEKS, max(closed, 1))
        # and of the customers who closed a case last: what is open is theirs
        since = max(closed - opened, 0)
        for begin, end, ended, shift, before in (
            (1, closed, SQL("NOT NULL"), SQL("(%s - %s)", within, weeks), 0),
            (since + 1, since + opened, SQL("NULL"), within, closed),
        ):
            for done, (first, last) in self._batches(begin, end):
                for table in TABLES:
                    self._write(table, first, last, SQL("c.closed_date IS %s", ended), shift)
                self.env.cr.commit()
                progress(before + done, total, "Copies of cases")
        self._go_on_counting()

    @staticmethod
    def _batches(begin: int, end: int):
        for first in range(begin, end + 1, BATCH):
            last = min(first + BATCH - 1, end)
            yield last - begin + 1, (first, last)

    def _write(self, table: Table, first: int, last: int, chosen: SQL, shift: SQL) -> None:
        columns = self.columns[table.name]
        self.env.cr.execute(SQL(
            "INSERT INTO %s (%s) SELECT %s FROM %s CROSS JOIN generate_series(%s, %s) AS n WHERE %s ORDER BY n",
            SQL.identifier(table.name),
            SQL(", ").join(SQL.identifier(name) for name in columns),
            SQL(", ").join(self._value(table, name, shift) for name in columns),
            self._source(table), first, last, chosen,
        ))

    def _source(self, table: Table) -> SQL:
        """Return the exemplars' rows of a table as `x`, with their case as `c`."""
        if table is PARTNERS:
            return SQL("res_partner x")
        return SQL("%s x %s JOIN service_case c ON %s AND c.id = ANY(%s)", SQL.identifier(table.name),
                   SQL(table.joins), SQL(table.case), self.exemplars.case_ids)

    def _value(self, table: Table, name: str, shift: SQL) -> SQL:
        """Return a copy's value of a column."""
        column, (kind, referred) = SQL.identifier("x", name), self.columns[table.name][name]
        if name in table.values:
            return SQL(table.values[name], span=self.ranges[table.name].span)
        referred = table.references.get(name, referred)
        if referred in self.ranges:
            first, last, span = self.ranges[referred]
            return SQL("CASE WHEN %s BETWEEN %s AND %s THEN %s + n * %s ELSE %s END",
                       column, first, last, column, span, column)
        if name == "id":
            return SQL("%s + n * %s", column, self.ranges[table.name].span)
        if kind.startswith("timestamp"):
            return SQL("%s + %s", column, shift)
        if kind == "date":
            return SQL("(%s + %s)::date", column, shift)
        return column

    def _read_columns(self, name: str) -> dict[str, tuple[str, str | None]]:
        """Return by column its type, and the table that a foreign key of it refers to."""
        return {
            column: (kind, referred) for column, kind, referred in self.env.execute_query(SQL(
                """
                SELECT a.attname, format_type(a.atttypid, NULL), f.confrelid::regclass::text
                  FROM pg_attribute a
                  LEFT JOIN pg_constraint f
                    ON f.conrelid = a.attrelid AND f.contype = 'f' AND f.conkey = ARRAY[a.attnum]
                 WHERE a.attrelid = %s::regclass AND a.attnum > 0 AND NOT a.attisdropped AND a.attgenerated = ''
                """, name))
        }

    def _read_range(self, table: Table) -> Range:
        if "id" not in self.columns[table.name]:
            return Range(0, -1, 0)
        chosen = SQL("x.id = ANY(%s)", self.exemplars.partner_ids) if table is PARTNERS else SQL("TRUE")
        # copies come after whatever else is in the table
        [(first, last, end)] = self.env.execute_query(SQL(
            "SELECT min(x.id), max(x.id), (SELECT max(id) FROM %s) FROM %s WHERE %s",
            SQL.identifier(table.name), self._source(table), chosen))
        return Range(first or 0, last or 0, (end or 0) - (first or 0) + 1)

    def _go_on_counting(self) -> None:
        """Let ids and case numbers go on after the last."""
        for name in NAMES:
            if "id" in self.columns[name]:
                self.env.cr.execute(SQL("SELECT setval(pg_get_serial_sequence(%s, 'id'), max(id)) FROM %s",
                                        name, SQL.identifier(name)))
        [(last,)] = self.env.execute_query(SQL("SELECT max(substr(number, 2)::int) FROM service_case"))
        sequence = self.env["ir.sequence"].search([("code", "=", "service.case")])
        sequence.number_next_actual = last + 1
        self.env.cr.commit()
