from contextlib import closing
from datetime import date, timedelta
from unittest.mock import patch

import numpy as np
from psycopg2.errors import SerializationFailure

from odoo import fields
from odoo.exceptions import AccessError, RedirectWarning, UserError, ValidationError
from odoo.tests import tagged
from odoo.tools import SQL, mute_logger

from ..models.customer_measures import CustomerMeasures
from ..models.customer_score_calculation_mixin import CustomerScoreCalculationMixin
from ..models.customer_score_queue_mixin import LOCK_SPACE
from .common import AS_OF, CustomerValueCommon, simulated_measures

RUN_LOGGER = 'odoo.addons.crm_plus_analytics.models.customer_score_queue_mixin'


class ScoreRunCommon(CustomerValueCommon):

    def rows(self, company=None):
        """Return all that is stored of the company's scores."""
        self.env.flush_all()
        return self.env.execute_query_dict(SQL(
            "SELECT * FROM customer_score WHERE company_id = %s ORDER BY id",
            (company or self.company).id))

    def measuring(self, measures):
        """Let runs find these measures."""
        return patch.object(CustomerMeasures, '_measure', lambda *args: measures)

    def process_queue(self):
        """Let the scheduled action do what is queued."""
        with self.enter_registry_test_mode():
            # sudo: the scheduler is nobody's business
            self.env.ref('crm_plus_analytics.ir_cron_process_queue').sudo().method_direct_trigger()

    def locked_elsewhere(self, company):
        """Hold the company's lock in another session, as a run in another process does."""
        cr = self.registry.cursor()
        cr.execute(SQL("SELECT pg_try_advisory_lock(%s, %s)", LOCK_SPACE, company.id))
        self.assertTrue(cr.fetchone()[0], "this test's own transaction holds the lock already")
        return closing(_Session(cr))


class _Session:

    def __init__(self, cr):
        self._cr = cr

    def close(self):
        self._cr.execute("SELECT pg_advisory_unlock_all()")
        self._cr.close()


