"""Which model of purchases a scoring uses, and why. No ORM in here.

Where the company leaves the choice open, the models are fitted to the first two thirds of
the history and compared by how well they foresee the last third. The winner is then fitted
to the whole history. What no model can be fitted to is estimated by a plain rule.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np

from .measures import UNIT_DAYS, Measures
from .valuation import choice, simple
from .valuation.optimise import MINIMUM_CUSTOMERS
from .valuation.purchase_model import PurchaseModel

AUTOMATIC = 'auto'
#: Models are compared on about so many customers; more would not change who wins.
COMPARED_CUSTOMERS = 10_000


@dataclass(frozen=True, kw_only=True)
class ChosenModel:
    """The model that values the customers of a company."""

    #: a key of `choice.MODELS`, 'simple', or '' where there is nothing to expect from
    name: str
    model: PurchaseModel | None
    #: fitted, or why no model could be: few, no_repeat, alike
    state: str
    #: best, close, only, untested (too little history), set (by the company), none
    verdict: str
    #: mean deviance on the last third of the history, by model; less is better
    deviances: Mapping[str, float] = field(default_factory=dict)

    @property
    def knows_one_time_buyers(self) -> bool:
        """Whether P(alive) of who bought once is a finding.

        BG/NBD lets customers leave only after a repeat purchase: it gives everybody who
        bought once a P(alive) of 1. That is an assumption, and is not passed on.
        """
        return self.name not in ('', 'bg_nbd')


def choose_model(measures: Measures, unit: str, wanted: str = AUTOMATIC) -> ChosenModel:
    """Return the model to use, fitted to the whole history; never fails for lack of data.

    :param unit: a key of `UNIT_DAYS`
    :param wanted: the model that the company has set, or `AUTOMATIC`
    """
    history = measures.repeats, measures.recency(unit), measures.age(unit)
    names, verdict, deviances = [wanted], 'set', {}
    if wanted == AUTOMATIC:
        names, verdict, deviances = _compare(measures, unit)
    for name in names:
        model = choice.MODELS[name](*history)
        if model.converged:
            return ChosenModel(
                name=name, model=model, state='fitted', deviances=deviances,
                verdict=verdict if name == names[0] else 'only')
    if not measures.repeats.any():
        return ChosenModel(name='', model=None, state='no_repeat', verdict='none')
    return ChosenModel(
        name='simple', model=simple.fit(*history), verdict='none',
        state='few' if len(measures) < MINIMUM_CUSTOMERS else 'alike')


def _compare(measures: Measures, unit: str) -> tuple[list[str], str, dict[str, float]]:
    """Return the models from the one that foresees best, the verdict, and the deviances."""
    names = list(choice.MODELS)
    end = measures.calibration_end
    if end is None or end >= measures.as_of:
        return names, 'untested', {}
    seen = np.flatnonzero(measures.calibration_purchases > 0)
    seen = seen[::-(-len(seen) // COMPARED_CUSTOMERS) or 1]
    days, first = UNIT_DAYS[unit], measures.first_day[seen]
    purchases = measures.calibration_purchases[seen]
    compared = choice.choose(
        purchases - 1,
        (measures.calibration_last_day[seen] - first) / days,
        (end.toordinal() - first) / days,
        measures.purchases[seen] - purchases,
        (measures.as_of - end).days / days,
    )
    deviances = {
        name: candidate.deviance
        for name, candidate in compared.candidates.items() if candidate.usable
    }
    if not deviances:
        return names, 'untested', {}
    names.sort(key=lambda name: deviances.get(name, np.inf))
    return names, compared.verdict, deviances
