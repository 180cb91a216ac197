from unittest.mock import patch

from odoo import fields
from odoo.fields import Command
from odoo.tests import tagged
from odoo.tools import SQL

from ..models.crm_account_measure_mixin import Measure, MeasureRequest
from ..report import TimelineSource
from .plan_common import AccountPlanCommon


@tagged('post_install', '-at_install')
class TestAccountMeasures(AccountPlanCommon):
    """What key accounts are measured by, by hand, and as those see it who read it."""

    def request(self, ago=365, until=0, company=None):
        return MeasureRequest(
            self.customer.id, (company or self.company).id, self.day(ago), self.day(until))

    def measure(self, key, *requests, user=None):
        requests = list(requests or [self.request()])
        measures = self.as_user(
            self.env['crm.account.measure'], user or self.manager, self.company)
        values = measures._read_measures({key: requests})
        return [values[key, request] for request in requests]

    def count_behind(self, key, model, user=None):
        """How many records a click on the figure opens."""
        measures = self.as_user(
            self.env['crm.account.measure'], user or self.manager, self.company)
        action = measures._measures()[key].action(self.request())
        self.assertEqual(action['res_model'], model)
        documents = self.as_user(self.env[model], user or self.manager, self.company)
        return documents.with_context(**action['context']).search_count(action['domain'])

    # ------------------------------------------------------------
    # SALES
    # ------------------------------------------------------------

    def make_orders(self):
        self.make_order(self.contact, 100, self.day(10), user=self.salesperson, cost=60)
        self.make_order(self.customer, 300, self.day(20), user=self.colleague, cost=240)
        self.make_order(self.customer, 50, self.day(400), user=self.salesperson)
        self.make_order(self.customer, 70, self.day(10), user=self.salesperson, confirm=False)
        self.make_order(self.customer, 90, self.day(10), company=self.company_b)
        self.make_order(self.stranger, 90, self.day(10), user=self.salesperson)

    def test_orders_and_their_margin(self):
        """100 with 40 of margin, 300 with 60: 400, 100 and 25 per cent."""
        self.make_orders()
        before = self.request(500, 366)
        self.assertEqual(self.measure('ordered', self.request(), before), [400, 50])
        self.assertEqual(self.measure('margin', self.request()), [100])
        self.assertEqual(self.measure('margin_rate', self.request()), [25])
        self.assertEqual(self.measure('margin_rate', self.request(900, 800)), [None])
        self.assertEqual(self.measure('ordered', self.request(900, 800)), [0])
        self.assertEqual(self.count_behind('ordered', 'sale.order'), 2)

    def test_orders_as_far_as_one_may_see_them(self):
        self.make_orders()
        self.assertEqual(self.measure('ordered', user=self.salesperson), [100])
        self.assertEqual(self.measure('ordered', user=self.colleague), [300])
        self.assertEqual(self.measure('ordered', user=self.viewer), [None])
        self.assertEqual(self.count_behind('ordered', 'sale.order', self.salesperson), 1)
        measures = self.as_user(self.env['crm.account.measure'], self.viewer)._measures()
        self.assertEqual(measures['ordered'].missing, "You may not see orders.")

    def test_orders_in_another_currency(self):
        self.make_order(self.customer, 100, self.day(5), currency=self.foreign)
        self.assertAlmostEqual(
            self.measure('ordered')[0], 50, msg="half a dollar for each")

    def test_share_of_what_they_spend(self):
        """300 of 1,200 now; 100 of 400 a year ago, as it was known then."""
        self.account.figure_ids = [
            Command.create({'date': self.day(500), 'annual_purchases': 400}),
            Command.create({'date': self.day(30), 'annual_purchases': 1200}),
        ]
        self.make_order(self.customer, 300, self.day(20))
        self.make_order(self.customer, 100, self.day(420))
        self.assertEqual(
            self.measure('share_of_wallet', self.request(), self.request(765, 400)), [25, 25])
        self.assertEqual(self.count_behind('share_of_wallet', 'sale.order'), 1)

    def test_share_that_competitors_leave_over(self):
        one, other = self.env['crm.competitor'].create([{'name': "One"}, {'name': "Other"}])
        at_one, _at_other = self.env['crm.account.competitor'].create([
            {'partner_id': self.customer.id, 'competitor_id': rival.id,
             'company_id': self.company.id, 'share': share, 'known_date': self.day(50)}
            for rival, share in ((one, 40), (other, 25))
        ])
        self.assertEqual(self.measure('share_of_wallet'), [35])
        at_one.write({'share': 30, 'known_date': self.today})
        self.assertEqual(
            self.measure('share_of_wallet', self.request(), self.request(365, 10)), [45, 35])
        self.assertEqual(self.count_behind('share_of_wallet', 'crm.account.competitor'), 2)
        self.assertEqual(self.measure('share_of_wallet', self.request(900, 800)), [None])

    def test_win_rate(self):
        """Two won, one lost and one open: two of three; before that nothing was decided."""
        self.closed_lead(5, won=True)
        self.closed_lead(30, won=True)
        self.closed_lead(60, won=False)
        self.make_lead(self.customer, 100)
        rate, before = self.measure('win_rate', self.request(), self.request(800, 400))
        self.assertAlmostEqual(rate, 200 / 3)
        self.assertIsNone(before)
        self.assertEqual(self.count_behind('win_rate', 'crm.lead'), 3)
        self.assertEqual(self.measure('win_rate', user=self.colleague), [None], "not theirs")

    # ------------------------------------------------------------
    # MONEY
    # ------------------------------------------------------------

    def test_revenue(self):
        self.make_invoice(self.contact, 500, self.day(10))
        self.make_invoice(self.customer, 100, self.day(5), move_type='out_refund')
        self.make_invoice(self.customer, 70, self.day(400))
        self.make_invoice(self.customer, 90, self.day(10), company=self.company_b)
        self.make_invoice(self.customer, 30, self.day(10), post=False)
        self.assertEqual(
            self.measure('revenue', self.request(), self.request(500, 366)), [400, 70])
        self.assertEqual(self.count_behind('revenue', 'account.move'), 2)
        self.assertEqual(self.measure('revenue', user=self.viewer), [None])

    def test_late_payment_and_days_to_pay(self):
        """Due: one paid in time after 10 days, one late after 30, one not paid; half is late.

        What is due today may still be paid, and what is due later is not counted.
        """
        in_time, late = (
            self.make_invoice(self.customer, 100, self.day(60), due=self.day(40))
            for _number in range(2))
        self.pay(in_time, self.day(50))
        self.pay(late, self.day(30))
        self.make_invoice(self.customer, 100, self.day(60), due=self.day(40))
        self.make_invoice(self.customer, 100, self.day(60), due=self.today)
        self.make_invoice(self.customer, 100, self.day(60), due=self.day(-5))
        self.assertAlmostEqual(self.measure('late_payment')[0], 200 / 3)
        self.assertAlmostEqual(self.measure('days_to_pay')[0], 20)
        self.assertEqual(self.count_behind('late_payment', 'account.move'), 3)
        self.assertEqual(self.count_behind('days_to_pay', 'account.move'), 2)

    # ------------------------------------------------------------
    # DEALINGS
    # ------------------------------------------------------------

    def test_cases_and_satisfaction_come_from_the_timeline(self):
        """Whatever is installed may tell them: here two cases, one of them open and rated."""
        customer, company = self.customer.id, self.company.id

        def sources(timeline):
            query = SQL(
                """SELECT contact.id AS source_id, contact.id AS res_id,
                          %s AS partner_id, contact.id AS contact_id, %s AS company_id,
                          %s::timestamp AS date, 'Case' AS name, 0 AS amount,
                          CASE WHEN contact.id = %s THEN 0.8 END AS satisfaction,
                          contact.id = %s AS is_open
                     FROM res_partner contact WHERE contact.id IN %s""",
                customer, company, fields.Datetime.to_datetime(self.day(5)), self.contact.id,
                self.contact.id, tuple((self.contact | self.other_contact).ids))
            return {'case': TimelineSource(
                'case', 'res.partner', query, ('satisfaction', 'is_open'))}

        with patch.object(self.env.registry['customer.timeline'], '_timeline_sources', sources):
            self.assertEqual(self.measure('cases'), [2])
            self.assertEqual(self.measure('open_cases'), [1])
            self.assertEqual(self.measure('open_cases', self.request(100, 50)), [None])
            self.assertEqual(self.measure('satisfaction'), [80])
            self.assertEqual(self.count_behind('cases', 'customer.timeline'), 2)
            self.assertEqual(self.count_behind('open_cases', 'customer.timeline'), 1)
            self.assertEqual(self.count_behind('satisfaction', 'customer.timeline'), 1)

    def test_says_so_where_nothing_tells_of_cases(self):
        def sources(timeline):
            return {}

        with patch.object(self.env.registry['customer.timeline'], '_timeline_sources', sources):
            measures = self.env['crm.account.measure'].with_user(self.salesperson)._measures()
            self.assertIn("Nothing that is installed keeps cases", measures['cases'].missing)
            self.assertIn("asks customers", measures['satisfaction'].missing)
            self.assertEqual(self.measure('cases'), [None])

    # ------------------------------------------------------------
    # ALL OF THEM
    # ------------------------------------------------------------

    def test_every_measure_costs_as_much_for_many_as_for_one(self):
        customers = self.env['res.partner'].create([
            {'name': f"Customer {number}", 'is_company': True} for number in range(10)])
        self.env['crm.key.account'].create([
            {'partner_id': customer.id, 'company_id': self.company.id,
             'figure_ids': [Command.create({'annual_purchases': 100})]}
            for customer in customers])
        requests = [
            MeasureRequest(customer.id, self.company.id, self.day(365), self.today)
            for customer in customers
        ]
        for customer in customers:
            self.make_order(customer, 10, self.day(5))
            self.make_invoice(customer, 10, self.day(5))
        measures = self.as_user(self.env['crm.account.measure'], self.manager, self.company)
        for key in measures._measures():
            with self.subTest(measure=key):
                measures._read_measures({key: requests})
                few, many = (
                    self.cost(lambda some=some, key=key: measures._read_measures({key: some}))
                    for some in (requests[:1], requests))
                self.assertEqual(few, many)

    def test_others_add_measures(self):
        """What other modules do: their measure is chosen, read and judged like the others."""
        model = self.env.registry['crm.account.measure']
        original = model._measures

        def with_visits(measures):
            return original(measures) | {'visits': Measure(
                "Visits", 'number', lambda requests: dict.fromkeys(requests, 7.0),
                lambda request: {'type': 'ir.actions.act_window_close'}, adds_up=True)}

        with patch.object(model, '_measures', with_visits):
            goal = self.make_goal('visits', 10)
            self.assertEqual((goal.name, goal.period), ("Visits", 'plan'))
            self.plan.action_start()
            self.assertEqual((goal.value, goal.status), (7, 'on_track'))
        self.env.invalidate_all()
        self.assertEqual(goal.status, 'unknown')
        self.assertIn("Nothing that is installed", goal.measure_note)
