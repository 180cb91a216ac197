import json
from datetime import timedelta

from odoo.exceptions import AccessError
from odoo.tests import tagged

from .scoring_common import ScoringCommon


@tagged('post_install', '-at_install')
class TestLeadScoringCalibration(ScoringCommon):
    """What became of the leads, by the score that they had before."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.calibration = cls.env['crm.score.calibration']
        cls.rule = cls.make_rule("Tells", points=50)
        cls.team = cls.env['crm.team'].create({
            'name': "Calibrated", 'company_id': cls.company.id})

    @classmethod
    def close(cls, count, *, won, score, probability=50, points=None, days=10, **values):
        """Close leads that had a score and a probability a day before."""
        leads = cls.env['crm.lead'].create([
            {'name': "Closed", 'company_id': cls.company.id, 'user_id': cls.salesperson.id,
             'team_id': cls.team.id, **values}
            for _lead in range(count)
        ])
        if won:
            leads.action_set_won()
        else:
            leads.action_set_lost()
        cls.env.flush_all()
        cls.env.cr.execute(
            "UPDATE crm_lead SET date_closed = %s WHERE id = ANY(%s)",
            [cls.ago(days), leads.ids])
        cls.keep(leads, days + 1, score, probability, points)
        cls.env.invalidate_all()
        return leads

    @classmethod
    def keep(cls, leads, days_ago, score, probability=50, points=None):
        band = cls.company._lead_score_band().of(score)
        cls.env['crm.score.history'].create([
            {'lead_id': lead.id, 'month': cls.ago(days_ago).date().replace(day=1),
             'stage_key': days_ago, 'date': cls.ago(days_ago), 'score': score, 'band': band,
             'probability': probability,
             'points': {str(rule): given for rule, given in (points or {}).items()}}
            for lead in leads
        ])

    def report(self, user=None, **filters):
        calibration = self.as_user(self.calibration, user or self.manager, self.company)
        return calibration.get_calibration(team_id=self.team.id, **filters)

    def rates(self, report, group='bands'):
        return {
            bar['key']: (bar['won'], bar['count']) for bar in report[group] if bar['count']}

    def test_won_rates_worked_by_hand(self):
        self.close(8, won=True, score=80, probability=72)
        self.close(2, won=False, score=70, probability=72)
        self.close(1, won=True, score=55, probability=100)
        self.close(1, won=True, score=10, probability=0)
        self.close(3, won=False, score=0, probability=9.96)
        report = self.report()
        self.assertEqual(self.rates(report), {'hot': (8, 10), 'warm': (1, 1), 'cold': (1, 4)})
        self.assertEqual(
            self.rates(report, 'classes'), {70: (8, 10), 90: (1, 1), 0: (1, 1), 10: (0, 3)})
        hot = report['bands'][2]
        self.assertAlmostEqual(hot['rate'], 0.8)
        self.assertAlmostEqual(hot['low'], 0.4902, 4)
        self.assertAlmostEqual(hot['high'], 0.9433, 4)
        self.assertTrue(hot['is_few'])
        self.assertIn("may be chance", report['summary'][0])

    def test_no_hindsight(self):
        leads = self.close(5, won=True, score=20)
        self.keep(leads, 3, 95)  # a week after they were won
        self.keep(leads, 50, 60)  # long before
        self.assertEqual(self.rates(self.report()), {'cold': (5, 5)})

    def test_leads_without_former_score_are_left_out(self):
        leads = self.close(3, won=True, score=80)
        self.env['crm.score.history'].search([('lead_id', '=', leads[0].id)]).unlink()
        report = self.report()
        self.assertEqual((report['closed'], report['unscored']), (3, 1))
        self.assertEqual(self.rates(report), {'hot': (2, 2)})

    def test_open_leads_do_not_count(self):
        leads = self.close(2, won=False, score=80)
        leads[0].action_restore()
        self.assertEqual(self.rates(self.report()), {'hot': (0, 1)})

    def test_period(self):
        self.close(2, won=True, score=80, days=10)
        self.close(3, won=True, score=80, days=200)
        self.assertEqual(self.rates(self.report(months=3)), {'hot': (2, 2)})
        self.assertEqual(self.rates(self.report(months=12)), {'hot': (5, 5)})

    def test_bands_are_those_of_now(self):
        self.close(2, won=True, score=75)
        self.company.lead_score_hot = 80
        self.assertEqual(self.rates(self.report()), {'warm': (2, 2)})

    def test_bars_open_their_leads(self):
        won = self.close(2, won=True, score=80, probability=100)
        lost = self.close(3, won=False, score=80, probability=9.96)
        cold = self.close(1, won=False, score=5, points={self.rule.id: 50})
        calibration = self.as_user(self.calibration, self.manager, self.company)

        def opened(group, key):
            action = calibration.action_open_leads(group, key, team_id=self.team.id)
            return self.env['crm.lead'].with_context(active_test=False).search(action['domain'])

        self.assertEqual(opened('bands', 'hot'), (won | lost).sorted('id', reverse=True))
        self.assertEqual(opened('bands', 'cold'), cold)
        self.assertFalse(opened('bands', 'warm'))
        self.assertEqual(opened('classes', 90), won.sorted('id', reverse=True))
        self.assertEqual(opened('classes', 10), lost.sorted('id', reverse=True))
        self.assertEqual(opened('rules', self.rule.id), cold)

    def test_rules_that_tell(self):
        given, not_given = {self.rule.id: 50}, {self.rule.id: 0}
        self.close(40, won=True, score=80, points=given)
        self.close(10, won=False, score=80, points=given)
        self.close(10, won=True, score=20, points=not_given)
        self.close(40, won=False, score=20, points=not_given)
        self.close(50, won=False, score=20)  # the rule was not there yet
        report = self.report()
        [rule] = report['rules']
        self.assertEqual((rule['with']['won'], rule['with']['count']), (40, 50))
        self.assertEqual((rule['without']['won'], rule['without']['count']), (10, 50))
        self.assertAlmostEqual(rule['lift'], 1.6)  # 80 % against 50 %
        self.assertEqual(rule['verdict'], 'good')
        self.rule.points = -50
        self.assertEqual(self.report()['rules'][0]['verdict'], 'wrong')

    def test_rules_that_tell_nothing_are_named(self):
        for points in ({self.rule.id: 50}, {self.rule.id: 0}):
            self.close(20, won=True, score=50, points=points)
            self.close(20, won=False, score=50, points=points)
        [rule] = self.report()['rules']
        self.assertEqual(rule['verdict'], 'nothing')
        self.assertEqual(rule['text'], "Won as often with as without: this rule tells nothing.")
        self.assertAlmostEqual(rule['lift'], 1)

    def test_rules_with_too_few_leads(self):
        self.close(3, won=True, score=80, points={self.rule.id: 50})
        self.close(3, won=False, score=80, points={self.rule.id: 0})
        self.assertEqual(self.report()['rules'][0]['verdict'], 'few')

    def test_summary(self):
        self.close(40, won=True, score=80, probability=30)
        self.close(10, won=False, score=80, probability=30)
        self.close(10, won=True, score=20, probability=30)
        self.close(40, won=False, score=20, probability=30)
        report = self.report()
        self.assertIn("Hot leads were won 4.0 times as often as cold ones.", report['summary'])
        # of 2,500 pairs 1,600 in the right order and 800 as good as each other
        self.assertAlmostEqual(report['concordance']['score'], 0.8)
        self.assertAlmostEqual(report['concordance']['probability'], 0.5)

    def test_bands_that_do_not_tell(self):
        for score in (80, 20):
            self.close(20, won=True, score=score)
            self.close(20, won=False, score=score)
        self.assertIn("do not tell good leads", ' '.join(self.report()['summary']))

    def test_readers_see_their_own_leads(self):
        self.close(2, won=True, score=80)
        self.close(3, won=True, score=80, user_id=self.colleague.id)
        report = self.report(self.salesperson)
        self.assertEqual(self.rates(report), {'hot': (2, 2)})
        self.assertFalse(report['rules'])
        self.assertEqual(self.rates(self.report(self.lead_seller)), {'hot': (5, 5)})
        for user in (self.viewer, self.outsider):
            with self.subTest(user=user.login), self.assertRaises(AccessError):
                self.report(user)
        with self.assertRaises(AccessError):
            self.as_user(self.calibration, self.salesperson).action_open_leads(
                'rules', self.rule.id)

    def test_leads_of_other_companies(self):
        self.team.company_id = False
        self.close(2, won=True, score=80)
        self.close(3, won=True, score=80, company_id=self.company_b.id, user_id=self.manager.id)
        self.assertEqual(self.rates(self.report()), {'hot': (2, 2)})

    def test_queries_do_not_depend_on_the_number_of_leads(self):
        def count():
            self.env.invalidate_all()
            before = self.cr.sql_log_count
            self.report()
            return self.cr.sql_log_count - before

        self.close(3, won=True, score=80, points={self.rule.id: 50})
        count()
        few = count()
        self.close(30, won=False, score=20, points={self.rule.id: 0})
        self.assertEqual(count(), few)

    def test_the_report_can_be_sent_to_a_browser(self):
        self.close(3, won=True, score=80, points={self.rule.id: 50})
        self.assertTrue(json.dumps(self.report()))

    def test_from_scoring_to_report(self):
        """Scores that the scheduled action kept are those that the report judges."""
        hot, cold = self.env['crm.lead'].create([
            {'name': name, 'company_id': self.company.id, 'team_id': self.team.id,
             'user_id': self.salesperson.id} for name in ("Good", "Bad")])
        self.rule.domain = "[('name', '=', 'Good')]"
        self.score(hot | cold)
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE crm_score_history SET date = date - %s", [timedelta(minutes=5)])
        hot.action_set_won()
        cold.action_set_lost()
        self.env.flush_all()
        report = self.report()
        self.assertEqual(self.rates(report), {'hot': (1, 1), 'cold': (0, 1)})
        self.assertEqual(report['rules'][0]['with']['count'], 1)
