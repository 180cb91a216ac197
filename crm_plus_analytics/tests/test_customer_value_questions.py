from ast import literal_eval

from lxml import etree

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
        # sudo: nobody writes scores but the runs
        cls.env['customer.score'].sudo().create({
            'run_id': cls.scoring.id, 'company_id': cls.company.id, 'lifecycle': 'prospect',
            'partner_id': cls.env['res.partner'].create({'name': "Gina"}).id})
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
            favourite = self.env.ref(f'crm_plus_analytics.question_{question}')
            context, domain = literal_eval(favourite.context), literal_eval(favourite.domain)
            measures = [
                name if name == '__count' else f'{name}:{Score._fields[name].aggregator}'
                for name in context['pivot_measures']]
            for groupby in (
                context['pivot_row_groupby'], context['pivot_row_groupby'] + context['pivot_column_groupby'],
            ):
                with self.subTest(question=question, groupby=groupby):
                    groups = Score.formatted_read_group(
                        [*domain, ('company_id', '=', self.company.id)], groupby, measures)
                    self.assertEqual(
                        sum(group['__count'] for group in groups),
                        # who never bought is asked about where good customers come from
                        6 if question == 'prospecting' else 5)
                    self.assertTrue(all(group.keys() >= set(measures) for group in groups))

    def test_shares_are_shown_in_per_cent(self):
        pivot = etree.fromstring(self.env['customer.score'].with_user(self.bookkeeper).get_view(
            view_type='pivot')['arch'])
        percent = {field.get('name') for field in pivot.iter('field')
                   if field.get('widget') == 'percentage'}
        self.assertGreaterEqual(
            percent, {'p_alive', 'win_rate', 'satisfaction', 'credit_share', 'late_share'})

    def test_who_sees_no_amounts_is_not_asked(self):
        for user, sees in ((self.bookkeeper, True), (self.manager, True), (self.salesperson, False)):
            with self.subTest(user=user.login):
                visible = self.env['ir.ui.menu'].with_user(user)._visible_menu_ids()
                self.assertEqual(self.menu.id in visible, sees)
