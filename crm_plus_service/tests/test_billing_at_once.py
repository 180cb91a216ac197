"""Two people who bill the same work at the same moment, each in a transaction of their own."""

from contextlib import closing

from freezegun import freeze_time
from psycopg2.errors import SerializationFailure

from odoo import SUPERUSER_ID, api
from odoo.exceptions import UserError
from odoo.tests import TransactionCase, tagged
from odoo.tools import mute_logger


@tagged('post_install', '-at_install')
class TestBillingAtOnce(TransactionCase):
    """What the two see must be kept in the database: it is made here and deleted again."""

    def setUp(self):
        super().setUp()
        with self.registry.cursor() as cr:
            env = api.Environment(cr, SUPERUSER_ID, {})
            product = env['product.product'].create({
                'name': 'Hour of Service', 'type': 'service', 'taxes_id': False,
                'uom_id': env.ref('uom.product_uom_hour').id})
            partner = env['res.partner'].create({'name': 'Billed Twice'})
            team = env['service.team'].create({
                'name': 'Bill at Once', 'company_id': env.company.id, 'resolution_hours': 0,
                'billing_product_id': product.id})
            case = env['service.case'].create({
                'name': 'Work', 'team_id': team.id, 'partner_id': partner.id, 'user_id': False,
                'time_spent': 2})
            self.records = [case, team, product.product_tmpl_id, partner]
            self.case_id = case.id
        self.addCleanup(self.delete_records)

    def own_transaction(self):
        return closing(self.registry.cursor())

    def delete_records(self):
        with self.registry.cursor() as cr:
            env = api.Environment(cr, SUPERUSER_ID, {})
            records = [record.with_env(env) for record in self.records]
            orders = records[0].billing_line_ids.order_id
            orders._action_cancel()
            orders.unlink()
            for record in records:
                record.unlink()

    def case(self, cr):
        return api.Environment(cr, SUPERUSER_ID, {})['service.case'].browse(self.case_id)

    def assert_second_begins_again(self):
        """Let two bill in transactions that both began before either was done."""
        with self.own_transaction() as first, self.own_transaction() as second:
            hours = self.case(first).hours_to_bill
            self.assertEqual(self.case(second).hours_to_bill, hours)
            self.case(first).action_bill_work()
            first.commit()
            with mute_logger('odoo.sql_db'), self.assertRaises(SerializationFailure):
                self.case(second).action_bill_work()
            second.rollback()
            # as the server does by itself with what failed so
            with self.assertRaisesRegex(UserError, 'nothing to bill'):
                self.case(second).action_bill_work()
            second.rollback()

    def billed(self):
        with self.own_transaction() as cr:
            return sum(self.case(cr).billing_line_ids.mapped('product_uom_qty'))

    def test_once(self):
        self.assert_second_begins_again()
        self.assertEqual(self.billed(), 2)

    def test_once_again_within_the_same_second(self):
        """The case says already that it was billed now: that must not let both through."""
        with self.registry.cursor() as cr:
            case = self.case(cr)
            case.action_bill_work()
            moment = case.billed_date
            case.time_spent = 5
        with freeze_time(moment):
            self.assert_second_begins_again()
        self.assertEqual(self.billed(), 5)
