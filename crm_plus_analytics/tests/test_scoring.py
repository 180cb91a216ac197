import warnings
from dataclasses import fields, replace
from datetime import date, timedelta

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from odoo.tests import BaseCase, TransactionCase, tagged

from .. import scoring
from ..measures import UNIT_DAYS, Measures
from ..model_choice import AUTOMATIC
from ..valuation import bg_nbd, choice, lifecycle
from .common import AS_OF, simulated_measures
from .valuation_simulation import FEW_EXAMPLES

EVERYBODY = ((1, 5), (1, 5), (1, 5))
CALIBRATION_END = AS_OF - timedelta(days=240)
#: The measures that are amounts of money.
MONEY = (
    'revenue', 'repeat_revenue', 'revenue_12_months', 'revenue_before', 'credited', 'margin',
    'margin_12_months', 'discount', 'overdue', 'late_amount_days', 'open_pipeline',
)
AMOUNTS = st.one_of(st.just(0.0), st.floats(-1e5, 1e6), st.sampled_from([1e12, -1e12, 0.01]))
#: Days of the first purchase before the as-of day, repeat purchases, days of leeway between
#: them, revenue and the part of it that was repeated.
CUSTOMERS = st.tuples(
    st.integers(0, 2000), st.integers(0, 60), st.integers(0, 400), AMOUNTS, AMOUNTS)


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


def with_calibration(measured):
    """Return the measures with what was known of the customers some months before."""
    end = CALIBRATION_END.toordinal()
    before, known = measured.last_day <= end, measured.first_day <= end
    return replace(
        measured,
        calibration_end=CALIBRATION_END,
        calibration_purchases=np.where(before, measured.purchases, known.astype(np.int64)),
        calibration_last_day=np.where(
            before, measured.last_day, np.where(known, measured.first_day, 0)),
    )


def any_measures(rows):
    """Return measures of rows as `CUSTOMERS` draws them."""
    customers = []
    for ago, repeats, leeway, revenue, repeated in rows:
        repeats = min(repeats, ago)
        first = AS_OF - timedelta(days=ago)
        between = min(repeats + leeway, ago) if repeats else 0
        customers.append((
            first, first + timedelta(days=between), repeats + 1, revenue,
            repeated if repeats else 0.0))
    return with_calibration(measures(*customers))


class TestScoringIsTotal(BaseCase):
    """Whatever the customers did: no exception, no warning, and no figure without sense."""

    def score(self, measured, **parameters):
        with warnings.catch_warnings():
            warnings.simplefilter('error')
            scores = scoring.score(
                measured, scoring.Parameters(segments=[EVERYBODY], **parameters), lambda phase: None)
        self.assert_sound(measured, scores)
        return scores

    def assert_sound(self, measured, scores):
        count = len(measured)
        self.assertEqual(sorted(scores.rank.tolist()), list(range(1, count + 1)))
        self.assertFalse(scores.segment.any())
        self.assertLessEqual(set(scores.abc.tolist()) | set(scores.abc_profit.tolist()), set('ABC'))
        self.assertLessEqual(set(scores.standing.stage.tolist()), set(lifecycle.STAGES))
        self.assertTrue(np.isfinite(scores.standing.profit).all())
        unknown = np.isnan(scores.standing.score.total)
        self.assertTrue(((scores.standing.score.total >= 0) | unknown).all())
        self.assertTrue(((scores.standing.score.total <= 100 + 1e-9) | unknown).all())
        # What a customer will spend is known, or it is said why it is not.
        self.assertTrue(np.isfinite(scores.expected_value).all())
        self.assertTrue((scores.expected_value >= 0).all())
        for figure in (scores.value, scores.expected_purchases):
            nothing_to_go_by = scores.reason == 'no_purchase_model'
            self.assertTrue((np.isfinite(figure) | nothing_to_go_by).all())
            self.assertTrue(((figure >= 0) | nothing_to_go_by).all())
        chance = scores.p_alive[~np.isnan(scores.p_alive)]
        self.assertTrue(((chance >= 0) & (chance <= 1)).all())
        once = measured.repeats == 0
        self.assertTrue((once | ~np.isnan(scores.p_alive) | (scores.reason == 'no_purchase_model')).all())

    def score_in_every_way(self, measured):
        for unit in UNIT_DAYS:
            for model in (AUTOMATIC, *choice.MODELS):
                self.score(measured, time_unit=unit, purchase_model=model)

    def test_nobody_one_and_two(self):
        early, late = date(2026, 1, 1), date(2026, 6, 1)
        rows = [(early, late, 3, 90, 60), (early, early, 1, 10, 0)]
        for count in range(3):
            self.score_in_every_way(with_calibration(measures(*rows[:count])))

    def test_all_alike(self):
        early, late = date(2025, 8, 1), date(2026, 6, 1)
        self.score_in_every_way(with_calibration(measures(*[(early, late, 3, 90, 60)] * 30)))

    def test_one_purchase_each(self):
        days = [AS_OF - timedelta(days=11 * number) for number in range(60)]
        measured = with_calibration(measures(*[(day, day, 1, 50, 0) for day in days]))
        self.score_in_every_way(measured)
        self.assertEqual(set(self.score(measured).reason.tolist()), {'no_purchase_model'})

    def test_everybody_came_today(self):
        self.score_in_every_way(with_calibration(measures(*[(AS_OF, AS_OF, 1, 50, 0)] * 30)))

    def test_totals_below_zero(self):
        measured = simulated_measures(np.arange(300))
        measured = replace(
            measured, revenue=-measured.revenue, repeat_revenue=-measured.repeat_revenue)
        scores = self.score(with_calibration(measured))
        self.assertEqual(scores.value_model_state, 'few')
        self.assertFalse(scores.value.any())
        self.assertEqual(set(scores.abc.tolist()), {'C'})

    def test_amounts_of_nothing(self):
        measured = simulated_measures(np.arange(300))
        nothing = np.zeros(300)
        scores = self.score(with_calibration(replace(measured, revenue=nothing, repeat_revenue=nothing)))
        self.assertFalse(scores.value.any())
        self.assertTrue((scores.expected_purchases > 0).all())

    def test_one_giant_among_many(self):
        measured = simulated_measures(np.arange(300))
        giant = int(measured.repeats.argmax())
        revenue, repeat = measured.revenue.copy(), measured.repeat_revenue.copy()
        revenue[giant], repeat[giant] = 1e13, 9e12
        scores = self.score(with_calibration(replace(measured, revenue=revenue, repeat_revenue=repeat)))
        self.assertEqual((scores.rank[giant], scores.abc[giant]), (1, 'A'))
        self.assertEqual(set(np.delete(scores.abc, giant).tolist()), {'C'})

    def test_purchases_of_every_day_for_years_beside_rare_ones(self):
        first = AS_OF - timedelta(days=3000)
        daily = [(first, AS_OF - timedelta(days=number), 2900, 1e6, 9e5) for number in range(20)]
        rare = [(first, first + timedelta(days=40 * number + 40), 2, 20, 10) for number in range(40)]
        self.score_in_every_way(with_calibration(measures(*daily, *rare)))

    @FEW_EXAMPLES
    @given(st.lists(CUSTOMERS, max_size=40), st.sampled_from(sorted(UNIT_DAYS)),
           st.sampled_from((AUTOMATIC, *choice.MODELS)), st.integers(1, 60))
    def test_any_customers(self, rows, unit, model, horizon):
        self.score(any_measures(rows), time_unit=unit, purchase_model=model, horizon_months=horizon)

    def test_purchases_after_the_day_of_the_measures_are_refused_with_the_remedy(self):
        measured = measures((date(2026, 6, 1), AS_OF + timedelta(days=1), 2, 80, 40))
        with self.assertRaisesRegex(ValueError, "later than 2026-06-30: measure up to that day"):
            self.score(measured)


