from datetime import timedelta

from odoo import fields
from odoo.exceptions import AccessError, ValidationError
from odoo.tests import tagged
from odoo.tools import mute_logger

from .account_health_common import AccountHealthCommon


@tagged('post_install', '-at_install')
class TestContactCadence(AccountHealthCommon):
    """How often customers of a tier are talked to, and with whom it is time."""

    def refresh(self):
        self.env['crm.contact.due']._refresh(self.company, self.customer)
        return self.env['crm.contact.due'].search([
            ('partner_id', '=', self.customer.id), ('company_id', '=', self.company.id)])

    def run_job(self):
        # as on another day: what was looked at today is not looked at again
        self.env['crm.contact.due'].search([('checked_date', '!=', False)]).checked_date = False
        self.env['crm.contact.due']._cron_contacts()

    def write_mail(self, document, ago, author=None, **values):
        return self.env['mail.message'].create({
            'model': document._name, 'res_id': document.id, 'message_type': 'email',
            'author_id': (author or self.contact).id, 'date': self.day(ago), 'body': "Hello",
            **values})

    # ------------------------------------------------------------
    # WHEN
    # ------------------------------------------------------------

    def test_due_so_long_after_the_last_contact(self):
        cadence = self.cadence(30)
        self.call(self.contact, 45)
        row = self.refresh()
        self.assertEqual(row.last_date.date(), self.day(45))
        self.assertEqual((row.due_date, row.days_overdue), (self.day(15), 15))
        self.assertEqual((row.account_id, row.user_id), (self.account, self.salesperson))
        self.assertEqual(row.tier_id, self.tier_a)
        self.call(self.contact, 1)
        self.assertEqual(self.refresh().due_date, self.day(-29))
        self.assertEqual(row.days_overdue, 0)
        cadence.write({'interval': 2, 'unit': 'weeks'})
        self.assertEqual(self.refresh().due_date, self.day(-13))

    def test_no_contact_yet_counts_from_when_the_customer_came(self):
        self.cadence(30)
        row = self.refresh()
        self.assertFalse(row.last_date)
        self.assertEqual(row.due_date, self.customer.create_date.date() + timedelta(days=30))

    def test_months_and_working_days(self):
        """From Friday the 3rd, three working days lead to Wednesday; two without the Monday."""
        cadence = self.cadence(1, unit='months')
        date = fields.Date.to_date
        self.assertEqual(cadence._due_date(date('2026-01-31'), []), date('2026-02-28'))
        self.company.resource_calendar_id.tz = 'UTC'
        cadence.write({'interval': 3, 'unit': 'working_days'})
        days = cadence._working_days(self.company, date('2026-04-01'))
        self.assertEqual(cadence._due_date(date('2026-07-03'), days), date('2026-07-08'))
        self.env['resource.calendar.leaves'].create({
            'name': "Holiday", 'company_id': self.company.id, 'resource_id': False,
            'calendar_id': self.company.resource_calendar_id.id,
            'date_from': '2026-07-06 00:00:00', 'date_to': '2026-07-06 23:59:59'})
        days = cadence._working_days(self.company, date('2026-04-01'))
        self.assertEqual(cadence._due_date(date('2026-07-03'), days), date('2026-07-09'))
        self.assertEqual(
            cadence._due_date(date('2020-07-03'), days), date('2020-07-07'),
            "too long ago to know the working days: five a week")

    def test_what_is_contact_and_what_is_not(self):
        self.cadence(30)
        lead = self.make_lead(self.contact, 10)
        order = self.make_order(self.customer, 10, self.day(10))
        note = self.env.ref('mail.mt_note').id
        for expected, happens in (
            (90, lambda: self.write_mail(lead, 90)),
            (90, lambda: self.write_mail(lead, 5, message_type='email_outgoing')),
            (90, lambda: self.write_mail(
                self.contact, 5, author=self.salesperson.partner_id, message_type='comment',
                subtype_id=note)),
            (90, lambda: self.write_mail(
                self.contact, 5, author=self.env.ref('base.partner_root'),
                message_type='comment')),
            (90, lambda: self.make_meeting(
                self.contact, fields.Datetime.to_datetime(self.day(5)), privacy='private')),
            (90, lambda: self.make_meeting(
                self.contact, fields.Datetime.to_datetime(self.day(-5)))),
            (80, lambda: self.write_mail(
                lead, 80, author=self.salesperson.partner_id, message_type='comment',
                subtype_id=self.env.ref('mail.mt_comment').id)),
            (70, lambda: self.make_meeting(
                self.contact, fields.Datetime.to_datetime(self.day(70)))),
            (60, lambda: self.write_mail(order, 60)),
            (50, lambda: self.call(self.account, 50)),
            (40, lambda: self.call(self.contact, 40)),
        ):
            happens()
            self.assertEqual(self.refresh().last_date.date(), self.day(expected))

    def test_people_of_a_role_have_a_cadence_of_their_own(self):
        decides, uses = self.env['crm.buying.role'].create([
            {'name': "Decides"}, {'name': "Uses"}])
        self.cadence(30)
        self.cadence(90, role_id=decides.id)
        self.cadence(60, role_id=uses.id)
        role = self.role(
            self.contact, role_ids=(decides | uses).ids, user_id=self.colleague.id)
        self.role(self.other_contact)
        self.make_meeting(self.contact | self.other_contact,
                          fields.Datetime.to_datetime(self.day(70)))
        self.call(self.other_contact, 10)
        rows = self.refresh()
        person = rows.filtered('contact_id')
        self.assertEqual(person.contact_id, self.contact)
        self.assertEqual(person.user_id, self.colleague)
        self.assertEqual(person.due_date, self.day(10), "the shorter of two cadences")
        self.assertEqual((rows - person).due_date, self.day(-20), "somebody else was called")
        self.assertEqual(
            self.as_user(self.contact, self.salesperson).contact_due_date, self.day(10))
        role.unlink()
        self.assertFalse(self.refresh().filtered('contact_id'))

    def test_a_company_replaces_what_holds_for_all(self):
        self.cadence(10, company_id=False)
        self.call(self.contact, 5)
        self.assertEqual(self.refresh().due_date, self.day(-5))
        self.cadence(20)
        self.assertEqual(self.refresh().due_date, self.day(-15))

    # ------------------------------------------------------------
    # THE JOB
    # ------------------------------------------------------------

    def test_job_follows_tiers(self):
        self.cadence(30)
        due = self.env['crm.contact.due']
        domain = [('partner_id', '=', self.customer.id)]
        self.run_job()
        self.assertEqual(len(due.search(domain)), 1)
        self.assertFalse(due.search([('partner_id', '=', self.contact.id)]))
        self.customer._set_customer_tier(self.tier_b, "No cadence")
        self.run_job()
        self.assertFalse(due.search(domain))

    def test_contact_is_planned_once(self):
        self.cadence(30)
        self.call(self.contact, 45)
        self.run_job()
        row = self.refresh()
        self.assertFalse(row.activity_id, "only where the company wants it")
        self.company.contact_plan_activities = True
        self.run_job()
        activity = row.activity_id
        self.assertEqual((activity.user_id, activity.date_deadline),
                         (self.salesperson, self.today))
        self.assertEqual((activity.res_model, activity.res_id), ('res.partner', self.customer.id))
        self.run_job()
        self.assertEqual(len(self.customer.activity_ids), 1)
        activity.unlink()
        self.run_job()
        self.assertFalse(self.customer.activity_ids, "whoever deletes it does not want it")

    def test_done_it_is_contact(self):
        self.cadence(30)
        self.call(self.contact, 45)
        self.company.contact_plan_activities = True
        self.run_job()
        self.refresh().activity_id.with_user(self.salesperson).action_feedback("Spoke")
        row = self.refresh()
        self.assertEqual((row.last_date.date(), row.due_date), (self.today, self.day(-30)))

    def test_what_contact_has_settled_is_taken_back(self):
        self.cadence(30)
        self.call(self.contact, 45)
        self.company.contact_plan_activities = True
        self.run_job()
        self.assertTrue(self.customer.activity_ids)
        self.call(self.contact, 0)
        self.refresh()
        self.run_job()
        self.assertFalse(self.customer.activity_ids)

    def test_planned_some_days_before(self):
        self.cadence(30)
        self.call(self.contact, 26)
        self.company.write({'contact_plan_activities': True, 'contact_plan_days': 3})
        self.run_job()
        self.assertFalse(self.customer.activity_ids)
        self.company.contact_plan_days = 4
        self.run_job()
        self.assertEqual(self.customer.activity_ids.date_deadline, self.day(-4))

    def test_costs_as_much_for_many_as_for_few(self):
        self.cadence(30)
        customers = self.env['res.partner'].create([
            {'name': f"Customer {number}", 'is_company': True} for number in range(20)])
        customers._set_customer_tier(self.tier_a, "Test")
        for customer in customers:
            self.make_account(customer)
            self.call(customer, 10)

        def cost(records):
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            self.env['crm.contact.due']._refresh(self.company, records)
            return self.env.cr.sql_log_count - before
        cost(customers[:2])
        self.assertEqual(cost(customers), cost(customers[:2]))

    # ------------------------------------------------------------
    # LISTS, FORMS, RIGHTS
    # ------------------------------------------------------------

    def test_work_list_looks_again(self):
        self.cadence(30)
        self.call(self.contact, 45)
        row = self.refresh()
        due = self.as_user(self.env['crm.contact.due'], self.salesperson)
        action = due.action_open_overdue()
        self.assertEqual(action['res_model'], 'crm.contact.due')
        self.assertIn(row, due.search([('due_date', '<', self.today)]))
        self.call(self.contact, 1)
        due.action_open_overdue()
        self.assertNotIn(row, due.search([('due_date', '<', self.today)]))

    def test_shown_on_key_account_and_customer(self):
        self.cadence(30)
        self.call(self.contact, 45)
        self.refresh()
        account = self.as_user(self.account, self.salesperson)
        self.assertEqual(account.contact_due_date, self.day(15))
        self.assertTrue(account.contact_is_overdue)
        partner = self.as_user(self.other_contact, self.salesperson)
        self.assertEqual(partner.contact_due_date, self.day(15))
        self.assertTrue(partner.contact_is_overdue)
        accounts = self.as_user(self.env['crm.key.account'], self.salesperson)
        self.assertIn(account, accounts.search([
            ('contact_due_ids', 'any', [('due_date', '<', 'today')])]))

    def test_cadences_that_make_no_sense(self):
        with self.assertRaisesRegex(ValidationError, "1 to"), self.cr.savepoint():
            self.cadence(0)
        with self.assertRaisesRegex(ValidationError, "1 to"), self.cr.savepoint():
            self.cadence(100, unit='months')
        elsewhere = self.env['crm.buying.role'].create({
            'name': "Elsewhere", 'company_id': self.company_b.id})
        with self.assertRaisesRegex(ValidationError, "belongs to"):
            self.cadence(30, role_id=elsewhere.id)

    @mute_logger('odoo.addons.base.models.ir_rule', 'odoo.addons.base.models.ir_model')
    def test_who_reads_and_who_changes(self):
        cadence = self.cadence(30)
        row = self.refresh()
        for user, reads, sets_up in (
            (self.salesperson, True, False), (self.viewer, True, False),
            (self.manager, True, True), (self.outsider, False, False),
        ):
            with self.subTest(user=user.login):
                for record in (row, cadence):
                    self.assertEqual(
                        self.as_user(record, user, self.company).has_access('read'), reads)
                self.assertFalse(self.as_user(row, user, self.company).has_access('write'))
                self.assertEqual(
                    self.as_user(cadence, user, self.company).has_access('write'), sets_up)
        with self.assertRaises(AccessError):
            self.as_user(self.env['crm.contact.due'], self.outsider).action_open_overdue()

    @mute_logger('odoo.addons.base.models.ir_rule')
    def test_another_company_stays_closed(self):
        self.cadence(30, company_id=self.company_b.id)
        self.customer.with_company(self.company_b)._set_customer_tier(self.tier_a, "Test")
        self.env['crm.contact.due']._refresh(self.company_b, self.customer)
        row = self.env['crm.contact.due'].search([('company_id', '=', self.company_b.id)])
        self.assertTrue(row)
        self.assertFalse(self.as_user(row, self.salesperson).has_access('read'))
        self.assertFalse(self.as_user(self.customer, self.salesperson).contact_due_date)
        self.assertTrue(
            self.as_user(self.customer, self.lead_seller, self.company_b).contact_due_date)

    def test_merged_customers_keep_one_row(self):
        self.cadence(30)
        double = self.env['res.partner'].create({'name': "Double", 'is_company': True})
        double._set_customer_tier(self.tier_a, "Test")
        self.env['crm.contact.due']._refresh(self.company, self.customer | double)
        self.env['base.partner.merge.automatic.wizard'].sudo()._merge(
            (double | self.customer).ids, self.customer)
        self.env['crm.contact.due'].invalidate_model()
        self.assertEqual(len(self.refresh()), 1)

    def test_salesperson_looks_after_who_is_no_key_account(self):
        self.cadence(30)
        self.stranger.user_id = self.colleague
        self.stranger._set_customer_tier(self.tier_a, "Test")
        self.env['crm.contact.due']._refresh(self.company, self.stranger)
        row = self.env['crm.contact.due'].search([('partner_id', '=', self.stranger.id)])
        self.assertEqual(row.user_id, self.colleague)
        self.assertEqual(row.action_open_customer()['res_model'], 'res.partner')
        self.assertEqual(
            self.refresh().action_open_customer()['res_model'], 'crm.key.account')
