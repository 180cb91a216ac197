import json
from datetime import timedelta

from freezegun import freeze_time

from odoo import fields
from odoo.exceptions import ValidationError
from odoo.tests import new_test_user, tagged

from .test_personal_profile import GROUP, SECRET, PersonalProfileCase


@tagged('post_install', '-at_install')
class TestPersonalProfileKeeping(PersonalProfileCase):
    """How long entries are kept, how they end, and who is reminded of birthdays."""

    def run_job(self):
        self.env['crm.personal.profile']._cron_personal_profiles()

    def birthday(self, day, month, contact=None, **values):
        return self.make_entry(
            contact or self.contact, kind='birthday', value=False, birth_day=day,
            birth_month=str(month), **values)

    def test_what_an_entry_needs(self):
        with self.assertRaisesRegex(ValidationError, "Say what you know"):
            self.make_entry(self.contact, value=" ")
        for values in (
            {'birth_day': 31, 'birth_month': '2'}, {'birth_day': 5}, {'birth_month': '5'},
            {'birth_day': 29, 'birth_month': '2', 'birth_year': 1999},
        ):
            with self.assertRaisesRegex(ValidationError, "no birthday"):
                self.make_entry(self.contact, kind='birthday', **values)
        entry = self.birthday(29, 2)
        self.assertEqual(entry.with_user(self.member).summary, "29 February")
        entry = self.birthday(3, 5, birth_year=1971)
        self.assertEqual(entry.with_user(self.member).summary, "3 May 1971")

    @freeze_time('2026-03-10 09:00:00')
    def test_kept_no_longer_than_the_company_says(self):
        entry = self.make_entry(self.contact)
        self.assertEqual(fields.Date.to_string(entry.keep_until), '2028-03-10')
        with self.assertRaisesRegex(ValidationError, "at most"):
            entry.keep_until = '2028-03-11'
        entry.keep_until = '2026-04-01'
        with freeze_time('2026-03-20 09:00:00'):
            entry.with_user(self.member).action_renew()
            self.assertEqual(fields.Date.to_string(entry.keep_until), '2028-03-20')
        self.company.personal_profile_months = 6
        self.run_job()
        self.assertEqual(fields.Date.to_string(entry.keep_until), '2026-09-10')

    def test_erased_in_time_with_a_log_without_content(self):
        other = self.make_entry(self.other_contact, kind='family')
        with freeze_time(self.entry.keep_until + timedelta(days=1)):
            other.with_user(self.member).action_renew()
            number = self.entry.id
            self.run_job()
        self.assertFalse(self.entry.exists())
        self.assertTrue(other.exists())
        log = self.log()[-1]
        self.assertEqual(
            (log.entry_number, log.kind, log.reason), (number, 'interests', 'retention'))
        content = json.dumps(log.read()[0], default=str)
        for word in ("cello", "Contact One", "present", "fair"):
            self.assertNotIn(word, content)

    def test_goes_with_the_contact(self):
        self.contact.unlink()
        self.assertFalse(self.entry.exists())
        self.assertEqual(self.log()[-1].reason, 'contact')

    def test_who_deletes_a_contact_need_not_be_a_member(self):
        clerk = new_test_user(
            self.env, 'crm_deletes', groups='base.group_partner_manager',
            company_id=self.company.id, company_ids=self.company.ids)
        self.contact.with_user(clerk).unlink()
        self.assertFalse(self.entry.exists())
        self.assertEqual(self.log()[-1].user_id, clerk)

    def test_moves_when_contacts_are_merged(self):
        self.env['base.partner.merge.automatic.wizard']._merge(
            (self.contact | self.other_contact).ids, self.other_contact)
        self.assertEqual(self.entry.contact_id, self.other_contact)
        self.assertEqual(self.entry.with_user(self.member).value, SECRET)

    # ------------------------------------------------------------
    # ODOO'S PRIVACY TOOLS
    # ------------------------------------------------------------

    def look_up(self):
        wizard = self.env['privacy.lookup.wizard'].with_user(self.administrator).create({
            'name': self.contact.name, 'email': self.contact.email})
        wizard.action_lookup()
        return wizard.line_ids

    def line(self, lines, model):
        return lines.filtered(lambda line: line.res_model == model)

    def test_found_by_the_lookup_without_its_content(self):
        self.env['crm.account.role'].create({
            'account_id': self.env['crm.key.account'].create({
                'partner_id': self.customer.id}).id,
            'contact_id': self.contact.id})
        lines = self.look_up()
        line = self.line(lines, 'crm.personal.profile')
        self.assertEqual(line.res_id, self.entry.id)
        self.assertEqual(line.res_name, self.contact.display_name)
        self.assertFalse(line.resource_ref, "who is no member opens nothing")
        self.assertTrue(self.line(lines, 'crm.account.role'))
        line.action_unlink()
        self.assertFalse(self.entry.exists())
        self.assertEqual(self.log()[-1].reason, 'privacy')

    def test_deleted_with_the_contact_by_the_lookup(self):
        lines = self.look_up()
        lines.action_unlink_all()
        self.assertFalse(self.entry.exists() or self.contact.exists())
        self.assertEqual(self.log()[-1].reason, 'privacy')

    def test_erased_when_the_lookup_archives_the_contact(self):
        entry_elsewhere = self.make_entry(self.contact, user=self.member_b)
        lines = self.look_up()
        self.line(lines, 'res.partner').action_archive_all()
        self.assertFalse(self.contact.active)
        self.assertFalse((self.entry | entry_elsewhere).exists())
        self.assertEqual(self.log()[-1].reason, 'privacy')

    # ------------------------------------------------------------
    # BIRTHDAYS
    # ------------------------------------------------------------

    @freeze_time('2026-03-10 09:00:00')
    def test_reminds_who_recorded_it_and_nobody_else(self):
        entry = self.birthday(14, 3)
        self.birthday(18, 3, self.other_contact)
        messages = self.env['mail.message'].search_count([])
        self.run_job()
        activity = entry.reminder_id
        self.assertEqual(activity.user_id, self.member)
        self.assertEqual(fields.Date.to_string(activity.date_deadline), '2026-03-14')
        self.assertEqual(activity.summary, "Birthday of Customer Ltd, Contact One on 14 March")
        self.assertFalse(activity.res_model, "belongs to no document that others see")
        self.assertEqual(self.env['mail.message'].search_count([]), messages, "no e-mail")
        for user in (self.manager, self.administrator, self.salesperson):
            self.assertFalse(activity.with_user(user).has_access('read'))
            self.assertFalse(activity.with_user(user).search([('id', '=', activity.id)]))
        self.assertTrue(activity.with_user(self.member).has_access('read'))
        self.assertEqual(
            self.env['mail.activity'].search_count([('summary', 'ilike', "Birthday of")]), 1)

    @freeze_time('2026-03-10 09:00:00')
    def test_reminds_once_a_year(self):
        entry = self.birthday(14, 3)
        self.run_job()
        first = entry.reminder_id
        self.run_job()
        self.assertEqual(entry.reminder_id, first)
        first.with_user(self.member).action_done()
        first.unlink()
        self.run_job()
        self.assertFalse(entry.reminder_id, "done is done")
        with freeze_time('2027-03-08 09:00:00'):
            self.run_job()
            self.assertEqual(
                fields.Date.to_string(entry.reminder_id.date_deadline), '2027-03-14')

    def test_born_on_the_29th_of_february(self):
        with freeze_time('2026-02-25 09:00:00'):
            entry = self.birthday(29, 2)
            self.run_job()
            self.assertEqual(
                fields.Date.to_string(entry.reminder_id.date_deadline), '2026-02-28')
        with freeze_time('2028-02-25 09:00:00'):
            entry = self.birthday(29, 2, self.other_contact)
            self.run_job()
            self.assertEqual(
                fields.Date.to_string(entry.reminder_id.date_deadline), '2028-02-29')

    @freeze_time('2026-03-10 09:00:00')
    def test_nobody_is_reminded_who_may_not_know(self):
        entry = self.birthday(14, 3)
        self.member.group_ids -= self.env.ref(GROUP)
        self.run_job()
        self.assertFalse(entry.reminder_id)
        account = self.env['crm.key.account'].create({
            'partner_id': self.customer.id, 'company_id': self.company.id,
            'user_id': self.salesperson.id})
        self.run_job()
        self.assertFalse(entry.reminder_id)
        account.user_id = self.member_both
        self.run_job()
        activity = entry.reminder_id
        self.assertEqual(activity.user_id, self.member_both)
        self.member_both.group_ids -= self.env.ref(GROUP)
        self.run_job()
        self.assertFalse(activity.exists(), "taken away with the right to know")

    @freeze_time('2026-03-10 09:00:00')
    def test_reminders_go_with_the_entry_and_can_be_switched_off(self):
        entry = self.birthday(14, 3)
        self.run_job()
        activity = entry.reminder_id
        entry.with_user(self.member).unlink()
        self.assertFalse(activity.exists())
        self.company.birthday_reminder_days = 2
        entry = self.birthday(14, 3)
        self.run_job()
        self.assertFalse(entry.reminder_id)
        self.company.birthday_reminder_days = 0
        entry = self.birthday(10, 3, self.other_contact)
        self.run_job()
        self.assertFalse(entry.reminder_id)