class TestScoringPromises(BaseCase):
    """What must not matter, does not: the order of the customers and the unit of money."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        simulated = simulated_measures(np.arange(250))
        chance = np.random.default_rng(1)
        cls.measured = with_calibration(replace(
            simulated,
            margin=simulated.revenue * 0.3, overdue=chance.uniform(0, 50, 250),
            revenue_12_months=simulated.revenue * 0.7, revenue_before=simulated.revenue * 0.3,
            late_amount_days=chance.uniform(0, 500, 250), open_pipeline=chance.uniform(0, 90, 250),
        ))
        cls.scores = cls.score(cls.measured)

    @classmethod
    def score(cls, measured):
        return scoring.score(measured, scoring.Parameters(segments=[EVERYBODY]), lambda phase: None)

    def assert_same(self, scores, expected, money=1.0, order=slice(None)):
        for name in ('r', 'f', 'm', 'segment', 'abc', 'abc_profit', 'outlook', 'reason'):
            np.testing.assert_array_equal(getattr(scores, name), getattr(expected, name)[order], name)
        for name in ('p_alive', 'expected_purchases'):
            np.testing.assert_allclose(getattr(scores, name), getattr(expected, name)[order], rtol=1e-6)
        for name in ('expected_value', 'value'):
            np.testing.assert_allclose(getattr(scores, name), getattr(expected, name)[order] * money, rtol=1e-6)
        np.testing.assert_allclose(scores.standing.profit, expected.standing.profit[order] * money, rtol=1e-9)
        np.testing.assert_array_equal(scores.standing.stage, expected.standing.stage[order])
        np.testing.assert_allclose(scores.standing.score.total, expected.standing.score.total[order], rtol=1e-9)
        self.assertEqual(scores.purchases_by.name, expected.purchases_by.name)
        # Customers of equal value are ranked in the order given.
        np.testing.assert_array_equal(scores.value[scores.rank.argsort()], np.sort(scores.value)[::-1])

    @FEW_EXAMPLES
    @given(st.integers(0, 2**32 - 1))
    def test_order_of_customers_does_not_matter(self, seed):
        order = np.random.default_rng(seed).permutation(250)
        arrays = {
            each.name: getattr(self.measured, each.name)[order]
            for each in fields(Measures) if isinstance(getattr(self.measured, each.name), np.ndarray)
        }
        self.assert_same(self.score(replace(self.measured, **arrays)), self.scores, order=order)

    @FEW_EXAMPLES
    @given(st.sampled_from([0.001, 0.25, 8, 1024, 150]))
    def test_unit_of_currency_scales_money_and_nothing_else(self, unit):
        money = {name: getattr(self.measured, name) * unit for name in MONEY}
        self.assert_same(self.score(replace(self.measured, **money)), self.scores, money=unit)
