"""What customers do in the portal beyond writing: files, documents, closing, colleagues' cases."""

import re
from datetime import timedelta
from io import BytesIO

from odoo import Command, fields
from odoo.exceptions import AccessError
from odoo.tests import HttpCase, tagged
from odoo.tools import mute_logger

from .common import ServiceData


@tagged('post_install', '-at_install')
class TestPortalWishes(ServiceData, HttpCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.set_up_service()
        cls.team.use_in_portal = True
        cls.product.invoice_policy = 'order'
        cls.invoice = cls.order._create_invoices()
        cls.invoice.action_post()
        cls.case = cls.create_case(sale_order_id=cls.order.id, invoice_id=cls.invoice.id)

    def log_in(self, login):
        self.authenticate(login, login)

    def post(self, path, page=None, files=None, **values):
        text = self.url_open(page or path).text
        token = re.search(r'name="csrf_token" value="([^"]+)"', text)
        return self.url_open(
            path, data={'csrf_token': token.group(1) if token else '', **values}, files=files
        )

    def wish(self, wish, case=None, page=None, **values):
        case = case or self.case
        page = page or f'/my/cases/{case.id}'
        return self.post(f'/my/cases/{case.id}/{wish}', page=page, **values)

    def closed_by(self):
        notes = self.case.message_ids.filtered(lambda note: 'Closed by the' in (note.body or ''))
        self.assertEqual(len(notes), 1)
        return notes.author_id

    # ------------------------------------------------------------
    # NEW CASE
    # ------------------------------------------------------------

    def test_customer_finds_again_what_they_sent(self):
        """The files of the form, to download; not what colleagues keep on the case."""
        self.log_in('bea')
        self.post(
            '/my/cases/new', name='Wrong bill', description='See the picture.',
            files=[('files', ('bill.txt', BytesIO(b'50.00')))])
        case = self.env['service.case'].search([('name', '=', 'Wrong bill')])
        self.env['ir.attachment'].with_user(self.agent).create({
            'name': 'margins.txt', 'raw': b'42', 'res_model': 'service.case', 'res_id': case.id})
        text = self.url_open(f'/my/cases/{case.id}').text
        self.assertNotIn('margins.txt', text)
        [path] = re.findall(r'href="(/web/content/[^"]+)"', text)
        path = path.replace('&amp;', '&')
        self.assertEqual(self.url_open(path).content, b'50.00')
        self.log_in('sten')
        with mute_logger('odoo.http'):
            stolen = self.url_open(path.partition('?')[0])
        self.assertNotIn(b'50.00', stolen.content)

    def test_case_about_own_documents_with_files(self):
        self.log_in('bea')
        self.post(
            '/my/cases/new',
            name='Wrong bill',
            description='See the picture.',
            invoice_id=self.invoice.id,
            product_id=self.product.id,
            files=[('files', ('bill.txt', BytesIO(b'50.00')))],
        )
        case = self.env['service.case'].search([('name', '=', 'Wrong bill')])
        self.assertEqual(case.invoice_id, self.invoice)
        self.assertEqual(case.product_id, self.product)
        attachment = self.env['ir.attachment'].search(
            [('res_model', '=', 'service.case'), ('res_id', '=', case.id)]
        )
        self.assertEqual((attachment.name, attachment.raw), ('bill.txt', b'50.00'))

    def test_documents_of_others_are_not_offered(self):
        other_product = self.env['product.product'].create({'name': 'Chair'})
        foreign = self.create_order(self.stranger)._create_invoices()
        foreign.action_post()
        draft = self.create_order(self.contact)._create_invoices()
        self.log_in('bea')
        page = self.url_open('/my/cases/new').text
        self.assertIn(self.invoice.name, page)
        self.assertNotIn('Chair', page)
        for values, words in (
            ({'invoice_id': foreign.id}, 'one of your invoices'),
            ({'invoice_id': draft.id}, 'one of your invoices'),
            ({'product_id': other_product.id}, 'one of your products'),
        ):
            answer = self.post('/my/cases/new', name='A', description='B', **values)
            self.assertIn(words, answer.text)

    def test_product_that_was_invoiced_without_an_order_is_offered(self):
        chair = self.env['product.product'].create({'name': 'Chair', 'taxes_id': False})
        invoice = self.env['account.move'].create({
            'move_type': 'out_invoice', 'partner_id': self.contact.id,
            'invoice_line_ids': [Command.create({'product_id': chair.id, 'price_unit': 5})]})
        self.log_in('bea')
        self.assertNotIn('Chair', self.url_open('/my/cases/new').text)
        invoice.action_post()
        self.post('/my/cases/new', name='Wobbles', description='B', product_id=chair.id)
        case = self.env['service.case'].search([('name', '=', 'Wobbles')])
        self.assertEqual(case.product_id, chair)

    def test_bad_file_is_refused_and_nothing_is_made(self):
        self.log_in('bea')
        answer = self.post(
            '/my/cases/new',
            name='With a program',
            description='B',
            files=[('files', ('lamp.exe', BytesIO(b'MZ')))],
        )
        self.assertIn('cannot be sent', answer.text)
        self.assertFalse(self.env['service.case'].search([('name', '=', 'With a program')]))

    # ------------------------------------------------------------
    # CLOSING AND OPENING AGAIN
    # ------------------------------------------------------------

    def test_customer_closes_and_opens_again(self):
        self.log_in('bea')
        self.wish('close')
        self.assertTrue(self.case.closed_date)
        self.assertEqual(self.closed_by(), self.contact)
        self.wish('reopen')
        self.assertFalse(self.case.closed_date)

    def test_case_closed_for_long_is_not_opened_again(self):
        self.case.action_close()
        self.case.closed_date = fields.Datetime.now() - timedelta(days=30)
        self.log_in('bea')
        page = self.url_open(f'/my/cases/{self.case.id}').text
        self.assertIn('begins a new case', page)
        self.assertNotIn('/reopen', page)
        self.wish('reopen', page='/my/cases/new')
        self.assertTrue(self.case.closed_date)

    def test_link_from_a_mail_is_enough(self):
        token = self.case._portal_ensure_token()
        page = f'/my/cases/{self.case.id}?access_token={token}'
        self.wish('close', page=page, access_token=token)
        self.assertTrue(self.case.closed_date)
        self.assertEqual(self.closed_by(), self.contact)

    @mute_logger('odoo.http')
    def test_nobody_else_closes_it(self):
        for login in ('sten', 'ben'):
            self.log_in(login)
            self.wish('close', page='/my/cases/new')
            self.wish('close', page='/my/cases/new', access_token='guess')
        self.log_in('salesperson')
        self.wish('close')
        self.log_in('bea')
        self.url_open(f'/my/cases/{self.case.id}/close', data={'csrf_token': 'forged'})
        self.url_open(f'/my/cases/{self.case.id}/close')
        self.assertFalse(self.case.closed_date)

    # ------------------------------------------------------------
    # DOCUMENTS BESIDE IT
    # ------------------------------------------------------------

    def test_state_of_order_and_invoice(self):
        self.log_in('bea')
        text = self.url_open(f'/my/cases/{self.case.id}').text
        for field, document in (('state', self.order), ('payment_state', self.invoice)):
            label = dict(document._fields[field]._description_selection(self.env))[document[field]]
            self.assertIn(f'>{label}</span>', text)

    def test_state_is_not_told_to_who_may_not_see_the_document(self):
        token = self.case._portal_ensure_token()
        self.authenticate(None, None)
        text = self.url_open(f'/my/cases/{self.case.id}?access_token={token}').text
        self.assertIn(self.order.name, text)
        self.assertNotIn('text-bg-secondary', text)

    # ------------------------------------------------------------
    # CASES OF THE COMPANY
    # ------------------------------------------------------------

    def seen_by(self, user):
        return self.env['service.case'].with_user(user).search([])

    def test_colleagues_see_cases_if_their_company_wants_that(self):
        self.assertFalse(self.seen_by(self.portal_colleague))
        self.customer.portal_company_cases = True
        self.assertEqual(self.seen_by(self.portal_colleague), self.case)
        self.assertFalse(self.seen_by(self.portal_stranger))
        with self.assertRaises(AccessError):
            self.case.with_user(self.portal_colleague).name = 'Changed'
        self.case.with_user(self.portal_colleague).message_post(
            body='Me too.', message_type='comment', subtype_xmlid='mail.mt_comment'
        )
        self.customer.portal_company_cases = False
        self.assertFalse(self.seen_by(self.portal_colleague))

    def test_setting_of_one_customer_opens_nothing_of_another(self):
        (self.customer + self.stranger).portal_company_cases = True
        stranger_case = self.create_case(partner_id=self.stranger.id)
        nobodys = self.create_case(partner_id=False)
        self.assertEqual(self.seen_by(self.portal), self.case)
        self.assertEqual(self.seen_by(self.portal_stranger), stranger_case)
        self.assertFalse(nobodys.with_user(self.portal).has_access('read'))

    def test_list_of_the_company(self):
        own = self.create_case('Shade is torn', partner_id=self.colleague.id)
        self.customer.portal_company_cases = True
        self.log_in('ben')
        text = self.url_open('/my/cases').text
        self.assertIn(self.case.number, text)
        self.assertIn('Asked By', text)
        self.assertIn('Bea Brook', text)
        text = self.url_open('/my/cases?filterby=mine').text
        self.assertIn(own.number, text)
        self.assertNotIn(self.case.number, text)
        self.wish('close')
        self.assertEqual(self.closed_by(), self.colleague)
