from psycopg2 import IntegrityError

from odoo import fields
from odoo.exceptions import AccessError
from odoo.tests import tagged
from odoo.tools import mute_logger

from .common import ServiceCommon


@tagged('post_install', '-at_install')
class TestCaseCost(ServiceCommon):
    """What a case took, what that cost, and what the customer said of it."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.team.hourly_cost = 40

    def entries(self, kind, user=None):
        timeline = self.env['customer.timeline']
        return (timeline.with_user(user) if user else timeline.sudo()).search(
            [('partner_id', '=', self.customer.id), ('kind', '=', kind)], order='id'
        )

    def rate(self, case, value, feedback=''):
        """Let the customer rate a case by the link that they were sent."""
        # sudo: as the page behind the link does, having checked its token
        case.sudo().rating_apply(value, token=case._rating_get_access_token(), feedback=feedback)

    def test_time_spent_costs(self):
        case = self.create_case().with_user(self.agent)
        case.time_spent = 1.5
        self.assertEqual(case.sudo().cost, 60, '1.5 hours at 40')
        self.assertEqual(self.entries('case').cost, 60)

    def test_a_new_hourly_cost_leaves_the_past_alone(self):
        case = self.create_case(time_spent=2)
        self.env.flush_all()  # as at the end of the request in which the time was noted
        self.team.hourly_cost = 50
        later = self.create_case(time_spent=2)
        self.assertEqual((case.cost, later.cost), (80, 100))

    def test_cost_is_not_known_without_time_or_without_a_rate(self):
        self.create_case()
        self.team.hourly_cost = 0
        self.create_case(time_spent=3)
        self.assertEqual(self.entries('case').mapped('has_cost'), [False, False])

    def test_time_and_cost_are_not_negative(self):
        case = self.create_case()
        for record, name in ((case, 'time_spent'), (self.team, 'hourly_cost')):
            with (
                self.subTest(field=name),
                mute_logger('odoo.sql_db'),
                self.assertRaises(IntegrityError),
                self.env.cr.savepoint(),
            ):
                record[name] = -1
                record.flush_recordset()

    def test_who_sees_costs(self):
        case = self.create_case(time_spent=1)
        for user, name in ((self.agent, 'cost'), (self.salesperson, 'cost')):
            with self.subTest(user=user.login), self.assertRaises(AccessError):
                case.with_user(user).read([name])
            with self.subTest(user=user.login), self.assertRaises(AccessError):
                self.entries('case', user).read(['cost'])
        with self.assertRaises(AccessError):
            self.team.with_user(self.agent).read(['hourly_cost'])
        self.assertEqual(case.with_user(self.manager).cost, 40)
        self.assertEqual(self.entries('case', self.manager).cost, 40)

    def test_customers_see_neither_time_nor_cost(self):
        case = self.create_case(time_spent=1).with_user(self.portal)
        self.assertTrue(case.name)
        for name in ('time_spent', 'cost', 'rating_avg'):
            with self.subTest(field=name), self.assertRaises(AccessError):
                case.read([name])

    def test_rating_is_a_fact_of_the_day_it_was_given(self):
        case = self.create_case(opened_date='2026-01-05 10:00:00')
        self.rate(case, 4, 'Quick')
        case.rating_ids.rated_on = '2026-02-01 08:00:00'
        entry = self.entries('rating', self.agent)
        self.assertEqual(fields.Datetime.to_string(entry.date), '2026-02-01 08:00:00')
        self.assertAlmostEqual(entry.satisfaction, 0.8)
        self.assertEqual((entry.res_model, entry.res_id), ('service.case', case.id))
        self.assertEqual((entry.partner_id, entry.contact_id), (self.customer, self.contact))
        self.assertEqual(entry.name, f'{case.number} {case.name}')
        self.assertFalse(self.entries('case').has_satisfaction)

    def test_what_was_asked_and_not_answered_is_no_fact(self):
        case = self.create_case()
        case._rating_get_access_token()
        self.assertFalse(self.entries('rating'))
        self.rate(case, 0)
        self.assertFalse(self.entries('rating'))

    def test_ratings_of_another_company_are_not_seen(self):
        self.rate(self.create_case(), 5)
        self.assertTrue(self.entries('rating', self.agent))
        self.assertFalse(self.entries('rating', self.far_agent))

    def test_the_timeline_tells_which_cases_are_open(self):
        case = self.create_case()
        self.create_case(stage_id=self.stage_solved.id)
        self.assertEqual(sorted(self.entries('case').mapped('is_open')), [False, True])
        found = self.env['customer.timeline'].search(
            [('partner_id', '=', self.customer.id), ('is_open', '=', True)])
        self.assertEqual(found.mapped('res_id'), case.ids)
