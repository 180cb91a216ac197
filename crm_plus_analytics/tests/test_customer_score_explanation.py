from datetime import timedelta

from odoo import fields
from odoo.tests import TransactionCase, tagged


@tagged('post_install', '-at_install')
class TestCustomerScoreExplanation(TransactionCase):

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.today = fields.Date.context_today(cls.env.user)
        cls.run_today = cls.env['customer.score.run'].create({
            'as_of': cls.today, 'state': 'done', 'purchase_model_state': 'fitted'})
        cls.partner = cls.env['res.partner'].create({'name': "Anna"})
        cls.score = cls.env['customer.score'].create({
            'partner_id': cls.partner.id, 'company_id': cls.env.company.id,
            'run_id': cls.run_today.id, 'rank': 1,
        })

    def explain(self, days, **values):
        """Return the sentence of a customer who bought last so many days before the scoring."""
        self.score.write({
            'days_since_last': days, 'last_date': self.score.as_of - timedelta(days=days),
            'purchases': 2, 'interval_days': 24.2, 'outlook': 'leaving', **values,
        })
        self.score.invalidate_recordset(['explanation'])
        return self.score.explanation

    def test_habit_and_outlook(self):
        self.assertEqual(
            self.explain(71),
            "Buys every 24 days on average, last bought 71 days ago: probably leaving.")
        for outlook, words in {
            'active': "still a customer", 'likely': "probably still a customer",
            'lost': "probably lost",
        }.items():
            self.assertTrue(self.explain(71, outlook=outlook).endswith(f"71 days ago: {words}."))

    def test_lately(self):
        self.assertIn("last bought today:", self.explain(0))
        self.assertIn("last bought yesterday:", self.explain(1))
        self.assertTrue(self.explain(0, interval_days=1.3).startswith("Buys every day on average"))

    def test_without_a_model(self):
        self.run_today.purchase_model_state = 'few'
        self.assertEqual(
            self.explain(71, outlook='unknown'),
            "Buys every 24 days on average, last bought 71 days ago.")
        self.assertEqual(
            self.explain(71, purchases=1, outlook='once'), "Bought once, 71 days ago.")

    def test_bought_once(self):
        self.assertEqual(
            self.explain(71, purchases=1, outlook='once', expected_purchases=0.44),
            "Bought once, 71 days ago: about 0.4 further purchases to expect in the next "
            "12 months.")

    def test_stage_that_the_outlook_does_not_tell(self):
        limits = dict(self.run_today.lifecycle_limits)
        self.assertEqual((limits['at_risk_below'], limits['lost_below']), (0.5, 0.2))
        self.run_today.usual_interval = 30
        told = {
            # a third of last year's: (1 - 3) / (1 + 3) of both
            "Revenue fell by 67% against the year before.": {
                'lifecycle': 'at_risk', 'outlook': 'active', 'p_alive': 0.9, 'growth': -0.5},
            "A silence of more than 60 days counts as at risk.": {
                'lifecycle': 'at_risk', 'outlook': 'once', 'purchases': 1},
            "A silence of more than 48 days counts as at risk.": {
                'lifecycle': 'at_risk', 'outlook': 'unknown'},
            # four times 24.2 days; of who buys daily the least silence that alarms
            "A silence of more than 97 days counts as lost.": {
                'lifecycle': 'lost', 'outlook': 'unknown'},
            "A silence of more than 45 days counts as lost.": {
                'lifecycle': 'lost', 'outlook': 'unknown', 'interval_days': 1},
            "Came back after a long silence.": {'lifecycle': 'won_back', 'outlook': 'active'},
        }
        for sentence, values in told.items():
            with self.subTest(values=values):
                self.assertTrue(self.explain(110, p_alive=values.pop('p_alive', 0), **values).endswith(
                    sentence), self.score.explanation)
        self.run_today.lifecycle_limits = {
            **limits, 'at_risk_below': 0.7, 'lost_below': 0.4, 'longest_silence': 100}
        for sentence, values in {
            "A chance below 70% counts as at risk.": {
                'lifecycle': 'at_risk', 'outlook': 'likely', 'p_alive': 0.6},
            "A chance below 40% counts as lost.": {
                'lifecycle': 'lost', 'outlook': 'leaving', 'p_alive': 0.3},
        }.items():
            self.assertTrue(self.explain(99, **values).endswith(sentence), self.score.explanation)
        self.assertTrue(
            self.explain(100, lifecycle='lost', outlook='active', p_alive=0.9).endswith(
                "still a customer. A silence of 100 days counts as lost."))

    def test_stage_that_the_outlook_tells(self):
        for stage, outlook, chance in (
            ('at_risk', 'leaving', 0.3), ('lost', 'lost', 0.1), ('loyal', 'active', 0.9),
            ('new', 'once', 0),
        ):
            explanation = self.explain(71, lifecycle=stage, outlook=outlook, p_alive=chance)
            self.assertEqual(explanation.count('.'), 1 + (outlook == 'once'), explanation)

    def test_as_of_an_earlier_day(self):
        self.run_today.as_of = '1997-09-30'
        self.assertEqual(
            self.explain(71),
            "Buys every 24 days on average, last bought on 07/21/1997, 71 days before the "
            "scoring: probably leaving.")
        self.assertIn("on 09/29/1997, the day before the scoring", self.explain(1))
        self.assertIn("on 09/30/1997, the day of the scoring", self.explain(0))

    def test_in_the_language_of_the_reader(self):
        self.env['res.lang']._activate_lang('fr_FR')
        self.run_today.as_of = '1997-09-30'
        self.explain(71)
        self.assertIn("21/07/1997", self.score.with_context(lang='fr_FR').explanation)
