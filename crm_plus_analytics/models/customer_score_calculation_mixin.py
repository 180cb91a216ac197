import math
import time

import numpy as np

from odoo import fields, models

from .. import scoring
from ..valuation import lifecycle
from .customer_score_writer import ScoreWriter, round_money

#: What became of a model.
MODEL_STATES = [
    ('fitted', "Estimated"),
    ('few', "Not estimated: there are too few customers to tell."),
    ('no_repeat', "Not estimated: no customer has bought on more than one day."),
    ('alike', "Not estimated: the customers are too few or too much alike to tell them apart."),
]
#: The server from which the documents were read.
READ_FROM = [('primary', "Main database"), ('replica', "Read replica")]


class CustomerScoreCalculationMixin(models.AbstractModel):
    """What a scoring consists of, for ``customer.score.run``, which inherits from this.

    Measure, model, write: with the parameters of the run, and back into its figures.
    """
    _name = 'customer.score.calculation.mixin'
    _description = 'Calculation of Customer Scores'

    def _score(self, report, replica):
        """Measure, model, write: all that a run is about."""
        clock = _Clock()
        report('measures')
        (measures, prospects), read_from = self._read_documents(replica)
        clock.lap('seconds_measures')
        # sudo: the segments of the run's company are the same for everybody
        segments = self.env['customer.segment'].sudo()._of_company(self.company_id)
        by_ranges = segments._with_ranges()
        scores = scoring.score(measures, self._parameters(by_ranges), report)
        clock.lap('seconds_models')
        report('writing')
        self.env['customer.score']._write_prospects(self, prospects)
        ScoreWriter(self, by_ranges).replace(measures, scores)
        segments._take_by_conditions(self.company_id)
        self.env['customer.tier.proposal']._propose(self)
        self.env['customer.score.history']._record(self)
        clock.lap('seconds_writing')
        self.write({
            'state': 'done',
            'date_end': fields.Datetime.now(),
            'prospects': len(prospects),
            'read_from': read_from,
            **self._counts(measures, scores),
            **self._estimates(scores),
            **clock.laps,
        })

    def _read_documents(self, replica):
        """Return the measures and the prospects, and from which server they are."""
        asked = (self.company_id, self.as_of, self._scope())
        reader = self.env['customer.score.reader']
        if replica:
            return reader._measure_on_replica(*asked)
        return reader._measure(*asked), 'primary'

    def _scope(self):
        """Return what this run measures."""
        return self.company_id._customer_value_scope(
            self.as_of, basis=self.basis, window_months=self.window_months,
            margin_basis=self.margin_basis, margin_rate=self.margin_rate)

    def _parameters(self, segments) -> scoring.Parameters:
        return scoring.Parameters(
            time_unit=self.time_unit,
            purchase_model=self.purchase_model_choice,
            horizon_months=self.horizon_months,
            discount_rate=self.discount_rate,
            abc_thresholds=(self.abc_a, self.abc_b),
            weights=self.weights,
            capital_rate=self.capital_rate,
            case_cost=self.case_cost,
            life=lifecycle.Limits(**{
                name: limit for name, limit in self.lifecycle_limits.items() if limit is not None}),
            cut_points=self.cut_points or {},
            segments=[segment._rule() for segment in segments],
        )

    def _counts(self, measures, scores) -> dict:
        """Return the values of the run that count what was read."""
        # rounded first: the total is what the customers' values add up to
        total = np.nansum(round_money(scores.value, self.currency_id))
        return {
            'customers': len(measures),
            'repeaters': int((measures.repeats > 0).sum()),
            'invoices': measures.invoices,
            'credit_notes': measures.credit_notes,
            'without_purchase': measures.without_purchase,
            'without_average': int((scores.reason == 'credited').sum()),
            'revenue': float(measures.revenue.sum()),
            'total_value': float(total),
            'medians': scores.standing.medians,
            'usual_interval': scores.standing.usual_interval,
        }

    def _estimates(self, scores) -> dict:
        """Return the values of the run that keep what the models estimated."""
        chosen, value = scores.purchases_by, scores.value_model
        estimates = {
            'gamma_gamma_p': value.p,
            'gamma_gamma_q': value.q,
            'gamma_gamma_gamma': value.gamma,
            'gamma_gamma_log_likelihood': value.log_likelihood,
        }
        names = ('r', 'alpha', 'a', 'b', 'log_likelihood')
        for name in names:
            estimates[f'bg_nbd_{name}'] = (
                getattr(chosen.model, name) if chosen.name == 'bg_nbd' else 0.0)
        return {
            'purchase_model': chosen.name or False,
            'purchase_model_verdict': chosen.verdict,
            'purchase_model_state': chosen.state,
            'value_model_state': scores.value_model_state,
            'estimates': {
                'deviances': dict(chosen.deviances),
                'parameters': [
                    *_parameters_of(chosen.name, chosen.model),
                    *_parameters_of('gamma_gamma', value),
                ],
            },
            **{name: x if math.isfinite(x) else 0.0 for name, x in estimates.items()},
        }


def _parameters_of(name: str, model) -> list:
    """Return rows of model, parameter, estimate and standard error; none without a fit."""
    if not getattr(model, 'converged', False):
        return []
    errors = model.standard_errors
    return [
        *([name, each, getattr(model, each), _finite(error)] for each, error in errors.items()),
        [name, "ln L", model.log_likelihood, None],
    ]


def _finite(number: float) -> float | None:
    return number if math.isfinite(number) else None


class _Clock:
    """Seconds per phase, and in total."""

    def __init__(self):
        self.laps = {'duration': 0.0}
        self._last = time.monotonic()

    def lap(self, name: str):
        """End a phase."""
        now = time.monotonic()
        self.laps[name] = now - self._last
        self.laps['duration'] += self.laps[name]
        self._last = now
