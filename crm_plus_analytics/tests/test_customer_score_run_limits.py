"""A scoring tells by which weights and limits it was made, whatever the settings are now."""

from odoo import Command
from odoo.tests import tagged

from .common import CustomerValueCommon


@tagged('post_install', '-at_install')
class TestCustomerScoreRunLimits(CustomerValueCommon):

    def rows(self, table):
        """Return the cells of each row of a table, without the head."""
        body = table.split('<tbody>')[1].split('</tbody>')[0]
        return [[cell.split('</td>')[0] for cell in row.split('<td>')[1:]]
                for row in body.split('<tr>')[1:]]

    def test_what_the_settings_were(self):
        # sudo: the settings of the company are the administrator's
        company = self.company.sudo()
        company.write({
            'customer_value_band_high': 90, 'customer_value_risk_chance': 0.45,
            'customer_value_risk_intervals': 1.5, 'customer_value_longest_silence': 400,
            'customer_value_weight_growth': 0, 'customer_value_recency_limits': "30 90 180 365",
            'customer_value_money_limits': "100 500 2000 10000.5",
            'customer_value_excluded_category_ids': [
                Command.create({'name': "Staff"}), Command.create({'name': "Press"})],
        })
        run = self.new_run()
        self.env.flush_all()
        self.env.invalidate_all()
        company.write({
            'customer_value_band_high': 75, 'customer_value_risk_chance': 0.5,
            'customer_value_risk_intervals': 2, 'customer_value_longest_silence': 0,
            'customer_value_weight_growth': 10, 'customer_value_recency_limits': False,
            'customer_value_money_limits': False,
            'customer_value_excluded_category_ids': [Command.clear()],
        })
        self.assertEqual(run.left_out_tags, "Press, Staff")
        self.assertEqual(self.rows(run.bands_table), [
            ["Second Band from", "25"], ["Third Band from", "50"], ["Best Band from", "90"]])
        stages = dict(self.rows(run.stages_table))
        self.assertEqual(stages["At Risk below"], "45%")
        self.assertEqual(stages["At Risk after (times)"], "1.5")
        self.assertEqual(stages["Always Lost after (days)"], "400")
        self.assertEqual(stages["New for (days)"], "90")
        self.assertEqual([name for name, _limit in self.rows(run.stages_table)][:3], [
            "New for (days)", "Lost below", "At Risk below"])
        weights = self.rows(run.weights_table)
        self.assertEqual(dict(weights)["Growth"], "0")
        self.assertEqual([name for name, _weight in weights], [
            "Value", "Growth", "Loyalty", "Payment", "Service", "Potential"])
        self.assertEqual(self.rows(run.rfm_table), [
            ["Recency Limits", "≤ 30", "≤ 90", "≤ 180", "≤ 365", "&gt; 365"],
            ["Frequency Limits", *["a fifth"] * 5],
            ["Money Limits", "≥ 10,000.5", "≥ 2,000", "≥ 500", "≥ 100", "&lt; 100"],
        ])

    def test_what_is_not_limited_is_not_told(self):
        run = self.new_run()
        self.assertNotIn("Always Lost after (days)", dict(self.rows(run.stages_table)))
        self.assertFalse(run.rfm_table, "fifths of the customers")

    def test_in_the_language_of_the_reader(self):
        self.env['res.lang']._activate_lang('fr_FR')
        self.company.sudo().customer_value_money_limits = "100 500 2000 10000.5"
        self.assertIn("10\N{NO-BREAK SPACE}000,5", self.new_run().with_context(
            lang='fr_FR').rfm_table)
