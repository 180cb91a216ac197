"""The period and the sales team that the pages of the relationship models look at."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from odoo import fields
from odoo.fields import Domain

#: Periods to choose from, in months up to today.
PERIODS = {'month': 1, 'quarter': 3, 'year': 12}


@dataclass(frozen=True)
class Reading:
    """A period in days of the reader, and whose records count in it.

    The same period before it hangs on :attr:`earlier`, to compare with.
    """

    first: date  #: first day
    end: date  #: the day after the last
    begin: datetime  #: when the first day began for the reader, in UTC
    finish: datetime  #: when the last day ends for the reader, in UTC
    team_id: int | bool = False
    earlier: Reading | None = None

    def days(self, field: str) -> Domain:
        """Return what happened in the period, by a date."""
        return Domain(field, '>=', fields.Date.to_string(self.first)) & Domain(
            field, '<', fields.Date.to_string(self.end))

    def moments(self, field: str) -> Domain:
        """Return what happened in the period, by a date with time."""
        return Domain(field, '>=', fields.Datetime.to_string(self.begin)) & Domain(
            field, '<', fields.Datetime.to_string(self.finish))

    def of_team(self, *paths: str) -> Domain:
        """Return what belongs to the team, by one of the fields; everything without a team."""
        if not self.team_id:
            return Domain.TRUE
        return Domain.OR(Domain(path, 'in', [self.team_id]) for path in paths)
