"""Files of leads: looked over, loaded whole or in part, given back to be corrected."""

import base64
import datetime
import io
from unittest.mock import patch

import openpyxl

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Command
from odoo.tests import tagged
from odoo.tools import mute_logger

from .common import CrmPlusCommon

GOOD = """\
Opportunity,Contact Name,Company Name,Email,Phone,Country,Expected Revenue,Tags,News
Lamps,Nora Nilsen,Fjord Lights AS,nora@fjord.example,+47 22 12 34 56,Norway,1200.50,,yes
Desks,Jean Petit,Petit SARL,jean@petit.example,,France,,,no
"""
MIXED = """\
Contact Name,Email,Country,Expected Revenue,Expected Closing
Nora Nilsen,nora@fjord.example,Norway,100,2027-03-31
Jean Petit,jean at petit,Nowhereland,much,soon
,,France,,
"""


@tagged('post_install', '-at_install')
class TestLeadImport(CrmPlusCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.news = cls.env['crm.consent.purpose'].create({'name': "News", 'text': "News please."})
        cls.fair = cls.env['utm.source'].create({'name': "Fair 2027"})
        cls.tag = cls.env['crm.tag'].create({'name': "Warm"})

    def preview(self, text, user=None, columns=None, name="leads.csv", **values):
        content = text if isinstance(text, bytes) else text.encode()
        user = user or self.manager
        one = self.env['crm.lead.import'].with_user(user).with_context(
            allowed_company_ids=self.company.ids, tracking_disable=False,
        ).create({
            'file': base64.b64encode(content), 'file_name': name, 'type': 'opportunity', **values,
        })
        one.action_check()
        if columns:
            for column in one.column_ids:
                if column.name in columns:
                    column.field_name = columns[column.name]
            one.action_check()
        return one

    def leads(self, *emails):
        return self.env['crm.lead'].search([('email_normalized', 'in', emails)], order='id')

    def states(self, one):
        return one.line_ids.sorted('row').mapped('state')

    # ------------------------------------------------------------
    # READ AND PREVIEWED
    # ------------------------------------------------------------

    def test_columns_are_made_out(self):
        one = self.preview(GOOD)
        self.assertEqual(one.column_ids.mapped('field_name'), [
            'name', 'contact_name', 'partner_name', 'email_from', 'phone', 'country_id',
            'expected_revenue', 'tag_ids', False,
        ])
        self.assertEqual(one.column_ids[0].sample, "Lamps")
        self.assertEqual(one.state, 'checked')

    def test_preview_makes_nothing(self):
        one = self.preview(GOOD)
        self.assertEqual(self.states(one), ['new', 'new'])
        self.assertEqual((one.line_count, one.new_count, one.error_count), (2, 2, 0))
        self.assertFalse(self.leads('nora@fjord.example'))
        self.assertEqual(one.line_ids[0].who, "Fjord Lights AS, Nora Nilsen")

    def test_other_words_for_columns(self):
        one = self.preview("E-Mail,Company,Reference,Telephone\na@x.example,X,1,\n")
        self.assertEqual(one.column_ids.mapped('field_name'), [
            'email_from', 'partner_name', 'client_reference', 'phone'])

    def test_files_of_all_kinds(self):
        book = openpyxl.Workbook()
        book.active.append(["Email", "Expected Closing", "Expected Revenue"])
        book.active.append(["a@x.example", datetime.date(2027, 3, 31), 12.5])
        content = io.BytesIO()
        book.save(content)
        one = self.preview(content.getvalue(), name="leads.xlsx")
        one.action_load()
        lead = self.leads('a@x.example')
        self.assertEqual(str(lead.date_deadline), '2027-03-31')
        self.assertEqual(lead.expected_revenue, 12.5)
        latin = "Email;Company Name;City\nb@x.example;Müller;Köln\n".encode('latin-1')
        for text in (latin, '\ufeffEmail;Company Name;City\nb@x.example;Müller;Köln\n'.encode()):
            one = self.preview(text, separator=';')
            self.assertEqual(one.line_ids.who, "Müller")

    def test_broken_files_say_what_is_wrong(self):
        for text, words in (
            (b"", "Choose a file"),
            ("Email\n", "no row in the file"),
            ("Email,Phone\na@x.example,1,2,3\n", "more cells"),
            ("X,Y\n1,2\n", "None of the columns"),
        ):
            with self.assertRaisesRegex(UserError, words):
                self.preview(text)
        with self.assertRaisesRegex(UserError, "cannot be read|Unable to read"):
            self.preview(b'PK\x03\x04 broken', name="leads.xlsx")

    def test_what_is_wrong_is_said_with_its_remedy(self):
        one = self.preview(MIXED)
        self.assertEqual(self.states(one), ['new', 'error', 'error'])
        bad, empty = one.line_ids.sorted('row')[1:]
        for words in (
            "Email: “jean at petit”. This is no e-mail address. Write one, such as",
            "Country: “Nowhereland”. There is none called so",
            "Expected Revenue: “much”. This is no number.",
            "Expected Closing: “soon”. This is no date. Write year, month and day",
        ):
            self.assertIn(words, bad.message)
        self.assertIn("Nothing says who it is", empty.message)

    def test_change_makes_the_preview_out_of_date(self):
        one = self.preview(GOOD)
        one.known_mode = 'skip'
        self.assertEqual(one.state, 'draft')
        with self.assertRaisesRegex(UserError, "Look over the preview"):
            one.action_load()
        one.action_check()
        one.column_ids[0].field_name = False
        self.assertEqual(one.state, 'draft')

    # ------------------------------------------------------------
    # LOADED
    # ------------------------------------------------------------

    def test_leads_are_made(self):
        one = self.preview(
            GOOD, columns={"News": f'consent_{self.news.id}'}, source_id=self.fair.id,
            tag_ids=[Command.set(self.tag.ids)], salesperson_id=self.salesperson.id)
        one.action_load()
        self.assertEqual(one.state, 'done')
        self.assertEqual(self.states(one), ['done', 'done'])
        nora, jean = self.leads('nora@fjord.example', 'jean@petit.example')
        self.assertEqual(nora.name, "Lamps")
        self.assertEqual(nora.country_id, self.env.ref('base.no'))
        self.assertEqual(nora.expected_revenue, 1200.5)
        self.assertEqual(nora.user_id, self.salesperson)
        self.assertEqual(nora.company_id, self.company)
        self.assertEqual(nora.tag_ids, self.tag)
        self.assertEqual((nora.source_id, nora.first_source_id), (self.fair, self.fair))
        self.assertEqual(nora.touch_ids.kind, 'import')
        self.assertEqual(nora.create_uid, self.manager)
        self.assertEqual(nora.consented_purpose_ids, self.news)
        self.assertEqual(jean.refused_purpose_ids, self.news)
        consent = self.env['crm.consent'].search([('lead_id', '=', nora.id)])
        self.assertEqual((consent.origin, consent.user_id), ('import', self.manager))
        self.assertEqual(one.action_view_leads()['domain'], [('id', 'in', (nora | jean).ids)])

    def test_all_have_agreed_needs_a_proof(self):
        with self.assertRaisesRegex(ValidationError, "Say how"):
            self.preview(GOOD, purpose_ids=[Command.set(self.news.ids)])
        one = self.preview(
            GOOD, purpose_ids=[Command.set(self.news.ids)], consent_note="Signed list, box 3")
        one.action_load()
        consents = self.env['crm.consent'].search([('purpose_id', '=', self.news.id)])
        self.assertEqual(consents.mapped('note'), ["Signed list, box 3"] * 2)

    def test_good_rows_are_loaded_and_the_others_come_back(self):
        one = self.preview(MIXED)
        one.action_load()
        self.assertEqual(self.states(one), ['done', 'error', 'error'])
        self.assertEqual(len(self.leads('nora@fjord.example')), 1)

        errors = base64.b64decode(one.error_file).decode('utf-8-sig')
        header, *rows = errors.splitlines()
        self.assertEqual(
            header, "Contact Name,Email,Country,Expected Revenue,Expected Closing,Errors")
        self.assertTrue(rows[0].startswith("Jean Petit,jean at petit,Nowhereland,much,soon,"))
        corrected = (
            errors.replace("jean at petit", "jean@petit.example").replace("Nowhereland", "France")
            .replace("much", "200").replace("soon", "2027-04-30").replace(",,France", "Ann,,France")
        )
        again = self.preview(corrected.encode('utf-8-sig'))
        self.assertEqual(again.column_ids.mapped('name'), one.column_ids.mapped('name'))
        self.assertEqual(self.states(again), ['new', 'new'])
        again.action_load()
        self.assertEqual(self.leads('jean@petit.example').expected_revenue, 200)

    def test_everything_or_nothing(self):
        one = self.preview(MIXED, load_mode='all')
        with self.assertRaisesRegex(UserError, "everything or nothing"):
            one.action_load()
        self.assertFalse(self.leads('nora@fjord.example'))

    def test_nothing_is_left_of_what_breaks_while_it_is_loaded(self):
        leads = type(self.env['crm.lead'])
        create = leads.create

        def refuse(records, vals_list):
            if any(vals.get('email_from') == 'jean@petit.example' for vals in vals_list):
                raise ValueError("Not Jean!")
            return create(records, vals_list)

        for mode, states, made in (
            ('all', ['new', 'error'], 0), ('good', ['done', 'error'], 1),
        ):
            one = self.preview(GOOD, load_mode=mode)
            with patch.object(leads, 'create', refuse):
                one.action_load()
            self.assertEqual(self.states(one), states, mode)
            self.assertEqual(one.line_ids.sorted('row')[1].message, "Not Jean!")
            self.assertEqual(one.state, 'checked' if mode == 'all' else 'done')
            self.assertEqual(len(self.leads('nora@fjord.example', 'jean@petit.example')), made)
            self.assertEqual(self.env['crm.touch'].search_count([('note', '=', one.name)]), made)

    # ------------------------------------------------------------
    # KNOWN ALREADY
    # ------------------------------------------------------------

    def test_open_lead_of_the_same_person(self):
        known = self.make_lead(
            self.env['res.partner'], 0, email_from="NORA@fjord.example", name="Old",
            contact_name="N.")
        for mode, state, name, contact, count, city in (
            ('skip', 'left', "Old", "N.", 1, False),
            ('complete', 'done', "Old", "N.", 1, "Oslo"),
            ('update', 'done', "New", "Nora", 1, "Bergen"),
            ('create', 'done', "New", "Nora", 2, "Bergen"),
        ):
            city_now = "Bergen" if mode in ('update', 'create') else "Oslo"
            one = self.preview(
                f"Opportunity,Contact Name,Email,City\nNew,Nora,nora@fjord.example,{city_now}\n",
                known_mode=mode)
            self.assertEqual(self.states(one), ['known'])
            self.assertEqual(one.line_ids.lead_id, known)
            one.action_load()
            self.assertEqual(self.states(one), [state], mode)
            self.assertEqual((known.name, known.contact_name), (name, contact), mode)
            self.assertEqual(known.city, city, mode)
            self.assertEqual(len(self.leads('nora@fjord.example')), count, mode)

    def test_known_by_phone(self):
        self.company.country_id = self.env.ref('base.be')
        known = self.make_lead(self.env['res.partner'], 0, phone="+32 3 555 01 10")
        one = self.preview("Contact Name,Phone\nTom,03 555 01 10\n")
        self.assertEqual(one.line_ids.lead_id, known)

    def test_colleagues_with_the_number_of_their_company_stay_apart(self):
        known = self.make_lead(
            self.env['res.partner'], 0, email_from="ada@fjord.example", phone="+47 22 12 34 56")
        one = self.preview(
            "Contact Name,Email,Phone\n"
            "Nora,nora@fjord.example,+47 22 12 34 56\n"
            "Per,per@fjord.example,+47 22 12 34 56\n"
            "Somebody,,+47 22 12 34 56\n")
        self.assertEqual(self.states(one), ['new', 'new', 'known'])
        self.assertEqual(one.line_ids.sorted('row')[2].lead_id, known)
        one.action_load()
        self.assertEqual(
            self.leads('nora@fjord.example', 'per@fjord.example').mapped('contact_name'),
            ["Nora", "Per"], "nobody is lost in another")

    def test_number_alone_tells_who_it_is_where_there_is_no_address(self):
        one = self.preview(
            "Contact Name,Email,Phone\nNora,,+47 22 12 34 56\n"
            "Nora Nilsen,nora@fjord.example,+47 22 12 34 56\n")
        self.assertEqual(self.states(one), ['new', 'known'])
        self.assertIn("row 2", one.line_ids.sorted('row')[1].message)

    def test_closed_leads_and_those_of_other_companies_do_not_count(self):
        lost = self.make_lead(self.env['res.partner'], 0, email_from="nora@fjord.example")
        lost.action_set_lost()
        self.make_lead(
            self.env['res.partner'], 0, email_from="nora@fjord.example", team_id=False,
            company_id=self.company_b.id)
        self.assertEqual(self.states(self.preview(GOOD)), ['new', 'new'])

    def test_leads_of_colleagues_are_not_told(self):
        self.make_lead(
            self.env['res.partner'], 0, email_from="nora@fjord.example",
            user_id=self.colleague.id)
        self.assertEqual(self.states(self.preview(GOOD, self.salesperson)), ['new', 'new'])
        self.assertEqual(self.states(self.preview(GOOD, self.manager)), ['known', 'new'])

    def test_who_looks_alike_is_named(self):
        self.make_lead(
            self.env['res.partner'], 0, name="Old", partner_name="Fjord Lights AS",
            phone="+47 99 99 99 99", website="https://www.fjord.example")
        one = self.preview(
            "Company Name,Email\nFjord Lights,sales@fjord.example\nOther Ltd,x@other.example\n")
        alike, other = one.line_ids.sorted('row')
        self.assertEqual((alike.state, other.state), ('new', 'new'))
        self.assertIn("Looks like “Old”", alike.message)
        self.assertFalse(other.message)

    def test_contact_with_the_address(self):
        partner, abroad = self.env['res.partner'].create([
            {'name': "Nora", 'email': "nora@fjord.example", 'phone': "+47 99 99 99 99"},
            {'name': "Jean", 'email': "jean@petit.example", 'company_id': self.company_b.id},
        ])
        one = self.preview(GOOD)
        self.assertEqual(one.line_ids.partner_id, partner)
        one.action_load()
        nora, jean = self.leads('nora@fjord.example', 'jean@petit.example')
        self.assertEqual(nora.partner_id, partner)
        self.assertEqual(partner.phone, "+47 99 99 99 99", "the file does not change contacts")
        self.assertIn("+47 22 12 34 56", nora.description)
        self.assertFalse(jean.partner_id)
        self.assertFalse(abroad.opportunity_ids)

    def test_same_person_twice_in_the_file(self):
        one = self.preview(
            "Contact Name,Email,City\nNora,nora@fjord.example,\nNora,Nora@Fjord.example,Oslo\n")
        self.assertEqual(self.states(one), ['new', 'known'])
        self.assertIn("row 2", one.line_ids.sorted('row')[1].message)
        one.action_load()
        self.assertEqual(self.states(one), ['done', 'done'])
        self.assertEqual(self.leads('nora@fjord.example').city, "Oslo")

    def test_same_reference_makes_one_lead_however_often_it_is_loaded(self):
        text = "Reference,Contact Name\nA1,Nora\nA2,Jean\n"
        for known_mode in ('skip', 'create', 'complete', 'update'):
            one = self.preview(text, known_mode=known_mode)
            one.action_load()
            self.assertFalse(one.error_count)
            leads = self.env['crm.lead'].search([('client_reference', 'in', ("A1", "A2"))])
            self.assertEqual(len(leads), 2, known_mode)
        one = self.preview(text + "A1,Somebody\n")
        self.assertEqual(self.states(one), ['known', 'known', 'error'])
        self.assertIn("Row 2 has the same", one.line_ids.sorted('row')[2].message)
        leads.user_id = self.colleague
        one = self.preview(text, self.salesperson)
        self.assertEqual(self.states(one), ['error', 'error'])
        self.assertIn("which you may not see", one.line_ids[0].message)

    def test_missing_tags_and_sources(self):
        text = "Contact Name,Tags,Source\nNora,\"Warm,Cold\",Nowhere\n"
        self.assertEqual(self.states(self.preview(text)), ['error'])
        one = self.preview(text, create_missing=True)
        self.assertEqual(self.states(one), ['new'])
        self.assertFalse(self.env['crm.tag'].search([('name', '=', "Cold")]))
        one.action_load()
        lead = one.line_ids.lead_id
        self.assertEqual(sorted(lead.tag_ids.mapped('name')), ["Cold", "Warm"])
        self.assertEqual(lead.source_id.name, "Nowhere")

    def test_names_of_other_companies_are_not_found(self):
        self.env['crm.team'].create({'name': "Far Team", 'company_id': self.company_b.id})
        one = self.preview("Contact Name,Sales Team\nNora,Far Team\n")
        self.assertIn("none called so", one.line_ids.message)

    # ------------------------------------------------------------
    # SAFE AND SHARED
    # ------------------------------------------------------------

    def test_no_cell_of_the_file_with_errors_is_a_formula(self):
        evil = '=cmd|\' /C calc\'!A0'
        one = self.preview(f'Contact Name,Email,Phone\n"{evil}",bad,+47 22 12 34 56\n')
        content = base64.b64decode(one.error_file).decode('utf-8-sig')
        self.assertIn(f"'{evil},bad,'+47 22 12 34 56", content)
        again = self.preview(content.replace(",bad,", ",a@x.example,").encode('utf-8-sig'))
        again.action_load()
        lead = self.leads('a@x.example')
        self.assertEqual((lead.contact_name, lead.phone), (evil, "+47 22 12 34 56"))
        self.assertEqual(one.error_file_name, "leads to correct.csv")

    @mute_logger('odoo.addons.base.models.ir_model', 'odoo.addons.base.models.ir_rule')
    def test_access(self):
        one = self.preview(GOOD, self.salesperson)
        for user, may in (
            (self.salesperson, True), (self.colleague, False), (self.manager, True),
            (self.viewer, False), (self.outsider, False),
        ):
            for records in (one, one.line_ids, one.column_ids):
                self.assertEqual(
                    records.sudo(False).with_user(user).has_access('read'), may,
                    (user.login, records))
        abroad = one.with_user(self.manager).with_context(allowed_company_ids=self.company_b.ids)
        self.assertFalse(abroad.has_access('read'))
        with self.assertRaisesRegex(UserError, "Only who has begun"):
            one.with_user(self.manager).action_load()
        with self.assertRaises(AccessError):
            one.line_ids.with_user(self.salesperson).write({'state': 'done'})
        with self.assertRaises(UserError):
            one.with_user(self.salesperson).user_id = self.colleague

    def test_importer_can_do_no_more_than_by_hand(self):
        one = self.preview(GOOD, self.salesperson)
        with self.assertRaises(AccessError), mute_logger(
            'odoo.addons.base.models.ir_model', 'odoo.addons.base.models.ir_rule',
        ):
            one.with_user(self.outsider).action_load()
        one.action_load()
        self.assertEqual(self.leads('nora@fjord.example').create_uid, self.salesperson)

    def test_many_rows_in_the_background(self):
        rows = ''.join(f"P{number},p{number}@x.example\n" for number in range(25))
        for mode in ('good', 'all'):
            one = self.preview("Contact Name,Email\n" + rows, known_mode='create', load_mode=mode)
            model = type(one)
            with patch.object(model, 'DIRECT_ROWS', 10), patch.object(model, 'BATCH', 10), \
                    self.enter_registry_test_mode():
                one.action_load()
                self.assertEqual(one.state, 'loading')
                self.assertFalse(one.done_count)
                with self.assertRaisesRegex(UserError, "being loaded"):
                    one.known_mode = 'skip'
                with patch.object(type(self.env['ir.cron']), '_commit_progress') as commit:
                    self.env['crm.lead.import']._cron_load()
                self.assertEqual(commit.call_count, 3 if mode == 'good' else 1)
            one.invalidate_recordset()
            self.assertEqual((one.state, one.done_count), ('done', 25), mode)

    def test_a_file_that_cannot_be_loaded_keeps_no_other_waiting(self):
        broken, good = (
            self.preview(f"Contact Name,Email\nP,{name}@x.example\n", name=f"{name}.csv")
            for name in ("broken", "good"))
        load_lines = type(good)._load_lines

        def break_off(one, lines, reader):
            if one == broken:
                raise KeyError("a right that is gone")
            return load_lines(one, lines, reader)

        with patch.object(type(good), 'DIRECT_ROWS', 0), \
                patch.object(type(good), '_load_lines', break_off), \
                patch.object(type(self.env['ir.cron']), '_commit_progress'), \
                patch.object(self.env.cr, 'rollback') as rollback, \
                mute_logger('odoo.addons.crm_plus.models.crm_lead_import_load_mixin'), \
                self.enter_registry_test_mode():
            broken.action_load()
            good.action_load()
            self.env['crm.lead.import']._cron_load()
        rollback.assert_called_once()
        (broken | good).invalidate_recordset()
        self.assertEqual((broken.state, good.state), ('checked', 'done'))
        self.assertIn("a right that is gone", broken.failure)
        broken.action_load()
        self.assertEqual((broken.state, broken.failure), ('done', False), "once it is mended")

    def test_fixed_number_of_queries_to_match(self):
        def queries(count):
            one = self.preview("Contact Name,Email\n" + ''.join(
                f"P{number},q{count}.{number}@x.example\n" for number in range(count)))
            reader = one._get_reader(dry=True)
            numbered = [(line.row, line.cells) for line in one.line_ids]
            one._prepare(numbered, reader, {})
            self.env.invalidate_all()
            numbered[0], one.column_ids.mapped('name'), one.link_contacts
            before = self.cr.sql_log_count
            one._prepare(numbered, reader, {})
            return self.cr.sql_log_count - before

        self.assertEqual(queries(3), queries(30))

    def test_old_files_are_forgotten(self):
        one = self.preview(GOOD)
        one._gc_rows()
        self.assertTrue(one.exists())
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE crm_lead_import SET write_date = now() - interval '31 days'")
        self.env.invalidate_all()
        self.env['crm.lead.import']._gc_rows()
        self.assertFalse(one.exists())
