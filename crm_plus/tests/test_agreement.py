from dateutil.relativedelta import relativedelta
from psycopg2 import IntegrityError

from odoo import fields
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Command
from odoo.tests import tagged
from odoo.tools import mute_logger

from .account_health_common import AccountHealthCommon


@tagged('post_install', '-at_install')
class TestAgreement(AccountHealthCommon):
    """Agreements: until when they run, how they go on, and whether what was promised is bought."""

    def run_job(self):
        self.env['crm.agreement']._cron_agreements()

    # ------------------------------------------------------------
    # TERM AND NOTICE
    # ------------------------------------------------------------

    def test_begins_with_what_its_kind_says(self):
        kind = self.env['crm.agreement.kind'].create({
            'name': "Yearly", 'term_months': 12, 'notice_value': 6, 'notice_unit': 'weeks',
            'is_renewed': True, 'reminder_days': 20})
        agreement = self.env['crm.agreement'].create({
            'name': "New", 'kind_id': kind.id, 'partner_id': self.customer.id,
            'date_start': '2026-01-01'})
        self.assertEqual(fields.Date.to_string(agreement.date_end), '2026-12-31')
        self.assertEqual(fields.Date.to_string(agreement.notice_date), '2026-11-19')
        self.assertEqual(agreement.act_date, agreement.notice_date)
        self.assertTrue(agreement.auto_renew)
        self.assertEqual((agreement.renew_months, agreement.reminder_days), (12, 20))
        self.assertEqual(agreement.account_id, self.account)
        self.assertEqual(agreement.user_id, self.salesperson, "the key account manager")
        shorter = agreement.copy({'date_end': '2026-06-30', 'notice_value': 1})
        self.assertEqual(fields.Date.to_string(shorter.notice_date), '2026-06-23')

    def test_last_day_to_act(self):
        agreement = self.agreement(date_end='2026-12-31', notice_value=3, notice_unit='months')
        self.assertEqual(fields.Date.to_string(agreement.act_date), '2026-09-30')
        agreement.notice_value = 0
        self.assertFalse(agreement.notice_date)
        self.assertEqual(fields.Date.to_string(agreement.act_date), '2026-12-31')
        agreement.date_end = False
        self.assertFalse(agreement.act_date)

    def test_that_make_no_sense(self):
        with self.assertRaisesRegex(ValidationError, "with the company"):
            self.agreement(partner_id=self.contact.id)
        with self.assertRaises(IntegrityError), mute_logger('odoo.sql_db'), self.cr.savepoint():
            self.agreement(date_start=self.today, date_end=self.day(1))
        with self.assertRaisesRegex(ValidationError, "amount that the customer promises"):
            self.agreement(commitment='value')
        with self.assertRaisesRegex(ValidationError, "quantity that the customer promises"):
            self.agreement(commitment='quantity', commitment_quantity=5)
        kind = self.env['crm.agreement.kind'].create({
            'name': "Elsewhere", 'company_id': self.company_b.id})
        with self.assertRaisesRegex(ValidationError, "Company B alone"):
            self.agreement(kind_id=kind.id)
        first = self.agreement()
        second = self.agreement(previous_id=first.id)
        with self.assertRaisesRegex(ValidationError, "cannot follow itself"):
            first.previous_id = second
        with self.assertRaisesRegex(ValidationError, "somebody else"):
            self.agreement(partner_id=self.stranger.id, previous_id=first.id)

    def test_taken_over_by_a_new_key_account(self):
        agreement = self.agreement(partner_id=self.stranger.id)
        self.assertFalse(agreement.account_id)
        account = self.make_account(self.stranger)
        self.assertEqual(agreement.account_id, account)
        self.assertEqual(account.agreement_count, 1)

    def test_renewals_of_the_next_90_days(self):
        soon = self.agreement()
        renewed = self.agreement()
        renewed.action_renew()
        others = renewed | self.agreement(date_end=self.day(-100)) | self.agreement(
            state='draft') | self.agreement(date_end=False)
        found = self.env['crm.agreement'].with_user(self.salesperson).search([
            ('state', '=', 'active'), ('is_followed', '=', False),
            ('act_date', '<=', 'today +90d')])
        self.assertIn(soon, found)
        self.assertFalse(found & others)

    # ------------------------------------------------------------
    # GOING ON
    # ------------------------------------------------------------

    def test_renewal_runs_as_long_from_the_next_day_on(self):
        agreement = self.agreement(date_start='2025-03-01', date_end='2026-02-28')
        mine = self.as_user(agreement, self.salesperson)
        follow_up = mine.browse(mine.action_renew()['res_id'])
        self.assertEqual(follow_up.previous_id, mine)
        self.assertEqual(follow_up.state, 'draft')
        self.assertEqual(fields.Date.to_string(follow_up.date_start), '2026-03-01')
        self.assertEqual(fields.Date.to_string(follow_up.date_end), '2027-02-28')
        self.assertTrue(agreement.is_followed)
        self.assertEqual(mine.action_renew()['res_id'], follow_up.id, "once")
        follow_up.action_cancel()
        self.assertFalse(agreement.is_followed)
        other = mine.browse(mine.action_renew()['res_id'])
        self.assertNotEqual(other, follow_up)
        third = other.browse(other.action_renew()['res_id'])
        self.assertEqual(set(other._chain().ids), set((mine | follow_up | other | third).ids))
        with self.assertRaisesRegex(UserError, "has no end"):
            self.agreement(date_end=False).action_renew()

    def test_renewal_of_some_days(self):
        agreement = self.agreement(date_start='2026-01-10', date_end='2026-01-19')
        follow_up = agreement._make_follow_up('draft')
        self.assertEqual(fields.Date.to_string(follow_up.date_end), '2026-01-29')
        agreement.renew_months = 6
        follow_up = agreement._make_follow_up('draft')
        self.assertEqual(fields.Date.to_string(follow_up.date_end), '2026-07-19')

    def test_renews_itself_unless_notice_was_given(self):
        values = {'date_start': self.day(400), 'date_end': self.day(36), 'auto_renew': True}
        goes_on = self.agreement(**values)
        ends = self.agreement(**values, notice_given_date=self.day(100), notice_given_by='us')
        self.run_job()
        self.assertEqual((goes_on.state, ends.state), ('ended', 'ended'))
        follow_up = goes_on.next_ids
        self.assertEqual((follow_up.state, follow_up.date_start), ('active', self.day(35)))
        self.assertFalse(ends.next_ids)
        self.run_job()
        self.assertEqual(goes_on.next_ids, follow_up, "once")

    def test_renews_itself_until_today_when_nobody_looked_for_long(self):
        agreement = self.agreement(
            date_start=self.day(100), date_end=self.day(76), auto_renew=True)
        self.run_job()
        chain = agreement._chain()
        self.assertEqual(chain.filtered(lambda each: each.state == 'active').date_end,
                         self.day(-24), "5 times 25 days")
        self.assertEqual(len(chain), 5)

    def test_ends_the_day_after_its_last(self):
        today, yesterday = self.agreement(date_end=self.today), self.agreement(
            date_end=self.day(1))
        self.run_job()
        self.assertEqual((today.state, yesterday.state), ('active', 'ended'))

    def test_owner_is_reminded_once(self):
        agreement = self.agreement(
            date_end=self.day(-100), notice_value=3, notice_unit='months', reminder_days=30)
        act_date = self.day(-100) - relativedelta(months=3)
        self.assertEqual(agreement.act_date, act_date)
        self.run_job()
        activity = agreement.activity_ids
        self.assertEqual((activity.user_id, activity.date_deadline), (self.salesperson, act_date))
        activity.unlink()
        self.run_job()
        self.assertFalse(agreement.activity_ids)
        agreement.date_end = self.day(-105)
        self.run_job()
        self.assertEqual(len(agreement.activity_ids), 1, "another day is another reminder")

    def test_nobody_is_reminded_of_what_is_settled_or_far(self):
        values = {'date_end': self.day(-20), 'reminder_days': 30}
        agreements = (
            self.agreement(date_end=self.day(-50), reminder_days=30)
            | self.agreement(**values, state='draft')
            | self.agreement(**{**values, 'reminder_days': 0})
            | self.agreement(**values, notice_given_date=self.today, notice_given_by='us'))
        followed = self.agreement(**values)
        followed.action_renew()
        self.run_job()
        self.assertFalse((agreements | followed).activity_ids)

    def test_renewal_opportunity(self):
        agreement = self.as_user(self.agreement(
            commitment='value', commitment_value=5000), self.salesperson)
        lead = self.env['crm.lead'].browse(agreement.action_renewal_opportunity()['res_id'])
        self.assertEqual(agreement.renewal_lead_id, lead)
        self.assertEqual(lead.partner_id, self.customer)
        self.assertEqual((lead.type, lead.expected_revenue), ('opportunity', 5000))
        self.assertEqual((lead.user_id, lead.date_deadline),
                         (self.salesperson, agreement.act_date))
        self.assertEqual(agreement.action_renewal_opportunity()['res_id'], lead.id)

    # ------------------------------------------------------------
    # COMMITMENT, WORKED BY HAND
    # ------------------------------------------------------------

    def bought(self, agreement, user=None):
        agreement.invalidate_recordset()
        agreement = self.as_user(agreement, user or self.manager, self.company)
        return agreement.fulfilled_value

    def test_amount_compared_with_invoices(self):
        """300 less 100, and 200 foreign ones that are 100: 300 of 1,000 promised."""
        agreement = self.agreement(
            date_start=self.day(99), date_end=self.day(-100), commitment='value',
            commitment_value=1000)
        self.make_invoice(self.contact, 300, self.day(50))
        self.make_invoice(self.customer, 100, self.day(40), move_type='out_refund')
        self.make_invoice(self.customer, 200, self.day(30), currency=self.foreign)
        self.make_invoice(self.customer, 999, self.day(100))
        self.make_invoice(self.customer, 999, self.day(10), post=False)
        self.make_invoice(self.customer, 999, self.day(10), company=self.company_b)
        self.make_invoice(self.stranger, 999, self.day(10))
        self.assertAlmostEqual(self.bought(agreement), 300)
        agreement = self.as_user(agreement, self.manager, self.company)
        self.assertAlmostEqual(agreement.fulfilled_share, 0.3)
        self.assertAlmostEqual(agreement.elapsed_share, 0.5, msg="100 of 200 days")
        self.assertTrue(agreement.is_behind)
        action = agreement.action_view_bought()
        self.assertEqual(len(self.env['account.move'].search(action['domain'])), 3)

    def test_quantity_of_some_products_compared_with_orders(self):
        """36 units are 3 dozen of 12 promised; another product does not count."""
        dozen = self.env.ref('uom.product_uom_dozen')
        agreement = self.agreement(
            commitment='quantity', commitment_quantity=12, commitment_uom_id=dozen.id,
            commitment_basis='order',
            product_ids=[Command.link(self.product_a.product_tmpl_id.id)])
        order = self.make_order(self.contact, 10, self.day(50), confirm=False)
        order.order_line.write({'product_uom_qty': 36, 'price_unit': 10})
        order.order_line = [Command.create({
            'product_id': self.product_b.id, 'product_uom_qty': 100, 'price_unit': 1,
            'tax_ids': [Command.clear()]})]
        order.action_confirm()
        order.date_order = self.day(50)
        self.assertAlmostEqual(self.bought(agreement), 360)
        agreement = self.as_user(agreement, self.manager, self.company)
        self.assertAlmostEqual(agreement.fulfilled_quantity, 3)
        self.assertAlmostEqual(agreement.fulfilled_share, 0.25)
        self.assertEqual(
            self.env['sale.order'].search(agreement.action_view_bought()['domain']), order)

    def test_products_of_categories_below(self):
        mine, other = self.env['product.category'].create([{'name': "Mine"}, {'name': "Other"}])
        child = self.env['product.category'].create({'name': "Child", 'parent_id': mine.id})
        agreement = self.agreement(categ_ids=[Command.link(mine.id)])
        self.make_invoice(self.customer, 100, self.day(50))
        for category, bought in ((other, 0), (child, 100), (mine, 100)):
            self.product_a.categ_id = category
            self.assertAlmostEqual(self.bought(agreement), bought)
        self.product_a.categ_id = other
        agreement.product_ids = self.product_a.product_tmpl_id
        self.assertAlmostEqual(self.bought(agreement), 100, msg="named by itself")

    def test_bought_as_far_as_one_may_see(self):
        agreement = self.agreement()
        self.make_invoice(self.customer, 100, self.day(50), user=self.salesperson)
        self.make_invoice(self.customer, 200, self.day(50), user=self.colleague)
        for user, bought in (
            (self.salesperson, 100), (self.manager, 300), (self.viewer, 0), (self.reader, 300),
        ):
            with self.subTest(user=user.login):
                self.assertAlmostEqual(self.bought(agreement, user), bought)

    def test_a_list_costs_as_much_for_many_as_for_few(self):
        agreements = self.env['crm.agreement'].union(*(
            self.agreement(commitment='value', commitment_value=100) for _number in range(20)))
        self.make_invoice(self.customer, 100, self.day(50))
        names = ['name', 'fulfilled_value', 'fulfilled_share', 'days_left', 'is_behind']

        def cost(records):
            records = self.as_user(records, self.manager, self.company)
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            records.read(names)
            return self.env.cr.sql_log_count - before
        cost(agreements[:2])
        self.assertEqual(cost(agreements), cost(agreements[:2]))

    # ------------------------------------------------------------
    # RIGHTS
    # ------------------------------------------------------------

    @mute_logger('odoo.addons.base.models.ir_rule', 'odoo.addons.base.models.ir_model')
    def test_who_reads_and_who_changes(self):
        agreement = self.agreement()
        for user, reads, writes, deletes in (
            (self.salesperson, True, True, False), (self.colleague, True, False, False),
            (self.lead_seller, True, True, False), (self.manager, True, True, True),
            (self.viewer, True, False, False), (self.outsider, False, False, False),
        ):
            with self.subTest(user=user.login):
                record = self.as_user(agreement, user, self.company)
                self.assertEqual(record.has_access('read'), reads)
                self.assertEqual(record.has_access('write'), writes)
                self.assertEqual(record.has_access('unlink'), deletes)
        agreement.user_id = self.colleague
        self.assertTrue(agreement.with_user(self.salesperson).has_access('write'),
                        "of a key account that they manage")
        with self.assertRaises(AccessError):
            self.as_user(agreement, self.viewer, self.company).action_renew()
        with self.assertRaises(AccessError):
            self.as_user(agreement, self.viewer, self.company).action_renewal_opportunity()

    @mute_logger('odoo.addons.base.models.ir_rule', 'odoo.addons.base.models.ir_model')
    def test_another_company_stays_closed(self):
        kind = self.env['crm.agreement.kind'].create({
            'name': "Elsewhere", 'company_id': self.company_b.id})
        agreement = self.agreement(
            company_id=self.company_b.id, kind_id=kind.id, user_id=self.manager.id,
            document=b'UERG', document_name="contract.pdf")
        attachment = self.env['ir.attachment'].search([
            ('res_model', '=', 'crm.agreement'), ('res_id', '=', agreement.id),
            ('res_field', '=', 'document')])
        for record in (agreement, kind, attachment):
            ours = self.as_user(record, self.salesperson)
            self.assertFalse(ours.has_access('read'))
            self.assertFalse(ours.search([('id', '=', record.id)]))
        self.assertFalse(self.as_user(self.customer, self.salesperson).agreement_count)
        self.assertTrue(self.as_user(
            agreement, self.lead_seller, self.company_b).has_access('write'))