@tagged('post_install', '-at_install')
class TestCustomerScoreRun(ScoreRunCommon):

    def test_models_fitted(self):
        measures = self.many_customers()
        with self.measuring(measures):
            run = self.score()
        self.assertEqual((run.state, run.failure), ('done', False))
        self.assertEqual((run.purchase_model_state, run.value_model_state), ('fitted', 'fitted'))
        self.assertEqual((run.customers, run.repeaters), (200, int((measures.repeats > 0).sum())))
        self.assertEqual((run.purchase_model, run.purchase_model_verdict), ('bg_nbd', 'untested'))
        self.assertGreater(run.bg_nbd_r, 0)
        self.assertLess(run.bg_nbd_log_likelihood, 0)
        self.assertIn("Gamma-Gamma", run.estimates_table)
        rows = {(model, name): value for model, name, value, _error in run.estimates['parameters']}
        self.assertEqual(rows['bg_nbd', 'r'], run.bg_nbd_r)
        self.assertGreater(run.gamma_gamma_gamma, 0)
        self.assertGreater(run.duration, 0)
        self.assertTrue(run.is_current)
        scores = self.env['customer.score'].sudo().search([('company_id', '=', self.company.id)])
        self.assertEqual(len(scores), 200)
        self.assertEqual(scores.mapped('rank'), list(range(1, 201)))
        self.assertAlmostEqual(sum(scores.mapped('customer_value')), run.total_value, 2)
        self.assertFalse(scores.filtered(lambda score: not score.segment_id))
        best = scores[0]
        index = measures.partner_id.tolist().index(best.partner_id.id)
        self.assertEqual(best.purchases, measures.purchases[index])
        self.assertEqual(best.first_date.toordinal(), measures.first_day[index])
        self.assertEqual(best.last_date.toordinal(), measures.last_day[index])
        self.assertAlmostEqual(best.revenue, measures.revenue[index], 2)
        self.assertEqual(best.rfm_code, f"{best.r_score}{best.f_score}{best.m_score}")
        self.assertAlmostEqual(best.age, measures.days_since_first[index] / 7)

    def test_without_customers(self):
        run = self.score()
        self.assertEqual((run.state, run.customers), ('done', 0))
        self.assertEqual(run.purchase_model_state, 'no_repeat')

    def test_one_customer(self):
        self.buy(self.anna, '2026-06-20', 100)
        run = self.score()
        self.assertEqual((run.state, run.customers, run.repeaters), ('done', 1, 0))
        score = self.score_of(self.anna)
        self.assertEqual((score.rfm_code, score.abc_class, score.outlook), ('333', 'A', 'once'))
        self.assertEqual(score.reason, 'no_purchase_model')
        self.assertFalse(score.is_valued)
        self.assertEqual((score.expected_value, score.customer_value), (100.0, 0.0))

    def test_two_customers(self):
        self.buy(self.anna, '2026-01-10', 100)
        self.buy(self.anna, '2026-06-20', 100)
        self.buy(self.bert, '2026-05-10', 10)
        run = self.score()
        self.assertEqual(
            (run.state, run.purchase_model_state, run.purchase_model, run.purchase_model_verdict),
            ('done', 'few', 'simple', 'none'))
        self.assertEqual(self.score_of(self.anna).reason, 'simple')
        self.assertTrue(self.score_of(self.anna).is_valued)
        self.assertEqual(self.score_of(self.anna).rfm_code, '444')
        self.assertEqual(self.score_of(self.bert).rfm_code, '222')
        self.assertEqual(self.score_of(self.anna).interval_days, 161)

    def test_scores_are_replaced_and_keep_their_ids(self):
        self.buy(self.anna, '2026-01-10', 100)
        gone = self.buy(self.bert, '2026-01-10', 100)
        first = self.score()
        anna = self.score_of(self.anna)
        gone.button_draft()
        self.buy(self.anna, '2026-02-10', 100)
        second = self.score()
        self.assertEqual(self.score_of(self.anna), anna)
        self.assertEqual((anna.run_id, anna.purchases), (second, 2))
        self.assertFalse(self.score_of(self.bert), "no customer any more")
        self.assertEqual((first.is_current, second.is_current), (False, True))

    def test_companies_are_scored_apart(self):
        other = self.setup_other_company()['company']
        self.buy(self.anna, '2026-01-10', 100)
        self.buy(self.anna, '2026-01-10', 700, company=other)
        self.score()
        before = self.rows()
        self.score(company=other)
        self.assertEqual(self.rows(), before)
        self.assertEqual(self.score_of(self.anna).revenue, 100)
        self.assertEqual(self.score_of(self.anna, other).revenue, 700)

    def test_parameters_are_the_company_s_of_that_day(self):
        self.company.sudo().write({
            'customer_value_time_unit': 'day', 'customer_value_horizon': 6,
            'customer_value_discount_rate': 0.2,
            'customer_value_abc_a': 0.5, 'customer_value_abc_b': 0.6,
        })
        run = self.new_run()
        self.company.sudo().customer_value_time_unit = 'month'
        self.assertEqual(
            (run.time_unit, run.horizon_months, run.discount_rate, run.abc_a, run.abc_b),
            ('day', 6, 0.2, 0.5, 0.6))

    def test_scores_begin_where_the_consultant_says(self):
        """Anna: 10 days ago, 3 purchases, 600. Bert: 180 days ago, once, 50."""
        self.company.sudo().write({
            'customer_value_recency_limits': '30 90 180 365',
            'customer_value_frequency_limits': '2; 4; 8; 16',
            'customer_value_money_limits': '100 500.0 2000 10000',
        })
        for day in ('2026-04-01', '2026-05-01', '2026-06-20'):
            self.buy(self.anna, day, 200)
        self.buy(self.bert, '2026-01-01', 50)
        run = self.env['customer.score.run'].sudo().create(
            {'company_id': self.company.id, 'as_of': AS_OF})
        run._execute()
        scores = self.env['customer.score'].sudo().search([('run_id', '=', run.id)])
        codes = {score.partner_id: score.rfm_code for score in scores}
        self.assertEqual((codes[self.anna], codes[self.bert]), ('523', '311'))
        self.company.sudo().customer_value_recency_limits = False
        self.assertEqual(run.cut_points['recency'], [30, 90, 180, 365])

    def test_limits_that_make_no_sense_are_refused(self):
        for wrong in ('30 90 180', '30 90 90 365', '365 180 90 30', 'a b c d', '1 2 3 inf'):
            with self.subTest(wrong), self.assertRaisesRegex(ValidationError, "Recency Limits"):
                self.company.sudo().customer_value_recency_limits = wrong

    def test_wrong_parameters_are_refused(self):
        for field, value in {
            'customer_value_horizon': 0, 'customer_value_discount_rate': 1.5,
            'customer_value_abc_a': 0.99, 'customer_value_abc_b': 1.0,
        }.items():
            with self.subTest(field=field), self.assertRaises(ValidationError):
                self.company.sudo()[field] = value

    def test_own_segments_of_the_company(self):
        own = self.env['customer.segment'].sudo().create({
            'name': "Ours", 'company_id': self.company.id, 'sequence': 0})
        self.buy(self.anna, '2026-01-10', 100)
        self.score()
        self.assertEqual(self.score_of(self.anna).segment_id, own)

    def test_fixed_number_of_statements(self):
        def statements(measures):
            run = self.new_run()
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.cr.sql_log_count
            with self.measuring(measures):
                run._execute()
            self.assertEqual(run.state, 'done')
            return self.cr.sql_log_count - before

        small = self.many_customers(30)
        large = self.many_customers(300)
        # warm: field defaults and the like are read once in a process
        statements(small)
        statements(small)
        self.assertEqual(statements(small), statements(large))

    def test_scored_customer_may_be_deleted(self):
        measures = self.many_customers(3)
        with self.measuring(measures):
            self.score()
        self.env['res.partner'].browse(measures.partner_id[:1].tolist()).unlink()
        self.assertEqual(len(self.rows()), 2)

    def test_run_in_use_is_not_deleted(self):
        self.buy(self.anna, '2026-01-10', 100)
        old, new = self.score(), self.score()
        with self.assertRaisesRegex(UserError, "scores in use"):
            new.unlink()
        old.unlink()
        new.state = 'running'
        with self.assertRaisesRegex(UserError, "running"):
            new.unlink()


