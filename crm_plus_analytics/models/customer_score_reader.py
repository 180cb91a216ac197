from dataclasses import dataclass

import numpy as np

from odoo import models
from odoo.tools import SQL

from .. import queries
from .customer_measures import DEALINGS

PROSPECTS = {
    'partner_id': np.int64, 'source_id': np.int64, 'open_pipeline': np.float64,
    'win_rate': np.float64, 'cases': np.int64, 'satisfaction': np.float64,
    'known_cost': np.float64, 'costed_cases': np.int64,
}


@dataclass(frozen=True, kw_only=True)
class Prospects:
    """What was dealt with those who never bought, as in `measures.Measures`; each of shape (n,)."""

    partner_id: np.ndarray
    source_id: np.ndarray
    open_pipeline: np.ndarray
    win_rate: np.ndarray
    cases: np.ndarray
    satisfaction: np.ndarray
    known_cost: np.ndarray
    costed_cases: np.ndarray

    def __len__(self) -> int:
        return len(self.partner_id)


class CustomerScoreReader(models.AbstractModel):
    """Reads all that a scoring learns from the documents: customers' measures, and prospects.

    Both at once, so that they are of the same server and, where that is the read replica, of
    one snapshot of it.
    """
    _name = 'customer.score.reader'
    _inherit = 'customer.measures'
    _description = 'What a Scoring Reads'

    def _measure(self, company, as_of, scope=None):
        """Return the measures of the customers, and the `Prospects`."""
        scope = scope or company._customer_value_scope(as_of)
        measures = super()._measure(company, as_of, scope)
        return measures, self._prospects(scope)

    def _prospects(self, scope) -> Prospects:
        entries = self._timeline_entries(scope, (*DEALINGS, 'quotation'))
        # a column of whole numbers must not have a NULL
        found = SQL(
            """
            SELECT partner_id, COALESCE(source_id, 0) AS source_id, open_pipeline, win_rate,
                   cases, satisfaction, known_cost, costed_cases
              FROM (%s) AS prospect
            """, queries.prospects(scope, entries))
        return Prospects(**self._fetch(found, PROSPECTS))

    def _told_by(self, found) -> tuple:
        return found
