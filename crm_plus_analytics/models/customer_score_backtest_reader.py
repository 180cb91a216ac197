import numpy as np

from odoo import models

from .. import queries
from ..measures import Measures, Scope
from ..queries import holdout
from ..value_backtest import Past
from .customer_measures import PURCHASES

CAME = {'partner_id': np.int64, 'purchases': np.int64, 'revenue': np.float64}
REPEATS = {'day': np.int64, 'repeats': np.int64}


class CustomerScoreBacktestReader(models.AbstractModel):
    """Reads the past of a back-test, from the same server as the scoring and in one snapshot."""
    _name = 'customer.score.backtest.reader'
    _inherit = 'customer.measures'
    _description = 'What a Back-Test Reads'

    def _measure(self, company, as_of, scope=None) -> Past:
        """Return what customers had done by a day, and what came after it.

        :param as_of: up to which the models learn
        :param scope: up to which they foretell, nothing when None. The company's window ends
            where learning ends: what came later is not cut off by it
        """
        self._flush()
        learnt = company._customer_value_scope(as_of)
        scope = scope or learnt
        measures = self._learnt(learnt)
        came = self._fetch(holdout.came_after(scope, as_of), CAME)
        repeats = self._fetch(holdout.repeats_by_day(scope, learnt.after, as_of), REPEATS)
        partner_id = came.pop('partner_id')
        place = np.searchsorted(partner_id, measures.partner_id)
        known = np.isin(measures.partner_id, partner_id)
        for name, values in came.items():
            came[name] = np.zeros(len(measures), dtype=values.dtype)
            came[name][known] = values[place[known]]
        return Past(
            measures=measures, until=scope.as_of, **came,
            days=repeats['day'], repeats=repeats['repeats'],
        )

    def _learnt(self, scope: Scope) -> Measures:
        """Return the purchases of the customers as the scoring would have read them then."""
        calibration_end = self._calibration_end(scope)
        columns = self._fetch(queries.purchases(scope, calibration_end), PURCHASES)
        bought = columns['purchases'] > 0
        kept = {name: column[bought] for name, column in columns.items()}
        del kept['invoices'], kept['credit_notes']
        return Measures(as_of=scope.as_of, calibration_end=calibration_end, **kept)

    def _told_by(self, found) -> tuple:
        return (found.measures,)
