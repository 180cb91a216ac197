"""What customer service tells of a customer's value, through the timeline alone."""

from datetime import date
from decimal import Decimal

from odoo.tests import TransactionCase, tagged

from purchases import Purchase, load


@tagged("post_install", "-at_install")
class TestValueOfService(TransactionCase):
    """A customer served by two companies, each by a team with an hourly cost of its own."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.home = cls.env.ref("base.main_company")
        cls.abroad = cls.env["res.company"].create({"name": "Abroad", "currency_id": cls.env.ref("base.EUR").id})
        cls.env.user.company_ids += cls.abroad
        cls.env["account.chart.template"].try_loading("generic_coa", company=cls.abroad, install_demo=False)
        for company in (cls.home, cls.abroad):
            load(cls.env, [Purchase("1", date(1997, 2, day), 1, Decimal(100)) for day in (3, 9, 20)],
                 company=company.name, tag="Served", commit=cls.env.flush_all)
        cls.customer = cls.env["res.partner"].search([("name", "=", "Served customer 1")], limit=1)
        # the purchases abroad may have made a customer of their own: it is one here
        others = cls.env["res.partner"].search([("name", "=", "Served customer 1")]) - cls.customer
        if others:
            cls.env["base.partner.merge.automatic.wizard"]._merge((cls.customer | others).ids, cls.customer)

    @classmethod
    def serve(cls, company, hourly_cost, *cases):
        """Open cases of (hours, rating), 0 for none of it, in February 1997."""
        team = cls.env["service.team"].create(
            {"name": f"Served {company.name}", "company_id": company.id, "hourly_cost": hourly_cost})
        for hours, rating in cases:
            case = cls.env["service.case"].create({
                "name": "Broken", "team_id": team.id, "partner_id": cls.customer.id, "time_spent": hours,
                "opened_date": "1997-02-15 10:00:00"})
            if rating:
                case.rating_apply(rating, token=case._rating_get_access_token())
                case.rating_ids.rated_on = "1997-02-20 10:00:00"

    def score(self, company):
        company.write({"customer_value_case_cost": 10, "customer_value_capital_rate": 0,
                       "customer_value_margin_basis": "rate", "customer_value_margin_rate": 0.5})
        run = self.env["customer.score.run"].create({"company_id": company.id, "as_of": "1997-12-31"})
        run._execute()
        self.assertEqual(run.state, "done", run.failure)
        return self.env["customer.score"].search(
            [("partner_id", "=", self.customer.id), ("company_id", "=", company.id)])

    def test_each_company_counts_what_it_did(self):
        self.serve(self.home, 40, (1.5, 5), (0, 2), (0, 0))
        self.serve(self.abroad, 100, (2, 1))
        home, abroad = self.score(self.home), self.score(self.abroad)
        self.assertEqual((home.cases, abroad.cases), (3, 1))
        # 5 and 2 of 5 stars; 1 of 5
        self.assertEqual((home.satisfaction, abroad.satisfaction), (0.7, 0.2))
        # 1.5 hours at 40 and two cases that are supposed to cost 10; 2 hours at 100
        self.assertEqual((home.cost_to_serve, abroad.cost_to_serve), (80, 200))
        # half of 300
        self.assertEqual((home.profit, abroad.profit), (70, -50))

    def test_what_came_after_the_date_does_not_count(self):
        self.serve(self.home, 40, (1, 5))
        self.customer.env["service.case"].search([("partner_id", "=", self.customer.id)]).write(
            {"opened_date": "1998-01-01 00:00:00"})
        score = self.score(self.home)
        self.assertEqual((score.cases, score.cost_to_serve, score.satisfaction), (0, 0, 1))
