"""Companies whose documents are out of the ordinary are scored all the same, and no figure is nonsense."""

import math
from datetime import timedelta

from odoo.tests import tagged

from .common import AS_OF, CustomerValueCommon


@tagged('post_install', '-at_install')
class TestCustomerScoreEdgeCases(CustomerValueCommon):

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.crowd = cls.env['res.partner'].create([{'name': f"Customer {n}"} for n in range(12)])

    def scored(self, customers, as_of=AS_OF):
        """Score, check what holds of every scoring, and return the run and its scores."""
        run = self.score(as_of)
        self.assertEqual((run.state, run.failure), ('done', False))
        # sudo: scores are read by people of sales, and this is a bookkeeper
        scores = self.env['customer.score'].sudo().search([('company_id', '=', self.company.id)])
        self.assertEqual(scores.partner_id, customers)
        self.assertEqual(run.customers, len(customers))
        self.assertEqual(sorted(scores.mapped('rank')), list(range(1, len(scores) + 1)))
        for score in scores:
            self.assertTrue(score.segment_id, "in exactly one segment")
            self.assertIn(score.abc_class, ('A', 'B', 'C'))
            self.assertTrue(score.lifecycle)
            self.assertTrue(0 <= score.composite_score <= 100)
            self.assertTrue(0 <= score.p_alive <= 1)
            self.assertTrue(score.explanation)
            self.assertTrue(score.is_valued or score.reason, "no value, and why")
            for name in ('customer_value', 'expected_value', 'expected_purchases'):
                self.assertTrue(math.isfinite(score[name]) and score[name] >= 0, name)
        return run, scores

    def assertAlike(self, scores, *names):
        for name in names:
            self.assertEqual(len(set(scores.mapped(name))), 1, name)

    def test_all_alike(self):
        for partner in self.crowd:
            for day in ('2026-01-10', '2026-03-10', '2026-05-10'):
                self.buy(partner, day, 100)
        _run, scores = self.scored(self.crowd)
        self.assertAlike(
            scores, 'segment_id', 'rfm_code', 'lifecycle', 'composite_score', 'customer_value',
            'expected_purchases', 'p_alive', 'reason')

    def test_one_purchase_each(self):
        for number, partner in enumerate(self.crowd):
            self.buy(partner, AS_OF - timedelta(days=30 * number), 10 * (number + 1))
        run, scores = self.scored(self.crowd)
        self.assertEqual((run.repeaters, run.purchase_model_state), (0, 'no_repeat'))
        self.assertEqual(set(scores.mapped('reason')), {'no_purchase_model'})
        self.assertFalse(any(scores.mapped('is_valued')))

    def test_negative_totals(self):
        """More was credited than bought, as when a return of older goods is credited."""
        for partner in self.crowd[:4]:
            self.buy(partner, '2026-01-10', 100)
            self.buy(partner, '2026-03-10', 60)
            self.buy(partner, '2026-04-10', 500, 'out_refund')
        for partner in self.crowd[4:8]:
            self.buy(partner, '2026-01-10', 100)
            self.buy(partner, '2026-02-10', 40)
        run, scores = self.scored(self.crowd[:8])
        returned = scores.filtered(lambda score: score.partner_id in self.crowd[:4])
        self.assertEqual(set(returned.mapped('revenue')), {-340.0})
        self.assertLess(
            max(returned.mapped('m_score')), min((scores - returned).mapped('m_score')))
        self.assertEqual(set(returned.mapped('abc_class')), {'C'})
        self.assertEqual(run.revenue, 4 * -340 + 4 * 140)

    def test_nothing_but_negative_totals(self):
        for partner in self.crowd[:3]:
            self.buy(partner, '2026-01-10', 100)
            self.buy(partner, '2026-03-10', 300, 'out_refund')
        run, _scores = self.scored(self.crowd[:3])
        self.assertEqual((run.revenue, run.total_value), (-600, 0))

    def test_dates_in_the_future(self):
        """Invoices may be dated ahead; they count from their day."""
        ahead = AS_OF + timedelta(days=400)
        for partner in self.crowd[:3]:
            self.buy(partner, '2026-01-10', 100)
            self.buy(partner, ahead, 900)
        self.buy(self.crowd[3], ahead, 100)
        _run, scores = self.scored(self.crowd[:3])
        self.assertEqual(set(scores.mapped('revenue')), {100.0})
        self.assertEqual(set(scores.mapped('purchases')), {1})
        _run, scores = self.scored(self.crowd[:4], ahead)
        self.assertEqual(sorted(scores.mapped('revenue')), [100.0, 1000.0, 1000.0, 1000.0])

    def test_all_dates_in_the_future(self):
        for partner in self.crowd[:3]:
            self.buy(partner, AS_OF + timedelta(days=1), 100)
        run, _scores = self.scored(self.crowd[:0])
        self.assertEqual(run.invoices, 0)
