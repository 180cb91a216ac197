"""Maximum likelihood in the logarithms of positive parameters, for any of the models."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

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
#: How far from the start, as a logarithm, a parameter is followed.
REACH = 15.0
#: A fit on fewer customers is refused: four parameters on a handful of people are noise.
MINIMUM_CUSTOMERS = 10

#: Rows from which it pays to look for the maximum among a part of them first …
MANY_ROWS = 20_000
#: … of about so many.
REHEARSAL_ROWS = 5_000
#: Steps by the curvature of that part after which it is given up as misleading.
CHORD_STEPS = 12

#: Takes log parameters, returns the log-likelihood and its gradient by them.
LogLikelihood = Callable[[Floats], tuple[float, Floats]]
#: Takes columns of distinct rows and their weights.
MakeLikelihood = Callable[..., LogLikelihood]


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

    A search comes near, Newton steps on the observed information finish. Convergence
    is judged by what a further Newton step would gain (half the Newton decrement,
    Boyd & Vandenberghe 2004, section 9.5.1), not by the size of the gradient: that
    depends on units and on the number of customers, which is how other libraries come
    to report failure at the maximum.

    :param rows: columns of distinct rows in a fixed order
    :param weights: how many customers each row stands for
    :param start: by name, where to begin; all positive
    """
    names = tuple(start)
    log_likelihood = make_likelihood(*rows, weights)
    theta, iterations = _approach(make_likelihood, log_likelihood, rows, weights, start)
    theta, information, polished = _polish(log_likelihood, theta)
    log_errors = dict(zip(names, _log_errors(information), strict=True))
    vague = [name for name in names if np.isnan(log_errors[name])]
    values = dict(zip(names, np.exp(theta).tolist(), strict=True))
    return {
        **values,
        "log_likelihood": float(log_likelihood(theta)[0]),
        # The delta method: d parameter = parameter · d ln parameter.
        "standard_errors": {name: values[name] * float(log_errors[name]) for name in names},
        "converged": not vague,
        "iterations": iterations + polished,
        "message": _message(vague),
    }


def _approach(make_likelihood, log_likelihood, rows, weights, start) -> tuple[Floats, int]:
    """Return a point near the maximum, and the iterations over all rows that it took.

    The search is made among a part of the rows where they are many. From its maximum and
    with its curvature few steps lead to the maximum of all: nothing is approximated, the
    part only says where to begin and which way.
    """
    if len(weights) >= MANY_ROWS:
        part = slice(None, None, len(weights) // REHEARSAL_ROWS)
        rehearsal = make_likelihood(*(column[part] for column in rows), weights[part])
        theta, _ = _search(rehearsal, start, weights[part].sum())
        scale = weights.sum() / weights[part].sum()
        theta, steps = _chord(
            log_likelihood, theta, scale * observed_information(rehearsal, theta)
        )
        if theta is not None:
            return theta, steps
    return _search(log_likelihood, start, weights.sum())


def _search(
    log_likelihood: LogLikelihood, start: Mapping[str, float], customers: float
) -> tuple[Floats, int]:
    """Return a point near the maximum by L-BFGS-B, and its iterations."""
    origin = np.log(list(start.values()))

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
    return near.x, int(near.nit)


def _chord(
    log_likelihood: LogLikelihood, theta: Floats, information: Floats
) -> tuple[Floats | None, int]:
    """Return a point near the maximum by steps on one information matrix, None if they fail.

    Each shortens the way by the relative error of that matrix.
    """
    if _flat_directions(information).size:
        return None, 0
    former_gain = np.inf
    for steps in range(CHORD_STEPS):
        _, gradient = log_likelihood(theta)
        step = np.linalg.solve(information, gradient)
        gain = gradient @ step / 2
        if gain < GAIN_TOLERANCE:
            return theta, steps
        if not gain < former_gain or np.abs(step).max() > 1:
            break
        theta, former_gain = theta + step, gain
    return None, 0


def _message(vague: list[str]) -> str:
    if not vague:
        return "The maximum of the likelihood was found."
    return (
        f"The data do not determine {', '.join(vague)}: the likelihood hardly changes "
        "over a wide range of values. The customers are too few or too much alike."
    )


def _polish(log_likelihood: LogLikelihood, theta: Floats) -> tuple[Floats, Floats, int]:
    """Return the maximum near `theta`, the observed information there, and the steps taken.

    Where the likelihood is flat there is no single maximum to step to.
    """
    information = observed_information(log_likelihood, theta)
    for steps in range(MAXIMUM_STEPS):
        if _flat_directions(information).size:
            return theta, information, steps
        _, gradient = log_likelihood(theta)
        step = np.linalg.solve(information, gradient)
        if gradient @ step / 2 < GAIN_TOLERANCE:
            # The last step is known by now, and squares what error is left.
            return theta + step, information, steps
        # A factor of e at a time: the quadratic is trusted no further.
        theta = theta + step / max(1.0, np.abs(step).max())
        information = observed_information(log_likelihood, theta)
    return theta, np.zeros_like(information), MAXIMUM_STEPS


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


def observed_information(log_likelihood: LogLikelihood, theta: Floats) -> Floats:
    """Return minus the matrix of second derivatives, by central differences of the gradient."""
    width = 1e-4
    rows = []
    for direction in width * np.eye(len(theta)):
        _, ahead = log_likelihood(theta + direction)
        _, behind = log_likelihood(theta - direction)
        rows.append((behind - ahead) / (2 * width))
    information = np.array(rows)
    return (information + information.T) / 2
