"""Customers drawn from the models' own assumptions, for tests of the value models."""

import numpy as np
from hypothesis import settings

#: Fits are slow examples, and a test must fail the same way for everybody.
FEW_EXAMPLES = settings(max_examples=15, deadline=None, derandomize=True, database=None)


def simulate_purchases(customers, r, alpha, a, b, longest, seed):
    """Return x, t_x, T in days as BG/NBD has it, one purchase per customer and day.

    :param longest: customers first bought between today and so many days ago
    """
    rng = np.random.default_rng(seed)
    rate, chance_to_leave = rng.gamma(r, 1 / alpha, customers), rng.beta(a, b, customers)
    T = np.floor(rng.uniform(0, longest, customers))
    x, t_x, now = np.zeros((3, customers))
    active = np.arange(customers)
    while active.size:
        now[active] += rng.exponential(1 / rate[active])
        active = active[now[active] <= T[active]]
        day = np.ceil(now[active])
        x[active] += day > t_x[active]
        t_x[active] = day
        active = active[rng.random(active.size) >= chance_to_leave[active]]
    return x, t_x, T


def simulate_pareto(customers, r, alpha, s, beta, longest, seed):
    """Return x, t_x, T in days as Pareto/NBD has it, at any time of the day.

    :param longest: customers first bought between today and so many days ago
    """
    rng = np.random.default_rng(seed)
    rate, rate_to_leave = rng.gamma(r, 1 / alpha, customers), rng.gamma(s, 1 / beta, customers)
    T = rng.uniform(0, longest, customers)
    active_time = np.minimum(rng.exponential(1 / rate_to_leave), T)
    x = rng.poisson(rate * active_time).astype(float)
    # The last of x times that are uniform over the active time.
    t_x = np.where(x > 0, active_time * rng.random(customers) ** (1 / np.maximum(x, 1)), 0)
    return x, t_x, T


def simulate_mean_values(x, p, q, gamma, seed):
    """Return the mean value of each customer's x repeat purchases as Gamma-Gamma has it."""
    rng = np.random.default_rng(seed)
    spread = rng.gamma(q, 1 / gamma, len(x))
    repeats = np.maximum(x, 1)
    return np.where(x > 0, rng.gamma(p * repeats, 1 / (repeats * spread)), 0)
