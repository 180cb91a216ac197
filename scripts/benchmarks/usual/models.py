"""BG/NBD and Gamma-Gamma by Lifetimes."""

from types import SimpleNamespace

import numpy as np
import pandas as pd
from lifetimes import BetaGeoFitter, GammaGammaFitter, fitters
from lifetimes.utils import summary_data_from_transaction_data

MONTHS = 12
WEEKS_PER_MONTH = 4.345  # the library's own
MONTHLY_RATE = 1.1 ** (1 / 12) - 1


def accept_estimates():
    """Let the library use the estimate that it found where it reports that it has not converged.

    It does so on such data with a gradient of about 1e-7. Stopping there would leave nothing to compare with.
    """
    minimize = fitters.minimize

    def minimize_and_accept(*args, **options):
        found = minimize(*args, **options)
        found.success = True
        return found

    fitters.minimize = minimize_and_accept


def summarise(purchases: pd.DataFrame, as_of: str) -> pd.DataFrame:
    """Return frequency, recency, age in weeks and the mean value of repeat purchases, by customer."""
    summary = summary_data_from_transaction_data(
        purchases, "partner_id", "date", monetary_value_col="amount", observation_period_end=as_of, freq="D")
    summary["recency"] /= 7
    summary["T"] /= 7
    return summary


def value(summary: pd.DataFrame) -> SimpleNamespace:
    """Fit both models and value each customer, as the library's own tutorial does. Times are in weeks."""
    purchases, amounts = BetaGeoFitter(), GammaGammaFitter()
    history = summary.frequency, summary.recency, summary["T"]
    purchases.fit(*history)
    returning = summary[(summary.frequency > 0) & (summary.monetary_value > 0)]
    amounts.fit(returning.frequency, returning.monetary_value)
    return SimpleNamespace(
        purchases=purchases,
        amounts=amounts,
        summary=summary,
        # who bought once has given no sign of leaving yet: 1, by the formula
        p_alive=np.where(summary.frequency > 0, purchases.conditional_probability_alive(*history), np.nan),
        expected_purchases=purchases.conditional_expected_number_of_purchases_up_to_time(
            MONTHS * WEEKS_PER_MONTH, *history),
        expected_value=amounts.conditional_expected_average_profit(
            summary.frequency, summary.monetary_value.clip(lower=0)),
        value=amounts.customer_lifetime_value(
            purchases, *history, summary.monetary_value.clip(lower=0), time=MONTHS, discount_rate=MONTHLY_RATE,
            freq="W"),
    )
