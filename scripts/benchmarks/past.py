"""``python -m benchmarks.past DATABASE``: score the customers as of some month ends, and try the models on the past.

So that there is something to see on every part of the dashboard.
"""

import sys

import numpy as np

from . import population
from .odoo_session import environment
from .scoring import complete_run

MONTHS = 3  # beside the one of AS_OF


def month_ends() -> list[str]:
    """Return the last days of the months before AS_OF, and AS_OF, whose scores stay the present ones."""
    month = population.AS_OF.astype("datetime64[M]")
    ends = [(month - back).astype("datetime64[D]") - np.timedelta64(1, "D") for back in reversed(range(MONTHS))]
    return [str(day) for day in (*ends, population.AS_OF)]


def main(database: str) -> int:
    with environment(database) as env:
        for day in month_ends():
            complete_run(env, day)
        launch = env["customer.score.backtest.launch"].create({})
        test = env["customer.score.backtest"].browse(launch.action_launch()["res_id"])
        if test.state == "queued":  # left to the scheduler, where there are many documents
            test._execute()
        if test.state != "done":
            raise RuntimeError(test.failure or f"the back-test is {test.state}")
        env.cr.commit()
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
