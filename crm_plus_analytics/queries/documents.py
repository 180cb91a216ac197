"""Which documents count, whose they are, and to which purchase each belongs."""

from odoo.tools import SQL

from ..measures import Scope


def documents(scope: Scope) -> SQL:
    """Select partner_id, move_id, order_id, is_purchase, date, amount and rate of each document.

    The date is that of the purchase to which the document belongs. The window counts that
    date: a credit note of a purchase from before the window stays out with the purchase,
    whose revenue it reduces. The amount is signed, in company currency, without taxes; the
    rate is what the document's own money was divided by.
    """
    if scope.basis == 'order':
        return _in_window(scope, SQL("%s UNION ALL %s", _orders(scope), _credit_notes(scope)))
    return _in_window(scope, _moves(scope))


def credit_notes(scope: Scope) -> SQL:
    """Select those of the documents that are credit notes, where orders are the purchases."""
    return _in_window(scope, _credit_notes(scope))


def _in_window(scope: Scope, found: SQL) -> SQL:
    if not scope.window_months:
        return found
    return SQL("SELECT * FROM (%s) AS placed WHERE date > %s", found, scope.after)


def dated(scope: Scope) -> SQL:
    """Select the ids of the documents that belong to a purchase of another day, and those days.

    Both as text of an array. They are few, and all statements need them: `Scope.dated` takes
    them along. So does `Scope.lines_shared` with the last column: whether any line of an invoice
    is of several order lines, which is rare, and dear to look for at each line.
    """
    return SQL(
        """
        SELECT COALESCE(array_agg(move_id)::text, '{}'), COALESCE(array_agg(date)::text, '{}'),
               EXISTS (SELECT FROM sale_order_line_invoice_rel
                        GROUP BY invoice_line_id HAVING count(*) > 1)
          FROM (%s) AS dated
        """, _dated(scope))


def customers(scope: Scope) -> SQL:
    """Select id and commercial_partner_id of the contacts of whom may be scored."""
    excluded = SQL(
        """
           AND NOT EXISTS (SELECT FROM res_partner_res_partner_category_rel AS tag
                            WHERE tag.partner_id = contact.commercial_partner_id
                              AND tag.category_id IN %s)
        """, tuple(scope.excluded_categories)) if scope.excluded_categories else SQL()
    return SQL(
        """
        SELECT contact.id, contact.commercial_partner_id
          FROM res_partner AS contact
         WHERE contact.commercial_partner_id IS NOT NULL
           AND NOT EXISTS (SELECT FROM res_company AS sister
                             JOIN res_partner AS own ON own.id = sister.partner_id
                            WHERE own.commercial_partner_id = contact.commercial_partner_id)
           %s
        """, excluded)


def first_day_of_invoices(scope: Scope) -> SQL:
    """Select the day of the first purchase, where `Scope.dated` is known.

    Invoices that stand for themselves are looked up by their day, until one counts; only those
    that belong to another day's purchase are read.
    """
    ids, days = scope.dated
    counts = SQL(
        """
               JOIN (%(customers)s) AS partner ON partner.id = move.partner_id
              WHERE move.company_id = %(company_id)s
                AND move.state = 'posted'
                AND move.move_type IN ('out_invoice', 'out_receipt')
        """, customers=customers(scope), company_id=scope.company_id)
    return SQL(
        """
        SELECT LEAST(
            (SELECT move.invoice_date
               FROM account_move AS move %(counts)s
                AND move.invoice_date <= %(as_of)s
                AND move.invoice_date > %(after)s
                AND move.id <> ALL (%(ids)s::int[])
              ORDER BY move.invoice_date
              LIMIT 1),
            (SELECT min(purchase.date)
               FROM unnest(%(ids)s::int[], %(days)s::date[]) AS purchase (move_id, date)
               JOIN account_move AS move ON move.id = purchase.move_id %(counts)s
                AND move.invoice_date <= %(as_of)s
                AND purchase.date > %(after)s))
        """,
        counts=counts, as_of=scope.as_of, after=scope.after, ids=ids, days=days)


