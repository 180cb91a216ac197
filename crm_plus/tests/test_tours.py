from odoo.fields import Command
from odoo.tests import HttpCase, tagged

from .common import CrmPlusCommon


@tagged('post_install', '-at_install')
class TestTours(CrmPlusCommon, HttpCase):
    """The page in a browser, and what the browser left in the database."""

    def test_salesperson_reads_the_page(self):
        order = self.make_order(
            self.contact, 1234, '2024-06-01 10:00:00', user=self.salesperson)
        self.make_meeting(self.contact)
        self.start_tour(
            f'/odoo/res.partner/{self.customer.id}', 'crm_plus_customer_360',
            login=self.salesperson.login,
        )
        self.assertEqual(order.state, 'sale', "reading changes nothing")
        self.assertFalse(self.env['crm.customer.tier.change'].search(
            [('partner_id', '=', self.customer.id)]))

    def test_manager_assigns_a_tier(self):
        self.start_tour(
            f'/odoo/res.partner/{self.customer.id}', 'crm_plus_assign_tier',
            login=self.manager.login,
        )
        self.env.invalidate_all()
        self.assertEqual(self.customer.customer_tier_id, self.tier_a)
        change = self.env['crm.customer.tier.change'].search(
            [('partner_id', '=', self.customer.id)])
        self.assertEqual(change.reason, "Signed for three years")
        self.assertEqual(change.user_id, self.manager)
        self.assertEqual(change.company_id, self.company)

    def test_moved_to_won_is_asked_why(self):
        """By the status bar, and by dragging the card."""
        self.company.crm_ask_why_won = True
        factor = self.env['crm.decision.factor'].create({'name': "Free trial"})
        team = self.env['crm.team'].create({'name': "Projects", 'company_id': False})
        first, won = self.env['crm.stage'].create([
            {'name': "Offered", 'sequence': -2, 'team_ids': [Command.set(team.ids)]},
            {'name': "Ordered", 'sequence': -1, 'is_won': True,
             'team_ids': [Command.set(team.ids)]},
        ])
        leads = self.env['crm.lead']
        for name in ("Two presses", "Three presses"):
            leads += self.make_lead(
                self.customer, 100, name=name, team_id=team.id, stage_id=first.id,
                user_id=self.salesperson.id)
        self.start_tour(
            f'/odoo/crm.lead/{leads[0].id}', 'crm_plus_why_won', login=self.salesperson.login)
        self.env.invalidate_all()
        self.assertEqual(leads[0].decision_factor_ids, factor)
        self.assertEqual(leads[0].stage_id, won)
        self.start_tour('/odoo/crm', 'crm_plus_why_won_drag', login=self.salesperson.login)
        self.env.invalidate_all()
        self.assertEqual(leads[1].decision_factor_ids, factor)
        self.assertEqual(leads[1].stage_id, won)

    def make_gate(self):
        """A team with two stages, of which the second asks for the revenue."""
        team = self.env['crm.team'].create({'name': "Projects", 'company_id': False})
        first, second = self.env['crm.stage'].create([
            {'name': name, 'sequence': sequence, 'team_ids': [Command.set(team.ids)]}
            for name, sequence in (("First", -2), ("Second", -1))
        ])
        self.env['crm.stage.criterion'].create({
            'name': "The revenue is known", 'stage_id': first.id, 'kind': 'field',
            'field_id': self.env['ir.model.fields']._get('crm.lead', 'expected_revenue').id,
        })
        return team, first, second

    def test_manager_overrides_a_stage(self):
        team, first, second = self.make_gate()
        lead = self.make_lead(self.customer, 0, team_id=team.id, stage_id=first.id)
        self.start_tour(
            f'/odoo/crm.lead/{lead.id}', 'crm_plus_stage_gate', login=self.manager.login)
        self.env.invalidate_all()
        self.assertEqual(lead.stage_id, second)
        override = self.env['crm.stage.override'].search([('lead_id', '=', lead.id)])
        self.assertEqual(override.reason, "Agreed by phone")
        self.assertEqual(override.user_id, self.manager)

    def test_manager_creates_in_a_late_stage(self):
        """In the form and in a column of the pipeline, each with a reason."""
        team, _first, second = self.make_gate()
        team.crm_team_member_ids = [Command.create({'user_id': self.manager.id})]
        for path, tour, name, reason in (
                ('/odoo/crm.lead/new', 'crm_plus_stage_gate_create',
                 "Began by phone", "The board has decided"),
                ('/odoo/crm', 'crm_plus_stage_gate_quick_create',
                 "Began at a fair", "Agreed at the fair")):
            self.start_tour(path, tour, login=self.manager.login)
            self.env.invalidate_all()
            lead = self.env['crm.lead'].search([('name', '=', name)])
            self.assertEqual(lead.stage_id, second)
            override = self.env['crm.stage.override'].search([('lead_id', '=', lead.id)])
            self.assertEqual((override.reason, override.user_id), (reason, self.manager))

    def test_manager_approves_on_the_opportunity(self):
        team, first, _second = self.make_gate()
        criterion = self.env['crm.stage.criterion'].create({
            'name': "The price is approved", 'stage_id': first.id, 'kind': 'approval',
            'approver_ids': [Command.set(self.manager.ids)]})
        lead = self.make_lead(
            self.customer, 0, team_id=team.id, stage_id=first.id, user_id=self.salesperson.id)
        self.env['crm.stage.approval'].with_user(self.salesperson)._ask(lead, criterion)
        self.start_tour(
            f'/odoo/crm.lead/{lead.id}', 'crm_plus_stage_approval', login=self.manager.login)
        self.env.invalidate_all()
        approval = self.env['crm.stage.approval'].search([('lead_id', '=', lead.id)])
        self.assertEqual((approval.state, approval.reason), ('approved', "Good margin"))
