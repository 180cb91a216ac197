"""The CDNOW sample as the papers summarise it, for tests of the value models.

Fader & Hardie: 2,357 customers of a CD shop who first bought in the first quarter of
1997, followed until 1998-06-30. The file is not ours to ship: scripts/test fetches it
and names its path in CRM_PLUS_CDNOW.
"""

import os
from dataclasses import dataclass
from datetime import date
from functools import cache

import numpy as np

CALIBRATION_END = date(1997, 9, 30)
HOLDOUT_END = date(1998, 6, 30)


@dataclass(frozen=True)
class Summary:
    """One entry per customer in each array, in file order; times in weeks of seven days."""

    #: the number in the sample, 1 to 2,357
    customer: np.ndarray
    x: np.ndarray
    t_x: np.ndarray
    T: np.ndarray
    #: mean value of the repeat purchases in calibration, 0 where there is none
    mean_value: np.ndarray
    #: purchases in the 39 weeks after the calibration
    holdout: np.ndarray


@cache
def cdnow_summary() -> Summary:
    """Return the summary at the end of calibration, one purchase per customer and day."""
    customer, day, value = purchases()
    customers, first = np.unique(customer, return_index=True)
    owner = np.searchsorted(customers, customer)
    end = CALIBRATION_END.toordinal()
    repeat = (day <= end) & (day > day[first][owner])

    def total(weights):
        return np.bincount(owner, weights, len(customers))

    x = total(repeat)
    last = np.maximum.reduceat(np.where(day <= end, day, 0), first)
    return Summary(
        customer=customers,
        x=x,
        t_x=(last - day[first]) / 7,
        T=(end - day[first]) / 7,
        mean_value=total(repeat * value) / np.maximum(x, 1),
        holdout=total(day > end),
    )


def purchases() -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return customer, day and value of each purchase, ordered by customer and day."""
    path = os.environ.get("CRM_PLUS_CDNOW")
    if not path:
        raise AssertionError(
            "The CDNOW sample is not there: run scripts/test, which fetches it "
            "and sets CRM_PLUS_CDNOW to its path."
        )
    rows = np.loadtxt(path, usecols=(1, 2, 4))
    keys, which = np.unique(rows[:, :2].astype(int), axis=0, return_inverse=True)
    days = [date(day // 10000, day // 100 % 100, day % 100).toordinal() for day in keys[:, 1].tolist()]
    return keys[:, 0], np.array(days), np.bincount(which.ravel(), rows[:, 2])
