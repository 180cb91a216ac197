from odoo import fields, models
from odoo.tools import SQL, Query

#: A row's id is its opportunity's and its product's in one integer, below 2**53.
PRODUCT_ID_BITS = 24


class CrmWinLossProductReport(models.Model):
    """Won and lost opportunities by what was ordered or offered.

    One row per opportunity and product: of the confirmed orders, where there is none of the
    last quotation. Opportunities count once, however many of their products are looked at.
    """

    _name = 'crm.win.loss.product.report'
    _inherit = ['crm.win.loss.mixin']
    _description = "Win/Loss Analysis by Product"
    _auto = False
    _order = 'date desc, id desc'
    _rec_name = 'lead_id'
    _depends = {
        'crm.lead': [
            'company_id', 'competitor_price', 'date_closed', 'expected_revenue',
            'forecast_category', 'lost_reason_id', 'lost_to_id', 'partner_id', 'team_id', 'type',
            'user_id', 'won_status',
        ],
        'sale.order': ['company_id', 'currency_rate', 'opportunity_id', 'state'],
        'sale.order.line': [
            'display_type', 'is_downpayment', 'margin', 'order_id', 'price_subtotal', 'product_id',
        ],
        'product.product': ['product_tmpl_id'],
        'product.template': ['categ_id'],
        'res.partner': ['commercial_partner_id'],
    }

    product_id = fields.Many2one('product.product', readonly=True)
    categ_id = fields.Many2one('product.category', "Product Category", readonly=True)
    offered_amount = fields.Monetary(
        "Offered", readonly=True,
        help="What was ordered; without an order, what the last quotation offered. Without taxes.",
    )

    @property
    def _table_query(self) -> SQL:
        return SQL(
            """SELECT (lead.id::bigint << %(bits)s) | COALESCE(offer.product_id, 0) AS id, %(lead)s,
                      offer.product_id, template.categ_id,
                      offer.amount AS offered_amount,
                      CASE WHEN offer.is_confirmed THEN offer.amount END AS order_amount,
                      CASE WHEN offer.is_confirmed THEN offer.margin END AS order_margin
                 FROM %(leads)s
                 LEFT JOIN (%(offers)s) offer ON offer.opportunity_id = lead.id
                 LEFT JOIN product_product product ON product.id = offer.product_id
                 LEFT JOIN product_template template ON template.id = product.product_tmpl_id
                WHERE %(condition)s""",
            bits=PRODUCT_ID_BITS,
            lead=self._leads_select(),
            leads=self._leads_from(),
            offers=self._offers(),
            condition=self._leads_where(),
        )

    def _offers(self) -> SQL:
        """Return what was sold or offered last of each product in each opportunity."""
        return SQL(
            """SELECT sale.opportunity_id, line.product_id, sale.is_confirmed,
                      SUM(line.price_subtotal * sale.factor) AS amount,
                      SUM(line.margin * sale.factor) AS margin
                 FROM (SELECT listed.*,
                              BOOL_OR(listed.is_confirmed) OVER opportunity AS has_order,
                              MAX(listed.id) OVER opportunity AS last_id
                         FROM (%s) listed
                       WINDOW opportunity AS (PARTITION BY listed.opportunity_id)
                      ) sale
                 JOIN sale_order_line line
                   ON line.order_id = sale.id AND line.display_type IS NULL
                  AND line.is_downpayment IS NOT TRUE
                WHERE sale.is_confirmed OR NOT sale.has_order AND sale.id = sale.last_id
                GROUP BY sale.opportunity_id, line.product_id, sale.is_confirmed""",
            self._orders(quotations=True),
        )

    def _read_group_select(self, aggregate_spec: str, query: Query) -> SQL:
        """Count an opportunity once, however many of its products are in the group."""
        lead, result = (
            self._field_to_sql(self._table, name, query) for name in ('lead_id', 'result'))
        counts = {
            'won': SQL("COUNT(DISTINCT %s) FILTER (WHERE %s = 'won')", lead, result),
            'lost': SQL("COUNT(DISTINCT %s) FILTER (WHERE %s = 'lost')", lead, result),
        }
        match aggregate_spec:
            case 'won_count:sum':
                return counts['won']
            case 'lost_count:sum':
                return counts['lost']
            case 'win_rate:avg':
                return SQL(
                    "100.0 * %s / NULLIF(COUNT(DISTINCT %s), 0)", counts['won'], lead)
        return super()._read_group_select(aggregate_spec, query)
