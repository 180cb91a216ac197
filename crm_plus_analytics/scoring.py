"""From measures to scores: which model says what of whom. No ORM in here.

`score` puts the value models, RFM and ABC together and decides what stands in for a model
that the data do not carry. What it decides is returned as codes; the ORM side words them.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from .measures import UNIT_DAYS, Measures
from .model_choice import AUTOMATIC, ChosenModel, choose_model
from .standing import WEIGHTS, Standing, stand
from .valuation import abc_class, discounted, gamma_gamma, lifecycle, rfm
from .valuation.optimise import MINIMUM_CUSTOMERS

DAYS_PER_YEAR = 365.25
#: P(alive) from which a customer is said to be buying, perhaps buying, leaving; else lost.
OUTLOOK_LIMITS = (0.8, 0.5, 0.2)
OUTLOOKS = ('active', 'likely', 'leaving', 'lost')

#: Called with a phase, to tell who waits.
Report = Callable[[str], None]


@dataclass(frozen=True, kw_only=True)
class Parameters:
    """What a company has chosen."""

    #: a key of UNIT_DAYS
    time_unit: str = 'week'
    #: a key of `valuation.choice.MODELS`, or 'auto' for the one that foresees best
    purchase_model: str = AUTOMATIC
    horizon_months: int = 12
    #: per year, 0.1 for ten per cent
    discount_rate: float = 0.1
    #: rising shares of the revenue
    abc_thresholds: tuple[float, float] = (0.8, 0.95)
    #: of the components of the score, by name
    weights: Mapping[str, float] = field(default_factory=lambda: dict(WEIGHTS))
    #: what late money costs in a year
    capital_rate: float = 0.08
    #: what serving a case costs, of which that is not known
    case_cost: float = 0.0
    #: of the stages of a customer's life
    life: lifecycle.Limits = lifecycle.Limits()
    #: limits of the scores of recency, frequency and money; fifths of those that are not there
    cut_points: Mapping[str, Sequence[float]] = field(default_factory=dict)
    #: ranges of the segments, in order of precedence
    segments: Sequence[rfm.Rule] = ()

    @property
    def horizon(self) -> float:
        """The horizon in time units."""
        return self.horizon_months * UNIT_DAYS['month'] / UNIT_DAYS[self.time_unit]

    @property
    def units_per_year(self) -> float:
        return DAYS_PER_YEAR / UNIT_DAYS[self.time_unit]


@dataclass(frozen=True, kw_only=True)
class Scores:
    """One entry per customer in each array; NaN where nothing can be said."""

    r: np.ndarray
    f: np.ndarray
    m: np.ndarray
    #: index of the segment in `Parameters.segments`, -1 where none fits
    segment: np.ndarray
    abc: np.ndarray
    #: the same by profit
    abc_profit: np.ndarray
    standing: Standing
    p_alive: np.ndarray
    expected_purchases: np.ndarray
    expected_value: np.ndarray
    value: np.ndarray
    #: 1 for the most valuable customer
    rank: np.ndarray
    outlook: np.ndarray
    #: why a figure is a stand-in or missing, '' where none is
    reason: np.ndarray
    purchases_by: ChosenModel
    value_model: gamma_gamma.GammaGamma
    #: what became of the model: fitted, few, no_repeat, alike
    value_model_state: str


def score(measures: Measures, parameters: Parameters, report: Report) -> Scores:
    """Value every customer; never fails for lack of data.

    :raises ValueError: when a purchase was after the day of the measures
    """
    if (measures.last_day > measures.as_of.toordinal()).any():
        raise ValueError(
            f"Some purchases are later than {measures.as_of}: measure up to that day, or score as of a later one.")
    report('purchase_model')
    chosen = choose_model(measures, parameters.time_unit, parameters.purchase_model)
    forecast = _forecast(chosen.model, measures, parameters)
    known = (measures.repeats > 0) | chosen.knows_one_time_buyers
    p_alive = np.where(known, forecast.p_alive, np.nan)
    report('value_model')
    value_model = gamma_gamma.fit(measures.repeats, measures.average_repeat_value)
    expected_value, reason = value_per_purchase(value_model, measures)
    value = expected_value * forecast.discounted_purchases
    if chosen.name in ('', 'simple'):
        reason[:] = 'simple' if chosen.name else 'no_purchase_model'
    report('segments')
    r, f, m, segment = _segments(measures, parameters)
    standing = stand(
        measures, p_alive, value, weights=parameters.weights,
        capital_rate=parameters.capital_rate, case_cost=parameters.case_cost,
        limits=parameters.life)
    return Scores(
        r=r, f=f, m=m, segment=segment,
        abc=abc_class.classify(measures.revenue, parameters.abc_thresholds),
        abc_profit=abc_class.classify(standing.profit, parameters.abc_thresholds),
        standing=standing,
        p_alive=p_alive,
        expected_purchases=forecast.purchases,
        expected_value=expected_value,
        value=value,
        rank=_rank(np.where(np.isnan(value), measures.revenue, value)),
        outlook=_outlook(measures.repeats, p_alive),
        reason=reason,
        purchases_by=chosen,
        value_model=value_model,
        value_model_state=_state(
            value_model, len(measures) - value_model.excluded, measures.repeats.any()
        ),
    )


def _forecast(model, measures: Measures, parameters: Parameters) -> discounted.Forecast:
    """Return what to expect within the horizon, NaN where nothing can be said."""
    if model is None:
        unknown = np.full(len(measures), np.nan)
        return discounted.Forecast(p_alive=unknown, purchases=unknown, discounted_purchases=unknown)
    unit = parameters.time_unit
    return discounted.forecast(
        model, measures.repeats, measures.recency(unit), measures.age(unit),
        horizon=parameters.horizon,
        annual_rate=parameters.discount_rate,
        units_per_year=parameters.units_per_year,
    )


def value_per_purchase(model, measures: Measures) -> tuple[np.ndarray, np.ndarray]:
    """Return what a purchase of each customer is expected to bring, and why it is a stand-in.

    Without a usable model it is the customer's own average, not below zero.
    """
    reason = np.full(len(measures), '', dtype='U32')
    own_average = np.maximum(measures.average_value, 0.0)
    if not model.converged:
        reason[:] = 'own_average'
        return own_average, reason
    value = model.expected_value(measures.repeats, measures.average_repeat_value)
    reason[(measures.repeats > 0) & (measures.average_repeat_value <= 0)] = 'credited'
    unknown = np.isnan(value)
    reason[unknown] = 'own_average'
    return np.where(unknown, own_average, value), reason


def _segments(measures: Measures, parameters: Parameters):
    limits = parameters.cut_points.get
    r = rfm.quintile_scores(measures.days_since_last, False, limits('recency'))
    f = rfm.quintile_scores(measures.purchases, cut_points=limits('frequency'))
    m = rfm.quintile_scores(measures.revenue, cut_points=limits('money'))
    return r, f, m, rfm.segment(r, f, m, parameters.segments)


def _rank(values: np.ndarray) -> np.ndarray:
    """Return each value's place from the highest, 1; equal values in the order given."""
    rank = np.empty(len(values), dtype=np.int64)
    rank[np.argsort(-values, kind='stable')] = np.arange(1, len(values) + 1)
    return rank


def _outlook(repeats: np.ndarray, p_alive: np.ndarray) -> np.ndarray:
    """Return in a word how it stands with each customer."""
    words = [p_alive >= limit for limit in OUTLOOK_LIMITS] + [p_alive >= 0]
    once = (repeats == 0) & np.isnan(p_alive)
    return np.select([once, *words], ['once', *OUTLOOKS], default='unknown')


def _state(model, customers: float, any_repeat: bool) -> str:
    """Return what became of a model that was fitted on so many customers."""
    if model.converged:
        return 'fitted'
    if not any_repeat:
        return 'no_repeat'
    return 'few' if customers < MINIMUM_CUSTOMERS else 'alike'
