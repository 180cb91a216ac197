from odoo.tests import BaseCase

from ..scoring import calibration
from ..scoring.points import Band, Fading, capped, curve, days_until, normalised, remaining
from ..scoring.rules import Rule, RuleSet


class TestPoints(BaseCase):

    def test_half_is_left_after_each_half_life(self):
        self.assertEqual(remaining(10, 0, 7), 10)
        self.assertEqual(remaining(10, 7, 7), 5)
        self.assertEqual(remaining(10, 14, 7), 2.5)
        self.assertEqual(remaining(-8, 30, 15), -2)

    def test_without_half_life_points_stay(self):
        self.assertEqual(remaining(10, 3650, 0), 10)

    def test_events_of_the_future_count_in_full(self):
        self.assertEqual(remaining(10, -3, 7), 10)

    def test_the_oldest_events_do_not_underflow(self):
        self.assertLess(remaining(10, 10 ** 6, 1), 1e-15)

    def test_cap_works_to_both_sides(self):
        self.assertEqual(capped(35, 20), 20)
        self.assertEqual(capped(-35, 20), -20)
        self.assertEqual(capped(15, 20), 15)
        self.assertEqual(capped(35, 0), 35)

    def test_days_until_inverts_the_fading(self):
        # 40 → 20 after 7 days → 10 after 14
        self.assertAlmostEqual(days_until(40, 10, 7), 14)
        self.assertAlmostEqual(days_until(-40, 10, 7), 14)
        self.assertEqual(days_until(5, 10, 7), 0)
        self.assertIsNone(days_until(40, 10, 0))
        self.assertIsNone(days_until(40, 0, 7))

    def test_score_is_a_percentage_of_the_full_points(self):
        self.assertEqual(normalised(30, 90), 33)
        self.assertEqual(normalised(1, 8), 13)  # 12.5
        self.assertEqual(normalised(120, 90), 100)
        self.assertEqual(normalised(-5, 90), 0)
        self.assertIsNone(normalised(0, 0))

    def test_bands(self):
        band = Band(40, 70)
        self.assertEqual([band.of(score) for score in (0, 39, 40, 69, 70, 100)],
                         ['cold', 'cold', 'warm', 'warm', 'hot', 'hot'])
        self.assertEqual(band.bounds(), {'cold': (0, 39), 'warm': (40, 69), 'hot': (70, 100)})

    def test_curve(self):
        # 30 of 100 stay; 80 points capped to 40 are 40 for one half-life, then 20, then 10
        fading = [Fading(80, 7, 40)]
        self.assertEqual(curve(30, fading, 100, [0, 7, 14, 21]), [70, 70, 50, 40])


class TestRules(BaseCase):

    def test_score_worked_by_hand(self):
        rules = RuleSet([Rule(1, 20), Rule(2, 10, cap=20), Rule(3, 30), Rule(4, -15)])
        # at most 20 + 20 + 30 = 70 points; 20 + 15 + 30 - 15 = 50 of them are 71.4 %
        scored = rules.score(None, {1: 20, 2: 15, 3: 30, 4: -15})
        self.assertEqual(scored.points, {1: 20, 2: 15, 3: 30, 4: -15})
        self.assertEqual((scored.total, scored.full), (50, 70))
        self.assertEqual((scored.score, scored.band), (71, 'hot'))

    def test_what_does_not_apply_counts_nothing(self):
        scored = RuleSet([Rule(1, 20), Rule(2, 60)]).score(None, {1: 20})
        self.assertEqual(scored.points, {1: 20, 2: 0})
        self.assertEqual((scored.score, scored.band), (25, 'cold'))

    def test_caps(self):
        rules = RuleSet([Rule(1, 10, cap=30), Rule(2, -10, cap=15)])
        scored = rules.score(None, {1: 500, 2: -500})
        self.assertEqual(scored.points, {1: 30, 2: -15})
        self.assertEqual((scored.full, scored.score), (30, 50))

    def test_rules_of_teams(self):
        rules = RuleSet([Rule(1, 20), Rule(2, 80, teams=frozenset({7}))])
        self.assertEqual(rules.score(7, {1: 20, 2: 80}).score, 100)
        other = rules.score(8, {1: 20, 2: 80})
        self.assertEqual((other.score, other.points), (100, {1: 20}))
        self.assertEqual(rules.score(None, {}).points, {1: 0})

    def test_points_for_a_full_score(self):
        self.assertEqual(RuleSet([Rule(1, 20)], full=50).score(None, {1: 20}).score, 40)

    def test_nothing_to_win_is_no_score(self):
        scored = RuleSet([Rule(1, -20)]).score(None, {1: -20})
        self.assertEqual((scored.score, scored.band), (None, None))
        self.assertIsNone(RuleSet([], full=100).score(None, {}).score)


class TestCalibration(BaseCase):

    def assertInterval(self, interval, low, high):
        self.assertAlmostEqual(interval[0], low, 4)
        self.assertAlmostEqual(interval[1], high, 4)

    def test_wilson(self):
        # p = .8, n = 10, z = 1.96: (.8 + .1921 ± 1.96 √(.016 + .0096)) / 1.3841
        self.assertInterval(calibration.wilson(8, 10), 0.4902, 0.9433)
        self.assertInterval(calibration.wilson(0, 10), 0, 0.2775)
        self.assertInterval(calibration.wilson(10, 10), 0.7225, 1)
        self.assertInterval(calibration.wilson(500, 1000), 0.4691, 0.5309)

    def test_nothing_is_known_of_none(self):
        self.assertEqual(calibration.wilson(0, 0), (0, 1))

    def test_two_proportions(self):
        # pooled .25, standard error √(.25 × .75 × 2/100) = .0612, z = 1.633
        near = calibration.compare(30, 100, 20, 100)
        self.assertAlmostEqual(near.difference, 0.1)
        self.assertAlmostEqual(near.p_value, 0.1025, 4)
        self.assertFalse(near.differs)
        # pooled .3, standard error √(.3 × .7 × 2/100) = .0648, z = 3.086
        far = calibration.compare(40, 100, 20, 100)
        self.assertAlmostEqual(far.p_value, 0.0020, 4)
        self.assertTrue(far.differs)

    def test_few_leads_tell_nothing_however_they_differ(self):
        few = calibration.compare(4, 4, 0, 4)
        self.assertLess(few.p_value, 0.05)
        self.assertFalse(few.is_enough)
        self.assertFalse(few.differs)

    def test_comparison_with_none(self):
        self.assertEqual(calibration.compare(0, 0, 5, 10), (0, 1, False))
        self.assertEqual(calibration.compare(10, 10, 10, 10).p_value, 1)

    def test_lift(self):
        # 30 % against 25 % of all
        self.assertAlmostEqual(calibration.lift(30, 100, 50, 200), 1.2)
        self.assertIsNone(calibration.lift(0, 0, 50, 200))
        self.assertIsNone(calibration.lift(0, 100, 0, 200))

    def test_concordance(self):
        # 36 pairs: 1 × 1.5 at 10, 2 × (3 + 1) at 50, 3 × (5 + .5) at 90 make 26
        groups = [(50, 2, 2), (10, 1, 3), (90, 3, 1)]
        self.assertAlmostEqual(calibration.concordance(groups), 26 / 36)
        self.assertEqual(calibration.concordance([(10, 0, 5), (90, 5, 0)]), 1)
        self.assertEqual(calibration.concordance([(50, 5, 5)]), 0.5)
        self.assertIsNone(calibration.concordance([(50, 5, 0)]))
