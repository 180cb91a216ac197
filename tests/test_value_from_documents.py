"""CRM+ reads the ERP and gets it right: the published figures of CDNOW, from its orders, invoices and payments."""

import os
from datetime import date

from odoo.tests import TransactionCase, new_test_user, tagged

from purchases import cdnow, load

TAG = "Published history"


@tagged("post_install", "-at_install")
class TestCdnowFromTheDocuments(TransactionCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.purchases = cdnow.read(os.environ["CRM_PLUS_CDNOW"])
        load(cls.env, cls.purchases, tag=TAG, commit=cls.env.flush_all)
        cls.company = cls.env.ref("base.main_company")
        cls.company.write({"customer_value_time_unit": "week", "customer_value_purchase_model": "bg_nbd"})
        cls.calibration = cls.score(date(1997, 9, 30))

    @classmethod
    def score(cls, as_of):
        run = cls.env["customer.score.run"].create({"company_id": cls.company.id, "as_of": as_of})
        run._execute()
        return run

    def assertNear(self, value, published, share):
        self.assertLessEqual(abs(value - published), abs(published) * share, f"{value} is not {published}")

    def test_purchase_model_of_fader_hardie_and_lee(self):
        """Fader, Hardie & Lee 2005, table 2, to the digits of the authors' later note."""
        run = self.calibration
        self.assertEqual(run.state, "done", run.failure)
        for value, published in ((run.bg_nbd_r, 0.2426), (run.bg_nbd_alpha, 4.4136), (run.bg_nbd_a, 0.7929),
                                 (run.bg_nbd_b, 2.4259)):
            self.assertNear(value, published, 0.005)
        self.assertAlmostEqual(run.bg_nbd_log_likelihood, -9582.429, delta=0.01)

    def test_pareto_nbd_of_schmittlein_morrison_and_colombo(self):
        """Fader, Hardie & Lee 2005, table 2."""
        self.company.customer_value_purchase_model = "pareto_nbd"
        run = self.score(date(1997, 9, 30))
        self.assertEqual((run.purchase_model, run.purchase_model_verdict), ("pareto_nbd", "set"))
        estimates = {(model, name): value for model, name, value, error in run.estimates["parameters"]}
        for name, published in (("r", 0.553), ("alpha", 10.578), ("s", 0.606), ("beta", 11.669)):
            self.assertNear(estimates["pareto_nbd", name], published, 0.005)
        self.assertAlmostEqual(estimates["pareto_nbd", "ln L"], -9595.0, delta=0.05)
        score = self.env["customer.score"].search([("partner_id.name", "=", f"{TAG} customer 1516"),
                                                   ("company_id", "=", self.company.id)])
        self.assertNear(score.p_alive, 0.9979, 0.005)
        self.assertNear(score.expected_purchases, 25.46, 0.01)

    def test_the_model_that_foresees_best_is_chosen(self):
        self.company.customer_value_purchase_model = "auto"
        run = self.score(date(1997, 9, 30))
        deviances = run.estimates["deviances"]
        self.assertEqual(set(deviances), {"bg_nbd", "mbg_nbd", "pareto_nbd"})
        self.assertEqual(run.purchase_model, min(deviances, key=deviances.get))
        self.assertIn(run.purchase_model_verdict, ("best", "close"))

    def test_value_model_of_fader_and_hardie(self):
        """Fader & Hardie 2013, note 025: fitted to the mean value of repeat purchases."""
        run = self.calibration
        for value, published in ((run.gamma_gamma_p, 6.25), (run.gamma_gamma_q, 3.74), (run.gamma_gamma_gamma, 15.44)):
            self.assertNear(value, published, 0.005)
        self.assertAlmostEqual(run.gamma_gamma_log_likelihood, -4055.92, delta=0.01)

    def test_counts_of_the_file(self):
        run = self.calibration
        self.assertEqual((run.customers, run.repeaters), (2357, 946))
        scores = self.env["customer.score"].search([("company_id", "=", self.company.id)])
        self.assertEqual(len(scores), 2357)
        self.assertEqual(sum(scores.mapped("purchases")) - 2357, 2457, "repeat purchases until 1997-09-30")
        in_time = [purchase for purchase in self.purchases if purchase.date <= date(1997, 9, 30)]
        self.assertAlmostEqual(run.revenue, float(sum(purchase.amount for purchase in in_time)), 2)

    def test_every_customer_is_in_one_segment_and_class(self):
        scores = self.env["customer.score"].search([("company_id", "=", self.company.id)])
        self.assertFalse(scores.filtered(lambda score: not (score.segment_id and score.abc_class)))

    def test_customer_1516(self):
        """The published customer: x=26, t_x=30.857, T=31 weeks; P(alive) 0.9689 (BTYD vignette)."""
        score = self.env["customer.score"].search([("partner_id.name", "=", f"{TAG} customer 1516"),
                                                   ("company_id", "=", self.company.id)])
        self.assertEqual(score.purchases, 27)
        self.assertNear(score.p_alive, 0.9689, 0.005)

    def test_salesperson_sees_the_purchases_of_the_file(self):
        salesperson = new_test_user(
            self.env, "history_sales", groups="sales_team.group_sale_salesman_all_leads,"
            "crm_plus.group_customer_documents", company_id=self.company.id)
        customer = self.env["res.partner"].search([("name", "=", f"{TAG} customer 1516")])
        mine = [purchase for purchase in self.purchases if purchase.customer == "1516"]
        page = customer.with_user(salesperson).get_customer_360(limit=200)
        figures = {figure["key"]: figure for group in page["groups"] for figure in group["figures"]}
        total = float(sum(purchase.amount for purchase in mine))
        self.assertAlmostEqual(figures["ordered"]["value"], total, 2)
        self.assertAlmostEqual(figures["invoiced"]["value"], total, 2)
        self.assertEqual(figures["balance_due"]["value"], 0)
        counts = {row["kind"]: row["count"] for row in page["timeline"]["counts"]}
        self.assertEqual(counts, {"order": len(mine), "invoice": len(mine), "payment": len(mine)})
        [sentence] = [line["text"] for line in page["highlights"] if "average" in line["text"]]
        self.assertIn("Buys every", sentence)
