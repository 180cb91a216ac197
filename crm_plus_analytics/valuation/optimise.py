"""Maximum likelihood in the logarithms of positive parameters, for any of the models."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np
from scipy.optimize import minimize

from .special import Floats

#: Likelihood that a further Newton step may still promise at a point called the maximum.
GAIN_TOLERANCE = 1e-6
#: Standard error of a parameter's logarithm above which the data say nothing about it:
#: its 95 % interval then spans a factor of more than e¹⁰ either way.
UNDETERMINED = 5.0
#: Least component in a flat direction that makes a parameter one of those left open.
TAKES_PART = 0.3
#: Newton steps after which a maximum is given up.
MAXIMUM_STEPS = 50
#: Steps of a climb after which the search is begun anew, by another way.
CLIMB_STEPS = 25
#: How often a step of a climb that leads downwards is cut in half.
HALVINGS = 10
#: Share of the likelihood that it may seem to fall by rounding alone.
ROUNDING = 1e-12
#: How far from the start, as a logarithm, a parameter is followed.
REACH = 15.0
#: A fit on fewer customers is refused: four parameters on a handful of people are noise.
MINIMUM_CUSTOMERS = 10

#: Rows from which it pays to look for the maximum among a part of them first …
MANY_ROWS = 20_000
#: … of about so many.
REHEARSAL_ROWS = 5_000


class LogLikelihood(ABC):
    """The log-likelihood of distinct rows, as a function of the logarithms of the parameters."""

    @abstractmethod
    def __call__(self, theta: Floats) -> tuple[float, Floats]:
        """Return the log-likelihood and its gradient by `theta`."""

    @abstractmethod
    def information(self, theta: Floats, gradient: Floats) -> Floats:
        """Return the observed information: minus the matrix of second derivatives.

        :param gradient: what the function itself has returned for `theta`
        """


def in_logarithms(parameters: Floats, gradient: Floats, second: Floats) -> Floats:
    """Return minus the second derivatives by ln parameters, from those by the parameters.

    :param gradient: first derivatives by ln parameters, shape (k,)
    :param second: second derivatives by the parameters, shape (k, k); what is on and above
        the diagonal is enough
    """
    whole = np.triu(second) + np.triu(second, 1).T
    return -(whole * np.outer(parameters, parameters) + np.diag(gradient))


#: Takes columns of distinct rows and their weights.
MakeLikelihood = Callable[..., LogLikelihood]


class Summit(NamedTuple):
    """Where a search has ended."""

    theta: Floats
    information: Floats
    #: steps over all rows
    steps: int


@dataclass(frozen=True, kw_only=True)
class Fitted:
    """What every fitted model carries beside its parameters.

    A model may also be built from known parameters alone; these then stay empty.
    """

    log_likelihood: float = np.nan
    #: by parameter name, in the parameter's own scale
    standard_errors: Mapping[str, float] = field(default_factory=dict)
    converged: bool = False
    iterations: int = 0
    #: in plain words: why there is no maximum, or that there is one
    message: str = ""


def no_estimate(names: tuple[str, ...], message: str) -> dict:
    """Return the fields of a `Fitted` model about which the data say nothing."""
    unknown = dict.fromkeys(names, np.nan)
    return {**unknown, "standard_errors": unknown, "message": message}


def maximise(
    make_likelihood: MakeLikelihood,
    rows: tuple[Floats, ...],
    weights: Floats,
    start: Mapping[str, float],
) -> dict:
    """Return the parameters at the maximum and the fields of `Fitted`.

    Newton steps on the observed information lead there; where they do not, a search that
    needs no curvature comes near first. Convergence is judged by what a further Newton step
    would gain (half the Newton decrement, Boyd & Vandenberghe 2004, section 9.5.1), not by
    the size of the gradient: that depends on units and on the number of customers, which is
    how other libraries come to report failure at the maximum.

    :param rows: columns of distinct rows in a fixed order
    :param weights: how many customers each row stands for
    :param start: by name, where to begin; all positive
    """
    names, origin = tuple(start), np.log(list(start.values()))
    log_likelihood = make_likelihood(*rows, weights)
    summit = _climb(log_likelihood, _rehearsed(make_likelihood, rows, weights, origin))
    theta, information, steps = summit or _search(log_likelihood, origin, weights.sum())
    log_errors = dict(zip(names, _log_errors(information), strict=True))
    vague = [name for name in names if np.isnan(log_errors[name])]
    values = dict(zip(names, np.exp(theta).tolist(), strict=True))
    return {
        **values,
        "log_likelihood": float(log_likelihood(theta)[0]),
        # The delta method: d parameter = parameter · d ln parameter.
        "standard_errors": {name: values[name] * float(log_errors[name]) for name in names},
        "converged": not vague,
        "iterations": steps,
        "message": _message(vague),
    }


def _rehearsed(
    make_likelihood: MakeLikelihood, rows: tuple[Floats, ...], weights: Floats, origin: Floats
) -> Floats:
    """Return where to begin: the maximum among a part of the rows where they are many.

    From there two or three steps lead to the maximum of all. Nothing is approximated, the
    part only says where to begin.
    """
    if len(weights) < MANY_ROWS:
        return origin
    part = slice(None, None, len(weights) // REHEARSAL_ROWS)
    summit = _climb(make_likelihood(*(column[part] for column in rows), weights[part]), origin)
    return summit.theta if summit else origin


def _climb(log_likelihood: LogLikelihood, theta: Floats) -> Summit | None:
    """Return the maximum to which Newton steps lead, None where they lead to none.

    Where the likelihood is no hill, a direction counts with the size of its curvature
    (Nocedal & Wright 2006, section 3.4), and a step that leads downwards is shortened.
    """
    value, gradient = log_likelihood(theta)
    for steps in range(CLIMB_STEPS):
        information = log_likelihood.information(theta, gradient)
        if not (np.isfinite(information).all() and np.isfinite(gradient).all()):
            return None
        curvature, directions = np.linalg.eigh(information)
        is_hill = (curvature >= UNDETERMINED**-2).all()
        size = np.maximum(np.abs(curvature), UNDETERMINED**-2)
        step = directions @ (directions.T @ gradient / size)
        if gradient @ step / 2 < GAIN_TOLERANCE:
            # The last step is known by now, and squares what error is left.
            return Summit(theta + step, information, steps) if is_hill else None
        # A factor of e at a time: the quadratic is trusted no further.
        step /= max(1.0, np.abs(step).max())
        higher = _upwards(log_likelihood, theta, step, value)
        if higher is None:
            return None
        theta, value, gradient = higher
    return None


def _upwards(
    log_likelihood: LogLikelihood, theta: Floats, step: Floats, value: float
) -> tuple[Floats, float, Floats] | None:
    """Return a point on the way that is not lower, with its value and gradient, if there is one."""
    for _ in range(HALVINGS):
        found, gradient = log_likelihood(theta + step)
        if found >= value - ROUNDING * abs(value):
            return theta + step, found, gradient
        step = step / 2
    return None


def _search(log_likelihood: LogLikelihood, origin: Floats, customers: float) -> Summit:
    """Return where L-BFGS-B and then Newton steps lead from `origin`, flat though it may be there."""

    def objective(theta):
        value, gradient = log_likelihood(theta)
        # Per customer, so that it is of the order of one.
        return -value / customers, -gradient / customers

    near = minimize(
        objective,
        origin,
        jac=True,
        method="L-BFGS-B",
        bounds=[(centre - REACH, centre + REACH) for centre in origin],
        options={"ftol": 1e-14, "gtol": 1e-8, "maxiter": 500},
    )
    theta, information, polished = _polish(log_likelihood, near.x)
    return Summit(theta, information, int(near.nit) + polished)


def _message(vague: list[str]) -> str:
    if not vague:
        return "The maximum of the likelihood was found."
    return (
        f"The data do not determine {', '.join(vague)}: the likelihood hardly changes "
        "over a wide range of values. The customers are too few or too much alike."
    )


def _polish(log_likelihood: LogLikelihood, theta: Floats) -> Summit:
    """Return the maximum near `theta`.

    Where the likelihood is flat there is no single maximum to step to.
    """
    for steps in range(MAXIMUM_STEPS):
        _, gradient = log_likelihood(theta)
        information = log_likelihood.information(theta, gradient)
        if _flat_directions(information).size:
            return Summit(theta, information, steps)
        step = np.linalg.solve(information, gradient)
        if gradient @ step / 2 < GAIN_TOLERANCE:
            # The last step is known by now, and squares what error is left.
            return Summit(theta + step, information, steps)
        # A factor of e at a time: the quadratic is trusted no further.
        theta = theta + step / max(1.0, np.abs(step).max())
    return Summit(theta, np.zeros_like(information), MAXIMUM_STEPS)


def _flat_directions(information: Floats) -> Floats:
    """Return as columns the directions in which the likelihood is flat or no maximum."""
    curvature, directions = np.linalg.eigh(information)
    return directions[:, curvature < UNDETERMINED**-2]


def _log_errors(information: Floats) -> Floats:
    """Return the standard errors of the logarithms, NaN for what the data leave open."""
    curvature, directions = np.linalg.eigh(information)
    steep = curvature >= UNDETERMINED**-2
    variance = directions[:, steep] ** 2 @ (1 / curvature[steep])
    is_open = (np.abs(directions[:, ~steep]) > TAKES_PART).any(axis=1)
    return np.where(is_open, np.nan, np.sqrt(variance))
