"""What was bought, at which discount, and what remained of it."""

from odoo.tools import SQL

from ..measures import Scope
from .documents import documents


def lines(scope: Scope) -> SQL:
    """Select margin, discount and breadth of each customer.

    A line of an invoice costs what the line of its order says. A line without an order has
    no cost that belongs to it: it leaves the company's usual share as margin.
    """
    parts = [_invoice_lines(scope)]
    if scope.basis == 'order':
        parts.append(_order_lines())
    return SQL(
        """
        WITH document AS (%(documents)s)
        SELECT partner_id,
               sum(margin)::float8 AS margin,
               COALESCE(sum(margin) FILTER (WHERE date > %(year_ago)s), 0)::float8
                   AS margin_12_months,
               sum(discount)::float8 AS discount,
               count(DISTINCT product_id) FILTER (WHERE is_purchase) AS products,
               count(DISTINCT categ_id) FILTER (WHERE is_purchase) AS categories
          FROM (%(lines)s) AS line
          LEFT JOIN product_product AS product ON product.id = line.product_id
          LEFT JOIN product_template AS template ON template.id = product.product_tmpl_id
         GROUP BY partner_id
         ORDER BY partner_id
        """,
        documents=documents(scope), lines=SQL(" UNION ALL ").join(parts),
        year_ago=scope.months_ago(12),
    )


def _invoice_lines(scope: Scope) -> SQL:
    """Select the lines of invoices, without the down payments, which are nothing bought."""
    return SQL(
        """
        SELECT document.partner_id, document.date, document.is_purchase, line.product_id,
               CASE WHEN sold.id IS NULL THEN -line.balance * %(margin_rate)s
                    ELSE -line.balance - %(sign)s * line.quantity
                         * COALESCE(unit.factor / NULLIF(sold_unit.factor, 0), 1)
                         * COALESCE(sold.purchase_price, 0)
                         / COALESCE(NULLIF(sale.currency_rate, 0), 1)
                END AS margin,
               CASE WHEN line.discount >= 100
                    THEN %(sign)s * line.quantity * line.price_unit
                         / COALESCE(NULLIF(move.invoice_currency_rate, 0), 1)
                    WHEN line.discount > 0
                    THEN -line.balance * line.discount / (100 - line.discount)
                    ELSE 0
                END AS discount
          FROM document
          JOIN account_move AS move ON move.id = document.move_id
          JOIN account_move_line AS line ON line.move_id = move.id
          LEFT JOIN (
                -- a line may be of several order lines, and must still count once
                SELECT invoice_line_id, min(order_line_id) AS order_line_id
                  FROM sale_order_line_invoice_rel
                 GROUP BY invoice_line_id
               ) AS rel ON rel.invoice_line_id = line.id
          LEFT JOIN sale_order_line AS sold ON sold.id = rel.order_line_id
          LEFT JOIN sale_order AS sale ON sale.id = sold.order_id
          LEFT JOIN uom_uom AS unit ON unit.id = line.product_uom_id
          LEFT JOIN uom_uom AS sold_unit ON sold_unit.id = sold.product_uom_id
         WHERE line.display_type = 'product'
           AND sold.is_downpayment IS NOT TRUE
        """,
        margin_rate=scope.margin_rate,
        sign=SQL("CASE WHEN document.is_purchase THEN 1 ELSE -1 END"),
    )


def _order_lines() -> SQL:
    """Select the lines of orders with the margin that the order shows."""
    return SQL(
        """
        SELECT document.partner_id, document.date, document.is_purchase, sold.product_id,
               COALESCE(sold.margin, 0) / COALESCE(NULLIF(sale.currency_rate, 0), 1) AS margin,
               CASE WHEN sold.discount >= 100 THEN sold.product_uom_qty * sold.price_unit
                    WHEN sold.discount > 0
                    THEN sold.price_subtotal * sold.discount / (100 - sold.discount)
                    ELSE 0
                END / COALESCE(NULLIF(sale.currency_rate, 0), 1) AS discount
          FROM document
          JOIN sale_order AS sale ON sale.id = document.order_id
          JOIN sale_order_line AS sold ON sold.order_id = sale.id
         WHERE sold.display_type IS NULL
           AND sold.is_downpayment IS NOT TRUE
        """)
