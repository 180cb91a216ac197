from odoo import Command
from odoo.exceptions import UserError, ValidationError
from odoo.tests import Form, tagged

from .common import ServiceCommon


@tagged('post_install', '-at_install')
class TestCase(ServiceCommon):
    def test_new_case_of_an_agent(self):
        with Form(self.env['service.case'].with_user(self.agent)) as form:
            form.name = 'Lamp does not light'
            form.partner_id = self.contact
        case = form.record
        self.assertRegex(case.number, r'^C\d{5,}$')
        self.assertEqual(case.team_id, self.team)
        self.assertEqual(case.company_id, self.company)
        self.assertEqual(case.stage_id, self.stage_new)
        self.assertEqual(case.user_id, self.agent)
        self.assertEqual(case.commercial_partner_id, self.customer)
        self.assertEqual(case.email_from, 'bea@brook.example.com')
        self.assertIn(self.contact, case.message_partner_ids)
        self.assertEqual(case.target_ids.kind, 'resolution')

    def test_numbers_differ(self):
        cases = self.create_case() | self.create_case()
        self.assertEqual(len(set(cases.mapped('number'))), 2)
        self.assertNotEqual(cases[0].copy().number, cases[0].number)

    def test_order_brings_its_customer(self):
        case = self.env['service.case'].create(
            {'name': 'Late', 'team_id': self.team.id, 'sale_order_id': self.order.id}
        )
        self.assertEqual(case.partner_id, self.contact)

    def test_documents_of_another_customer_are_refused(self):
        foreign = self.create_order(self.stranger)
        with self.assertRaisesRegex(ValidationError, 'not to the customer of this'):
            self.create_case(sale_order_id=foreign.id)

    def test_documents_of_a_colleague_are_fine(self):
        self.create_case(sale_order_id=self.create_order(self.colleague).id)

    def test_other_customer_clears_the_documents(self):
        with Form(self.env['service.case']) as form:
            form.name = 'Late'
            form.partner_id = self.contact
            form.sale_order_id = self.order
            form.partner_id = self.colleague
            self.assertEqual(form.sale_order_id, self.order)
            form.partner_id = self.stranger
            self.assertFalse(form.sale_order_id)

    def test_documents_of_another_company_are_refused(self):
        order = self.create_order(self.contact, self.other_company)
        with self.assertRaises(UserError):
            self.create_case(sale_order_id=order.id)

    def test_close_and_reopen(self):
        case = self.create_case().with_user(self.agent)
        case.action_close()
        self.assertEqual(case.stage_id, self.stage_solved)
        self.assertTrue(case.closed_date)
        case.action_reopen()
        self.assertEqual(case.stage_id, self.stage_new)
        self.assertFalse(case.closed_date)

    def test_stage_of_another_team_is_left(self):
        special = self.env['service.stage'].create(
            {'name': 'Special', 'sequence': 15, 'team_ids': [Command.link(self.team.id)]}
        )
        case = self.create_case(stage_id=special.id)
        case.team_id = self.create_team('Second', self.company)
        self.assertEqual(case.stage_id, self.stage_new)

    def test_board_shows_empty_stages_of_the_team(self):
        special = self.env['service.stage'].create(
            {'name': 'Special', 'team_ids': [Command.link(self.team.id)]}
        )
        cases = self.env['service.case'].with_context(
            default_team_id=self.team.id, read_group_expand=True
        )
        groups = cases.web_read_group([('id', '=', 0)], ['stage_id'], ['__count'])['groups']
        stages = [group['stage_id'][0] for group in groups]
        self.assertIn(special.id, stages)
        self.assertIn(self.stage_solved.id, stages)

    def test_team_with_cases_stays_in_its_company(self):
        self.create_case()
        self.team.member_ids = False
        with self.assertRaisesRegex(ValidationError, 'stays in their company'):
            self.team.company_id = self.other_company

    # ------------------------------------------------------------
    # FROM DOCUMENTS
    # ------------------------------------------------------------

    def test_case_of_an_order(self):
        order = self.order.with_user(self.agent)
        self.assertEqual(order.case_count, 0)
        case = self.new_case_from(order)
        self.assertEqual(case.sale_order_id, self.order)
        self.assertEqual(case.partner_id, self.contact)
        self.assertEqual(case.product_id, self.product)
        order.invalidate_recordset(['case_count'])
        self.assertEqual(order.case_count, 1)
        action = order.action_open_cases()
        self.assertEqual(self.env['service.case'].search(action['domain']), case)

    def test_case_of_an_invoice(self):
        self.product.invoice_policy = 'order'
        invoice = self.order._create_invoices()
        invoice.action_post()
        case = self.new_case_from(invoice.with_user(self.agent))
        self.assertEqual(case.invoice_id, invoice)
        self.assertEqual(case.sale_order_id, self.order)
        self.assertEqual(case.partner_id.commercial_partner_id, self.customer)
        self.assertEqual(invoice.with_user(self.agent).case_count, 1)

    def test_case_of_a_customer(self):
        case = self.new_case_from(self.customer.with_user(self.agent))
        self.assertEqual(case.partner_id, self.customer)

    def test_case_of_a_product(self):
        self.create_case()
        for product in (self.product, self.product.product_tmpl_id):
            with self.subTest(model=product._name):
                product = product.with_user(self.agent)
                product.invalidate_recordset(['case_count'])
                before = product.case_count
                case = self.new_case_from(product)
                self.assertEqual(case.product_id, self.product)
                product.invalidate_recordset(['case_count'])
                self.assertEqual(product.case_count, before + 1)
                found = self.env['service.case'].search(product.action_open_cases()['domain'])
                self.assertIn(case, found)
                self.assertEqual(len(found), before + 1)

    def test_product_with_variants_counts_the_cases_of_all(self):
        colour = self.env['product.attribute'].create({
            'name': 'Colour', 'value_ids': [
                Command.create({'name': 'Red'}), Command.create({'name': 'Blue'})]})
        template = self.env['product.template'].create({
            'name': 'Shade', 'attribute_line_ids': [Command.create({
                'attribute_id': colour.id, 'value_ids': [Command.set(colour.value_ids.ids)]})]})
        red, blue = template.product_variant_ids
        cases = self.create_case(product_id=red.id) | self.create_case(product_id=blue.id)
        template, red = template.with_user(self.agent), red.with_user(self.agent)
        self.assertEqual((template.case_count, red.case_count), (2, 1))
        action = template.action_open_cases()
        self.assertEqual(self.env['service.case'].search(action['domain']), cases)
        self.assertNotIn('default_product_id', template.action_new_case()['context'])

    def test_company_counts_the_cases_of_its_contacts(self):
        self.create_case()
        self.create_case(partner_id=self.colleague.id)
        partners = (self.customer | self.contact | self.stranger).with_user(self.agent)
        self.assertEqual(partners.mapped('case_count'), [2, 1, 0])
        action = partners[0].action_open_cases()
        self.assertEqual(self.env['service.case'].search_count(action['domain']), 2)

    def new_case_from(self, document):
        """Save the form that the document's button opens, with nothing but a subject."""
        action = document.action_new_case()
        cases = self.env['service.case'].with_user(self.agent).with_context(**action['context'])
        with Form(cases) as form:
            form.name = 'Wrong colour'
        return form.record

    def test_pages_take_a_fixed_number_of_queries(self):
        """Reading 50 cases as a list costs what reading 5 costs."""
        cases = self.env['service.case'].create(
            [
                {'name': f'Case {n}', 'partner_id': self.contact.id, 'team_id': self.team.id}
                for n in range(50)
            ]
        )
        specification = {
            'number': {},
            'name': {},
            'partner_id': {'fields': {'display_name': {}}},
            'team_id': {'fields': {'display_name': {}}},
            'user_id': {'fields': {'display_name': {}}},
            'stage_id': {'fields': {'display_name': {}}},
            'sla_state': {},
            'sla_label': {},
        }
        counts = []
        for amount in (5, 5, 50):
            self.env.invalidate_all()
            records = cases[:amount].with_user(self.agent)
            before = self.env.cr.sql_log_count
            records.web_read(specification)
            counts.append(self.env.cr.sql_log_count - before)
        self.assertEqual(counts[1], counts[2])
        self.assertLessEqual(counts[2], 8)
