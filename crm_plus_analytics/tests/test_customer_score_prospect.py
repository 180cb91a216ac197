from ast import literal_eval

from odoo import Command
from odoo.tests import tagged
from odoo.tools import SQL

from .common import CustomerValueCommon

#: What comes from purchases, and is therefore not known of a prospect.
OF_PURCHASES = (
    'rank', 'r_score', 'f_score', 'm_score', 'rfm_code', 'abc_class', 'abc_class_profit',
    'segment_id', 'customer_value', 'expected_purchases', 'composite_score', 'components',
    'outlook', 'p_alive', 'profit', 'first_date', 'last_date', 'days_since_last',
)


class ProspectCommon(CustomerValueCommon):
    """Two customers; Carl with an open and a lost lead, and Dora with a quotation, never bought."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        # sudo: rights are given by administrators
        cls.env.user.sudo().group_ids += cls.env.ref('sales_team.group_sale_manager')
        cls.carl, cls.dora = cls.env['res.partner'].create([{'name': "Carl"}, {'name': "Dora"}])
        cls.buy(cls.anna, '2026-03-10', 100)
        cls.buy(cls.anna, '2026-06-10', 100)
        cls.buy(cls.bert, '2026-05-10', 40)

    @classmethod
    def lead(cls, partner, amount, day='2026-06-01', company=None, **values):
        """Create a lead of a day in the past."""
        company = company or cls.company
        lead = cls.env['crm.lead'].sudo().with_company(company).create({
            'name': "Chance", 'type': 'opportunity', 'partner_id': partner.id,
            'expected_revenue': amount, 'company_id': company.id, **values})
        cls.env.flush_all()
        cls.env.cr.execute("UPDATE crm_lead SET create_date = %s WHERE id = %s", (day, lead.id))
        return lead

    @classmethod
    def lose(cls, lead, day='2026-06-20'):
        lead.action_set_lost()
        lead.date_closed = day

    @classmethod
    def quote(cls, partner, day='2026-06-05'):
        # sudo: only the customers are of interest here
        return cls.env['sale.order'].sudo().with_company(cls.company).create({
            'partner_id': partner.id, 'company_id': cls.company.id, 'date_order': day,
            'order_line': [Command.create({
                'name': "Something", 'product_id': cls.product_a.id, 'price_unit': 70})],
        })

    @classmethod
    def interest(cls):
        cls.lead(cls.carl, 500)
        cls.lose(cls.lead(cls.carl, 200))
        cls.quote(cls.dora)

    def prospects(self, company=None):
        """Return the prospects among the test's own contacts: leads without company are all's."""
        return self.env['customer.score'].sudo().search([
            ('active', '=', False), ('company_id', '=', (company or self.company).id),
            ('partner_id', 'in', (self.anna | self.bert | self.carl | self.dora).ids),
        ], order='partner_id')


@tagged('post_install', '-at_install')
class TestCustomerScoreProspect(ProspectCommon):

    def test_interest_without_a_purchase_makes_a_prospect(self):
        self.interest()
        self.score()
        carl, dora = self.prospects()
        self.assertEqual((carl.partner_id, dora.partner_id), (self.carl, self.dora))
        self.assertEqual({carl.lifecycle, dora.lifecycle}, {'prospect'})
        # the open lead; none of the one that was decided
        self.assertEqual((carl.open_pipeline, carl.win_rate, carl.has_outcome), (500, 0, True))
        self.assertEqual((dora.open_pipeline, dora.has_outcome, dora.purchases), (0, False, 0))
        self.assertEqual(carl.explanation, "Has not bought yet.")

    def test_source_of_the_won_lead_before_that_of_the_first(self):
        first, best, quoted = self.env['utm.source'].sudo().create(
            [{'name': "First"}, {'name': "Best"}, {'name': "Quoted"}])
        self.lead(self.carl, 10, '2026-01-01', source_id=first.id)
        self.lead(self.carl, 10, '2026-02-01', source_id=best.id).action_set_won()
        self.quote(self.dora).source_id = quoted
        self.score()
        self.assertEqual(
            [score.source_id for score in self.prospects()], [best, quoted])

    def test_nothing_is_said_that_comes_from_purchases(self):
        self.interest()
        self.score()
        columns = SQL(", ").join(SQL.identifier(name) for name in OF_PURCHASES)
        for row in self.env.execute_query(SQL(
                "SELECT %s FROM customer_score WHERE id IN %s", columns, self.prospects()._ids)):
            self.assertEqual(set(row), {None})

    def test_counts_of_customers_are_as_without_prospects(self):
        def told():
            run = self.score()
            scores = self.env['customer.score'].sudo().search(
                [('company_id', '=', self.company.id)], order='partner_id')
            self.assertEqual(run.customers, len(scores))
            self.env.cr.execute(
                "SELECT count(*) FROM customer_score_history WHERE company_id = %s",
                [self.company.id])
            return scores.read([
                'partner_id', 'rank', 'rfm_code', 'segment_id', 'abc_class', 'lifecycle',
                'composite_score', 'components', 'profit', 'outlook',
            ]), run.customers, run.revenue, run.medians, run.usual_interval, self.env.cr.fetchone()

        before = told()
        self.interest()
        self.assertEqual(told(), before)

    def test_scoring_counts_them_apart(self):
        self.interest()
        run = self.score()
        everybody = self.env['customer.score'].sudo().with_context(active_test=False)
        self.assertEqual(
            run.prospects, everybody.search_count([('run_id', '=', run.id)]) - run.customers)
        self.assertGreaterEqual(run.prospects, 2)

    def test_who_has_ordered_or_bought_is_none(self):
        self.lead(self.carl, 500)
        order = self.quote(self.carl)
        order.action_confirm()
        order.date_order = '2026-06-10'
        self.lead(self.anna, 500)
        self.score()
        self.assertFalse(self.prospects())
        self.assertEqual(self.score_of(self.anna).open_pipeline, 500)

    def test_who_bought_before_the_window_is_none(self):
        # sudo: the settings of the company are the administrator's
        self.company.sudo().customer_value_window = 3
        self.buy(self.carl, '2025-01-10', 100)
        self.lead(self.carl, 500)
        self.lead(self.dora, 500, '2026-01-01')
        self.score()
        self.assertFalse(self.prospects(), "Carl has bought, Dora's interest is too long ago")

    def test_who_may_not_be_scored_is_none(self):
        tag = self.env['res.partner.category'].sudo().create({'name': "Staff"})
        self.company.sudo().customer_value_excluded_category_ids = tag
        self.interest()
        self.dora.category_id = tag
        self.lead(self.company.partner_id, 900)
        self.score()
        self.assertEqual(self.prospects().partner_id, self.carl)
        self.assertFalse(self.score_of(self.company.partner_id))
        self.assertFalse(self.env['customer.score'].sudo().search(
            [('active', '=', False), ('partner_id', '=', self.company.partner_id.id)]))

    def test_as_of_a_day(self):
        self.interest()
        self.score('2026-06-02')
        self.assertEqual(self.prospects().partner_id, self.carl)
        self.assertFalse(self.prospects().has_outcome, "the lead was lost later")

    def test_companies_do_not_mix(self):
        other = self.setup_other_company()['company']
        self.lead(self.carl, 500)
        self.lead(self.dora, 7000, company=other)
        self.score()
        self.score(company=other)
        self.assertEqual(self.prospects().partner_id, self.carl)
        self.assertEqual(self.prospects(other).partner_id, self.dora)
        self.assertEqual(self.prospects(other).open_pipeline, 7000)

    def test_prospect_becomes_a_customer_and_back(self):
        self.interest()
        self.score()
        score = self.prospects()[0]
        move = self.buy(self.carl, '2026-06-25', 100)
        self.score()
        self.assertEqual(self.score_of(self.carl), score)
        self.assertTrue(score.active)
        self.assertEqual((score.lifecycle, score.purchases, score.rank > 0), ('new', 1, True))
        move.button_draft()
        move.button_cancel()
        self.score()
        self.assertEqual(self.prospects()[0], score)
        self.assertFalse(score.rank or score.segment_id or score.customer_value)

    def test_who_is_no_prospect_any_more_is_removed(self):
        self.interest()
        self.score()
        # what is lost is archived
        self.env['crm.lead'].sudo().with_context(active_test=False).search(
            [('partner_id', '=', self.carl.id)]).unlink()
        self.score()
        self.assertEqual(self.prospects().partner_id, self.dora)

    def test_they_are_found_where_they_are_asked_for(self):
        self.interest()
        self.score()
        Score = self.env['customer.score'].sudo()
        mine = [('partner_id', 'in', (self.anna | self.carl | self.dora).ids),
                ('company_id', '=', self.company.id)]
        self.assertEqual(Score.search(mine).partner_id, self.anna)
        self.assertEqual(
            Score.search([*mine, ('lifecycle', '=', 'prospect')]).partner_id,
            self.carl | self.dora)
        self.assertEqual(Score.search_count([*mine, ('active', 'in', [True, False])]), 3)
        question = self.env.ref('crm_plus_analytics.question_prospecting')
        groups = Score.formatted_read_group(
            [*mine, *literal_eval(question.domain)], ['lifecycle'], ['__count'])
        self.assertEqual(
            {group['lifecycle']: group['__count'] for group in groups}['prospect'], 2)
        self.assertFalse(self.carl.with_company(self.company).sudo().customer_score_id)

    def test_segments_and_tiers_are_of_customers(self):
        self.interest()
        # sudo: the test's own user is a bookkeeper
        segment = self.env['customer.segment'].sudo().create({
            'name': "Chances", 'company_id': self.company.id, 'sequence': -5, 'rule': 'domain',
            'domain': "[('open_pipeline', '>=', 0)]",
        })
        tier = self.env['crm.customer.tier'].sudo().create({'name': "Everybody"})
        self.env['customer.tier.rule'].sudo().create(
            {'name': "All", 'company_id': self.company.id, 'tier_id': tier.id})
        self.score()
        self.assertFalse(self.prospects().segment_id)
        self.assertEqual(self.score_of(self.anna).segment_id, segment)
        self.assertEqual(
            self.env['customer.tier.proposal'].sudo().search(
                [('company_id', '=', self.company.id)]).partner_id, self.anna | self.bert)

    def test_salespersons_see_the_prospects_of_their_company(self):
        self.interest()
        self.score()
        reader = self.new_user('prospect_reader', 'sales_team.group_sale_salesman')
        Score = self.env['customer.score'].with_user(reader)
        found = Score.search([('active', '=', False), ('partner_id', 'in', (self.carl | self.dora).ids)])
        self.assertEqual(found.partner_id.ids, (self.carl | self.dora).sorted('id').ids)
        other = self.setup_other_company()['company']
        self.lead(self.bert, 1, company=other)
        self.score(company=other)
        self.assertFalse(Score.search([('active', '=', False), ('company_id', '=', other.id)]))
