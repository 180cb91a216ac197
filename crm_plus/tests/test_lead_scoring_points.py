from datetime import date, timedelta

from odoo import fields
from odoo.tests import tagged

from ..scoring.points import remaining
from .scoring_common import ScoringCommon


@tagged('post_install', '-at_install')
class TestEvents(ScoringCommon):
    """What happened: which events count, and how they fade."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.lead = cls.make_lead(cls.contact, 1000)
        cls.other = cls.make_lead(cls.contact, 1000)

    def assertGiven(self, rule, points):
        self.assertAlmostEqual(self.given(self.lead, rule), points, 6)
        self.assertEqual(self.given(self.other, rule), 0)

    def test_postgresql_fades_as_the_formula(self):
        rule = self.event_rule('reply', half_life=11, points=7)
        for days in (0, 3, 11, 100, 5000):
            self.make_message(self.lead, days_ago=days)
        self.assertGiven(rule, sum(remaining(7, days, 11) for days in (0, 3, 11, 100, 5000)))

    def test_without_half_life_events_stay(self):
        rule = self.event_rule('reply', half_life=0)
        self.make_message(self.lead, days_ago=5000)
        self.assertGiven(rule, 10)

    def test_the_customer_wrote(self):
        rule = self.event_rule('reply')
        for values in (
            {'author_id': self.salesperson.partner_id.id},
            {'author_id': self.contact.id, 'message_type': 'notification'},
            {'author_id': False, 'message_type': 'comment'},
        ):
            self.make_message(self.lead, **values)
        self.assertGiven(rule, 0)
        self.make_message(self.lead)
        self.make_message(self.lead, author_id=False, email_from="one@example.com")
        self.make_message(self.lead, message_type='comment')
        self.assertGiven(rule, 30)

    def test_a_meeting_was_held(self):
        rule = self.event_rule('meeting')
        self.make_meeting(self.contact, start=self.ago(-3), opportunity_id=self.lead.id)
        cancelled = self.make_meeting(self.contact, start=self.ago(7), opportunity_id=self.lead.id)
        cancelled.active = False
        self.assertGiven(rule, 0)
        self.make_meeting(self.contact, start=self.ago(7), opportunity_id=self.lead.id)
        self.assertGiven(rule, 5)

    def test_an_activity_was_done(self):
        call = self.env.ref('mail.mail_activity_data_call')
        any_rule = self.event_rule('activity', half_life=0)
        call_rule = self.event_rule('activity', half_life=0, activity_type_id=call.id)
        activities = self.env['mail.activity']
        for kind in (call, self.env.ref('mail.mail_activity_data_todo')):
            activities |= self.lead.activity_schedule(activity_type_id=kind.id)
        self.assertGiven(any_rule, 0)
        activities.action_feedback(feedback="Done")
        now = self.now
        self.__class__.now = fields.Datetime.now() + timedelta(seconds=1)
        self.addCleanup(setattr, self.__class__, 'now', now)
        self.assertGiven(any_rule, 20)
        self.assertGiven(call_rule, 10)

    def test_quotations(self):
        sent, opened, accepted = (
            self.event_rule(f'quotation_{name}') for name in ('sent', 'opened', 'accepted'))
        order = self.make_order(self.contact, 100, self.ago(7), confirm=False)
        order.opportunity_id = self.lead
        self.assertGiven(sent, 0)
        order.state = 'sent'
        self.assertGiven(sent, 5)
        self.make_message(
            order, message_type='notification', subtype_id=self.env.ref('sale.mt_order_sent').id)
        self.assertGiven(sent, 10)
        self.assertGiven(opened, 0)
        for days in (0, 7):
            self.make_message(
                order, days, message_type='notification',
                subtype_id=self.env.ref('sale.mt_order_viewed').id)
        self.assertGiven(opened, 15)
        self.assertGiven(accepted, 0)
        order.write({'state': 'sale', 'date_order': self.ago(14)})
        self.assertGiven(accepted, 2.5)
        self.assertGiven(sent, 10)

    def test_a_form_was_filled_in(self):
        rule = self.event_rule('form', half_life=0)
        self.lead.medium_id = self.env.ref('utm.utm_medium_website')
        now = fields.Datetime.now() + timedelta(seconds=1)
        [(_lead, _score, given)] = self.env['crm.lead']._score_leads(self.lead.ids, now)
        self.assertEqual(given[rule.id].points, 10)
        [(_lead, _score, given)] = self.env['crm.lead']._score_leads(self.other.ids, now)
        self.assertFalse(given)

    def test_each_form_counts_on_its_day(self):
        """10 points a week ago are worth 5, two weeks ago 2.5; other ways to us count nothing."""
        rule = self.event_rule('form')
        self.lead._add_touch('form', date=self.ago(7))
        self.lead._add_touch('form', date=self.ago(14))
        self.lead._add_touch('import', date=self.ago(1))
        self.other._add_touch('manual', date=self.ago(1))
        self.assertAlmostEqual(self.given(self.lead, rule), 7.5, 6)
        self.assertEqual(self.given(self.other, rule), 0)

    def test_a_form_that_was_noted_does_not_count_by_its_medium_again(self):
        rule = self.event_rule('form', half_life=0)
        self.lead.medium_id = self.env.ref('utm.utm_medium_website')
        self.lead._add_touch('form', date=self.ago(1))
        self.assertEqual(self.given(self.lead, rule), 10)

    def test_entries_of_the_timeline_count_for_all_leads_of_the_customer(self):
        rule = self.event_rule('timeline', timeline_kind='invoice', half_life=0)
        self.make_invoice(self.other_contact, 10, '2024-01-01')
        self.make_invoice(self.stranger, 10, '2024-01-01')
        for lead in (self.lead, self.other):
            self.assertEqual(self.given(lead, rule), 10)

    def test_entries_of_other_companies_do_not_count(self):
        rule = self.event_rule('timeline', timeline_kind='invoice', half_life=0)
        self.make_invoice(self.contact, 10, '2024-01-01', company=self.company_b)
        self.assertEqual(self.given(self.lead, rule), 0)

    def test_points_can_be_taken_away(self):
        rule = self.event_rule('reply', points=-10, cap=15)
        for _message in range(2):
            self.make_message(self.lead)
        [(_lead, score, _given)] = self.env['crm.lead']._score_leads(self.lead.ids, self.now)
        self.assertEqual(score.points[rule.id], -15)


@tagged('post_install', '-at_install')
class TestFacts(ScoringCommon):
    """What orders and payments say, of the lead's company alone."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.lead = cls.make_lead(cls.contact, 1000)
        cls.today = date.today()

    def days(self, ago):
        return self.today - timedelta(days=ago)

    def assertApplies(self, rule, applies=True):
        self.env.invalidate_all()
        self.assertEqual(self.given(self.lead, rule), 10 if applies else 0)

    def test_customer_already_by_invoice(self):
        rule = self.fact_rule('customer')
        self.make_invoice(self.contact, 10, '2020-01-01', post=False)
        self.make_invoice(self.stranger, 10, '2020-01-01')
        self.make_invoice(self.contact, 10, '2020-01-01', company=self.company_b)
        self.assertApplies(rule, False)
        self.make_invoice(self.other_contact, 10, '2020-01-01')
        self.assertApplies(rule)

    def test_customer_already_by_order(self):
        rule = self.fact_rule('customer')
        order = self.make_order(self.customer, 10, '2020-01-01', confirm=False)
        self.assertApplies(rule, False)
        order.action_confirm()
        self.assertApplies(rule)

    def test_tier(self):
        rule = self.fact_rule('tier', tier_ids=self.tier_a.ids)
        self.customer.with_company(self.company_b).customer_tier_id = self.tier_a
        self.assertApplies(rule, False)
        self.customer.with_company(self.company).customer_tier_id = self.tier_b
        self.assertApplies(rule, False)
        self.customer.with_company(self.company).customer_tier_id = self.tier_a
        self.assertApplies(rule)

    def test_revenue_of_12_months(self):
        rule = self.fact_rule('revenue', revenue=100)
        self.make_invoice(self.contact, 1000, self.days(400))
        self.make_invoice(self.contact, 150, self.days(30))
        self.make_invoice(self.contact, 60, self.days(20), move_type='out_refund')
        self.make_invoice(self.contact, 1000, self.days(30), company=self.company_b)
        self.assertApplies(rule, False)
        self.make_invoice(self.contact, 10, self.days(10))
        self.assertApplies(rule)

    def test_overdue_now(self):
        rule = self.fact_rule('overdue')
        self.make_invoice(self.contact, 100, self.days(30), due=self.days(-5))
        self.make_invoice(self.contact, 100, self.days(30), company=self.company_b)
        self.assertApplies(rule, False)
        invoice = self.make_invoice(self.contact, 100, self.days(30), due=self.days(1))
        self.assertApplies(rule)
        self.pay(invoice, self.today)
        self.assertApplies(rule, False)

    def test_pays_late_on_average(self):
        rule = self.fact_rule('late', days_late=10)
        for ago, late in ((60, 4), (60, 14), (500, 90)):
            invoice = self.make_invoice(self.contact, 100, self.days(ago), due=self.days(ago))
            self.pay(invoice, self.days(ago - late))
        # 9 days on average, without the invoice of last year
        self.assertApplies(rule, False)
        rule.days_late = 9
        self.assertApplies(rule)

    def test_declined_before(self):
        rule = self.fact_rule('lost')
        abroad = self.make_lead(self.contact, 1, company_id=self.company_b.id)
        abroad.action_set_lost()
        self.assertApplies(rule, False)
        self.make_lead(self.other_contact, 1).action_set_lost()
        self.assertApplies(rule)

    def test_leads_of_no_company_tell_nothing_of_any(self):
        rule = self.fact_rule('customer', company_id=False)
        self.make_invoice(self.contact, 10, '2020-01-01')
        self.assertApplies(rule)
        self.lead.company_id = False
        self.assertApplies(rule, False)
        notes = self.as_user(self.lead, self.manager).get_lead_score_details()['notes']
        self.assertIn("belongs to no company", notes[0])

    def test_where_there_is_one_company_leads_of_none_are_its_leads(self):
        rule = self.fact_rule('customer')
        self.make_invoice(self.contact, 10, '2020-01-01')
        self.lead.company_id = False
        self.assertApplies(rule, False)
        self.env.cr.execute(
            "UPDATE res_company SET active = FALSE WHERE id <> %s", [self.company.id])
        self.assertApplies(rule)

    def test_rules_of_another_company_do_not_count(self):
        self.make_rule(company_id=self.company_b.id)
        everywhere = self.make_rule(company_id=False)
        self.assertEqual(self.given(self.lead), {everywhere.id: 10})
