"""What each customer did, out of the documents: a data frame with a row per customer."""

from types import SimpleNamespace

import numpy as np
import pandas as pd

MARGIN_RATE = 0.3  # of what was sold without an order
TWO_YEARS = 730.5


def documents(invoices: pd.DataFrame) -> pd.DataFrame:
    """Return the documents, each credit note with the date of what it reverses."""
    reversed_date = invoices.date.reindex(invoices.reversed_entry_id).set_axis(invoices.index)
    return invoices.assign(date=reversed_date.where(invoices.is_refund).fillna(invoices.date))


def purchases(found: pd.DataFrame) -> pd.DataFrame:
    """Return the invoices, each less what was credited of it."""
    invoices = found[~found.is_refund]
    credited = found[found.is_refund].groupby("reversed_entry_id").amount.sum()
    return invoices.assign(amount=invoices.amount + credited.reindex(invoices.index, fill_value=0.0))


def bought(found: pd.DataFrame, summary: pd.DataFrame, as_of: pd.Timestamp) -> pd.DataFrame:
    """Return when and for how much each customer bought."""
    days = found[~found.is_refund].groupby("partner_id").date.agg(["min", "max"])
    amounts = {
        "revenue": found,
        "revenue_12_months": found[found.date > as_of - pd.DateOffset(months=12)],
        "revenue_before": found[(found.date > as_of - pd.DateOffset(months=24))
                                & (found.date <= as_of - pd.DateOffset(months=12))],
        "credited": found[found.is_refund],
    }
    frame = pd.DataFrame({
        name: part.groupby("partner_id").amount.sum().reindex(days.index, fill_value=0.0)
        for name, part in amounts.items()
    })
    frame["credited"] *= -1
    frame["first_date"], frame["last_date"] = days["min"], days["max"]
    frame["days_since_first"] = (as_of - frame.first_date).dt.days
    frame["days_since_last"] = (as_of - frame.last_date).dt.days
    frame["purchases"] = summary.frequency.astype(int) + 1
    frame["recency"], frame["age"] = summary.recency, summary["T"]
    frame["average_value"] = frame.revenue / frame.purchases
    between = frame.days_since_first - frame.days_since_last
    frame["interval_days"] = between / (frame.purchases - 1).where(frame.purchases > 1)
    invoiced = frame.revenue + frame.credited
    frame["credit_share"] = (frame.credited / invoiced.where(invoiced > 0)).fillna(0.0)
    spent, before = frame.revenue_12_months.clip(lower=0), frame.revenue_before.clip(lower=0)
    both = (spent + before).where((frame.days_since_first >= TWO_YEARS) & (spent + before > 0))
    frame["growth"] = (spent - before) / both
    return frame.join(gaps(found, as_of))


def gaps(found: pd.DataFrame, as_of: pd.Timestamp) -> pd.DataFrame:
    """Return the spread of the days between purchases, and the longest of the last 12 months."""
    days = found.loc[~found.is_refund, ["partner_id", "date"]].drop_duplicates().sort_values(["partner_id", "date"])
    days["gap"] = days.groupby("partner_id").date.diff().dt.days
    by_customer = days.groupby("partner_id").gap
    recent = days[days.date > as_of - pd.DateOffset(months=12)].groupby("partner_id").gap.max()
    return pd.DataFrame({
        "interval_spread": by_customer.std(ddof=0).where(by_customer.count() > 1),
        "longest_gap": recent,
    })


def sold(found: pd.DataFrame, lines: pd.DataFrame, as_of: pd.Timestamp) -> pd.DataFrame:
    """Return margin, discount and breadth."""
    lines = lines.merge(found[["partner_id", "date", "is_refund"]], left_on="move_id", right_index=True)
    cost = np.where(lines.is_refund, -1, 1) * lines.quantity * lines.unit_cost
    lines["margin"] = np.where(lines.unit_cost.isna(), -lines.balance * MARGIN_RATE, -lines.balance - cost)
    lines["given"] = -lines.balance * lines.discount / (100 - lines.discount)
    by_customer = lines.groupby("partner_id")
    recent = lines[lines.date > as_of - pd.DateOffset(months=12)]
    kept = lines[~lines.is_refund]
    return pd.DataFrame({
        "margin": by_customer.margin.sum(),
        "margin_12_months": recent.groupby("partner_id").margin.sum(),
        "discount": by_customer.given.sum(),
        "products": _distinct(kept, "product_id"),
        "categories": _distinct(kept, "categ_id"),
    })


