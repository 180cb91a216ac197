import json
from datetime import date

from odoo import Command
from odoo.exceptions import AccessError
from odoo.tests import tagged

from .common import CustomerValueCommon

#: purchases, first, last, revenue, R, F, class, chance, expected purchases, value of one
CUSTOMERS = {
    'Anna': (4, '2026-01-10', '2026-05-20', 600, 5, 5, 'A', 0.9, 0, 150),
    'Bert': (2, '2026-01-20', '2026-03-05', 200, 2, 3, 'A', 0.5, 1, 100),
    'Carl': (1, '2026-03-02', '2026-03-02', 100, 3, 1, 'B', None, 0.5, 50),
    'Dora': (1, '2026-03-09', '2026-03-09', 100, 3, 1, 'B', None, 0, 50),
    'Emil': (2, '2026-05-01', '2026-06-15', -50, 4, 3, 'C', 0.8, 0, 50),
}


class CustomerValueDashboardCommon(CustomerValueCommon):

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.at_risk = cls.env.ref('crm_plus_analytics.customer_segment_at_risk')
        cls.promising = cls.env.ref('crm_plus_analytics.customer_segment_promising')
        cls.scoring = cls.finished_run()
        cls.scores = cls.write_scores(cls.scoring, CUSTOMERS)
        cls.manager = cls.new_user(
            'value_manager', 'crm_plus_analytics.group_manager', 'sales_team.group_sale_salesman')
        cls.salesperson = cls.new_user('value_sales', 'sales_team.group_sale_salesman_all_leads')

    @classmethod
    def finished_run(cls, company=None):
        run = cls.new_run(date(2026, 6, 30), company)
        run.write({
            'state': 'done', 'date_end': '2026-06-30 12:00:00',
            'purchase_model_state': 'fitted', 'value_model_state': 'fitted',
            'purchase_model': 'pareto_nbd', 'purchase_model_verdict': 'only',
            'estimates': {'parameters': [['gamma_gamma', 'q', 4, 1], ['pareto_nbd', 'r', 0.5, 0.1]]},
            'gamma_gamma_p': 6, 'gamma_gamma_q': 4,
        })
        return run

    @classmethod
    def write_scores(cls, run, customers):
        """Write scores as a run would; return them by the customer's name."""
        # sudo: nobody writes scores but the runs
        return {
            name: cls.env['customer.score'].sudo().create({
                'run_id': run.id,
                'company_id': run.company_id.id,
                'partner_id': cls.env['res.partner'].create({'name': name}).id,
                'purchases': purchases, 'first_date': first, 'last_date': last,
                'revenue': revenue, 'customer_value': revenue / 2,
                'r_score': r, 'f_score': f, 'abc_class': abc,
                'segment_id': (cls.at_risk if name == 'Bert' else cls.promising).id,
                'p_alive': chance, 'expected_purchases': expected, 'expected_value': value,
            })
            for name, (purchases, first, last, revenue, r, f, abc, chance, expected, value)
            in customers.items()
        }

    @classmethod
    def write_history(cls):
        """Record May, and June in which Carl is another segment's."""
        history = cls.env['customer.score.history'].sudo()
        cls.scoring.as_of = date(2026, 5, 31)
        history._record(cls.scoring)
        cls.scores['Carl'].segment_id = cls.at_risk
        cls.scoring.as_of = date(2026, 6, 30)
        history._record(cls.scoring)

    def dashboard(self, user=None, **filters):
        return self.env['customer.value.dashboard'].with_user(
            user or self.manager).get_dashboard(filters)


