from datetime import timedelta

from freezegun import freeze_time

from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, tagged

from .common import CrmPlusCommon

TODAY = '2026-03-10 12:00:00'


class ForecastCommon(CrmPlusCommon):
    """Three companies: two count in dollars, one in pounds, of which two make a dollar."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company_c = cls.env['res.company'].create({
            'name': "Company C", 'currency_id': cls.foreign.id,
        })
        # rates are each company's own
        cls.env['res.currency.rate'].create({
            'currency_id': cls.company.currency_id.id, 'company_id': cls.company_c.id,
            'rate': 0.5, 'name': '2017-01-01',
        })
        cls.stage = cls.env['crm.stage'].create({'name': "Talks", 'sequence': 50})
        cls.won_stage = cls.env['crm.stage'].create({
            'name': "Done", 'sequence': 60, 'is_won': True,
        })
        cls.everywhere = cls.manager
        cls.everywhere.company_ids |= cls.company_c

    @classmethod
    def opportunity(cls, name, revenue, category, probability, deadline, **values):
        lead = cls.make_lead(cls.customer, revenue, **{
            'name': name, 'stage_id': cls.stage.id, 'user_id': cls.salesperson.id,
            'date_deadline': deadline, 'probability': probability, **values,
        })
        lead.forecast_category = category
        return lead

    @classmethod
    def won(cls, name, revenue, closed, **values):
        lead = cls.make_lead(cls.customer, revenue, **{
            'name': name, 'stage_id': cls.won_stage.id, 'user_id': cls.salesperson.id,
            'probability': 100, **values,
        })
        lead.date_closed = closed
        return lead

    @classmethod
    def forecast_of(cls, user, companies=None):
        return cls.as_user(cls.env['crm.forecast'], user, companies)

    def figures(self, user, companies=None, **filters):
        """What the page shows, by period: sums of all people."""
        data = self.forecast_of(user, companies).get_forecast(filters)
        sums = {}
        for cell in data['cells']:
            row = sums.setdefault(cell['period'], {})
            for name in ('closed', 'commit', 'best_case', 'pipeline', 'weighted'):
                row[name] = round(row.get(name, 0) + cell[name], 2)
        return sums


@tagged('post_install', '-at_install')
@freeze_time(TODAY)
class TestForecastCategory(ForecastCommon):

    def test_stage_proposes(self):
        self.stage.forecast_category = 'best_case'
        lead = self.make_lead(self.customer, 10, stage_id=self.stage.id)
        self.assertEqual(lead.forecast_category, 'best_case')

    def test_proposition_is_the_best_case_from_the_beginning(self):
        proposition = self.env.ref('crm.stage_lead3')
        self.assertEqual(proposition.forecast_category, 'best_case')
        self.assertEqual(self.env.ref('crm.stage_lead1').forecast_category, 'pipeline')

    def test_person_overrides_until_the_next_stage(self):
        lead = self.make_lead(self.customer, 10, stage_id=self.stage.id)
        lead.with_user(self.manager).forecast_category = 'commit'
        self.assertEqual(lead.forecast_category, 'commit')
        lead.stage_id = self.env['crm.stage'].create({
            'name': "Later", 'sequence': 55, 'forecast_category': 'best_case',
        })
        self.assertEqual(lead.forecast_category, 'best_case')

    def test_choice_stays_while_the_stage_does(self):
        leads = self.opportunity("A", 10, 'commit', 50, '2026-03-20')
        leads |= self.opportunity("B", 10, 'commit', 50, '2026-03-20')
        leads[0].user_id = self.colleague
        leads[0].team_id = self.env['crm.team'].create({'name': "Others"})
        self.assertEqual(leads[0].forecast_category, 'commit')
        later = self.env['crm.stage'].create({'name': "Later", 'sequence': 55})
        leads[1].stage_id = later
        leads[1].forecast_category = 'commit'
        leads.write({'stage_id': later.id})
        self.assertEqual(leads.mapped('forecast_category'), ['pipeline', 'commit'])
        leads.write({'stage_id': self.stage.id, 'forecast_category': 'best_case'})
        self.assertEqual(set(leads.mapped('forecast_category')), {'best_case'})

    def test_form_shows_what_the_stage_proposes(self):
        self.stage.forecast_category = 'best_case'
        with Form(self.env['crm.lead'].with_user(self.manager)) as form:
            form.name = "New"
            self.assertEqual(form.forecast_category, 'pipeline')
            form.stage_id = self.stage
            self.assertEqual(form.forecast_category, 'best_case')
            form.forecast_category = 'commit'
        self.assertEqual(form.record.forecast_category, 'commit')

    def test_won_keeps_what_was_expected(self):
        lead = self.opportunity("A", 10, 'commit', 50, '2026-03-20')
        lead.action_set_won()
        self.assertEqual((lead.won_status, lead.forecast_category), ('won', 'commit'))

    def test_opportunities_follow_their_stage_save_where_somebody_chose(self):
        follower = self.make_lead(self.customer, 10, stage_id=self.stage.id)
        chosen = self.opportunity("B", 10, 'commit', 50, '2026-03-20')
        lost = self.opportunity("C", 10, 'pipeline', 50, '2026-03-20')
        lost.action_set_lost()
        self.stage.with_user(self.manager).forecast_category = 'best_case'
        self.assertEqual(
            (follower + chosen + lost).mapped('forecast_category'),
            ['best_case', 'commit', 'best_case'])

    def test_costs_no_query(self):
        """A lead's stage change and creation need no statement more for the category."""
        self.env.flush_all()
        self.env.invalidate_all()
        lead = self.make_lead(self.customer, 10, stage_id=self.stage.id)
        self.env.flush_all()
        updates = []
        execute = type(self.env.cr).execute

        def listen(cursor, query, *args, **kwargs):
            text = getattr(query, 'code', query)
            if isinstance(text, str) and 'forecast_category' in text:
                updates.append(text)
            return execute(cursor, query, *args, **kwargs)

        self.patch(type(self.env.cr), 'execute', listen)
        lead.stage_id = self.won_stage
        self.env.flush_all()
        self.assertTrue(updates)
        for text in updates:
            # it travels with what Odoo reads and writes of the stage and the lead anyway
            self.assertRegex(text, 'is_won|won_status|date_last_stage_update|"stage_id"')


