"""BG/NBD: how often a customer will buy, and whether they still do.

Fader, Hardie & Lee (2005), "Counting Your Customers the Easy Way: An Alternative to the
Pareto/NBD Model", Marketing Science 24(2). While alive a customer buys at a rate that is
Gamma(r, α) over customers, and leaves after a repeat purchase with a chance that is
Beta(a, b). Who never repeated had no occasion to leave: their P(alive) is 1.

Everywhere: x repeat purchases, t_x time from the first to the last purchase, T time from
the first purchase to the as-of date, all of shape (n,), times in one unit of the caller's
choice. A customer who bought first on the as-of date has T = 0: no evidence, valued like
a new one.
"""

from dataclasses import dataclass
from typing import ClassVar

from numpy.typing import ArrayLike

from .beta_dropout_model import BetaDropoutModel


@dataclass(frozen=True, kw_only=True)
class BgNbd(BetaDropoutModel):
    """A fitted BG/NBD model. With unknown (NaN) parameters its methods return NaN.

    P(alive): Fader, Hardie & Lee (2008), "Computing P(alive) Using the BG/NBD Model".
    Expected purchases: equation 10 of the paper; of a new customer: equation 9.
    """

    first_occasions: ClassVar[int] = 0


def fit(
    x: ArrayLike, t_x: ArrayLike, T: ArrayLike, weights: ArrayLike | None = None
) -> BgNbd:
    """Estimate the parameters by maximum likelihood, equation 6 of the paper.

    Data that cannot carry the model raise nothing: `converged` is False and `message`
    says why, with NaN parameters where there is nothing to estimate from.

    :param weights: how many customers each row stands for, one when None
    :raises ValueError: when a history is impossible, naming the argument and the remedy
    """
    return BgNbd.fitted_to(x, t_x, T, weights)
