from datetime import datetime

from odoo.exceptions import AccessError
from odoo.fields import Command
from odoo.tests import freeze_time, tagged
from odoo.tools import SQL, mute_logger

from .process_common import ProcessCommon


@tagged('post_install', '-at_install')
class TestProcessReports(ProcessCommon):
    """Where opportunities have been, for how long, with which success: worked out by hand.

    The company works from Monday to Friday. 2 March 2026 is a Monday.
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env = cls.env(context=dict(
            cls.env.context, tracking_disable=False, mail_notrack=False))
        cls.company.resource_calendar_id = cls.env['resource.calendar'].create({
            'name': "Five days", 'tz': 'UTC', 'company_id': cls.company.id})

    def history(self, *steps, created='2026-03-02 10:00:00', lost=None, **values):
        """Return a lead that was moved to each stage at each moment."""
        lead = self.lead(**values)
        self.flush_tracking()
        self.set_dates('crm_lead', lead.id, create_date=created,
                       date_last_stage_update=created)
        for moment, stage in steps:
            known = self.trackings(lead)
            lead.write({'stage_id': stage.id})
            self.flush_tracking()
            for tracking in self.trackings(lead) - known:
                self.set_dates('mail_tracking_value', tracking.id, create_date=moment)
            self.set_dates('crm_lead', lead.id, date_last_stage_update=moment)
        if lost:
            lead.action_set_lost()
            self.set_dates('crm_lead', lead.id, date_closed=lost)
        elif lead.won_status == 'won':
            self.set_dates('crm_lead', lead.id, date_closed=steps[-1][0])
        return lead

    def trackings(self, lead):
        return self.env['mail.tracking.value'].sudo().search([
            ('mail_message_id.model', '=', 'crm.lead'),
            ('mail_message_id.res_id', '=', lead.id)])

    def flush_tracking(self):
        self.env.flush_all()
        self.env.cr.precommit.run()
        self.env.flush_all()

    def set_dates(self, table, record_id, **values):
        self.env.flush_all()
        for column, value in values.items():
            self.env.cr.execute(SQL(
                "UPDATE %s SET %s = %s WHERE id = %s", SQL.identifier(table),
                SQL.identifier(column), value, record_id))
        self.env.invalidate_all()

    def stays(self, lead):
        self.env.invalidate_all()
        return self.env['crm.lead.stage.time'].search(
            [('lead_id', '=', lead.id)], order='entered, id')

    # ------------------------------------------------------------
    # TIME IN STAGE
    # ------------------------------------------------------------

    def test_time_in_stage(self):
        # Monday 2nd 10:00 -> Thursday 5th 22:00: 3.5 days, 3 working days
        # Thursday 5th 22:00 -> Tuesday 10th 10:00: 4.5 days, 3 working days
        # back to the first until Wednesday 11th 10:00: 1 day
        self.first.rotting_threshold_days = 2
        lead = self.history(
            ('2026-03-05 22:00:00', self.second), ('2026-03-10 10:00:00', self.first),
            ('2026-03-11 10:00:00', self.won))
        stays = self.stays(lead)
        self.assertEqual(
            [(stay.stage_id.name, stay.next_stage_id.name, stay.outcome, stay.days,
              stay.working_days) for stay in stays],
            [
                ("First", "Second", 'passed', 3.5, 3),
                ("Second", "First", 'back', 4.5, 3),
                ("First", "Won", 'passed', 1.0, 1),
                ("Won", False, 'won', 0, 0),
            ])
        self.assertEqual(stays.mapped('expected_days'), [2, 0, 2, 0])
        self.assertEqual(stays.mapped('overstayed'), [100, 0, 0, 0])
        self.assertEqual(stays.mapped('user_id'), self.salesperson)
        [[days, overstayed]] = self.env['crm.lead.stage.time']._read_group(
            [('lead_id', '=', lead.id)], [], ['days:avg', 'overstayed:avg'])
        self.assertEqual(days, 3.0, "winning takes no time and does not count")
        self.assertEqual(overstayed, 50, "among the stages with an expectation")

    def test_the_same_as_odoo_says(self):
        lead = self.history(
            ('2026-03-05 22:00:00', self.second), ('2026-03-10 10:00:00', self.third))
        found = {str(stay.stage_id.id): stay.days for stay in self.stays(lead)}
        for stage_id in (str(self.first.id), str(self.second.id)):
            self.assertEqual(lead.duration_tracking[stage_id], found[stage_id] * 86400)

    def test_what_was_merged_goes_no_way_of_its_own(self):
        kept = self.history(('2026-03-05 22:00:00', self.second))
        twin = self.history(
            ('2026-03-06 10:00:00', self.third), ('2026-03-07 10:00:00', self.second))
        before = [(stay.stage_id, stay.days) for stay in self.stays(kept)][:-1]
        merge = self.env['crm.merge'].with_user(self.manager)._merge(
            kept.with_user(self.manager), twin.with_user(self.manager), {})
        self.assertEqual([(stay.stage_id, stay.days) for stay in self.stays(kept)][:-1], before)
        for model in ('crm.lead.stage.time', 'crm.stage.conversion', 'crm.pipeline.report'):
            self.assertFalse(self.env[model].search([('lead_id', '=', twin.id)]), model)
        merge.action_undo()
        self.assertEqual(len(self.stays(twin)), 3)

    def test_open_and_lost(self):
        with freeze_time('2026-03-12 10:00:00'):
            waiting = self.history(('2026-03-10 10:00:00', self.second))
            self.assertEqual(
                [(stay.outcome, stay.days, bool(stay.left_on)) for stay in self.stays(waiting)],
                [('passed', 8.0, True), ('open', 2.0, False)])
        lost = self.history(('2026-03-10 10:00:00', self.second), lost='2026-03-11 22:00:00')
        self.assertEqual(
            [(stay.outcome, stay.days) for stay in self.stays(lost)],
            [('passed', 8.0), ('lost', 1.5)])

    def test_holidays_are_no_working_days(self):
        self.env['resource.calendar.leaves'].create({
            'name': "Holiday", 'calendar_id': self.company.resource_calendar_id.id,
            'date_from': '2026-03-04 00:00:00', 'date_to': '2026-03-04 23:59:59',
        })
        lead = self.history(('2026-03-06 10:00:00', self.second))
        self.assertEqual(self.stays(lead)[0].days, 4.0)
        self.assertEqual(self.stays(lead)[0].working_days, 3)

    def test_gaps_where_nothing_was_tracked(self):
        lead = self.history(('2026-03-04 10:00:00', self.second))
        lead.with_context(tracking_disable=True).write({'stage_id': self.third.id})
        self.set_dates('crm_lead', lead.id, date_last_stage_update='2026-03-06 10:00:00')
        self.assertEqual(
            [(stay.stage_id, stay.days) for stay in self.stays(lead)][:2],
            [(self.first, 2.0), (self.second, 2.0)])
        self.assertEqual(self.stays(lead)[2].stage_id, self.third)
        unknown = self.history()
        unknown.with_context(tracking_disable=True).write({'stage_id': self.third.id})
        self.set_dates('crm_lead', unknown.id, date_last_stage_update='2026-03-06 10:00:00')
        self.assertEqual(self.stays(unknown).stage_id, self.third, "nobody knows where it was")
        self.assertEqual(self.stays(unknown).entered, datetime(2026, 3, 6, 10))

    def test_leads_begin_when_they_are_converted(self):
        lead = self.history(
            ('2026-03-05 10:00:00', self.second), ('2026-03-10 10:00:00', self.third))
        self.set_dates('crm_lead', lead.id, date_conversion='2026-03-06 10:00:00')
        stays = self.stays(lead)
        self.assertEqual(stays.mapped('stage_id'), self.second | self.third)
        self.assertEqual(stays[0].days, 4.0)
        self.assertFalse(self.stays(self.history(type='lead')))

    def test_merging_brings_no_foreign_stages(self):
        head = self.history(('2026-03-05 10:00:00', self.third), revenue=5)
        tail = self.history(('2026-03-04 10:00:00', self.second))
        merged = (head | tail).merge_opportunity()
        self.flush_tracking()
        self.assertEqual(merged, head)
        self.assertEqual(self.stays(merged).mapped('stage_id'), self.first | self.third)

    def test_every_row_has_its_own_id(self):
        for _number in range(3):
            self.history(('2026-03-05 10:00:00', self.second))
        rows = self.env['crm.lead.stage.time'].search([])
        self.assertEqual(len(rows.ids), len(set(rows.ids)))
        self.assertEqual(rows[:1].read(['lead_id'])[0]['id'], rows[:1].id)

    # ------------------------------------------------------------
    # CONVERSION
    # ------------------------------------------------------------

    def test_conversion(self):
        # of five in the first stage three get on (one jumps over the second and wins), one is
        # lost, one waits; of the two that stood in the second one is lost, one waits
        self.history(('2026-03-05 10:00:00', self.won))
        self.history(('2026-03-05 10:00:00', self.second), lost='2026-03-06 10:00:00')
        self.history(('2026-03-05 10:00:00', self.second))
        self.history(lost='2026-03-06 10:00:00')
        self.history()
        groups = self.env['crm.stage.conversion']._read_group(
            [('team_id', '=', self.team.id)], ['stage_id'],
            ['reached:sum', 'skipped:sum', 'passed:sum', 'lost:sum', 'waiting:sum',
             'conversion:avg', 'win_rate:avg'])
        found = {stage.name: figures for stage, *figures in groups}
        self.assertEqual(found["First"][:5], [5, 0, 3, 1, 1])
        self.assertAlmostEqual(found["First"][5], 75)
        self.assertAlmostEqual(found["First"][6], 100 / 3)
        self.assertEqual(found["Second"][:5], [3, 1, 1, 1, 1])
        self.assertAlmostEqual(found["Second"][5], 50)
        self.assertEqual(found["Third"][:5], [1, 1, 1, 0, 0])
        self.assertEqual(found["Won"][:5], [1, 0, 0, 0, 0])
        self.assertEqual(found["Won"][6], 100)
        self.assertEqual(set(found), {"First", "Second", "Third", "Won"},
                         "stages that nobody of the team passed are not there")

    def test_conversion_of_what_was_sent_back(self):
        lead = self.history(
            ('2026-03-05 10:00:00', self.third), ('2026-03-06 10:00:00', self.first),
            lost='2026-03-08 10:00:00')
        rows = self.env['crm.stage.conversion'].search([('lead_id', '=', lead.id)])
        self.assertEqual(
            {row.stage_id.name: (row.passed, row.lost) for row in rows},
            {"First": (1, 0), "Second": (1, 0), "Third": (0, 1)})
        self.assertEqual(
            rows.filtered(lambda row: row.stage_id == self.second).reached_on,
            datetime(2026, 3, 5, 10))

    # ------------------------------------------------------------
    # AGEING
    # ------------------------------------------------------------

    def report(self, lead):
        self.env.invalidate_all()
        return self.env['crm.pipeline.report'].search([('lead_id', '=', lead.id)])

    def test_ageing(self):
        self.second.rotting_threshold_days = 5
        lead = self.history(
            ('2026-03-12 10:00:00', self.second), date_deadline='2026-04-01')
        for now, age, band, stage_days, stage_age, overstayed, overdue in (
            ('2026-03-17 10:00:00', 15, '1', 5, '1', 0, 0),
            ('2026-03-18 10:00:00', 16, '1', 6, '2', 1, 0),
            ('2026-04-02 10:00:00', 31, '2', 21, '3', 1, 1),
            ('2026-12-02 10:00:00', 275, '5', 265, '3', 1, 1),
        ):
            with self.subTest(now), freeze_time(now):
                row = self.report(lead)
                self.assertEqual(
                    (row.age_days, row.age_group, row.stage_days, row.stage_age,
                     row.overstayed, row.overdue),
                    (age, band, stage_days, stage_age, overstayed, overdue))
        self.second.rotting_threshold_days = 0
        row = self.report(lead)
        self.assertEqual((row.stage_age, row.overstayed), ('4', 0))

    def test_the_age_of_closed_ones_stands_still(self):
        lead = self.history(lost='2026-03-09 10:00:00')
        row = self.report(lead)
        self.assertEqual((row.age_days, row.is_open, row.stage_age), (7, False, False))

    # ------------------------------------------------------------
    # SLIPPAGE
    # ------------------------------------------------------------

    def test_slippage_of_the_date(self):
        lead = self.history(date_deadline='2026-03-31').with_user(self.salesperson)
        self.assertEqual(self.report(lead).sudo().slip_days, 0)
        for deadline in ('2026-04-10', '2026-04-05', '2026-05-05'):
            lead.write({'date_deadline': deadline})
        lead.write({'date_deadline': '2026-05-05'})
        # later by 10, earlier by 5, later by 30: twice postponed by 40, 35 later in the end
        self.assertEqual(str(lead.first_date_deadline), '2026-03-31')
        self.assertEqual((lead.postponement_count, lead.postponed_days), (2, 40))
        row = self.report(lead)
        self.assertEqual((row.slip_days, row.slipped), (35, 1))
        lead.action_set_won()
        self.set_dates('crm_lead', lead.id, date_closed='2026-04-20 10:00:00')
        self.assertEqual(self.report(lead).slip_days, 20, "from first said to won")

    def test_dates_given_and_taken_later(self):
        lead = self.lead()
        lead.date_deadline = '2026-03-31'
        self.assertFalse(lead.first_date_deadline, "the first date is no change")
        lead.date_deadline = False
        self.assertEqual(str(lead.first_date_deadline), '2026-03-31')
        lead.date_deadline = '2026-04-30'
        self.assertEqual(lead.postponement_count, 0)
        self.assertEqual(self.report(lead).slip_days, 30)

    def test_slippage_of_the_amount(self):
        lead = self.history(revenue=0)
        for revenue in (0, 1000, 1000, 1500, 700):
            lead.write({'expected_revenue': revenue})
        self.assertEqual(lead.first_expected_revenue, 1000)
        row = self.report(lead)
        self.assertEqual(
            (row.first_expected_revenue, row.expected_revenue, row.revenue_change, row.shrunk),
            (1000, 700, -300, 1))

    def test_leads_changed_together(self):
        first, second, third = leads = self.lead(date_deadline='2026-03-31', revenue=10) \
            | self.lead(date_deadline='2026-04-15') | self.lead()
        leads.write({'date_deadline': '2026-04-10', 'expected_revenue': 20})
        self.assertEqual(leads.mapped('postponed_days'), [10, 0, 0])
        self.assertEqual(leads.mapped('postponement_count'), [1, 0, 0])
        self.assertEqual(str(second.first_date_deadline), '2026-04-15')
        self.assertFalse(third.first_date_deadline)
        self.assertEqual(first.first_expected_revenue, 10)
        self.assertEqual(set(leads.mapped('expected_revenue')), {20})
        self.assertFalse(first.copy().first_date_deadline)

    def test_slippage_costs_no_query(self):
        lead = self.lead(date_deadline='2026-03-31', revenue=10).with_user(self.salesperson)
        change = {'date_deadline': '2026-04-30', 'expected_revenue': 5}

        def write():
            self.env.invalidate_all()
            lead.write(change)

        write()
        lead.sudo().write({
            'date_deadline': '2026-03-31', 'expected_revenue': 10, 'postponement_count': 0,
            'postponed_days': 0, 'first_date_deadline': False, 'first_expected_revenue': 0})
        self.flush_tracking()
        with_slip = self.queries(write)
        lead.sudo().write({'date_deadline': '2026-03-31', 'expected_revenue': 10})
        self.flush_tracking()
        self.patch(type(lead), '_get_slip', lambda lead, vals: {})
        self.assertEqual(with_slip, self.queries(write))

    # ------------------------------------------------------------
    # MONEY, RIGHTS, COST
    # ------------------------------------------------------------

    def test_currencies(self):
        self.company_b.currency_id = self.foreign  # worth half a dollar, for both companies
        self.foreign.rate_ids.company_id = False
        home = self.history(revenue=100)
        abroad = self.history(revenue=100, company_id=self.company_b.id, user_id=False)
        abroad.expected_revenue = 60
        domain = [('lead_id', 'in', (home | abroad).ids)]
        both = self.company | self.company_b
        for company, present, change in ((self.company, 130, -20), (self.company_b, 260, -40)):
            report = self.as_user(
                self.env['crm.pipeline.report'], self.manager, company | (both - company))
            [[revenue, revenue_change]] = report._read_group(
                domain, [], ['expected_revenue:sum', 'revenue_change:sum'])
            self.assertEqual((revenue, revenue_change), (present, change), company.name)

    @mute_logger('odoo.addons.base.models.ir_model')
    def test_who_sees_what(self):
        mine, theirs = self.history(), self.history(user_id=self.colleague.id)
        nobodys = self.history(user_id=False)
        abroad = self.history(company_id=self.company_b.id, user_id=False)
        leads = mine | theirs | nobodys | abroad
        for model in ('crm.lead.stage.time', 'crm.stage.conversion', 'crm.pipeline.report'):
            for user, companies, seen in (
                (self.salesperson, self.company, mine | nobodys),
                (self.lead_seller, self.company, mine | theirs | nobodys),
                (self.manager, self.company | self.company_b, leads),
                (self.manager, self.company_b, abroad),
            ):
                with self.subTest(model=model, user=user.login):
                    rows = self.as_user(self.env[model], user, companies).search(
                        [('lead_id', 'in', leads.ids)])
                    self.assertEqual(set(rows.sudo().lead_id.ids), set(seen.ids))
            with self.assertRaises(AccessError):
                self.env[model].with_user(self.outsider).search([])

    def test_from_figures_to_opportunities(self):
        lead = self.history(('2026-03-05 10:00:00', self.second), lost='2026-03-06 10:00:00')
        for model in ('crm.lead.stage.time', 'crm.stage.conversion', 'crm.pipeline.report'):
            rows = self.as_user(self.env[model], self.salesperson).search(
                [('lead_id', '=', lead.id)])
            self.assertEqual(rows[0].action_open_lead()['res_id'], lead.id)
            action = rows.action_open_leads()
            self.assertEqual(
                self.env['crm.lead'].with_context(**action['context']).search(action['domain']),
                lead)
        action = lead.with_user(self.salesperson).action_view_stage_time()
        stays = self.env[action['res_model']]
        self.assertEqual(
            stays.with_context(**action['context']).search(action['domain']),
            stays.search(action['domain']))
        self.assertEqual(stays.search(action['domain']).lead_id, lead)

    def test_reports_cost_the_same_for_many(self):
        self.history(('2026-03-05 10:00:00', self.second))

        def read():
            self.env.invalidate_all()
            for model, measure in (
                ('crm.lead.stage.time', 'days:avg'),
                ('crm.stage.conversion', 'conversion:avg'),
                ('crm.pipeline.report', 'slip_days:avg'),
            ):
                self.as_user(self.env[model], self.manager)._read_group(
                    [('team_id', '=', self.team.id)], ['stage_id', 'user_id'], [measure])

        read()
        one = self.queries(read)
        for _number in range(10):
            self.history(('2026-03-05 10:00:00', self.second))
        # what is remembered between requests may have been forgotten meanwhile
        read()
        self.assertEqual(one, self.queries(read))

    def test_uninvolved_teams_stay_out(self):
        team = self.env['crm.team'].create({'name': "Other", 'company_id': False})
        between = self.env['crm.stage'].create({
            'name': "Between", 'sequence': 1001, 'team_ids': [Command.set(team.ids)]})
        lead = self.history(('2026-03-05 10:00:00', self.third))
        rows = self.env['crm.stage.conversion'].search([('lead_id', '=', lead.id)])
        self.assertNotIn(between, rows.stage_id)
