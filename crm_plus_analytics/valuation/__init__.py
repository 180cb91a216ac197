"""What customers are worth: statistical models as plain functions over NumPy arrays.

No ORM in here: arrays in, arrays out, each formula with its source, so that every model
can be tested against the papers. Models of purchases (`bg_nbd`, `mbg_nbd`, `pareto_nbd`)
have one face, `fit` and an object with `p_alive`, `expected_purchases`,
`expected_purchases_new`; `gamma_gamma` values a purchase; `discounted` puts both together;
`rfm` and `abc_class` need no model.
"""

from . import abc_class, bg_nbd, discounted, gamma_gamma, mbg_nbd, pareto_nbd, rfm

__all__ = ["abc_class", "bg_nbd", "discounted", "gamma_gamma", "mbg_nbd", "pareto_nbd", "rfm"]
