"""The value models alone, on simulated customers, against the usual library on the same ones."""

import sys
import time
from pathlib import Path

import numpy as np
from scipy.special import betaln, gammaln

from runtime.places import CHECKOUT

from . import population

#: The models do not know Odoo, and are imported without it.
sys.path.insert(0, str(CHECKOUT / "crm_plus_analytics"))
from valuation import bg_nbd, discounted, gamma_gamma

MONTHS, WEEKS_PER_MONTH, ANNUAL_RATE = 12, 4.345, 0.1  # the usual library's months


def simulate(customers: int) -> dict[str, np.ndarray]:
    """Return frequency, recency, T in weeks and the mean value of repeat purchases."""
    return population.summary(customers)


def save(arrays: dict[str, np.ndarray], path: Path) -> None:
    np.savez(path, **arrays)


def value(arrays: dict[str, np.ndarray]) -> dict:
    """Fit both models and value each customer; return how long it took, and the estimates."""
    history = arrays["frequency"], arrays["recency"], arrays["T"]
    started = time.perf_counter()
    purchases = bg_nbd.fit(*history)
    amounts = gamma_gamma.fit(arrays["frequency"], arrays["monetary_value"])
    # P(alive), expected purchases, and those discounted.
    forecast = discounted.forecast(
        purchases, *history, horizon=MONTHS * WEEKS_PER_MONTH, annual_rate=ANNUAL_RATE,
        units_per_year=MONTHS * WEEKS_PER_MONTH,
    )
    expected = amounts.expected_value(arrays["frequency"], arrays["monetary_value"])
    total = (expected * forecast.discounted_purchases).sum()
    seconds = time.perf_counter() - started
    # The library discounts a month's purchases from its end, we from its middle.
    total /= (1 + ANNUAL_RATE) ** (0.5 / MONTHS)
    return {
        "seconds": seconds, "value": float(total),
        "purchases": {name: getattr(purchases, name) for name in ("r", "alpha", "a", "b")},
        "amounts": {"p": amounts.p, "q": amounts.q, "v": amounts.gamma},
    }


def log_likelihoods(arrays, purchases: dict, amounts: dict) -> tuple[float, float]:
    """Return how likely the data are under anybody's estimates, by the papers and by nobody's program.

    Fader, Hardie & Lee (2005), equation 6; Fader & Hardie (2013), equation 1a.
    """
    x, t_x, T = (arrays[name] for name in ("frequency", "recency", "T"))
    r, alpha, a, b = (purchases[name] for name in ("r", "alpha", "a", "b"))
    alive = -(r + x) * np.log(alpha + T) + betaln(a, b + x)
    gone = np.where(
        x > 0, -(r + x) * np.log(alpha + t_x) + betaln(a + 1, b + np.maximum(x, 1) - 1), -np.inf)
    bought = gammaln(r + x) - gammaln(r) + r * np.log(alpha) - betaln(a, b) + np.logaddexp(alive, gone)
    returning = (x > 0) & (arrays["monetary_value"] > 0)
    x, mean = x[returning], arrays["monetary_value"][returning]
    p, q, v = (amounts[name] for name in ("p", "q", "v"))
    spent = (
        gammaln(p * x + q) - gammaln(p * x) - gammaln(q) + q * np.log(v) + (p * x - 1) * np.log(mean)
        + p * x * np.log(x) - (p * x + q) * np.log(x * mean + v)
    )
    return float(bought.sum()), float(spent.sum())
