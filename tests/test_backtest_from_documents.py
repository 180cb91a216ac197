"""The back-test on the ERP's own documents shows the tracking that was published for CDNOW."""

import os
from datetime import date

from odoo.tests import TransactionCase, tagged

from purchases import cdnow, load

# Fader, Hardie & Lee 2005: mean purchases of the holdout by 0, 1 … 7 and more repeat purchases.
EXPECTED = (0.2251, 0.5231, 1.0441, 1.5203, 2.1638, 2.6538, 3.5040, 6.157)
ACTUAL = (0.2367, 0.6970, 1.3925, 1.5600, 2.5323, 2.9474, 3.8621, 6.3594)


@tagged("post_install", "-at_install")
class TestBacktestFromTheDocuments(TransactionCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        company = cls.env["res.company"].create({"name": "Published", "currency_id": cls.env.ref("base.USD").id})
        cls.env.user.company_ids += company
        cls.env["account.chart.template"].try_loading("generic_coa", company=company, install_demo=False)
        load(cls.env, cdnow.read(os.environ["CRM_PLUS_CDNOW"]), company=company.name, tag="Published tracking",
             commit=cls.env.flush_all)
        cls.company = company
        cls.test = cls.backtest("bg_nbd")

    @classmethod
    def backtest(cls, model):
        return cls.env["customer.score.backtest"]._queue({
            "company_id": cls.company.id, "fit_until": date(1997, 9, 30), "predict_until": date(1998, 6, 30),
            "model_asked": model, "time_unit": "week", "user_id": cls.env.uid})

    def test_tracking_of_fader_hardie_and_lee(self):
        self.assertEqual((self.test.state, self.test.model, self.test.model_state), ("done", "bg_nbd", "fitted"))
        tracking = self.test.tracking
        self.assertEqual(tracking["end"][-1], "1998-06-30")
        self.assertEqual(len(tracking["end"]), 78, "weeks")
        self.assertEqual(tracking["actual"][-1], 4339)
        self.assertAlmostEqual(tracking["expected"][-1], 4160.6, delta=4160.6 * 5e-4)
        self.assertEqual(tracking["actual"][tracking["end"].index("1997-09-30")], 2457)
        self.assertEqual(sum(tracking["in_holdout"]), 39, "weeks")

    def test_mean_purchases_by_frequency(self):
        for name, published, delta in (("expected", EXPECTED, 5e-4), ("actual", ACTUAL, 5e-5)):
            for repeats, (found, mean) in enumerate(zip(self.test.classes[name], published, strict=True)):
                with self.subTest(name, repeats=repeats):
                    self.assertAlmostEqual(found, mean, delta=max(delta, mean * delta))
        self.assertEqual(sum(self.test.classes["customers"]), 2357)

    def test_counts_and_verdict(self):
        test = self.test
        self.assertEqual((test.customers, test.repeaters, test.actual_purchases), (2357, 946, 1882))
        self.assertTrue(test.beats_naive)
        self.assertIn("BG/NBD proved better than “the same rate as before”", test.verdict)
        self.assertIn("2,357", test.verdict)
        self.assertEqual(len(test.customer_ids), 2357)
        self.assertEqual(sum(test.customer_ids.mapped("actual")), 1882)

    def test_estimates_and_contenders(self):
        estimates = {row["name"]: row["value"] for row in self.test.estimates}
        for name, published in (("r", 0.2426), ("alpha", 4.4136), ("a", 0.7929), ("b", 2.4259), ("q", 3.74)):
            self.assertAlmostEqual(estimates[name], published, delta=published * 0.005)
        self.assertAlmostEqual(self.test.log_likelihood, -9582.429, delta=0.01)
        errors = {row["model"]: row["error"] for row in self.test.contenders}
        self.assertEqual(set(errors), {"bg_nbd", "mbg_nbd", "pareto_nbd", "simple", "naive"})
        self.assertEqual(max(errors, key=errors.get), "naive")

    def test_the_best_model_is_told_from_the_time_before(self):
        """What is chosen does not depend on what came: shortening the forecast changes nothing."""
        chosen = self.backtest("auto")
        self.assertIn(chosen.model, ("bg_nbd", "mbg_nbd", "pareto_nbd"))
        self.assertTrue(chosen.beats_naive)
        shorter = self.env["customer.score.backtest"]._queue({
            "company_id": self.company.id, "fit_until": date(1997, 9, 30), "predict_until": date(1997, 12, 31),
            "model_asked": "auto", "time_unit": "week", "user_id": self.env.uid})
        self.assertEqual((shorter.model, shorter.estimates), (chosen.model, chosen.estimates))
