from odoo.exceptions import ValidationError
from odoo.tests import TransactionCase, tagged


@tagged('post_install', '-at_install')
class TestCustomerSegment(TransactionCase):

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.segments = cls.env['customer.segment'].search([])
        cls.others = cls.env.ref('crm_plus_analytics.customer_segment_others')

    def test_presets_take_every_combination_once(self):
        self.assertEqual(sum(self.segments.mapped('combinations')), 125)
        self.assertEqual(self.segments[-1], self.others)
        self.assertEqual(self.others.combinations, 0, "the presets leave no gap")
        self.assertFalse(
            (self.segments - self.others).filtered(lambda s: not s.combinations or not s.description))

    def test_order_decides(self):
        champions = self.env.ref('crm_plus_analytics.customer_segment_champions')
        self.assertEqual(champions.combinations, 1)
        self.others.sequence = -1
        (self.others | champions).invalidate_recordset(['combinations'])
        self.assertEqual(self.others.combinations, 125)
        self.assertEqual(champions.combinations, 0)

    def test_nobody_may_be_in_no_segment(self):
        with self.assertRaisesRegex(ValidationError, "Every customer must be in a segment"):
            (self.segments - self.segments[0]).unlink()
        lost = self.env.ref('crm_plus_analytics.customer_segment_lost')
        self.others.unlink()
        with self.assertRaisesRegex(ValidationError, "recency 1"):
            lost.f_min = 2
        with self.assertRaises(ValidationError):
            lost.active = False
        with self.assertRaises(ValidationError):
            lost.company_id = self.env['res.company'].create({'name': "Elsewhere"})

    def test_segments_of_one_company_do_not_touch_another(self):
        other = self.env['res.company'].create({'name': "Elsewhere"})
        own = self.env['customer.segment'].create({
            'name': "Ours", 'company_id': other.id, 'sequence': 0})
        self.assertEqual(own.combinations, 125)
        self.assertIn(own, self.segments._of_company(other))
        self.assertNotIn(own, self.segments._of_company(self.env.company))
        self.assertEqual(sum(self.segments.mapped('combinations')), 125)

    def test_reversed_range_is_refused(self):
        with self.assertRaisesRegex(Exception, "customer_segment_check_ranges"), \
                self.env.cr.savepoint():
            self.env['customer.segment'].create({'name': "Wrong", 'r_min': 4, 'r_max': 2})

    def test_ranges_in_words(self):
        self.assertEqual(
            [self.others.r_range, self.segments[0].r_range, self.segments[1].r_range],
            ["any", "5", "1 to 2"])