@tagged('post_install', '-at_install')
@freeze_time(TODAY)
class TestForecastFigures(ForecastCommon):

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        with freeze_time(TODAY):
            cls.opportunity("A", 1000, 'commit', 80, '2026-03-20')
            cls.opportunity("B", 500, 'best_case', 50, '2026-03-31')
            cls.opportunity("C", 200, 'pipeline', 10, '2026-04-02')
            cls.opportunity("D", 9999, 'omitted', 90, '2026-03-15')
            cls.won("E", 700, '2026-03-05 10:00:00')
            cls.won("F", 300, '2026-02-28 10:00:00')
            cls.opportunity("Colleague's", 40, 'commit', 50, '2026-03-11',
                            user_id=cls.colleague.id)
            cls.opportunity("Pounds", 400, 'commit', 25, '2026-03-12', user_id=False,
                            company_id=cls.company_c.id)

    def test_worked_by_hand(self):
        """March: 700 won, 1000 × 80% and 500 × 50% expected; April: 200 × 10%."""
        self.assertEqual(self.figures(self.salesperson), {
            '2026-03-01': {
                'closed': 700, 'commit': 1000, 'best_case': 500, 'pipeline': 0,
                'weighted': 700 + 800 + 250,
            },
            '2026-04-01': {
                'closed': 0, 'commit': 0, 'best_case': 0, 'pipeline': 200, 'weighted': 20,
            },
        })

    def test_quarters(self):
        quarters = self.figures(self.salesperson, unit='quarter')
        self.assertEqual(quarters['2026-01-01']['closed'], 700 + 300)
        self.assertEqual(quarters['2026-01-01']['weighted'], 1000 + 800 + 250)
        self.assertEqual(quarters['2026-04-01']['pipeline'], 200)

    def test_currencies_are_converted_and_not_added_raw(self):
        """400 pounds are 200 dollars: 1000 + 40 + 200; and 2480 pounds for who counts so."""
        three = self.company | self.company_b | self.company_c
        march = self.figures(self.manager, three)['2026-03-01']
        self.assertEqual(march['commit'], 1000 + 40 + 200)
        self.assertEqual(march['weighted'], 1750 + 20 + 50)
        in_pounds = self.company_c | self.company
        march = self.figures(self.manager, in_pounds)['2026-03-01']
        self.assertEqual(march['commit'], 2 * (1000 + 40) + 400)

    def test_rights(self):
        self.assertEqual(self.figures(self.colleague)['2026-03-01']['commit'], 40)
        self.assertEqual(
            self.figures(self.lead_seller, self.company)['2026-03-01']['commit'], 1040)
        self.assertEqual(self.figures(self.manager, self.company_b), {})
        with self.assertRaises(AccessError):
            self.forecast_of(self.outsider).get_forecast({})
        with self.assertRaises(AccessError):
            self.forecast_of(self.salesperson).get_forecast({'company_id': self.company_b.id})

    def test_filters(self):
        manager = {'user': self.manager, 'companies': self.company | self.company_c}
        of_person = self.figures(**manager, user_id=self.colleague.id)
        self.assertEqual(of_person['2026-03-01']['commit'], 40)
        of_company = self.figures(**manager, company_id=self.company_c.id)
        self.assertEqual(of_company['2026-03-01']['commit'], 200)

    def test_figures_open_what_they_count(self):
        forecast = self.forecast_of(self.manager, self.company)
        Lead = self.as_user(self.env['crm.lead'], self.manager, self.company)
        for category, period, group, names in (
            ('commit', '2026-03-01', None, {"A", "Colleague's"}),
            ('commit', '2026-03-01', self.colleague.id, {"Colleague's"}),
            ('closed', '2026-03-01', None, {"E"}),
            ('weighted', '2026-03-01', self.salesperson.id, {"A", "B", "E"}),
            ('pipeline', None, None, {"C"}),
            ('commit', '2026-03-01', False, set()),
        ):
            with self.subTest(category=category, group=group):
                action = forecast.open_figure({}, category, period, group)
                found = Lead.with_context(**action['context']).search(action['domain'])
                self.assertEqual(set(found.mapped('name')), names)

    def test_late_and_undated_are_told(self):
        self.opportunity("Late", 60, 'commit', 50, '2026-03-01')
        self.opportunity("Some day", 70, 'commit', 50, False)
        notices = self.forecast_of(self.salesperson).get_forecast({})['notices']
        self.assertEqual(
            [(notice['key'], notice['count'], notice['amount']) for notice in notices],
            [('overdue', 1, 60), ('undated', 1, 70)])

    def test_month_begins_by_the_clock_of_the_reader(self):
        self.won("Late at night", 5, '2026-03-31 23:30:00')
        east = self.forecast_of(self.salesperson).with_context(tz='Asia/Tokyo')
        cells = east.get_forecast({})['cells']
        april = next(cell for cell in cells if cell['period'] == '2026-04-01')
        self.assertEqual(april['closed'], 5)
        action = east.open_figure({}, 'closed', '2026-04-01')
        self.assertEqual(
            self.env['crm.lead'].search(action['domain']).mapped('name'), ["Late at night"])

    def test_nonsense_is_refused(self):
        with self.assertRaises(UserError):
            self.forecast_of(self.salesperson).get_forecast({'unit': 'day'})


