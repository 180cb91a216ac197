from dataclasses import replace
from datetime import date

import numpy as np

from odoo.tests import TransactionCase, tagged

from .. import scoring
from ..measures import Measures
from ..valuation import bg_nbd
from .common import AS_OF, simulated_measures

EVERYBODY = ((1, 5), (1, 5), (1, 5))


def measures(*customers):
    """Return measures of customers given as (first, last, purchases, revenue, repeat)."""
    columns = np.array(customers, dtype=object).reshape(-1, 5).T
    return Measures(
        as_of=AS_OF,
        partner_id=np.arange(len(customers)),
        first_day=np.array([day.toordinal() for day in columns[0]], dtype=np.int64),
        last_day=np.array([day.toordinal() for day in columns[1]], dtype=np.int64),
        purchases=columns[2].astype(np.int64),
        revenue=columns[3].astype(float),
        repeat_revenue=columns[4].astype(float),
    )


@tagged('post_install', '-at_install')
class TestScoring(TransactionCase):

    def score(self, measured, **parameters):
        return scoring.score(
            measured, scoring.Parameters(segments=[EVERYBODY], **parameters), lambda phase: None)

    def test_nobody(self):
        scores = self.score(measures())
        self.assertEqual(len(scores.rank), 0)
        self.assertEqual(scores.purchases_by.state, 'no_repeat')

    def test_one_customer_who_bought_once(self):
        day = date(2026, 6, 1)
        scores = self.score(measures((day, day, 1, 80, 0)))
        self.assertEqual(scores.purchases_by.state, 'no_repeat')
        self.assertEqual(scores.value_model_state, 'no_repeat')
        self.assertTrue(np.isnan([scores.value[0], scores.p_alive[0]]).all())
        self.assertEqual(scores.expected_value[0], 80)
        self.assertEqual(
            (scores.outlook[0], scores.reason[0], scores.segment[0], scores.abc[0], scores.rank[0]),
            ('once', 'no_purchase_model', 0, 'A', 1))

    def test_two_customers_who_came_back(self):
        early, late = date(2026, 1, 1), date(2026, 6, 1)
        scores = self.score(measures((early, late, 3, 90, 60), (early, early, 1, 10, 0)))
        self.assertEqual(scores.purchases_by.state, 'few')
        self.assertEqual(scores.value_model_state, 'few')
        self.assertEqual(scores.purchases_by.name, 'simple')
        self.assertEqual(set(scores.reason.tolist()), {'simple'})
        self.assertEqual(scores.rank.tolist(), [1, 2])
        # 2 repeats within the ages of 180 days each: 2 / 360 a day for all of them. Her own
        # rate is (2 + 1) / (180 + 180), for a silence of 29 days: nothing to conclude.
        self.assertEqual((scores.p_alive[0], scores.outlook[0]), (1, 'active'))

    def test_all_customers_alike(self):
        early, late = date(2026, 1, 1), date(2026, 6, 1)
        scores = self.score(measures(*[(early, late, 3, 90, 60)] * 30))
        self.assertEqual(scores.purchases_by.state, 'alike')
        self.assertEqual(scores.value_model_state, 'alike')
        self.assertEqual(set(scores.r.tolist()), {3})
        self.assertEqual(set(scores.abc.tolist()), {'A'})

    def test_models_are_those_of_the_papers(self):
        measured = simulated_measures(np.arange(300))
        scores = self.score(measured, time_unit='day', horizon_months=6)
        history = measured.repeats, measured.recency('day'), measured.age('day')
        model = bg_nbd.fit(*history)
        self.assertEqual(scores.purchases_by.state, 'fitted')
        self.assertEqual(scores.value_model_state, 'fitted')
        np.testing.assert_allclose(scores.purchases_by.model.r, model.r)
        np.testing.assert_allclose(
            scores.expected_purchases, model.expected_purchases(365.25 / 2, *history))
        came_back = measured.repeats > 0
        np.testing.assert_allclose(
            scores.p_alive[came_back], model.p_alive(*history)[came_back])
        self.assertEqual(scores.rank[scores.value.argmax()], 1)
        self.assertFalse((scores.reason != '').any())

    def test_one_purchase_is_no_ground_for_a_chance(self):
        measured = simulated_measures(np.arange(300))
        scores = self.score(measured, purchase_model='bg_nbd')
        once = measured.repeats == 0
        self.assertTrue(np.isnan(scores.p_alive[once]).all())
        self.assertTrue((scores.outlook[once] == 'once').all())
        self.assertTrue((scores.expected_purchases[once] > 0).all())

    def test_model_that_lets_leave_at_once_knows_one_time_buyers(self):
        measured = simulated_measures(np.arange(300))
        once = measured.repeats == 0
        scores = self.score(measured, purchase_model='mbg_nbd')
        self.assertEqual((scores.purchases_by.name, scores.purchases_by.verdict), ('mbg_nbd', 'set'))
        self.assertTrue((scores.p_alive[once] < 1).all())
        self.assertNotIn('once', scores.outlook.tolist())

    def test_the_unit_of_time_matters_little(self):
        measured = simulated_measures(np.arange(300))
        values = [self.score(measured, time_unit=unit).value.sum() for unit in ('day', 'week', 'month')]
        np.testing.assert_allclose(values, values[0], rtol=1e-3)

    def test_discount_reduces_the_value(self):
        measured = simulated_measures(np.arange(300))
        dear, free = (self.score(measured, discount_rate=rate).value.sum() for rate in (0.1, 0.0))
        self.assertLess(dear, free)
        self.assertGreater(dear, free / 1.1)

    def test_repeat_purchases_credited_in_full_are_valued_like_the_average(self):
        measured = simulated_measures(np.arange(300))
        credited = int(measured.repeats.argmax())
        repeat = measured.repeat_revenue.copy()
        repeat[credited] = -5.0
        scores = self.score(replace(measured, repeat_revenue=repeat))
        self.assertEqual(scores.reason[credited], 'credited')
        np.testing.assert_allclose(
            scores.expected_value[credited], scores.value_model.population_mean)

    def test_without_a_value_model_the_own_average_stands_in(self):
        measured = simulated_measures(np.arange(300))
        same = np.where(measured.repeats > 0, measured.repeats * 50.0, 0.0)
        scores = self.score(replace(measured, repeat_revenue=same))
        self.assertEqual(scores.purchases_by.state, 'fitted')
        self.assertEqual(scores.value_model_state, 'alike')
        np.testing.assert_allclose(scores.expected_value, measured.average_value)
        self.assertEqual(set(scores.reason.tolist()), {'own_average'})
        self.assertFalse(np.isnan(scores.value).any())

    def test_abc_thresholds(self):
        day = date(2026, 6, 1)
        measured = measures(*[(day, day, 1, revenue, 0) for revenue in (70, 20, 6, 4)])
        scores = self.score(measured, abc_thresholds=(0.7, 0.9))
        self.assertEqual(scores.abc.tolist(), ['A', 'B', 'C', 'C'])
