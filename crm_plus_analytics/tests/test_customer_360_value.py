from datetime import timedelta

from odoo import Command
from odoo.tests import freeze_time, tagged

from .common import AS_OF, CustomerValueCommon
from .test_customer_score_run import ScoreRunCommon


@tagged('post_install', '-at_install')
class TestCustomer360Value(ScoreRunCommon):

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        measures = cls.many_customers()
        with cls.measuring(cls, measures):
            cls.run_done = cls.score()
        scores = cls.env['customer.score'].sudo().search([('run_id', '=', cls.run_done.id)])
        cls.best = scores[0]
        cls.once = scores.filtered(lambda score: score.outlook == 'once')[0]
        cls.salesperson = cls.new_user(
            'value_sam', 'sales_team.group_sale_salesman_all_leads',
            'crm_plus.group_customer_documents')
        cls.without_amounts = cls.new_user('value_own', 'sales_team.group_sale_salesman')

    def figures(self, partner, user=None):
        page = partner.with_user(user or self.salesperson).get_customer_360()
        groups = [group for group in page['groups'] if group['key'] == 'value']
        return {figure['key']: figure for group in groups for figure in group['figures']}, page

    def test_figures(self):
        figures, page = self.figures(self.best.partner_id)
        self.assertEqual(list(figures), [
            'customer_segment', 'customer_score', 'customer_value', 'customer_chance',
            'expected_purchases', 'customer_abc',
        ])
        self.assertEqual(figures['customer_segment']['display'], self.best.segment_id.name)
        self.assertAlmostEqual(figures['customer_value']['value'], self.best.customer_value, 2)
        self.assertEqual(figures['customer_chance']['display'], f"{self.best.p_alive:.0%}")
        self.assertEqual(figures['customer_abc']['display'], 'A')
        self.assertEqual(figures['customer_score']['value'], self.best.composite_score)
        stages = dict(self.best._fields['lifecycle'].selection)
        self.assertEqual(figures['customer_score']['hint'], stages[self.best.lifecycle])
        for figure in figures.values():
            self.assertEqual(figure['action']['res_id'], self.best.id)
        highlight = page['highlights'][-1]
        self.assertEqual(highlight['text'], self.best.with_user(self.salesperson).explanation)

    def test_next_purchase(self):
        score = self.best.sudo()
        for day, purchase, told in (
            (AS_OF, '2026-07-20', ("Jul 20, 2026", '', False)),
            (AS_OF, '2026-06-20', ("Jun 20, 2026", "late", 'warning')),
            (AS_OF + timedelta(days=40), '2026-07-20', None),
            (AS_OF, False, None),
        ):
            with self.subTest(day=day, purchase=purchase), freeze_time(day):
                score.next_purchase_date = purchase
                figure = self.figures(score.partner_id)[0].get('next_purchase')
                self.assertEqual(
                    figure and (figure['display'], figure['hint'], figure['tone']), told)

    def test_who_bought_once_has_no_chance_in_percent(self):
        figures, _page = self.figures(self.once.partner_id)
        self.assertEqual(figures['customer_chance']['display'], "Bought once")
        self.assertIsNone(figures['customer_chance']['value'])

    def test_without_amounts(self):
        figures, _page = self.figures(self.best.partner_id, self.without_amounts)
        self.assertNotIn('customer_value', figures)
        self.assertIn('expected_purchases', figures)

    def test_customer_without_a_score(self):
        figures, page = self.figures(self.anna)
        self.assertEqual(figures, {})
        self.assertNotIn('customer_score', [line['key'] for line in page['highlights']])

    def test_contact_shows_the_score_of_its_company(self):
        contact = self.env['res.partner'].create({
            'name': "Contact", 'parent_id': self.best.partner_id.id})
        contact = contact.with_user(self.salesperson)
        self.assertEqual(contact.customer_segment_id, self.best.segment_id)
        self.assertEqual(contact.customer_outlook, self.best.outlook)
        self.assertIn(contact, contact.search(
            [('customer_segment_id', '=', self.best.segment_id.id)]))

    def test_constant_number_of_queries(self):
        def queries(partner):
            partner = partner.with_user(self.salesperson)
            partner.env.flush_all()
            partner.env.invalidate_all()
            partner.fetch(['display_name'])
            before = self.cr.sql_log_count
            partner._customer_360_figures()
            partner._customer_360_highlights()
            return self.cr.sql_log_count - before

        queries(self.best.partner_id)
        with_score = queries(self.best.partner_id)
        self.many_documents(self.best.partner_id)
        self.assertEqual(queries(self.best.partner_id), with_score)

    def many_documents(self, partner):
        for day in range(1, 11):
            self.buy(partner, f'2026-01-{day:02}', 10)

    def test_partners_are_filtered_by_segment(self):
        Partner = self.env['res.partner'].with_user(self.salesperson)
        segment = self.best.segment_id
        ours = self.env['customer.score'].sudo().search([
            ('company_id', '=', self.company.id), ('segment_id', '=', segment.id)]).partner_id
        self.assertEqual(Partner.search([('customer_segment_id', '=', segment.id)]), ours)
        self.assertEqual(Partner.search([('customer_segment_id.name', '=', segment.name)]), ours)
        self.assertFalse(ours & Partner.search([('customer_segment_id', '=', False)]))
        self.assertIn(self.anna, Partner.search([('customer_segment_id', '=', False)]))
        self.assertFalse(ours & Partner.search([('customer_segment_id', '!=', segment.id)]))
        self.assertIn(self.anna, Partner.search([('customer_segment_id', '!=', segment.id)]))
        self.assertIn(self.once.partner_id, Partner.search([('customer_outlook', '=', 'once')]))

    def test_partners_are_grouped_by_segment(self):
        Partner = self.env['res.partner'].with_user(self.salesperson)
        scored = [('id', 'in', (self.best | self.once).partner_id.ids + self.anna.ids)]
        counts = dict(Partner._read_group(scored, ['customer_segment_id'], ['__count']))
        self.assertEqual(sum(counts.values()), 3)
        self.assertEqual(counts[self.env['customer.segment']], 1)
        groups = Partner.formatted_read_group(scored, ['customer_outlook'], ['__count'])
        for group in groups:
            self.assertEqual(
                Partner.search_count(scored + group['__extra_domain']), group['__count'])
        self.assertEqual(len(Partner.search(scored, order='customer_segment_id')), 3)


@tagged('post_install', '-at_install')
class TestCustomer360TwoCompanies(CustomerValueCommon):

    def test_current_company_comes_first(self):
        other = self.setup_other_company()['company']
        self.buy(self.anna, '2026-01-10', 100)
        self.buy(self.anna, '2026-01-10', 700, company=other)
        self.score()
        self.score(company=other)
        user = self.new_user(
            'value_both', 'sales_team.group_sale_manager', 'account.group_account_readonly')
        user.company_ids = [Command.link(other.id)]
        for first, second in ((self.company, other), (other, self.company)):
            partner = self.anna.with_user(user).with_context(
                allowed_company_ids=[first.id, second.id])
            figures = {figure['key']: figure for figure in partner._customer_360_figures()}
            self.assertEqual(figures['customer_segment']['hint'], first.name)
