"""Orders, margin, win rate and share of wallet as measures of key accounts."""

from odoo import api, models
from odoo.fields import Domain
from odoo.tools import SQL

from .crm_account_measure_mixin import Measure
from .customer_figures_mixin import ORDER

#: In the currency of the order's company, at the rate of the order's date.
RATE = SQL("COALESCE(NULLIF(sale.currency_rate, 0), 1)")
CLOSED = Domain('type', '=', 'opportunity') & Domain('won_status', 'in', ('won', 'lost'))
CLOSED_DATE = SQL("COALESCE(lead.date_closed, lead.write_date)")


class CrmAccountMeasureSalesMixin(models.AbstractModel):
    """What is sold to a customer, for ``crm.account.measure``, which inherits from this."""

    _name = 'crm.account.measure.sales.mixin'
    _inherit = ['crm.account.measure.mixin']
    _description = "Measures of Key Accounts: Sales"

    @api.model
    def _measures(self):
        orders = self._missing_without('sale.order', self.env._("You may not see orders."))
        return super()._measures() | {
            'ordered': Measure(
                self.env._("Orders"), 'money',
                lambda requests: self._read_orders(
                    requests, SQL("SUM(sale.amount_untaxed / %s)", RATE), 0.0),
                self._open_orders, adds_up=True, missing=orders,
                help=self.env._("Confirmed orders without taxes."),
            ),
            'margin': Measure(
                self.env._("Margin"), 'money',
                lambda requests: self._read_orders(
                    requests, SQL("SUM(sale.margin / %s)", RATE), 0.0),
                self._open_orders, adds_up=True, missing=orders,
                help=self.env._("Sales price less cost of the confirmed orders."),
            ),
            'margin_rate': Measure(
                self.env._("Margin Rate"), 'percent',
                lambda requests: self._read_orders(requests, SQL(
                    "100 * SUM(sale.margin / %(rate)s)"
                    " / NULLIF(SUM(sale.amount_untaxed / %(rate)s), 0)", rate=RATE), None),
                self._open_orders, missing=orders,
                help=self.env._("Margin in per cent of the confirmed orders."),
            ),
            'share_of_wallet': Measure(
                self.env._("Share of Wallet"), 'percent', self._read_share_of_wallet,
                self._open_share_of_wallet, missing=orders,
                help=self.env._(
                    "Orders of 12 months in per cent of what the customer spends in a year on "
                    "products like ours. As long as that is not known: what the competitors at "
                    "the account leave over."),
            ),
            'win_rate': Measure(
                self.env._("Win Rate"), 'percent', self._read_win_rate,
                self._open_closed_leads,
                missing=self._missing_without(
                    'crm.lead', self.env._("You may not see opportunities.")),
                help=self.env._("Won opportunities in per cent of those won and lost."),
            ),
        }

    def _missing_without(self, model, sentence) -> str:
        return '' if self.env[model].has_access('read') else sentence

    # ------------------------------------------------------------
    # ORDERS
    # ------------------------------------------------------------

    def _read_orders(self, requests, value: SQL, nothing):
        readable = self._readable_documents(
            'sale.order', self._requests_domain(requests) & ORDER)
        found = {} if readable is None else self._request_rows(requests, SQL(
            """
            SELECT request.number, %(value)s
              FROM %(requests)s
              JOIN res_partner buyer ON buyer.commercial_partner_id = request.partner_id
              JOIN sale_order sale
                ON sale.partner_id = buyer.id AND sale.company_id = request.company_id
               AND sale.date_order >= request.moment_from AND sale.date_order < request.moment_to
             WHERE sale.id IN %(readable)s
             GROUP BY request.number
            """,
            value=value, requests=self._requests_table(requests), readable=readable,
        ))
        return dict.fromkeys(requests, nothing) | found

    def _open_orders(self, request):
        return self._request_action(
            self.env._("Orders"), 'sale.order',
            self._requests_domain([request]) & ORDER
            & self._moments_domain(request, 'date_order'), request)

    # ------------------------------------------------------------
    # SHARE OF WALLET
    # ------------------------------------------------------------

    def _read_share_of_wallet(self, requests):
        """What we sold of what they spend; where that is unknown, what competitors leave over."""
        shares = self._read_share_of_purchases(requests)
        unknown = [request for request in requests if shares.get(request) is None]
        return shares | (self._read_share_left_over(unknown) if unknown else {})

    def _read_share_of_purchases(self, requests):
        self.env.flush_all()
        return self._request_rows(requests, SQL(
            """
            SELECT request.number, 100 * COALESCE(sold.amount, 0) / spent.amount
              FROM %(requests)s
              JOIN crm_key_account account
                ON account.partner_id = request.partner_id
               AND account.company_id = request.company_id
              LEFT JOIN uom_uom unit ON unit.id = account.consumption_uom_id
              LEFT JOIN product_category counted ON counted.id = account.consumed_categ_id
              JOIN LATERAL (SELECT NULLIF(COALESCE(
                       (SELECT figure.annual_purchases FROM crm_account_figure figure
                         WHERE figure.account_id = account.id AND figure.annual_purchases > 0
                           AND figure.date <= request.date_to
                         ORDER BY figure.date DESC, figure.id DESC LIMIT 1),
                       account.annual_purchases), 0) AS amount) spent ON spent.amount IS NOT NULL
              LEFT JOIN LATERAL (%(sold)s) sold ON TRUE
            """,
            requests=self._requests_table(requests),
            sold=self.env['crm.key.account.report']._sold_query(
                SQL("request.moment_to - interval '12 months'"), SQL("request.moment_to")),
        ))

    def _read_share_left_over(self, requests):
        """100 per cent less the shares of the competitors, as known on the day."""
        readable = self._readable_documents('crm.account.competitor', (
            Domain('partner_id', 'in', [request.partner_id for request in requests])
            & Domain('company_id', 'in', [request.company_id for request in requests])
            & Domain('active', '=', True)))
        return {} if readable is None else self._request_rows(requests, SQL(
            """
            SELECT request.number, 100 - SUM(seen.share)
              FROM %(requests)s
              JOIN crm_account_competitor rival
                ON rival.partner_id = request.partner_id
               AND rival.company_id = request.company_id AND rival.id IN %(readable)s
              JOIN LATERAL (SELECT observation.share FROM crm_competitor_observation observation
                             WHERE observation.account_competitor_id = rival.id
                               AND observation.date <= request.date_to
                             ORDER BY observation.date DESC, observation.id DESC
                             LIMIT 1) seen ON TRUE
             GROUP BY request.number
            HAVING SUM(seen.share) > 0
            """,
            requests=self._requests_table(requests), readable=readable,
        ))

    def _open_share_of_wallet(self, request):
        """The orders that were counted; the competitors, where their shares were."""
        if self._read_share_of_purchases([request]):
            months = request._replace(date_from=self._twelve_months(request.date_to)[0])
            return self._open_orders(months)
        return {
            **self.env['ir.actions.act_window']._for_xml_id(
                'crm_plus.crm_account_competitor_action'),
            'domain': [('partner_id', '=', request.partner_id),
                       ('company_id', '=', request.company_id)],
            'context': {'default_partner_id': request.partner_id},
        }

    # ------------------------------------------------------------
    # WON AND LOST
    # ------------------------------------------------------------

    def _read_win_rate(self, requests):
        readable = self._readable_documents(
            'crm.lead', self._requests_domain(requests, without_company=True) & CLOSED)
        return {} if readable is None else self._request_rows(requests, SQL(
            """
            SELECT request.number,
                   100.0 * COUNT(*) FILTER (WHERE lead.won_status = 'won') / COUNT(*)
              FROM %(requests)s
              JOIN res_partner contact ON contact.commercial_partner_id = request.partner_id
              JOIN crm_lead lead
                ON lead.partner_id = contact.id
               AND (lead.company_id = request.company_id OR lead.company_id IS NULL)
               AND %(date)s >= request.moment_from AND %(date)s < request.moment_to
             WHERE lead.id IN %(readable)s
             GROUP BY request.number
            """,
            requests=self._requests_table(requests), readable=readable, date=CLOSED_DATE,
        ))

    def _open_closed_leads(self, request):
        closed = self._moments_domain(request, 'date_closed') | (
            Domain('date_closed', '=', False) & self._moments_domain(request, 'write_date'))
        return self._request_action(
            self.env._("Won and lost opportunities"), 'crm.lead',
            self._requests_domain([request], without_company=True) & CLOSED & closed,
            request, list_view='crm.crm_case_tree_view_oppor', active_test=False)
