"""Draw numbers for many documents at once from the series that Odoo itself continues."""
import re
from collections import defaultdict
from collections.abc import Sequence
from datetime import date

from odoo.addons.base.models.ir_sequence import _update_nogap
from odoo.tools import SQL

from .facts import Numbered


def order_names(env, days: Sequence[date]) -> list[str]:
    """Return the next names of sales orders, in the order of the days."""
    sequence = env["ir.sequence"].search(
        [("code", "=", "sale.order"), ("company_id", "in", (env.company.id, False))],
        order="company_id",
        limit=1,
    )
    if not sequence:
        return [env._("New")] * len(days)
    places = defaultdict(list)
    for place, day in enumerate(days):
        places[sequence._get_current_sequence(day)].append(place)
    names = [""] * len(days)
    for series, indexes in places.items():
        for index, name in zip(indexes, _draw(sequence, series, len(indexes)), strict=True):
            names[index] = name
    return names


def _draw(sequence, series, count: int) -> list[str]:
    """Return names from the sequence itself, or from its series for a range of dates."""
    ranged = series != sequence
    if sequence.implementation == "standard":
        name = f"ir_sequence_{sequence.id:03d}" + (f"_{series.id:03d}" if ranged else "")
        numbers = [
            number
            for (number,) in series.env.execute_query(
                SQL("SELECT nextval(%s) FROM generate_series(1, %s)", name, count)
            )
        ]
    else:
        step = sequence.number_increment
        first = _update_nogap(series, step * count)
        numbers = range(first, first + step * count, step)
    date_from = series.date_from if ranged else None
    prefix, suffix = sequence._get_prefix_suffix(date_range=date_from)
    return [f"{prefix}{number:0{sequence.padding}d}{suffix}" for number in numbers]


class JournalNumbers:
    """The next numbers of journals, for the entries of one transaction.

    Odoo is asked once per journal and month where a series stands (a series may begin anew each
    year, or each month); from there the numbers are counted.
    """

    def __init__(self, env):
        self.env = env
        self.formats: dict[tuple, tuple[str, dict]] = {}
        self.last: dict[tuple, int] = {}
        move = env["account.move"]
        # As in sequence.mixin's _compute_split_sequence.
        self.split = re.compile(
            move._make_regex_non_capturing(move._sequence_fixed_regex.replace("?P<seq>", ""))
        )

    def draw(self, entry: Numbered, day: date) -> tuple[str, str, int]:
        """Return name, prefix and number of the next entry of the journal on that day."""
        month = (entry.journal_id, entry.move_type, entry.is_payment, day.year, day.month)
        if month not in self.formats:
            self.formats[month] = self._ask(entry, day)
        template, values = self.formats[month]
        # However many digits: number 100000 belongs to the series of number 99999.
        series = (entry.journal_id, template.format(**(values | {"seq": 0, "seq_length": 1})))
        number = self.last.get(series, values["seq"]) + 1
        self.last[series] = number
        name = template.format(**(values | {"seq": number}))
        return name, name[: self.split.match(name).start(1)], number

    def _ask(self, entry, day):
        move = self.env["account.move"].with_context(is_payment=entry.is_payment)
        move = move.new(
            {
                "move_type": entry.move_type,
                "journal_id": entry.journal_id,
                "company_id": self.env.company.id,
                "date": day,
                "invoice_date": day,
            }
        )
        return move._get_next_sequence_format()
