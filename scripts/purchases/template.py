"""Find out, from a few exemplars, how each column of each row follows from a purchase."""
import re
from collections.abc import Sequence
from decimal import Decimal
from typing import NamedTuple

from odoo.tools import SQL

from .errors import HistoryError
from .facts import KINDS, REFERENCES, STAMP, TYPES, Numbered, fact, id_fact
from .recorder import Column, Recorder, Row

NOW = SQL("(now() AT TIME ZONE 'UTC')")
# Columns that hold chance: their long runs of digits are drawn anew.
RANDOM_DIGITS = {("mail_message", "message_id")}
RANDOM_LENGTH = 8
RANDOM_UUID = {"access_token"}
TOKENS = re.compile(r"\x00\w+\x00|\d+|[^\d\x00]+")
PRECISION = Decimal("1e-9")


class Exemplar(NamedTuple):
    """A purchase made through the ORM: its facts, as PostgreSQL writes them, and its rows."""

    facts: dict[str, str]
    rows: dict[str, list[Row]]


class RowTemplate(NamedTuple):
    """A row to insert for every purchase: an expression per column."""

    key: str
    table: str
    columns: dict[str, SQL]

    @property
    def has_id(self) -> bool:
        return "id" in self.columns


class Template(NamedTuple):
    """All rows of a purchase, which of them take numbers from a journal, and what the customer's
    rank rises by.
    """

    rows: list[RowTemplate]
    numbered: list[Numbered]
    rank: int = 0

    @property
    def ids(self) -> dict[str, str]:
        """Return the tables from which the ids are drawn, by the name of the fact."""
        return {id_fact(row.key): row.table for row in self.rows if row.has_id}


def learn(recorder: Recorder, exemplars: Sequence[Exemplar], amounts: Sequence[SQL] = ()) -> Template:
    """Return the template that explains all exemplars.

    :param amounts: expressions that may explain a number, the likeliest first
    :raise HistoryError: naming what does not follow from a purchase in any known way
    """
    return _Learner(recorder, exemplars, amounts).learn()