def _moves(scope: Scope) -> SQL:
    """Select the invoices, the receipts and the credit notes."""
    if scope.dated:
        # grouped, though there is one of each: PostgreSQL then knows it, and joins by hash
        found = SQL(
            """
            (SELECT move_id, min(date) AS date
               FROM unnest(%s::int[], %s::date[]) AS purchase (move_id, date)
              GROUP BY move_id) AS purchase
            """, *scope.dated)
    else:
        found = SQL("(%s) AS purchase", _dated(scope))
    return SQL(
        """
        SELECT partner.commercial_partner_id AS partner_id, move.id AS move_id,
               NULL::int AS order_id, move.move_type <> 'out_refund' AS is_purchase,
               COALESCE(purchase.date, move.invoice_date) AS date,
               COALESCE(move.amount_untaxed_signed, 0) AS amount,
               COALESCE(NULLIF(move.invoice_currency_rate, 0), 1) AS rate
          FROM account_move AS move
          JOIN (%(customers)s) AS partner ON partner.id = move.partner_id
          LEFT JOIN %(dated)s ON purchase.move_id = move.id
         WHERE move.company_id = %(company_id)s
           AND move.state = 'posted'
           AND move.move_type IN ('out_invoice', 'out_receipt', 'out_refund')
           AND move.invoice_date <= %(as_of)s
        """,
        customers=customers(scope), dated=found,
        company_id=scope.company_id, as_of=scope.as_of,
    )


def _dated(scope: Scope) -> SQL:
    """Select the invoices and credit notes that belong to a purchase of another day, and the day."""
    return SQL(
        """
        WITH advance AS MATERIALIZED (%(advances)s)
        SELECT move_id, date FROM advance
         UNION ALL
        SELECT note.id, COALESCE(advance.date, origin.invoice_date)
          FROM account_move AS note
          -- OFFSET: what is reversed is looked up by its id, instead of reading all invoices
          JOIN LATERAL (
                SELECT id, invoice_date FROM account_move
                 WHERE id = note.reversed_entry_id
                   AND state = 'posted' AND invoice_date <= %(as_of)s
                OFFSET 0
               ) AS origin ON TRUE
          LEFT JOIN advance ON advance.move_id = origin.id
         WHERE note.company_id = %(company_id)s
           AND note.state = 'posted'
           AND note.move_type = 'out_refund'
           AND note.invoice_date <= %(as_of)s
        """,
        advances=_advances(scope), company_id=scope.company_id, as_of=scope.as_of)


def _credit_notes(scope: Scope) -> SQL:
    """Select the credit notes, each with the date of the first order that it reverses."""
    return SQL(
        """
        SELECT partner.commercial_partner_id AS partner_id, move.id AS move_id,
               NULL::int AS order_id, FALSE AS is_purchase,
               COALESCE(origin.date, move.invoice_date) AS date,
               COALESCE(move.amount_untaxed_signed, 0) AS amount,
               COALESCE(NULLIF(move.invoice_currency_rate, 0), 1) AS rate
          FROM account_move AS move
          JOIN (%(customers)s) AS partner ON partner.id = move.partner_id
          LEFT JOIN (
                SELECT note.id AS move_id, min(sale.date_order)::date AS date
                  FROM account_move AS note
                  JOIN account_move_line AS line ON line.move_id = note.id
                  JOIN sale_order_line_invoice_rel AS rel ON rel.invoice_line_id = line.id
                  JOIN sale_order_line AS sold ON sold.id = rel.order_line_id
                  JOIN sale_order AS sale ON sale.id = sold.order_id
                 WHERE note.company_id = %(company_id)s
                   AND note.move_type = 'out_refund'
                   AND sale.state = 'sale'
                 GROUP BY note.id
               ) AS origin ON origin.move_id = move.id
         WHERE move.company_id = %(company_id)s
           AND move.state = 'posted'
           AND move.move_type = 'out_refund'
           AND move.invoice_date <= %(as_of)s
           AND COALESCE(origin.date, move.invoice_date) <= %(as_of)s
        """,
        customers=customers(scope), company_id=scope.company_id, as_of=scope.as_of,
    )


def _orders(scope: Scope) -> SQL:
    return SQL(
        """
        SELECT partner.commercial_partner_id AS partner_id, NULL::int AS move_id,
               sale.id AS order_id, TRUE AS is_purchase, sale.date_order::date AS date,
               COALESCE(sale.amount_untaxed, 0)
                   / COALESCE(NULLIF(sale.currency_rate, 0), 1) AS amount,
               COALESCE(NULLIF(sale.currency_rate, 0), 1) AS rate
          FROM sale_order AS sale
          JOIN (%(customers)s) AS partner ON partner.id = sale.partner_id
         WHERE sale.company_id = %(company_id)s
           AND sale.state = 'sale'
           AND sale.date_order < %(end)s
        """,
        customers=customers(scope), company_id=scope.company_id, end=scope.end,
    )


def _advances(scope: Scope) -> SQL:
    """Select the invoices of down payments, each with the date of its purchase.

    A down payment is no purchase of its own: it belongs to the invoice that settles it, or
    as long as there is none to the first down payment of the order. An invoice settles a
    down payment when it has the line of it with a negative quantity.
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


def money(total: SQL) -> SQL:
    """Round a sum of fractions: what should be nothing is nothing, in whatever order summed up."""
    return SQL("round((%s)::numeric, 6)::float8", total)
