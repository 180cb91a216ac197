from odoo import Command

from .common import ServiceCommon, utc

NOW = '2026-06-17 08:00'  # a Wednesday, 10:00 in Brussels


class EntitlementCommon(ServiceCommon):
    """Products with a warranty and products that are contracts, sold and invoiced."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env['service.policy'].search([]).active = False
        cls.env.company.resource_calendar_id.tz = 'Europe/Brussels'
        cls.gold = cls.env['service.response.class'].create({'name': 'Golden', 'sequence': 1})
        cls.contract_product = cls.env['product.product'].create({
            'name': 'Care', 'type': 'service', 'invoice_policy': 'order', 'taxes_id': False,
            'is_service_contract': True, 'contract_months': 12, 'contract_unit': 'hours',
            'contract_amount': 10, 'contract_period': '1',
            'contract_response_class_id': cls.gold.id,
        })
        cls.hour_product = cls.env['product.product'].create({
            'name': 'Hour of Service', 'type': 'service', 'list_price': 80, 'taxes_id': False,
            'uom_id': cls.env.ref('uom.product_uom_hour').id,
        })
        cls.team.billing_product_id = cls.hour_product

    @classmethod
    def sell(cls, product, when='2026-03-15', quantity=1, partner=None, company=None):
        """Return the line of an order that was confirmed at noon of the day."""
        company = company or cls.company
        order = cls.env['sale.order'].with_company(company).create({
            'partner_id': (partner or cls.contact).id,
            'company_id': company.id,
            'order_line': [Command.create(
                {'product_id': product.id, 'product_uom_qty': quantity})],
        })
        order.action_confirm()
        order.date_order = utc(f'{when} 11:00')
        return order.order_line

    def invoice(self, line, when, due=None, post=True):
        invoice = line.order_id._create_invoices()
        invoice.write({'invoice_date': when, 'invoice_date_due': due or when})
        if post:
            invoice.action_post()
        return invoice

    def covered(self, case):
        """Return the state, what is left and the hours that nothing pays for."""
        case._forget_coverage()
        coverage = self.env['service.entitlement']._read_coverage(case)[case]
        left = coverage.balance.left if coverage.balance else None
        return coverage.state, left, coverage.uncovered
