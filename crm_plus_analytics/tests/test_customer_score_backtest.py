"""Back-tests on histories of a few documents, with figures worked out by hand."""

from datetime import date
from math import sqrt
from unittest.mock import patch

from odoo.exceptions import UserError, ValidationError
from odoo.tests import Form, freeze_time, tagged
from odoo.tools import mute_logger

from .. import value_backtest
from ..models import customer_score_backtest
from .common import CustomerValueCommon

LEARNT, FORETOLD = date(2026, 3, 31), date(2026, 6, 30)


@tagged('post_install', '-at_install')
class TestCustomerScoreBacktest(CustomerValueCommon):

    def backtest(self, fit_until=LEARNT, predict_until=FORETOLD, model_asked='auto'):
        # sudo: back-tests are made by the dialog only
        return self.env['customer.score.backtest'].sudo()._queue({
            'company_id': self.company.id, 'fit_until': fit_until, 'predict_until': predict_until,
            'model_asked': model_asked, 'time_unit': 'day', 'user_id': self.env.uid,
        })

    def buy_on(self, partner, *days, amount=100):
        return [self.buy(partner, day, amount) for day in days]

    def launch_form(self):
        manager = self.env['res.users'].sudo().search([('login', '=', 'backtest_launch')]) or (
            self.new_user('backtest_launch', 'crm_plus_analytics.group_manager'))
        return Form(self.env['customer.score.backtest.launch'].with_user(manager))

    def test_what_came_beside_what_was_expected(self):
        self.buy_on(self.anna, '2026-01-01', '2026-02-01', '2026-03-04', '2026-04-10', '2026-05-10')
        self.buy_on(self.bert, '2026-01-01', '2026-05-01', '2026-07-01')
        self.buy_on(self.env['res.partner'].create({'name': "Came later"}), '2026-04-01')
        test = self.backtest()
        self.assertEqual(test.state, 'done', test.failure)
        self.assertEqual((test.customers, test.repeaters, test.actual_purchases), (2, 1, 3))
        # Anna: 2 repeat purchases in 89 days, 91 days foretold. Bert: none.
        naive = 2 / 89 * 91
        self.assertAlmostEqual(test.naive_purchases, naive, 4)
        self.assertAlmostEqual(test.naive_error, sqrt(((naive - 2) ** 2 + 1) / 2), 4)
        self.assertEqual(test.actual_value, 300)
        self.assertAlmostEqual(test.naive_value, 100 * naive, 2)
        rows = {row.partner_id: row for row in test.customer_ids}
        self.assertEqual(set(rows), {self.anna, self.bert})
        self.assertEqual((rows[self.anna].repeats, rows[self.anna].actual), (2, 2))
        self.assertEqual((rows[self.bert].repeats, rows[self.bert].actual), (0, 1))
        self.assertEqual(rows[self.anna].actual_value, 200)
        self.assertAlmostEqual(rows[self.anna].naive, naive, 4)
        self.assertAlmostEqual(sum(test.customer_ids.mapped('expected')), test.expected_purchases, 4)

    def test_charts_show_the_same(self):
        self.buy_on(self.anna, '2026-01-01', '2026-02-01', '2026-03-04', '2026-04-10', '2026-05-10')
        self.buy_on(self.bert, '2026-01-01', '2026-05-01')
        test = self.backtest()
        self.assertEqual(test.classes['customers'], [1, 0, 1, 0, 0, 0, 0, 0])
        self.assertEqual(test.classes['actual'][:3], [1, None, 2])
        tracking = test.tracking
        self.assertEqual((tracking['end'][-1], tracking['actual'][-1]), ('2026-06-30', 5))
        learnt = tracking['end'].index('2026-03-31')
        self.assertEqual(tracking['actual'][learnt], 2)
        self.assertEqual(tracking['in_holdout'].index(True), learnt + 1)
        self.assertAlmostEqual(sum(test.lift['actual']), 300, 2)
        self.assertEqual({row['model'] for row in test.contenders}, {'simple', 'naive'})

    def test_customers_of_a_class_are_those_that_it_counts(self):
        self.buy_on(self.anna, '2026-01-01', '2026-02-01', '2026-03-04', '2026-04-10')
        self.buy_on(self.bert, '2026-01-01')
        test = self.backtest()
        for action, partners in (
            (test.action_open_customers(2), self.anna),
            (test.action_open_customers(0), self.bert),
            (test.action_open_customers(1, and_more=True), self.anna),
            (test.action_open_customers(), self.anna | self.bert),
        ):
            rows = test.customer_ids.search(action['domain'])
            self.assertEqual(rows.partner_id, partners)

    def test_customers_of_a_tenth_are_those_that_it_counts(self):
        people = self.env['res.partner'].create([{'name': f"{number}"} for number in range(20)])
        for number, partner in enumerate(people, start=1):
            self.buy_on(partner, '2026-01-01', '2026-02-01', '2026-04-10', amount=10 * number)
        test = self.backtest()
        for naive in (False, True):
            with self.subTest(naive=naive):
                found = [
                    test.customer_ids.search(test.action_open_tenth(tenth, naive)['domain']).partner_id
                    for tenth in range(10)]
                # each spends twice as often as they did: the highest forecasts are the last ones
                self.assertEqual(found[0], people[18:])
                self.assertEqual(found[9], people[:2])
                self.assertEqual(sum(map(len, found)), 20)

    def test_equal_forecasts_are_in_every_tenth_that_they_count_to(self):
        for partner in self.env['res.partner'].create([{'name': f"{i}"} for i in range(15)]):
            self.buy_on(partner, '2026-01-01', '2026-02-01', '2026-04-10')
        test = self.backtest()
        for tenth in (0, 4, 9):
            action = test.action_open_tenth(tenth)
            self.assertEqual(test.customer_ids.search_count(action['domain']), 15)

    def test_customers_of_a_point_are_those_who_bought_again_before_it(self):
        self.buy_on(self.anna, '2026-01-01', '2026-02-01', '2026-04-10')
        self.buy_on(self.bert, '2026-01-01', '2026-04-08', '2026-04-08')
        self.buy_on(self.env['res.partner'].create({'name': "Came later"}), '2026-04-01', '2026-04-09')
        test = self.backtest()
        found = {}
        for index, day in enumerate(test.tracking['end']):
            rows = test.customer_ids.search(test.action_open_period(index)['domain'])
            if rows:
                found[day] = rows.partner_id
        # weeks from the day up to which was learnt: until 3 February, and until 14 April
        self.assertEqual(found, {'2026-02-03': self.anna, '2026-04-14': self.anna | self.bert})
        with self.assertRaises(UserError):
            test.action_open_period(len(test.tracking['end']))

    def test_credit_notes_of_later_do_not_change_what_was_known(self):
        [first, *_rest] = self.buy_on(self.anna, '2026-01-01', '2026-02-01', '2026-03-04')
        [later] = self.buy_on(self.anna, '2026-04-10')
        before = self.backtest()
        self.buy(self.anna, '2026-05-01', 40, 'out_refund', reverses=first)
        self.buy(self.anna, '2026-05-01', 30, 'out_refund', reverses=later)
        test = self.backtest()
        self.assertEqual(test.expected_value, before.expected_value)
        self.assertEqual((before.actual_value, test.actual_value), (100, 70))
        self.assertEqual(test.actual_purchases, 1, "a credit note is no purchase")

    def test_a_model_that_is_not_better_says_so(self):
        self.buy_on(self.anna, '2026-01-10', '2026-01-30', '2026-02-19', '2026-03-11',
                    '2026-03-31', '2026-04-20', '2026-05-10', '2026-05-30', '2026-06-19')
        self.buy_on(self.bert, '2026-01-10', '2026-03-31', '2026-06-19')
        # 80 days foretold as 80 days learnt: everybody goes on at exactly the same rate
        test = self.backtest(predict_until=date(2026, 6, 19))
        self.assertAlmostEqual(test.naive_error, 0, 6)
        self.assertGreater(test.error, 0)
        self.assertFalse(test.beats_naive or test.beats_naive_purchases)
        self.assertIn("Do not rely on it", test.verdict)
        self.assertIn("too few customers to tell. The simple estimate was tested", test.verdict)

    def test_nothing_came_and_nothing_is_proven(self):
        self.buy_on(self.anna, '2026-01-01', '2026-02-01', '2026-03-04')
        self.buy_on(self.bert, '2026-01-01')
        test = self.backtest()
        self.assertEqual((test.state, test.actual_purchases), ('done', 0))
        self.assertLess(test.error, test.naive_error, "who expects less is nearer to nothing")
        self.assertFalse(
            test.beats_naive or test.beats_naive_purchases or test.beats_naive_value)
        self.assertIn("choose a time in which they bought", test.verdict)
        self.assertNotIn("proved better", test.verdict)

    def test_verdicts(self):
        self.buy_on(self.anna, '2026-01-01', '2026-02-01', '2026-05-01')
        test = self.backtest()
        for purchases, value, words in (
            (True, True, "in purchases and in revenue"),
            (True, False, "Do not rely on its amounts"),
            (False, True, "Do not rely on its number of purchases"),
            (False, False, "Do not rely on it for this company"),
        ):
            with self.subTest(purchases=purchases, value=value):
                test.write({
                    'beats_naive_purchases': purchases, 'beats_naive_value': value,
                    'beats_naive': purchases and value})
                self.assertIn(words, test.verdict)

    def test_too_little_data_is_told_in_words(self):
        empty = self.backtest()
        self.assertEqual((empty.state, empty.customers), ('empty', 0))
        self.assertIn("nothing to learn from", empty.verdict)
        self.buy_on(self.anna, '2026-01-01', '2026-05-01')
        once = self.backtest()
        self.assertEqual((once.state, once.customers), ('empty', 1))
        self.assertIn("more than one day", once.verdict)

    def test_extremes_come_to_an_end(self):
        self.buy_on(self.anna, '2026-01-01', '2026-03-31')
        self.buy(self.anna, '2026-03-31', 500, 'out_refund')
        self.buy_on(self.bert, '2026-03-31')
        for model in ('auto', 'bg_nbd', 'pareto_nbd', 'simple'):
            with self.subTest(model=model):
                test = self.backtest(predict_until=date(2026, 4, 1), model_asked=model)
                self.assertEqual((test.state, test.model), ('done', 'simple'), test.failure)
                self.assertEqual(test.model_state, 'fitted' if model == 'simple' else 'few')

    @mute_logger('odoo.addons.crm_plus_analytics.models.customer_score_backtest')
    def test_failure_is_told_in_words(self):
        self.buy_on(self.anna, '2026-01-01', '2026-02-01')
        for error, words in ((UserError("No."), "No."), (KeyError("x"), "administrator: KeyError")):
            with patch.object(value_backtest, 'examine', side_effect=error):
                test = self.backtest()
            self.assertEqual(test.state, 'failed')
            self.assertIn(words, test.failure)
            self.assertFalse(test.customer_ids)

    def test_many_customers_cost_as_many_statements_as_few(self):
        def statements():
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            self.backtest()
            self.env.flush_all()
            return self.env.cr.sql_log_count - before

        self.buy_on(self.anna, '2026-01-01', '2026-02-01', '2026-04-01')
        statements()
        few = statements()
        for partner in self.env['res.partner'].create([{'name': str(i)} for i in range(12)]):
            self.buy_on(partner, '2026-01-01', '2026-02-01', '2026-04-01')
        self.assertEqual(statements(), few)

    def test_much_is_tested_in_the_background(self):
        self.buy_on(self.anna, '2026-01-01', '2026-02-01', '2026-05-01')
        # sudo: the scheduler is nobody's business
        cron = self.env.ref('crm_plus_analytics.ir_cron_process_backtests').sudo()
        woken = self.env['ir.cron.trigger'].sudo().search_count([('cron_id', '=', cron.id)])
        with patch.object(customer_score_backtest, 'QUICK_DOCUMENTS', 1):
            test = self.backtest()
        self.assertEqual(test.state, 'queued')
        self.assertFalse(test.verdict)
        self.assertEqual(
            self.env['ir.cron.trigger'].sudo().search_count([('cron_id', '=', cron.id)]), woken + 1)
        with self.enter_registry_test_mode():
            cron.method_direct_trigger()
        self.assertEqual(test.state, 'done')

    @freeze_time('2026-09-01')
    def test_dialog_proposes_two_thirds_of_the_history(self):
        self.buy_on(self.anna, '2026-01-01', '2026-02-01', '2026-06-30')
        form = self.launch_form()
        # 180 days, of which 120 are learnt from
        self.assertEqual(form.fit_until, date(2026, 5, 1))
        self.assertEqual(form.predict_until, date(2026, 6, 30))
        launch = form.save()
        test = self.env['customer.score.backtest'].browse(launch.action_launch()['res_id'])
        self.assertEqual((test.state, test.company_id, test.model_asked),
                         ('done', self.company, 'auto'))
        self.assertEqual(test.user_id.login, 'backtest_launch')

    @freeze_time('2026-09-01')
    def test_dialog_proposes_the_time_of_the_scores_in_use(self):
        self.buy_on(self.anna, '2026-01-01', '2026-02-01', '2026-06-30')
        self.score('2026-03-31')
        form = self.launch_form()
        # 89 days, of which 59 are learnt from
        self.assertEqual(
            (form.fit_until, form.predict_until), (date(2026, 3, 1), date(2026, 3, 31)))
        self.score('2026-08-31')
        self.assertEqual(self.launch_form().predict_until, date(2026, 6, 30))

    @freeze_time('2026-09-01')
    def test_dialog_refuses_impossible_dates(self):
        self.buy_on(self.anna, '2026-01-01', '2026-06-30')
        form = self.launch_form()
        form.predict_until = '2026-09-02'
        with self.assertRaisesRegex(ValidationError, "future"):
            form.save()
        form.predict_until = form.fit_until = '2026-06-30'
        with self.assertRaisesRegex(ValidationError, "must be before"):
            form.save()

    def test_dialog_says_when_there_is_no_past(self):
        self.assertFalse(self.launch_form().has_purchases)
