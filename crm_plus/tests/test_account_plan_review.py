from dateutil.relativedelta import relativedelta

from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged
from odoo.tools import mute_logger

from .plan_common import AccountPlanCommon


@tagged('post_install', '-at_install')
class TestAccountPlanReview(AccountPlanCommon):
    """Reviews freeze figures, the evaluation closes the plan."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.goal = cls.make_goal('ordered', 200)
        cls.make_order(cls.customer, 100, cls.day(50), user=cls.salesperson)
        cls.plan.action_start()

    def review(self, user=None):
        """Begin a review as a user does."""
        user = user or self.salesperson
        action = self.as_user(self.plan, user, self.company).action_review()
        return self.as_user(
            self.env[action['res_model']].browse(action['res_id']), user, self.company)

    def test_a_review_freezes_the_figures(self):
        review = self.review()
        self.assertEqual(self.review(), review, "the one that is begun")
        self.assertEqual(review.goal_ids, self.goal)
        review.comment = "<p>Good.</p>"
        review.action_freeze()
        line = review.line_ids
        self.assertEqual((line.value, line.target_value, line.status), (100, 200, 'on_track'))
        self.assertAlmostEqual(line.progress, 50)
        self.assertEqual((review.state, review.user_id), ('frozen', self.salesperson))
        self.make_order(self.customer, 60, self.day(1), user=self.salesperson)
        self.goal.write({'target_value': 300, 'name': "Other"})
        self.assertEqual(
            (line.value, line.target_value, line.name, line.gap), (100, 200, "Orders", 100))
        self.assertEqual(self.as_user(self.goal, self.salesperson).value, 160)

    @mute_logger('odoo.addons.base.models.ir_model')
    def test_what_is_frozen_cannot_be_altered(self):
        review = self.review()
        for values in ({'progress': 99}, {'state': 'frozen'}, {'is_final': True}):
            with self.assertRaisesRegex(UserError, "nobody types that in"):
                review.write(values)
        review.action_freeze()
        for user in (self.salesperson, self.manager):
            theirs = self.as_user(review, user, self.company)
            with self.subTest(user=user.login):
                with self.assertRaisesRegex(UserError, "frozen"):
                    theirs.plan_id = self.make_plan(self.account)
                with self.assertRaisesRegex(UserError, "frozen"):
                    theirs.unlink()
                with self.assertRaises(UserError):
                    theirs.line_ids.write({'value': 1})
                with self.assertRaises(UserError):
                    theirs.line_ids.unlink()
                with self.assertRaises(AccessError):
                    theirs.line_ids.create({
                        'review_id': review.id, 'goal_id': self.goal.id, 'name': "More",
                        'measure': 'ordered'})
                theirs.next_steps = "<p>More.</p>"
        for change in (
            lambda: review.line_ids.sudo().write({'value': 1}),
            lambda: review.line_ids.sudo().unlink(), lambda: review.sudo().unlink(),
            self.goal.unlink, self.plan.unlink, lambda: self.plan.sudo().action_back_to_draft(),
        ):
            with self.assertRaises(UserError):
                change()
        with self.assertRaisesRegex(UserError, "frozen"):
            review.action_freeze()

    def test_a_review_that_is_begun_can_be_dropped(self):
        review = self.review()
        review.unlink()
        self.assertFalse(self.plan.review_count)

    def test_the_manager_of_the_account_is_reminded(self):
        """After 100 days, the review of the first quarter is due; then the one of the second."""
        reminder = self.plan.activity_ids
        self.assertEqual(reminder.user_id, self.salesperson)
        self.assertEqual(reminder.date_deadline, self.day(100) + relativedelta(months=3))
        self.assertTrue(self.plan.is_review_due)
        plans = self.as_user(self.env['crm.account.plan'], self.salesperson)
        self.assertIn(self.plan, plans.search([('is_review_due', '=', True)]))
        self.account.user_id = self.colleague
        self.assertEqual(reminder.user_id, self.colleague)
        self.review(self.manager).action_freeze()
        self.assertFalse(reminder.active, "done")
        self.assertEqual(
            self.plan.next_review_date, self.day(100) + relativedelta(months=6))
        self.assertEqual(self.plan.activity_ids.date_deadline, self.plan.next_review_date)
        self.assertNotIn(self.plan, plans.search([('is_review_due', '=', True)]))
        self.plan.action_cancel()
        self.assertFalse(self.plan.activity_ids)

    def test_the_evaluation_closes_the_plan(self):
        plan = self.as_user(self.plan, self.salesperson)
        with self.assertRaisesRegex(UserError, "what was learned"):
            plan.action_evaluate()
        plan.write({'lessons': "<p>Ask earlier.</p>", 'rating': '4'})
        self.review()
        plan.action_evaluate()
        self.assertEqual((plan.state, plan.reached), ('evaluated', 50))
        self.assertEqual((plan.evaluation_date, plan.evaluator_id), (
            self.today, self.salesperson))
        self.assertEqual(plan.review_ids.mapped('is_final'), [True], "what was begun is gone")
        self.assertFalse(plan.activity_ids)
        self.make_order(self.customer, 60, self.day(1), user=self.salesperson)
        self.env.invalidate_all()
        goal = self.as_user(self.goal, self.salesperson)
        self.assertEqual((goal.value, goal.status), (100, 'on_track'), "as it was")
        with self.assertRaisesRegex(UserError, "stay as they were"):
            goal.target_value = 50
        with self.assertRaisesRegex(UserError, "Only a running plan"):
            plan.action_review()
        with self.assertRaisesRegex(UserError, "administrator"):
            plan.action_reopen()
        self.as_user(self.plan, self.manager, self.company).action_reopen()
        self.env.invalidate_all()
        self.assertEqual((plan.state, goal.value), ('running', 160))
        self.assertEqual(len(plan.review_ids), 1)
        plan.action_evaluate()
        self.env.invalidate_all()
        self.assertEqual((goal.value, plan.reached), (160, 80), "the second evaluation counts")

    def test_chart_of_the_reviews(self):
        self.review().action_freeze()
        self.make_order(self.customer, 60, self.day(1), user=self.salesperson)
        self.env.invalidate_all()
        chart = self.as_user(self.plan, self.salesperson).get_progress_chart()
        self.assertEqual(
            [(one['name'], [round(point['progress']) for point in one['points']])
             for one in chart['series']], [("Orders", [0, 50, 80])])
        self.assertEqual(chart['series'][0]['points'][1]['review_id'], self.plan.review_ids.id)
        self.assertEqual([point['progress'] for point in chart['expected']], [0, 100])
        with self.assertRaises(AccessError):
            self.plan.with_user(self.outsider).get_progress_chart()

    def test_the_chart_costs_as_much_for_many_as_for_few(self):
        def chart():
            return self.as_user(self.plan, self.manager, self.company).get_progress_chart()
        self.review(self.manager).action_freeze()
        chart()
        few = self.cost(chart)
        for number in range(9):
            self.make_goal('ordered', 100 + number, name=f"Goal {number}")
        for _number in range(3):
            self.review(self.manager).action_freeze()
        self.assertEqual(len(chart()['series']), 10)
        self.assertEqual(self.cost(chart), few)
