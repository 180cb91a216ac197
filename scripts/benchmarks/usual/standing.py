"""What the measures and the models make of each customer: the other columns of the score."""

import json
from types import SimpleNamespace

import numpy as np
import pandas as pd

LEVELS = 5
WEIGHTS = {"value": 30, "growth": 10, "loyalty": 20, "conduct": 15, "service": 10, "potential": 15}
LESS_IS_BETTER = ("conduct", "service")
CAPITAL_RATE = 0.08
DAYS_PER_YEAR = 365.25


def scored(measures: pd.DataFrame, valued: SimpleNamespace, segments: pd.DataFrame) -> pd.DataFrame:
    """Return the columns of the score, by customer.

    :param segments: the ranges of each, in order of precedence
    """
    frame = measures.assign(
        p_alive=valued.p_alive, expected_purchases=valued.expected_purchases, expected_value=valued.expected_value,
        customer_value=valued.value, rank=valued.value.rank(ascending=False, method="first").astype(int))
    frame["profit"] = frame.margin - frame.cost_to_serve - frame.late_amount_days / DAYS_PER_YEAR * CAPITAL_RATE
    frame["abc_class"], frame["abc_class_profit"] = abc(frame.revenue), abc(frame.profit)
    frame["r_score"] = fifths(-frame.days_since_last)
    frame["f_score"], frame["m_score"] = fifths(frame.purchases), fifths(frame.revenue)
    frame["rfm_code"] = frame.r_score * 100 + frame.f_score * 10 + frame.m_score
    frame["segment_id"] = segment(frame, segments)
    frame["lifecycle"] = lifecycle(frame)
    frame["outlook"] = outlook(frame)
    between = frame.interval_days.fillna(frame.interval_days.median()).round().clip(lower=1)
    expected = frame.last_date + pd.to_timedelta(between, unit="D")
    frame["next_purchase_date"] = expected.where(frame.lifecycle != "lost")
    frame["composite_score"], frame["components"] = composite(frame)
    is_credited = (frame.purchases > 1) & (valued.summary.monetary_value <= 0)
    frame["reason"] = pd.Series("credited", frame.index).where(is_credited)
    return frame


def fifths(values: pd.Series) -> pd.Series:
    """Return 1 to 5 for the lowest to the highest fifth; equals are in the same."""
    return ((values.rank() - 0.5) * LEVELS // len(values)).astype(int) + 1


def abc(values: pd.Series) -> pd.Series:
    """Return A for who together bring 80 per cent of the total, B up to 95, C for the rest."""
    ordered = values.clip(lower=0).sort_values(ascending=False)
    before = (ordered.cumsum() - ordered) / ordered.sum()
    classes = np.select([ordered <= 0, before < 0.8, before < 0.95], ["C", "A", "B"], "C")
    return pd.Series(classes, ordered.index).reindex(values.index)


def segment(frame: pd.DataFrame, segments: pd.DataFrame) -> np.ndarray:
    """Return the first segment whose ranges the three scores are in."""
    conditions = [
        frame.r_score.between(it.r_min, it.r_max) & frame.f_score.between(it.f_min, it.f_max)
        & frame.m_score.between(it.m_min, it.m_max)
        for it in segments.itertuples()
    ]
    return np.select(conditions, segments.id.tolist())


def outlook(frame: pd.DataFrame) -> np.ndarray:
    p = frame.p_alive
    return np.select([p >= 0.8, p >= 0.5, p >= 0.2, p >= 0], ["active", "likely", "leaving", "lost"], "once")


def lifecycle(frame: pd.DataFrame) -> np.ndarray:
    """Return at which stage each customer is; where the chance still to buy is not known, by silence."""
    usual = frame.interval_days.median()
    interval = frame.interval_days.fillna(usual)
    age, silence, gap = frame.days_since_first, frame.days_since_last, frame.longest_gap
    spent, before = frame.revenue_12_months, frame.revenue_before
    unproven = (frame.purchases == 1) & (age <= 90)
    two_years = age >= 2 * DAYS_PER_YEAR
    is_known = frame.p_alive.notna()
    lost = np.where(is_known, frame.p_alive < 0.2, silence > np.maximum(interval * 4, 45))
    at_risk = np.where(is_known, frame.p_alive < 0.5, silence > np.maximum(interval * 2, 45))
    at_risk |= two_years & (before > 0) & (spent <= before / 2)
    rises = two_years & (spent > before * 1.2)
    others = (age - silence - gap) / (frame.purchases - 2).where(frame.purchases > 2)
    without_gap = others.where(others > 0).fillna(usual)
    return np.select(
        [lost & ~unproven, at_risk & ~unproven, gap > np.maximum(without_gap * 4, 45), age <= 90,
         (frame.purchases >= 4) & (age >= 365) & ~rises],
        ["lost", "at_risk", "won_back", "new", "loyal"], "growing")


def composite(frame: pd.DataFrame) -> tuple[pd.Series, list[str]]:
    """Return the score from 0 to 100, and what it is made of as JSON; what is not known of a customer drops out."""
    figures = pd.DataFrame({
        "value": frame.customer_value,
        "growth": frame.growth,
        "loyalty": frame.p_alive,
        "conduct": frame.late_share.mask(frame.late_share.isna() & (frame.overdue > 0), 1.0),
        "service": frame.cases / frame.purchases if frame.cases.any() else np.nan,
        "potential": frame.open_pipeline if frame.open_pipeline.any() else np.nan,
    })
    figures[list(LESS_IS_BETTER)] *= -1
    places = (figures.rank() - 1) / (figures.count() - 1)
    weights = figures.notna() * pd.Series(WEIGHTS)
    most = weights.div(weights.sum(axis=1), axis=0) * 100
    points = (most * places).fillna(0.0)
    pairs = zip(points.round(1).to_numpy().tolist(), most.round(1).to_numpy().tolist(), strict=True)
    components = [
        json.dumps({name: pair for name, *pair in zip(WEIGHTS, own, full, strict=True) if pair[1]})
        for own, full in pairs
    ]
    return points.sum(axis=1).round().astype(int), components
