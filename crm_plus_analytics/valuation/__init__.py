"""What customers are worth: statistical models as plain functions over NumPy arrays.

No ORM in here: arrays in, arrays out, each formula with its source, so that every model
can be tested against the papers.

- Models of purchases: `bg_nbd`, `mbg_nbd`, `pareto_nbd`, and `simple` where there is too
  little for any of them. One face: `fit`, and an object with `p_alive`,
  `expected_purchases`, `expected_purchases_new`. `choice` finds the one that foresees best.
- Value: `gamma_gamma` values a purchase, `discounted` puts both together.
- Proof: `histories` prepares, `backtest` holds a model against what came after.
- Without a model: `rfm`, `abc_class`, `lifecycle`, `composite`, `profitability`.
"""

from . import (
    abc_class,
    backtest,
    bg_nbd,
    choice,
    composite,
    discounted,
    gamma_gamma,
    histories,
    lifecycle,
    mbg_nbd,
    pareto_nbd,
    profitability,
    rfm,
    simple,
)

__all__ = [
    "abc_class",
    "backtest",
    "bg_nbd",
    "choice",
    "composite",
    "discounted",
    "gamma_gamma",
    "histories",
    "lifecycle",
    "mbg_nbd",
    "pareto_nbd",
    "profitability",
    "rfm",
    "simple",
]
