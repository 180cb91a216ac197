from odoo import api, fields, models
from odoo.tools import SQL

from .crm_stage_forecast_mixin import FORECAST_CATEGORIES


class CrmForecastSnapshotLine(models.Model):
    """One opportunity as it stood when a snapshot of the forecast was taken.

    Seen by whoever was allowed to see the opportunity then: its salesperson of that moment,
    those who see all leads, within their companies.
    """

    _name = 'crm.forecast.snapshot.line'
    _description = "Opportunity in a Forecast Snapshot"
    _order = 'date desc, amount desc, id'
    _rec_name = 'lead_id'

    snapshot_id = fields.Many2one(
        'crm.forecast.snapshot', required=True, readonly=True, index=True, ondelete='cascade')
    date = fields.Datetime("Taken on", readonly=True)
    lead_id = fields.Many2one(
        'crm.lead', "Opportunity", readonly=True, index='btree_not_null', ondelete='set null',
        help="Empty when the opportunity has been deleted or merged since.",
    )
    category = fields.Selection(
        [('closed', "Closed"), *FORECAST_CATEGORIES], "Forecast Category", readonly=True,
        help="What the opportunity counted as in the forecast; closed: it was won already.",
    )
    close_date = fields.Date(
        "Closing", readonly=True,
        help="When it was expected to be won; of what was won already, when that was.",
    )
    stage_id = fields.Many2one('crm.stage', readonly=True, ondelete='set null')
    amount = fields.Monetary("Expected Revenue", readonly=True)
    prorated = fields.Monetary(
        "Weighted Revenue", readonly=True,
        help="The expected revenue times the probability of that moment.",
    )
    probability = fields.Float("Probability (%)", readonly=True, aggregator='avg')
    user_id = fields.Many2one('res.users', "Salesperson", readonly=True, ondelete='set null')
    team_id = fields.Many2one('crm.team', "Sales Team", readonly=True, ondelete='set null')
    company_id = fields.Many2one('res.company', readonly=True, index=True, ondelete='cascade')
    currency_id = fields.Many2one('res.currency', compute='_compute_currency_id')

    @api.depends('company_id')
    @api.depends_context('company')
    def _compute_currency_id(self):
        """What belongs to no company counts in the reader's currency, as with opportunities."""
        for line in self:
            # sudo: nothing but the currency in which an amount is shown that may be read
            line.currency_id = (line.company_id.sudo() or self.env.company).currency_id

    def _field_to_sql(self, alias, field_expr, query=None) -> SQL:
        """Let the database convert sums of several currencies, as Odoo does for leads."""
        if field_expr != 'currency_id':
            return super()._field_to_sql(alias, field_expr, query)
        company = query.make_alias(alias, 'company_id')
        company_id = self._field_to_sql(alias, 'company_id', query)
        query.add_join('LEFT JOIN', company, 'res_company', SQL(
            "%s = %s", company_id, SQL.identifier(company, 'id')))
        return SQL(
            "COALESCE(%s, %s)",
            SQL.identifier(company, 'currency_id'), self.env.company.currency_id.id,
        )

    def action_open_lead(self):
        """Open the opportunity as it is now."""
        self.ensure_one()
        return {
            'type': 'ir.actions.act_window',
            'res_model': 'crm.lead',
            'res_id': self.lead_id.id,
            'views': [(False, 'form')],
        }
