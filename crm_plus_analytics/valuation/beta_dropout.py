"""Expected purchases of a customer who is alive and may leave after any purchase.

The shared heart of BG/NBD and its relatives. While alive, a customer buys at the rate λ
and leaves after each purchase with the chance p, so that (Fader, Hardie & Lee 2005)
E[purchases in t | λ, p] = (1 − exp(−λ p t)) / p. With λ ~ Gamma(R, A) and
p ~ Beta(a, B) of a customer's own history, R = r + x, A = α + T,

    E = R u · H(u),   H(u) = E_p[ (1 − (1 + p u)^−R) / (p R u) ],   u = t / A.

R u is what would be bought if nobody left; H in (0, 1] is the share that remains. The
papers write the same E with the Gaussian hypergeometric function: prefactor 1 / (a − 1)
against a bracket that vanishes as a → 1, a third parameter that may be negative, and
terms that overflow for customers of hundreds of purchases. The integral over p has none
of these: it is taken numerically, and only once per distinct x, because for a given x
everything depends on u alone and ln H is a smooth function of ln(1 + (R + 1) u).
"""

import numpy as np
from scipy.fft import dct
from scipy.special import betaln

from .special import Floats, levels, logistic

#: Points of the integral over p: relative error below 1e-9 for a, B from 0.001 to 100,000.
INTEGRATION_POINTS = 160
#: Points in time of a curve: doubled until the last coefficients are below the tolerance.
CURVE_POINTS = (32, 64, 128, 256)
CURVE_TOLERANCE = 1e-12
#: Terms smaller than exp(−37) = 1e-16 are left out of the integral.
NEGLIGIBLE = 37.0
#: Values of the integrand that are computed at a time: they stay in the processor's cache.
BLOCK = 2**15


def expected_purchases_alive(u: Floats, x: Floats, r: float, a: float, b: float) -> Floats:
    """Return the purchases to expect of customers who are alive.

    :param u: time ahead divided by α + T, zero or more: shape (n,), or (k, n) or (k, 1)
    :param x: repeat purchases so far, shape (n,)
    :param r: shape of the purchase rate over customers
    :param a: first parameter of the chance to leave
    :param b: second parameter of the chance to leave, that of the customer being b + x
    :return: shape (n,) or (k, n); finite, not negative, rising with `u`
    """
    u = np.broadcast_to(u, np.broadcast_shapes(u.shape, x.shape))
    if not x.size:
        return np.zeros(u.shape)
    counts, which = levels(x)
    furthest = np.zeros(len(counts))
    np.maximum.at(furthest, which, u.reshape(-1, len(x)).max(axis=0))
    coefficients, length = _share_curves(counts, furthest, r, a, b)
    shape = r + x
    place = 2 * np.log1p((shape + 1) * u) / length[which] - 1
    return shape * u * np.exp(_clenshaw(coefficients, which, place))


def _share_curves(
    counts: Floats, furthest: Floats, r: float, a: float, b: float
) -> tuple[Floats, Floats]:
    """Return the Chebyshev coefficients of ln H, shape (degree, counts), and their range."""
    shape = r + counts
    # A range of zero length, where only t = 0 is asked for, could not be scaled to [-1, 1].
    length = np.maximum(np.log1p((shape + 1) * furthest), 1e-9)
    for points in CURVE_POINTS:
        angle = np.pi * (np.arange(points) + 0.5) / points
        u = np.expm1(length[:, None] * (1 + np.cos(angle)) / 2) / (shape + 1)[:, None]
        log_share = np.log(_remaining_share(u, shape, b + counts, a))
        coefficients = dct(log_share, type=2, axis=1).T / points
        coefficients[0] /= 2
        size = np.abs(coefficients).max(axis=1)
        if size[-3:].max() < CURVE_TOLERANCE:
            break
    needed = np.flatnonzero(size >= CURVE_TOLERANCE / 10)
    return coefficients[: needed[-1] + 1 if needed.size else 1], length


def _clenshaw(coefficients: Floats, which: np.ndarray, place: Floats) -> Floats:
    """Evaluate the Chebyshev series number `which` at `place` in [−1, 1] (Clenshaw 1955)."""
    twice = 2 * place
    newer, older = np.zeros(place.shape), np.zeros(place.shape)
    for row in coefficients[:0:-1]:
        # newer, older = row + 2 place newer − older, newer; in the memory that is there
        np.subtract(row[which], older, out=older)
        older += twice * newer
        newer, older = older, newer
    return coefficients[0][which] + place * newer - older


def _remaining_share(u: Floats, shape: Floats, b: Floats, a: float) -> Floats:
    """Return H(u) for (R, B) of shape (m,), each at its own u of shape (m, k); shape (m, k).

    The trapezium rule over logit p converges exponentially (Trefethen & Weideman 2014,
    section 5) where the integrand vanishes at both ends. For a < 1 or b < 1 much of the
    mass sits next to p = 0 or 1: there the straight line that begins with the share's
    value at that end is taken out, and integrated by hand.
    """
    shape, b = shape[:, None], b[:, None]
    logit, width = _logit_points(u.max(axis=1, keepdims=True), shape, a, b)
    (p, log_p_odds), (stays, _) = logistic(logit), logistic(-logit)
    mass = np.exp(a * logit - (a + b) * log_p_odds - betaln(a, b)) * width
    at_zero = 1.0 if a < 1 else 0.0
    at_one = np.where(b < 1, _share(np.ones_like(u), u, shape), 0.0)
    share = (b * at_zero + a * at_one) / (a + b)
    step = max(1, BLOCK // (INTEGRATION_POINTS * u.shape[1]))
    for begin in range(0, len(u), step):
        some = slice(begin, begin + step)
        above_line = _share(p[some, :, None], u[some, None], shape[some, None])
        above_line -= at_zero * stays[some, :, None] + at_one[some, None] * p[some, :, None]
        share[some] += np.einsum("mp,mpk->mk", mass[some], above_line)
    return share


def _share(p: Floats, u: Floats, shape: Floats) -> Floats:
    """Return (1 − (1 + p u)^−R) / (p R u)."""
    odds = p * u
    left = np.log1p(odds)
    left *= -shape
    np.expm1(left, out=left)
    odds *= -shape
    left /= odds
    return left


def _logit_points(
    furthest: Floats, shape: Floats, a: float, b: Floats
) -> tuple[Floats, Floats]:
    """Return evenly spaced logit p that hold all of the integrand that matters, and the spacing.

    Around its peak it falls like a normal density. Left of it D = `to_harmless` is the way
    to where p is so small that nobody leaves: the share falls like 1 / p until there, the
    mass like p^a throughout, and what is above the line like p^(a + 1) from there. Right of
    it the mass falls like (1 − p)^b, what is above the line one power faster.

    :param furthest: the last u of each, shape (m, 1), as that of the other columns
    """
    peak = np.log((1 + a) / (1 + b))
    core = np.sqrt(2 * NEGLIGIBLE / (1 + a * b / (a + b)))
    to_harmless = np.maximum(0.0, peak + np.log1p(furthest * (shape + 1)))
    if a < 1:
        left = np.minimum(NEGLIGIBLE / a, to_harmless + NEGLIGIBLE / (1 + a))
    else:
        left = np.minimum(NEGLIGIBLE / max(a - 1, 1e-9), to_harmless + NEGLIGIBLE / a)
    right = NEGLIGIBLE / np.where(b >= 1, b, 1 + b)
    begin = peak - core - left
    width = (peak + core + right - begin) / (INTEGRATION_POINTS - 1)
    return begin + width * np.arange(INTEGRATION_POINTS), width
