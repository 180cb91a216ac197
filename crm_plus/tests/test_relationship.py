from datetime import timedelta
from itertools import product

from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .relationship_common import MODELS, RelationshipCommon


@tagged('post_install', '-at_install')
class TestRelationshipFigures(RelationshipCommon):
    """Every figure is the number of the records that its click opens, whoever looks."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.customers = cls.env['res.partner'].concat(*map(cls.make_everything, range(3)))
        cls.env.flush_all()

    def assertOpensWhatItCounts(self, figure, user, companies):
        action = figure['action']
        records = self.as_user(self.env[action['res_model']], user, companies).with_context(
            **action['context'])
        counted = records.search(action['domain'])
        self.assertEqual(len(counted), figure['count'])
        if figure['total'] is False:
            return
        others = figure['others']
        if others:
            action = others['action']
            rest = records.search(action['domain'])
            self.assertEqual(len(rest), others['count'])
            self.assertFalse(rest & counted)
            self.assertEqual(figure['count'] + others['count'], figure['total'])

    def check_page(self, model, user, companies, **filters):
        figures = self.figures(model, user, companies, **filters)
        for key, figure in figures.items():
            with self.subTest(figure=key, model=model, user=user.login, **filters):
                self.assertTrue(figure.get('display') or figure['missing'])
                if figure.get('display'):
                    self.assertOpensWhatItCounts(figure, user, companies)
        return figures

    def test_every_figure_opens_the_records_that_it_counts(self):
        both = self.company | self.company_b
        shown = set()
        looks = [
            (self.salesperson, self.company, {}),
            (self.viewer, both, {}),
            (self.manager, both, {}),
            (self.manager, both, {'period': 'month'}),
            (self.manager, both, {'team_id': False}),
            (self.manager, both, {'company_id': self.company_b.id}),
        ]
        for model, (user, companies, filters) in product(MODELS, looks):
            figures = self.check_page(model, user, companies, **filters)
            shown |= {key for key, figure in figures.items() if figure.get('display')}
        # nothing above was tested on empty figures alone
        reading = self.env['crm.relationship']._reading({})
        every = {
            figure.key for pieces in (
                self.env['crm.relationship.idic.mixin']._idic(),
                self.env['crm.relationship.value.chain.mixin']._value_chain(),
                self.env['crm.relationship.processes.mixin']._processes(),
            )
            for step in pieces['steps'] for figure in step.figures(reading)
        }
        self.assertFalse(every - shown)

    def test_steps_are_those_of_the_books(self):
        self.assertEqual(
            self.steps_of('idic'), ['identify', 'differentiate', 'interact', 'customise'])
        self.assertEqual(self.steps_of('value_chain'), [
            'portfolio', 'intimacy', 'network', 'proposition', 'lifecycle',
            'leadership', 'data', 'people', 'process',
        ])
        self.assertEqual(self.steps_of('processes'), [
            'strategy', 'value', 'channels', 'performance', 'information'])
        for model in MODELS:
            page = self.page(model)
            self.assertEqual([step['key'] for step in page['steps']], self.steps_of(model))
            self.assertTrue(all(step['groups'] for step in page['steps']))

    def test_no_figure_stands_twice_on_a_page(self):
        for model in MODELS:
            keys = [
                figure['key'] for step in self.page(model)['steps']
                for group in step['groups'] for figure in group['figures']
            ]
            self.assertEqual(len(keys), len(set(keys)), model)

    # ------------------------------------------------------------
    # WHO SEES WHAT
    # ------------------------------------------------------------

    def test_salespersons_see_their_own(self):
        """Buyer 1 buys from the salesperson, buyers 0 and 2 from a colleague."""
        self.assertEqual(self.figures('idic')['email']['total'], 3)
        figures = self.figures('idic', self.salesperson)
        self.assertEqual(figures['email']['total'], 1)
        self.assertEqual(figures['next_step']['total'], 2)
        everybody = self.figures('processes', self.lead_seller)
        own = self.figures('processes', self.salesperson)
        self.assertEqual((everybody['revenue']['count'], own['revenue']['count']), (3, 1))

    def test_of_one_company(self):
        """Each buyer bought once from company B; its orders are of no other company's page."""
        both = self.company | self.company_b
        here = self.figures('processes', companies=both, company_id=self.company.id)
        there = self.figures('processes', companies=both, company_id=self.company_b.id)
        together = self.figures('processes', companies=both)
        self.assertEqual(
            [figures['revenue']['count'] for figures in (here, there, together)], [3, 3, 6])
        # tiers are those of the company that is looked at
        self.assertEqual(there['with_tier']['count'], 0)
        self.assertEqual(here['with_tier']['count'], 2)
        self.assertEqual(
            there['revenue']['action']['context']['allowed_company_ids'], self.company_b.ids)

    def test_refused(self):
        with self.assertRaisesRegex(AccessError, "may not see"):
            self.page(user=self.outsider)
        with self.assertRaisesRegex(AccessError, "not among those"):
            self.page(company_id=self.company_b.id)
        for values in ({'model': 'unheard'}, {'period': 'century'}):
            with self.assertRaisesRegex(UserError, "no such page"):
                self.page(**values)

    def test_who_reads_no_documents_sees_no_figures_of_them(self):
        figures = self.figures('processes', self.viewer)
        self.assertFalse(figures.keys() & {'revenue', 'won', 'overdue', 'pipeline'})
        self.assertIn("Nobody has bought yet", figures['email']['missing'])


