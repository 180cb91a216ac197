import json

from odoo.tests import tagged
from odoo.tools import SQL

from .common import CrmPlusCommon

COPIES = 4000


@tagged('post_install', '-at_install')
class TestTimelinePlan(CrmPlusCommon):
    """PostgreSQL reaches one customer, and one entry, without reading everybody's documents."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.order = cls.make_order(cls.contact, 1, '2024-01-01')
        invoice = cls.make_invoice(cls.contact, 1, '2024-01-01')
        cls.pay(invoice, '2024-01-02')
        cls.make_lead(cls.contact, 1)
        meeting = cls.make_meeting(cls.contact)
        cls.contact.message_post(body="Hello", message_type='comment')
        cls.env.flush_all()
        others = cls.copy_rows('res_partner', cls.stranger.id, commercial_partner_id=None)
        cls.env.cr.execute(
            "UPDATE res_partner SET commercial_partner_id = id WHERE id = ANY(%s)", [others])
        cls.copy_rows('sale_order', cls.order.id, partner_id=others)
        cls.copy_rows('account_move', invoice.id, partner_id=others, name=None)
        payment = cls.env['account.payment'].search([('partner_id', '=', cls.customer.id)])
        cls.copy_rows('account_payment', payment.id, partner_id=others)
        cls.copy_rows('crm_lead', cls.env['crm.lead'].search(
            [('partner_id', '=', cls.contact.id)]).id, partner_id=others)
        message = cls.contact.message_ids.filtered(
            lambda message: message.message_type == 'comment')
        cls.copy_rows('mail_message', message.id, res_id=others)
        events = cls.copy_rows('calendar_event', meeting.id)
        cls.copy_rows('calendar_attendee', meeting.attendee_ids.id,
                      partner_id=others, event_id=events)
        cls.env.cr.execute(
            "INSERT INTO calendar_event_res_partner_rel (res_partner_id, calendar_event_id)"
            " SELECT unnest(%s), unnest(%s)", [others, events])
        cls.tables = {
            'res_partner', 'sale_order', 'account_move', 'account_payment', 'crm_lead',
            'mail_message', 'calendar_event', 'calendar_attendee',
            'calendar_event_res_partner_rel',
        }
        for table in cls.tables:
            cls.env.cr.execute(SQL("ANALYZE %s", SQL.identifier(table)))

    @classmethod
    def copy_rows(cls, table, row_id, **values):
        """Copy a row many times, with other values, lists one by one; return the new ids."""
        cls.env.cr.execute(
            "SELECT column_name FROM information_schema.columns"
            " WHERE table_name = %s AND column_name <> 'id'", [table])
        columns = [column for [column] in cls.env.cr.fetchall()]

        def value(column):
            if column not in values:
                return SQL("original.%s", SQL.identifier(column))
            if isinstance(values[column], list):
                return SQL("(%s::int[])[number]", values[column])
            return SQL("%s", values[column])

        return [new_id for [new_id] in cls.env.execute_query(SQL(
            "INSERT INTO %s (%s) SELECT %s FROM %s original, generate_series(1, %s) number"
            " WHERE original.id = %s RETURNING id",
            SQL.identifier(table),
            SQL(", ").join(map(SQL.identifier, columns)),
            SQL(", ").join(map(value, columns)),
            SQL.identifier(table),
            COPIES,
            row_id,
        ))]

    def rows_read(self, query):
        """Rows that the query really touched in each document table."""
        self.env.flush_all()
        [[plan]] = self.env.execute_query(
            SQL("EXPLAIN (ANALYZE, FORMAT JSON) %s", query.select()))
        plan = json.loads(plan) if isinstance(plan, str) else plan
        found = dict.fromkeys(self.tables, 0)

        def walk(node):
            if node.get('Relation Name') in found:
                found[node['Relation Name']] += node['Actual Loops'] * (
                    node['Actual Rows'] + node.get('Rows Removed by Filter', 0))
            for child in node.get('Plans', ()):
                walk(child)

        walk(plan[0]['Plan'])
        return found

    def assertFew(self, query):
        for table, rows in self.rows_read(query).items():
            self.assertLess(rows, COPIES / 4, f"{table} was read as a whole")

    def test_customer(self):
        for user in (self.salesperson, self.manager, self.reader):
            with self.subTest(user=user.login):
                timeline = self.timeline(user)
                query = timeline._search(
                    [('partner_id', '=', self.customer.id)], order='date desc', limit=40)
                self.assertFew(query)

    def test_entry(self):
        entries = self.timeline().search([('partner_id', '=', self.customer.id)])
        self.assertGreaterEqual(len(entries), 5)
        for user in (self.salesperson, self.manager, self.reader):
            with self.subTest(user=user.login):
                self.assertFew(self.timeline(user)._search([('id', 'in', entries.ids)]))
