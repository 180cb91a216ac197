"""The CDNOW purchase history: 1/10 sample of Fader & Hardie, as the package `lifetimes` ships it.

A row is ``00004 0001 19970101  2   29.33``: the customer in the full data, the customer in the
sample, the day, the number of CDs and what they cost in dollars.
"""
import re
from collections.abc import Iterator
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path

from .errors import HistoryError
from .purchase import Purchase

COLUMNS = "full-data customer, sample customer, day as YYYYMMDD, number of CDs, dollars"
FIRST_YEAR = 1970
REMEDY = "Correct the line, or take CDNOW_sample.txt anew from the package lifetimes 0.11.3."


def read(path: str | Path) -> list[Purchase]:
    """Return the purchases of the file, oldest first.

    :raise HistoryError: naming the line that is not a purchase
    """
    path = Path(path)
    try:
        text = path.read_text(encoding="ascii")
    except UnicodeDecodeError:
        raise HistoryError(f"{path.name} is not a text file. {REMEDY}") from None
    except OSError as error:
        raise HistoryError(
            f"The purchase history {path} cannot be read ({error.strerror}). "
            "Name an existing file with --file."
        ) from None
    purchases = sorted(_purchases(text, path.name), key=lambda purchase: purchase.date)
    if not purchases:
        raise HistoryError(f"{path.name} holds no purchases. {REMEDY}")
    return purchases


def _purchases(text: str, name: str) -> Iterator[Purchase]:
    for number, line in enumerate(text.splitlines(), start=1):
        if not line.strip():
            continue
        try:
            yield _purchase(line.split())
        except ValueError as error:
            raise HistoryError(f"Line {number} of {name}: {error}. {REMEDY}") from None


def _purchase(fields: list[str]) -> Purchase:
    if len(fields) != 5:
        raise ValueError(f"it has {len(fields)} columns instead of 5 ({COLUMNS})")
    _full_data_customer, customer, day, quantity, amount = fields
    if not re.fullmatch(r"\d+", customer):
        raise ValueError(f'the customer "{customer}" is not a number')
    if not re.fullmatch(r"[1-9]\d{0,5}", quantity):
        raise ValueError(f'the number of CDs "{quantity}" is not a whole number of 1 or more')
    if not re.fullmatch(r"\d{1,9}(\.\d{1,2})?", amount):
        raise ValueError(f'the amount "{amount}" is not dollars and cents of 0 or more')
    return Purchase(customer, _day(day), int(quantity), Decimal(amount).quantize(Decimal("0.01")))


def _day(text: str) -> date:
    try:
        if not re.fullmatch(r"\d{8}", text):
            raise ValueError
        day = datetime.strptime(text, "%Y%m%d").date()
    except ValueError:
        raise ValueError(f'the day "{text}" is not a date written as YYYYMMDD') from None
    if not date(FIRST_YEAR, 1, 1) <= day <= date.today():
        raise ValueError(f"the day {day} lies before {FIRST_YEAR} or in the future")
    return day
