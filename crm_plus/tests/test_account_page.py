from lxml import html

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.tests import tagged
from odoo.tools import mute_logger

from ..models.crm_account_page_mixin import LIMITS
from .plan_common import AccountPlanCommon

REPORT = 'crm_plus.report_key_account_page'


@tagged('post_install', '-at_install')
class TestAccountPage(AccountPlanCommon):
    """The page about a key account: what stands on it, for whom, and how it is sent."""

    def page(self, user=None):
        return self.as_user(
            self.account, user or self.salesperson, self.company)._page_values()

    def printed(self, user=None):
        """The text on the page as it is printed."""
        reports = self.as_user(
            self.env['ir.actions.report'], user or self.salesperson, self.company)
        content, _kind = reports._render_qweb_html(REPORT, self.account.ids)
        return " ".join(html.fromstring(content).text_content().split())

    def fill(self):
        """Something of everything that there is on the page."""
        self.account.write({'products_made': "Paint", 'habits': "Orders on Mondays"})
        self.make_order(self.contact, 400, self.day(20), user=self.salesperson, cost=300)
        self.make_order(self.contact, 200, self.day(400), user=self.salesperson, cost=100)
        self.make_order(
            self.contact, 70, self.day(2), user=self.salesperson, confirm=False)
        self.make_invoice(
            self.customer, 777, self.day(60), due=self.day(30), user=self.salesperson)
        self.make_lead(
            self.contact, 1500, name="New hall", user_id=self.salesperson.id)
        self.env['crm.account.role'].create({
            'account_id': self.account.id, 'contact_id': self.contact.id, 'stance': '-2',
            'influence': '5', 'user_id': self.colleague.id})
        self.env['crm.account.competitor'].create({
            'partner_id': self.customer.id, 'company_id': self.company.id, 'share': 40,
            'competitor_id': self.env['crm.competitor'].create({'name': "Rival"}).id})
        self.env['crm.procurement.project'].create({
            'name': "Silo", 'account_id': self.account.id, 'budget': 9000})
        self.make_meeting(self.contact, self.day(9))
        self.make_goal('ordered', 500)
        self.make_action(self.salesperson, name="Call them")
        self.plan.action_start()

    def test_what_stands_on_the_page(self):
        self.fill()
        page = self.page()
        figures = {figure['label']: figure for figure in page['figures']}
        self.assertEqual(figures["Orders"]['change'], "+100 %")
        self.assertEqual(figures["Orders"]['tone'], 'good')
        self.assertEqual(figures["Margin Rate"]['now'], "25 %")
        self.assertEqual(
            (figures["Margin Rate"]['change'], figures["Margin Rate"]['tone']), ("-25", 'bad'))
        self.assertEqual(figures["Late Payment"]['now'], "100 %")
        self.assertIn("777", page['overdue']['total'])
        self.assertEqual(page['people']['rows'][0]['stance_label'], "Opponent")
        text = self.printed()
        for part in (
            "Customer Ltd", "Makes: Paint", "Habits: Orders on Mondays", "New hall", "Contact One",
            "Opponent", "Rival", "40 %", "Silo", "Call them", "Meeting", "On Track",
            "Internal: not for the customer", self.salesperson.name,
        ):
            with self.subTest(part=part):
                self.assertIn(part, text)

    def test_tells_only_what_its_reader_may_see(self):
        """A reader of key accounts without orders, invoices and opportunities."""
        self.fill()
        page = self.page(self.viewer)
        for part in ('orders', 'quotations', 'overdue', 'leads', 'competitors'):
            self.assertFalse(page[part], part)
        labels = {figure['label'] for figure in page['figures']}
        self.assertFalse(labels & {"Orders", "Margin", "Revenue", "Late Payment"})
        self.assertEqual(page['plan']['goals'][0]['value'], "–")
        text = self.printed(self.viewer)
        self.assertNotIn("New hall", text)
        self.assertNotIn("777", text)
        self.assertNotIn("400", text)
        self.assertFalse(self.page(self.colleague)['orders'], "orders of a colleague")
        with self.assertRaises(AccessError), mute_logger('odoo.addons.base.models.ir_model'):
            self.printed(self.outsider)

    @mute_logger('odoo.addons.base.models.ir_rule')
    def test_another_company_stays_closed(self):
        account = self.env['crm.key.account'].create({
            'partner_id': self.customer.id, 'company_id': self.company_b.id})
        reports = self.as_user(self.env['ir.actions.report'], self.salesperson)
        with self.assertRaises(AccessError):
            reports._render_qweb_html(REPORT, account.ids)

    def test_nothing_personal_stands_on_it(self):
        """Not even for members of the group: paper is read by others."""
        self.env['crm.account.role'].create({
            'account_id': self.account.id, 'contact_id': self.contact.id})
        self.env['crm.personal.profile'].create({
            'contact_id': self.contact.id, 'company_id': self.company.id, 'kind': 'interests',
            'value': "Collects stamps", 'purpose': "Test", 'source': "Test"})
        self.salesperson.group_ids = [
            Command.link(self.env.ref('crm_plus.group_personal_profile').id)]
        self.assertNotIn("stamps", self.printed())

    def test_stays_one_page_whatever_there_is(self):
        self.fill()
        people = self.env['res.partner'].create([
            {'name': f"Person {number}", 'parent_id': self.customer.id} for number in range(10)])
        self.env['crm.account.role'].create([
            {'account_id': self.account.id, 'contact_id': person.id} for person in people])
        for _number in range(4):
            self.make_order(self.contact, 10, self.day(2), user=self.salesperson)
        page = self.page()
        self.assertEqual(len(page['people']['rows']), LIMITS['people'])
        self.assertEqual(page['people']['more'], 11 - LIMITS['people'])
        self.assertEqual(page['people']['rows'][0]['name'], "Contact One", "who counts most")
        self.assertEqual(len(page['orders']['rows']), LIMITS['orders'])
        self.assertIn("and 4 more", self.printed())

    def test_costs_as_much_for_a_large_customer_as_for_a_small_one(self):
        def grow(count):
            for number in range(count):
                self.make_order(self.contact, 10, self.day(number), user=self.salesperson)
                self.make_invoice(
                    self.customer, 10, self.day(60), due=self.day(30), user=self.salesperson)
                self.make_lead(self.contact, 5, user_id=self.salesperson.id)
                self.make_action(self.salesperson)
                self.make_goal('ordered', 100 + number)
            self.page()
            return self.cost(self.page)

        self.fill()
        self.assertEqual(grow(3), grow(10))

    def test_is_printed_and_sent(self):
        account = self.as_user(self.account, self.salesperson)
        action = account.action_print_page()
        self.assertEqual(action['report_name'], REPORT)
        self.assertEqual(self.as_user(self.plan, self.salesperson).action_print_page()[
            'report_name'], REPORT)
        self.env['crm.account.role'].create({
            'account_id': account.id, 'contact_id': self.contact.id,
            'user_id': self.colleague.id})
        dialog = account.action_send_page()
        wizard = self.as_user(self.env[dialog['res_model']], self.salesperson).with_context(
            **dialog['context']).create({})
        self.assertEqual(wizard.partner_ids, self.colleague.partner_id, "whoever goes there")
        self.assertFalse(wizard.outsider_names)
        wizard.partner_ids |= self.contact
        self.assertEqual(wizard.outsider_names, "Contact One")
        wizard.partner_ids -= self.contact
        messages = self.env['mail.message'].search([], order='id desc', limit=1).id
        wizard.action_send()
        sent, note = self.env['mail.message'].search([('id', '>', messages)], order='id')
        self.assertEqual(sent.partner_ids, self.colleague.partner_id)
        self.assertFalse(sent.model, "not in the chatter, where others may see more than theirs")
        self.assertEqual(sent.attachment_ids.mimetype, 'application/pdf')
        self.assertEqual((note.model, note.res_id), ('crm.key.account', account.id))
        self.assertFalse(note.attachment_ids)
        self.assertIn(self.colleague.name, note.body)
        self.assertFalse(
            sent.attachment_ids.with_user(self.lead_seller).has_access('read'))

    def test_who_only_reads_sends_it_too(self):
        wizard = self.as_user(self.env['crm.account.page.send'], self.viewer, self.company).create({
            'account_id': self.account.id})
        self.assertEqual(wizard.partner_ids, self.salesperson.partner_id, "the manager")
        wizard.action_send()
        note = self.account.message_ids[:1]
        self.assertEqual(note.author_id, self.viewer.partner_id)
        self.assertIn(self.salesperson.name, note.body)

    def test_goes_nowhere_without_a_recipient(self):
        wizard = self.as_user(self.env['crm.account.page.send'], self.salesperson).create({
            'account_id': self.account.id})
        self.assertFalse(wizard.partner_ids)
        with self.assertRaisesRegex(UserError, "to whom"):
            wizard.action_send()

    def test_next_meeting(self):
        self.make_meeting(self.contact, fields.Datetime.to_string(
            fields.Datetime.to_datetime(self.day(-3))), name="Walk through the works")
        self.assertEqual(self.page()['meeting']['name'], "Walk through the works")