class _Learner:
    def __init__(self, recorder, exemplars, amounts):
        self.recorder = recorder
        self.rows = self._aligned(exemplars)
        self.facts = [dict(exemplar.facts) for exemplar in exemplars]
        self.types = {name: TYPES[name] for name in self.facts[0]}
        self.numbered = []
        for key, (table, rows) in self.rows.items():
            self._learn_facts_of(key, table, rows)
        self.candidates = self._evaluated(amounts) if amounts else []

    def _aligned(self, exemplars) -> dict[str, tuple[str, list[Row]]]:
        """Return, by key, the rows that are the same one in each exemplar."""
        shapes = [{t: len(rows) for t, rows in exemplar.rows.items()} for exemplar in exemplars]
        for shape in shapes[1:]:
            if odd := set(shape.items()) ^ set(shapes[0].items()):
                raise HistoryError(
                    f"Odoo does not write the same rows for each purchase (table {min(odd)[0]}), so "
                    "they cannot be loaded in bulk: switch off the setting, or uninstall the app, that "
                    "makes the difference."
                )
        return {
            f"{table}_{index}": (table, [exemplar.rows[table][index] for exemplar in exemplars])
            for table, count in shapes[0].items()
            for index in range(count)
        }

    def _learn_facts_of(self, key, table, rows):
        """Make facts of what the rows draw themselves: their ids and their journal's numbers."""
        if "id" in rows[0]:
            self._add_fact(id_fact(key), "integer", [row["id"] for row in rows])
        if table == "account_move":
            row = rows[0]
            entry = Numbered(
                key,
                int(row["journal_id"]),
                row["move_type"],
                bool(row["origin_payment_id"]),
                self._day_of(rows),
            )
            self.numbered.append(entry)
            self._add_fact(entry.name, "text", [row["name"] for row in rows])
            self._add_fact(entry.prefix, "text", [row["sequence_prefix"] for row in rows])
            self._add_fact(entry.number, "integer", [row["sequence_number"] for row in rows])

    def _day_of(self, rows) -> str:
        """Return the fact that is the date of the journal entries."""
        for name in self._facts_of_type("date"):
            if all(facts[name] == row["date"] for facts, row in zip(self.facts, rows, strict=True)):
                return name
        dates = ", ".join(row["date"] for row in rows)
        raise HistoryError(
            f"The loader cannot tell how the date of a journal entry follows from a purchase (in its "
            f"exemplars it is {dates}): open the books of those days."
        )

    def _facts_of_type(self, wanted) -> list[str]:
        return [name for name, type_ in self.types.items() if type_ == wanted]

    def _add_fact(self, name, type_, values):
        self.types[name] = type_
        for facts, value in zip(self.facts, values, strict=True):
            facts[name] = value

    def _evaluated(self, expressions) -> list[tuple[SQL, list[Decimal]]]:
        """Return the expressions with their value for each exemplar, worked out by PostgreSQL."""
        names = list(self.types)
        values = SQL(", ").join(
            SQL(
                "(%s)",
                SQL(", ").join(
                    SQL("CAST(%s AS %s)", facts[name], SQL(self.types[name])) for name in names
                ),
            )
            for facts in self.facts
        )
        rows = self.recorder.env.execute_query(
            SQL(
                "SELECT %s FROM (VALUES %s) AS %s (%s)",
                SQL(", ").join(expressions),
                values,
                SQL.identifier(STAMP),
                SQL(", ").join(SQL.identifier(name) for name in names),
            )
        )
        return list(zip(expressions, zip(*rows, strict=True), strict=True))

    def learn(self) -> Template:
        templates = []
        for key, (table, rows) in self.rows.items():
            columns = {
                column.name: self._explain(key, table, column, [row[column.name] for row in rows])
                for column in self.recorder.columns_of(table)
            }
            templates.append(RowTemplate(key, table, columns))
        return Template(templates, self.numbered)

    def _explain(self, key, table, column: Column, values: list[str | None]) -> SQL:
        """Return the expression that gives the column's values in all exemplars."""
        if column.name in ("create_date", "write_date"):
            return NOW
        if column.name in RANDOM_UUID and all(values):
            return SQL("gen_random_uuid()::text")
        if len(set(values)) == 1:
            return SQL("%s", values[0])
        if None not in values:
            kind = KINDS.get(column.type, "text")
            explained = getattr(self, f"_explain_{kind}")(key, table, column, values)
            if explained is not None:
                return explained
        raise HistoryError(
            f"The loader cannot tell how the column {column.name} of the table {table} follows from "
            f"a purchase (in its exemplars it is {', '.join(map(str, values))}): switch off the "
            "setting, or uninstall the app, that fills it."
        )

    def _explain_integer(self, key, _table, column, values):
        own = [id_fact(key)] if column.name == "id" else []
        references = [
            name
            for name, type_ in self.types.items()
            if type_ == "integer" and self._may_refer(column.references, name)
        ]
        # The row's own number comes before the numbers of its neighbours, which may be the same.
        references.sort(key=lambda name: not name.startswith(f"{key}_"))
        return self._fact_of(own or references, values)

    def _may_refer(self, table, name) -> bool:
        if not table:
            return True
        if name in REFERENCES:
            return table == REFERENCES[name]
        return any(name == id_fact(key) for key, (t, _rows) in self.rows.items() if t == table)

    def _explain_date(self, _key, _table, _column, values):
        return self._fact_of(self._facts_of_type("date"), values)

    def _explain_timestamp(self, _key, _table, _column, values):
        if explained := self._fact_of(self._facts_of_type("timestamp"), values):
            return explained
        midnight = " 00:00:00"  # a date kept where a time may stand, as in the tracking of changes
        if all(value.endswith(midnight) for value in values):
            return self._fact_of(self._facts_of_type("date"), [value.removesuffix(midnight) for value in values])
        [(started,)] = self.recorder.env.execute_query(
            SQL("SELECT (%s - interval '1 second')::text", NOW)
        )
        return NOW if min(values) >= started else None

    def _explain_number(self, _key, _table, _column, values):
        for expression, results in self.candidates:
            if all(
                result is not None and _close(result, Decimal(value))
                for result, value in zip(results, values, strict=True)
            ):
                return expression
        return None

    def _explain_text(self, key, table, column, values):
        """Explain a text: as a fact, or piece by piece as facts and what stands between them."""
        if column.type != "jsonb" and (explained := self._fact_of(self._facts_of_type("text"), values)):
            return explained
        if column.type != "jsonb" and (explained := self._folded_fact_of(values)):
            return explained
        marked = [
            self._marked(key, value, facts)
            for value, facts in zip(values, self.facts, strict=True)
        ]
        tokens = [TOKENS.findall(text) for text in marked]
        if len({len(pieces) for pieces in tokens}) > 1:
            return None
        random = (table, column.name) in RANDOM_DIGITS
        pieces = [self._explain_token(piece, random) for piece in zip(*tokens, strict=True)]
        if None in pieces:
            return None
        text = SQL("concat(%s)", SQL(", ").join(pieces))
        return SQL("%s::jsonb", text) if column.type == "jsonb" else text

    def _marked(self, key, value, facts):
        """Return the text with the facts of type text that occur in it replaced by their names.

        The longest comes first; of two that are alike, the row's own.
        """
        names = {}
        for name in self._facts_of_type("text"):
            text = facts[name]
            if text and (text not in names or name.startswith(f"{key}_")):
                names[text] = name
        longest_first = sorted(names, key=len, reverse=True)
        return re.sub(
            "|".join(map(re.escape, longest_first)),
            lambda match: f"\x00{names[match[0]]}\x00",
            value,
        )

    def _explain_token(self, values, random) -> SQL | None:
        value = values[0]
        if len(set(values)) == 1:
            return fact(value[1:-1]) if value.startswith("\x00") else SQL("%s::text", value)
        if random and all(text.isdigit() and len(text) >= RANDOM_LENGTH for text in values):
            return SQL("lpad((random() * 1e15)::bigint::text, 15, '0')")
        return self._fact_of(self._facts_of_type("integer"), values)

    def _folded_fact_of(self, values) -> SQL | None:
        """Return the fact that has these values in lower case without punctuation, as names are compared."""
        for name in self._facts_of_type("text"):
            if all(
                _folded(facts[name]) == value
                for facts, value in zip(self.facts, values, strict=True)
            ):
                return SQL(r"btrim(regexp_replace(lower(%s), '[\W_]+', ' ', 'g'))", fact(name))
        return None

    def _fact_of(self, names, values) -> SQL | None:
        """Return the first of the facts that has these values."""
        for name in names:
            if all(facts.get(name) == value for facts, value in zip(self.facts, values, strict=True)):
                return fact(name)
        return None


def _folded(text) -> str:
    return re.sub(r"[\W_]+", " ", (text or "").lower()).strip()


def _close(one, other: Decimal) -> bool:
    one = Decimal(one)
    return abs(one - other) <= PRECISION * max(1, abs(one))
