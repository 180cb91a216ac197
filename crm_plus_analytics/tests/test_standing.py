from datetime import timedelta

import numpy as np

from odoo.exceptions import ValidationError
from odoo.tests import TransactionCase, tagged

from ..measures import Measures
from ..standing import WEIGHTS, cost_to_serve, figures, growth, profit, stand
from .common import AS_OF, CustomerValueCommon

DAYS = AS_OF.toordinal()


def measures(count=2, **columns):
    """Return measures of customers who bought 1,000 and 100 days ago, but for what is given."""
    given = {
        'purchases': [4] * count, 'first_day': [DAYS - 1000] * count,
        'last_day': [DAYS - 100] * count, 'revenue': [100.0] * count,
        'repeat_revenue': [75.0] * count, **columns,
    }
    return Measures(
        as_of=AS_OF, partner_id=np.arange(1, count + 1),
        **{name: np.array(values) for name, values in given.items()})


@tagged('post_install', '-at_install')
class TestStanding(TransactionCase):
    """Each figure below is worked out by hand."""

    def stand(self, measured, p_alive=None, value=None, weights=None, **costs):
        unknown = np.full(len(measured), np.nan)
        return stand(
            measured, unknown if p_alive is None else np.array(p_alive),
            unknown if value is None else np.array(value),
            weights=weights or WEIGHTS, **{'capital_rate': 0.0, 'case_cost': 0.0, **costs})

    def test_profit_after_service_and_late_payment(self):
        measured = measures(margin=[100.0, 5.0], cases=[3, 1], late_amount_days=[36525.0, 0.0])
        # 36,525 a day late cost 8 % of 100 in a year: 100 − 3 × 10 − 8, 5 − 10
        np.testing.assert_allclose(profit(measured, 0.08, 10.0), [62, -5])

    def test_cases_of_which_the_cost_is_known_cost_that(self):
        measured = measures(cases=[3, 1], costed_cases=[2, 0], known_cost=[25.0, 40.0])
        # the third case at 10; a visit for 40 and a case at 10
        np.testing.assert_allclose(cost_to_serve(measured, 10.0), [35, 50])

    def test_satisfaction_has_half_of_service(self):
        measured = measures(3, cases=[0, 4, 8], satisfaction=[1.0, 0.5, np.nan])
        weights = {**dict.fromkeys(WEIGHTS, 0), 'value': 50, 'service': 50}
        standing = self.stand(measured, value=[3.0, 2.0, 1.0], weights=weights)
        # the best in all; the middle in value and cases, the worst in satisfaction; the last,
        # of whom that is not known, in all that is
        np.testing.assert_allclose(standing.score.total, [100, 25 + 12.5 + 0, 0])
        self.assertEqual(standing.medians['satisfaction'], 0.75)

    def test_service_is_the_cases_alone_where_nobody_was_asked(self):
        measured = measures(3, cases=[0, 4, 8])
        weights = {**dict.fromkeys(WEIGHTS, 0), 'value': 50, 'service': 50}
        score = self.stand(measured, value=[3.0, 2.0, 1.0], weights=weights).score
        np.testing.assert_allclose(score.total, [100, 25 + 25, 0])
        self.assertEqual(score.share[:, score.components.index('satisfaction')].max(), 0)

    def test_service_is_satisfaction_alone_where_nobody_had_a_case(self):
        measured = measures(satisfaction=[0.2, 0.9])
        weights = {**dict.fromkeys(WEIGHTS, 0), 'service': 1}
        np.testing.assert_allclose(self.stand(measured, weights=weights).score.total, [0, 100])

    def test_growth_is_known_after_two_years(self):
        measured = measures(
            3, first_day=[DAYS - 1000, DAYS - 1000, DAYS - 700],
            revenue_12_months=[300.0, 0.0, 300.0], revenue_before=[100.0, 100.0, 100.0])
        np.testing.assert_allclose(growth(measured), [0.5, -1, np.nan])

    def test_what_nobody_has_tells_nothing(self):
        found = figures(measures(), np.array([np.nan] * 2), np.array([np.nan] * 2))
        self.assertTrue(np.isnan(found['service']).all())
        self.assertTrue(np.isnan(found['potential']).all())
        np.testing.assert_allclose(found['value'], [100, 100], err_msg="without values, by revenue")

    def test_who_never_paid_what_is_overdue_pays_all_of_it_late(self):
        measured = measures(3, late_share=[0.25, np.nan, np.nan], overdue=[0.0, 50.0, 0.0])
        np.testing.assert_allclose(
            figures(measured, np.full(3, np.nan), np.ones(3))['conduct'], [0.25, 1, np.nan])

    def test_score_of_known_components(self):
        measured = measures(3, late_share=[0.0, 0.5, np.nan], cases=[0, 4, 8])
        weights = {**dict.fromkeys(WEIGHTS, 0), 'value': 50, 'conduct': 30, 'service': 20}
        score = self.stand(measured, value=[3.0, 2.0, 1.0], weights=weights).score
        # the best in all three; in the middle of two and the worse payer; the worst in two
        np.testing.assert_allclose(score.total, [100, 25 + 0 + 10, 0])
        self.assertEqual(self.stand(measured, value=[3.0, 2.0, 1.0]).medians['value'], 2)

    def test_next_purchase(self):
        measured = measures(
            3, purchases=[4, 1, 4], last_day=[DAYS - 100, DAYS - 1000, DAYS - 100])
        standing = self.stand(measured, p_alive=[0.9, 0.6, 0.1])
        # 900 days for 3 intervals: 300, which is also usual
        self.assertEqual(standing.usual_interval, 300)
        self.assertEqual(standing.next_purchase_day.tolist(), [DAYS + 200, DAYS - 700, 0])

    def test_nobody(self):
        standing = self.stand(measures(0))
        self.assertEqual(len(standing.score.total), 0)
        self.assertEqual(standing.medians, {})


