"""The 360 page, with all three add-ons, costs the same number of queries whatever the customer's size."""

from datetime import date, timedelta
from decimal import Decimal

from odoo.tests import TransactionCase, new_test_user, tagged

from purchases import Purchase, load


@tagged("post_install", "-at_install")
class TestQueryBudget(TransactionCase):
    # Figures of orders, quotations, leads, invoices, payments, cases and scores, the timeline and its counts,
    # and the access rules of each reader. Mend the code before raising it.
    BUDGET = 45

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        history = [Purchase(customer, date(1997, 1, 1) + timedelta(days=3 * number), 1, Decimal("14.99"))
                   for customer, count in (("small", 5), ("large", 50)) for number in range(count)]
        load(cls.env, history, tag="Budget", commit=cls.env.flush_all)
        cls.small = cls.env["res.partner"].search([("name", "=", "Budget customer small")])
        cls.large = cls.env["res.partner"].search([("name", "=", "Budget customer large")])
        for customer, count in ((cls.small, 5), (cls.large, 50)):
            cls.env["service.case"].create([
                {"name": f"Question {number}", "partner_id": customer.id} for number in range(count)])
            cls.env["crm.lead"].create([
                {"name": f"Lead {number}", "partner_id": customer.id, "type": "opportunity", "expected_revenue": 100}
                for number in range(count)])
            for number in range(count):
                customer.message_post(body=f"Called {number} times", message_type="comment",
                                      subtype_xmlid="mail.mt_note")
        cls.env["customer.score.run"].create({"as_of": "1998-06-30"})._execute()

    def queries(self, customer, user) -> int:
        page_of = customer.with_user(user).get_customer_360
        self.env.flush_all()
        page_of()  # fills the caches of the registry: groups, rules, translations
        self.env.flush_all()
        self.env.invalidate_all()
        before = self.env.cr.sql_log_count
        page_of()
        return self.env.cr.sql_log_count - before

    def check(self, login, groups):
        user = new_test_user(self.env, login, groups=groups)
        small, large = self.queries(self.small, user), self.queries(self.large, user)
        self.assertEqual(small, large)
        self.assertLessEqual(large, self.BUDGET)

    def test_salesperson(self):
        self.check("budget_sales", "sales_team.group_sale_salesman_all_leads,crm_plus.group_customer_documents")

    def test_salesperson_of_own_documents_only(self):
        self.check("budget_own", "sales_team.group_sale_salesman")

    def test_agent(self):
        self.check("budget_agent", "crm_plus_service.group_agent")
