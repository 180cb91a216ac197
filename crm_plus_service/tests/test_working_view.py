"""The form on which an agent lives: the customer at a glance, time, answers, and saved lists."""

from freezegun import freeze_time
from lxml import etree

from odoo.exceptions import AccessError
from odoo.tests import Form, tagged
from odoo.tools.safe_eval import safe_eval

from .common import ServiceCommon, utc

TEMPLATES = ('more_information', 'order_status', 'solved')


@tagged('post_install', '-at_install')
class TestWorkingView(ServiceCommon):
    def test_customer_at_a_glance(self):
        self.create_case()
        strip = self.contact.with_user(self.agent).get_case_customer()
        self.assertEqual((strip['id'], strip['name']), (self.customer.id, 'Brook & Sons'))
        self.assertIn('open_cases', [figure['key'] for figure in strip['figures']])
        self.assertNotIn('muted', [figure['tone'] for figure in strip['figures']])
        with self.assertRaises(AccessError):
            self.contact.with_user(self.portal).get_case_customer()

    def test_time_is_added_to_what_was_noted(self):
        case = self.create_case(time_spent=0.5).with_user(self.agent)
        case.with_context(minutes=15).action_add_time()
        case.with_context(minutes=5).action_add_time()
        self.assertAlmostEqual(case.time_spent, 50 / 60)
        with self.assertRaises(AccessError):
            case.with_user(self.salesperson).with_context(minutes=5).action_add_time()

    def test_form_opens_for_the_agent(self):
        case = self.create_case()
        with Form(case.with_user(self.agent)) as form:
            form.priority = '1'

    # ------------------------------------------------------------
    # ANSWERS
    # ------------------------------------------------------------

    def test_doubts_before_an_answer(self):
        case = self.create_case().with_user(self.agent)
        for text in ('Hello Bea, the lamp is on its way.', 'Notebooks are sold out',
                     'Note that the warranty is over.', '', False):
            with self.subTest(text):
                self.assertEqual(case.get_answer_doubts(text), [])
        for text in ('Note: he is angry', ' @Ben can you look?', 'FYI she called', 'internal - no'):
            with self.subTest(text):
                self.assertIn('note to colleagues', ' '.join(case.get_answer_doubts(text)))
        nobody = self.create_case(partner_id=False).with_user(self.agent)
        self.assertIn('nobody outside', ' '.join(nobody.get_answer_doubts('Hello')))

    def test_doubts_about_who_gets_it(self):
        case = self.create_case(partner_id=False, email_from='x@y.example.com').with_user(self.agent)
        for receivers in ([], self.manager.partner_id.ids):
            with self.subTest(receivers=receivers):
                doubts = ' '.join(case.get_answer_doubts('Hello', receivers))
                self.assertIn('Nobody outside the company', doubts)
        self.assertEqual(case.get_answer_doubts('Hello', self.stranger.ids), [])
        case.sudo().message_subscribe(self.contact.ids)
        self.assertEqual(case.get_answer_doubts('Hello', []), [])
        self.assertEqual(len(case.get_answer_doubts('FYI: she called', [])), 1)

    def test_full_composer_says_who_reads_it(self):
        """Which of the three lines shows, for an answer, a note, a forward and other records."""
        arch = etree.fromstring(self.env['mail.compose.message'].with_user(self.agent).get_view(
            self.env.ref('mail.email_compose_message_wizard_form').id, 'form')['arch'])
        for shown, values in (
            (['case_answer'], {}),
            (['case_answer'], {'composition_comment_option': 'reply_all'}),
            (['case_forward'], {'composition_comment_option': 'forward'}),
            (['case_note'], {'subtype_is_log': True}),
            ([], {'model': 'sale.order'}),
            ([], {'model': 'sale.order', 'subtype_is_log': True}),
        ):
            state = {'model': 'service.case', 'subtype_is_log': False,
                     'composition_comment_option': False, **values}
            with self.subTest(**values):
                self.assertEqual(shown, [
                    node.get('name') for node in arch.xpath("//div[starts-with(@name, 'case_')]")
                    if not safe_eval(node.get('invisible'), dict(state))])

    def test_what_is_forwarded_to_others_is_no_answer(self):
        for receivers, is_answer in ((self.stranger, False), (self.stranger | self.contact, True)):
            with self.subTest(receivers=receivers):
                case = self.create_case()
                composer = self.env['mail.compose.message'].with_user(self.agent).create({
                    'model': 'service.case', 'res_ids': str(case.ids), 'subject': 'A lamp',
                    'body': 'Can you deliver it?', 'composition_mode': 'comment',
                    'composition_comment_option': 'forward', 'partner_ids': receivers.ids})
                composer.action_send_mail()
                message = case.message_ids[0]
                self.assertEqual(message.notified_partner_ids & receivers, receivers)
                self.assertEqual(bool(case.first_response_date), is_answer)
                self.assertEqual(message.with_user(self.portal).has_access('read'), is_answer)

    def test_templates_take_from_order_and_invoice(self):
        invoice = self.order._create_invoices()
        case = self.create_case(
            sale_order_id=self.order.id, invoice_id=invoice.id, product_id=self.product.id)
        bodies = {}
        for name in TEMPLATES:
            template = self.env.ref(f'crm_plus_service.mail_template_{name}')
            composer = self.env['mail.compose.message'].with_user(self.agent).create({
                'model': 'service.case', 'res_ids': str(case.ids),
                'composition_mode': 'comment', 'template_id': template.id})
            bodies[name] = composer.body
            self.assertIn(case.number, composer.subject)
            self.assertIn('Bea Brook', composer.body)
        self.assertIn(self.order.name, bodies['order_status'])
        self.assertIn(f'{self.order.amount_total:.2f}', bodies['order_status'])
        self.assertIn(self.order.name, bodies['more_information'])
        self.assertIn('Lamp', bodies['solved'])

    def test_templates_without_documents(self):
        case = self.create_case()
        for name in TEMPLATES:
            template = self.env.ref(f'crm_plus_service.mail_template_{name}')
            body = template._render_field('body_html', case.ids)[case.id]
            self.assertIn('Bea Brook', body)
            self.assertNotIn('False', body)

    # ------------------------------------------------------------
    # SAVED LISTS
    # ------------------------------------------------------------

    def listed(self, action):
        """Return the cases of this test that the action shows to the agent when it opens."""
        action = self.env.ref(f'crm_plus_service.{action}')
        view = self.env['service.case'].get_view(
            self.env.ref('crm_plus_service.service_case_view_search').id, 'search')
        arch = etree.fromstring(view['arch'])
        domain = [('team_id', '=', self.team.id)]
        for key in safe_eval(action.context):
            [filter_] = arch.xpath(f"//filter[@name='{key.removeprefix('search_default_')}']")
            domain += safe_eval(filter_.get('domain'), {'uid': self.agent.id})
        return self.env['service.case'].with_user(self.agent).search(domain)

    def test_saved_lists(self):
        with freeze_time('2026-01-14 08:00'):
            when = {'opened_date': utc('2026-01-14 08:00')}
            mine = self.create_case(user_id=self.agent.id, **when)
            free = self.create_case(**when)
            waits = self.create_case(user_id=self.manager.id, **when)
            stage = self.env['service.stage'].create(
                {'name': 'With the Customer', 'waiting_for': 'customer', 'sequence': 5})
            waits.stage_id = stage
            self.assertEqual(self.listed('service_case_my_action'), mine)
            self.assertEqual(self.listed('service_case_unassigned_action'), free)
            self.assertEqual(self.listed('service_case_waiting_action'), waits)
            self.assertEqual(self.listed('service_case_team_action'), mine | free | waits)
            self.assertFalse(self.listed('service_case_at_risk_action'))
        with freeze_time('2026-01-15 07:30'):
            self.assertEqual(self.listed('service_case_at_risk_action'), mine | free)