@tagged('post_install', '-at_install')
class TestCustomerScoreAtomicity(ScoreRunCommon):

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.buy(cls.anna, '2026-01-10', 100)
        # Not by running it: a run's lock lasts as long as the transaction of the class.
        cls.former = cls.new_run()
        cls.former.state = 'done'
        cls.env['customer.score'].sudo().create({
            'partner_id': cls.anna.id, 'company_id': cls.company.id, 'run_id': cls.former.id,
            'purchases': 1, 'rank': 1,
        })
        cls.buy(cls.anna, '2026-02-10', 100)

    @mute_logger(RUN_LOGGER)
    def test_failure_keeps_former_scores_and_says_why(self):
        before = self.rows()
        run = self.new_run()
        error = ZeroDivisionError("by nought")
        with patch.object(CustomerScoreCalculationMixin, '_estimates', side_effect=error):
            run._execute()
        self.assertEqual(run.state, 'failed')
        self.assertIn("ZeroDivisionError: by nought", run.failure)
        self.assertEqual(self.rows(), before)
        self.assertTrue(self.former.is_current)

    @mute_logger(RUN_LOGGER)
    def test_failure_of_a_statement(self):
        before = self.rows()
        nobody = simulated_measures(np.array([2**31 - 1]))
        run = self.new_run()
        with self.measuring(nobody), mute_logger('odoo.sql_db'):
            run._execute()
        self.assertEqual(run.state, 'failed')
        self.assertEqual(self.rows(), before)

    def test_second_run_of_a_company_is_refused(self):
        run = self.new_run()
        with self.locked_elsewhere(self.company), \
                self.assertRaisesRegex(UserError, "being scored right now"):
            run._execute()
        self.assertEqual(run.state, 'queued')
        run._execute()
        self.assertEqual(run.state, 'done')

    def test_another_company_is_not_locked(self):
        other = self.setup_other_company()['company']
        with self.locked_elsewhere(other):
            self.assertEqual(self.score().state, 'done')

    def test_queue_is_processed_one_after_the_other(self):
        runs = self.new_run('2026-01-31') | self.new_run('2026-02-28')
        self.process_queue()
        self.assertEqual(runs.mapped('state'), ['done', 'done'])
        self.assertEqual(self.score_of(self.anna).run_id, runs[1])
        self.assertEqual(self.score_of(self.anna).purchases, 2)

    @mute_logger(RUN_LOGGER)
    def test_failed_run_does_not_stop_the_queue(self):
        bad, good = self.new_run(), self.new_run()
        measure = CustomerMeasures._measure
        calls = []
        error = UserError("The ledger is upside down.")

        def fails_once(*args):
            calls.append(args)
            if len(calls) == 1:
                raise error
            return measure(*args)

        with patch.object(CustomerMeasures, '_measure', fails_once):
            self.process_queue()
        self.assertEqual((bad.state, bad.failure), ('failed', "The ledger is upside down."))
        self.assertEqual(good.state, 'done')

    def test_conflict_with_another_transaction_is_tried_again(self):
        run = self.new_run()
        measure = CustomerMeasures._measure
        calls = []

        def conflicts_once(*args):
            calls.append(args)
            if len(calls) == 1:
                raise SerializationFailure
            return measure(*args)

        with patch.object(CustomerMeasures, '_measure', conflicts_once):
            self.process_queue()
        self.assertEqual((run.state, len(calls)), ('done', 2))

    def test_locked_run_stays_queued(self):
        run = self.new_run()
        with self.locked_elsewhere(self.company):
            self.process_queue()
        self.assertEqual(run.state, 'queued')
        # sudo: triggers are the scheduler's
        self.assertTrue(self.env['ir.cron.trigger'].sudo().search_count([
            ('cron_id', '=', self.env.ref('crm_plus_analytics.ir_cron_process_queue').id),
            ('call_at', '>', fields.Datetime.now()),
        ]))

    def test_run_without_a_process_is_interrupted(self):
        run = self.new_run()
        run._start()
        with self.locked_elsewhere(self.company):
            run._mark_interrupted()
            self.assertEqual(run.state, 'running', "somebody is working on it")
        before = self.rows()
        self.process_queue()
        self.assertEqual(run.state, 'interrupted')
        self.assertIn("stopped", run.failure)
        self.assertEqual(self.rows(), before)

    def test_interrupted_schedule_is_repeated_but_not_for_ever(self):
        Run = self.env['customer.score.run'].sudo()
        for attempt in range(1, 5):
            run = Run._queue(self.company, scheduled=True)
            run._start()
            Run._mark_interrupted(self.company)
            waiting = Run.search([('company_id', '=', self.company.id), ('state', '=', 'queued')])
            self.assertEqual(len(waiting), 1 if attempt < 3 else 0)
            waiting.unlink()

    def test_progress(self):
        run = self.new_run()
        seen = []

        def look(progress, run_id, phase):
            report(progress, run_id, phase)
            self.env.invalidate_all()
            seen.append((run.phase, run.percentage))

        progress_class = type(self.env['customer.score.progress'])
        report = progress_class._report
        with patch.object(progress_class, '_report', look):
            self.process_queue()
        self.assertEqual([phase for phase, _percentage in seen], [
            "Reading the documents", "Learning how customers buy", "Learning what they spend",
            "Forming segments", "Writing the scores",
        ])
        percentages = [percentage for _phase, percentage in seen]
        self.assertEqual(percentages, sorted(percentages))
        self.assertEqual(run.state, 'done')


