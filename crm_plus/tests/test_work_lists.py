"""Work lists: what is incomplete, stale or contradictory, and what is not an issue."""

from datetime import timedelta

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.tests import tagged

from .common import CrmPlusCommon


class WorkListCommon(CrmPlusCommon):

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.leads = cls.env['crm.lead']
        cls.belgium, cls.france = cls.env.ref('base.be'), cls.env.ref('base.fr')
        cls.won_stage = cls.env['crm.stage'].search([('is_won', '=', True)], limit=1)

    def lead(self, **values):
        return self.leads.create({
            'name': "Lead", 'type': 'opportunity', 'user_id': self.salesperson.id,
            'company_id': self.company.id, **values,
        })

    def found(self, record):
        """What is found on a record, apart from what is missing."""
        self.env.invalidate_all()
        return [kind for kind, _detail in record._find()[record.id] if kind != 'incomplete']

    def waive(self, records, user, reason="Checked", **values):
        dialog = self.as_user(
            self.env['crm.quality.waive'].with_context(work_list='all'), user).create({
            f'{records.WAIVER_COLUMN}s': [Command.set(records.ids)], 'reason': reason, **values,
        })
        dialog.action_waive()
        return dialog


@tagged('post_install', '-at_install')
class TestContradictions(WorkListCommon):

    def test_leads(self):
        yesterday = fields.Date.today() - timedelta(days=1)
        person = self.env['res.partner'].create({
            'name': "Ann", 'email': 'ann@other.example', 'country_id': self.france.id,
            'parent_id': self.customer.id,
        })
        gone = self.env['res.users'].create({
            'name': "Gone", 'login': 'gone', 'company_id': self.company.id,
            'company_ids': [Command.set(self.company.ids)],
        })
        with_gone = self.lead(user_id=gone.id)
        gone.active = False
        with_archived = self.lead(partner_id=self.stranger.id)
        self.stranger.active = False
        elsewhere = self.lead(partner_id=person.id)
        elsewhere.write({'country_id': self.belgium.id, 'partner_name': "Somebody Else"})
        for kinds, lead in (
            (['email_website'], self.lead(
                email_from='a@acme.example', website='https://www.other.example/en')),
            ([], self.lead(email_from='a@acme.example', website='https://shop.acme.be/x')),
            ([], self.lead(email_from='a@mail.acme.example', website='acme.com')),
            ([], self.lead(email_from='a@gmail.com', website='acme.com')),
            ([], self.lead(email_from='a@acme.example', website='linkedin.com/company/acme')),
            (['phone_country'], self.lead(
                phone='+33 1 42 68 53 00', country_id=self.belgium.id)),
            ([], self.lead(phone='02 534 56 78', country_id=self.belgium.id)),
            ([], self.lead(
                phone='+1 809-555-1234', country_id=self.env.ref('base.do').id)),
            (['state_country'], self.lead(
                country_id=self.belgium.id, state_id=self.env.ref('base.state_us_5').id)),
            (['closing_past'], self.lead(date_deadline=yesterday)),
            ([], self.lead(date_deadline=fields.Date.today())),
            ([], self.lead(date_deadline=yesterday, type='lead')),
            (['sure_but_open'], self.lead(probability=100)),
            (['seller_left'], with_gone),
            (['archived_contact'], with_archived),
            (['contact_country', 'contact_company'], elsewhere),
        ):
            with self.subTest(kinds=kinds, lead=lead.read(['email_from', 'phone'])):
                self.assertEqual(self.found(lead), kinds)
                self.assertEqual(lead.is_contradictory, bool(kinds))
                self.assertEqual(
                    lead in self.leads.search([('is_contradictory', '=', True)]), bool(kinds))
                for kind in kinds:
                    self.assertIn(lead, self.leads.search([('finding_kind', '=', kind)]))

    def test_open_without_any_chance_when_somebody_said_so(self):
        lead = self.lead()
        lead.write({'automated_probability': 40, 'probability': 0})
        self.assertEqual(self.found(lead), ['zero_probability'])
        lead.automated_probability = 0
        self.assertEqual(self.found(lead), [], "without a history Odoo predicts nothing")

    def test_won_without_an_order(self):
        lead = self.lead(partner_id=self.customer.id, stage_id=self.won_stage.id)
        self.assertEqual(self.found(lead), ['won_without_order'])
        order = self.make_order(self.customer, 100, '2024-01-01', confirm=False)
        order.opportunity_id = lead
        self.assertEqual(self.found(lead), ['won_without_order'], "a quotation is no order")
        order.action_confirm()
        self.assertEqual(self.found(lead), [])

    def test_a_lead_that_differs_from_its_contact(self):
        lead = self.lead(partner_id=self.contact.id)
        self.assertEqual(self.found(lead), [])
        # as an import or another program may leave it
        self.env.cr.execute(
            "UPDATE crm_lead SET email_normalized = 'old@example.com' WHERE id = %s", [lead.id])
        self.assertEqual(self.found(lead), ['contact_email'])
        self.assertEqual(
            lead.finding_text.rpartition('; ')[2],
            "The e-mail is not that of the contact (old@example.com / one@example.com)")

    def test_contacts(self):
        germany = self.env.ref('base.de')
        company = self.env['res.partner'].with_context(no_vat_validation=True).create({
            'name': "Company", 'is_company': True, 'vat': 'FR23334175221',
            'country_id': germany.id, 'email': 'info@acme.example', 'website': 'other.example',
        })
        self.assertEqual(self.found(company), ['email_website', 'vat_country'])
        person = self.env['res.partner'].create({'name': "Person", 'parent_id': company.id})
        self.assertEqual(self.found(person), [])
        # as a merge in another program may leave it
        self.env.cr.execute(
            'UPDATE res_partner SET active = false WHERE id = %s', [company.id])
        self.assertEqual(self.found(person), ['archived_company'])
        self.assertEqual(self.found(company), [], "what is archived needs no work")
        self.assertEqual(
            self.found(self.salesperson.partner_id), [], "one's own people are no customers")

    def test_many_cost_as_much_as_one(self):
        def queries(count):
            leads = self.leads.create([
                {'name': f"Lead {number}", 'type': 'opportunity', 'company_id': self.company.id,
                 'date_deadline': '2020-01-01'} for number in range(count)
            ])
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            self.assertEqual(leads.mapped('is_contradictory'), [True] * count)
            leads.mapped('finding_text')
            return self.env.cr.sql_log_count - before

        queries(1)
        self.assertEqual(queries(5), queries(50))


