"""The past as a test: what a model would have foreseen, from measures. No ORM in here.

Models learn from what was known on one day, `Past.measures`, and are held against what
came until another. Nothing of the time between plays a part in the forecast: also the choice
of a model is made, as the scoring makes it, within the time before.
"""

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date

import numpy as np

from .measures import UNIT_DAYS, Measures
from .model_choice import AUTOMATIC, choose_model
from .scoring import value_per_purchase
from .valuation import choice, gamma_gamma, histories, simple
from .valuation.backtest import BackTest, Tracking, back_test, tracking
from .valuation.forecast_error import ForecastError, forecast_error, same_rate_as_before
from .valuation.optimise import Fitted
from .valuation.purchase_model import PurchaseModel

#: Days between the points of the tracking, and from how many days on they are further apart.
PERIOD_DAYS, LONG_PERIOD_DAYS, LONG_HISTORY_DAYS = 7, 28, 3 * 365


@dataclass(frozen=True, kw_only=True)
class Past:
    """The customers who had bought by the as-of day of `measures`, and what came after it."""

    measures: Measures
    until: date
    #: purchases, and what they brought, from then until; one entry per customer
    purchases: np.ndarray
    revenue: np.ndarray
    #: days on which these customers bought again, before and after, and how many did
    days: np.ndarray
    repeats: np.ndarray

    @property
    def length(self) -> int:
        """Days that are foreseen."""
        return (self.until - self.measures.as_of).days


@dataclass(frozen=True, kw_only=True)
class Forecast:
    """What was foreseen, and what came; one entry per customer in each array."""

    expected: np.ndarray
    actual: np.ndarray
    naive: np.ndarray
    expected_value: np.ndarray
    actual_value: np.ndarray
    naive_value: np.ndarray


@dataclass(frozen=True, kw_only=True)
class Result:
    """What the test of a model gave."""

    #: a key of `choice.MODELS`, or "simple"
    model_name: str
    model: PurchaseModel
    #: fitted, or why the simple estimate stands in: few, no_repeat, alike
    model_state: str
    forecast: Forecast
    back_test: BackTest
    #: by day, as counted by `date.toordinal()`
    ends: np.ndarray
    tracking: Tracking
    #: all that could have been tested, by name
    errors: Mapping[str, ForecastError]
    value_model: gamma_gamma.GammaGamma


def examine(past: Past, time_unit: str, model_name: str = AUTOMATIC) -> Result:
    """Return how well a model foresaw what came.

    :param model_name: a key of `choice.MODELS`, "simple", or `AUTOMATIC` for the one that
        the scoring would have chosen then; where it cannot be estimated, the simple
        estimate is tested in its place
    """
    measures = past.measures
    history = measures.repeats, measures.recency(time_unit), measures.age(time_unit)
    length = past.length / UNIT_DAYS[time_unit]
    actual, actual_value = past.purchases, past.revenue
    plain = simple.fit(*history)
    name, model, state = 'simple', plain, 'fitted'
    if model_name != 'simple':
        chosen = choose_model(measures, time_unit, model_name)
        name, state = chosen.name or name, chosen.state
        model = chosen.model or plain
    value_model = gamma_gamma.fit(measures.repeats, measures.average_repeat_value)
    value, _reason = value_per_purchase(value_model, measures)
    spent = measures.repeat_revenue
    expected = model.expected_purchases(length, *history)
    naive = same_rate_as_before(history[0], history[2], length)
    candidates = choice.choose(*history, actual, length).candidates
    ends, followed = _follow(model, past, time_unit)
    return Result(
        model_name=name, model=model, model_state=state, value_model=value_model,
        forecast=Forecast(
            expected=expected, actual=actual, naive=naive,
            expected_value=expected * value, actual_value=actual_value,
            naive_value=same_rate_as_before(spent, history[2], length),
        ),
        back_test=back_test(
            model, *history, actual, length,
            expected_value=value, actual_value=actual_value, spent=spent,
        ),
        ends=ends, tracking=followed,
        errors={
            **{key: each.error for key, each in candidates.items() if each.usable},
            'simple': forecast_error(plain.expected_purchases(length, *history), actual),
            'naive': forecast_error(naive, actual),
        },
    )


def charts(result: Result) -> dict:
    """Return what the charts and tables show, by name, as JSON can hold it."""
    followed, classes = result.tracking, result.back_test.frequency_classes
    lift, naive_lift = result.back_test.lift, result.back_test.naive_lift
    return {
        'estimates': [
            {'name': name, 'value': _plain(value), 'error': _plain(error)}
            for model in (result.model, result.value_model)
            for name, value, error in _estimates(model)
        ],
        'contenders': [
            {
                'model': name, 'expected': _plain(error.expected_total),
                'error': _plain(error.root_mean_square),
                'mean_error': _plain(error.mean_absolute),
            }
            for name, error in result.errors.items()
        ],
        'tracking': {
            'end': [date.fromordinal(day).isoformat() for day in result.ends.tolist()],
            'in_holdout': followed.in_holdout.tolist(),
            'expected': _plain_list(followed.expected),
            'actual': _plain_list(followed.actual),
        },
        'classes': {
            'repeats': classes.repeats.tolist(),
            **{name: _plain_list(getattr(classes, name))
               for name in ('customers', 'expected', 'actual', 'naive')},
        },
        'lift': {
            'customers': _plain_list(lift.customers),
            'expected': _plain_list(lift.expected),
            'actual': _plain_list(lift.actual),
            'share': _plain_list(lift.actual_share),
            'lift': _plain_list(lift.lift),
            'naive_share': _plain_list(naive_lift.actual_share),
        },
    }


def _estimates(model: PurchaseModel) -> Iterator[tuple[str, float, float]]:
    """Yield name, value and standard error of each parameter; NaN errors where unknown."""
    if isinstance(model, Fitted):
        for name, error in model.standard_errors.items():
            yield name, getattr(model, name), error


def _follow(model: PurchaseModel, past: Past, unit: str) -> tuple[np.ndarray, Tracking]:
    """Return the days of the tracking, and the tracking in time units."""
    length, begin = UNIT_DAYS[unit], int(past.measures.first_day.min())
    as_of, until = past.measures.as_of.toordinal(), past.until.toordinal()
    period = PERIOD_DAYS if until - begin <= LONG_HISTORY_DAYS else LONG_PERIOD_DAYS
    ends = histories.period_ends(begin, as_of, until, period)
    if ends[-1] < until:
        ends = np.append(ends, until)
    bought = np.append(0, np.cumsum(past.repeats))
    actual = bought[np.searchsorted(past.days, ends, side='right')]
    return ends.astype(np.int64), tracking(
        model, past.measures.first_day / length, ends / length, actual, as_of / length)


def _plain(value: float) -> float | None:
    """Return what JSON can hold: None in place of what is no number."""
    return float(value) if math.isfinite(value) else None


def _plain_list(values: np.ndarray) -> list[float | None]:
    return [_plain(value) for value in values.tolist()]
