from odoo import fields, models
from odoo.tools import SQL

from ..models.company_rates import company_rates_table


class CrmWinLossMixin(models.AbstractModel):
    """What both reports on won and lost opportunities have in common.

    All amounts are in the reader's currency at today's rates, orders at the rate of their own
    date into the currency of their company first. Orders that the reader may not see do not
    count: the figures show what the documents show.
    """

    _name = 'crm.win.loss.mixin'
    _description = "Won and Lost Opportunities"

    lead_id = fields.Many2one(
        'crm.lead', "Opportunity", readonly=True, aggregator='count_distinct')
    result = fields.Selection([('won', "Won"), ('lost', "Lost")], readonly=True)
    date = fields.Datetime("Closed on", readonly=True)
    user_id = fields.Many2one('res.users', "Salesperson", readonly=True)
    team_id = fields.Many2one('crm.team', "Sales Team", readonly=True)
    company_id = fields.Many2one('res.company', readonly=True)
    partner_id = fields.Many2one('res.partner', "Customer", readonly=True)
    lost_reason_id = fields.Many2one('crm.lost.reason', readonly=True)
    lost_to_id = fields.Many2one('crm.competitor', "Lost to", readonly=True)
    forecast_category = fields.Selection(
        lambda self: self.env['crm.lead']._fields['forecast_category'].selection,
        "Last Forecast", readonly=True,
        help="What the opportunity counted as in the forecast before it was won or lost.",
    )
    currency_id = fields.Many2one('res.currency', readonly=True)
    won_count = fields.Integer("Won Opportunities", readonly=True)
    lost_count = fields.Integer("Lost Opportunities", readonly=True)
    win_rate = fields.Float(
        "Win Rate (%)", readonly=True, aggregator='avg',
        help="Won opportunities in per cent of those won and lost.",
    )
    price_gap_percent = fields.Float(
        "Price Gap (%)", readonly=True, aggregator='avg',
        help="By how much the expected revenue was above the competitor's price, in per cent of "
             "that price; the average of the opportunities for which the price is known.",
    )
    order_amount = fields.Monetary(
        "Ordered", readonly=True, help="Confirmed orders of the opportunity, without taxes.")
    order_margin = fields.Monetary(
        "Margin of Orders", readonly=True, groups='base.group_user',
        help="Margin of the confirmed orders, without taxes.",
    )

    def _leads_select(self) -> SQL:
        """Return the columns that come from the opportunity."""
        return SQL(
            """lead.id AS lead_id, lead.won_status AS result,
               COALESCE(lead.date_closed, lead.write_date) AS date,
               lead.user_id, lead.team_id, lead.company_id, lead.lost_reason_id,
               lead.forecast_category, contact.commercial_partner_id AS partner_id,
               CASE WHEN lead.won_status = 'lost' THEN lead.lost_to_id END AS lost_to_id,
               %s::int AS currency_id,
               (lead.won_status = 'won')::int AS won_count,
               (lead.won_status = 'lost')::int AS lost_count,
               CASE WHEN lead.won_status = 'won' THEN 100.0 ELSE 0.0 END AS win_rate,
               CASE WHEN lead.competitor_price > 0 THEN
                    100.0 * (lead.expected_revenue - lead.competitor_price)
                    / lead.competitor_price
               END AS price_gap_percent""",
            self.env.company.currency_id.id,
        )

    def _leads_from(self) -> SQL:
        return SQL(
            """crm_lead lead
               LEFT JOIN res_partner contact ON contact.id = lead.partner_id
               LEFT JOIN %s AS rate (company_id, rate) ON rate.company_id = lead.company_id""",
            company_rates_table(self.env),
        )

    def _leads_where(self) -> SQL:
        return SQL("lead.type = 'opportunity' AND lead.won_status IN ('won', 'lost')")

    def _orders(self, *, quotations: bool) -> SQL:
        """Return the orders of opportunities that the reader may see, and their rate.

        ``factor`` makes an amount of the order one in the reader's currency.
        """
        Order = self.env['sale.order']
        if not Order.has_access('read'):
            visible = SQL("FALSE")
        elif self.env.su:
            visible = SQL("TRUE")
        else:
            visible = SQL("sale.id IN %s", Order._search([
                ('opportunity_id', '!=', False)]).subselect())
        return SQL(
            """SELECT sale.id, sale.opportunity_id, sale.amount_untaxed, sale.margin,
                      sale.state NOT IN ('draft', 'sent', 'cancel') AS is_confirmed,
                      COALESCE(order_rate.rate, 1) / COALESCE(NULLIF(sale.currency_rate, 0), 1)
                          AS factor
                 FROM sale_order sale
                 LEFT JOIN %(rates)s AS order_rate (company_id, rate)
                   ON order_rate.company_id = sale.company_id
                WHERE sale.opportunity_id IS NOT NULL AND %(states)s AND %(visible)s""",
            rates=company_rates_table(self.env),
            states=SQL("TRUE") if quotations else SQL(
                "sale.state NOT IN ('draft', 'sent', 'cancel')"),
            visible=visible,
        )

    def action_open_lead(self):
        """Open the opportunity."""
        self.ensure_one()
        return {
            'type': 'ir.actions.act_window',
            'res_model': 'crm.lead',
            'res_id': self.lead_id.id,
            'views': [(False, 'form')],
        }
