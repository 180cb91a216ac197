"""A case raised by e-mail stands on the page of the customer who bought, for everybody who looks after them."""

from datetime import date
from decimal import Decimal

from odoo.addons.mail.tests.common import MailCommon
from odoo.tests import new_test_user, tagged

from purchases import Purchase, load

MAIL = """From: Carla Customer <carla@customer.example.com>
To: {alias}
Subject: The second disc is scratched
Message-Id: <scratched@customer.example.com>
Content-Type: text/plain; charset=utf-8

It skips on the third song. Can you send another one?
"""


@tagged("post_install", "-at_install")
class TestCaseOnThePage(MailCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        load(cls.env, [Purchase("1", date(1997, month, 3), 1, Decimal("14.50")) for month in (1, 4, 9)], tag="Page",
             commit=cls.env.flush_all)
        cls.customer = cls.env["res.partner"].search([("name", "=", "Page customer 1")])
        cls.customer.email = "carla@customer.example.com"
        cls.team = cls.env["service.team"].create({"name": "Discs", "alias_name": "discs", "resolution_hours": 8})
        cls.env["customer.score.run"].create({"as_of": "1997-12-31"})._execute()
        cls.readers = [
            new_test_user(cls.env, "page_sales",
                          groups="sales_team.group_sale_salesman_all_leads,crm_plus.group_customer_documents"),
            new_test_user(cls.env, "page_agent", groups="crm_plus_service.group_agent"),
            new_test_user(cls.env, "page_admin", groups="base.group_system,sales_team.group_sale_manager,"
                          "account.group_account_manager,crm_plus_service.group_manager,"
                          "crm_plus_analytics.group_manager"),
        ]

    def test_case_by_mail(self):
        self.env["mail.thread"].message_process("service.case", MAIL.format(alias=self.team.alias_email))
        case = self.env["service.case"].search([("team_id", "=", self.team.id)])
        self.assertEqual(case.name, "The second disc is scratched")
        self.assertEqual(case.partner_id, self.customer)
        for reader in self.readers:
            with self.subTest(reader.login):
                page = self.customer.with_user(reader).get_customer_360()
                figures = {figure["key"]: figure for group in page["groups"] for figure in group["figures"]}
                self.assertEqual(figures["open_cases"]["value"], 1)
                self.assertAlmostEqual(figures["ordered"]["value"], 43.5)
                self.assertAlmostEqual(figures["invoiced"]["value"], 43.5)
                self.assertTrue(figures["customer_segment"]["value"])
                counts = {row["kind"]: row["count"] for row in page["timeline"]["counts"]}
                self.assertEqual(counts, {"order": 3, "invoice": 3, "payment": 3, "case": 1, "message": 1})
                newest = {entry["kind"]: entry for entry in page["timeline"]["entries"][:2]}
                self.assertEqual(newest["case"]["res_id"], case.id)
                self.assertTrue(any("Buys every" in line["text"] for line in page["highlights"]))
