"""One score from 0 to 100 out of several components, with the points that each brings.

A component (value, growth, loyalty, conduct, service, potential …) is any figure of the
customer. It counts by the customer's place among all customers of the company: the share
of the others whom they surpass, ties counting half. So no component needs a scale of its
own, none is ruled by a few giants, and the best customer has all of its points.

A component that is not known of a customer drops out for that customer, and its weight is
shared out among the known ones in proportion: the score says how the customer stands in
what is known. `Composite.share` shows the weights that were used, `known` which components.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from .inputs import numbers, numbers_or_missing
from .special import Floats

FULL_SCORE = 100.0


@dataclass(frozen=True, kw_only=True)
class Composite:
    """Scores of n customers by k components."""

    #: the names of the components, in the order of the columns
    components: tuple[str, ...]
    #: shape (n,), 0 to 100; NaN for a customer of whom no component is known
    total: Floats
    #: shape (n, k), what each component brings of the total; 0 where it is not known
    points: Floats
    #: shape (n, k), the weight that each component had, 1 in all; 0 where it is not known
    share: Floats
    #: shape (k,), the company's median of each figure; NaN where nobody's is known
    median: Floats

    @property
    def known(self) -> NDArray[np.bool_]:
        """Which components are known of each customer and have a weight, shape (n, k)."""
        return self.share > 0

    @property
    def points_to_gain(self) -> Floats:
        """What each component could still bring, shape (n, k)."""
        return FULL_SCORE * self.share - self.points

    def band(self, limits: Sequence[float]) -> NDArray[np.int64]:
        """Return each customer's band, 0 for the lowest, -1 without a score; shape (n,).

        :param limits: the lowest score of each band but the lowest, rising
        :raises ValueError: when the limits are not rising scores
        """
        band = np.searchsorted(_limits(limits), self.total, side="right")
        return np.where(np.isnan(self.total), -1, band)

    def to_next_band(self, limits: Sequence[float]) -> Floats:
        """Return the points that each customer lacks for the next higher band, shape (n,).

        NaN for who is in the highest, and without a score.

        :param limits: as for `band`
        """
        upper = np.append(_limits(limits), np.nan)
        return upper[self.band(limits)] - self.total


def score(
    figures: Mapping[str, ArrayLike],
    weights: Mapping[str, float],
    lower_is_better: Collection[str] = (),
) -> Composite:
    """Return the score of each customer and what it is made of.

    :param figures: by component, shape (n,); NaN where a customer's is not known
    :param weights: by component, zero or more, in any scale; one for each figure
    :param lower_is_better: the components in which less is better, such as days overdue
    :raises ValueError: when lengths differ, a weight is missing or negative, or all are zero
    """
    names = tuple(figures)
    weight = _weights(names, weights, lower_is_better)
    columns = [numbers_or_missing(name, figures[name]) for name in names]
    if any(column.ndim != 1 or len(column) != len(columns[0]) for column in columns):
        raise ValueError("Each component needs a plain list with one entry per customer.")
    values = np.stack(columns, axis=1)
    better = np.where([name in lower_is_better for name in names], -1.0, 1.0)
    known = ~np.isnan(values)
    used = weight * known
    all_used = used.sum(axis=1, keepdims=True)
    share = np.divide(used, all_used, out=np.zeros_like(used), where=all_used > 0)
    place = np.stack([_place(column) for column in (values * better).T], axis=1)
    points = FULL_SCORE * share * np.where(known, place, 0)
    return Composite(
        components=names,
        total=np.where(all_used[:, 0] > 0, points.sum(axis=1), np.nan),
        points=points,
        share=share,
        median=np.array([np.median(column[~np.isnan(column)]) if (~np.isnan(column)).any() else np.nan
                         for column in columns]),
    )


def _place(values: Floats) -> Floats:
    """Return the share of the other customers below each, ties half; ½ for the only one."""
    place = np.full(len(values), np.nan)
    known = ~np.isnan(values)
    _, which, equal = np.unique(values[known], return_inverse=True, return_counts=True)
    below = np.cumsum(equal) - equal
    others = known.sum() - 1
    place[known] = ((below + (equal - 1) / 2) / others)[which] if others > 0 else 0.5
    return place


def _weights(
    names: tuple[str, ...], weights: Mapping[str, float], lower_is_better: Collection[str]
) -> Floats:
    if set(weights) != set(names):
        raise ValueError("weights must name the same components as figures.")
    if set(lower_is_better) - set(names):
        raise ValueError("lower_is_better must name components of figures.")
    weight = numbers("weights", [weights[name] for name in names])
    if (weight < 0).any() or not weight.sum() > 0:
        raise ValueError("weights must not be negative, and one at least above zero.")
    return weight


def _limits(limits: Sequence[float]) -> Floats:
    limits = numbers("limits", limits)
    if limits.ndim != 1 or (np.diff(limits) <= 0).any():
        raise ValueError("limits must be rising scores, such as 25, 50, 75.")
    return limits