@tagged('post_install', '-at_install')
class TestCustomerValueDashboard(CustomerValueDashboardCommon):

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        # NULL, as the runs write it for who has bought once; the ORM would write 0
        cls.env['customer.score'].flush_model()
        cls.env.cr.execute("UPDATE customer_score SET p_alive = NULL WHERE purchases = 1")
        cls.env.invalidate_all()

    def test_curve_of_revenue(self):
        # 600, 200, 100 twice and less than nothing: of 1,000
        curve = self.dashboard()['curve']
        self.assertEqual(curve['measure'], 'revenue')
        self.assertEqual(
            [(point['customers'], point['customer_share'], point['share'])
             for point in curve['points']],
            [(1, 0.2, 0.6), (2, 0.4, 0.8), (4, 0.8, 1.0), (5, 1.0, 1.0)])

    def test_pyramid(self):
        self.assertEqual(
            [(level['key'], level['customers'], level['revenue'], level['customer_value'],
              level['customer_share'], level['revenue_share'])
             for level in self.dashboard()['pyramid']],
            [('A', 2, 800, 400, 0.4, 0.8), ('B', 2, 200, 100, 0.4, 0.2), ('C', 1, -50, -25, 0.2, 0)])

    def test_recency_and_frequency(self):
        self.assertEqual(
            {(cell['r'], cell['f']): (cell['customers'], cell['revenue'])
             for cell in self.dashboard()['rfm']},
            {(5, 5): (1, 600), (2, 3): (1, 200), (3, 1): (2, 200), (4, 3): (1, -50)})

    def test_cohorts(self):
        cohorts = self.dashboard()['cohorts']
        self.assertEqual((cohorts['step'], cohorts['periods']), ('month', 6))
        self.assertEqual(
            {row['start']: [cell['customers'] for cell in row['cells']]
             for row in cohorts['rows']},
            {'2026-01-01': [2, 2, 2, 1, 1, 0], '2026-03-01': [2, 0, 0, 0], '2026-05-01': [1, 1]})
        self.assertEqual([cell['share'] for cell in cohorts['rows'][0]['cells']],
                         [1, 1, 1, 0.5, 0.5, 0])

    def test_cohorts_take_longer_steps_for_a_longer_history(self):
        for first, step, start, length in (
            ('2024-12-20', 'month', '2024-12-01', 19),
            ('2024-11-20', 'quarter', '2024-10-01', 7),
            ('2021-05-20', 'year', '2021-01-01', 6),
        ):
            with self.subTest(first=first):
                self.scores['Anna'].first_date = first
                cohorts = self.dashboard()['cohorts']
                row = cohorts['rows'][0]
                self.assertEqual(
                    (cohorts['step'], row['start'], len(row['cells'])), (step, start, length))

    def test_expected_revenue(self):
        # Bert: E[N] = 1, Var[N] = 1 + (1 + 1 / 1.5) / 0.5 - 1 = 10 / 3, c = 1 / (4 + 6 - 2);
        #   100² (1.125 (1 / 6 + 10 / 3 + 1) - 1) = 40,625
        # Carl: E[N] = 1 / 2, Var[N] = 1 / 2 + 1 / 4 (1 + 1 / 0.5 - 1) = 1, c = 1 / (4 - 2);
        #   50² (1.5 (1 / 12 + 1 + 1 / 4) - 1 / 4) = 4,375
        expected = self.dashboard()['expected']
        self.assertEqual((expected['measure'], expected['months']), ('revenue', 12))
        self.assertAlmostEqual(expected['expected'], 125)
        self.assertEqual(expected['low'], 0)
        self.assertAlmostEqual(expected['high'], 125 + 1.96 * 45_000 ** 0.5)
        by_segment = {segment['id']: segment for segment in expected['segments']}
        self.assertEqual(by_segment[self.at_risk.id]['expected'], 100)
        self.assertAlmostEqual(by_segment[self.at_risk.id]['high'], 100 + 1.96 * 40_625 ** 0.5)
        self.assertAlmostEqual(by_segment[self.promising.id]['high'], 25 + 1.96 * 4_375 ** 0.5)

    def test_expected_revenue_without_models(self):
        self.scoring.gamma_gamma_q = 1.9
        expected = self.dashboard()['expected']
        self.assertAlmostEqual(expected['expected'], 125)
        self.assertIs(expected['high'], False)
        self.scoring.value_model_state = 'few'
        self.assertIs(self.dashboard()['expected']['high'], False)
        self.scoring.write({'purchase_model': 'simple', 'purchase_model_state': 'few'})
        for user in (self.manager, self.salesperson):
            expected = self.dashboard(user)['expected']
            self.assertGreater(expected['expected'], 1)
            self.assertIs(expected['high'], False)
        self.scoring.purchase_model = False
        page = self.dashboard()
        self.assertEqual((page['expected']['is_estimated'], page['expected']['segments']), (False, []))
        self.assertEqual(
            page['quality']['models'][0]['label'],
            "Not estimated: there are too few customers to tell.")

    def test_every_mark_opens_its_customers(self):
        for user in (self.manager, self.salesperson):
            page = self.dashboard(user)
            marks = list(marks_of(page))
            self.assertGreater(len(marks), 20)
            for mark in marks:
                with self.subTest(user=user.login, domain=mark['domain']):
                    self.assertEqual(
                        self.env['customer.score'].with_user(user).search_count(
                            page['domain'] + mark['domain']),
                        mark['customers'])

    def test_segments_over_time(self):
        self.assertEqual(self.dashboard()['history'], {'months': [], 'segments': []})
        self.write_history()
        for user in (self.manager, self.salesperson):
            page = self.dashboard(user)
            history = page['history']
            self.assertEqual(history['months'], ['2026-05-01', '2026-06-01'])
            self.assertEqual(
                {segment['id']: [point['customers'] for point in segment['points']]
                 for segment in history['segments']},
                {self.at_risk.id: [1, 2], self.promising.id: [4, 3]})
            for mark in marks_of(history):
                self.assertEqual(
                    self.env['customer.score.history'].with_user(user).search_count(
                        page['domain'] + mark['domain']),
                    mark['customers'])

    def test_a_past_month(self):
        self.write_history()
        self.scores['Anna'].abc_class = 'C'
        page = self.dashboard(month='2026-05-01')
        self.assertEqual(
            [(level['key'], level['customers'], level['customer_value'])
             for level in page['pyramid']],
            [('A', 2, 400), ('B', 2, 100), ('C', 1, -25)])
        for level in page['pyramid']:
            self.assertEqual(
                self.env['customer.score.history'].with_user(self.manager).search_count(
                    page['domain'] + level['domain']),
                level['customers'])
        self.assertEqual(
            {(cell['r'], cell['f']): (cell['customers'], cell['customer_value'])
             for cell in page['rfm']},
            {(5, 5): (1, 300), (2, 3): (1, 100), (3, 1): (2, 100), (4, 3): (1, -25)})
        self.assertEqual(
            {row['start']: [cell['customers'] for cell in row['cells']]
             for row in page['cohorts']['rows']},
            {'2026-01-01': [2, 2, 2, 1, 1], '2026-03-01': [2, 0, 0], '2026-05-01': [1]})
        self.assertIs(page['quality']['run_id'], False, "May's scoring is not there any more")
        page = self.dashboard(self.salesperson, month='2026-05-01')
        self.assertEqual([level['customers'] for level in page['pyramid']], [2, 2, 1])
        self.assertNotIn('customer_value', json.dumps(page['pyramid']))
        self.assertFalse({'curve', 'expected'} & page.keys())
        self.assertEqual(self.dashboard(month='2026-04-01')['customers'], 0)

    def test_every_mark_of_a_past_month_opens_its_customers_of_then(self):
        self.write_history()
        self.scores['Anna'].write({'r_score': 1, 'f_score': 1, 'last_date': '2026-06-29'})
        for user in (self.manager, self.salesperson):
            page = self.dashboard(user, month='2026-05-01')
            marks = [mark for name in ('rfm', 'cohorts', 'pyramid') for mark in marks_of(page[name])]
            self.assertGreater(len(marks), 12)
            for mark in marks:
                with self.subTest(user=user.login, domain=mark['domain']):
                    self.assertEqual(
                        self.env['customer.score.history'].with_user(user).search_count(
                            page['domain'] + mark['domain']),
                        mark['customers'])

    def test_a_month_of_before_recency_was_kept(self):
        self.write_history()
        self.env['customer.score.history'].flush_model()
        self.env.cr.execute(
            "UPDATE customer_score_history SET r_score = NULL, f_score = NULL, first_date = NULL")
        self.env.invalidate_all()
        page = self.dashboard(month='2026-05-01')
        self.assertEqual(page['customers'], 5)
        self.assertFalse({'rfm', 'cohorts'} & page.keys())

    def test_quality_of_a_past_month_is_that_of_its_scoring(self):
        self.write_history()
        may = self.finished_run()
        may.write({'as_of': date(2026, 5, 31), 'customers': 5})
        self.env['customer.score.history'].sudo()._record(may)
        quality = self.dashboard(month='2026-05-01')['quality']
        self.assertEqual((quality['run_id'], quality['customers']), (may.id, 5))
        self.assertEqual(
            self.dashboard(month='2026-06-01')['quality']['run_id'], self.scoring.id)

    def test_every_month_of_the_history_can_be_chosen(self):
        self.assertEqual(self.dashboard()['months'], [])
        self.scoring.as_of = date(2024, 2, 29)
        self.env['customer.score.history'].sudo()._record(self.scoring)
        self.write_history()
        page = self.dashboard()
        self.assertEqual(page['months'], ['2026-06-01', '2026-05-01', '2024-02-01'])
        self.assertEqual(page['history']['months'], ['2026-05-01', '2026-06-01'], "a year is drawn")
        self.assertEqual(self.dashboard(month='2024-02-01')['customers'], 5)

    def test_amounts_of_a_past_month(self):
        for name, amount in (('Anna', 300), ('Bert', 100)):
            self.scores[name].revenue_12_months = amount
        self.write_history()
        for name in ('Anna', 'Carl'):
            self.scores[name].write({'customer_value': 7, 'revenue_12_months': 7})
        page = self.dashboard(month='2026-05-01')
        curve, expected = page['curve'], page['expected']
        self.assertEqual(curve['measure'], 'revenue_12_months')
        self.assertEqual(
            [(point['customers'], point['share']) for point in curve['points']],
            [(1, 0.75), (2, 1.0), (5, 1.0)])
        # Bert's 100 was expected At risk; then 300, 50, 50 and -25
        self.assertEqual(
            (expected['expected'], expected['high'],
             [(segment['id'], segment['expected']) for segment in expected['segments']]),
            (475, False, [(self.promising.id, 375), (self.at_risk.id, 100)]))
        marks = [*curve['points'], *expected['segments']]
        for mark in marks:
            with self.subTest(domain=mark['domain']):
                self.assertEqual(
                    self.env['customer.score.history'].with_user(self.manager).search_count(
                        page['domain'] + mark['domain']),
                    mark['customers'])

    def test_a_later_failure_is_told(self):
        self.assertIs(self.dashboard()['quality']['last'], False)
        failed = self.new_run()
        failed.state = 'failed'
        quality = self.dashboard()['quality']
        self.assertEqual(quality['run_id'], self.scoring.id)
        self.assertEqual(quality['last'], {'id': failed.id, 'state': 'failed', 'label': "Failed"})

    def test_the_verdict_of_the_last_back_test(self):
        self.assertIs(self.dashboard()['quality']['back_test'], False)
        # sudo: back-tests are made by their dialog only
        tests = self.env['customer.score.backtest'].sudo().create([
            {
                'company_id': self.company.id, 'fit_until': '2026-01-31',
                'predict_until': '2026-06-30', 'time_unit': 'week', 'state': state,
                'model': 'pareto_nbd', 'model_state': 'fitted', 'beats_naive': False,
                'error': 1.5, 'naive_error': 1.25, 'actual_purchases': 40,
            } for state in ('done', 'queued')
        ])
        for user in (self.manager, self.salesperson):
            back_test = self.dashboard(user)['quality']['back_test']
            self.assertEqual((back_test['id'], back_test['is_good']), (tests[0].id, False))
            self.assertIn("did not prove better", back_test['verdict'])

    def test_filters(self):
        team = self.env['crm.team'].sudo().create({
            'name': "North", 'member_ids': [Command.set(self.salesperson.ids)]})
        parent = self.env['res.partner.category'].create({'name': "Business"})
        tag = self.env['res.partner.category'].create({'name': "Trade", 'parent_id': parent.id})
        belgium = self.env.ref('base.be')
        self.scores['Anna'].partner_id.user_id = self.salesperson
        self.scores['Bert'].partner_id.category_id = tag
        (self.scores['Bert'] | self.scores['Carl']).partner_id.country_id = belgium
        for filters, count in (
            ({'team_id': team.id}, 1),
            ({'category_id': tag.id}, 1),
            ({'category_id': parent.id}, 1),
            ({'country_id': belgium.id}, 2),
            ({'country_id': belgium.id, 'category_id': tag.id}, 1),
        ):
            for user in (self.manager, self.salesperson):
                with self.subTest(filters=filters, user=user.login):
                    page = self.dashboard(user, **filters)
                    self.assertEqual(page['customers'], count)
                    self.assertEqual(sum(cell['customers'] for cell in page['rfm']), count)
        page = self.dashboard(team_id=team.id, country_id=belgium.id)
        self.assertEqual((page['customers'], page['is_scored']), (0, True))
        self.assertNotIn('rfm', page)

    def test_nothing_scored(self):
        other = self.setup_other_company()['company']
        self.manager.company_ids = [Command.link(other.id)]
        page = self.env['customer.value.dashboard'].with_user(self.manager).with_context(
            allowed_company_ids=other.ids).get_dashboard()
        self.assertEqual((page['customers'], page['is_scored'], page['can_score']), (0, False, True))
        self.assertFalse(page['quality']['last'])

    def test_a_constant_number_of_queries(self):
        def queries():
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            self.dashboard()
            return self.env.cr.sql_log_count - before

        queries()
        few = queries()
        self.write_scores(self.scoring, {
            f'{name} {number}': values
            for name, values in CUSTOMERS.items() for number in range(9)
        })
        self.env.flush_all()
        queries()  # as before: what is cached across requests does not count
        self.assertEqual(queries(), few)
        self.assertEqual(self.dashboard()['customers'], 50)
        self.env.invalidate_all()
        with self.assertQueryCount(few):
            self.dashboard()


