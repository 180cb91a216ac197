import doctest

from odoo.tests import BaseCase

from ..scoring import health
from ..scoring.health import HealthPart, band_of, health_score, points_of, share_reached


class TestHealthArithmetic(BaseCase):

    def test_examples_in_the_code(self):
        self.assertFalse(doctest.testmod(health).failed)

    def test_less_is_better(self):
        """60 days overdue give nothing, none all, 45 days a quarter."""
        self.assertEqual(share_reached(0, 0, 60), 1)
        self.assertEqual(share_reached(45, 0, 60), 0.25)
        self.assertEqual(share_reached(60, 0, 60), 0)

    def test_more_is_better(self):
        self.assertEqual(share_reached(-20, 0, -40), 0.5)
        self.assertEqual(share_reached(1, 1, -1), 1)

    def test_beyond_the_limits(self):
        self.assertEqual(share_reached(500, 0, 60), 0)
        self.assertEqual(share_reached(-500, 0, 60), 1)
        self.assertEqual(share_reached(-500, 0, -40), 0)

    def test_weights_of_what_is_known_make_a_hundred(self):
        parts = [HealthPart(20, 0.5), HealthPart(20, None), HealthPart(60, 1.0)]
        self.assertEqual(points_of(parts), [(12.5, 25.0), None, (75.0, 75.0)])
        self.assertEqual(health_score(parts), 88, "half a point counts")

    def test_nothing_known_is_no_health(self):
        self.assertIsNone(health_score([HealthPart(10, None)]))
        self.assertIsNone(health_score([HealthPart(0, 1.0)]))
        self.assertIsNone(health_score([]))

    def test_bands(self):
        self.assertEqual(
            [band_of(score, 70, 40) for score in (100, 70, 69, 40, 39, 0, None)],
            ['green', 'green', 'amber', 'amber', 'red', 'red', False])
