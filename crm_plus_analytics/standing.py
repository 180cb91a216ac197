"""How each customer stands: stage of life, profit, and one score out of several. No ORM in here."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from .measures import Measures
from .valuation import composite, lifecycle, profitability

#: The components of the score, with the weights that a company begins with.
WEIGHTS = {
    'value': 30, 'growth': 10, 'loyalty': 20, 'conduct': 15, 'service': 10, 'potential': 15,
}
#: In these components less is better.
LESS_IS_BETTER = ('conduct', 'service')
#: The figures of the component service: cases for a purchase, and how satisfied they said
#: to be. They share its weight where the company knows both.
SERVICE = ('service', 'satisfaction')
#: The lowest score of each band but the lowest, with which a company begins.
BAND_LIMITS = (25, 50, 75)


@dataclass(frozen=True, kw_only=True)
class Standing:
    """One entry per customer in each array."""

    #: one of `lifecycle.STAGES`
    stage: np.ndarray
    cost_to_serve: np.ndarray
    profit: np.ndarray
    #: when to expect the next purchase, 0 where none is; the past when it is late
    next_purchase_day: np.ndarray
    #: median days between purchases of who bought more than once
    usual_interval: float
    score: composite.Composite

    @property
    def medians(self) -> dict[str, float]:
        """The company's median by component, of those that are known."""
        return {
            name: float(median)
            for name, median in zip(self.score.components, self.score.median, strict=True)
            if not np.isnan(median)
        }


def stand(
    measures: Measures,
    p_alive: np.ndarray,
    value: np.ndarray,
    *,
    weights: Mapping[str, float],
    capital_rate: float,
    case_cost: float,
    limits: lifecycle.Limits | None = None,
) -> Standing:
    """Return how the customers stand.

    :param p_alive: NaN where it is not known
    :param value: what each will be worth, NaN where it is not known
    :param weights: by component, see `WEIGHTS`
    :param capital_rate: what late money costs in a year, 0.08 for eight per cent
    :param case_cost: what serving a case costs of which that is not known
    :param limits: what makes a customer new, loyal, at risk …; the usual ones when None
    """
    between = measures.last_day - measures.first_day
    usual = lifecycle.usual_interval(measures.purchases, between)
    stage = lifecycle.stages(
        measures.purchases, measures.days_since_first, measures.days_since_last,
        p_alive=p_alive, spent=measures.revenue_12_months, spent_before=measures.revenue_before,
        longest_gap=measures.longest_gap, usual_interval=usual, limits=limits,
    )
    interval = np.where(np.isnan(measures.interval), usual, measures.interval)
    expected = measures.last_day + np.maximum(interval.round(), 1).astype(np.int64)
    found = figures(measures, p_alive, value)
    return Standing(
        stage=stage,
        cost_to_serve=cost_to_serve(measures, case_cost),
        profit=profit(measures, capital_rate, case_cost),
        usual_interval=usual,
        next_purchase_day=np.where(stage == 'lost', 0, expected),
        score=composite.score(found, _shared_weights(weights, found), LESS_IS_BETTER),
    )


def cost_to_serve(measures: Measures, case_cost: float) -> np.ndarray:
    """Return what dealing with each customer cost: what is known, and the rest by the case."""
    return measures.known_cost + (measures.cases - measures.costed_cases) * case_cost


def profit(measures: Measures, capital_rate: float, case_cost: float) -> np.ndarray:
    """Return what each customer left after service and late payment.

    The margin is that of what was invoiced: discounts and credit notes are off it already.
    """
    return profitability.profitability(
        measures.margin,
        cost_to_serve=cost_to_serve(measures, case_cost),
        late_payment=measures.late_amount_days / profitability.DAYS_PER_YEAR * capital_rate,
    ).profit


def figures(measures: Measures, p_alive: np.ndarray, value: np.ndarray) -> dict[str, np.ndarray]:
    """Return the figure of each component; NaN where it is not known.

    What no customer of the company has (a case, an open opportunity) tells nothing. Nothing is
    supposed of the satisfaction of who was not asked.
    """
    return {
        'value': measures.revenue if np.isnan(value).all() else value,
        'growth': growth(measures),
        'loyalty': p_alive,
        'conduct': _conduct(measures),
        'service': _if_any(measures.cases / np.maximum(measures.purchases, 1)),
        'satisfaction': measures.satisfaction,
        'potential': _if_any(measures.open_pipeline),
    }


def _shared_weights(
    weights: Mapping[str, float], found: Mapping[str, np.ndarray]
) -> dict[str, float]:
    """Return the weight of each figure: that of service in equal parts on those known of it."""
    known = [name for name in SERVICE if not np.isnan(found[name]).all()] or SERVICE[:1]
    share = weights['service'] / len(known)
    return {**weights, **{name: share if name in known else 0.0 for name in SERVICE}}


def growth(measures: Measures) -> np.ndarray:
    """Return the change of revenue against the year before, as a share of both years.

    From −1 to 1; known of who was a customer for the whole of both.
    """
    spent = np.maximum(measures.revenue_12_months, 0)
    before = np.maximum(measures.revenue_before, 0)
    known = (measures.days_since_first >= 2 * lifecycle.DAYS_PER_YEAR) & (spent + before > 0)
    share = np.full(len(measures), np.nan)
    return np.divide(spent - before, spent + before, out=share, where=known)


def _conduct(measures: Measures) -> np.ndarray:
    """Return the share paid late; who never paid what is overdue pays all of it late."""
    unpaid = np.isnan(measures.late_share) & (measures.overdue > 0)
    return np.where(unpaid, 1.0, measures.late_share)


def _if_any(values: np.ndarray) -> np.ndarray:
    return values.astype(float) if values.any() else np.full(len(values), np.nan)