@tagged('post_install', '-at_install')
class TestRelationshipCost(RelationshipCommon):

    def test_the_number_of_queries_does_not_depend_on_the_data(self):
        """The same for ten customers, and all that hangs on them, as for one."""
        self.make_everything()
        few = self.queries()
        for number in range(1, 10):
            self.make_everything(number)
        self.assertEqual(self.queries(), few)
        self.assertLess(max(few.values()), 40)

    def queries(self):
        """How many queries each page costs once the caches of rights and settings are full."""
        counts = {}
        for _round, model in product(('fill', 'count'), MODELS):
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.cr.sql_log_count
            self.page(model)
            counts[model] = self.cr.sql_log_count - before
        return counts


@tagged('post_install', '-at_install')
class TestRelationshipExamples(RelationshipCommon):
    """Figures worked out by hand, of a team that has nothing else."""

    def test_nothing_there_says_what_to_do(self):
        figures = self.figures('value_chain')
        self.assertIn("Nobody has bought yet", figures['with_tier']['missing'])
        self.assertIn("Make one under Key Accounts", figures['habits']['missing'])
        self.assertNotIn('display', figures['won'])
        # nothing to do where nothing is the aim
        self.assertEqual(figures['duplicates']['display'], '0')
        self.assertEqual(
            figures['duplicates']['text'], "No two leads or contacts are waiting to be compared.")

    def test_reachable_by_a_contact(self):
        """One of two customers has an address that works, at a contact; the other has none."""
        self.customer.email = "not an address"
        self.make_purchase(self.customer, 10, 5)
        self.make_purchase(self.stranger, 10, 5)
        email = self.figures()['email']
        self.assertEqual((email['display'], email['among']), ('50%', '1 of 2'))
        self.assertEqual(email['others']['label'], "1 without a valid address")
        rest = self.env['res.partner'].search(email['others']['action']['domain'])
        self.assertEqual(rest, self.stranger)
        self.assertIn("50%", email['text'])

    def test_orders_by_tier(self):
        """600 of tier A and 200 without: 75 and 25 per cent; before, all was of tier A."""
        self.customer.with_company(self.company).customer_tier_id = self.tier_a
        self.make_purchase(self.contact, 400, 5)
        self.make_purchase(self.customer, 200, 10)
        self.make_purchase(self.stranger, 200, 10)
        self.make_purchase(self.customer, 50, 45)
        tier = self.figures(period='month')[f'tier_orders_{self.tier_a.id}']
        self.assertEqual((tier['display'], tier['count'], tier['total']), ('75%', 2, 3))
        self.assertEqual(tier['trend']['text'], "−25 points")
        self.assertEqual(tier['trend']['before'], "100% in the period before")
        self.assertFalse(tier['trend']['tone'])
        none = self.figures(period='month')[f'tier_orders_{self.tier_b.id}']
        self.assertEqual((none['display'], none['count']), ('0%', 0))

    def test_amounts_of_other_currencies(self):
        """100 pounds at half a dollar each way: the order counts 50 dollars and keeps 30."""
        self.make_purchase(self.customer, 100, 5, currency=self.foreign, cost=40)
        figures = self.figures('processes', period='month')
        order = self.env['sale.order'].search(figures['revenue']['action']['domain'])
        self.assertAlmostEqual(
            float(figures['revenue']['display'].replace('$', '').replace('\xa0', '').strip()),
            order.amount_untaxed / order.currency_rate)
        self.assertEqual(
            figures['margin']['display'], f"{round(100 * order.margin / order.amount_untaxed)}%")

    def test_trend_of_an_amount(self):
        """300 after 200 is half as much again, and better."""
        self.make_purchase(self.customer, 300, 5)
        self.make_purchase(self.customer, 200, 45)
        revenue = self.figures('processes', period='month')['revenue']
        self.assertEqual((revenue['trend']['text'], revenue['trend']['tone']), ('+50%', 'success'))
        self.assertTrue(revenue['trend']['up'])

    def test_new_kept_and_silent_customers(self):
        """In three months: one new, one kept, one gone since before, one silent for long."""
        kept, gone, silent = self.env['res.partner'].create([
            {'name': name} for name in ("Kept", "Gone", "Silent")])
        for partner, days in (
            (self.customer, 5), (kept, 10), (kept, 120), (gone, 130), (silent, 900),
        ):
            self.make_purchase(partner, 10, days)
        figures = self.figures('value_chain', period='quarter')
        partners = self.env['res.partner']

        def found(key):
            return partners.search(figures[key]['action']['domain'])

        self.assertEqual(found('new_customers'), self.customer)
        self.assertEqual(figures['kept_customers']['among'], '1 of 2')
        self.assertEqual(found('kept_customers'), kept)
        self.assertEqual(
            partners.search(figures['kept_customers']['others']['action']['domain']), gone)
        self.assertEqual(found('silent_customers'), gone | silent)

    def test_days_begin_with_the_reader(self):
        """What was ordered at 23:30 yesterday in UTC was ordered today in Tokyo."""
        self.manager.tz = 'Asia/Tokyo'
        reading = self.as_user(self.env['crm.relationship'], self.manager)._reading(
            {'period': 'month'})
        self.assertEqual(reading.begin.hour, 15)
        self.assertEqual(reading.finish - reading.begin, reading.end - reading.first)
        self.assertEqual(reading.earlier.end, reading.first)

    def test_nearly_all_is_not_all(self):
        relationship = self.env['crm.relationship']
        self.assertEqual(
            [relationship._percent(share) for share in (0, 0.001, 0.5, 0.999, 1)],
            ['0%', '<1%', '50%', '>99%', '100%'])

    def test_first_answers(self):
        """Two kept, one missed, one overdue by now: half. What still runs does not count."""
        leads = self.env['crm.lead'].concat(*(
            self.make_lead(self.customer, 1, team_id=self.team.id) for _number in range(5)))
        for lead, state, hours in zip(
            leads, ('kept', 'kept', 'missed', 'waiting', 'waiting'), (9, 9, -9, -9, 9),
            strict=True,
        ):
            lead.write({
                'response_state': state, 'response_start_date': self.ago(1),
                'response_deadline': self.ago(0) + timedelta(hours=hours),
            })
        response = self.figures()['response']
        self.assertEqual((response['display'], response['among']), ('50%', '2 of 4'))
        self.assertEqual(response['others']['label'], "2 too late or overdue")
