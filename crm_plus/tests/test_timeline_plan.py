import json

from odoo.tests import tagged
from odoo.tools import SQL

from .common import CrmPlusCommon

# Tables that grow with the business: one customer's timeline must not read all of them.
DOCUMENT_TABLES = {
    'sale_order', 'account_move', 'account_payment', 'crm_lead', 'calendar_event',
    'calendar_attendee', 'calendar_event_res_partner_rel', 'mail_message', 'res_partner',
}


@tagged('post_install', '-at_install')
class TestTimelinePlan(CrmPlusCommon):
    """PostgreSQL reaches one customer, and one entry, without reading all documents."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.make_order(cls.contact, 1, '2024-01-01')
        cls.make_meeting(cls.contact)

    def scans(self, query):
        """Plan nodes that read a whole document table, where an index would do."""
        self.env.flush_all()
        # In a small table a scan is cheapest; it stays only where there is no other way.
        self.env.cr.execute("SET LOCAL enable_seqscan = off")
        [[plan]] = self.env.execute_query(
            SQL("EXPLAIN (FORMAT JSON) %s", query.select()))
        plan = json.loads(plan) if isinstance(plan, str) else plan
        found = []

        def walk(node):
            table = node.get('Relation Name')
            if node['Node Type'] == 'Seq Scan' and table in DOCUMENT_TABLES:
                found.append(table)
            if node['Node Type'] == 'Index Scan' and table in DOCUMENT_TABLES \
                    and 'Index Cond' not in node:
                found.append(table)
            for child in node.get('Plans', ()):
                walk(child)

        walk(plan[0]['Plan'])
        return found

    def test_customer(self):
        for user in (self.salesperson, self.manager, self.reader):
            with self.subTest(user=user.login):
                query = self.timeline(user)._search(
                    [('partner_id', '=', self.customer.id)], order='date desc', limit=40)
                self.assertFalse(self.scans(query))

    def test_entry(self):
        entries = self.entry_of(self.contact) | self.timeline().search(
            [('partner_id', '=', self.customer.id)])
        for user in (self.salesperson, self.manager, self.reader):
            with self.subTest(user=user.login):
                query = self.timeline(user)._search([('id', 'in', entries.ids)])
                self.assertFalse(self.scans(query))
