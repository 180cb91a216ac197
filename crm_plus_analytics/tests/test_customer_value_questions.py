from ast import literal_eval

from odoo.tests import tagged

from .test_customer_value_dashboard import CustomerValueDashboardCommon

QUESTIONS = (
    'profiling', 'persistency', 'profitability', 'performance', 'prospecting', 'product', 'promotion',
)


@tagged('post_install', '-at_install')
class TestCustomerValueQuestions(CustomerValueDashboardCommon):

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.action = cls.env.ref('crm_plus_analytics.customer_value_questions_action')
        cls.menu = cls.env.ref('crm_plus_analytics.customer_value_questions_menu')
        cls.bookkeeper = cls.new_user(
            'value_books', 'sales_team.group_sale_salesman', 'account.group_account_readonly')

    def test_each_question_is_a_favourite_that_everybody_shares(self):
        favourites = self.env['ir.filters'].with_user(self.bookkeeper).get_filters(
            'customer.score', self.action.id)
        names = {favourite['name'].split(':')[0].split()[1].lower() for favourite in favourites}
        self.assertEqual(names, set(QUESTIONS))
        self.assertEqual(
            [favourite['name'] for favourite in favourites if favourite['is_default']],
            ["1 Profiling: who are they?"])

    def test_each_question_is_answered(self):
        Score = self.env['customer.score'].with_user(self.bookkeeper)
        for question in QUESTIONS:
            context = literal_eval(self.env.ref(f'crm_plus_analytics.question_{question}').context)
            measures = [
                name if name == '__count' else f'{name}:{Score._fields[name].aggregator}'
                for name in context['pivot_measures']]
            for groupby in (
                context['pivot_row_groupby'], context['pivot_row_groupby'] + context['pivot_column_groupby'],
            ):
                with self.subTest(question=question, groupby=groupby):
                    groups = Score.formatted_read_group([], groupby, measures)
                    self.assertEqual(sum(group['__count'] for group in groups), 5)

    def test_who_sees_no_amounts_is_not_asked(self):
        for user, sees in ((self.bookkeeper, True), (self.manager, True), (self.salesperson, False)):
            with self.subTest(user=user.login):
                visible = self.env['ir.ui.menu'].with_user(user)._visible_menu_ids()
                self.assertEqual(self.menu.id in visible, sees)
