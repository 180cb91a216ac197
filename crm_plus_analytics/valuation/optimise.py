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

#: Takes log parameters, returns the log-likelihood and its gradient by them.
LogLikelihood = Callable[[Floats], tuple[float, Floats]]


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
    log_likelihood: LogLikelihood, start: Mapping[str, float], customers: float
) -> dict:
    """Return the parameters at the maximum and the fields of `Fitted`.

    L-BFGS-B comes near, Newton steps on the observed information finish. Convergence
    is judged by what a further Newton step would gain (half the Newton decrement,
    Boyd & Vandenberghe 2004, section 9.5.1), not by the size of the gradient: that
    depends on units and on the number of customers, which is how other libraries come
    to report failure at the maximum.

    :param start: by name, where to begin; all positive
    :param customers: total weight, to bring the objective to the order of one
    """
    names = tuple(start)
    origin = np.log(list(start.values()))

    def objective(theta):
        value, gradient = log_likelihood(theta)
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
    log_errors = dict(zip(names, _log_errors(information), strict=True))
    vague = [name for name in names if np.isnan(log_errors[name])]
    values = dict(zip(names, np.exp(theta).tolist(), strict=True))
    return {
        **values,
        "log_likelihood": float(log_likelihood(theta)[0]),
        # The delta method: d parameter = parameter · d ln parameter.
        "standard_errors": {name: values[name] * float(log_errors[name]) for name in names},
        "converged": not vague,
        "iterations": int(near.nit) + polished,
        "message": _message(vague),
    }


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
