from datetime import timedelta
from unittest.mock import patch

from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from ..models import crm_duplicate_finder, crm_duplicate_scan
from .common import CrmPlusCommon


@tagged('post_install', '-at_install', 'crm_plus_duplicates')
class TestDuplicateScan(CrmPlusCommon):
    """The list of possible duplicates, and who sees which of it."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.one, cls.other = cls.env['crm.lead'].create([
            {'name': name, 'type': 'lead', 'user_id': False, 'team_id': False,
             'company_id': cls.company.id, 'email_from': "hank@globex.test"}
            for name in ("Ten lorries", "Lorries, ten")
        ])

    def scan(self, since=False):
        scan = self.env['crm.duplicate.scan']._start(since)
        while scan._step():
            pass
        return scan

    def pairs(self, *leads):
        ids = [lead.id for lead in leads or (self.one, self.other)]
        return self.env['crm.duplicate'].search(
            ['|', ('lead_id', 'in', ids), ('other_lead_id', 'in', ids)])

    def test_pairs_are_listed_once(self):
        scan = self.scan()
        pair = self.pairs()
        self.assertEqual((pair.lead_id, pair.other_lead_id), (self.one, self.other))
        self.assertEqual((pair.kind, pair.score, pair.state), ('lead', 80, 'open'))
        self.assertEqual(pair.reasons_text, "same e-mail")
        self.assertEqual(pair.company_id, self.company)
        self.assertTrue(scan.finished_date)
        self.assertGreaterEqual(scan.found, 1)
        self.assertEqual(scan.progress, 100)
        self.assertFalse(self.scan().found, "nothing new the second time")
        self.assertEqual(self.pairs(), pair)

    def test_the_list_follows_the_records(self):
        self.scan()
        self.one.phone = self.other.phone = "+32 2 290 34 90"
        self.scan()
        self.assertEqual(self.pairs().score, 100)
        self.other.write({'email_from': "else@other.test", 'phone': False})
        self.scan()
        self.assertFalse(self.pairs())

    def test_what_is_decided_stays_decided(self):
        self.scan()
        self.as_user(self.pairs(), self.salesperson).action_different()
        self.scan()
        self.assertEqual(self.pairs().state, 'different')
        self.assertEqual(self.pairs().decided_by_id, self.salesperson)
        self.as_user(self.pairs(), self.salesperson).action_reopen()
        self.assertEqual(self.pairs().state, 'open')

    def test_closed_leads_leave_the_list(self):
        self.scan()
        self.other.action_set_lost()
        self.scan()
        self.assertFalse(self.pairs())

    def test_only_changes_are_compared_after_the_first_time(self):
        self.scan()
        self.env.cr.execute(
            "UPDATE crm_lead SET write_date = '2020-01-01' WHERE id IN %s",
            [(self.one.id, self.other.id)])
        self.env.cr.execute("UPDATE res_partner SET write_date = '2020-01-01'")
        self.env.invalidate_all()
        scan = self.env['crm.duplicate.scan']._start('2021-01-01 00:00:00')
        before = scan.total
        self.one.phone = "+32 2 290 34 90"
        self.env.flush_all()
        self.assertEqual(self.env['crm.duplicate.scan']._start('2021-01-01 00:00:00').total,
                         before + 1)

    def test_changes_that_were_going_on_when_the_last_search_began_are_looked_at(self):
        last = self.scan()
        self.pairs().unlink()
        self.env.flush_all()
        # seen by others when their transaction ended, a while after it had begun
        self.env.cr.execute(
            "UPDATE crm_lead SET write_date = %s WHERE id IN %s",
            [last.started_date - timedelta(minutes=10), (self.one.id, self.other.id)])
        self.env.invalidate_all()
        with patch.object(type(self.env['ir.cron']), '_commit_progress'):
            self.env['crm.duplicate.scan']._cron_scan()
        self.assertTrue(self.pairs())

    def test_of_many_with_the_same_key_no_pair_is_lost(self):
        third = self.one.copy({'email_from': "hank@globex.test", 'name': "Lorries"})
        # each sees but two of the three, itself among them
        self.patch(crm_duplicate_finder, 'PER_KEY', 2)
        self.scan()
        pairs = self.pairs(self.one, self.other, third)
        self.assertEqual(len(pairs), 3)
        for lead in (self.one, self.other, third):
            self.env['crm.duplicate.scan']._compare(lead)
        self.assertEqual(self.pairs(self.one, self.other, third), pairs)

    def test_a_scan_goes_on_where_it_was_stopped(self):
        self.patch(crm_duplicate_scan, 'BATCH', 1)
        scan = self.env['crm.duplicate.scan']._start(False)
        scan._step()
        self.assertEqual(scan.compared, 1)
        self.assertFalse(scan.finished_date)
        self.assertEqual(self.env['crm.duplicate.scan']._running(), scan)
        while scan._step():
            pass
        self.assertEqual(scan.compared, scan.total)
        self.assertTrue(self.pairs())

    def test_companies_are_not_mixed(self):
        self.other.company_id = self.company_b
        self.scan()
        self.assertFalse(self.pairs())

    def test_who_reads_not_both_sees_no_pair(self):
        self.scan()
        pair = self.pairs()
        self.assertIn(pair, self.as_user(pair, self.salesperson).search([]))
        self.other.user_id = self.colleague
        mine = self.as_user(pair, self.salesperson)
        self.assertNotIn(pair, mine.search([]))
        with self.assertRaises(AccessError):
            mine.read(['first_name'])
        with self.assertRaises(AccessError):
            mine.action_different()
        self.assertIn(pair, self.as_user(pair, self.lead_seller).search([]))
        self.assertNotIn(
            pair, self.as_user(pair, self.lead_seller, self.company_b).search([]))

    def test_only_managers_start_a_search(self):
        with self.assertRaises(AccessError):
            self.env['crm.duplicate.scan'].with_user(self.salesperson).action_start()
        self.env['crm.duplicate.scan'].with_user(self.manager).action_start()
        self.assertTrue(self.env['crm.duplicate.scan']._running())

    def test_a_lead_of_a_contact_takes_the_contact(self):
        contact = self.env['res.partner'].create({
            'name': "Hank Scorpio", 'email': "hank@globex.test"})
        self.scan()
        pair = self.env['crm.duplicate'].search(
            [('lead_id', '=', self.one.id), ('partner_id', '=', contact.id)])
        self.assertEqual(pair.kind, 'customer')
        self.as_user(pair, self.salesperson).action_merge()
        self.assertEqual(self.one.partner_id, contact)
        self.assertEqual(pair.state, 'merged')
        with self.assertRaises(UserError):
            self.as_user(pair, self.salesperson).action_merge()

    def test_a_batch_costs_the_same_statements(self):
        leads = self.env['crm.lead'].create([
            {'name': f"Many {number}", 'user_id': False, 'team_id': False,
             'company_id': self.company.id, 'email_from': f"u{number // 2}@many.test"}
            for number in range(40)
        ])
        self.env.flush_all()

        def count(records):
            self.env['crm.duplicate.scan']._compare(records)
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.cr.sql_log_count
            self.env['crm.duplicate.scan']._compare(records)
            self.env.flush_all()
            return self.cr.sql_log_count - before

        self.assertEqual(count(leads[:4]), count(leads))
