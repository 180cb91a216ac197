from collections import defaultdict
from typing import NamedTuple

from dateutil.relativedelta import relativedelta

from odoo import api, models
from odoo.fields import Domain
from odoo.tools import float_compare

#: quantities are compared to this many digits
DIGITS = 6


class Warranty(NamedTuple):
    """The warranty of a product that a customer has bought."""

    line: models.BaseModel  #: ``sale.order.line``; ``account.move.line`` where no order was made
    last: object  #: its last day, a ``date``


class ServiceEntitlement(models.AbstractModel):
    """Which products of a customer are under warranty, by orders and by invoices without one.

    What was ordered counts from the delivery, the invoice or the order, as the company says. What
    was invoiced without an order has nothing but its invoice to count from. A credit note takes
    the warranty back.
    """

    _inherit = 'service.entitlement'

    @api.model
    def _read_warranties(self, cases):
        """Return the longest warranty of each case's product.

        :return: dict case → :class:`Warranty`; cases without any are left out
        """
        # sudo: see the class; only documents of the cases' own customers and companies are read
        cases = cases.sudo().filtered(lambda case: case.product_id and case.commercial_partner_id)
        months = {
            product: product.product_tmpl_id._get_warranty_months()
            for product in cases.product_id
        }
        asked = (
            cases.commercial_partner_id, cases.company_id,
            [product.id for product, number in months.items() if number],
        )
        if not asked[-1]:
            return {}
        sold = defaultdict(list)
        for customer, line, start in self._read_ordered(*asked) + self._read_invoiced(*asked):
            # the day of the purchase itself does not count: months later, the same day still
            last = start + relativedelta(months=months[line.product_id])
            sold[customer, line.company_id, line.product_id].append(Warranty(line, last))
        warranties = {}
        for case in cases:
            key = case.commercial_partner_id._origin, case.company_id, case.product_id._origin
            meant = [warranty for warranty in sold[key] if self._is_meant(case, warranty.line)]
            if meant:
                warranties[case] = max(meant, key=lambda it: (it.last, it.line.id))
        return warranties

    @api.model
    def _is_meant(self, case, line):
        """Tell whether the case may be about what was sold on the line.

        A case that names an order or an invoice is about what stands there.
        """
        if line._name == 'account.move.line':
            orders, invoices = case.sale_order_id.browse(), line.move_id
        else:
            orders, invoices = line.order_id, line.invoice_lines.move_id
        order, invoice = case.sale_order_id._origin, case.invoice_id._origin
        return (not order or order in orders) and (not invoice or invoice in invoices)

    # ------------------------------------------------------------
    # BY ORDERS
    # ------------------------------------------------------------

    @api.model
    def _read_ordered(self, customers, companies, product_ids):
        """Return what was ordered and kept: customer, order line and first day of each."""
        # sudo: as above
        lines = self.env['sale.order.line'].sudo().search(
            self._sold_domain(customers, companies) & Domain('product_id', 'in', product_ids)
        )
        return [
            (line.order_partner_id.commercial_partner_id, line, self._warranty_start(line))
            for line in lines if not self._is_credited(line)
        ]

    @api.model
    def _warranty_start(self, line):
        """Return the day from which the warranty of an order line counts."""
        order, company = line.order_id, line.company_id
        since = company.service_warranty_from
        # the day of the first delivery, where stock is installed
        if since == 'delivery' and 'effective_date' in order._fields and order.effective_date:
            return self._local_day(order.effective_date, company)
        if since != 'order':
            invoiced = self._posted_lines(line).move_id.filtered(
                lambda move: move.move_type == 'out_invoice' and move.invoice_date
            )
            if invoiced:
                return min(invoiced.mapped('invoice_date'))
        return self._local_day(order.date_order, company)

    # ------------------------------------------------------------
    # BY INVOICES WITHOUT AN ORDER
    # ------------------------------------------------------------

    @api.model
    def _read_invoiced(self, customers, companies, product_ids):
        """Return what was invoiced without an order and kept, as :meth:`_read_ordered` does."""
        # sudo: as above
        lines = self.env['account.move.line'].sudo().search(
            Domain('product_id', 'in', product_ids)
            & Domain('partner_id.commercial_partner_id', 'in', customers.ids)
            & Domain('company_id', 'in', companies.ids)
            & Domain('parent_state', '=', 'posted')
            & Domain('move_id.move_type', 'in', ('out_invoice', 'out_receipt', 'out_refund'))
            & Domain('display_type', '=', 'product')
            & Domain('sale_line_ids', '=', False)
        )
        return [
            (line.partner_id.commercial_partner_id, line, line.move_id.invoice_date)
            for line in self._kept_lines(lines)
        ]

    @api.model
    def _kept_lines(self, lines):
        """Return the lines of invoices of which not all was given back.

        A credit note that was made from an invoice takes back what stands there; another one
        takes back the latest that the customer had bought by then.
        """
        sales = lines.filtered(
            lambda line: line.move_id.move_type != 'out_refund' and line.quantity > 0)
        left = {line: line.quantity for line in sales}
        for refund in (lines - sales).sorted(lambda line: (line.move_id.invoice_date, line.id)):
            given_back = abs(refund.quantity)
            for line in self._lines_given_back(refund, sales):
                taken = min(given_back, left[line])
                left[line] -= taken
                given_back -= taken
        return sales.filtered(lambda line: float_compare(left[line], 0, precision_digits=DIGITS) > 0)

    @api.model
    def _lines_given_back(self, refund, sales):
        """Return the lines that a line of a credit note may give back, in that order."""
        alike = sales.filtered(
            lambda line: line.product_id == refund.product_id
            and line.company_id == refund.company_id
            and line.partner_id.commercial_partner_id == refund.partner_id.commercial_partner_id
        )
        if invoice := refund.move_id.reversed_entry_id:
            return alike.filtered(lambda line: line.move_id == invoice)
        return alike.filtered(
            lambda line: line.move_id.invoice_date <= refund.move_id.invoice_date
        ).sorted(lambda line: (line.move_id.invoice_date, line.id), reverse=True)