@tagged('post_install', '-at_install')
class TestStale(WorkListCommon):

    def old(self, days=40, **values):
        """A lead on which nothing has happened for so many days."""
        lead = self.lead(**values)
        self.env.flush_all()
        self.env.cr.execute(
            """
            UPDATE crm_lead SET create_date = now() - %(days)s * interval '1 day',
                   date_last_stage_update = now() - %(days)s * interval '1 day',
                   date_open = now() - %(days)s * interval '1 day'
             WHERE id = %(id)s
            """, {'days': days, 'id': lead.id})
        self.env.cr.execute(
            """
            UPDATE mail_message SET date = now() - %(days)s * interval '1 day'
             WHERE model = 'crm.lead' AND res_id = %(id)s
            """, {'days': days, 'id': lead.id})
        self.env.invalidate_all()
        return lead

    def is_stale(self, lead):
        self.env.flush_all()
        self.env.invalidate_all()
        self.assertEqual(
            lead.is_stale, lead in self.leads.search([('is_stale', '=', True)]))
        return lead.is_stale

    def test_nothing_for_longer_than_the_company_allows(self):
        lead, recent = self.old(31), self.old(29)
        self.assertEqual((self.is_stale(lead), self.is_stale(recent)), (True, False))
        self.company.lead_stale_days = 28
        self.assertTrue(self.is_stale(recent))
        self.company.lead_stale_days = 0
        self.assertFalse(self.is_stale(lead))
        self.company_b.lead_stale_days = 30
        self.assertFalse(self.is_stale(lead), "another company's setting")

    def test_what_somebody_does_counts(self):
        for act in (
            lambda lead: lead.message_post(body="Called", message_type='comment'),
            lambda lead: lead.message_post(
                body="Hello", message_type='email', email_from='ann@example.com'),
            lambda lead: lead.write({'stage_id': self.won_stage.id}),
            lambda lead: lead.activity_schedule(
                'mail.mail_activity_data_call').action_feedback(),
            lambda lead: lead.activity_schedule('mail.mail_activity_data_call'),
        ):
            lead = self.old()
            self.assertTrue(self.is_stale(lead))
            act(lead)
            self.assertFalse(self.is_stale(lead))

    def test_what_happens_by_itself_does_not(self):
        lead = self.old()
        lead.message_post(body="Changed", message_type='notification')
        lead.message_post(body="We got your message", message_type='auto_comment')
        lead.activity_schedule(
            'mail.mail_activity_data_call',
            date_deadline=fields.Date.today() - timedelta(days=3))
        self.assertTrue(self.is_stale(lead), "what was planned and not done counts for nothing")

    def test_closed_leads_are_not_stale(self):
        lead = self.old()
        lead.action_set_lost()
        self.assertFalse(self.is_stale(lead))


