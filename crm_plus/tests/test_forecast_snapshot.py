from datetime import datetime, timedelta

from freezegun import freeze_time

from odoo.exceptions import AccessError
from odoo.tests import tagged

from .test_forecast import TODAY, ForecastCommon


@tagged('post_install', '-at_install')
@freeze_time(TODAY)
class TestForecastSnapshot(ForecastCommon):

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.Snapshot = cls.env['crm.forecast.snapshot']

    def lines(self, snapshot, user=None, companies=None):
        lines = self.env['crm.forecast.snapshot.line'].search([
            ('snapshot_id', '=', snapshot.id)])
        if user:
            lines = self.as_user(lines, user, companies).search([
                ('snapshot_id', '=', snapshot.id)])
        return lines.filtered(
            lambda line: line.lead_id.sudo().partner_id == self.customer)

    def test_what_is_written_down(self):
        lead = self.opportunity("Open", 1000, 'commit', 40, '2026-04-01')
        won = self.won("Won", 50, '2026-03-01 10:00:00')
        self.won("Won long ago", 60, '2025-11-01 10:00:00')
        self.opportunity("Lost", 70, 'commit', 40, '2026-04-01').action_set_lost()
        self.make_lead(self.customer, 80, type='lead')
        lines = self.lines(self.Snapshot.create({})).sorted('amount')
        self.assertEqual(lines.lead_id, won + lead)
        self.assertEqual(lines.mapped('category'), ['closed', 'commit'])
        self.assertEqual(
            [str(day) for day in lines.mapped('close_date')], ['2026-03-01', '2026-04-01'])
        self.assertEqual(lines.mapped('prorated'), [50, 400])
        self.assertEqual(lines[1].stage_id, self.stage)
        self.assertEqual(lines[1].user_id, self.salesperson)
        self.assertEqual(lines[1].currency_id, self.company.currency_id)

    def test_one_statement_whatever_the_number(self):
        def queries():
            self.env.flush_all()
            before = self.env.cr.sql_log_count
            self.Snapshot.create({})
            self.env.flush_all()
            return self.env.cr.sql_log_count - before

        self.opportunity("One", 1, 'commit', 40, '2026-04-01')
        queries()
        few = queries()
        for index in range(30):
            self.opportunity(f"More {index}", 1, 'commit', 40, '2026-04-01')
        self.assertEqual(queries(), few)

    def test_seen_as_the_opportunities_are(self):
        own = self.opportunity("Own", 1, 'commit', 40, '2026-04-01')
        other = self.opportunity(
            "Other", 2, 'commit', 40, '2026-04-01', user_id=self.colleague.id)
        nobodys = self.opportunity("Nobody's", 4, 'commit', 40, '2026-04-01', user_id=False)
        abroad = self.opportunity(
            "Abroad", 8, 'commit', 40, '2026-04-01', user_id=False,
            company_id=self.company_b.id)
        snapshot = self.Snapshot.create({})
        for user, companies, leads in (
            (self.salesperson, None, own | nobodys),
            (self.colleague, None, other | nobodys),
            (self.lead_seller, self.company, own | other | nobodys),
            (self.manager, self.company_b, abroad),
            (self.manager, self.company | self.company_b, own | other | nobodys | abroad),
        ):
            with self.subTest(user=user.login):
                self.assertEqual(self.lines(snapshot, user, companies).lead_id.sudo(), leads)
        with self.assertRaises(AccessError):
            self.lines(snapshot, self.outsider)
        hidden = self.lines(snapshot).filtered(lambda line: line.lead_id == other)
        with self.assertRaises(AccessError):
            hidden.with_user(self.salesperson).read(['amount'])

    def test_managers_take_them_and_nobody_writes_rows(self):
        snapshot = self.Snapshot.with_user(self.manager).create({'name': "Board"})
        self.assertEqual(snapshot.user_id, self.manager)
        self.assertIn("Board", snapshot.display_name)
        with self.assertRaises(AccessError):
            self.Snapshot.with_user(self.lead_seller).create({})
        line = self.env['crm.forecast.snapshot.line'].create({'snapshot_id': snapshot.id})
        with self.assertRaises(AccessError):
            line.with_user(self.manager).write({'amount': 1})

    def test_a_moment_cannot_be_invented(self):
        snapshot = self.Snapshot.with_user(self.manager).create({'date': '2020-01-01 00:00:00'})
        self.assertEqual(str(snapshot.date), TODAY)

    def test_rows_outlive_the_opportunity(self):
        lead = self.opportunity("Gone", 10, 'commit', 40, '2026-04-01')
        snapshot = self.Snapshot.create({})
        line = self.lines(snapshot)
        lead.unlink()
        line.invalidate_recordset()
        self.assertTrue(line.exists())
        self.assertFalse(line.lead_id)
        self.assertEqual(line.amount, 10)

    def test_sums_in_several_currencies(self):
        """400 pounds are 200 dollars, in the lists and pivots of snapshots too."""
        self.opportunity("Dollars", 100, 'commit', 40, '2026-04-01', user_id=False)
        self.opportunity("Pounds", 400, 'commit', 40, '2026-04-01', user_id=False,
                         company_id=self.company_c.id)
        snapshot = self.Snapshot.create({})
        lines = self.lines(snapshot, self.manager, self.company | self.company_c)
        [(total,)] = lines._read_group(
            [('id', 'in', lines.ids)], [], ['amount:sum_currency'])
        self.assertEqual(total, 300)

    # -- the schedule

    def taken(self):
        return self.Snapshot.search([('is_automatic', '=', True)])

    def test_weekly(self):
        """10 March 2026 is a Tuesday."""
        self.taken().unlink()
        self.Snapshot._cron_take()
        self.assertEqual(len(self.taken()), 1)
        for now, count in (
            ('2026-03-15 12:00:00', 1), ('2026-03-16 12:00:00', 2), ('2026-03-17 12:00:00', 2),
            # Monday the 23rd was missed
            ('2026-03-24 12:00:00', 3),
        ):
            with self.subTest(now), freeze_time(now):
                self.Snapshot._cron_take()
                self.assertEqual(len(self.taken()), count)

    def test_daily(self):
        self.taken().unlink()
        self.env['ir.config_parameter'].set_param('crm_plus.forecast_snapshot_day', 'daily')
        for _time in range(2):
            self.Snapshot._cron_take()
            with freeze_time('2026-03-11 12:00:00'):
                self.Snapshot._cron_take()
        self.assertEqual(len(self.taken()), 2)

    def test_old_ones_are_let_go(self):
        self.Snapshot.search([]).unlink()
        now = datetime.fromisoformat(TODAY)

        def taken(days, **values):
            snapshot = self.Snapshot.create({'is_automatic': True, **values})
            snapshot.date = now - timedelta(days=days)
            return snapshot

        young = taken(10) + taken(17)
        # 14 and 21 January 2025: the first of the month stays
        month = taken(420) + taken(413)
        by_hand = taken(419, is_automatic=False)
        ancient = taken(1200) + taken(1200, is_automatic=False)
        self.Snapshot._let_go()
        self.assertEqual((month + ancient).exists(), month[0])
        self.assertEqual((young + by_hand).exists(), young + by_hand)

    def test_history_of_the_page(self):
        self.opportunity("A", 100, 'commit', 40, '2026-03-20')
        snapshot = self.Snapshot.create({})
        snapshot.date -= timedelta(days=7)
        younger = self.Snapshot.create({})
        younger.date -= timedelta(days=1)
        page = self.forecast_of(self.salesperson).get_forecast({'period': '2026-03-01'})
        self.assertEqual(page['last_week'], snapshot.id)
        points = {point['snapshot_id']: point for point in page['history']}
        self.assertEqual(
            (points[snapshot.id]['commit'], points[snapshot.id]['weighted']), (100, 40))
        april = self.forecast_of(self.salesperson).get_forecast({'period': '2026-04-01'})
        self.assertEqual({point['commit'] for point in april['history']}, {0})