@tagged('post_install', '-at_install')
class TestStandingOfCustomers(CustomerValueCommon):

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        for day in ('2026-01-01', '2026-02-01', '2026-02-20', '2026-06-25'):
            cls.buy(cls.anna, day, 100)
        cls.buy(cls.bert, '2026-05-10', 10)
        cls.run_ = cls.score()

    def test_on_the_score(self):
        anna, bert = self.score_of(self.anna), self.score_of(self.bert)
        # silent for 125 days, which is more than 4 times the 25 days from before
        self.assertEqual((anna.lifecycle, bert.lifecycle), ('won_back', 'new'))
        # 30 % of 400: there is no order with costs
        self.assertEqual((anna.profit, anna.abc_class_profit), (120, 'A'))
        # (31 + 19 + 125) / 3 days after the last one
        self.assertEqual(anna.next_purchase_date, anna.last_date + timedelta(days=58))
        self.assertGreater(anna.composite_score, bert.composite_score)
        # growth needs two years; nothing is paid or overdue, no case, no open opportunity
        self.assertEqual(set(anna.components), {'value', 'loyalty'})

    def test_table_tells_points_figure_and_median(self):
        anna = self.score_of(self.anna)
        self.assertIn("Value", anna.components_table)
        self.assertIn("points to the next band", self.score_of(self.bert).next_band)

    def test_table_hides_amounts_from_whom_they_are_hidden(self):
        reader = self.new_user('standing_reader', 'sales_team.group_sale_salesman')
        table = self.score_of(self.anna).with_user(reader).components_table
        self.assertIn("Value", table)
        self.assertNotIn("$", table)

    def test_weights_are_kept_with_the_scoring(self):
        self.assertEqual(self.run_.weights, WEIGHTS)
        self.company.sudo().customer_value_weight_value = 0
        self.assertEqual(self.new_run().weights['value'], 0)

    def test_wrong_settings_are_refused(self):
        company = self.company.sudo()
        for values in (
            {f'customer_value_weight_{name}': 0 for name in WEIGHTS},
            {'customer_value_weight_value': -1}, {'customer_value_case_cost': -1},
            {'customer_value_capital_rate': 2}, {'customer_value_window': -1},
            {'customer_value_margin_rate': 1.5},
            {'customer_value_band_low': 50}, {'customer_value_band_low': 0},
            {'customer_value_band_high': 100}, {'customer_value_band_middle': 80},
            {'customer_value_lost_chance': 0.6}, {'customer_value_risk_chance': 1.1},
            {'customer_value_risk_intervals': 0}, {'customer_value_lost_intervals': 1},
            {'customer_value_decline': 0}, {'customer_value_growth': -0.1},
            {'customer_value_new_days': -1}, {'customer_value_longest_silence': -1},
            {'customer_value_loyal_purchases': 0},
        ):
            with self.subTest(values=values), self.assertRaises(ValidationError):
                company.write(values)

    def test_limits_are_valid_together_on_the_page_of_settings(self):
        Settings = self.env['res.config.settings'].sudo().with_company(self.company)
        higher = {
            'customer_value_band_low': 80, 'customer_value_band_middle': 90,
            'customer_value_band_high': 95, 'customer_value_lost_chance': 0.7,
            'customer_value_risk_chance': 0.9,
        }
        settings = Settings.create({'company_id': self.company.id, **higher})
        settings.execute()
        self.assertEqual(self.company._customer_value_bands(), [80, 90, 95])
        self.assertEqual(self.company.customer_value_lost_chance, 0.7)
        settings.write({
            'customer_value_band_low': 10, 'customer_value_band_middle': 20,
            'customer_value_band_high': 30,
        })
        self.assertEqual(self.company._customer_value_bands(), [10, 20, 30])
        with self.assertRaisesRegex(ValidationError, "must rise"):
            Settings.create({'company_id': self.company.id, 'customer_value_band_low': 20})

    def test_bands_are_those_of_the_company(self):
        bert = self.score_of(self.bert)
        self.assertEqual(self.run_.band_limits, [25, 50, 75])
        self.assertIn("from 25", bert.next_band)
        self.company.sudo().write({
            'customer_value_band_low': 21, 'customer_value_band_middle': 30,
            'customer_value_band_high': 40,
        })
        self.assertIn("from 25", bert.next_band, "the scoring keeps the limits it was made with")
        self.score()
        self.assertIn("from 21", bert.next_band)
        bert.sudo().composite_score = 41
        self.assertEqual(bert.next_band, "In the best band: 40 and above")

    def test_stages_are_by_the_limits_of_the_company(self):
        self.assertIsNone(self.run_.lifecycle_limits['longest_silence'])
        # Bert bought 51 days ago, Anna 5 days ago after 125 days, which are 5 times 25
        self.company.sudo().write({
            'customer_value_new_days': 40, 'customer_value_lost_intervals': 6,
            'customer_value_loyal_days': 100,
        })
        self.score()
        self.assertEqual(self.score_of(self.anna).lifecycle, 'loyal')
        self.assertNotEqual(self.score_of(self.bert).lifecycle, 'new')
        self.company.sudo().customer_value_longest_silence = 50
        self.score()
        self.assertEqual(self.score_of(self.bert).lifecycle, 'lost')
        self.assertEqual(self.run_.lifecycle_limits['new_for'], 90)

    def test_limits_of_another_company_stay(self):
        other = self.setup_other_company()['company']
        self.company.sudo().write({'customer_value_band_low': 10, 'customer_value_new_days': 40})
        run = self.new_run(company=other)
        self.assertEqual((run.band_limits[0], run.lifecycle_limits['new_for']), (25, 90))

    def test_late_payer_is_told(self):
        score = self.score_of(self.anna).sudo()
        score.write({'has_payment': True, 'days_to_pay': 12.4})
        self.assertTrue(score.explanation.endswith("Pays 12 days late on average."))
        score.days_to_pay = -3
        self.assertNotIn("Pays", score.explanation)
