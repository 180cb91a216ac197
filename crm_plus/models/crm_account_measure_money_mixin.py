"""Revenue and how it is paid as measures of key accounts."""

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL

from ..paid_date import paid_date
from .crm_account_measure_mixin import Measure
from .customer_figures_mixin import PAID, POSTED

#: What a customer had to pay, and how: reversed invoices were never to be paid.
DUE = POSTED & Domain('move_type', '!=', 'out_refund') & Domain(
    'payment_state', 'in', ('not_paid', 'partial', 'paid', 'in_payment')
)
NO_JOINS = SQL()
INVOICE_DATE = SQL("COALESCE(move.invoice_date, move.date)")


class CrmAccountMeasureMoneyMixin(models.AbstractModel):
    """What a customer is invoiced and pays, for ``crm.account.measure``."""

    _name = 'crm.account.measure.money.mixin'
    _inherit = ['crm.account.measure.mixin']
    _description = "Measures of Key Accounts: Money"

    @api.model
    def _measures(self):
        missing = '' if self.env['account.move'].has_access('read') else self.env._(
            "You may not see invoices.")
        return {
            'revenue': Measure(
                self.env._("Revenue"), 'money', self._read_revenue, self._open_revenue,
                adds_up=True, missing=missing,
                help=self.env._("Posted invoices less credit notes, without taxes."),
            ),
        } | super()._measures() | {
            'late_payment': Measure(
                self.env._("Late Payment"), 'percent', self._read_late_payment,
                self._open_due_invoices, lower=True, missing=missing,
                help=self.env._(
                    "Invoices that were paid after their due date, or still are not paid, in "
                    "per cent of those that fell due."),
            ),
            'days_to_pay': Measure(
                self.env._("Days to Pay"), 'days', self._read_days_to_pay,
                self._open_paid_invoices, lower=True, missing=missing,
                help=self.env._(
                    "From the date of the invoice to the day when it was paid in full, on "
                    "average over the invoices of the time that are paid."),
            ),
        }

    def _read_invoices(self, requests, value: SQL, domain, date: SQL, joins=NO_JOINS):
        readable = self._readable_documents(
            'account.move', self._requests_domain(requests) & domain)
        return {} if readable is None else self._request_rows(requests, SQL(
            """
            SELECT request.number, %(value)s
              FROM %(requests)s
              JOIN res_partner payer ON payer.commercial_partner_id = request.partner_id
              JOIN account_move move
                ON move.partner_id = payer.id AND move.company_id = request.company_id
               AND %(date)s BETWEEN request.date_from AND request.date_to
              %(joins)s
             WHERE move.id IN %(readable)s
             GROUP BY request.number
            """,
            value=value, requests=self._requests_table(requests), date=date, joins=joins,
            readable=readable,
        ))

    def _read_revenue(self, requests):
        return dict.fromkeys(requests, 0.0) | self._read_invoices(
            requests, SQL("SUM(move.amount_untaxed_signed)"), POSTED, INVOICE_DATE)

    def _due(self) -> Domain:
        """Invoices whose due date has passed: those due today may still be paid in time."""
        today = fields.Date.to_string(fields.Date.context_today(self))
        return DUE & Domain('invoice_date_due', '<', today)

    def _read_late_payment(self, requests):
        return self._read_invoices(
            requests,
            SQL("100.0 * COUNT(*) FILTER (WHERE move.payment_state IN ('not_paid', 'partial')"
                " OR paid.date > move.invoice_date_due) / COUNT(*)"),
            self._due(), SQL("move.invoice_date_due"),
            SQL("CROSS JOIN LATERAL %s paid", paid_date(SQL("move.id"))),
        )

    def _read_days_to_pay(self, requests):
        return self._read_invoices(
            requests, SQL("AVG(paid.date - %s)", INVOICE_DATE), PAID, INVOICE_DATE,
            SQL("CROSS JOIN LATERAL %s paid", paid_date(SQL("move.id"))),
        )

    def _open_invoices(self, name, request, domain, date_field):
        return self._request_action(
            name, 'account.move', self._request_domain(request, date_field) & domain, request,
            list_view='account.view_out_invoice_tree', default_move_type='out_invoice')

    def _open_revenue(self, request):
        return self._open_invoices(self.env._("Invoices"), request, POSTED, 'invoice_date')

    def _open_due_invoices(self, request):
        return self._open_invoices(
            self.env._("Invoices that fell due"), request, self._due(), 'invoice_date_due')

    def _open_paid_invoices(self, request):
        return self._open_invoices(
            self.env._("Paid invoices"), request, PAID, 'invoice_date')