@tagged('post_install', '-at_install')
class TestCustomerValueDashboardAccess(CustomerValueDashboardCommon):

    def test_without_the_right_to_amounts(self):
        page = self.dashboard(self.salesperson)
        self.assertFalse(page['sees_amounts'])
        self.assertFalse(page['can_score'])
        text = json.dumps({key: page[key] for key in ('curve', 'pyramid', 'rfm', 'cohorts')})
        for name in ('"revenue"', '"customer_value"', 'expected_value', '600', '200.0'):
            self.assertNotIn(name, text)
        # 4, 2 twice and 1 twice: of 10
        self.assertEqual(page['curve']['measure'], 'purchases')
        self.assertEqual(
            [(point['customers'], point['share']) for point in page['curve']['points']],
            [(1, 0.4), (3, 0.8), (5, 1.0)])
        self.assertEqual((page['expected']['measure'], page['expected']['expected']), ('purchases', 1.5))

    def test_who_sees_no_scores_sees_no_dashboard(self):
        employee = self.new_user('value_employee')
        with self.assertRaises(AccessError):
            self.dashboard(employee)

    def test_two_companies_never_mix(self):
        other = self.setup_other_company()['company']
        runs = {self.company: self.scoring, other: self.finished_run(other)}
        self.write_scores(runs[other], {'Fred': CUSTOMERS['Anna']})
        with self.assertRaises(AccessError):
            self.dashboard(company_id=other.id)
        self.manager.company_ids = [Command.link(other.id)]
        both = self.env['customer.value.dashboard'].with_user(self.manager).with_context(
            allowed_company_ids=(self.company | other).ids)
        for company, customers in ((self.company, 5), (other, 1)):
            page = both.get_dashboard({'company_id': company.id})
            self.assertEqual(page['company']['id'], company.id)
            self.assertEqual(page['customers'], customers)
            self.assertEqual(page['currency_id'], company.currency_id.id)
            self.assertEqual(page['quality']['run_id'], runs[company].id)
        self.assertEqual(both.get_dashboard()['customers'], 5)
        # a company that is the user's, but not ticked
        with self.assertRaises(AccessError):
            both.with_context(allowed_company_ids=self.company.ids).get_dashboard(
                {'company_id': other.id})

    def test_customers_whom_the_reader_may_not_see_are_not_counted(self):
        # sudo: what a customer's administrator might do
        self.env['ir.rule'].sudo().create({
            'name': "Hidden customers",
            'model_id': self.env['ir.model']._get_id('res.partner'),
            'domain_force': "[('name', '!=', 'Anna')]",
            'groups': [Command.link(self.env.ref('sales_team.group_sale_salesman_all_leads').id)],
        })
        page = self.dashboard(self.salesperson)
        self.assertEqual(page['customers'], 4)
        self.assertEqual(page['curve']['points'][-1]['customers'], 4)
        self.assertEqual(sum(segment['customers'] for segment in page['expected']['segments']), 4)
        self.assertEqual(self.dashboard()['customers'], 5)


def marks_of(figure):
    """Yield every part of the page that has customers and a domain of its own."""
    if isinstance(figure, dict):
        if 'domain' in figure and 'customers' in figure and 'company' not in figure:
            yield figure
        for part in figure.values():
            yield from marks_of(part)
    elif isinstance(figure, list):
        for part in figure:
            yield from marks_of(part)
