"""The usual way to value customers: pandas and lifetimes on a copy of the invoices. Runs in its own environment.

``usual_pipeline.py score DATABASE AS_OF`` reads, models and writes; ``usual_pipeline.py models FILE`` only models, from
arrays in a file. Prints its figures as JSON. It imports nothing of the project.
"""

import json
import sys
import time
from types import SimpleNamespace

import numpy as np
import pandas as pd
import psycopg2
from lifetimes import BetaGeoFitter, GammaGammaFitter, fitters
from lifetimes.utils import summary_data_from_transaction_data
from psycopg2 import sql
from psycopg2.extras import execute_values

MONTHS = 12
WEEKS_PER_MONTH = 4.345  # the library's own
MONTHLY_RATE = 1.1 ** (1 / 12) - 1
INVOICES = """
    SELECT move.id, partner.commercial_partner_id AS partner_id, move.invoice_date AS date,
           move.amount_untaxed_signed::float8 AS amount, move.move_type, move.reversed_entry_id
      FROM account_move AS move
      JOIN res_partner AS partner ON partner.id = move.partner_id
     WHERE move.state = 'posted' AND move.move_type IN ('out_invoice', 'out_receipt', 'out_refund')
       AND move.invoice_date <= %(as_of)s
"""


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
        p_alive=purchases.conditional_probability_alive(*history),
        expected_purchases=purchases.conditional_expected_number_of_purchases_up_to_time(
            MONTHS * WEEKS_PER_MONTH, *history),
        expected_value=amounts.conditional_expected_average_profit(
            summary.frequency, summary.monetary_value.clip(lower=0)),
        value=amounts.customer_lifetime_value(
            purchases, *history, summary.monetary_value.clip(lower=0), time=MONTHS, discount_rate=MONTHLY_RATE,
            freq="W"),
    )


def score(database: str, as_of: str) -> dict:
    """Read, model and write, as a nightly job does; return how long each took."""
    connection = psycopg2.connect(dbname=database)
    laps = [time.perf_counter()]
    invoices = read(connection, as_of)
    laps.append(time.perf_counter())
    summary = summarise(invoices, as_of)
    valued = value(summary)
    laps.append(time.perf_counter())
    write(connection, columns_of(invoices, summary, valued, as_of))
    laps.append(time.perf_counter())
    read_seconds, model_seconds, write_seconds = np.diff(laps)
    return {"seconds": laps[-1] - laps[0], "read": read_seconds, "models": model_seconds, "write": write_seconds,
            "customers": len(summary), "value": float(valued.value.sum())}


def read(connection, as_of: str) -> pd.DataFrame:
    """Return the invoices, each less what was credited of it."""
    with connection.cursor() as cursor:
        cursor.execute(INVOICES, {"as_of": as_of})
        rows = pd.DataFrame(cursor.fetchall(), columns=[column.name for column in cursor.description])
    rows["date"] = pd.to_datetime(rows["date"])
    refund = rows.move_type == "out_refund"
    invoices, refunds = rows[~refund].set_index("id"), rows[refund]
    credited = refunds.groupby("reversed_entry_id").amount.sum()
    invoices["amount"] += credited.reindex(invoices.index, fill_value=0.0)
    return invoices


def summarise(invoices: pd.DataFrame, as_of: str) -> pd.DataFrame:
    summary = summary_data_from_transaction_data(
        invoices, "partner_id", "date", monetary_value_col="amount", observation_period_end=as_of, freq="D")
    summary["recency"] /= 7
    summary["T"] /= 7
    return summary


def columns_of(invoices, summary, valued, as_of) -> pd.DataFrame:
    """Return what it has found under the names of the columns of the score."""
    customers = invoices.groupby("partner_id")
    revenue, first, last = customers.amount.sum(), customers.date.min(), customers.date.max()
    purchases = summary.frequency + 1
    today = pd.Timestamp(as_of)
    frame = pd.DataFrame({
        "purchases": purchases.astype(int), "first_date": first.dt.date, "last_date": last.dt.date,
        "days_since_first": (today - first).dt.days, "days_since_last": (today - last).dt.days,
        "interval_days": (summary.recency * 7 / summary.frequency.where(summary.frequency > 0)).round(1),
        "recency": summary.recency, "age": summary["T"], "revenue": revenue.round(2),
        "average_value": (revenue / purchases).round(2), "p_alive": valued.p_alive,
        "expected_purchases": valued.expected_purchases, "expected_value": valued.expected_value.round(2),
        "customer_value": valued.value.round(2), "rank": valued.value.rank(ascending=False, method="first").astype(int),
    })
    for name, ranked in (("r_score", last), ("f_score", purchases), ("m_score", revenue)):
        frame[name] = pd.qcut(ranked.rank(method="first"), 5, labels=False) + 1
    frame["rfm_code"] = frame.r_score * 100 + frame.f_score * 10 + frame.m_score
    share = revenue.sort_values(ascending=False).cumsum() / revenue.sum()
    frame["abc_class"] = np.select([share <= 0.8, share <= 0.95], ["a", "b"], "c")[
        share.index.get_indexer(frame.index)]
    return frame.reset_index(names="partner_id")


def write(connection, frame: pd.DataFrame) -> None:
    """Write the columns that the score has too into a table like it."""
    with connection, connection.cursor() as cursor:
        cursor.execute("DROP TABLE IF EXISTS bench_usual_score")
        cursor.execute("CREATE TABLE bench_usual_score (LIKE customer_score INCLUDING DEFAULTS INCLUDING INDEXES)")
        cursor.execute("SELECT column_name FROM information_schema.columns WHERE table_name = 'customer_score'")
        known = {name for name, in cursor.fetchall()}
        frame = frame[[name for name in frame.columns if name in known]].astype(object)
        rows = frame.where(frame.notna(), None).itertuples(index=False, name=None)
        cursor.execute("ALTER TABLE bench_usual_score ALTER company_id DROP NOT NULL, ALTER run_id DROP NOT NULL")
        execute_values(
            cursor,
            sql.SQL("INSERT INTO bench_usual_score ({}) VALUES %s").format(
                sql.SQL(", ").join(map(sql.Identifier, frame.columns))).as_string(cursor),
            rows, page_size=10_000)


def models(path: str) -> dict:
    """Model the customers of a file; return how long it took, and the estimates."""
    arrays = np.load(path)
    summary = pd.DataFrame({name: arrays[name] for name in ("frequency", "recency", "T", "monetary_value")})
    started = time.perf_counter()
    valued = value(summary)
    seconds = time.perf_counter() - started
    return {"seconds": seconds, "purchases": valued.purchases.params_.to_dict(),
            "amounts": valued.amounts.params_.to_dict(), "value": float(valued.value.sum())}


if __name__ == "__main__":
    accept_estimates()
    sys.stdout.write(json.dumps({"score": score, "models": models}[sys.argv[1]](*sys.argv[2:])) + "\n")
