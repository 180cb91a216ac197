from odoo import Command
from odoo.exceptions import UserError, ValidationError
from odoo.fields import Domain
from odoo.tests import Form, tagged
from odoo.tools import mute_logger

from .common import CustomerValueCommon
from .test_customer_score_run import RUN_LOGGER, ScoreRunCommon


@tagged('post_install', '-at_install')
class TestSegmentConditions(ScoreRunCommon):

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.recent, cls.others = cls.two_segments(cls.company)
        cls.carla = cls.env['res.partner'].create({'name': "Carla"})
        cls.manager = cls.new_user(
            'value_manager', 'crm_plus_analytics.group_manager', 'base.group_partner_manager')
        cls.salesperson = cls.new_user('value_sales', 'sales_team.group_sale_salesman')
        # 1, 2 and 3 purchases; Carla bought last, then Bert, then Anna
        for month in (1, 2, 3):
            cls.buy(cls.carla, f'2026-{month:02}-20', 1000)
        for month in (1, 2):
            cls.buy(cls.bert, f'2026-{month:02}-15', 200)
        cls.buy(cls.anna, '2026-01-10', 30)

    def segment(self, sequence, domain, **values):
        return self.env['customer.segment'].with_user(self.manager).create({
            'name': "Ours", 'company_id': self.company.id, 'sequence': sequence,
            'rule': 'domain',
            'domain': domain if isinstance(domain, str) else repr(domain), **values,
        })

    def segments(self):
        """The segments of Anna, Bert and Carla."""
        return [self.score_of(partner).segment_id for partner in (self.anna, self.bert, self.carla)]

    def test_first_match_wins(self):
        self.score()
        self.assertEqual(self.segments(), [self.others, self.others, self.recent])
        often = self.segment(-3, [('purchases', '>=', 2)])
        much = self.segment(-4, [('revenue', '>', 2999)])
        self.score()
        self.assertEqual(self.segments(), [self.others, often, much])
        often.sequence = -5
        self.score()
        self.assertEqual(self.segments(), [self.others, often, often])

    def test_ranges_before_conditions_keep_theirs(self):
        late = self.segment(-1, [('purchases', '>=', 1)])
        self.others.sequence = 0
        self.score()
        self.assertEqual(self.segments(), [late, late, self.recent])

    def test_conditions_on_the_customer(self):
        self.bert.country_id = self.env.ref('base.be')
        belgians = self.segment(-3, [('partner_id.country_id.code', '=', 'BE')])
        self.score()
        self.assertEqual(self.segments(), [self.others, belgians, self.recent])

    def test_everybody_is_in_exactly_one(self):
        self.segment(-3, ['|', ('purchases', '=', 2), ('abc_class', '=', 'A')])
        self.score()
        scores = self.env['customer.score'].sudo().search([('company_id', '=', self.company.id)])
        self.assertEqual(len(scores), 3)
        self.assertTrue(all(score.segment_id for score in scores))
        counts = self.env['customer.segment'].sudo().search([]).mapped('customer_count')
        self.assertEqual(sum(counts), 3)

    def test_other_companies_keep_their_segments(self):
        other = self.setup_other_company()['company']
        self.buy(self.bert, '2026-01-10', 100, company=other)
        self.score(company=other)
        before = self.score_of(self.bert, other).segment_id
        self.segment(-3, [('purchases', '>=', 1)])
        self.score()
        self.assertEqual(self.score_of(self.bert, other).segment_id, before)

    def test_bad_conditions_are_refused_in_words(self):
        for domain, words in {
            "[('purchases', '>=', ": "cannot be read",
            "[('nonsense', '=', 1)]": "make no sense.*nonsense",
            "[('purchases', 'resembles', 1)]": "cannot be",
            "[('purchases', '>', 'many')]": "make no sense",
            "[('is_valued', '=', True)]": "make no sense",
            "[('purchases', '>', uid)]": "cannot be read",
            "[]": "Add a condition",
            "[('segment_id', '!=', False)]": "decided only by them",
            "[('partner_id', 'any', [('customer_segment_id', '=', 1)])]": "decided only by them",
        }.items():
            with self.subTest(domain=domain), self.assertRaisesRegex(ValidationError, words), \
                    self.cr.savepoint():
                self.segment(-3, domain)

    def test_nobody_learns_by_a_rule_what_they_may_not_see(self):
        with self.assertRaisesRegex(ValidationError, "may not see"):
            self.segment(-3, [('partner_id.signup_type', '!=', False)])

    def test_conditions_take_no_part_in_completeness(self):
        self.segment(-3, [('purchases', '>=', 1)], company_id=False)
        ranges = self.env['customer.segment'].sudo().search([('rule', '=', 'rfm')])
        with self.assertRaisesRegex(ValidationError, "Every customer must be in a segment"):
            ranges.filtered(lambda segment: not segment.company_id).unlink()

    def test_combinations_are_those_of_ranges(self):
        own = self.segment(-3, [('purchases', '>=', 1)])
        self.assertEqual(own.combinations, 0)
        self.assertEqual(self.recent.with_company(self.company).combinations, 50)

    @mute_logger(RUN_LOGGER)
    def test_conditions_that_broke_later_are_told_by_the_scoring(self):
        own = self.segment(-3, [('purchases', '>=', 1)])
        self.score()
        before = self.rows()
        self.env.flush_all()
        self.cr.execute(
            "UPDATE customer_segment SET domain = %s WHERE id = %s", ["[('gone', '=', 1)]", own.id])
        own.invalidate_recordset()
        run = self.score()
        self.assertEqual(run.state, 'failed')
        self.assertIn("“Ours” cannot be used", run.failure)
        self.assertEqual(self.rows(), before)

    def test_preview(self):
        self.score()
        form = Form(self.env['customer.segment'].with_user(self.manager))
        form.name, form.sequence, form.rule = "Twice", -10, 'domain'
        form.domain = "[('purchases', '>=', 2)]"
        self.assertEqual(form.preview, "Would hold 2 customers now.")
        form.sequence = 5
        self.assertEqual(form.preview, "Would hold 0 customers now.", "taken by those before")
        form.sequence = -2
        self.assertEqual(form.preview, "Would hold one customer now.", "Carla is recent")
        form.domain = "[('nonsense', '=', 2)]"
        self.assertIn("make no sense", form.preview)
        form.rule = 'rfm'
        form.sequence, form.r_min = -10, 5
        self.assertEqual(form.preview, "Would hold one customer now.")

    def test_size_value_and_trend(self):
        self.score('2026-02-28')
        self.buy(self.anna, '2026-04-10', 30)
        dora = self.env['res.partner'].create({'name': "Dora"})
        self.buy(dora, '2026-01-10', 1)
        self.score()
        # Carla alone was recent, as the first of three; now Anna and she are, as two of four
        self.assertEqual(
            [score.segment_id.name for score in map(
                self.score_of, (self.anna, self.bert, self.carla, dora))],
            ["Recent", "The others", "Recent", "The others"])
        recent, others = (
            segment.with_user(self.manager) for segment in (self.recent, self.others))
        self.assertEqual(
            [(s.customer_count, s.joined_count, s.left_count, s.trend) for s in (recent, others)],
            [(2, 1, 0, 1), (2, 1, 1, 0)])
        opened = {
            name: self.env[action['res_model']].with_user(self.manager).search(
                action['domain']).partner_id
            for name, action in {
                'customers': others.action_open_customers(),
                'joined': others.action_open_joined(),
                'left': others.action_open_left(),
            }.items()
        }
        self.assertEqual(
            opened, {'customers': self.bert | dora, 'joined': dora, 'left': self.anna})
        self.score_of(self.anna).customer_value = 12.5
        self.score_of(self.carla).customer_value = 0
        recent.invalidate_recordset(['customer_value'])
        self.assertEqual(recent.customer_value, 12.5)
        self.assertNotIn('customer_value', recent.with_user(self.salesperson).fields_get())

    def test_value_of_several_companies_is_converted(self):
        other = self.setup_other_company()['company']
        self.env['res.currency.rate'].sudo().search([]).unlink()
        other.sudo().currency_id = self.setup_other_currency('GBP', rates=[('1900-01-01', 2.0)])
        segment = self.segment(-3, [('purchases', '>=', 1)], company_id=False)
        self.buy(self.anna, '2026-01-10', 100, company=other)
        self.score()
        self.score(company=other)
        self.manager.company_ids = [Command.link(other.id)]
        both = segment.with_context(allowed_company_ids=(self.company | other).ids)
        scores = self.env['customer.score'].sudo().search(
            Domain('segment_id', '=', segment.id))
        for score in scores:
            score.customer_value = 10
        self.assertEqual(both.customer_count, 4)
        self.assertEqual(both.customer_value, 35.0, "three of ours, and half of theirs")

    def test_no_trend_in_the_first_month(self):
        self.score()
        self.assertFalse(self.others.with_user(self.salesperson).is_compared)
        self.assertEqual(self.others.with_user(self.salesperson).joined_count, 0)

    def test_fixed_number_of_statements(self):
        def statements(measures):
            self.env.invalidate_all()
            with self.measuring(measures):
                self.score()
            before = self.cr.sql_log_count
            segments._take_by_conditions(self.company)
            self.env.invalidate_all()
            self.env['customer.segment'].with_user(self.manager).search([]).read([
                'customer_count', 'customer_value', 'trend'])
            return self.cr.sql_log_count - before

        self.segment(-3, [('purchases', '>=', 2)])
        self.segment(-4, [('partner_id.name', '=like', '%9')])
        segments = self.env['customer.segment'].sudo()._of_company(self.company)
        small, large = self.many_customers(30), self.many_customers(300)
        statements(small)
        self.assertEqual(statements(small), statements(large))


@tagged('post_install', '-at_install')
class TestSegmentConditionsAccess(CustomerValueCommon):

    def test_salesperson_counts_the_customers_that_they_may_see(self):
        self.buy(self.anna, '2026-01-10', 100)
        self.buy(self.bert, '2026-01-10', 100)
        self.score()
        user = self.new_user('value_sales', 'sales_team.group_sale_salesman')
        # sudo: what a customer's administrator might do
        self.env['ir.rule'].sudo().create({
            'name': "Hidden customers",
            'model_id': self.env['ir.model']._get_id('res.partner'),
            'domain_force': "[('name', '!=', 'Bert')]",
            'groups': [Command.link(self.env.ref('sales_team.group_sale_salesman').id)],
        })
        segment = self.score_of(self.anna).segment_id.with_user(user)
        self.assertEqual(segment.customer_count, 1)
        with self.assertRaises(UserError):
            segment.rule = 'domain'
