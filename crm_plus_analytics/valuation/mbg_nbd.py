"""MBG/NBD: BG/NBD in which a customer may leave after the first purchase already.

Batislam, Denizel & Filiztekin (2007), "Empirical Validation and Comparison of Models for
Customer Base Analysis", International Journal of Research in Marketing 24(3); the same
as the CBG/NBD of Hoppe & Wagner (2007), "Customer Base Analysis: The Case for a Central
Variant of the Betageometric/NBD Model", Marketing – Journal of Research and Management
3(2). While alive a customer buys at a rate that is Gamma(r, α) over customers, and leaves
after any purchase, the first included, with a chance that is Beta(a, b).

Everywhere: x repeat purchases, t_x time from the first to the last purchase, T time from
the first purchase to the as-of date, all of shape (n,), times in one unit of the caller's
choice. Of those who have just bought for the first time (T = 0) the share b / (a + b) is
alive; `expected_purchases_new` counts with that.
"""

from dataclasses import dataclass
from typing import ClassVar

from numpy.typing import ArrayLike

from .beta_dropout_model import BetaDropoutModel


@dataclass(frozen=True, kw_only=True)
class MbgNbd(BetaDropoutModel):
    """A fitted MBG/NBD model. With unknown (NaN) parameters its methods return NaN."""

    first_occasions: ClassVar[int] = 1


def fit(
    x: ArrayLike, t_x: ArrayLike, T: ArrayLike, weights: ArrayLike | None = None
) -> MbgNbd:
    """Estimate the parameters by maximum likelihood.

    Data that cannot carry the model raise nothing: `converged` is False and `message`
    says why, with NaN parameters where there is nothing to estimate from.

    :param weights: how many customers each row stands for, one when None
    :raises ValueError: when a history is impossible, naming the argument and the remedy
    """
    return MbgNbd.fitted_to(x, t_x, T, weights)
