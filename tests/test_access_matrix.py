"""Who may do what, across the add-ons: each right tried as the real user, in two companies."""

from odoo import Command
from odoo.exceptions import AccessError
from odoo.tests import TransactionCase, new_test_user, tagged
from odoo.tools import mute_logger

from .access_records import AccessRecords
from .access_table import CREATE, GROUPS, READ, READERS, SHARED, TABLE, UNLINK, WRITE, rights
from .common import MODULES

OPERATIONS = (READ, WRITE, CREATE, UNLINK)


@tagged("post_install", "-at_install")
class TestAccessMatrix(AccessRecords, TransactionCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.home = cls.env.ref("base.main_company")
        cls.abroad = cls.env["res.company"].create({"name": "Abroad", "currency_id": cls.env.ref("base.EUR").id})
        cls.env.user.company_ids += cls.abroad
        cls.env["account.chart.template"].try_loading("generic_coa", company=cls.abroad, install_demo=False)
        cls.users = {login: cls.user_of(cls.home, login, groups) for login, groups in GROUPS.items()}
        cls.customers = {company: cls.customer_of(company) for company in (cls.home, cls.abroad)}
        cls.records = {
            company: cls.records_of(company, customer) for company, customer in cls.customers.items()}
        cls.dialogs = sorted(name for name in TABLE if cls.env[name]._transient)
        cls.kept = sorted(TABLE.keys() - set(cls.dialogs))

    @classmethod
    def user_of(cls, company, login, groups):
        return new_test_user(
            cls.env, f"matrix_{login}", groups=groups, company_id=company.id, company_ids=[Command.set(company.ids)])

    def found_rights(self, record, user) -> set[str]:
        """Return which of the four rights `user` has on the record, by trying what can be tried unharmed."""
        record = record.with_user(user).with_company(user.company_id)
        found = set()
        for operation in OPERATIONS:
            try:
                record.check_access(operation)
                found.add(operation)
            except AccessError:
                continue
        return found

    def record(self, company, model):
        record = self.records[company].get(model)
        self.assertTrue(record, f"the test needs a record of {model}")
        return record

    # -- the table

    def test_no_model_is_missing(self):
        ours = {
            name for name, model in self.env.registry.items()
            if model._original_module in MODULES and not model._abstract
        }
        self.assertEqual(ours, TABLE.keys(), "say in access_table.py who may do what")

    @mute_logger("odoo.addons.base.models.ir_model", "odoo.addons.base.models.ir_rule")
    def test_rights_in_the_own_company(self):
        for login, user in self.users.items():
            for model in self.kept:
                with self.subTest(user=login, model=model):
                    self.assertEqual(self.found_rights(self.record(self.home, model), user), rights(model, login))

    @mute_logger("odoo.addons.base.models.ir_model", "odoo.addons.base.models.ir_rule")
    def test_no_rights_in_another_company(self):
        for login, user in self.users.items():
            for model in set(self.kept) - SHARED:
                with self.subTest(user=login, model=model):
                    record = self.record(self.abroad, model)
                    self.assertEqual(self.found_rights(record, user) - {CREATE}, set())
                    with self.assertRaises(AccessError):
                        record.with_user(user).read(["display_name"])

    @mute_logger("odoo.addons.base.models.ir_model", "odoo.addons.base.models.ir_rule")
    def test_searching_finds_only_the_own_company(self):
        for login in READERS:
            for model in set(self.kept) - SHARED:
                with self.subTest(user=login, model=model):
                    records = self.env[model].with_user(self.users[login]).with_context(active_test=False)
                    if READ not in rights(model, login):
                        with self.assertRaises(AccessError):
                            records.search([])
                        continue
                    found = records.search([])
                    self.assertIn(self.record(self.home, model), found)
                    self.assertNotIn(self.record(self.abroad, model), found)

    # -- dialogs: of who has opened them, and of nobody else

    @mute_logger("odoo.addons.base.models.ir_model", "odoo.addons.base.models.ir_rule")
    def test_dialogs_are_their_users_own(self):
        for model in self.dialogs:
            values = self.dialog_values(model, self.records[self.home])
            others = self.env[model]
            for login, user in self.users.items():
                with self.subTest(user=login, model=model):
                    dialogs = self.env[model].with_user(user).with_company(self.home)
                    if CREATE in rights(model, login):
                        own = dialogs.create(values)
                        self.assertEqual(self.found_rights(own, user), rights(model, login))
                        self.assertFalse(dialogs.search([]) - own)
                        others |= own.sudo()
                    else:
                        with self.assertRaises(AccessError):
                            dialogs.create(values)
            self.assertTrue(others)
            for dialog in others:
                for login, user in self.users.items():
                    if user != dialog.create_uid:
                        with self.subTest(user=login, model=model, of=dialog.create_uid.login):
                            self.assertEqual(self.found_rights(dialog, user) - {CREATE}, set())

    @mute_logger("odoo.addons.base.models.ir_model", "odoo.addons.base.models.ir_rule")
    def test_dialogs_do_nothing_in_another_company(self):
        actions = {
            "service.case.change": "action_change", "service.case.close": "action_close_only",
            "service.case.hand.over": "action_hand_over", "service.case.merge": "action_merge",
            "service.case.split": "action_split", "service.handover.refuse": "action_refuse",
            "service.intake.dismiss": "action_dismiss",
        }
        values = {"service.case.change": {"priority": "3"}}
        for model, action in actions.items():
            with self.subTest(model=model), self.assertRaises(AccessError), self.env.cr.savepoint():
                dialog = self.env[model].with_user(self.users["service_manager"]).create({
                    **self.dialog_values(model, self.records[self.abroad]), **values.get(model, {})})
                getattr(dialog, action)()

    # -- the timeline and the page of a customer

    def timeline(self, login, company):
        customer = self.customers[company]
        found = self.env["customer.timeline"].with_user(self.users[login]).search([("partner_id", "=", customer.id)])
        return sorted(set(found.mapped("kind")))

    def test_timeline_shows_what_the_documents_show(self):
        # Nobody's orders and invoices are everybody's; payments need the right to see them.
        self.assertEqual(self.timeline("salesperson", self.home), ["case", "invoice", "order"])
        self.assertEqual(self.timeline("agent", self.home), ["case", "invoice", "order", "payment"])
        for login in READERS:
            self.assertEqual(self.timeline(login, self.abroad), [], login)

    def test_salesperson_of_own_documents_sees_no_colleagues_order(self):
        customer = self.customers[self.home]
        orders = self.env["sale.order"].search([("partner_id", "=", customer.id)])
        orders.user_id = self.users["sales_manager"]
        orders.invoice_ids.invoice_user_id = self.users["sales_manager"]
        self.assertEqual(self.timeline("salesperson", self.home), ["case"])
        entries = self.env["customer.timeline"].search([("partner_id", "=", customer.id), ("kind", "=", "order")])
        self.assertEqual(len(entries), 3)
        with self.assertRaises(AccessError), mute_logger("odoo.addons.base.models.ir_rule"):
            entries.with_user(self.users["salesperson"]).read(["amount"])
        page = customer.with_user(self.users["salesperson"]).get_customer_360()
        figures = {figure["key"]: figure["value"] for group in page["groups"] for figure in group["figures"]}
        self.assertEqual((figures["ordered"], figures["invoiced"]), (0, 0))

    @mute_logger("odoo.addons.base.models.ir_model", "odoo.addons.base.models.ir_rule")
    def test_page_is_refused_to_others(self):
        for login in ("clerk", "portal", "public"):
            with self.subTest(login), self.assertRaises(AccessError):
                self.customers[self.home].with_user(self.users[login]).get_customer_360()
            with self.subTest(login), self.assertRaises(AccessError):
                self.env["customer.timeline"].with_user(self.users[login]).search([])
