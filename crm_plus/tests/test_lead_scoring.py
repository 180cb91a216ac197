from datetime import timedelta
from unittest.mock import patch

from odoo import fields
from odoo.exceptions import AccessError, ValidationError
from odoo.tests import tagged

from .scoring_common import ScoringCommon


@tagged('post_install', '-at_install')
class TestLeadScoring(ScoringCommon):

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.lead = cls.make_lead(cls.contact, 1000, partner_name="Customer Ltd")

    def make_example(self):
        """20 for the name, 10 and 5 for two mails, 30 for having bought, 15 less for owing."""
        rules = (
            self.make_rule("Named", points=20, domain="[('partner_name', '!=', False)]")
            | self.event_rule('reply', cap=20)
            | self.fact_rule('customer', points=30)
            | self.fact_rule('overdue', points=-15)
        )
        self.make_message(self.lead)
        self.make_message(self.lead, days_ago=7)
        self.make_invoice(self.contact, 4321.5, '2024-01-01', user=self.colleague)
        return rules

    # -- the score

    def test_score_worked_by_hand(self):
        self.make_example()
        self.lead.action_update_lead_score()
        # 20 + 15 + 30 - 15 = 50 of at most 20 + 20 + 30 = 70 points
        self.assertEqual((self.lead.lead_score, self.lead.lead_score_band), (71, 'hot'))
        self.assertTrue(self.lead.lead_score_date)

    def test_without_rules_there_is_no_score(self):
        self.lead.action_update_lead_score()
        self.assertEqual((self.lead.lead_score, self.lead.lead_score_band), (0, False))

    def test_points_for_100_of_the_company(self):
        self.make_example()
        self.company.lead_score_full_points = 100
        self.score(self.lead)
        self.assertEqual((self.lead.lead_score, self.lead.lead_score_band), (50, 'warm'))

    def test_teams(self):
        team, other = self.env['crm.team'].create([
            {'name': name, 'company_id': self.company.id} for name in ("One", "Two")])
        self.make_rule(points=10)
        self.make_rule(points=30, team_ids=team.ids, domain="[('name', '=', 'x')]")
        leads = self.lead | self.lead.copy() | self.lead.copy()
        leads[0].team_id, leads[1].team_id, leads[2].team_id = team, other, False
        leads.company_id = self.company
        self.score(leads)
        self.assertEqual(leads.mapped('lead_score'), [25, 100, 100])

    def test_a_score_is_not_copied(self):
        self.make_rule()
        self.score(self.lead)
        self.assertFalse(self.lead.copy().lead_score_band)

    # -- when

    def test_nothing_is_scored_when_leads_are_written(self):
        self.make_example()
        with patch.object(self.env.registry['crm.lead'], '_score_leads') as scoring:
            lead = self.make_lead(self.contact, 10)
            lead.partner_name = "Other"
            lead.stage_id = self.env['crm.stage'].search([], limit=1)
            lead.read(['lead_score', 'lead_score_band'])
            lead.action_set_lost()
            self.env.flush_all()
        scoring.assert_not_called()

    def test_a_closed_lead_keeps_the_score_that_it_had(self):
        self.make_rule(domain="[('won_status', '=', 'pending')]")
        won, lost = self.lead, self.lead.copy()
        self.score(won | lost)
        won.action_set_won()
        lost.action_set_lost()
        (won | lost).action_update_lead_score()
        self.assertEqual((won | lost).mapped('lead_score'), [100, 100])

    def test_scoring_is_no_change_of_the_lead(self):
        self.make_rule()
        self.env.flush_all()
        before = self.lead.write_date, self.lead.message_ids
        self.score(self.lead)
        self.assertEqual((self.lead.write_date, self.lead.message_ids), before)

    def test_queries_do_not_depend_on_the_number_of_leads(self):
        self.make_example()
        self.event_rule('timeline', timeline_kind='invoice')
        self.fact_rule('late')
        self.fact_rule('tier', tier_ids=self.tier_a.ids)
        self.fact_rule('lost')
        partners = self.env['res.partner'].create([{'name': f"Customer {i}"} for i in range(30)])
        leads = self.env['crm.lead'].create([
            {'name': "Lead", 'partner_id': partner.id, 'company_id': self.company.id,
             'user_id': False} for partner in partners])
        self.score(self.lead)  # what is read once in a while is known now

        def count(batch):
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.cr.sql_log_count
            self.score(batch)
            self.env.flush_all()
            return self.cr.sql_log_count - before

        few = count(leads[:3])
        self.assertEqual(count(leads), few)
        self.assertLessEqual(few, 25)

    # -- the scheduled action

    def run_cron(self):
        with patch.object(self.env.registry['ir.cron'], '_commit_progress',
                          lambda *args, **kwargs: 1000):
            self.env['crm.lead']._cron_update_lead_scores()

    def later(self, **delta):
        """Let it be later: what was scored before is older."""
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE crm_lead SET lead_score_date = lead_score_date - %s", [timedelta(**delta)])
        self.env.cr.execute(
            "UPDATE crm_score_rule SET write_date = write_date - %s", [timedelta(**delta)])
        self.env.cr.execute(
            "UPDATE res_company SET write_date = write_date - %s", [timedelta(**delta)])
        self.env.invalidate_all()

    def scored_by_cron(self, leads):
        dates = {lead: lead.lead_score_date for lead in leads}
        self.run_cron()
        return leads.filtered(lambda lead: lead.lead_score_date != dates[lead])

    def test_cron_scores_open_leads(self):
        self.make_rule()
        closed = self.lead.copy()
        closed.action_set_lost()
        self.run_cron()
        self.assertEqual(self.lead.lead_score, 100)
        self.assertFalse(closed.lead_score_band)

    def test_cron_goes_on_with_the_next_part(self):
        self.make_rule()
        leads = self.env['crm.lead'].create([
            {'name': "Lead", 'company_id': self.company.id} for _i in range(5)])
        with patch('odoo.addons.crm_plus.models.crm_lead_scoring_mixin.BATCH_SIZE', 2):
            self.run_cron()
        self.assertEqual(set(leads.mapped('lead_score_band')), {'hot'})

    def test_cron_stops_when_its_time_is_up(self):
        self.make_rule()
        leads = self.env['crm.lead'].create([
            {'name': "Lead", 'company_id': self.company.id} for _i in range(5)])
        self.run_cron()
        self.later(days=2)
        dates = {lead: lead.lead_score_date for lead in leads}
        with patch('odoo.addons.crm_plus.models.crm_lead_scoring_mixin.BATCH_SIZE', 2), \
             patch.object(self.env.registry['ir.cron'], '_commit_progress',
                          lambda *args, **kwargs: 0):
            self.env['crm.lead']._cron_update_lead_scores()
        self.assertTrue(any(lead.lead_score_date == dates[lead] for lead in leads))

    def test_cron_leaves_what_was_scored_a_moment_ago(self):
        self.make_rule()
        self.run_cron()
        self.later(hours=1)
        self.assertFalse(self.scored_by_cron(self.lead))
        self.later(hours=20)
        self.assertEqual(self.scored_by_cron(self.lead), self.lead)

    def test_cron_scores_anew_when_a_rule_has_changed(self):
        rule = self.make_rule()
        self.run_cron()
        self.later(hours=1)
        self.env.flush_all()
        rule.domain = "[('name', '=', 'x')]"
        self.env.flush_all()
        self.assertEqual(self.scored_by_cron(self.lead), self.lead)
        self.assertEqual(self.lead.lead_score, 0)
        self.assertEqual(self.lead.lead_score_band, 'cold')

    def test_changing_a_rule_calls_the_cron(self):
        trigger = self.env['ir.cron.trigger']
        cron = self.env.ref('crm_plus.ir_cron_lead_scores')
        before = trigger.search_count([('cron_id', '=', cron.id)])
        rule = self.make_rule()
        self.assertGreater(trigger.search_count([('cron_id', '=', cron.id)]), before)
        before = trigger.search_count([('cron_id', '=', cron.id)])
        rule.name = "Another name"
        self.assertEqual(trigger.search_count([('cron_id', '=', cron.id)]), before)

    def test_cron_takes_scores_away_with_the_last_rule(self):
        rule = self.make_rule()
        won = self.lead.copy()
        self.score(self.lead | won)
        won.action_set_won()
        rule.active = False
        self.run_cron()
        self.assertFalse(self.lead.lead_score_band)
        self.assertEqual(won.lead_score_band, 'hot')

    # -- settings

    def test_leads_change_bands_with_the_limits(self):
        self.make_example()
        self.score(self.lead)
        self.company.lead_score_hot = 80
        self.assertEqual(self.lead.lead_score_band, 'warm')
        self.company.write({'lead_score_warm': 75})
        self.assertEqual(self.lead.lead_score_band, 'cold')

    def test_limits_of_another_company_do_not_matter(self):
        self.make_example()
        self.score(self.lead)
        self.company_b.write({'lead_score_warm': 90, 'lead_score_hot': 95})
        self.assertEqual(self.lead.lead_score_band, 'hot')

    def test_limits_make_sense(self):
        for values in (
            {'lead_score_warm': 0}, {'lead_score_warm': 70}, {'lead_score_hot': 101},
            {'lead_score_full_points': -1},
        ):
            with self.subTest(values), self.assertRaises(ValidationError):
                self.company.write(values)

    # -- former scores

    def history(self):
        return self.env['crm.score.history'].search([('lead_id', '=', self.lead.id)])

    def test_one_former_score_a_month_and_stage(self):
        rule = self.make_rule()
        self.score(self.lead)
        self.score(self.lead)
        self.assertEqual(self.history().mapped('score'), [100])
        self.assertEqual(self.history().points, {str(rule.id): 10})
        self.assertEqual(self.history().stage_id, self.lead.stage_id)
        self.lead.stage_id = self.env['crm.stage'].search(
            [('id', '!=', self.lead.stage_id.id), ('is_won', '=', False)], limit=1)
        self.score(self.lead)
        self.assertEqual(len(self.history()), 2)
        self.env['crm.lead']._store_lead_scores(
            self.lead.ids, fields.Datetime.now() - timedelta(days=40))
        self.assertEqual(len(self.history()), 3)

    def test_former_scores_go_with_the_lead(self):
        self.make_rule()
        self.score(self.lead)
        history = self.history()
        self.lead.unlink()
        self.assertFalse(history.exists())

    def test_former_scores_outlive_their_stages(self):
        self.make_rule()
        stages = self.env['crm.stage'].create([{'name': "A"}, {'name': "B"}])
        for stage in stages:
            self.lead.stage_id = stage
            self.score(self.lead)
        self.lead.stage_id = self.env['crm.stage'].search([('id', 'not in', stages.ids)], limit=1)
        self.env.flush_all()
        stages.unlink()
        self.assertEqual(len(self.history()), 2)

    # -- the explanation

    def details(self, user=None):
        lead = self.as_user(self.lead, user or self.manager, self.company)
        return lead.get_lead_score_details()

    def test_explanation(self):
        named, reply, _customer, overdue = self.make_example()
        named.reason = "We know their name."
        details = self.details()
        self.assertEqual((details['score'], details['total'], details['full']), (71, 50, 70))
        rows = {row['id']: row for row in details['rows']}
        self.assertEqual([row['points'] for row in details['rows']], [30, 20, -15, 15])
        self.assertEqual(rows[named.id]['why'], "We know their name.")
        self.assertIn("2 times", rows[reply.id]['why'])
        self.assertIn("Half of it gone by", rows[reply.id]['fading'])
        self.assertIn("overdue", rows[overdue.id]['why'])
        self.assertEqual(rows[overdue.id]['fading'], '')

    def test_explanation_tells_no_amounts(self):
        self.make_example()
        self.fact_rule('revenue', revenue=4000)
        self.make_invoice(self.contact, 4321.5, self.ago(30).date(), user=self.colleague)
        self.lead.user_id = self.salesperson
        self.assertFalse(self.env['account.move'].with_user(self.salesperson).search_count(
            [('partner_id', '=', self.contact.id)]))
        text = str(self.details(self.salesperson))
        for amount in ('4321', '4,321', '4000', '4,000'):
            self.assertNotIn(amount, text)
        self.assertIn("They were invoiced enough", text)

    def test_curve_of_the_coming_weeks(self):
        self.make_example()
        curve = self.details()['curve']
        # 35 points stay; the 15 of the mails halve each week: 50, 42.5, 38.75 of 70
        self.assertEqual(curve['days'][:3], [0, 7, 14])
        self.assertEqual(curve['scores'][:3], [71, 61, 55])
        self.assertEqual(curve['scores'][-1], 50)

    def test_no_curve_where_nothing_fades(self):
        self.make_rule()
        self.assertFalse(self.details()['curve'])

    def test_explanation_of_rules_that_do_not_apply(self):
        self.make_rule(domain="[('name', '=', 'x')]")
        details = self.details()
        self.assertEqual((details['rows'], details['other_rules']), ([], 1))

    def test_explanation_does_not_change_what_lists_show(self):
        self.make_rule()
        self.assertEqual(self.details()['score'], 100)
        self.assertFalse(self.lead.lead_score_band)
        self.assertFalse(self.details()['stored'])
        self.score(self.lead)
        self.assertEqual(self.details()['stored']['score'], 100)

    def test_rules_that_only_take_away_are_no_score(self):
        self.make_rule(points=-10)
        details = self.details()
        self.assertIsNone(details['score'])
        self.assertIn("only take points away", details['notes'][0])

    def test_a_lead_without_contact_says_so(self):
        self.make_rule()
        self.lead.partner_id = False
        self.lead.company_id = self.company
        self.assertIn("no contact", self.details()['notes'][0])

    # -- nobody writes scores

    def test_users_do_not_write_scores(self):
        lead = self.as_user(self.lead, self.manager)
        for name, value in (
            ('lead_score', 100), ('lead_score_band', 'hot'), ('lead_score_date', self.now),
        ):
            with self.subTest(name), self.assertRaises(AccessError):
                lead.write({name: value})
        with self.assertRaises(AccessError):
            lead.create({'name': "Lead", 'lead_score': 100})
