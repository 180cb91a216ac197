"""How customers pay: against the term, as of the date."""

from odoo.tools import SQL

from ..measures import Scope
from .documents import is_customer


def payments(scope: Scope) -> SQL:
    """Select the payment conduct of each customer.

    Each instalment of each invoice has a term. What was paid of it by the date counts by
    its amount; a credit note lowers what is owed, but pays nothing.
    """
    return SQL(
        """
        WITH instalment AS (
            SELECT line.id, partner.commercial_partner_id AS partner_id,
                   COALESCE(line.date_maturity, move.invoice_date) AS due, line.balance
              FROM account_move AS move
              JOIN account_move_line AS line ON line.move_id = move.id
              JOIN account_account AS account ON account.id = line.account_id
              JOIN res_partner AS partner ON partner.id = move.partner_id
             WHERE move.company_id = %(company_id)s
               AND move.state = 'posted'
               AND move.move_type = 'out_invoice'
               AND move.invoice_date <= %(as_of)s
               AND move.invoice_date > %(after)s
               AND account.account_type = 'asset_receivable'
               AND %(is_customer)s
        ),
        settled AS (
            SELECT instalment.id, sum(match.amount) AS settled,
                   sum(match.amount) FILTER (WHERE %(is_payment)s) AS paid,
                   sum(match.amount) FILTER (
                       WHERE %(is_payment)s AND match.max_date > due) AS paid_late,
                   sum(match.amount * (match.max_date - due)) FILTER (WHERE %(is_payment)s)
                       AS paid_days,
                   sum(match.amount * (match.max_date - due)) FILTER (
                       WHERE %(is_payment)s AND match.max_date > due) AS late_days
              FROM instalment
              JOIN account_partial_reconcile AS match ON match.debit_move_id = instalment.id
             WHERE match.max_date <= %(as_of)s
             GROUP BY instalment.id
        )
        SELECT partner_id,
               (sum(paid_days) / NULLIF(sum(paid), 0))::float8 AS days_to_pay,
               (COALESCE(sum(paid_late), 0) / NULLIF(sum(paid), 0))::float8 AS late_share,
               COALESCE(sum(balance - COALESCE(settled, 0)) FILTER (WHERE %(as_of)s > due),
                        0)::float8 AS overdue,
               COALESCE(sum(COALESCE(late_days, 0) + CASE
                   WHEN %(as_of)s > due
                   THEN GREATEST(balance - COALESCE(settled, 0), 0) * (%(as_of)s - due)
                   ELSE 0 END), 0)::float8 AS late_amount_days
          FROM instalment
          LEFT JOIN settled USING (id)
         GROUP BY partner_id
         ORDER BY partner_id
        """,
        company_id=scope.company_id, as_of=SQL("%s::date", scope.as_of), after=scope.after,
        is_customer=is_customer(scope, SQL("partner.commercial_partner_id")),
        is_payment=SQL(
            """match.credit_move_id NOT IN (
                   SELECT credit.id
                     FROM account_move AS note
                     JOIN account_move_line AS credit ON credit.move_id = note.id
                    WHERE note.company_id = %s AND note.move_type = 'out_refund')""",
            scope.company_id),
    )
