from odoo.tests import HttpCase, tagged

from .plan_common import AccountPlanCommon


@tagged('post_install', '-at_install')
class TestAccountPlanTour(AccountPlanCommon, HttpCase):
    """A plan in a browser, and what the browser left in the database."""

    def test_key_account_manager_reviews_the_plan(self):
        self.make_goal('ordered', 200)
        self.make_order(self.contact, 100, self.day(50), user=self.salesperson)
        self.plan.action_start()
        self.start_tour(
            f'/odoo/account-plans/{self.plan.id}', 'crm_plus_account_plan',
            login=self.salesperson.login)
        review = self.plan.review_ids
        self.assertEqual((review.state, review.user_id), ('frozen', self.salesperson))
        self.assertEqual((review.line_ids.value, review.progress), (100, 50))
