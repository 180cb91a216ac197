"""Which documents count, whose they are, and to which purchase each belongs."""

from odoo.tools import SQL

from ..measures import Scope


def documents(scope: Scope) -> SQL:
    """Select partner_id, move_id, order_id, is_purchase, date and amount of each document.

    The date is that of the purchase to which the document belongs; the amount is signed, in
    company currency, without taxes.
    """
    parts = [_credit_notes(scope)]
    if scope.basis == 'order':
        parts.append(_orders(scope))
    else:
        parts.append(_invoices(scope))
    # materialised: found once, and not again for each credit note
    return SQL(
        """
        WITH advance AS MATERIALIZED (%s)
        SELECT * FROM (%s) AS document WHERE date <= %s AND date > %s
        """,
        _advances(scope), SQL(" UNION ALL ").join(parts), scope.as_of, scope.after)


def is_customer(scope: Scope, partner: SQL) -> SQL:
    """Tell whether the commercial entity may be scored."""
    own_companies = SQL(
        """%s NOT IN (SELECT own.commercial_partner_id
                        FROM res_company AS sister
                        JOIN res_partner AS own ON own.id = sister.partner_id
                       WHERE own.commercial_partner_id IS NOT NULL)""", partner)
    if not scope.excluded_categories:
        return own_companies
    return SQL(
        """%s AND %s NOT IN (SELECT partner_id FROM res_partner_res_partner_category_rel
                              WHERE category_id IN %s)""",
        own_companies, partner, tuple(scope.excluded_categories))


def _invoices(scope: Scope) -> SQL:
    """Select the invoices and receipts.

    A down payment is no purchase of its own: it belongs to the invoice that settles it, or
    as long as there is none to the first down payment of the order.
    """
    return SQL(
        """
        SELECT partner.commercial_partner_id AS partner_id, move.id AS move_id,
               NULL::int AS order_id, TRUE AS is_purchase,
               COALESCE(advance.date, move.invoice_date) AS date,
               COALESCE(move.amount_untaxed_signed, 0) AS amount
          FROM account_move AS move
          JOIN res_partner AS partner ON partner.id = move.partner_id
          LEFT JOIN advance ON advance.move_id = move.id
         WHERE move.company_id = %(company_id)s
           AND move.state = 'posted'
           AND move.move_type IN ('out_invoice', 'out_receipt')
           AND move.invoice_date <= %(as_of)s
           AND %(is_customer)s
        """,
        company_id=scope.company_id, as_of=scope.as_of,
        is_customer=is_customer(scope, SQL("partner.commercial_partner_id")),
    )


def _credit_notes(scope: Scope) -> SQL:
    """Select the credit notes, each with the date of the purchase that it reverses."""
    if scope.basis == 'order':
        date, origin = SQL("origin.date"), SQL(
            """
            LEFT JOIN LATERAL (
                SELECT min(sale.date_order)::date AS date
                  FROM account_move_line AS line
                  JOIN sale_order_line_invoice_rel AS rel ON rel.invoice_line_id = line.id
                  JOIN sale_order_line AS sold ON sold.id = rel.order_line_id
                  JOIN sale_order AS sale ON sale.id = sold.order_id
                 WHERE line.move_id = move.id AND sale.state = 'sale'
            ) AS origin ON TRUE
            """)
    else:
        date, origin = SQL("advance.date, origin.invoice_date"), SQL(
            """
            LEFT JOIN account_move AS origin
                   ON origin.id = move.reversed_entry_id
                  AND origin.state = 'posted' AND origin.invoice_date <= %s
            LEFT JOIN advance ON advance.move_id = origin.id
            """, scope.as_of)
    return SQL(
        """
        SELECT partner.commercial_partner_id AS partner_id, move.id AS move_id,
               NULL::int AS order_id, FALSE AS is_purchase,
               COALESCE(%(date)s, move.invoice_date) AS date,
               COALESCE(move.amount_untaxed_signed, 0) AS amount
          FROM account_move AS move
          JOIN res_partner AS partner ON partner.id = move.partner_id
          %(origin)s
         WHERE move.company_id = %(company_id)s
           AND move.state = 'posted'
           AND move.move_type = 'out_refund'
           AND move.invoice_date <= %(as_of)s
           AND %(is_customer)s
        """,
        date=date, origin=origin, company_id=scope.company_id, as_of=scope.as_of,
        is_customer=is_customer(scope, SQL("partner.commercial_partner_id")),
    )


def _orders(scope: Scope) -> SQL:
    return SQL(
        """
        SELECT partner.commercial_partner_id AS partner_id, NULL::int AS move_id,
               sale.id AS order_id, TRUE AS is_purchase, sale.date_order::date AS date,
               COALESCE(sale.amount_untaxed, 0)
                   / COALESCE(NULLIF(sale.currency_rate, 0), 1) AS amount
          FROM sale_order AS sale
          JOIN res_partner AS partner ON partner.id = sale.partner_id
         WHERE sale.company_id = %(company_id)s
           AND sale.state = 'sale'
           AND sale.date_order::date <= %(as_of)s
           AND %(is_customer)s
        """,
        company_id=scope.company_id, as_of=scope.as_of,
        is_customer=is_customer(scope, SQL("partner.commercial_partner_id")),
    )


def _advances(scope: Scope) -> SQL:
    """Select the invoices of down payments, each with the date of its purchase.

    An invoice settles a down payment when it has the line of it with a negative quantity.
    """
    return SQL(
        """
        WITH invoiced AS MATERIALIZED (
            SELECT sold.order_id, line.move_id, line.quantity < 0 AS settles,
                   move.invoice_date AS date
              FROM sale_order_line AS sold
              JOIN sale_order_line_invoice_rel AS rel ON rel.order_line_id = sold.id
              JOIN account_move_line AS line ON line.id = rel.invoice_line_id
              JOIN account_move AS move ON move.id = line.move_id
             WHERE sold.is_downpayment
               AND sold.company_id = %(company_id)s
               AND move.state = 'posted'
               AND move.move_type = 'out_invoice'
               AND move.invoice_date <= %(as_of)s
        )
        SELECT advance.move_id,
               COALESCE(min(other.date) FILTER (WHERE other.settles), min(other.date)) AS date
          FROM invoiced AS advance
          JOIN invoiced AS other ON other.order_id = advance.order_id
         WHERE NOT advance.settles
         GROUP BY advance.move_id
        """,
        company_id=scope.company_id, as_of=scope.as_of,
    )
