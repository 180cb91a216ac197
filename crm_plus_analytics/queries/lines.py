"""What was bought, at which discount, and what remained of it."""

from odoo.tools import SQL

from ..measures import Scope
from .documents import credit_notes, documents, money


def lines(scope: Scope) -> SQL:
    """Select margin, discount and breadth of each customer.

    A line of an invoice costs what the line of its order says. A line without an order has
    no cost that belongs to it: it leaves the company's usual share as margin.
    """
    if scope.basis == 'order':
        found = SQL("%s UNION ALL %s", _order_lines(scope),
                    _invoice_lines(scope, credit_notes(scope)))
    else:
        found = _invoice_lines(scope, documents(scope))
    # summed up by product first: to count what differs among all lines means to sort them all
    return SQL(
        """
        SELECT partner_id,
               %(margin)s AS margin,
               %(margin_12_months)s AS margin_12_months,
               %(discount)s AS discount,
               sum(products)::bigint AS products,
               count(categ_id) FILTER (WHERE bought) AS categories
          FROM (
                SELECT partner_id, template.categ_id,
                       sum(margin) AS margin,
                       sum(margin_12_months) AS margin_12_months,
                       sum(discount) AS discount,
                       count(product_id) FILTER (WHERE bought) AS products,
                       bool_or(bought) AS bought
                  FROM (
                        SELECT partner_id, product_id,
                               sum(margin) AS margin,
                               sum(margin) FILTER (WHERE date > %(year_ago)s) AS margin_12_months,
                               sum(discount) AS discount,
                               bool_or(is_purchase) AS bought
                          FROM (%(lines)s) AS line
                         GROUP BY partner_id, product_id
                       ) AS by_product
                  LEFT JOIN product_product AS product ON product.id = by_product.product_id
                  LEFT JOIN product_template AS template ON template.id = product.product_tmpl_id
                 GROUP BY partner_id, template.categ_id
               ) AS by_category
         GROUP BY partner_id
        """,
        margin=money(SQL("sum(margin)")),
        margin_12_months=money(SQL("COALESCE(sum(margin_12_months), 0)")),
        discount=money(SQL("sum(discount)")),
        lines=found, year_ago=scope.months_ago(12),
    )


def _invoice_lines(scope: Scope, documents: SQL) -> SQL:
    """Select the lines of documents, without the down payments, which are nothing bought.

    OFFSET: what a line brings is worked out once, where the line is read.
    """
    return SQL(
        """
        SELECT document.partner_id, document.date, document.is_purchase, line.product_id,
               CASE WHEN sold.id IS NULL THEN (-line.balance * %(margin_rate)s)::float8
                    ELSE -line.balance::float8 - %(sign)s
                         * (line.quantity * COALESCE(sold.purchase_price, 0))::float8
                         * COALESCE(unit.ratio, 1) / COALESCE(sale.currency_rate, 1)::float8
                END AS margin,
               CASE WHEN line.discount >= 100
                    THEN (%(sign)s * line.quantity * line.price_unit / document.rate)::float8
                    WHEN line.discount > 0
                    THEN (-line.balance * line.discount / (100 - line.discount))::float8
                    ELSE 0
                END AS discount
          FROM (%(documents)s) AS document
          JOIN account_move_line AS line ON line.move_id = document.move_id
          LEFT JOIN (
                SELECT rel.invoice_line_id, sold.*
                  FROM sale_order_line_invoice_rel AS rel
                  JOIN sale_order_line AS sold ON sold.id = rel.order_line_id
                 %(once)s
               ) AS sold ON sold.invoice_line_id = line.id
          LEFT JOIN sale_order AS sale
                 ON sale.id = sold.order_id AND sale.currency_rate NOT IN (0, 1)
          LEFT JOIN (
                SELECT unit.id AS line_unit_id, other.id AS sold_unit_id,
                       (unit.factor / other.factor)::float8 AS ratio
                  FROM uom_uom AS unit
                  JOIN uom_uom AS other ON other.id <> unit.id
                 WHERE other.factor <> 0
               ) AS unit ON unit.line_unit_id = line.product_uom_id
                        AND unit.sold_unit_id = sold.product_uom_id
         WHERE line.display_type = 'product'
           AND line.invoice_date IS NOT NULL
           AND sold.is_downpayment IS NOT TRUE
        OFFSET 0
        """,
        documents=documents, margin_rate=scope.margin_rate,
        sign=SQL("CASE WHEN document.is_purchase THEN 1 ELSE -1 END"),
        # a line may be of several order lines, and must still count once
        once=SQL(
            """
                 WHERE NOT EXISTS (SELECT FROM sale_order_line_invoice_rel AS other
                                    WHERE other.invoice_line_id = rel.invoice_line_id
                                      AND other.order_line_id < rel.order_line_id)
            """) if scope.lines_shared else SQL(),
    )


def _order_lines(scope: Scope) -> SQL:
    """Select the lines of orders with the margin that the order shows."""
    return SQL(
        """
        SELECT document.partner_id, document.date, document.is_purchase, sold.product_id,
               COALESCE(sold.margin, 0)::float8 / document.rate::float8 AS margin,
               CASE WHEN sold.discount >= 100 THEN sold.product_uom_qty * sold.price_unit
                    WHEN sold.discount > 0
                    THEN sold.price_subtotal * sold.discount / (100 - sold.discount)
                    ELSE 0
                END::float8 / document.rate::float8 AS discount
          FROM (%s) AS document
          JOIN sale_order_line AS sold ON sold.order_id = document.order_id
         WHERE sold.display_type IS NULL
           AND sold.is_downpayment IS NOT TRUE
        """, documents(scope))
