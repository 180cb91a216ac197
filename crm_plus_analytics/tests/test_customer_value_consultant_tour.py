import threading
import time
from datetime import timedelta
from unittest.mock import patch

from odoo import Command, fields
from odoo.api import SUPERUSER_ID, Environment
from odoo.tests import HttpCase, tagged

from ..models.customer_score_queue_mixin import CustomerScoreQueueMixin
from .common import CustomerValueCommon


@tagged('post_install', '-at_install')
class TestCustomerValueConsultantTour(CustomerValueCommon, HttpCase):
    """A consultant says how customers are valued, without a line of code."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.consultant = cls.new_user(
            'value_consultant', 'base.group_system', 'crm_plus_analytics.group_manager',
            'sales_team.group_sale_manager', 'account.group_account_invoice')
        # sudo: the host's settings ask about price lists that are there and not switched on
        cls.env['product.pricelist'].sudo().search([]).active = False
        cls.env['customer.tier.rule'].sudo().search([]).active = False
        today = fields.Date.today()
        cls.first_day = today - timedelta(days=90)
        # Anna ordered three times within the window and once long before; Bert once.
        for partner, days, price in (
            (cls.anna, 900, 5000), (cls.anna, 90, 100), (cls.anna, 60, 100), (cls.anna, 30, 100),
            (cls.bert, 40, 10),
        ):
            cls.order(partner, today - timedelta(days=days), price)
        # what is invoiced is no purchase where orders count
        cls.buy(cls.bert, today - timedelta(days=10), 700)

    @classmethod
    def order(cls, partner, day, price):
        product = cls.env['product.product'].create({'name': "Thing", 'taxes_id': [Command.clear()]})
        order = cls.env['sale.order'].sudo().with_company(cls.company).create({
            'partner_id': partner.id,
            'order_line': [Command.create({'product_id': product.id, 'price_unit': price})],
        })
        order.action_confirm()
        order.date_order = fields.Datetime.to_datetime(day) + timedelta(hours=12)

    def process_queue_soon(self, *args):
        """Stand in for the scheduler, which does not run in tests."""
        def work():
            time.sleep(1)
            with self.registry.cursor() as cr:
                Environment(cr, SUPERUSER_ID, {})['customer.score.run']._cron_process_queue()

        worker = threading.Thread(target=work)
        worker.start()
        self.addCleanup(worker.join)

    def test_consultant_configures_scores_and_sees_the_result(self):
        with patch.object(CustomerScoreQueueMixin, '_wake_scheduler', self.process_queue_soon):
            self.start_tour(
                '/odoo', 'customer_value_consultant_tour', login='value_consultant', timeout=180)
        self.env.invalidate_all()
        self.assertEqual(
            (self.company.customer_value_basis, self.company.customer_value_window),
            ('order', 12))
        # sudo: the test's own user is a bookkeeper
        segment = self.env['customer.segment'].sudo().search([('name', '=', "Comes again")])
        self.assertEqual((segment.rule, segment.create_uid), ('domain', self.consultant))
        anna, bert = self.score_of(self.anna), self.score_of(self.bert)
        self.assertEqual(
            (anna.purchases, anna.revenue, anna.first_date), (3, 300.0, self.first_day))
        self.assertEqual((bert.purchases, bert.revenue), (1, 10.0))
        self.assertEqual(anna.segment_id, segment)
        self.assertNotEqual(bert.segment_id, segment)
        rule = self.env['customer.tier.rule'].sudo().search([('name', '=', "Worth a call")])
        self.assertEqual(rule.segment_ids, segment)
        tier = self.env.ref('crm_plus.crm_customer_tier_a')
        self.assertEqual(rule.tier_id, tier)
        # confirmed in the browser: the tier is the customer's, with its reason
        # sudo: the test's own user is a bookkeeper
        anna, bert = (self.anna | self.bert).sudo().with_company(self.company)
        self.assertEqual(anna.customer_tier_id, tier)
        self.assertFalse(bert.customer_tier_id)
        change = self.env['crm.customer.tier.change'].sudo().search([('partner_id', '=', anna.id)])
        self.assertEqual(len(change), 1)
        self.assertIn("Worth a call", change.reason)
        self.assertFalse(self.env['customer.tier.proposal'].sudo().search(
            [('partner_id', '=', self.anna.id)]))
