from datetime import date

import numpy as np

from odoo.addons.crm_plus.report import TimelineSource
from odoo.exceptions import AccessError
from odoo.tests import tagged
from odoo.tools import SQL

from .common import CustomerValueCommon


class DealingsCommon(CustomerValueCommon):

    @classmethod
    def add_facts(cls, test, *facts):
        """Let the timeline have these facts, as another module would.

        :param facts: of (partner, company, kind, document's id, date, satisfaction, cost)
        """
        timeline = cls.env['customer.timeline']
        rows = SQL(", ").join(
            SQL("(%s, %s::int, %s::int, %s, %s, %s::timestamp, %s::float8, %s::numeric)",
                number, partner.id, company.id, kind, document, day, satisfaction, cost)
            for number, (partner, company, kind, document, day, satisfaction, cost)
            in enumerate(facts, start=1))
        sources = timeline._timeline_sources() | {
            f'test_{kind}': TimelineSource(kind, 'res.users', SQL(
                """SELECT fact.id AS source_id, fact.document AS res_id,
                          contact.commercial_partner_id AS partner_id, contact.id AS contact_id,
                          fact.company_id, fact.date, fact.kind AS name, 0 AS amount,
                          fact.satisfaction, fact.cost
                     FROM (VALUES %s) AS fact (id, partner_id, company_id, kind, document, date,
                                               satisfaction, cost)
                     JOIN res_partner contact ON contact.id = fact.partner_id
                    WHERE fact.kind = %s""", rows, kind), ('satisfaction', 'cost'))
            for kind in {fact[2] for fact in facts}
        }
        test.patch(
            cls.env.registry['customer.timeline'], '_timeline_sources', lambda model: sources)
        kinds = dict(timeline._fields['kind'].selection) | {'case': "Case", 'survey': "Survey"}
        test.patch(timeline._fields['kind'], 'selection', list(kinds.items()))


@tagged('post_install', '-at_install')
class TestCustomerMeasuresDealings(DealingsCommon):
    """Satisfaction and the cost to serve, of facts that no add-on here knows by name.

    Anna: a case that cost 30, one of which the cost is not known, 80% and 40% of satisfaction,
    and a visit that cost 25.
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.other_company = cls.setup_other_company()['company']
        # sudo: the settings of the company are the administrator's
        cls.company.sudo().write(
            {'customer_value_case_cost': 10, 'customer_value_capital_rate': 0})
        for company in (cls.company, cls.other_company):
            cls.buy(cls.anna, '2026-01-05', 1000, company=company)
        cls.buy(cls.bert, '2026-01-05', 100)

    def setUp(self):
        super().setUp()
        self.add_facts(
            self,
            (self.anna, self.company, 'case', 1, '2026-01-10', None, 30),
            (self.anna, self.company, 'survey', 1, '2026-01-20', 0.8, None),
            (self.anna, self.company, 'case', 2, '2026-02-10', None, None),
            (self.anna, self.company, 'survey', 2, '2026-02-20', 0.4, None),
            (self.anna, self.company, 'meeting', 3, '2026-03-01', None, 25),
            (self.anna, self.company, 'case', 4, '2026-07-01', 0.0, 7000),
            (self.anna, self.other_company, 'case', 5, '2026-02-01', 1.0, 500),
        )

    def measured_of(self, partner, company=None, **scope):
        company = company or self.company
        measures = self.env['customer.measures'].sudo()._measure(
            company, date(2026, 6, 30), company._customer_value_scope(date(2026, 6, 30), **scope))
        index = measures.partner_id.tolist().index(partner.id)
        return tuple(
            float(getattr(measures, name)[index])
            for name in ('cases', 'costed_cases', 'known_cost', 'satisfaction'))

    def test_measures(self):
        np.testing.assert_allclose(self.measured_of(self.anna), (2, 1, 55, 0.6))
        np.testing.assert_allclose(self.measured_of(self.bert), (0, 0, 0, np.nan))

    def test_companies_do_not_mix(self):
        np.testing.assert_allclose(
            self.measured_of(self.anna, self.other_company), (1, 1, 500, 1))

    def test_within_the_window(self):
        self.buy(self.anna, '2026-06-01', 10)
        # from 31 January: the second case with its answer, and the visit
        np.testing.assert_allclose(
            self.measured_of(self.anna, window_months=5), (1, 0, 25, 0.4))

    def test_on_the_score(self):
        self.score()
        anna, bert = self.score_of(self.anna), self.score_of(self.bert)
        self.assertEqual((anna.cases, anna.has_satisfaction, anna.satisfaction), (2, True, 0.6))
        self.assertEqual((bert.cases, bert.has_satisfaction), (0, False))
        # 55 are known, and one case is supposed to have cost 10
        self.assertEqual((anna.cost_to_serve, bert.cost_to_serve), (65, 0))
        # 30 % of 1,000 and of 100
        self.assertEqual((anna.profit, bert.profit), (235, 30))
        # who did not answer does not lower the average of a group
        self.assertEqual(
            self.env['customer.score'].sudo()._read_group(
                [('company_id', '=', self.company.id)], [], ['satisfaction:avg']), [(0.6,)])

    def test_the_table_tells_satisfaction_beside_the_cases(self):
        self.score()
        anna = self.score_of(self.anna)
        self.assertIn('satisfaction', anna.components)
        self.assertIn("Service: satisfaction", anna.components_table)
        self.assertIn("60%", anna.components_table)
        self.assertNotIn('satisfaction', self.score_of(self.bert).components)

    def test_on_the_customer(self):
        self.score()
        reader = self.new_user('dealings_reader', 'sales_team.group_sale_salesman_all_leads')
        manager = self.new_user('dealings_manager', 'sales_team.group_sale_manager')
        figures = {}
        for user in (reader, manager):
            page = self.anna.with_user(user)._customer_360_figures()
            figures[user] = {figure['key']: figure['value'] for figure in page}
        self.assertEqual(figures[manager]['cost_to_serve'], 65)
        self.assertNotIn('cost_to_serve', figures[reader])
        with self.assertRaises(AccessError):
            self.score_of(self.anna).with_user(reader).read(['cost_to_serve'])
