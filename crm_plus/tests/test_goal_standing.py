from datetime import date

from odoo.tests import BaseCase, tagged

from ..planning import goal_standing, overall_progress, time_elapsed


@tagged('post_install', '-at_install')
class TestGoalStanding(BaseCase):
    """How far goals are, worked out by hand."""

    def assertStanding(self, standing, status, progress):
        self.assertEqual(standing.status, status)
        self.assertAlmostEqual(standing.progress, progress)

    def test_from_a_start_to_a_target(self):
        """From 20 to 40: 25 is a quarter of the way."""
        self.assertStanding(goal_standing(25, 20, 40, 0.25), 'on_track', 0.25)
        self.assertStanding(goal_standing(25, 20, 40, 0.3), 'on_track', 0.25)
        self.assertStanding(goal_standing(25, 20, 40, 0.31), 'behind', 0.25)
        self.assertStanding(goal_standing(15, 20, 40, 0.5), 'behind', -0.25)
        self.assertStanding(goal_standing(40, 20, 40, 0.5), 'reached', 1)
        self.assertStanding(goal_standing(39, 20, 40, 1), 'missed', 0.95)

    def test_down_to_a_target(self):
        """From 50 down to 10: 30 is half of the way."""
        self.assertStanding(goal_standing(30, 50, 10, 0.5, lower=True), 'on_track', 0.5)
        self.assertStanding(goal_standing(30, 50, 10, 0.6, lower=True), 'behind', 0.5)
        self.assertStanding(goal_standing(10, 50, 10, 0.1, lower=True), 'reached', 1)
        self.assertStanding(goal_standing(60, 50, 10, 0.1, lower=True), 'behind', -0.25)

    def test_what_adds_up_begins_at_nothing(self):
        """100 of 400 after a quarter of the time, whatever the year before was."""
        self.assertStanding(goal_standing(100, 350, 400, 0.25, adds_up=True), 'on_track', 0.25)
        self.assertStanding(goal_standing(70, 350, 400, 0.25, adds_up=True), 'behind', 0.175)
        self.assertStanding(goal_standing(400, 350, 400, 0.9, adds_up=True), 'reached', 1)

    def test_a_limit_is_used_up(self):
        """At most 12: 3 after a quarter of the time keep pace, 6 do not, 13 are too many."""
        def limit(value, elapsed):
            return goal_standing(value, 20, 12, elapsed, lower=True, adds_up=True)
        self.assertStanding(limit(3, 0.25), 'on_track', 0.25)
        self.assertStanding(limit(6, 0.25), 'behind', 0.125)
        self.assertStanding(limit(13, 0.25), 'missed', 0.25 * 3 / 13)
        self.assertStanding(limit(12, 1), 'reached', 1)
        self.assertStanding(limit(0, 0), 'on_track', 0)
        self.assertStanding(limit(1, 0), 'behind', 0)

    def test_what_is_good_already_is_kept(self):
        self.assertStanding(goal_standing(50, 50, 40, 0.5), 'reached', 1)
        self.assertStanding(goal_standing(30, 50, 40, 0.5), 'behind', 0.75)
        self.assertStanding(goal_standing(40, 10, 20, 0.5, lower=True), 'behind', 0.5)

    def test_without_a_start_the_way_is_not_known(self):
        self.assertStanding(goal_standing(50, None, 40, 0.5), 'reached', 1)
        self.assertStanding(goal_standing(30, None, 40, 0.5), 'on_track', 0.75)
        self.assertStanding(goal_standing(5, None, 0, 0.5, lower=True), 'behind', 0)

    def test_nothing_measured_says_nothing(self):
        self.assertStanding(goal_standing(None, 20, 40, 0.5), 'unknown', 0)

    def test_goals_together(self):
        """Half of what weighs 3, and more than all of what weighs 1: 2.5 of 4."""
        self.assertAlmostEqual(overall_progress([(0.5, 3), (1.7, 1)]), 0.625)
        self.assertAlmostEqual(overall_progress([(0.5, 1), (-1, 1)]), 0.25)
        self.assertIsNone(overall_progress([]))

    def test_time_gone(self):
        start, end = date(2026, 1, 1), date(2026, 1, 11)
        for day, part in (
            (date(2025, 12, 1), 0), (start, 0), (date(2026, 1, 6), 0.5), (end, 1),
            (date(2027, 1, 1), 1),
        ):
            with self.subTest(day=day):
                self.assertAlmostEqual(time_elapsed(start, end, day), part)
        self.assertEqual(time_elapsed(end, end, end), 1)
