"""Checks of what callers pass: a clear error that names the argument and the remedy."""

import numpy as np
from numpy.typing import ArrayLike

from .special import Floats


def _floats(name: str, values: ArrayLike) -> Floats:
    try:
        return np.asarray(values, dtype=np.float64)
    except (TypeError, ValueError) as error:
        raise ValueError(f"{name} must hold numbers only: {error}") from error


def numbers(name: str, values: ArrayLike) -> Floats:
    """Return `values` as floats of any shape.

    :raises ValueError: when something in it is not a finite number
    """
    array = _floats(name, values)
    if not np.isfinite(array).all():
        raise ValueError(
            f"{name} holds empty or infinite entries: leave those customers out, "
            "or give them a number."
        )
    return array


def numbers_or_missing(name: str, values: ArrayLike) -> Floats:
    """Return `values` as floats of any shape, NaN standing for what is not known.

    :raises ValueError: when something in it is neither a finite number nor NaN
    """
    array = _floats(name, values)
    if np.isinf(array).any():
        raise ValueError(f"{name} holds infinite entries: correct them or leave them empty.")
    return array


def not_negative(name: str, values: ArrayLike) -> Floats:
    """Return `values` as floats of any shape.

    :raises ValueError: when one is negative or not a finite number
    """
    array = numbers(name, values)
    if (array < 0).any():
        raise ValueError(f"{name} must not be negative: correct or leave out those entries.")
    return array


def one_per_customer(**columns: ArrayLike) -> list[Floats]:
    """Return the named columns as float arrays of one common shape (n,).

    :raises ValueError: when one is not a plain list of numbers, or the lengths differ
    """
    arrays = [numbers(name, values) for name, values in columns.items()]
    for name, array in zip(columns, arrays, strict=True):
        if array.ndim != 1:
            raise ValueError(f"{name} must be a plain list with one entry per customer.")
    lengths = [len(array) for array in arrays]
    if len(set(lengths)) > 1:
        given = ", ".join(f"{name} {n}" for name, n in zip(columns, lengths, strict=True))
        raise ValueError(f"Each argument needs one entry per customer; lengths given: {given}.")
    return arrays


def whole_counts(name: str, values: Floats) -> Floats:
    """Return `values` unchanged.

    :raises ValueError: when one is negative or not a whole number
    """
    if (np.floor(not_negative(name, values)) != values).any():
        raise ValueError(f"{name} must hold whole numbers: it counts repeat purchases.")
    return values


def customer_weights(weights: ArrayLike | None, size: int) -> Floats:
    """Return how often each of `size` customers counts: once each when None.

    :raises ValueError: when a weight is negative or their number is not `size`
    """
    if weights is None:
        return np.ones(size)
    weights = not_negative("weights", weights)
    if weights.shape != (size,):
        raise ValueError(f"weights must have one entry for each of the {size} customers.")
    return weights


def purchase_history(x: ArrayLike, t_x: ArrayLike, T: ArrayLike) -> tuple[Floats, Floats, Floats]:
    """Return x, t_x and T as float arrays of shape (n,) that describe possible histories.

    :raises ValueError: naming the argument that is wrong, and the remedy
    """
    x, t_x, T = one_per_customer(x=x, t_x=t_x, T=T)
    whole_counts("x", x)
    not_negative("t_x", t_x)
    not_negative("T", T)
    if (t_x > T).any():
        raise ValueError(
            "t_x must not exceed T: leave out purchases after the as-of date, "
            "and measure both from the customer's first purchase."
        )
    if ((x > 0) & (t_x == 0)).any():
        raise ValueError(
            "t_x must be positive where x is: merge the purchases that a customer "
            "made on the day of the first one."
        )
    if ((x == 0) & (t_x > 0)).any():
        raise ValueError("t_x must be 0 where x is 0: there is no repeat purchase to date.")
    return x, t_x, T
