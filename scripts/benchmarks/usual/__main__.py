"""``python -m usual score DATABASE AS_OF`` reads, models and writes; ``python -m usual models FILE`` only models, from
arrays in a file. Prints its figures as JSON.
"""

import json
import sys
import time

import numpy as np
import pandas as pd
import psycopg2

from .measures import documents, measures, purchases
from .models import accept_estimates, summarise, value
from .reading import Reader
from .standing import scored
from .writing import write

SEGMENTS = """
    SELECT id, r_min, r_max, f_min, f_max, m_min, m_max
      FROM customer_segment
     WHERE active AND rule = 'rfm' AND COALESCE(company_id, %(company)s) = %(company)s
     ORDER BY sequence, id
"""


class Clock:
    """Seconds by part of the work."""

    def __init__(self):
        self.laps: dict[str, float] = {}
        self.last = time.perf_counter()

    def lap(self, name: str) -> None:
        now = time.perf_counter()
        self.laps[name] = now - self.last
        self.last = now


def score(database: str, as_of: str) -> dict:
    """Read, model and write, as a nightly job does; return how long each took.

    `models` begins with the invoices as Lifetimes wants them; `further` is all that is read and computed beside them.
    """
    connection = psycopg2.connect(dbname=database)
    with connection.cursor() as cursor:
        cursor.execute("SELECT id, company_id FROM customer_score_run ORDER BY id DESC LIMIT 1")
        run, company = cursor.fetchone()
    clock = Clock()
    reader = Reader(connection, as_of, company)
    invoices = reader.invoices()
    clock.lap("read")
    found = documents(invoices)
    summary = summarise(purchases(found), as_of)
    valued = value(summary)
    clock.lap("models")
    rest = reader.rest()
    measured = measures(found, rest, summary, as_of)
    frame = scored(measured, valued, reader.frame(SEGMENTS))
    clock.lap("further")
    write(reader, frame, run)
    clock.lap("write")
    return {"seconds": sum(clock.laps.values()), **clock.laps, "customers": len(frame)}


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
