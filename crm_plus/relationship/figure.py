"""What a step of a relationship model is made of: figures, each a number of records."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from odoo.fields import Domain
from odoo.tools import SQL


@dataclass(frozen=True)
class Figure:
    """One figure: the records of ``model`` that fulfil ``domain``, or their share of ``of``.

    What is counted is what a click opens. In the sentences, these words are replaced:
    ``%(share)s``, ``%(count)s`` of ``%(total)s``, ``%(amount)s`` of ``%(total_amount)s``.
    """

    key: str  #: unique on a page
    label: str
    model: str
    domain: Domain
    #: among which they are counted: then the figure is a share
    of: Domain | None = None
    #: what the figure says, in one sentence
    text: str = ''
    #: the sentence when nothing fulfils ``domain``
    none: str = ''
    #: what to do when there is nothing to count
    todo: str = ''
    #: what those of ``of`` are called that do not fulfil ``domain``; opens them
    others: str = ''
    #: an expression on the model's table in the company's currency: summed instead of counted
    amount: SQL | None = None
    #: as ``amount``, of those in ``of``, where something else is summed of them
    of_amount: SQL | None = None
    #: figures in a row with the same heading are drawn together
    group: str = ''
    #: whether it is about the period, and compared with the one before
    dated: bool = False
    #: which is better, where one is: 'more' or 'fewer'
    better: str = ''
    #: whether archived records are left out
    active_test: bool = True

    @property
    def counted(self) -> Domain:
        """Return the records that are counted."""
        return self.domain if self.of is None else self.of & self.domain

    @property
    def rest(self) -> Domain:
        """Return those of ``of`` that are not counted."""
        return self.of & ~self.domain


@dataclass(frozen=True)
class Step:
    """A step of a model: what it asks, and the method that returns its figures."""

    key: str
    name: str
    question: str
    figures: Callable
    #: where it stands in the drawing: 'primary' or 'support'
    part: str = 'primary'
