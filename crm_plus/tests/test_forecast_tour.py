from datetime import timedelta

from odoo import fields
from odoo.tests import HttpCase, tagged

from .common import CrmPlusCommon


@tagged('post_install', '-at_install')
class TestSalesForecastTour(CrmPlusCommon, HttpCase):

    def test_manager_sees_what_changed(self):
        """600 committed a week ago; now 500 of it and 400 new."""
        self.manager.company_ids = self.company
        today = fields.Date.context_today(self.manager)
        stage = self.env['crm.stage'].create({'name': "Talks", 'sequence': 50})

        def commit(name, revenue):
            lead = self.make_lead(
                self.customer, revenue, name=name, stage_id=stage.id, date_deadline=today,
                user_id=self.salesperson.id)
            lead.forecast_category = 'commit'
            return lead

        old = commit("Old one", 600)
        self.env.flush_all()
        self.env.cr.execute("UPDATE crm_lead SET create_date = now() - interval '90 days'")
        self.env['crm.forecast.snapshot'].search([]).unlink()
        snapshot = self.env['crm.forecast.snapshot'].create({})
        snapshot.date -= timedelta(days=7)
        old.expected_revenue = 500
        commit("New one", 400)
        self.start_tour(
            '/odoo/sales-forecast', 'crm_plus_sales_forecast_tour', login='crm_manager',
            timeout=180)
        self.env.invalidate_all()
        taken = self.env['crm.forecast.snapshot'].search([('id', '!=', snapshot.id)])
        self.assertEqual(taken.user_id, self.manager)
        lines = taken.line_ids.filtered(lambda line: line.lead_id.partner_id == self.customer)
        self.assertEqual(sorted(lines.mapped('amount')), [400, 500])