@tagged('post_install', '-at_install')
class TestCustomerScoreLaunch(ScoreRunCommon):

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.manager = cls.new_user('value_manager', 'crm_plus_analytics.group_manager')
        cls.salesperson = cls.new_user('value_reader', 'crm_plus_analytics.group_user')
        cls.buy(cls.anna, '2026-01-10', 100)

    def launch(self, user=None, **values):
        return self.env['customer.score.launch'].with_user(user or self.manager).create(values)

    def test_manager_scores_now(self):
        launch = self.launch(as_of=AS_OF)
        self.assertEqual(launch.company_id, self.company)
        action = launch.action_launch()
        run = self.env['customer.score.run'].browse(action['res_id'])
        self.assertEqual((run.sudo().state, run.sudo().user_id), ('queued', self.manager))
        self.process_queue()
        self.assertEqual(run.with_user(self.manager).state, 'done')
        self.assertEqual(self.score_of(self.anna).run_id.id, run.id)

    def test_watcher_is_told_the_end(self):
        run_id = self.launch(as_of=AS_OF).action_launch()['res_id']
        self.process_queue()
        # sudo: messages of the bus are for the browser
        messages = self.env['bus.bus'].sudo().search([('message', 'like', f'%"run_id":{run_id},%')])
        self.assertIn('"state":"done"', messages[-1].message)
        self.assertGreater(len(messages), 5)

    def test_second_click_leads_to_the_first_run(self):
        run_id = self.launch(as_of=AS_OF).action_launch()['res_id']
        with self.assertRaises(RedirectWarning) as warning:
            self.launch(as_of=AS_OF).action_launch()
        self.assertEqual(warning.exception.args[1]['res_id'], run_id)

    def test_dead_run_does_not_block_the_button(self):
        self.new_run()._start()
        self.assertTrue(self.launch(as_of=AS_OF).action_launch()['res_id'])

    def test_future_date_is_refused(self):
        with self.assertRaisesRegex(ValidationError, "future"):
            self.launch(as_of=date.today() + timedelta(days=2))

    def test_salesperson_may_not_score(self):
        with self.assertRaises(AccessError):
            self.launch(self.salesperson)

    def test_other_company_may_not_be_scored(self):
        other = self.setup_other_company()['company']
        with self.assertRaises(AccessError):
            self.launch(company_id=other.id)

    def test_schedule_scores_the_companies_that_want_it(self):
        Run = self.env['customer.score.run'].sudo()
        self.env['res.company'].sudo().search([]).customer_value_schedule = False
        self.company.sudo().customer_value_schedule = True
        schedule = self.env.ref('crm_plus_analytics.ir_cron_schedule').sudo()
        for _twice in range(2):
            with self.enter_registry_test_mode():
                schedule.method_direct_trigger()
        run = Run.search([('state', '=', 'queued')])
        self.assertEqual((run.company_id, run.scheduled), (self.company, True))
        self.process_queue()
        self.assertEqual(run.state, 'done')
