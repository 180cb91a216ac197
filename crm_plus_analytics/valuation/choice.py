"""Which model of purchases to believe: the one that foresaw best what it had not seen.

Each model is fitted on the calibration part and says what each customer will buy in the
holdout. The least mean Poisson deviance wins (see `forecast_error` for why that measure):
out of sample, because a likelihood of the data that a model was fitted to says little of
what it foresees. The measure is that of the forecasts which are used, so models can be
compared that have nothing else in common.

Whether a model is distinctly better than the next is judged by the paired differences of
their deviances, customer by customer (Diebold & Mariano 1995, "Comparing Predictive
Accuracy", with customers in place of points in time).
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from . import bg_nbd, mbg_nbd, pareto_nbd, simple
from .forecast_error import ForecastError, forecast_error, poisson_deviance
from .inputs import customer_weights, not_negative, one_per_customer
from .purchase_model import PurchaseModel
from .special import Floats, weighted_total

#: In order of preference where two foresee equally well.
MODELS: Mapping[str, Callable[..., PurchaseModel]] = {
    "bg_nbd": bg_nbd.fit,
    "mbg_nbd": mbg_nbd.fit,
    "pareto_nbd": pareto_nbd.fit,
}
TITLES = {
    "bg_nbd": "BG/NBD",
    "mbg_nbd": "MBG/NBD",
    "pareto_nbd": "Pareto/NBD",
    "simple": "simple estimate",
}
#: Standard errors of the paired difference from which one model is distinctly better.
DISTINCT = 2.0


@dataclass(frozen=True, kw_only=True)
class Candidate:
    """A model, and how well it foresaw the holdout."""

    name: str
    model: PurchaseModel
    #: whether it may be chosen; if not, `model.message` says why
    usable: bool
    #: mean per customer, NaN where not usable; the least one wins
    deviance: float = np.nan
    error: ForecastError | None = None


@dataclass(frozen=True, kw_only=True)
class Choice:
    """The chosen model, fitted on the calibration part, and all that were tried."""

    #: a key of `MODELS`, or "simple" where none of them can be used
    name: str
    model: PurchaseModel
    candidates: Mapping[str, Candidate]
    #: "best", "close" to the runner-up, the "only" one that could be used, or "none"
    verdict: str
    #: the verdict in words
    reason: str


def choose(
    x: ArrayLike,
    t_x: ArrayLike,
    T: ArrayLike,
    holdout: ArrayLike,
    length: ArrayLike,
    *,
    weights: ArrayLike | None = None,
    names: Sequence[str] = tuple(MODELS),
) -> Choice:
    """Fit each model on the calibration part, and choose the one that foresees the holdout.

    Never fails for lack of data: where no model can be used the choice is the estimate of
    `simple`, and the reason says so.

    :param x: repeat purchases in calibration, shape (n,), with `t_x` and `T` at its end
    :param holdout: purchases in the holdout, shape (n,)
    :param length: of the holdout in the unit of `T`, one number or shape (n,)
    :param weights: how many customers each row stands for, one when None
    :param names: the models to compare, keys of `MODELS`
    :raises ValueError: when a history is impossible, naming the argument and the remedy
    """
    x, t_x, T, holdout = one_per_customer(x=x, t_x=t_x, T=T, holdout=holdout)
    not_negative("holdout", holdout)
    length = not_negative("length", length)
    if length.shape not in ((), x.shape):
        raise ValueError("length must be one number or have one entry per customer.")
    weights = customer_weights(weights, len(x))
    candidates, deviances = {}, {}
    for name in names:
        model = MODELS[name](x, t_x, T, weights)
        candidates[name] = Candidate(name=name, model=model, usable=False)
        if model.converged:
            expected = model.expected_purchases(length, x, t_x, T)
            deviances[name] = poisson_deviance(expected, holdout)
            candidates[name] = Candidate(
                name=name, model=model, usable=True,
                deviance=float(weighted_total(weights, deviances[name]) / weights.sum()),
                error=forecast_error(expected, holdout, weights),
            )
    return _best(candidates, deviances, weights) or Choice(
        name="simple", model=simple.fit(x, t_x, T, weights), candidates=candidates,
        verdict="none", reason=f"No model can be used: {_obstacles(candidates)}",
    )


def _best(
    candidates: Mapping[str, Candidate], deviances: Mapping[str, Floats], weights: Floats
) -> Choice | None:
    ranking = sorted(deviances, key=lambda name: candidates[name].deviance)
    if not ranking:
        return None
    best = candidates[ranking[0]]
    title = TITLES[best.name]
    if len(ranking) == 1:
        verdict, reason = "only", f"{title} is the only model that can be used."
        others = _obstacles({name: each for name, each in candidates.items() if not each.usable})
        reason = f"{reason} {others}".rstrip()
    else:
        runner_up = candidates[ranking[1]]
        distinct = _is_distinct(deviances[runner_up.name] - deviances[best.name], weights)
        verdict = "best" if distinct else "close"
        adverb = "distinctly" if distinct else "hardly"
        reason = (
            f"{title} foresaw the purchases of the holdout best, {adverb} better than "
            f"{TITLES[runner_up.name]} (mean deviance {best.deviance:.4f} against "
            f"{runner_up.deviance:.4f})."
        )
    return Choice(
        name=best.name, model=best.model, candidates=candidates, verdict=verdict, reason=reason
    )


def _is_distinct(differences: Floats, weights: Floats) -> bool:
    """Tell whether the mean of paired differences is beyond doubt above zero."""
    total = weights.sum()
    mean = weighted_total(weights, differences) / total
    variance = weighted_total(weights, (differences - mean) ** 2) / total
    return bool(mean > DISTINCT * np.sqrt(variance / total))


def _obstacles(candidates: Mapping[str, Candidate]) -> str:
    """Return why models cannot be used, a reason that several share only once."""
    reasons: dict[str, list[str]] = {}
    for name, candidate in candidates.items():
        reasons.setdefault(candidate.model.message, []).append(TITLES[name])
    return " ".join(f"{', '.join(titles)}: {message}" for message, titles in reasons.items())
