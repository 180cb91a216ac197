"""Which of several agents a case is given to, by the strategy of its team, and why.

Every strategy chooses among those who can: present, within their capacity, of every skill and the
language that the case asks for. What it falls back on is the same everywhere: who carries the
least for his capacity, then who has waited longest for a case.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple


@dataclass(frozen=True, kw_only=True)
class Work:
    """What a case asks of its agent."""

    #: how much of an agent's capacity it takes
    weight: float = 1.0
    #: the lowest level by skill
    skills: Mapping[int, int] = field(default_factory=dict)
    #: the language of the customer; None where any will do
    language: int | None = None
    #: the agent whom the customer knows
    own_agent: int | None = None


@dataclass(frozen=True, kw_only=True)
class Agent:
    """What is known of somebody who may be given cases."""

    id: int
    #: the weight of the cases that he can have open
    capacity: float
    #: the weight of those that he has
    load: float = 0.0
    #: levels by skill
    skills: Mapping[int, int] = field(default_factory=dict)
    languages: frozenset[int] = frozenset()
    #: at work, and not away
    present: bool = True
    #: being given a case by somebody else at this moment, so that nobody knows what he has
    taken: bool = False
    #: the number of the last case given to him; the lower, the longer ago
    last_turn: int = 0

    def obstacle(self, work: Work) -> str:
        """Return why he cannot take the case, '' when he can."""
        if not self.present:
            return 'absent'
        if any(self.skills.get(skill, 0) < level for skill, level in work.skills.items()):
            return 'skill'
        if work.language is not None and work.language not in self.languages:
            return 'language'
        if self.taken:
            return 'taken'
        # who has nothing to do may take a case that is too large for him
        if self.load and self.load + work.weight > self.capacity:
            return 'full'
        return ''

    def share(self, work: Work) -> float:
        """Return how much of his capacity would be taken with the case."""
        return (self.load + work.weight) / self.capacity


class Decision(NamedTuple):
    """Who was chosen and why; nobody, and what stood in the way of each, otherwise."""

    agent: int | None
    #: own_agent, best_skill, least_loaded, round_robin, or nobody
    reason: str
    #: how many could have taken the case
    able: int
    #: how many could not, by what stood in the way
    obstacles: Mapping[str, int]


def choose(strategy: str, work: Work, agents: Iterable[Agent]) -> Decision:
    """Return who takes the case.

    :param strategy: a key of `STRATEGIES`
    """
    able, obstacles = [], {}
    for agent in agents:
        if obstacle := agent.obstacle(work):
            obstacles[obstacle] = obstacles.get(obstacle, 0) + 1
        else:
            able.append(agent)
    if not able:
        return Decision(None, 'nobody', 0, obstacles)
    chosen, reason = STRATEGIES[strategy](work, able)
    return Decision(chosen.id, reason, len(able), obstacles)


def _least_loaded(work: Work, able: list[Agent]) -> tuple[Agent, str]:
    return min(able, key=lambda agent: _turn(work, agent)), 'least_loaded'


def _round_robin(work: Work, able: list[Agent]) -> tuple[Agent, str]:
    return min(able, key=lambda agent: (agent.last_turn, agent.id)), 'round_robin'


def _best_skill(work: Work, able: list[Agent]) -> tuple[Agent, str]:
    """Choose who knows most of what is asked for; without skills asked for, the least loaded."""
    if not work.skills:
        return _least_loaded(work, able)

    def knowledge(agent: Agent) -> int:
        return sum(agent.skills.get(skill, 0) for skill in work.skills)

    return min(able, key=lambda agent: (-knowledge(agent), *_turn(work, agent))), 'best_skill'


def _own_agent(work: Work, able: list[Agent]) -> tuple[Agent, str]:
    for agent in able:
        if agent.id == work.own_agent:
            return agent, 'own_agent'
    return _least_loaded(work, able)


def _turn(work: Work, agent: Agent) -> tuple:
    return agent.share(work), agent.last_turn, agent.id


STRATEGIES = {
    'best_skill': _best_skill,
    'least_loaded': _least_loaded,
    'round_robin': _round_robin,
    'own_agent': _own_agent,
}
