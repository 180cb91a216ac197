"""The quality of leads and contacts, by the checks that a consultant sets up."""

from odoo.exceptions import AccessError, ValidationError
from odoo.tests import tagged

from .common import CrmPlusCommon


@tagged('post_install', '-at_install')
class TestQuality(CrmPlusCommon):

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.checks = cls.env['crm.quality.check']
        cls.checks.search([]).active = False
        cls.belgium = cls.env.ref('base.be')

    @classmethod
    def check(cls, field, weight, kind='filled', applies_to='any_lead', **values):
        model = 'res.partner' if applies_to in ('contact', 'company', 'person') else 'crm.lead'
        return cls.checks.create({
            'field_id': cls.env['ir.model.fields']._get(model, field).id,
            'applies_to': applies_to, 'kind': kind, 'weight': weight, **values,
        })

    def lead(self, **values):
        return self.env['crm.lead'].create({
            'name': "Lead", 'type': 'lead', 'user_id': self.salesperson.id,
            'company_id': self.company.id, 'country_id': self.belgium.id, **values,
        })

    def texts(self, record):
        record.invalidate_recordset(['quality_problems', 'quality_text'])
        return [problem['text'] for problem in record.quality_problems or []]

    # ------------------------------------------------------------
    # SCORE, WORKED BY HAND
    # ------------------------------------------------------------

    def test_score_is_what_is_in_order_out_of_what_is_asked_for(self):
        self.check('email_from', 30, 'email')
        self.check('phone', 20, 'phone')
        self.check('contact_name', 10)
        lead = self.lead(email_from='ann@example.com', phone='12')
        # 30 of 30 + 20 + 10
        self.assertEqual(lead.quality_score, 50)
        self.assertEqual(self.texts(lead), [
            "Phone is no valid number in its country; write it with the country code, like "
            "+32 2 123 45 67",
            "Contact Name is missing",
        ])
        lead.phone = '02 534 56 78'
        # 50 of 60: 83.3
        self.assertEqual(lead.quality_score, 83)
        lead.contact_name = "Ann"
        self.assertEqual(lead.quality_score, 100)
        self.assertFalse(self.texts(lead))

    def test_halves_are_rounded_up(self):
        self.check('email_from', 7)
        self.check('phone', 1)
        # 1 of 8: 12.5; 7 of 8: 87.5
        self.assertEqual(self.lead(phone='1').quality_score, 13)
        self.assertEqual(self.lead(email_from='a@example.com').quality_score, 88)

    def test_an_empty_field_does_no_harm_where_it_may_be_empty(self):
        self.check('contact_name', 10)
        self.check('email_from', 30, 'email', required=False)
        self.assertEqual(self.lead(contact_name="Ann").quality_score, 100)
        self.assertEqual(self.lead(contact_name="Ann", email_from='?').quality_score, 25)

    def test_an_amount_of_zero_and_an_empty_paragraph_are_missing(self):
        self.check('expected_revenue', 10)
        self.check('description', 10)
        self.assertEqual(self.lead(description='<p><br></p>').quality_score, 0)
        self.assertEqual(
            self.lead(description='<p>Hello</p>', expected_revenue=5).quality_score, 100)

    def test_faults_are_told_in_words(self):
        self.check('email_from', 10, 'email', hint="Ask for it on the phone.")
        words = {
            'ann@gmial.com': "Email looks mistyped: is ann@gmail.com meant?",
            'ann@mailinator.com':
                "Email is of mailinator.com, where addresses are thrown away after use",
            'ann@office.local': "Email cannot work: there is no mail domain office.local",
            'ann': "Email is no valid e-mail address",
            False: "Email is missing",
        }
        for address, text in words.items():
            with self.subTest(address):
                lead = self.lead(email_from=address)
                self.assertEqual(self.texts(lead), [text])
                self.assertEqual(lead.quality_text, text)
                self.assertEqual(lead.quality_problems[0]['field'], 'email_from')
                self.assertEqual(lead.quality_problems[0]['hint'], "Ask for it on the phone.")

    def test_a_domain_that_is_accepted_is_no_fault(self):
        self.check('email_from', 10, 'email')
        self.env['crm.quality.mail.domain'].search([('name', '=', 'mailinator.com')]).active = False
        self.assertEqual(self.lead(email_from='ann@mailinator.com').quality_score, 100)

    def test_domains_are_compared_as_people_write_them(self):
        self.check('email_from', 10, 'email')
        domains = self.env['crm.quality.mail.domain']
        domains.create({'name': ' @Exmaple.COM ', 'kind': 'typo', 'meant': 'example.com'})
        self.assertIn(
            'ann@example.com', self.texts(self.lead(email_from='Ann@exmaple.com'))[0])
        with self.assertRaises(ValidationError):
            domains.create({'name': 'exmapel.com', 'kind': 'typo'})

    def test_leads_and_opportunities_are_held_to_their_own_checks(self):
        self.check('contact_name', 10, applies_to='lead')
        self.check('expected_revenue', 10, applies_to='opportunity')
        self.check('phone', 10)
        lead = self.lead(contact_name="Ann")
        self.assertEqual(lead.quality_score, 50)
        lead.type = 'opportunity'
        self.assertEqual(lead.quality_score, 0)
        lead.write({'expected_revenue': 10, 'phone': '1'})
        self.assertEqual(lead.quality_score, 100)

    def test_contacts(self):
        self.check('vat', 20, 'vat', applies_to='company', required=False)
        self.check('function', 10, applies_to='person')
        self.check('email', 10, 'email', applies_to='contact')
        company, person = self.env['res.partner'].create([
            {'name': "Company", 'is_company': True, 'country_id': self.belgium.id,
             'email': 'info@example.com'},
            {'name': "Person"},
        ])
        self.assertEqual((company.quality_score, person.quality_score), (100, 0))
        company.with_context(no_vat_validation=True).vat = 'BE0477472702'
        # 10 of 20 + 10
        self.assertEqual(company.quality_score, 33)
        self.assertEqual(
            self.texts(company), ["Tax ID has not the form or the check digits of its country"])
        company.vat = 'BE0477472701'
        self.assertEqual(company.quality_score, 100)
        person.write({'function': "Buyer", 'email': 'x@gmial.com'})
        self.assertEqual(person.quality_score, 50)
        address = self.env['res.partner'].create({
            'name': "Depot", 'parent_id': company.id, 'type': 'delivery'})
        self.assertEqual(address.quality_score, 100, "a mere address is asked for nothing")

    def test_nothing_is_asked_for_without_checks(self):
        lead = self.lead()
        self.assertEqual((lead.quality_score, lead.quality_stamp), (100, 0))

    # ------------------------------------------------------------
    # COMPANIES
    # ------------------------------------------------------------

    def test_a_company_checks_its_own_records_on_top(self):
        self.check('phone', 10)
        self.check('contact_name', 30, company_id=self.company_b.id)
        here = self.lead(phone='1')
        there = self.lead(phone='1', company_id=self.company_b.id, user_id=self.manager.id)
        shared = self.lead(phone='1', company_id=False, user_id=False)
        self.assertEqual(here.quality_score, 100)
        self.assertEqual(there.quality_score, 25)
        self.assertEqual(shared.quality_score, 100)
        there.company_id = self.company
        self.assertEqual(there.quality_score, 100)

    def test_checks_of_another_company_are_not_seen(self):
        mine, other = self.check('phone', 10), self.check(
            'phone', 10, company_id=self.company_b.id)
        seen = self.as_user(self.checks, self.salesperson).search([])
        self.assertIn(mine, seen)
        self.assertNotIn(other, seen)
        both = self.as_user(self.checks, self.manager)
        self.assertIn(other, both.search([]))
        with self.assertRaises(AccessError):
            self.as_user(other, self.manager, self.company).weight = 1

    def test_managers_set_up_and_salespersons_read(self):
        check = self.check('phone', 10)
        lead = self.lead()
        self.as_user(check, self.manager).weight = 20
        for user in (self.salesperson, self.lead_seller):
            with self.assertRaises(AccessError):
                self.as_user(check, user).weight = 1
            with self.assertRaises(AccessError):
                self.as_user(check, user).action_rescore()
        with self.assertRaises(AccessError):
            self.as_user(check, self.outsider).check_access('read')
        self.assertEqual(
            self.as_user(lead, self.salesperson).quality_text, "Phone is missing")
        with self.assertRaises(AccessError):
            self.as_user(self.customer, self.outsider).read(['quality_text'])

    def test_a_manager_who_administers_nothing_else_chooses_the_field(self):
        checks = self.as_user(self.checks, self.manager)
        choosable = checks.new({'applies_to': 'any_lead'}).choosable_field_ids
        phone = choosable.filtered(lambda field: field.name == 'phone')
        check = checks.create({'applies_to': 'any_lead', 'field_id': phone._origin.id})
        self.assertEqual(check.display_name, "Phone: Is filled in")
        self.assertTrue(check.web_read({'field_id': {'fields': {'display_name': {}}}}))

    # ------------------------------------------------------------
    # CHECKS THAT CANNOT BE
    # ------------------------------------------------------------

    def test_only_fields_of_the_record_can_be_checked(self):
        with self.assertRaises(ValidationError):
            self.check('probability', 10)
        with self.assertRaises(ValidationError):
            self.check('country_id', 10, 'email')
        field = self.env['ir.model.fields']._get('res.partner', 'vat')
        with self.assertRaises(ValidationError):
            self.check('phone', 10, field_id=field.id)

    def test_a_field_of_ones_own_can_be_checked(self):
        self.env['ir.model.fields'].create({
            'name': 'x_fleet', 'model_id': self.env['ir.model']._get('crm.lead').id,
            'ttype': 'integer', 'field_description': "Size of the fleet",
        })
        self.check('x_fleet', 10)
        lead = self.lead()
        self.assertEqual(lead.quality_score, 0)
        self.assertEqual(self.texts(lead), ["Size of the fleet is missing"])
        lead.x_fleet = 12
        self.assertEqual(lead.quality_score, 100)

    # ------------------------------------------------------------
    # CHANGED CHECKS
    # ------------------------------------------------------------

    def rescore(self):
        self.patch(self.env.registry['ir.cron'], '_commit_progress', lambda *_a, **_k: 60.0)
        self.env.flush_all()
        self.checks._cron_rescore()
        self.env.invalidate_all()

    def test_changed_checks_score_again_what_was_scored_before(self):
        check = self.check('phone', 10)
        lead, full = self.lead(), self.lead(phone='1', email_from='ann@example.com')
        written = lead.write_date
        self.rescore()
        self.assertEqual((lead.quality_score, full.quality_score), (0, 100))
        self.assertFalse(self.checks._pending_count())
        self.check('email_from', 30, 'email')
        self.assertGreater(self.checks._pending_count(), 1)
        self.rescore()
        self.assertEqual((lead.quality_score, full.quality_score), (0, 100))
        check.weight = 90
        full.phone = False
        self.rescore()
        self.assertEqual(full.quality_score, 25)
        self.assertEqual(lead.write_date, written, "nobody has changed the lead")
        self.assertFalse(self.checks._pending_count())

    def test_a_changed_list_of_domains_scores_again(self):
        self.check('email_from', 10, 'email')
        lead = self.lead(email_from='ann@doubtful.example')
        self.rescore()
        self.assertEqual(lead.quality_score, 100)
        self.env['crm.quality.mail.domain'].create({
            'name': 'doubtful.example', 'kind': 'disposable'})
        self.rescore()
        self.assertEqual(lead.quality_score, 0)

    def test_recompute_now_says_how_far_it_is(self):
        self.check('phone', 10)
        self.lead()
        action = self.as_user(self.checks, self.manager).action_rescore()
        self.assertEqual(action['params']['type'], 'success')
        self.assertFalse(self.checks._pending_count())

    # ------------------------------------------------------------
    # COST
    # ------------------------------------------------------------

    def queries_to_create(self, count):
        """Return what it takes to create so many leads and to change them, in queries."""
        def create():
            leads = self.env['crm.lead'].with_user(self.salesperson).create([
                {'name': f"Lead {number}", 'type': 'lead', 'contact_name': "Ann",
                 'email_from': f'ann{number}@example.com'}
                for number in range(count)
            ])
            self.env.flush_all()
            leads.write({'phone': '02 534 56 78', 'website': 'example.com'})
            self.env.flush_all()
            self.env.invalidate_all()

        create()
        before = self.env.cr.sql_log_count
        create()
        return self.env.cr.sql_log_count - before

    def test_checks_cost_no_query(self):
        for count in (1, 10):
            with self.subTest(leads=count):
                self.checks.with_context(active_test=False).search([]).active = False
                without = self.queries_to_create(count)
                self.checks.with_context(active_test=False).search([]).active = True
                self.assertEqual(self.queries_to_create(count), without)

    def test_scoring_again_costs_the_same_for_many(self):
        def rescore(count):
            leads = self.env['crm.lead'].create([
                {'name': f"Lead {number}", 'type': 'lead'} for number in range(count)
            ])
            self.env.flush_all()
            self.env.cr.execute(
                'UPDATE crm_lead SET quality_stamp = NULL WHERE id = ANY(%s)', [leads.ids])
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            self.assertEqual(self.checks._rescore('crm.lead', min(leads.ids) - 1), leads)
            return self.env.cr.sql_log_count - before

        self.check('phone', 10, 'phone')
        self.rescore()
        rescore(1)
        self.assertEqual(rescore(10), rescore(100))
