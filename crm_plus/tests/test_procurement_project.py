from datetime import timedelta
from unittest.mock import patch

from odoo import fields
from odoo.exceptions import ValidationError
from odoo.fields import Command
from odoo.tests import Form, tagged

from .common import CrmPlusCommon


@tagged('post_install', '-at_install')
class TestProcurementProject(CrmPlusCommon):
    """What a key account is about to buy, and what our opportunities expect of it."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.account = cls.env['crm.key.account'].create({
            'partner_id': cls.customer.id, 'company_id': cls.company.id,
            'user_id': cls.salesperson.id})
        cls.project = cls.env['crm.procurement.project'].create({
            'name': "Line 2", 'account_id': cls.account.id})
        cls.today = fields.Date.today()

    def test_belongs_to_its_account(self):
        self.assertEqual(self.project.user_id, self.salesperson)
        self.assertEqual(self.project.partner_id, self.customer)
        self.assertEqual(self.project.company_id, self.company)

    def test_budgets_can_be_compared(self):
        self.project.write({'budget': 1000, 'currency_id': self.foreign.id})
        self.assertEqual(self.project.company_budget, 500, "half a dollar for each")
        with self.assertRaisesRegex(ValidationError, "negative"):
            self.project.budget = -5

    def test_overdue_decision(self):
        self.assertFalse(self.project.is_late)
        self.project.date_decision = self.today - timedelta(days=1)
        self.assertTrue(self.project.is_late)
        late = [('is_late', '=', True), ('id', '=', self.project.id)]
        on_time = [('is_late', '=', False), ('id', '=', self.project.id)]
        self.assertEqual(self.project.search(late), self.project)
        self.assertFalse(self.project.search(on_time))
        self.project.state = 'decided'
        self.assertFalse(self.project.is_late)
        self.assertFalse(self.project.search(late))
        self.assertEqual(self.project.search(on_time), self.project)

    def test_dates_in_order(self):
        with self.assertRaisesRegex(ValidationError, "before they begin"):
            self.project.write({
                'date_start': self.today, 'date_decision': self.today - timedelta(days=1)})

    def test_steps(self):
        self.assertEqual(self.project.progress, 0)
        self.project.step_ids = [
            Command.create({'name': "Tender", 'sequence': 1, 'state': 'done'}),
            Command.create({'name': "Trial", 'sequence': 2}),
            Command.create({'name': "Audit", 'sequence': 3, 'state': 'skipped'}),
        ]
        tender, trial, _audit = self.project.step_ids
        self.assertEqual(self.project.progress, 0.5)
        self.assertEqual(self.project.next_step_id, trial)
        self.assertEqual(tender.date_done, self.today)
        tender.date_done = self.today - timedelta(days=3)
        tender.name = "Call for tenders"
        self.assertEqual(tender.date_done, self.today - timedelta(days=3))
        tender.state = 'todo'
        self.assertFalse(tender.date_done)
        self.assertEqual(self.project.next_step_id, tender)

    def test_decision_makers_come_from_its_buying_centre(self):
        role = self.env['crm.account.role'].create({
            'account_id': self.account.id, 'contact_id': self.contact.id})
        self.project.decider_ids = role
        other = self.env['crm.key.account'].create({'partner_id': self.stranger.id})
        stranger = self.env['crm.account.role'].create({
            'account_id': other.id, 'contact_id': self.stranger.id})
        with self.assertRaisesRegex(ValidationError, "another key account"):
            self.project.decider_ids += stranger

    def test_our_opportunities(self):
        mine = self.make_lead(
            self.contact, 100, user_id=self.salesperson.id,
            procurement_project_id=self.project.id)
        self.make_lead(self.contact, 200, user_id=self.colleague.id,
                       procurement_project_id=self.project.id)
        lost = self.make_lead(
            self.contact, 400, user_id=self.salesperson.id,
            procurement_project_id=self.project.id)
        lost.action_set_lost()
        project = self.as_user(self.project, self.salesperson)
        self.assertEqual(project.lead_count, 2)
        self.assertEqual(project.expected_revenue, 100)
        self.assertEqual(self.as_user(self.project, self.manager).expected_revenue, 300)
        action = project.action_view_leads()
        found = mine.with_user(self.salesperson).with_context(active_test=False).search(
            action['domain'])
        self.assertEqual(found, mine | lost)

    def test_opportunity_of_another_company(self):
        with self.assertRaisesRegex(ValidationError, "belongs to"):
            self.make_lead(
                self.contact, 100, company_id=self.company_b.id,
                procurement_project_id=self.project.id)

    def test_entered_by_a_salesperson(self):
        form = Form(self.as_user(self.env['crm.procurement.project'], self.salesperson))
        form.name = "New press"
        form.account_id = self.as_user(self.account, self.salesperson)
        self.assertEqual(form.user_id, self.salesperson)
        form.budget = 5000
        with form.step_ids.new() as step:
            step.name = "Visit"
        project = form.save()
        self.assertEqual(project.step_ids.company_id, self.company)

    def test_without_a_project_a_lead_costs_what_it_costs(self):
        """A stage change and a creation ask nothing of procurement projects."""
        lead = self.make_lead(self.contact, 10)
        stages = self.env['crm.stage'].search([], limit=2)
        lead.stage_id = stages[0]
        self.env.flush_all()
        with patch.object(
            type(self.env['crm.procurement.project']), '_search', side_effect=AssertionError,
        ), patch.object(
            type(self.env['crm.procurement.project']), '_fetch_query', side_effect=AssertionError,
        ):
            lead.stage_id = stages[1]
            self.make_lead(self.contact, 20)
            self.env.flush_all()
