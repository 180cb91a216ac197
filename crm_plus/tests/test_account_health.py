import json

from lxml import html

from odoo import fields
from odoo.exceptions import AccessError, ValidationError
from odoo.fields import Command
from odoo.tests import tagged
from odoo.tools import mute_logger

from .account_health_common import AccountHealthCommon


@tagged('post_install', '-at_install')
class TestAccountHealth(AccountHealthCommon):
    """What the health of a key account is made of, who is told what, and how it is kept."""

    def health(self, user=None):
        """Compute the health, and return what the user is told of it."""
        self.account.action_compute_health()
        return self.as_user(self.account, user or self.manager, self.company).get_account_health()

    def part(self, kind, user=None):
        """Return a part as the user is told it; None: nothing is known."""
        return next((part for part in self.health(user)['parts'] if part['kind'] == kind), None)

    # ------------------------------------------------------------
    # EXAMPLES WORKED BY HAND: one part alone has 100 points to give
    # ------------------------------------------------------------

    def test_revenue_down_by_a_fifth(self):
        """800 after 1,000 are 20 % less: half of the way to -40 %."""
        self.measure('revenue', 0, -40)
        self.assertIsNone(self.part('revenue'))
        self.make_invoice(self.contact, 1100, self.day(500))
        self.make_invoice(self.contact, 100, self.day(490), move_type='out_refund')
        self.make_invoice(self.customer, 800, self.day(100))
        self.make_invoice(self.customer, 5000, self.day(800))
        self.make_invoice(self.customer, 5000, self.day(10), company=self.company_b)
        self.make_invoice(self.stranger, 5000, self.day(10))
        part = self.part('revenue')
        self.assertEqual((part['points'], part['possible']), (50, 100))
        self.assertIn("fallen by 20 %", part['text'])
        self.assertIn("800", part['text'])
        self.assertIn("1,000", part['text'])

    def test_revenue_in_a_foreign_currency(self):
        """Two foreign units are one of ours: 1,600 of them are 800."""
        self.measure('revenue', 0, -40)
        self.make_invoice(self.customer, 1000, self.day(500))
        self.make_invoice(self.customer, 1600, self.day(100), currency=self.foreign)
        self.assertEqual(self.part('revenue')['points'], 50)

    def test_last_order_beside_their_interval(self):
        """They order every 30 days, and have not for 60: twice, half of the way from 1 to 3."""
        self.measure('order', 1, 3)
        for ago in (120, 90):
            self.make_order(self.contact, 10, self.day(ago))
        self.assertIsNone(self.part('order'), "two orders make no habit")
        self.make_order(self.customer, 10, self.day(60))
        self.make_order(self.customer, 10, self.day(60))
        self.make_order(self.customer, 10, self.day(5), confirm=False)
        part = self.part('order')
        self.assertEqual(part['points'], 50)
        self.assertIn("60 days ago", part['text'])
        self.assertIn("every 30 days", part['text'])

    def test_overdue_for_fifteen_days(self):
        """15 of 60 days: three quarters of the points are left."""
        self.measure('overdue', 0, 60)
        self.assertIsNone(self.part('overdue'))
        invoice = self.make_invoice(self.customer, 300, self.day(40), due=self.day(15))
        part = self.part('overdue')
        self.assertEqual(part['points'], 75)
        self.assertIn("One invoice is overdue for 15 days", part['text'])
        self.pay(invoice, self.day(1))
        self.assertEqual(self.part('overdue')['points'], 100)

    def test_pays_fifteen_days_late(self):
        self.measure('late', 0, 30)
        self.assertIsNone(self.part('late'))
        self.pay(self.make_invoice(
            self.customer, 300, self.day(60), due=self.day(40)), self.day(20))
        self.pay(self.make_invoice(
            self.customer, 300, self.day(60), due=self.day(40)), self.day(30))
        part = self.part('late')
        self.assertEqual(part['points'], 50)
        self.assertIn("15 days late", part['text'])

    def test_pipeline_of_an_eighth(self):
        """125 of 1,000 are 12.5 %: half of the 25 % that give all."""
        self.measure('pipeline', 25, 0)
        self.make_lead(self.contact, 125)
        self.make_lead(self.contact, 900).action_set_lost()
        self.make_lead(self.customer, 900, company_id=self.company_b.id)
        self.assertIsNone(self.part('pipeline'), "nothing to compare with")
        self.make_invoice(self.customer, 1000, self.day(100))
        self.assertEqual(self.part('pipeline')['points'], 50)

    def test_contact_half_as_late_as_it_may_be(self):
        """45 days after the last contact, 30 are allowed: 150 %, half-way from 100 to 200."""
        self.measure('contact', 100, 200)
        self.assertIsNone(self.part('contact'))
        self.cadence(30)
        self.call(self.contact, 45)
        part = self.part('contact')
        self.assertEqual(part['points'], 50)
        self.assertIn("45 days ago", part['text'])

    def test_contact_by_the_limit_of_the_company_where_no_tier_says(self):
        self.measure('contact', 100, 200)
        self.company.key_account_contact_days = 30
        self.call(self.contact, 45)
        self.assertEqual(self.part('contact')['points'], 50)

    def test_breadth_of_the_buying_centre(self):
        """No decision maker and one contact alone: two concerns of four; then one; then none."""
        self.measure('people', 0, 4)
        self.assertIsNone(self.part('people'))
        role = self.role(self.contact)
        part = self.part('people')
        self.assertEqual(part['points'], 50)
        self.assertIn("No decision maker", part['text'])
        self.assertIn("one contact", part['text'])
        decides, blocks = self.env['crm.buying.role'].create([
            {'name': "Decides", 'is_decider': True}, {'name': "Blocks", 'is_blocker': True}])
        role.role_ids = decides
        self.assertEqual(self.part('people')['points'], 75)
        other = self.role(self.other_contact, role_ids=blocks.ids)
        self.assertEqual(self.part('people')['points'], 75, "a blocker without anyone")
        other.user_id = self.salesperson
        self.assertEqual(self.part('people')['points'], 100)

    def test_stance_weighted_by_influence(self):
        """(5 × -1 + 1 × 2) / 6 = -0.5, a quarter of the way from -1 to 1."""
        self.measure('stance', 1, -1)
        self.role(self.stranger, influence='5')
        self.assertIsNone(self.part('stance'))
        self.role(self.contact, influence='5', stance='-1')
        self.role(self.other_contact, influence='1', stance='2')
        part = self.part('stance')
        self.assertEqual(part['points'], 25)
        self.assertIn("One of 2 people", part['text'])

    def test_open_cases_and_satisfaction_from_the_timeline(self):
        self.measure('cases', 0, 4)
        self.measure('satisfaction', 80, 40)
        self.add_cases(self.contact, self.other_contact, self.stranger, satisfaction=0.6)
        health = self.health()
        self.assertEqual(
            {part['kind']: part['points'] for part in health['parts']},
            {'cases': 25, 'satisfaction': 25}, "half of 50 points each")
        self.assertIn("60 %", next(
            part['text'] for part in health['parts'] if part['kind'] == 'satisfaction'))

    def test_agreement_that_ends(self):
        """45 of 90 days are left: half of the points."""
        self.measure('agreement', 90, 0)
        self.assertIsNone(self.part('agreement'))
        agreement = self.agreement()
        self.assertEqual(self.part('agreement')['points'], 50)
        agreement.auto_renew = True
        self.assertEqual(self.part('agreement')['points'], 100)
        agreement.write({'notice_given_date': self.today, 'notice_given_by': 'customer'})
        self.assertEqual(self.part('agreement')['points'], 50)
        agreement.action_renew()
        self.assertEqual(self.part('agreement')['points'], 100, "a follow-up is prepared")

    def test_an_agreement_that_lapsed(self):
        self.measure('agreement', 90, 0)
        self.agreement(date_end=self.day(20))
        self.env['crm.agreement']._cron_agreements()
        part = self.part('agreement')
        self.assertEqual(part['points'], 0)
        self.assertIn("was not renewed", part['text'])

    def test_goals_of_the_running_plan(self):
        """One goal of two is reached, the other has not moved after half of the time."""
        self.measure('plan', 100, 0)
        plan = self.env['crm.account.plan'].create({
            'account_id': self.account.id, 'date_start': self.day(100),
            'date_end': self.day(-100)})
        reached, _behind = self.env['crm.account.plan.goal'].create([
            {'plan_id': plan.id, 'measure': 'manual', 'name': name, 'target_value': 4}
            for name in ("A", "B")])
        self.assertIsNone(self.part('plan'), "a draft promises nothing")
        plan.action_start()
        reached.manual_value = 4
        part = self.part('plan')
        self.assertEqual(part['points'], 50)
        self.assertIn("1 of 2 goals", part['text'])

    # ------------------------------------------------------------
    # THE WHOLE
    # ------------------------------------------------------------

    def test_weights_are_scaled_over_what_is_known(self):
        """Revenue half of 60, overdue all of 20, of satisfaction nothing: (30 + 20) / 80."""
        self.measure('revenue', 0, -40, weight=60)
        self.measure('overdue', 0, 60, weight=20)
        self.measure('satisfaction', 80, 40, weight=20)
        self.pay(self.make_invoice(self.customer, 1000, self.day(500)), self.day(490))
        self.pay(self.make_invoice(self.customer, 800, self.day(100)), self.day(90))
        health = self.health()
        self.assertEqual((health['score'], health['band']), (63, 'amber'))
        self.assertEqual([part['possible'] for part in health['parts']], [75, 25])
        self.assertEqual(
            [part['kind'] for part in health['parts']], ['revenue', 'overdue'],
            "where most is lost comes first")
        self.assertEqual([part['kind'] for part in health['missing']], ['satisfaction'])
        self.assertTrue(health['missing'][0]['text'])
        self.company.write({'account_health_green': 60, 'account_health_amber': 30})
        self.assertEqual(self.health()['band'], 'green')

    def test_nothing_known(self):
        self.measure('revenue', 0, -40)
        health = self.health()
        self.assertFalse(health['band'])
        self.assertIsNone(health['score'])
        self.assertFalse(self.account.health_band)
        self.assertFalse(health['history'])

    def test_a_company_replaces_what_holds_for_all(self):
        shared = self.measure('overdue', 0, 60, company_id=False)
        self.make_invoice(self.customer, 300, self.day(40), due=self.day(15))
        self.assertEqual(self.part('overdue')['points'], 75)
        own = self.measure('overdue', 0, 30)
        self.assertEqual(self.part('overdue')['points'], 50)
        own.weight = 0
        self.assertIsNone(self.part('overdue'), "left out in this company")
        self.assertEqual(self.env['crm.health.measure']._measures_of(self.company_b), shared)

    def test_settings_that_make_no_sense(self):
        with self.assertRaises(ValidationError), mute_logger('odoo.sql_db'):
            self.measure('stance', 5, -1)

    # ------------------------------------------------------------
    # KEEPING
    # ------------------------------------------------------------

    def test_history_of_changes_and_months(self):
        self.measure('overdue', 0, 60)
        invoice = self.make_invoice(self.customer, 300, self.day(90), due=self.day(50))
        history = self.env['crm.health.history']
        first = self.today.replace(day=1)
        for day, rows in (
            (first.replace(day=2), 1), (first.replace(day=3), 2), (first.replace(day=3), 2),
        ):
            self.account._compute_health(day)
            self.assertEqual(
                history.search_count([('account_id', '=', self.account.id)]), rows)
        self.pay(invoice, self.today)
        history.search([('account_id', '=', self.account.id)]).unlink()
        for day, rows in (
            (fields.Date.to_date('2024-05-10'), 1), (fields.Date.to_date('2024-05-11'), 1),
            (fields.Date.to_date('2024-06-01'), 2), (fields.Date.to_date('2024-06-02'), 2),
        ):
            self.env['crm.key.account']._store_health(
                [(self.account.id, 100, 'green', [])], day)
            self.assertEqual(
                history.search_count([('account_id', '=', self.account.id)]), rows, day)

    def test_change_since_a_month_ago(self):
        for ago, score in ((60, 80), (31, 75), (10, 40), (0, 50)):
            self.env['crm.key.account']._store_health(
                [(self.account.id, score, 'amber', [])], self.day(ago))
        self.assertEqual((self.account.health_score, self.account.health_change), (50, -25))
        self.assertEqual(self.account.health_date, self.today)
        rows = self.account.with_user(self.salesperson).get_account_health()['history']
        self.assertEqual([row['score'] for row in rows], [80, 75, 40, 50])

    def test_job_computes_each_account_once_a_day(self):
        self.measure('overdue', 0, 60)
        self.make_invoice(self.customer, 300, self.day(40), due=self.day(15))
        elsewhere = self.make_account(self.customer, self.company_b)
        self.env['crm.key.account']._cron_health()
        self.assertEqual((self.account.health_score, self.account.health_band), (75, 'green'))
        self.assertEqual(elsewhere.health_date, self.today)
        self.assertFalse(elsewhere.health_band, "nothing was invoiced there, nothing is measured")

    def test_costs_as_much_for_many_as_for_few(self):
        for kind, good, bad in (
            ('revenue', 0, -40), ('order', 1, 3), ('overdue', 0, 60), ('late', 0, 30),
            ('pipeline', 25, 0), ('contact', 100, 200), ('people', 0, 2), ('stance', 1, -1),
            ('plan', 100, 0), ('cases', 0, 5), ('satisfaction', 80, 40), ('agreement', 90, 0),
        ):
            self.measure(kind, good, bad)
        self.cadence(30)
        customers = self.env['res.partner'].create([
            {'name': f"Customer {number}", 'is_company': True} for number in range(20)])
        customers._set_customer_tier(self.tier_a, "Test")
        accounts = self.env['crm.key.account'].create([
            {'partner_id': customer.id, 'company_id': self.company.id} for customer in customers])
        for customer, account in zip(customers, accounts, strict=True):
            self.make_invoice(customer, 10, self.day(10))
            self.make_lead(customer, 10)
            self.call(customer, 10)
            self.agreement(partner_id=customer.id)
            self.env['crm.account.role'].create({
                'account_id': account.id, 'contact_id': self.stranger.id, 'stance': '1'})
            plan = self.env['crm.account.plan'].create({
                'account_id': account.id, 'date_start': self.day(10), 'date_end': self.day(-10),
                'goal_ids': [Command.create({'measure': 'revenue', 'target_value': 5})]})
            plan.action_start()
        self.add_cases(*customers, satisfaction=0.5)

        def cost(records):
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            records._compute_health(self.today)
            return self.env.cr.sql_log_count - before
        cost(accounts[:2])
        self.assertEqual(cost(accounts), cost(accounts[:2]))
        self.assertTrue(all(account.health_band for account in accounts))

    # ------------------------------------------------------------
    # WHO IS TOLD WHAT
    # ------------------------------------------------------------

    def test_amounts_are_told_to_those_who_may_read_the_documents(self):
        self.measure('revenue', 0, -40)
        self.make_invoice(self.customer, 1000, self.day(500), user=self.salesperson)
        self.make_invoice(self.customer, 801, self.day(100), user=self.colleague)
        for user, told in (
            (self.manager, True), (self.reader, True), (self.salesperson, False),
            (self.viewer, False),
        ):
            with self.subTest(user=user.login):
                health = self.health(user)
                self.assertEqual(health['hidden'], not told)
                self.assertEqual('801' in json.dumps(health), told)
                self.assertEqual(health['score'], 50, "the score is the same for everybody")
                self.assertTrue(health['parts'][0]['text'])

    @mute_logger('odoo.addons.base.models.ir_rule', 'odoo.addons.base.models.ir_model')
    def test_reasons_are_read_in_no_other_way(self):
        self.measure('revenue', 0, -40)
        self.health()
        for user in (self.viewer, self.salesperson, self.manager):
            account = self.as_user(self.account, user, self.company)
            with self.assertRaises(AccessError):
                account.read(['health_details'])
            self.assertNotIn('health_details', account.read()[0])

    @mute_logger('odoo.addons.base.models.ir_rule', 'odoo.addons.base.models.ir_model')
    def test_another_company_stays_closed(self):
        elsewhere = self.make_account(self.customer, self.company_b)
        self.env['crm.key.account']._store_health([(elsewhere.id, 10, 'red', [])], self.today)
        history = self.env['crm.health.history'].search([('account_id', '=', elsewhere.id)])
        self.assertTrue(history)
        ours = self.as_user(elsewhere, self.salesperson)
        for method in ('get_account_health', 'action_compute_health'):
            with self.assertRaises(AccessError):
                getattr(ours, method)()
        with self.assertRaises(AccessError):
            ours.action_open_health_records('revenue')
        self.assertFalse(self.as_user(history, self.salesperson).search(
            [('id', '=', history.id)]))
        with self.assertRaises(AccessError):
            self.as_user(elsewhere, self.outsider, self.company).get_account_health()

    def test_each_part_opens_its_records(self):
        invoice = self.make_invoice(
            self.customer, 300, self.day(40), due=self.day(15), user=self.salesperson)
        lead = self.make_lead(self.contact, 10, user_id=self.salesperson.id)
        role = self.role(self.contact)
        agreement = self.agreement()
        account = self.as_user(self.account, self.salesperson)
        for kind, record in (
            ('revenue', invoice), ('overdue', invoice), ('pipeline', lead), ('people', role),
            ('agreement', agreement),
        ):
            with self.subTest(kind=kind):
                action = account.action_open_health_records(kind)
                found = self.env[action['res_model']].with_user(self.salesperson).search(
                    action['domain'])
                self.assertEqual(found.ids, record.ids)
        kinds = self.env['crm.health.measure']._fields['kind'].get_values(self.env)
        manager = self.as_user(self.account, self.manager, self.company)
        for kind in kinds:
            with self.subTest(kind=kind):
                action = manager.action_open_health_records(kind)
                self.env[action['res_model']].with_user(self.manager).search(action['domain'])
        self.assertFalse(account.action_open_health_records('no such part'))
        self.assertFalse(self.as_user(
            self.account, self.viewer, self.company).action_open_health_records('revenue'))

    def test_every_part_has_its_words(self):
        kinds = set(self.env['crm.health.measure']._fields['kind'].get_values(self.env))
        self.assertLessEqual(kinds, self.account._health_missing_words().keys())
        self.assertLessEqual(kinds, self.env['crm.health.measure']._kind_texts().keys())
        for kind in kinds:
            self.assertTrue(hasattr(self.account, f'_health_words_{kind}'), kind)
            self.assertTrue(hasattr(self.account, f'_health_records_{kind}'), kind)

    # ------------------------------------------------------------
    # THE PAGE FOR A VISIT
    # ------------------------------------------------------------

    def test_on_the_page_for_a_visit(self):
        self.measure('overdue', 0, 60)
        self.make_invoice(self.customer, 300, self.day(40), due=self.day(15))
        self.cadence(30)
        self.call(self.contact, 45)
        self.agreement(name="Frame to renew")
        self.agreement(name="Frame for long", date_end=self.day(-500))
        self.account.action_compute_health()
        content, _kind = self.as_user(
            self.env['ir.actions.report'], self.manager, self.company,
        )._render_qweb_html('crm_plus.report_key_account_page', self.account.ids)
        text = " ".join(html.fromstring(content).text_content().split())
        self.assertIn("75 of 100, Green", text)
        self.assertIn("One invoice is overdue for 15 days", text)
        self.assertIn("(overdue)", text)
        self.assertIn("Frame to renew", text)
        self.assertNotIn("Frame for long", text)

    def test_page_without_any_of_it(self):
        page = self.as_user(self.account, self.manager, self.company)._page_values()
        self.assertFalse(page['health'] or page['contact_due'] or page['agreements'])