@tagged('post_install', '-at_install')
class TestNotAnIssue(WorkListCommon):

    def contradictory(self, **values):
        return self.lead(**{'email_from': 'a@acme.example', 'website': 'other.example', **values})

    def test_it_stays_away_until_it_changes(self):
        lead = self.contradictory(date_deadline='2020-01-01')
        self.waive(lead, self.salesperson, "Same group", kind='email_website')
        self.assertEqual(self.found(lead), ['closing_past'])
        [waiver] = lead.quality_waiver_ids
        self.assertEqual(waiver.create_uid, self.salesperson)
        self.assertEqual((waiver.reason, waiver.detail), (
            "Same group", 'acme.example / other.example'))
        lead.website = 'third.example'
        self.assertEqual(self.found(lead), ['email_website', 'closing_past'])
        lead.website = 'other.example'
        self.assertEqual(self.found(lead), ['closing_past'])

    def test_all_that_was_found_at_once(self):
        leads = self.contradictory(date_deadline='2020-01-01') + self.contradictory()
        dialog = self.env['crm.quality.waive'].new({'lead_ids': [Command.set(leads.ids)]})
        self.assertIn("E-mail and website are of different domains: 2", dialog.found_text)
        self.assertIn("Expected to close in the past, but still open: 1", dialog.found_text)
        self.waive(leads, self.salesperson)
        self.assertFalse(any(self.found(lead) for lead in leads))
        with self.assertRaises(UserError):
            self.waive(leads, self.salesperson)

    def test_brought_back_and_still_on_record(self):
        lead = self.contradictory()
        self.waive(lead, self.salesperson)
        waiver = lead.quality_waiver_ids.filtered(lambda it: it.kind == 'email_website')
        self.as_user(waiver, self.lead_seller).action_bring_back()
        self.assertEqual(self.found(lead), ['email_website'])
        self.assertFalse(waiver.active)
        self.assertEqual(waiver.ended_by_id, self.lead_seller)
        self.waive(lead, self.salesperson)
        self.assertEqual(self.found(lead), [], "it can be said again")

    def test_incomplete_and_stale_too(self):
        lead = self.lead()
        self.assertTrue(lead.is_incomplete)
        self.waive(lead, self.salesperson, kind='incomplete')
        self.env.invalidate_all()
        self.assertFalse(lead.is_incomplete)
        lead.contact_name = "Ann"
        self.env.invalidate_all()
        self.assertTrue(lead.is_incomplete, "another score, another look")

    def test_a_work_list_is_about_its_own_findings_alone(self):
        lead = self.contradictory()
        self.assertTrue(lead.is_incomplete)
        action = lead.with_context(work_list='contradictory').action_not_an_issue()
        self.env[action['res_model']].with_context(**action['context']).create(
            {'reason': "Same group"}).action_waive()
        self.env.invalidate_all()
        self.assertFalse(lead.is_contradictory)
        self.assertTrue(lead.is_incomplete)

    def test_who_may_say_so(self):
        mine, others = self.contradictory(), self.contradictory(user_id=self.colleague.id)
        there = self.contradictory(user_id=self.manager.id, company_id=self.company_b.id)
        self.waive(mine, self.salesperson)
        for lead in (others, there):
            with self.assertRaises(AccessError), self.cr.savepoint():
                self.waive(lead, self.salesperson)
            with self.assertRaises(AccessError), self.cr.savepoint():
                self.env['crm.quality.waiver'].with_user(self.salesperson).create({
                    'lead_id': lead.id, 'kind': 'stale', 'reason': "Mine now"})
        self.waive(others, self.lead_seller)
        self.waive(there, self.manager)
        waivers = self.env['crm.quality.waiver']
        self.assertEqual(
            self.as_user(waivers, self.salesperson).search([]).lead_id, mine)
        self.assertEqual(
            self.as_user(waivers, self.manager, self.company).search([]).lead_id, mine | others)
        self.assertEqual(
            self.as_user(waivers, self.manager).search([]).lead_id, mine | others | there)
        theirs = waivers.search([('lead_id', '=', others.id)], limit=1)
        with self.assertRaises(AccessError):
            self.as_user(theirs, self.salesperson).action_bring_back()
        for user in (self.salesperson, self.manager):
            with self.assertRaises(AccessError):
                self.as_user(waivers.search([('lead_id', '=', mine.id)], limit=1), user).write(
                    {'reason': "Rewritten"})

    def test_contacts(self):
        self.customer.write({'website': 'other.test', 'email': 'info@acme.test'})
        self.assertEqual(self.found(self.customer), ['email_website'])
        self.waive(self.customer, self.manager)
        self.assertEqual(self.found(self.customer), [])
        self.assertEqual(self.customer.quality_waiver_ids[:1].create_uid, self.manager)


