from odoo.tests import tagged

from .test_customer_score_run import ScoreRunCommon


@tagged('post_install', '-at_install')
class TestRelationship(ScoreRunCommon):
    """What the scores add to the pages of the relationship models."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        measures = cls.many_customers()
        with cls.measuring(cls, measures):
            cls.score()
        # sudo: the test's own user is a bookkeeper
        cls.scores = cls.env['customer.score'].sudo().search(
            [('company_id', '=', cls.company.id)])
        cls.reader = cls.new_user(
            'relation_sam', 'sales_team.group_sale_salesman_all_leads',
            'crm_plus.group_customer_documents')
        cls.without_amounts = cls.new_user('relation_own', 'sales_team.group_sale_salesman')

    def figures(self, model, user=None):
        page = self.env['crm.relationship'].with_user(user or self.reader).get_page(model)
        return {
            figure['key']: figure for step in page['steps'] for group in step['groups']
            for figure in group['figures']
        }

    def opened(self, figure):
        return self.env['customer.score'].with_user(self.reader).search(
            figure['action']['domain'])

    def test_segments(self):
        """Every customer is in one segment, so that the figures add up to all of them."""
        for model in ('idic', 'value_chain', 'processes'):
            segments = {
                key: figure for key, figure in self.figures(model).items()
                if key.startswith('segment_')
            }
            self.assertEqual(sum(figure['count'] for figure in segments.values()), 200)
            for segment in self.scores.segment_id:
                self.assertEqual(
                    self.opened(segments[f'segment_{segment.id}']).sudo(),
                    self.scores.filtered(lambda score, segment=segment: (
                        score.segment_id == segment)))

    def test_value_of_the_best(self):
        figure = self.figures('value_chain')['class_a_value']
        best = self.scores.filtered(
            lambda score: score.abc_class == 'A' and score.customer_value > 0)
        share = sum(best.mapped('customer_value')) / sum(self.scores.mapped('customer_value'))
        self.assertEqual(figure['display'], f'{round(100 * share)}%')
        self.assertEqual(self.opened(figure).sudo(), best)
        self.assertNotIn('class_a_value', self.figures('value_chain', self.without_amounts))

    def test_who_stays(self):
        figure = self.figures('processes')['staying']
        staying = self.scores.filtered(lambda score: score.outlook in ('active', 'likely'))
        leaving = self.scores.filtered(lambda score: score.outlook in ('leaving', 'lost'))
        self.assertTrue(staying and leaving)
        self.assertEqual(self.opened(figure).sudo(), staying)
        self.assertEqual(figure['others']['count'], len(leaving))
        self.assertEqual(figure['total'], len(staying | leaving))

    def test_without_a_scoring(self):
        self.scores.unlink()
        figures = self.figures('value_chain')
        self.assertIn("Run a scoring", figures['staying']['missing'])
        self.assertIn("Run a scoring", figures['class_a_value']['missing'])
