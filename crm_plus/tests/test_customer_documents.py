from lxml import etree

from odoo.exceptions import AccessError
from odoo.tests import new_test_user, tagged

from .common import CrmPlusCommon


@tagged('post_install', '-at_install')
class TestCustomerDocuments(CrmPlusCommon):
    """The right to read all customers' documents: all of them, and nothing but reading."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.order = cls.make_order(cls.contact, 100, '2024-03-01', user=cls.colleague)
        cls.invoice = cls.make_invoice(cls.contact, 100, '2024-03-01', user=cls.colleague)
        cls.refund = cls.make_invoice(
            cls.contact, 10, '2024-03-01', user=cls.colleague, move_type='out_refund')
        cls.payment = cls.pay(cls.invoice, '2024-03-02')
        cls.bill = cls.make_invoice(cls.contact, 5, '2024-03-01', move_type='in_invoice')
        cls.bill_payment = cls.pay(cls.bill, '2024-03-02')
        cls.only_documents = new_test_user(
            cls.env, 'crm_documents', groups='crm_plus.group_customer_documents',
            company_id=cls.company.id, company_ids=cls.company.ids)

    def view_spec(self, model, view_type):
        """What the web client asks of the model to show its view."""
        arch = model.get_views([(False, view_type)])['views'][view_type]['arch']

        def spec(node, model):
            fields = {}
            for child in node:
                name = child.get('name')
                if child.tag != 'field':
                    fields.update(spec(child, model))
                elif field := model._fields.get(name):
                    fields[name] = fields.get(name, {})
                    if field.type == 'many2one':
                        fields[name]['fields'] = {'display_name': {}}
                    elif field.type in ('one2many', 'many2many'):
                        lines = spec(child, model.env[field.comodel_name])
                        fields[name].setdefault('fields', {}).update(lines)
            return fields

        return spec(etree.fromstring(arch), model)

    def test_documents_open(self):
        """The forms and lists of the documents show without an error."""
        for document in (self.order, self.invoice, self.refund, self.payment):
            document = self.as_user(document, self.only_documents)
            with self.subTest(document=document._name):
                self.env.invalidate_all()
                [values] = document.web_read(self.view_spec(document, 'form'))
                self.assertEqual(values['id'], document.id)
                found = document.web_search_read(
                    [('id', '=', document.id)], self.view_spec(document, 'list'))
                self.assertEqual(found['length'], 1)

    def test_reading_only(self):
        for document in (
            self.order, self.order.order_line, self.invoice, self.invoice.line_ids, self.payment,
        ):
            document = self.as_user(document, self.only_documents)
            with self.subTest(document=document._name):
                for operation in ('write', 'create', 'unlink'):
                    self.assertFalse(document.has_access(operation))
        with self.assertRaises(AccessError):
            self.as_user(self.order, self.only_documents).write({'client_order_ref': "mine"})

    def test_customers_documents_only(self):
        for document in (self.bill, self.bill.line_ids, self.bill_payment):
            with self.subTest(document=document._name):
                self.assertFalse(self.as_user(document, self.only_documents).has_access('read'))

    def test_allowed_companies_only(self):
        order_b = self.make_order(self.contact, 1, '2024-03-01', company=self.company_b)
        invoice_b = self.make_invoice(self.contact, 1, '2024-03-01', company=self.company_b)
        for document in (order_b, invoice_b):
            self.assertFalse(self.as_user(document, self.only_documents).has_access('read'))

    def test_salesperson_writes_own_orders_only(self):
        """Together with "own documents only": reads all, still writes the own."""
        self.salesperson.group_ids += self.env.ref('crm_plus.group_customer_documents')
        order = self.as_user(self.order, self.salesperson)
        self.assertTrue(order.has_access('read'))
        self.assertFalse(order.has_access('write'))
        self.assertFalse(order.order_line.has_access('write'))
        own = self.make_order(self.contact, 1, '2024-03-01', user=self.salesperson)
        self.assertTrue(self.as_user(own, self.salesperson).has_access('write'))

    def test_bookkeeper_keeps_everything(self):
        """The right narrows nobody: who reads all payments goes on reading them."""
        bookkeeper = new_test_user(
            self.env, 'crm_bookkeeper', company_id=self.company.id, company_ids=self.company.ids,
            groups='account.group_account_invoice,crm_plus.group_customer_documents')
        for document in (self.bill, self.bill.line_ids, self.bill_payment, self.payment):
            with self.subTest(document=document._name):
                self.assertTrue(self.as_user(document, bookkeeper).has_access('write'))
                self.assertTrue(self.as_user(document, bookkeeper).has_access('read'))
