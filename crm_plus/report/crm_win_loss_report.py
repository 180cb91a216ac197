from odoo import fields, models
from odoo.tools import SQL


class CrmWinLossReport(models.Model):
    """Won and lost opportunities: against whom, why, at which price, and what they brought.

    One row per opportunity, whose id it has. An opportunity with several competitors counts
    in full under each of them.
    """

    _name = 'crm.win.loss.report'
    _inherit = ['crm.win.loss.mixin']
    _description = "Win/Loss Analysis"
    _auto = False
    _order = 'date desc, id desc'
    _rec_name = 'lead_id'
    _depends = {
        'crm.lead': [
            'company_id', 'competitor_price', 'date_closed', 'expected_revenue',
            'forecast_category', 'lost_reason_id', 'lost_to_id', 'partner_id', 'team_id', 'type',
            'user_id', 'won_status',
        ],
        'sale.order': [
            'amount_untaxed', 'company_id', 'currency_rate', 'margin', 'opportunity_id', 'state',
        ],
        'res.partner': ['commercial_partner_id'],
    }

    competitor_ids = fields.Many2many(
        'crm.competitor', 'crm_lead_competitor_rel', 'lead_id', 'competitor_id', readonly=True,
    )
    decision_factor_ids = fields.Many2many(
        'crm.decision.factor', 'crm_lead_decision_factor_rel', 'lead_id', 'factor_id',
        "What Decided", readonly=True,
    )
    expected_amount = fields.Monetary(
        "Expected", readonly=True, help="Expected revenue of the opportunity.")
    won_expected_amount = fields.Monetary(
        "Expected of Won", readonly=True,
        help="Expected revenue of the won opportunities: what their orders compare with.",
    )
    competitor_price = fields.Monetary("Competitor's Price", readonly=True)
    price_gap = fields.Monetary(
        readonly=True,
        help="By how much the expected revenue was above the competitor's price, where it is "
             "known.",
    )
    order_difference = fields.Monetary(
        "Ordered against Expected", readonly=True,
        help="By how much the confirmed orders of won opportunities are above what was expected.",
    )

    @property
    def _table_query(self) -> SQL:
        return SQL(
            """SELECT lead.id, %(lead)s,
                      amounts.expected AS expected_amount,
                      CASE WHEN lead.won_status = 'won' THEN amounts.expected END
                          AS won_expected_amount,
                      amounts.competitor AS competitor_price,
                      amounts.expected - amounts.competitor AS price_gap,
                      ordered.amount AS order_amount, ordered.margin AS order_margin,
                      CASE WHEN lead.won_status = 'won'
                           THEN COALESCE(ordered.amount, 0) - amounts.expected
                      END AS order_difference
                 FROM %(leads)s
                CROSS JOIN LATERAL (
                      SELECT COALESCE(lead.expected_revenue, 0) * COALESCE(rate.rate, 1) AS expected,
                             NULLIF(lead.competitor_price, 0) * COALESCE(rate.rate, 1) AS competitor
                      ) amounts
                 LEFT JOIN (
                      SELECT sale.opportunity_id, SUM(sale.amount_untaxed * sale.factor) AS amount,
                             SUM(sale.margin * sale.factor) AS margin
                        FROM (%(orders)s) sale
                       GROUP BY sale.opportunity_id
                      ) ordered ON ordered.opportunity_id = lead.id
                WHERE %(condition)s""",
            lead=self._leads_select(),
            leads=self._leads_from(),
            orders=self._orders(quotations=False),
            condition=self._leads_where(),
        )