@tagged('post_install', '-at_install')
@freeze_time(TODAY)
class TestForecastChanges(ForecastCommon):

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        with freeze_time(TODAY):
            cls.leads = {
                name: cls.opportunity(name, revenue, category, 50, deadline)
                for name, revenue, category, deadline in (
                    ("stays", 100, 'commit', '2026-03-20'),
                    ("wins", 200, 'commit', '2026-03-20'),
                    ("loses", 300, 'commit', '2026-03-20'),
                    ("grows", 400, 'commit', '2026-03-20'),
                    ("shrinks", 500, 'commit', '2026-03-20'),
                    ("slips", 600, 'commit', '2026-03-20'),
                    ("comes", 700, 'commit', '2026-05-20'),
                    ("doubted", 800, 'commit', '2026-03-20'),
                    ("promised", 900, 'pipeline', '2026-03-20'),
                    ("handed over", 1000, 'commit', '2026-03-20'),
                    ("deleted", 1100, 'commit', '2026-03-20'),
                    ("likelier", 1200, 'commit', '2026-03-20'),
                )
            }
            cls.env.flush_all()
            cls.env.cr.execute("UPDATE crm_lead SET create_date = '2026-01-01'")
            cls.snapshot = cls.env['crm.forecast.snapshot'].create({'name': "Before"})
            cls.snapshot.date -= timedelta(days=7)

    def change_all(self):
        leads = self.leads
        leads['wins'].action_set_won()
        leads['loses'].action_set_lost()
        leads['grows'].expected_revenue = 440
        leads['shrinks'].expected_revenue = 450
        leads['slips'].date_deadline = '2026-04-01'
        leads['comes'].date_deadline = '2026-03-30'
        leads['doubted'].forecast_category = 'pipeline'
        leads['promised'].forecast_category = 'commit'
        leads['handed over'].write({
            'user_id': self.colleague.id, 'company_id': self.company.id})
        leads['deleted'].unlink()
        leads['likelier'].probability = 75
        self.opportunity("born", 50, 'commit', 50, '2026-03-25')
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE crm_lead SET create_date = '2026-03-09' WHERE name = 'born'")

    def changes(self, user=None, companies=None, measure='open', **filters):
        changes = self.forecast_of(user or self.salesperson, companies).get_changes(
            {'period': '2026-03-01', **filters}, self.snapshot.id, measure)
        return (
            changes['before'],
            {bar['key']: (bar['amount'], bar['count']) for bar in changes['bars']},
            changes['after'],
        )

    def test_commit_by_hand(self):
        """March, commit: 100+200+300+400+500+600+800+1000+1100+1200 = 6200 a week ago."""
        self.change_all()
        before, bars, after = self.changes(measure='commit')
        self.assertEqual(before, 6200)
        self.assertEqual(bars, {
            'new': (50, 1),
            'moved_in': (700, 1),
            'category_up': (900, 1),
            'amount_up': (40, 1),
            'amount_down': (-50, 1),
            'category_down': (-800, 1),
            'moved_out': (-600, 1),
            'won': (-200, 1),
            'lost': (-300, 1),
            'removed': (-2100, 2),
        })
        # 100 + 440 + 450 + 700 + 900 + 1200 + 50
        self.assertEqual(after, 3840)
        self.assertEqual(before + sum(amount for amount, _count in bars.values()), after)

    def test_weighted_tells_the_probability(self):
        self.change_all()
        before, bars, after = self.changes(measure='weighted')
        # the pipeline counts too: 6200 + 900, half of it
        self.assertEqual(before, 3550)
        self.assertEqual(bars['probability_up'], (300, 1))
        self.assertEqual(bars['amount_up'], (20, 1))
        self.assertNotIn('category_down', bars)
        self.assertEqual(before + sum(amount for amount, _count in bars.values()), after)

    def test_all_closings(self):
        self.change_all()
        before, bars, after = self.changes(period=False)
        self.assertEqual(before, 7800)
        self.assertFalse({'moved_in', 'moved_out', 'category_up'} & bars.keys())
        self.assertEqual(after, 100 + 440 + 450 + 600 + 700 + 800 + 900 + 1200 + 50)

    def test_nothing_changed(self):
        self.assertEqual(self.changes(measure='commit'), (6200, {}, 6200))

    def test_reopened(self):
        won = self.won("back", 10, '2026-03-01 10:00:00', date_deadline='2026-03-28')
        self.env.flush_all()
        self.env.cr.execute("UPDATE crm_lead SET create_date = '2026-01-01'")
        snapshot = self.env['crm.forecast.snapshot'].create({})
        won.write({'stage_id': self.stage.id, 'probability': 20})
        changes = self.forecast_of(self.salesperson).get_changes({}, snapshot.id)
        self.assertEqual(changes['bars'], [{'key': 'added', 'amount': 10, 'count': 1}])

    def test_who_takes_over_and_who_sees_all(self):
        self.change_all()
        before, bars, after = self.changes(self.colleague, measure='commit')
        self.assertEqual((before, bars, after), (0, {'added': (1000, 1)}, 1000))
        before, bars, after = self.changes(self.lead_seller, self.company, measure='commit')
        self.assertEqual(bars['removed'], (-1100, 1))
        self.assertEqual(after, 4840)
        of_person = self.changes(
            self.lead_seller, self.company, measure='commit', user_id=self.salesperson.id)
        self.assertEqual(of_person, self.changes(measure='commit'))

    def test_bars_open_their_opportunities(self):
        self.change_all()
        forecast = self.forecast_of(self.salesperson)
        filters = {'period': '2026-03-01'}
        Lead = self.as_user(self.env['crm.lead'], self.salesperson)
        for bucket, name in (('won', 'wins'), ('lost', 'loses'), ('new', 'born'),
                             ('moved_out', 'slips'), ('category_up', 'promised')):
            with self.subTest(bucket):
                action = forecast.open_change(filters, self.snapshot.id, 'commit', bucket)
                found = Lead.with_context(**action['context']).search(action['domain'])
                self.assertEqual(found.mapped('name'), [name])
        action = forecast.open_change(filters, self.snapshot.id, 'commit', 'removed')
        Line = self.as_user(self.env[action['res_model']], self.salesperson)
        self.assertEqual(
            sorted(Line.search(action['domain']).mapped('amount')), [1000, 1100])

    def test_currencies(self):
        """400 pounds became 500: 50 dollars more, whatever the rate was a week ago."""
        lead = self.opportunity("Pounds", 400, 'commit', 50, '2026-03-12', user_id=False,
                                company_id=self.company_c.id)
        self.env.flush_all()
        self.env.cr.execute("UPDATE crm_lead SET create_date = '2026-01-01'")
        snapshot = self.env['crm.forecast.snapshot'].create({})
        lead.expected_revenue = 500
        forecast = self.forecast_of(self.manager, self.company | self.company_c)
        changes = forecast.get_changes({}, snapshot.id)
        self.assertEqual(changes['bars'], [{'key': 'amount_up', 'amount': 50, 'count': 1}])
        alone = self.forecast_of(self.manager, self.company).get_changes({}, snapshot.id)
        self.assertEqual(alone['bars'], [])

    def test_nonsense_is_refused(self):
        forecast = self.forecast_of(self.salesperson)
        with self.assertRaises(UserError):
            forecast.get_changes({}, self.snapshot.id, 'anything')
        with self.assertRaises(UserError):
            forecast.get_changes({}, self.snapshot.id + 1000)

    def test_queries_do_not_grow(self):
        def queries():
            self.env.flush_all()
            self.env.invalidate_all()
            forecast = self.forecast_of(self.manager, self.company)
            before = self.env.cr.sql_log_count
            forecast.get_forecast({'period': '2026-03-01'})
            page = self.env.cr.sql_log_count
            forecast.get_changes({'period': '2026-03-01'}, self.snapshot.id)
            return page - before, self.env.cr.sql_log_count - page

        queries()
        few = queries()
        for index in range(120):
            self.opportunity(f"More {index}", 10, 'commit', 50, '2026-03-12')
        self.env['crm.forecast.snapshot'].create({})
        self.assertEqual(queries(), few)
        self.assertLess(few[0], 25)
        self.assertLess(few[1], 15)
