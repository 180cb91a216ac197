from odoo.exceptions import AccessError
from odoo.tests import Form, new_test_user, tagged

from ..models import crm_duplicate_finder
from .common import CrmPlusCommon


@tagged('post_install', '-at_install', 'crm_plus_duplicates')
class TestDuplicates(CrmPlusCommon):
    """Who exists already, among what the reader may see."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.globex = cls.env['res.partner'].create({
            'name': "Globex Ltd", 'is_company': True, 'website': "https://www.globex.test",
            'email': "info@globex.test", 'vat': "BE0477472701", 'city': "Bern",
        })
        cls.lead = cls.make_request("Ten lorries", partner_name="Globex Limited", city="Bern",
                                    email_from="Hank <hank@globex.test>", phone="+32 2 290 34 90")

    @classmethod
    def make_request(cls, name, **values):
        return cls.env['crm.lead'].create({
            'name': name, 'type': 'lead', 'user_id': False, 'team_id': False,
            'company_id': cls.company.id, **values,
        })

    def find(self, user=None, companies=None, model='crm.lead', record_id=False, **values):
        records = self.as_user(self.env[model], user or self.salesperson, companies)
        answer = records.find_duplicates(values, record_id)
        return [(match['model'], match['id']) for match in answer['matches']]

    def matches(self, model='crm.lead', user=None, **values):
        return self.as_user(self.env[model], user or self.salesperson).find_duplicates(
            values)['matches']

    # -- keys

    def test_keys_are_computed_from_the_record_itself(self):
        self.assertEqual(self.lead.match_name, 'globex')
        self.assertEqual(self.globex.match_name, 'globex')
        self.assertEqual(self.globex.match_web_domain, 'globex.test')
        self.assertEqual(self.globex.match_mail_domain, '@globex.test')
        self.assertEqual(self.globex.match_vat, '0477472701')

    def test_subsidiaries_share_the_domain_of_their_group(self):
        values = {'name': "Initech", 'is_company': True, 'email': "office@globex.test"}
        initech = self.env['res.partner'].create({'name': "Initech", 'is_company': True})
        globex = ('res.partner', self.globex.id)
        self.assertIn(globex, self.find(model='res.partner', **values))
        self.assertIn(globex, self.find(model='res.partner', record_id=initech.id, **values))
        self.assertNotIn(
            globex, self.find(model='res.partner', **values, vat="BE0428759497"))
        initech.write({'group_parent_id': self.globex.id, 'email': "office@globex.test"})
        self.assertNotIn(
            globex, self.find(model='res.partner', record_id=initech.id, **values))
        self.assertNotIn(('res.partner', initech.id), self.find(
            model='res.partner', record_id=self.globex.id, name="Globex Ltd", is_company=True,
            website="https://www.globex.test"))

    def test_public_mail_domains_are_no_key(self):
        partner = self.env['res.partner'].create({'name': "Ann", 'email': "ann@gmail.com"})
        self.assertFalse(partner.match_mail_domain)
        self.assertFalse(self.matches(email_from="bob@gmail.com"))

    def test_keys_cost_no_statement(self):
        values = {'name': "Key", 'user_id': False, 'team_id': False}
        self.env['crm.lead'].create(values)
        self.env.flush_all()
        self.lead.write({'partner_name': "Warm"})
        self.env.flush_all()
        with self.assertQueryCount(1):
            self.lead.with_context(tracking_disable=True).write(
                {'website': "https://www.other.test", 'partner_name': "Other"})
            self.env.flush_all()

    # -- looking up

    def test_every_key_finds(self):
        lead, customer = ('crm.lead', self.lead.id), ('res.partner', self.globex.id)
        self.assertEqual(self.find(email_from="HANK@globex.test"), [lead, customer])
        self.assertEqual(self.find(phone="0032 2 290 34 90"), [lead])
        self.assertEqual(self.find(partner_name="GLOBEX AG"), [customer, lead][::-1])
        self.assertEqual(self.find(website="globex.test/about"), [lead, customer])
        self.assertEqual(
            self.find(model='res.partner', name="New", vat="0477.472.701"), [customer])

    def test_similar_names_are_found_beside_each_other(self):
        """By the second question, which is asked while the answer to the first is shown."""
        self.patch(self.registry, 'has_trigram', False)
        values = {'partner_name': "Globexx Inc", 'city': "Bern"}
        self.assertFalse(self.find(**values))
        leads = self.as_user(self.env['crm.lead'], self.salesperson)
        self.assertEqual(
            {match['model'] for match in leads.find_duplicates(values, thorough=True)['matches']},
            {'crm.lead', 'res.partner'})

    def test_similar_names_are_found_anywhere_by_the_extension(self):
        if not self.registry.has_trigram:
            self.skipTest("the database has no pg_trgm")
        self.patch(crm_duplicate_finder, 'NEIGHBOURS', 0)
        values = {'partner_name': "AGlobex Trading", 'city': "Bern"}
        self.company.duplicate_likeness = 50
        self.company.duplicate_warn_score = 30
        leads = self.as_user(self.env['crm.lead'], self.salesperson)
        self.lead.partner_name = "Globex Trading"
        self.env.flush_all()
        self.assertFalse(leads.find_duplicates(values)['count'])
        [match] = leads.find_duplicates(values, thorough=True)['matches']
        self.assertEqual(match['id'], self.lead.id)

    def test_reasons_in_words(self):
        [match, *_more] = self.matches(
            email_from="hank@globex.test", partner_name="Globexx", city="bern")
        self.assertEqual(match['score'], 100)
        self.assertEqual(match['reasons'], ["same e-mail", "name 80 % alike", "same city"])
        self.assertEqual((match['model'], match['kind']), ('crm.lead', "Lead"))

    def test_a_record_is_not_its_own_duplicate(self):
        self.assertEqual(
            self.find(record_id=self.lead.id, email_from="hank@globex.test", name="Ten lorries"),
            [('res.partner', self.globex.id)])

    def test_lost_leads_are_named_as_such(self):
        self.lead.action_set_lost()
        [match] = self.matches(phone="+32 2 290 34 90")
        self.assertEqual(match['badge'], "Lost")
        self.assertFalse(match['can_merge'])

    def test_thresholds_and_points_of_the_company(self):
        rule = self.env['crm.duplicate.rule'].create(
            {'kind': 'phone', 'points': 40, 'company_id': self.company.id})
        self.assertFalse(self.find(phone="+32 2 290 34 90"), "40 points are below 50")
        self.company.duplicate_warn_score = 40
        self.assertTrue(self.find(phone="+32 2 290 34 90"))
        rule.points = 30
        self.assertFalse(self.find(phone="+32 2 290 34 90"))
        rule.unlink()
        self.assertEqual(self.matches(phone="+32 2 290 34 90")[0]['score'], 60)

    def test_names_count_from_the_likeness_of_the_company(self):
        self.company.duplicate_likeness = 90
        self.assertFalse(self.find(partner_name="Globexx", city="Bern"))

    def test_new_form_values_of_the_web_client(self):
        form = Form(self.env['crm.lead'].with_user(self.salesperson))
        form.name = "Typed"
        form.email_from = "hank@globex.test"
        lead = form.save()
        self.assertIn(('crm.lead', self.lead.id), self.find(
            record_id=lead.id, email_from=lead.email_from, name="Typed",
            company_id={'id': self.company.id, 'display_name': "Company"}))

    # -- what the reader may see

    def test_leads_of_colleagues_are_not_told_to_who_sees_their_own(self):
        self.lead.user_id = self.colleague
        self.assertNotIn(('crm.lead', self.lead.id), self.find(phone="+32 2 290 34 90"))
        self.assertIn(
            ('crm.lead', self.lead.id), self.find(self.lead_seller, phone="+32 2 290 34 90"))

    def test_other_companies_are_not_told(self):
        # odoo/odoo#235926: Odoo's own search of similar leads looks across companies
        self.lead.company_id = self.company_b
        self.assertFalse(self.find(phone="+32 2 290 34 90"))
        self.assertFalse(self.find(self.lead_seller, self.company, phone="+32 2 290 34 90"))
        self.assertTrue(self.find(self.lead_seller, self.company_b, phone="+32 2 290 34 90"))
        self.globex.company_id = self.company_b
        self.assertFalse(self.find(email_from="someone@globex.test"))
        answer = self.as_user(self.env['crm.lead'], self.salesperson).find_duplicates(
            {'email_from': "hank@globex.test"})
        self.assertEqual(answer, {'count': 0, 'matches': []}, "not even a number")

    def test_contacts_alone_are_told_to_who_has_no_leads(self):
        self.assertEqual(
            self.find(self.outsider, model='res.partner', email="hank@globex.test", name="Hank"),
            [('res.partner', self.globex.id)])

    def test_one_asks_only_of_records_that_one_may_read(self):
        self.lead.user_id = self.colleague
        with self.assertRaises(AccessError):
            self.find(record_id=self.lead.id, email_from="hank@globex.test")
        self.globex.company_id = self.company_b
        hidden = self.env['res.partner'].create({
            'name': "Hidden", 'company_id': self.company_b.id, 'parent_id': self.globex.id})
        profile = self.as_user(self.env['crm.lead'], self.salesperson)._typed_profile(
            {'partner_id': hidden.id})
        self.assertFalse(profile.customer_id)

    # -- the number of statements

    def test_a_lookup_costs_the_same_whatever_there_is(self):
        finder = self.as_user(self.env['crm.duplicate.finder'], self.salesperson)
        profile = self.env['crm.lead']._typed_profile(
            {'email_from': "hank@globex.test", 'partner_name': "Globex", 'phone': "+3222903490"})

        def count():
            self.env.invalidate_all()
            before = self.cr.sql_log_count
            found = finder._find([profile], 50)
            return self.cr.sql_log_count - before, len(found[0])

        count()
        few, found = count()
        for number in range(20):
            self.make_request(f"More {number}", email_from="hank@globex.test")
        self.env.flush_all()
        many, more_found = count()
        self.assertEqual(few, many)
        self.assertGreater(more_found, found)

    def test_a_batch_costs_the_same_statements(self):
        leads = self.as_user(self.env['crm.lead'], self.salesperson)
        contacts = self.env['res.partner'].create([
            {'name': f"Contact {number}"} for number in range(100)])
        values_list = [
            {'email_from': f"user{number}@globex.test", 'partner_name': f"Company {number}",
             'partner_id': contact.id, 'country_id': self.env.ref('base.be').id}
            for number, contact in enumerate(contacts)
        ]

        def count(values_list):
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.cr.sql_log_count
            found = leads.find_duplicates_of_many(values_list)
            return self.cr.sql_log_count - before, found

        count(values_list[:1])
        ten, _found = count(values_list[:10])
        hundred, found = count(values_list)
        self.assertEqual(ten, hundred)
        self.assertEqual(len(found), 100)
        self.assertTrue(all(found))

    def test_many_at_once_and_among_themselves(self):
        leads = self.as_user(self.env['crm.lead'], self.salesperson)
        found = leads.find_duplicates_of_many([
            {'name': "New", 'email_from': "new@initech.test"},
            {'name': "Known", 'email_from': "hank@globex.test"},
            {'name': "New again", 'email_from': "New@initech.test"},
        ])
        self.assertEqual(found[0], [])
        self.assertIn({
            'model': 'crm.lead', 'id': self.lead.id, 'score': 80, 'reasons': ["same e-mail"],
        }, found[1])
        self.assertEqual(found[2], [{'row': 0, 'score': 80, 'reasons': ["same e-mail"]}])
        self.lead.user_id = self.colleague
        self.assertNotIn(
            self.lead.id,
            [match['id'] for match in leads.find_duplicates_of_many(
                [{'name': "Known", 'email_from': "hank@globex.test"}])[0]])

    # -- not a duplicate

    def test_customers_with_an_account_decide_on_no_duplicates(self):
        twin = self.contact.copy({'name': "Contact One"})
        portal = new_test_user(
            self.env, login='crm_portal', groups='base.group_portal', partner_id=self.contact.id)
        contact = self.contact.with_user(portal)
        self.assertTrue(contact.has_access('read'), "they read their own company")
        with self.assertRaises(AccessError):
            contact.not_a_duplicate('res.partner', twin.id)

    def test_not_a_duplicate_is_remembered_with_who_and_when(self):
        other = self.make_request("Again", email_from="hank@globex.test")
        as_seller = self.as_user(other, self.salesperson)
        as_seller.not_a_duplicate('crm.lead', self.lead.id)
        pair = self.env['crm.duplicate'].search([('lead_id', '=', self.lead.id)])
        self.assertEqual(pair.state, 'different')
        self.assertEqual(pair.decided_by_id, self.salesperson)
        self.assertTrue(pair.decided_date)
        self.assertNotIn(('crm.lead', self.lead.id), self.find(
            record_id=other.id, email_from="hank@globex.test"))
        self.assertNotIn(('crm.lead', other.id), self.find(
            record_id=self.lead.id, email_from="hank@globex.test", name="Ten lorries"))
        as_seller.not_a_duplicate('crm.lead', self.lead.id)
        self.assertEqual(len(pair.search([('lead_id', '=', self.lead.id)])), 1)

    def test_only_who_reads_both_may_decide(self):
        other = self.make_request("Again", email_from="hank@globex.test")
        self.lead.user_id = self.colleague
        with self.assertRaises(AccessError):
            self.as_user(other, self.salesperson).not_a_duplicate('crm.lead', self.lead.id)
        with self.assertRaises(AccessError):
            self.as_user(other, self.salesperson).not_a_duplicate('res.users', 1)
