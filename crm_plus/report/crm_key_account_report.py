"""How much of what key accounts use they buy from us: read from the orders."""

from datetime import datetime, time

from dateutil.relativedelta import relativedelta
from pytz import timezone, utc

from odoo import fields, models
from odoo.fields import Domain
from odoo.tools import SQL


class CrmKeyAccountReport(models.Model):
    """The yearly figures of key accounts beside what we sold them in the last 12 months.

    Nothing is stored: the orders are summed when the report is read, those that the reader may
    read. Sums of quantities make sense within one unit; shares of several accounts are the
    share of their sums.
    """

    _name = 'crm.key.account.report'
    _description = "Key Account Report"
    _auto = False
    _rec_name = 'partner_id'
    _order = 'partner_id, id'
    _depends = {
        'crm.key.account': [
            'partner_id', 'company_id', 'user_id', 'team_id', 'profile_id', 'active',
            'annual_output', 'output_uom_id', 'annual_consumption', 'consumption_uom_id',
            'annual_purchases', 'consumed_categ_id', 'figure_date',
        ],
        'product.category': ['parent_path'],
        'product.product': ['product_tmpl_id'],
        'product.template': ['categ_id'],
        'res.partner': ['commercial_partner_id'],
        'sale.order': ['partner_id', 'company_id', 'state', 'date_order', 'currency_rate'],
        'sale.order.line': [
            'order_id', 'product_id', 'product_uom_id', 'product_uom_qty', 'price_subtotal',
            'display_type',
        ],
        'uom.uom': ['factor', 'parent_path'],
    }

    account_id = fields.Many2one('crm.key.account', "Key Account", readonly=True)
    partner_id = fields.Many2one('res.partner', "Customer", readonly=True)
    company_id = fields.Many2one('res.company', readonly=True)
    currency_id = fields.Many2one(related='company_id.currency_id')
    user_id = fields.Many2one('res.users', "Key Account Manager", readonly=True)
    team_id = fields.Many2one('crm.team', "Sales Team", readonly=True)
    profile_id = fields.Many2one('crm.account.profile', "Industry Profile", readonly=True)
    active = fields.Boolean(readonly=True)
    figure_date = fields.Date("Figures of", readonly=True)
    annual_output = fields.Float("Yearly Output", readonly=True)
    output_uom_id = fields.Many2one('uom.uom', "Unit of Output", readonly=True)
    annual_consumption = fields.Float("Yearly Consumption", readonly=True)
    consumption_uom_id = fields.Many2one('uom.uom', "Unit of Consumption", readonly=True)
    annual_purchases = fields.Monetary("Yearly Purchases", readonly=True)
    sold_amount = fields.Monetary("Sold in 12 Months", readonly=True)
    sold_quantity = fields.Float("Quantity Sold in 12 Months", readonly=True)
    share_of_wallet = fields.Float(
        "Share of Wallet", readonly=True, aggregator='avg',
        help="What we sold in 12 months as a part of what the customers spend in a year.",
    )
    share_of_consumption = fields.Float(
        "Share of Consumption", readonly=True, aggregator='avg',
        help="The quantity we sold in 12 months as a part of what the customers use in a year.",
    )

    @property
    def _table_query(self) -> SQL:
        return SQL(
            """
            SELECT account.id, account.id AS account_id, account.partner_id, account.company_id,
                   account.user_id, account.team_id, account.profile_id, account.active,
                   account.figure_date, account.annual_output, account.output_uom_id,
                   account.annual_consumption, account.consumption_uom_id,
                   account.annual_purchases,
                   COALESCE(sold.amount, 0) AS sold_amount,
                   COALESCE(sold.quantity, 0) AS sold_quantity,
                   COALESCE(sold.amount, 0) / NULLIF(account.annual_purchases, 0)
                       AS share_of_wallet,
                   COALESCE(sold.quantity, 0) / NULLIF(account.annual_consumption, 0)::numeric
                       AS share_of_consumption
              FROM crm_key_account account
              LEFT JOIN uom_uom unit ON unit.id = account.consumption_uom_id
              LEFT JOIN product_category counted ON counted.id = account.consumed_categ_id
              LEFT JOIN LATERAL (%s) sold ON TRUE
            """,
            self._sold_query(SQL("%s", self._since()), SQL("'infinity'")),
        )

    def _sold_query(self, since: SQL, until: SQL) -> SQL:
        """What the customer of ``account`` ordered: ``amount`` and ``quantity``.

        For statements with the tables ``account``, its ``unit`` of consumption and the category
        ``counted``.

        :param since: the first moment that counts, in UTC
        :param until: the moment before which orders count
        """
        return SQL(
            """
            SELECT SUM(line.price_subtotal / COALESCE(NULLIF(sale.currency_rate, 0), 1)) AS amount,
                   SUM(line.product_uom_qty * uom.factor / NULLIF(unit.factor, 0)) FILTER (
                       WHERE split_part(uom.parent_path, '/', 1)
                           = split_part(unit.parent_path, '/', 1)) AS quantity
              FROM res_partner buyer
              JOIN sale_order sale ON sale.partner_id = buyer.id
              JOIN sale_order_line line ON line.order_id = sale.id
              LEFT JOIN uom_uom uom ON uom.id = line.product_uom_id
              LEFT JOIN product_product product ON product.id = line.product_id
              LEFT JOIN product_template template ON template.id = product.product_tmpl_id
              LEFT JOIN product_category category ON category.id = template.categ_id
             WHERE buyer.commercial_partner_id = account.partner_id
               AND sale.company_id = account.company_id
               AND sale.state = 'sale'
               AND sale.date_order >= %s AND sale.date_order < %s
               AND line.display_type IS NULL
               AND (counted.id IS NULL OR category.parent_path LIKE counted.parent_path || '%%')
               AND %s
            """,
            since, until, self._readable_orders(),
        )

    def _since(self):
        """The moment when the last 12 months began for the reader, in UTC."""
        day = fields.Date.context_today(self) - relativedelta(months=12)
        midnight = timezone(self.env.tz.zone).localize(datetime.combine(day, time.min))
        return midnight.astimezone(utc).replace(tzinfo=None)

    def _readable_orders(self) -> SQL:
        if self.env.su:
            return SQL("TRUE")
        orders = self.env['sale.order']
        if not orders.has_access('read'):
            return SQL("FALSE")
        query = orders._search(Domain.TRUE)
        return SQL("FALSE") if query.is_empty() else SQL("sale.id IN %s", query.subselect())

    def _read_group_select(self, aggregate_spec, query):
        """The share of several accounts is the share of their sums."""
        parts = {
            'share_of_wallet:avg': ('sold_amount', 'annual_purchases'),
            'share_of_consumption:avg': ('sold_quantity', 'annual_consumption'),
        }.get(aggregate_spec)
        if not parts:
            return super()._read_group_select(aggregate_spec, query)
        sold, needed = (self._field_to_sql(self._table, name, query) for name in parts)
        return SQL(
            "SUM(%s) FILTER (WHERE %s <> 0) / NULLIF(SUM(%s), 0)::numeric", sold, needed, needed)

    def action_open_account(self):
        """Open the key account."""
        self.ensure_one()
        return {
            'type': 'ir.actions.act_window',
            'res_model': 'crm.key.account',
            'res_id': self.account_id.id,
            'views': [(False, 'form')],
        }
