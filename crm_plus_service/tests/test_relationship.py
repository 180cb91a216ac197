from datetime import timedelta

from odoo import fields
from odoo.tests import tagged

from .common import ServiceCommon


@tagged('post_install', '-at_install')
class TestRelationship(ServiceCommon):
    """What service adds to the pages of the relationship models."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.sales_team = cls.env['crm.team'].create({'name': 'Buyers', 'company_id': False})
        cls.order.write({'team_id': cls.sales_team.id, 'user_id': cls.salesperson.id})

    def figures(self, model, user=None):
        """The figures of the customers of a sales team: of the one customer of the tests."""
        page = self.env['crm.relationship'].with_user(user or self.salesperson).get_page(
            model, {'team_id': self.sales_team.id})
        return {
            figure['key']: figure for step in page['steps'] for group in step['groups']
            for figure in group['figures']
        }

    def assertFigure(self, figure, display, among, user=None):
        self.assertEqual((figure['display'], figure['among']), (display, among))
        for action, count in (
            (figure['action'], figure['count']),
            (figure['others']['action'], figure['others']['count']),
        ):
            records = self.env[action['res_model']].with_user(user or self.salesperson)
            self.assertEqual(records.search_count(action['domain']), count)

    def test_nothing_yet(self):
        figures = self.figures('processes')
        self.assertIn('Nothing was promised', figures['promises']['missing'])
        self.assertIn('No case was rated', figures['satisfied']['missing'])
        self.assertIn('Nobody has answered', figures['promoters']['missing'])

    def test_promises_kept(self):
        """Of three promises one is kept, one missed, one still runs: that one does not count."""
        kept, missed, _running = (self.create_case() for _number in range(3))
        kept.target_ids.write({'done_date': fields.Datetime.now()})
        missed.target_ids.write({
            'done_date': fields.Datetime.now() + timedelta(days=30)})
        for model in ('idic', 'value_chain', 'processes'):
            self.assertFigure(self.figures(model)['promises'], '50%', '1 of 2')

    def test_satisfied_customers(self):
        """Four of five is satisfied, three is not; who was not asked does not count."""
        for value in (4, 3):
            case = self.create_case()
            case.sudo().rating_apply(value, token=case._get_rating_token())
        self.create_case()
        for model in ('idic', 'value_chain', 'processes'):
            self.assertFigure(self.figures(model)['satisfied'], '50%', '1 of 2')

    def test_promoters(self):
        for score in (10, 9, 8, 2):
            self.env['service.nps.answer'].create({
                'company_id': self.company.id, 'partner_id': self.contact.id,
            })._answer(score, '')
        for model in ('value_chain', 'processes'):
            self.assertFigure(self.figures(model)['promoters'], '50%', '2 of 4')

    def test_cases_of_other_companies_do_not_count(self):
        case = self.create_case(team_id=self.other_team.id)
        case.target_ids.write({'done_date': fields.Datetime.now()})
        self.assertNotIn('display', self.figures('idic')['promises'])
