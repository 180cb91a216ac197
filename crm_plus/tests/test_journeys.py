import logging
from contextlib import contextmanager
from datetime import timedelta
from unittest.mock import patch

from odoo import fields
from odoo.tests import HttpCase, tagged

from .process_common import ProcessCommon


class Complaints(logging.Handler):
    """Keeps the warnings and errors of the server."""

    def __init__(self):
        super().__init__(logging.WARNING)
        self.found = []

    def emit(self, record):
        self.found.append(f'{record.name}: {record.getMessage()}')


@tagged('post_install', '-at_install')
class TestJourneys(ProcessCommon, HttpCase):
    """A working day of each of those who sell, in a browser: what is seen, and what it left."""

    @contextmanager
    def server(self, *expected):
        """What the server warns of in the meantime: that which is expected, and nothing else."""
        complaints = Complaints()
        logger = logging.getLogger('odoo')
        logger.addHandler(complaints)
        try:
            yield
        finally:
            logger.removeHandler(complaints)
        self.env.invalidate_all()
        self.assertEqual(
            [found for found in complaints.found
             if not any(each in found for each in expected)], [])

    # ------------------------------------------------------------
    # SALESPERSON
    # ------------------------------------------------------------

    def test_salesperson(self):
        """Entered, known already, held at the gate, filled in, won."""
        self.company.crm_ask_why_won = True
        # the stages of all teams are those of another one
        self.env['crm.stage'].search([('team_ids', '=', False)]).team_ids = self.env[
            'crm.team'].create({'name': "Others", 'company_id': False})
        factor = self.env['crm.decision.factor'].create({'name': "Two spare wheels"})
        deadline = self.env['ir.model.fields']._get('crm.lead', 'date_deadline')
        self.criterion(self.first)
        self.criterion(self.first, "The closing is expected", kind='field', field_id=deadline.id)
        known, secret = (
            self.lead(name, phone="+32 2 290 34 90", user_id=user.id)
            for name, user in (("Ten lorries", self.salesperson), ("Secret lorries", self.colleague)))
        with self.server("cannot move to"):
            self.start_tour(
                '/odoo/crm', 'crm_plus_salesperson_journey', login=self.salesperson.login,
                timeout=180)
        lead = self.env['crm.lead'].search([('email_normalized', '=', 'hank@globex.test')])
        self.assertEqual((lead.name, lead.contact_name), ("Twelve lorries", "Hank Scorpio"))
        self.assertEqual(lead.partner_name, "Globex Ltd")
        self.assertEqual((lead.user_id, lead.team_id), (self.salesperson, self.team))
        self.assertEqual(lead.company_id, self.company)
        self.assertEqual(lead.phone, "+32 2 290 34 90")
        self.assertEqual(lead.touch_ids.kind, 'manual')
        self.assertEqual(lead.expected_revenue, 12000)
        self.assertEqual(str(lead.date_deadline), '2099-12-31')
        self.assertEqual((lead.stage_id, lead.won_status), (self.won, 'won'))
        self.assertEqual(lead.decision_factor_ids, factor)
        self.assertFalse(self.env['crm.stage.override'].search([('lead_id', '=', lead.id)]))
        pair = self.env['crm.duplicate'].search([
            ('lead_id', 'in', (lead | known).ids), ('other_lead_id', 'in', (lead | known).ids)])
        self.assertEqual((pair.state, pair.decided_by_id), ('different', self.salesperson))
        self.assertEqual((known.won_status, secret.won_status), ('pending', 'pending'))
        self.assertFalse(self.env['crm.duplicate'].search([
            '|', ('lead_id', '=', secret.id), ('other_lead_id', '=', secret.id),
            ('state', '=', 'different')]))

    # ------------------------------------------------------------
    # MANAGER
    # ------------------------------------------------------------

    def test_sales_manager(self):
        """600 and 100 were open a week ago: 500 of it is left, 100 was lost, 400 is new."""
        self.manager.company_ids = self.company
        today = fields.Date.context_today(self.manager)

        def commit(name, revenue, user):
            lead = self.lead(name, revenue=revenue, date_deadline=today, user_id=user.id)
            lead.forecast_category = 'commit'
            return lead

        old = commit("Old one", 600, self.salesperson)
        gone = commit("Gone one", 100, self.colleague)
        self.env.flush_all()
        self.env.cr.execute("UPDATE crm_lead SET create_date = now() - interval '90 days'")
        self.env['crm.forecast.snapshot'].search([]).unlink()
        snapshot = self.env['crm.forecast.snapshot'].create({})
        snapshot.date -= timedelta(days=7)
        old.expected_revenue = 500
        gone.action_set_lost()
        new = commit("New one", 400, self.colleague)
        leads = old | gone | new
        before = leads.read(['expected_revenue', 'stage_id', 'user_id', 'active', 'write_date'])
        with self.server():
            self.start_tour(
                '/odoo/crm', 'crm_plus_sales_manager_journey', login=self.manager.login,
                timeout=180)
        self.assertEqual(
            leads.read(['expected_revenue', 'stage_id', 'user_id', 'active', 'write_date']),
            before, "looking changes nothing")
        self.assertEqual(self.env['crm.forecast.snapshot'].search([]), snapshot)

    # ------------------------------------------------------------
    # KEY ACCOUNT MANAGER
    # ------------------------------------------------------------

    def test_key_account_manager(self):
        """Who decides is drawn, a goal is set, its figures are reviewed and frozen, printed."""
        account = self.env['crm.key.account'].create({
            'partner_id': self.customer.id, 'company_id': self.company.id,
            'user_id': self.salesperson.id})
        head, buyer = self.env['crm.account.role'].create([
            {'account_id': account.id, 'contact_id': contact.id, 'user_id': self.salesperson.id}
            for contact in (self.contact, self.other_contact)])
        today = fields.Date.context_today(self.salesperson)
        self.make_order(self.contact, 1000, f'{today} 00:00:00', user=self.salesperson)
        invoice = self.make_invoice(self.customer, 1000, today, user=self.salesperson)
        reports = type(self.env['ir.actions.report'])
        with self.server(), patch.object(
            reports, '_render_qweb_pdf', autospec=True, side_effect=reports._render_qweb_pdf,
        ) as rendered:
            self.start_tour(
                '/odoo/crm', 'crm_plus_key_account_journey', login=self.salesperson.login,
                timeout=240)
        self.assertEqual(buyer.manager_id, head)
        self.assertTrue(head.role_ids.is_decider)
        plan = self.env['crm.account.plan'].search([('account_id', '=', account.id)])
        self.assertEqual((plan.state, plan.user_id), ('running', self.salesperson))
        self.assertEqual(plan.goal_ids.mapped(lambda goal: (goal.measure, goal.target_value)),
                         [('revenue', 5000)])
        review = plan.review_ids
        self.assertEqual((review.state, review.user_id), ('frozen', self.salesperson))
        self.assertEqual(review.date, today)
        self.assertIn("Visit the plant", review.next_steps)
        self.assertEqual(review.line_ids.mapped('value'), [1000])
        self.assertEqual(invoice.state, 'posted', "reading changes nothing")
        [call] = rendered.call_args_list
        self.assertEqual(call.kwargs.get('res_ids') or call.args[2], account.ids)
