from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL

#: Comparisons of days that PostgreSQL knows by the same sign.
COMPARISONS = {'<': SQL("<"), '<=': SQL("<="), '>': SQL(">"), '>=': SQL(">=")}


class ResPartnerPurchasesMixin(models.AbstractModel):
    """When a customer bought, and from which sales teams: read from orders and invoices.

    Confirmed orders and posted customer invoices count, those of the ticked companies that the
    reader may read. Contacts have what their company has. Nothing is stored; a search is one
    statement, whatever the number of customers.
    """

    _name = 'res.partner.purchases.mixin'
    _description = "Partner: Purchases"

    first_purchase_date = fields.Date(
        "Bought First On", compute='_compute_purchases', search='_search_first_purchase_date',
        groups='crm_plus.group_user',
        help="The day of the customer's first confirmed order or invoice, as far as you may see "
             "them.",
    )
    last_purchase_date = fields.Date(
        "Bought Last On", compute='_compute_purchases', search='_search_last_purchase_date',
        groups='crm_plus.group_user',
        help="The day of the customer's latest confirmed order or invoice, as far as you may see "
             "them.",
    )
    purchase_team_ids = fields.Many2many(
        'crm.team', string="Bought From", compute='_compute_purchases',
        search='_search_purchase_team_ids', groups='crm_plus.group_user',
        help="The sales teams of the customer's confirmed orders and invoices, as far as you may "
             "see them.",
    )

    @api.depends('commercial_partner_id')
    @api.depends_context('uid', 'allowed_company_ids', 'tz')
    def _compute_purchases(self):
        found = {}
        purchases = self._purchases_sql()
        if purchases and self.commercial_partner_id.ids:
            found = {
                partner_id: values for partner_id, *values in self.env.execute_query(SQL(
                    """
                    SELECT purchase.partner_id, MIN(purchase.date), MAX(purchase.date),
                           ARRAY_AGG(DISTINCT purchase.team_id)
                               FILTER (WHERE purchase.team_id IS NOT NULL)
                      FROM (%s) purchase
                     WHERE purchase.partner_id IN %s
                     GROUP BY purchase.partner_id
                    """,
                    purchases, tuple(self.commercial_partner_id.ids),
                ))
            }
        for partner in self:
            first, last, team_ids = found.get(
                partner.commercial_partner_id._origin.id, (False, False, ()))
            partner.first_purchase_date = first
            partner.last_purchase_date = last
            partner.purchase_team_ids = self.env['crm.team'].browse(team_ids or ())

    def _purchases_sql(self) -> SQL | None:
        """Return what the reader may see of purchases: ``partner_id``, ``date``, ``team_id``."""
        orders = self._documents_bought(
            'sale.order', Domain('state', '=', 'sale'),
            SQL("(sale_order.date_order AT TIME ZONE 'UTC' AT TIME ZONE %s)::date",
                self.env.tz.zone))
        invoices = self._documents_bought(
            'account.move',
            Domain('state', '=', 'posted') & Domain('move_type', 'in', (
                'out_invoice', 'out_receipt')),
            SQL("COALESCE(account_move.invoice_date, account_move.date)"))
        selects = [select for select in (orders, invoices) if select]
        return SQL(" UNION ALL ").join(selects) if selects else None

    def _documents_bought(self, model, domain, date: SQL) -> SQL | None:
        documents = self.env[model]
        if not documents.has_access('read'):
            return None
        self.env.flush_all()  # whatever the rules look at
        query = documents._search(domain)
        if query.is_empty():
            return None
        buyer = query.join(query.table, 'partner_id', 'res_partner', 'id', 'buyer')
        return query.select(
            SQL("%s AS partner_id", SQL.identifier(buyer, 'commercial_partner_id')),
            SQL("%s AS date", date),
            SQL("%s AS team_id", SQL.identifier(query.table, 'team_id')),
        )

    # ------------------------------------------------------------
    # SEARCH
    # ------------------------------------------------------------

    @api.model
    def _search_first_purchase_date(self, operator, value):
        return self._search_purchase_date(SQL("MIN(purchase.date)"), operator, value)

    @api.model
    def _search_last_purchase_date(self, operator, value):
        return self._search_purchase_date(SQL("MAX(purchase.date)"), operator, value)

    @api.model
    def _search_purchase_date(self, date: SQL, operator, value):
        if operator == 'in':
            days = tuple(day for day in value if day)
            found = self._purchasers(SQL("%s IN %s", date, days)) if days else Domain.FALSE
            return found if len(days) == len(value) else found | ~self._purchasers(SQL("TRUE"))
        if operator not in COMPARISONS:
            return NotImplemented
        return self._purchasers(SQL("%s %s %s", date, COMPARISONS[operator], value))

    @api.model
    def _search_purchase_team_ids(self, operator, value):
        if operator != 'in':
            return NotImplemented
        team_ids = [team_id for team_id in value if team_id]
        found = self._purchasers(SQL("ARRAY_AGG(purchase.team_id) && %s::int[]", team_ids))
        if len(team_ids) < len(value):
            found |= ~self._purchasers(SQL("COUNT(purchase.team_id) > 0"))
        return found

    @api.model
    def _purchasers(self, condition: SQL) -> Domain:
        """Return who has bought, with a condition on all purchases of a customer together."""
        purchases = self._purchases_sql()
        if not purchases:
            return Domain.FALSE
        return Domain('commercial_partner_id', 'in', SQL(
            "(SELECT purchase.partner_id FROM (%s) purchase GROUP BY purchase.partner_id"
            " HAVING %s)", purchases, condition))
