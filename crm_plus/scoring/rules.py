"""What a lead scores by a set of rules."""

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from .points import Band, capped, normalised


class Rule(NamedTuple):
    """What counts of a rule once it is known how often it applies."""

    id: int
    points: float  #: of one time
    cap: float = 0  #: of all times; 0: the rule applies once or not at all
    teams: frozenset[int] = frozenset()  #: whose leads it is for; empty: all

    @property
    def most(self) -> float:
        """What a lead can get by it, at most."""
        return max(self.cap or self.points, 0) if self.points > 0 else 0


class Scored(NamedTuple):
    """The score of a lead, and of what it is made."""

    score: int | None  #: 0 to 100; ``None``: no rule gives points to such leads
    band: str | None
    points: dict[int, float]  #: what each rule for such leads gives, also when nothing
    full: float  #: the points of a score of 100

    @property
    def total(self) -> float:
        return sum(self.points.values())


class RuleSet:
    """The rules of a company."""

    def __init__(self, rules: Iterable[Rule], band: Band | None = None, full: float = 0):
        """Take the rules.

        :param band: from where leads are warm and hot
        :param full: points that make a score of 100; 0: what all rules can give at most
        """
        self.rules = tuple(rules)
        self.band = band or Band()
        self.full = full
        self._by_team = {}

    def for_team(self, team_id: int | None) -> tuple[tuple[Rule, ...], float]:
        """Return the rules for the leads of a team, and the points that make 100 there."""
        if team_id not in self._by_team:
            rules = tuple(
                rule for rule in self.rules if not rule.teams or team_id in rule.teams)
            self._by_team[team_id] = rules, self.full or sum(rule.most for rule in rules)
        return self._by_team[team_id]

    def score(self, team_id: int | None, given: Mapping[int, float]) -> Scored:
        """Return the score of a lead.

        :param given: the points of the rules that apply, before the cap, by the rule's id
        """
        rules, full = self.for_team(team_id)
        points = {rule.id: capped(given.get(rule.id, 0), rule.cap) for rule in rules}
        score = normalised(sum(points.values()), full) if rules else None
        return Scored(score, None if score is None else self.band.of(score), points, full)