@tagged('post_install', '-at_install')
class TestWorkLists(WorkListCommon):

    def test_incomplete_is_what_is_below_the_bar_of_the_company(self):
        self.company.lead_quality_bar, self.company_b.lead_quality_bar = 50, 0
        lead = self.lead()
        there = self.lead(company_id=self.company_b.id, user_id=self.manager.id)
        self.assertLess(lead.quality_score, 50)
        incomplete = self.leads.search([('is_incomplete', '=', True)])
        self.assertIn(lead, incomplete)
        self.assertNotIn(there, incomplete)
        self.assertFalse(lead.finding_text, "on the form, what is missing stands beside it")
        self.assertEqual(
            lead.with_context(work_list='incomplete').finding_text, lead.quality_text)
        self.assertIn(there, self.leads.search([('is_incomplete', '=', False)]))
        self.company.lead_quality_bar = 0
        self.assertNotIn(lead, self.leads.search([('is_incomplete', '=', True)]))

    def test_everybody_sees_what_they_may(self):
        mine = self.lead(date_deadline='2020-01-01')
        others = self.lead(date_deadline='2020-01-01', user_id=self.colleague.id)
        there = self.lead(
            date_deadline='2020-01-01', user_id=self.manager.id, company_id=self.company_b.id)
        domain = [('is_contradictory', '=', True), ('date_deadline', '=', '2020-01-01')]
        for user, companies, seen in (
            (self.salesperson, None, mine),
            (self.lead_seller, self.company, mine | others),
            (self.manager, None, mine | others | there),
        ):
            self.assertEqual(self.as_user(self.leads, user, companies).search(domain), seen)

    def test_hand_out_and_plan(self):
        leads = self.lead() + self.lead()
        action = leads.with_user(self.lead_seller).action_hand_out()
        dialog = self.env[action['res_model']].with_user(self.lead_seller).with_context(
            **action['context']).create({'user_id': self.colleague.id})
        dialog.action_hand_out()
        self.assertEqual(leads.user_id, self.colleague)
        with self.assertRaises(UserError):
            self.env['crm.lead.hand.out'].create(
                {'lead_ids': [Command.set(leads.ids)]}).action_hand_out()
        with self.assertRaises(AccessError):
            self.env['crm.lead.hand.out'].with_user(self.salesperson).create({
                'lead_ids': [Command.set(leads.ids)], 'user_id': self.salesperson.id,
            }).action_hand_out()
        action = leads.with_user(self.lead_seller).action_schedule_activity()
        dialog = self.env[action['res_model']].with_user(self.lead_seller).with_context(
            **action['context']).create({
                'activity_type_id': self.env.ref('mail.mail_activity_data_call').id})
        dialog.action_schedule_activities()
        self.assertEqual(len(leads.activity_ids), 2)
