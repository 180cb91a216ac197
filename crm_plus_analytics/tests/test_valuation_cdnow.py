"""The published figures on the CDNOW sample, each with its source."""

import os
from pathlib import Path

import numpy as np
from numpy.testing import assert_allclose

from odoo.addons.crm_plus_analytics.valuation import bg_nbd, gamma_gamma, mbg_nbd, pareto_nbd
from odoo.tests import BaseCase

from .cdnow import cdnow_summary, purchases

PARAMETERS = 0.005
LOG_LIKELIHOOD = 0.01


class TestCdnowSample(BaseCase):
    def test_purchases_of_one_day_are_one(self):
        customer, day, value = purchases()
        self.assertEqual(len(Path(os.environ["CRM_PLUS_CDNOW"]).read_text().splitlines()), 6919)
        self.assertEqual((len(customer), len(day), len(value)), (6696,) * 3)
        self.assertTrue((np.diff(customer) + np.diff(day / 1e6) > 0).all())

    def test_summary_counts_what_the_papers_count(self):
        history = cdnow_summary()
        self.assertEqual(len(history.customer), 2357)
        self.assertEqual((history.x > 0).sum(), 946)
        self.assertEqual(history.x.sum(), 2457)
        self.assertEqual(history.holdout.sum(), 1882)

    def test_customer_1516_is_the_one_of_the_btyd_vignette(self):
        history = cdnow_summary()
        which = history.customer == 1516
        self.assertEqual(history.x[which], 26)
        assert_allclose((history.t_x[which], history.T[which]), [[30.857], [31]], atol=5e-4)


class TestBgNbdOnCdnow(BaseCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.history = cdnow_summary()
        cls.model = bg_nbd.fit(cls.history.x, cls.history.t_x, cls.history.T)

    def by_repeats(self, values):
        return [values[np.minimum(self.history.x, 7) == repeats].mean() for repeats in range(8)]

    def test_estimates_of_fader_hardie_lee_2005(self):
        found = (self.model.r, self.model.alpha, self.model.a, self.model.b)
        self.assertTrue(self.model.converged)
        assert_allclose(found, (0.2426, 4.4136, 0.7929, 2.4259), rtol=PARAMETERS)
        assert_allclose(self.model.log_likelihood, -9582.429, atol=LOG_LIKELIHOOD)

    def test_expectation_of_the_authors_spreadsheet_note(self):
        assert_allclose(self.model.expected_purchases(39, [2], [30.43], [38.86]), 1.226, atol=5e-4)

    def test_expectation_of_a_new_customer(self):
        assert_allclose(
            self.model.expected_purchases_new([0.1429, 1, 3, 31.8571, 32, 78]),
            (0.0078, 0.0532, 0.1506, 1.0405, 1.0437, 1.8576),
            rtol=5e-4, atol=5e-5,
        )

    def test_customer_1516_of_the_btyd_vignette(self):
        history = [26], [30.857], [31]
        assert_allclose(self.model.expected_purchases(52, *history), 25.76, atol=5e-3)
        assert_allclose(self.model.p_alive(*history), 0.9689, atol=1e-4)
        assert_allclose(self.model.expected_purchases_new(52), 1.444, atol=5e-4)

    def test_more_purchases_lower_expectation_after_a_long_silence(self):
        silent = [10, 15, 20, 25], [20] * 4, [39] * 4
        published = (0.34746, 0.042834, 0.0041590, 0.00035837)
        assert_allclose(self.model.expected_purchases(52, *silent), published, rtol=PARAMETERS)

    def test_mean_holdout_purchases_by_frequency(self):
        history = self.history
        expected = self.model.expected_purchases(39, history.x, history.t_x, history.T)
        assert_allclose(
            self.by_repeats(expected),
            (0.2251, 0.5231, 1.0441, 1.5203, 2.1638, 2.6538, 3.5040, 6.157),
            rtol=5e-4,
        )
        assert_allclose(
            self.by_repeats(history.holdout),
            (0.2367, 0.6970, 1.3925, 1.5600, 2.5323, 2.9474, 3.8621, 6.3594),
            atol=5e-5,
        )

    def test_cumulative_repeat_purchases_by_week_78(self):
        expected = self.model.expected_purchases_new(self.history.T + 39).sum()
        assert_allclose(expected, 4160.6, rtol=5e-4)
        self.assertEqual((self.history.x + self.history.holdout).sum(), 4339)


class TestMbgNbdOnCdnow(BaseCase):
    def test_estimates_of_btydplus(self):
        history = cdnow_summary()
        model = mbg_nbd.fit(history.x, history.t_x, history.T)
        self.assertTrue(model.converged)
        found = (model.r, model.alpha, model.a, model.b)
        assert_allclose(found, (0.525, 6.183, 0.891, 1.614), rtol=PARAMETERS)


class TestParetoNbdOnCdnow(BaseCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        history = cdnow_summary()
        cls.model = pareto_nbd.fit(history.x, history.t_x, history.T)

    def test_estimates_of_fader_hardie_lee_2005(self):
        found = (self.model.r, self.model.alpha, self.model.s, self.model.beta)
        self.assertTrue(self.model.converged)
        assert_allclose(found, (0.553, 10.578, 0.606, 11.669), rtol=PARAMETERS)
        # Published to one decimal.
        assert_allclose(self.model.log_likelihood, -9595.0, atol=0.05)

    def test_is_the_same_in_days(self):
        history = cdnow_summary()
        in_days = pareto_nbd.fit(history.x, history.t_x * 7, history.T * 7)
        found = (in_days.r, in_days.alpha / 7, in_days.s, in_days.beta / 7)
        assert_allclose(found, (self.model.r, self.model.alpha, self.model.s, self.model.beta), rtol=1e-6)

    def test_customer_1516_of_the_btyd_vignette(self):
        history = [26], [30.857], [31]
        assert_allclose(self.model.expected_purchases(52, *history), 25.46, atol=6e-3)
        assert_allclose(self.model.p_alive(*history), 0.9979, atol=1e-4)
        assert_allclose(self.model.expected_purchases_new(52), 1.473, atol=5e-4)

    def test_more_purchases_lower_expectation_after_a_long_silence(self):
        silent = [10, 15, 20, 25], [20] * 4, [39] * 4
        published = (0.70623, 0.14424, 0.022507, 0.0030927)
        assert_allclose(self.model.expected_purchases(52, *silent), published, rtol=PARAMETERS)


class TestGammaGammaOnCdnow(BaseCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        history = cdnow_summary()
        cls.model = gamma_gamma.fit(history.x, history.mean_value)
        cls.values = cls.model.expected_value(history.x, history.mean_value)

    def test_estimates_of_fader_hardie_2013(self):
        found = (self.model.p, self.model.q, self.model.gamma)
        self.assertTrue(self.model.converged)
        assert_allclose(found, (6.25, 3.74, 15.44), rtol=PARAMETERS)
        assert_allclose(self.model.log_likelihood, -4055.92, atol=LOG_LIKELIHOOD)

    def test_fit_leaves_out_those_without_a_repeat_purchase_of_value(self):
        # 946 repeaters of 2,357.
        self.assertEqual(self.model.excluded, 1411)

    def test_expected_mean_value_of_the_first_ten_customers(self):
        published = (24.65, 18.91, 35.17, 35.17, 35.17, 71.46, 18.91, 35.17, 27.28, 35.17)
        assert_allclose(self.values[:10], published, atol=0.01)
