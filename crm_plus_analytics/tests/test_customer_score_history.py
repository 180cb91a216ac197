import json
from datetime import date

from odoo import Command
from odoo.exceptions import AccessError
from odoo.tests import tagged
from odoo.tools import mute_logger

from .common import CustomerValueCommon
from .test_customer_score_run import ScoreRunCommon

MAY, JUNE, JULY = (date(2026, month, 1) for month in (5, 6, 7))


@tagged('post_install', '-at_install')
class TestCustomerScoreHistory(ScoreRunCommon):
    """Two segments: those who bought most recently, and the others."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.recent, cls.others = cls.two_segments(cls.company)

    def history(self, month=None, company=None):
        domain = [('company_id', '=', (company or self.company).id)]
        if month:
            domain.append(('month', '=', month))
        # sudo: the test's own user is a bookkeeper
        return self.env['customer.score.history'].sudo().search(domain, order='month, partner_id')

    def test_month_by_month(self):
        self.buy(self.anna, '2026-01-10', 100)
        self.buy(self.bert, '2026-05-10', 40)
        self.score('2026-05-20')
        may = self.history(MAY)
        self.assertEqual(may.partner_id, self.anna | self.bert)
        self.assertEqual(may.mapped('segment_id'), self.others | self.recent)
        self.assertEqual(set(may.mapped('movement')), {'start'})
        self.assertFalse(may.previous_segment_id)

        carla = self.env['res.partner'].create({'name': "Carla"})
        self.buy(carla, '2026-06-01', 5)
        self.buy(self.anna, '2026-06-10', 100)
        self.score('2026-06-30')
        june = {row.partner_id: row for row in self.history(JUNE)}
        anna, bert, new = june[self.anna], june[self.bert], june[carla]
        self.assertEqual(
            [(row.movement, row.previous_segment_id, row.segment_id) for row in (anna, bert, new)],
            [('moved', self.others, self.recent),
             ('moved', self.recent, self.others),
             ('new', self.env['customer.segment'], self.others)])
        score = self.score_of(self.anna)
        self.assertEqual(
            (anna.abc_class, anna.value, anna.p_alive),
            (score.abc_class, score.customer_value, score.p_alive))
        self.assertEqual(len(self.history()), 5)

    def test_last_scoring_of_a_month_is_the_month_s(self):
        self.buy(self.anna, '2026-05-10', 100)
        gone = self.buy(self.bert, '2026-05-10', 100)
        self.score('2026-05-15')
        first = self.history(MAY)
        gone.button_draft()
        self.score('2026-05-31')
        second = self.history(MAY)
        self.assertEqual(second.partner_id, self.anna)
        self.assertEqual(second, first[0], "the same row, with new figures")

    def test_a_month_that_is_scored_late_is_what_the_next_is_compared_with(self):
        self.buy(self.anna, '2026-01-10', 100)
        self.buy(self.bert, '2026-05-10', 100)
        self.buy(self.anna, '2026-06-10', 100)
        self.score('2026-06-30')
        self.assertEqual(set(self.history(JUNE).mapped('movement')), {'start'})
        self.score('2026-05-31')
        self.assertEqual(
            [(row.movement, row.previous_segment_id) for row in self.history(JUNE)],
            [('moved', self.others), ('moved', self.recent)])

    def test_the_month_before_is_the_last_one_scored(self):
        self.buy(self.anna, '2026-01-10', 100)
        self.score('2026-02-10')
        self.score('2026-07-10')
        self.assertEqual(self.history(JULY).mapped('movement'), ['stayed'])

    def test_tier_of_that_day(self):
        tier_a, tier_b = self.env['crm.customer.tier'].sudo().create([{'name': "A"}, {'name': "B"}])
        self.buy(self.anna, '2026-01-10', 100)
        anna = self.anna.with_company(self.company)
        anna._set_customer_tier(tier_a, "Wanted")
        self.score('2026-05-31')
        anna._set_customer_tier(tier_b, "Wanted otherwise")
        self.score('2026-06-30')
        self.assertEqual(self.history().mapped('tier_id'), tier_a | tier_b)
        self.assertEqual(self.history(MAY).tier_id, tier_a)

    @mute_logger('odoo.addons.crm_plus_analytics.models.customer_score_queue_mixin')
    def test_failed_scoring_leaves_the_history(self):
        self.buy(self.anna, '2026-01-10', 100)
        self.score('2026-05-20')
        before = self.history().read()
        with self.measuring(None):
            self.assertEqual(self.score('2026-05-31').state, 'failed')
        self.assertEqual(self.history().read(), before)

    def test_old_months_are_forgotten(self):
        self.buy(self.anna, '2016-01-10', 100)
        self.score('2016-02-01')
        self.score('2026-06-30')
        self.env['customer.score.history'].sudo()._gc_old_months()
        self.assertEqual(self.history().mapped('month'), [JUNE])

    def test_months_of_a_company_scored_as_of_long_ago_are_kept(self):
        self.buy(self.anna, '2011-01-10', 100)
        self.score('2011-05-31')
        self.score('2011-06-30')
        self.env['customer.score.history'].sudo()._gc_old_months()
        self.assertEqual(len(self.history()), 2)

    def test_line_of_the_score(self):
        self.buy(self.anna, '2026-01-10', 100)
        self.score('2026-05-31')
        self.score('2026-06-30')
        self.history(MAY).p_alive, self.history(JUNE).p_alive = 0.9, 0.504
        self.history().score = 0
        [line] = json.loads(self.score_of(self.anna).history_line)
        self.assertEqual(line['values'], [{'x': "May 2026", 'y': 90}, {'x': "Jun 2026", 'y': 50}])
        self.history(MAY).p_alive = 0
        self.score_of(self.anna).invalidate_recordset(['history_line'])
        [line] = json.loads(self.score_of(self.anna).history_line)
        self.assertEqual(line['values'][0]['y'], None, "the model could not judge them")
        action = self.score_of(self.anna).action_open_history()
        self.assertEqual(
            self.env['customer.score.history'].sudo().search(action['domain']), self.history())

    def test_fixed_number_of_statements(self):
        def statements(measures):
            with self.measuring(measures):
                run = self.score()
            before = self.cr.sql_log_count
            self.env['customer.score.history'].sudo()._record(run)
            self.assertEqual(len(self.history(JUNE)), len(measures))
            return self.cr.sql_log_count - before

        small, large = self.many_customers(30), self.many_customers(300)
        statements(small)
        self.assertEqual(statements(small), statements(large))


@tagged('post_install', '-at_install')
class TestCustomerScoreHistoryAccess(CustomerValueCommon):

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.other = cls.setup_other_company()['company']
        cls.buy(cls.anna, '2026-01-10', 100)
        cls.buy(cls.bert, '2026-01-10', 50)
        cls.buy(cls.anna, '2026-01-10', 700, company=cls.other)
        cls.score()
        cls.score(company=cls.other)
        cls.salesperson = cls.new_user('value_sales', 'sales_team.group_sale_salesman')
        cls.manager = cls.new_user('value_manager', 'crm_plus_analytics.group_manager')
        cls.employee = cls.new_user('value_employee')

    def history(self, user):
        return self.env['customer.score.history'].with_user(user)

    def test_who_sees_the_history(self):
        for user in (self.salesperson, self.manager):
            rows = self.history(user).search([])
            self.assertEqual(rows.partner_id, self.anna | self.bert)
            self.assertEqual(rows.company_id, self.company, "two companies never mix")
        with self.assertRaises(AccessError):
            self.history(self.employee).search([])
        self.manager.company_ids = [Command.link(self.other.id)]
        both = self.history(self.manager).with_context(
            allowed_company_ids=(self.company | self.other).ids)
        self.assertEqual(len(both.search([])), 3)

    def test_amounts_obey_the_groups_of_the_score(self):
        for name in ('value', 'revenue_12_months'):
            self.history(self.manager).search([]).read([name])
            with self.assertRaises(AccessError):
                self.history(self.salesperson).search([]).read([name])

    def test_as_visible_as_the_customer(self):
        # sudo: what a customer's administrator might do
        self.env['ir.rule'].sudo().create({
            'name': "Hidden customers",
            'model_id': self.env['ir.model']._get_id('res.partner'),
            'domain_force': "[('name', '!=', 'Bert')]",
            'groups': [Command.link(self.env.ref('sales_team.group_sale_salesman').id)],
        })
        self.assertEqual(self.history(self.salesperson).search([]).partner_id, self.anna)
        self.assertEqual(len(self.history(self.manager).search([])), 2)

    def test_nobody_writes_the_history(self):
        row = self.history(self.manager).search([], limit=1)
        with self.assertRaises(AccessError):
            row.score = 3
        with self.assertRaises(AccessError):
            row.copy()
        with self.assertRaises(AccessError):
            row.unlink()

    def test_merged_contacts_have_one_history(self):
        self.score('2026-05-31')
        self.env['base.partner.merge.automatic.wizard'].sudo()._merge(
            (self.anna | self.bert).ids, self.anna)
        rows = self.env['customer.score.history'].sudo().search(
            [('company_id', '=', self.company.id)])
        self.assertEqual(rows.partner_id, self.anna)
        self.assertEqual(len(rows), 2)

    def test_views_open_for_everybody_who_may(self):
        for user in (self.salesperson, self.manager):
            for view in ('list', 'kanban', 'pivot', 'graph', 'search'):
                self.history(user).get_view(view_type=view)
