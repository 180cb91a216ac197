from odoo.addons.account.tests.common import AccountTestInvoicingCommon
from odoo.fields import Command
from odoo.tests import new_test_user


class CrmPlusCommon(AccountTestInvoicingCommon):
    """Two companies, one customer with two contacts, and everybody who may look at them.

    ``company`` and ``company_b`` count in dollars, ``foreign`` is worth half a dollar since
    2017. Amounts are chosen so that sums can be worked out by hand.
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env = cls.env(su=True)
        cls.company = cls.company_data['company']
        cls.company_b = cls.setup_other_company(name="Company B")['company']
        cls.env = cls.env(context=dict(
            cls.env.context, tracking_disable=True, no_reset_password=True,
            allowed_company_ids=cls.company.ids,
        ))
        cls.foreign = cls.setup_other_currency('GBP')
        cls.customer = cls.env['res.partner'].create({
            'name': "Customer Ltd", 'is_company': True, 'email': "customer@example.com",
        })
        cls.contact, cls.other_contact = cls.env['res.partner'].create([
            {'name': "Contact One", 'parent_id': cls.customer.id, 'email': "one@example.com"},
            {'name': "Contact Two", 'parent_id': cls.customer.id, 'email': "two@example.com"},
        ])
        cls.stranger = cls.env['res.partner'].create({'name': "Stranger"})
        cls.tier_a, cls.tier_b = cls.env['crm.customer.tier'].create([
            {'name': "Tier A", 'sequence': 1},
            {'name': "Tier B", 'sequence': 2},
        ])

        both = (cls.company | cls.company_b).ids

        def user(login, groups, companies=cls.company.ids):
            return new_test_user(
                cls.env, login=login, groups=groups, company_id=companies[0],
                company_ids=[Command.set(companies)], tz='UTC',
            )

        cls.salesperson = user('crm_sales', 'sales_team.group_sale_salesman')
        cls.colleague = user('crm_colleague', 'sales_team.group_sale_salesman')
        cls.lead_seller = user('crm_all', 'sales_team.group_sale_salesman_all_leads', both)
        cls.manager = user(
            'crm_manager', 'sales_team.group_sale_manager,base.group_partner_manager', both)
        cls.reader = user(
            'crm_reader', 'crm_plus.group_user,crm_plus.group_customer_documents', both)
        cls.viewer = user('crm_viewer', 'crm_plus.group_user', both)
        cls.outsider = user('crm_outsider', 'base.group_user')

    # ------------------------------------------------------------
    # DOCUMENTS
    # ------------------------------------------------------------

    @classmethod
    def make_order(cls, partner, price, date, *, confirm=True, company=None, user=None, cost=0,
                   currency=None):
        company = company or cls.company
        pricelist = cls.env['product.pricelist'].create({
            'name': "Test", 'currency_id': (currency or company.currency_id).id,
            'company_id': company.id,
        })
        order = cls.env['sale.order'].with_company(company).create({
            'partner_id': partner.id,
            'company_id': company.id,
            'user_id': user.id if user else False,
            'date_order': date,
            'pricelist_id': pricelist.id,
            'order_line': [Command.create({
                'product_id': cls.product_a.id, 'product_uom_qty': 1, 'price_unit': price,
                'tax_ids': [Command.clear()],
            })],
        })
        order.order_line.purchase_price = cost
        if confirm:
            order.action_confirm()
            order.date_order = date
        return order

    @classmethod
    def make_invoice(cls, partner, amount, date, *, due=None, move_type='out_invoice',
                     company=None, user=None, currency=None, post=True):
        company = company or cls.company
        invoice = cls.env['account.move'].with_company(company).create({
            'move_type': move_type,
            'partner_id': partner.id,
            'company_id': company.id,
            'invoice_user_id': user.id if user else False,
            'invoice_date': date,
            'date': date,
            'invoice_payment_term_id': False,
            'invoice_date_due': due or date,
            'currency_id': (currency or company.currency_id).id,
            'invoice_line_ids': [Command.create({
                'product_id': cls.product_a.id, 'quantity': 1, 'price_unit': amount,
                'tax_ids': [Command.clear()],
            })],
        })
        if post:
            invoice.action_post()
        return invoice

    @classmethod
    def pay(cls, invoice, date, **values):
        """Register a payment that is matched with the invoice, as with a bank account."""
        return cls._register_payment(invoice, payment_date=date, **values)

    @classmethod
    def make_lead(cls, partner, revenue, **values):
        return cls.env['crm.lead'].create({
            'name': "Lead", 'type': 'opportunity', 'partner_id': partner.id,
            'expected_revenue': revenue, 'user_id': False, 'company_id': cls.company.id,
            **values,
        })

    @classmethod
    def make_meeting(cls, partners, start='2024-03-01 09:00:00', **values):
        return cls.env['calendar.event'].with_context(no_mail_to_attendees=True).create({
            'name': "Meeting", 'start': start, 'stop': start, 'user_id': cls.salesperson.id,
            'partner_ids': [Command.set(partners.ids)], **values,
        })

    # ------------------------------------------------------------
    # READING
    # ------------------------------------------------------------

    @classmethod
    def timeline(cls, user=None, companies=None):
        """The timeline as ``user`` sees it with ``companies`` ticked; all of it without."""
        timeline = cls.env['customer.timeline']
        if not user:
            return timeline.sudo()
        companies = companies or user.company_ids
        return timeline.with_user(user).with_context(allowed_company_ids=companies.ids)

    @classmethod
    def entries(cls, kind, user=None, companies=None, partner=None):
        """The customer's entries of a kind, oldest first."""
        return cls.timeline(user, companies).search(
            [('partner_id', '=', (partner or cls.customer).id), ('kind', '=', kind)],
            order='date, id',
        )

    @classmethod
    def as_user(cls, records, user, companies=None):
        """The records as ``user`` reads them, with ``companies`` ticked or all of theirs."""
        return records.with_user(user).with_context(
            allowed_company_ids=(companies or user.company_ids).ids)

    def entry_of(self, document):
        """The entry of a document, whoever may see it."""
        return self.timeline().search([
            ('res_model', '=', document._name), ('res_id', '=', document.id),
        ], limit=1)