def _distinct(lines: pd.DataFrame, column: str) -> pd.Series:
    pairs = lines[["partner_id", column]].dropna().drop_duplicates()
    return pairs.groupby("partner_id").size()


def paid(instalments: pd.DataFrame, matches: pd.DataFrame, as_of: pd.Timestamp) -> pd.DataFrame:
    """Return how customers pay, each amount against the term of its instalment."""
    matches = matches.merge(instalments[["partner_id", "due"]], left_on="id", right_index=True)
    payments = matches[matches.is_payment]
    days = (payments.date - payments.due).dt.days
    payments = payments.assign(
        days=payments.amount * days, late=payments.amount.where(days > 0, 0.0),
        late_days=payments.amount * days.clip(lower=0))
    of_payments = payments.groupby("partner_id")[["amount", "days", "late", "late_days"]].sum()
    settled = matches.groupby("id").amount.sum().reindex(instalments.index, fill_value=0.0)
    is_due = instalments.due < as_of
    still_open = (instalments.balance - settled).where(is_due, 0.0)
    owed = instalments.assign(
        overdue=still_open, overdue_days=still_open.clip(lower=0) * (as_of - instalments.due).dt.days,
    ).groupby("partner_id")[["overdue", "overdue_days"]].sum()
    return pd.DataFrame({
        "days_to_pay": of_payments.days / of_payments.amount,
        "late_share": of_payments.late / of_payments.amount,
        "overdue": owed.overdue,
        "late_amount_days": of_payments.late_days.reindex(owed.index, fill_value=0.0) + owed.overdue_days,
    })


def dealt(leads: pd.DataFrame) -> pd.DataFrame:
    """Return the open pipeline and the share won of what was decided."""
    is_won, is_lost = leads.won_status == "won", leads.won_status == "lost"
    pending = leads[~is_won & ~is_lost]
    return pd.DataFrame({
        "open_pipeline": pending.groupby("partner_id").amount.sum(),
        "win_rate": is_won[is_won | is_lost].astype(float).groupby(leads.partner_id).mean(),
    })


def won_by(leads: pd.DataFrame, orders: pd.DataFrame, invoices: pd.DataFrame) -> pd.Series:
    """Return the source of each customer's first won lead, or else of the first lead, order or invoice that has one."""
    named = pd.concat([
        leads.assign(priority=np.where(leads.won_status == "won", 1, 2)),
        orders.assign(priority=3),
        invoices[~invoices.is_refund].assign(priority=4),
    ])[["partner_id", "source_id", "priority", "date"]].dropna()
    return named.sort_values(["priority", "date"]).groupby("partner_id").source_id.first()


def measures(found: pd.DataFrame, rest: SimpleNamespace, summary: pd.DataFrame, as_of: str) -> pd.DataFrame:
    """Return all measures, by customer."""
    day = pd.Timestamp(as_of)
    frame = bought(found, summary, day)
    frame = frame.join(sold(found, rest.lines, day)).join(paid(rest.instalments, rest.matches, day))
    frame = frame.join(dealt(rest.leads))
    frame["source_id"] = won_by(rest.leads, rest.orders, found).astype("Int64")
    known = ["margin", "margin_12_months", "discount", "products", "categories", "overdue", "late_amount_days",
             "longest_gap", "open_pipeline"]
    frame[known] = frame[known].fillna(0)
    # nothing is known of cases: where there is no help desk there are none
    frame["cases"], frame["cost_to_serve"], frame["satisfaction"] = 0, 0.0, np.nan
    frame["has_satisfaction"] = frame.satisfaction.notna()
    frame["has_payment"], frame["has_outcome"] = frame.late_share.notna(), frame.win_rate.notna()
    return frame
