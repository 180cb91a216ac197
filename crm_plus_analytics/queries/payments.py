"""How customers pay: against the term, as of the date."""

from odoo.tools import SQL

from ..measures import Scope
from .documents import customers, money


def payments(scope: Scope) -> SQL:
    """Select the payment conduct of each customer.

    Conduct is of invoices, also where orders are the purchases: an order owes nothing yet, and
    a receipt is paid on the spot. Each instalment of each invoice has a term. What was paid of
    it by the date counts by its amount; a credit note lowers what is owed, but pays nothing.
    """
    # What is matched with an instalment is never more than it: both can be summed up apart.
    return SQL(
        """
        SELECT partner_id,
               sum(amount * days) FILTER (WHERE is_payment)
                   / NULLIF(sum(amount) FILTER (WHERE is_payment), 0) AS days_to_pay,
               COALESCE(sum(amount) FILTER (WHERE is_payment AND days > 0), 0)
                   / NULLIF(sum(amount) FILTER (WHERE is_payment), 0) AS late_share,
               %(overdue)s AS overdue,
               %(late_amount_days)s AS late_amount_days
          FROM (%(settlements)s OFFSET 0) AS settlement
         GROUP BY partner_id
        """,
        settlements=_settlements(scope),
        overdue=money(SQL("COALESCE(sum(balance - amount) FILTER (WHERE overdue > 0), 0)")),
        late_amount_days=money(SQL(
            """
            COALESCE(sum((GREATEST(balance, 0) - amount) * overdue) FILTER (WHERE overdue > 0), 0)
            + COALESCE(sum(amount * days) FILTER (WHERE is_payment AND days > 0), 0)
            """)),
    )


def _settlements(scope: Scope) -> SQL:
    """Select what settled each instalment and how many days after its term.

    Of an instalment that nothing settled there is a row of nothing. One row of an instalment
    bears its balance, the others none. That is looked up where a part was settled, which is
    seldom; to look for it at each instalment would double the work.
    """
    return SQL(
        """
        SELECT instalment.partner_id, instalment.overdue,
               CASE WHEN match.amount <> instalment.balance AND EXISTS (
                         SELECT FROM account_partial_reconcile AS other
                          WHERE other.debit_move_id = match.debit_move_id
                            AND other.max_date <= %(as_of)s
                            AND (other.id < match.id OR other.amount = instalment.balance))
                    THEN 0 ELSE instalment.balance::float8
                END AS balance,
               COALESCE(match.amount, 0)::float8 AS amount,
               match.max_date - instalment.due AS days,
               match.id IS NOT NULL AND note.line_id IS NULL AS is_payment
          FROM (%(instalments)s) AS instalment
          LEFT JOIN account_partial_reconcile AS match
                 ON match.debit_move_id = instalment.line_id AND match.max_date <= %(as_of)s
          LEFT JOIN (%(credits)s) AS note ON note.line_id = match.credit_move_id
        """,
        as_of=scope.as_of, instalments=_instalments(scope), credits=_credits(scope))


def _instalments(scope: Scope) -> SQL:
    """Select what invoices ask for at which term; `overdue` are the days since then.

    Odoo lets nothing but instalments stand on the receivable account of an invoice, and
    instalments nowhere else.
    """
    return SQL(
        """
        SELECT line.id AS line_id, partner.commercial_partner_id AS partner_id,
               line.balance,
               COALESCE(line.date_maturity, move.invoice_date) AS due,
               %(as_of)s::date - COALESCE(line.date_maturity, move.invoice_date) AS overdue
          FROM account_move AS move
          JOIN (%(customers)s) AS partner ON partner.id = move.partner_id
          JOIN account_move_line AS line ON line.move_id = move.id
         WHERE move.company_id = %(company_id)s
           AND move.state = 'posted'
           AND move.move_type = 'out_invoice'
           AND move.invoice_date <= %(as_of)s
           AND line.display_type = 'payment_term'
           %(window)s
        """,
        customers=customers(scope), company_id=scope.company_id, as_of=scope.as_of,
        window=SQL("AND move.invoice_date > %s", scope.after) if scope.window_months else SQL(),
    )


def _credits(scope: Scope) -> SQL:
    """Select what credit notes owe the customer: matched with it, an invoice is not paid."""
    return SQL(
        """
        SELECT line.id AS line_id
          FROM account_move AS note
          JOIN account_move_line AS line ON line.move_id = note.id
         WHERE note.company_id = %s
           AND note.move_type = 'out_refund'
           AND line.display_type = 'payment_term'
        """, scope.company_id)
