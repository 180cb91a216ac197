"""When invoices were paid, for the statements that ask for it."""

from odoo.tools import SQL


def paid_date(invoice: SQL) -> SQL:
    """Return the date on which an invoice was paid in full, as a subselect; NULL: not known.

    An invoice is paid when the last amount was matched with it; where the payment has no
    journal entry to match, on the day of the payment. A look-up per invoice, through indexes:
    as quick for one paid invoice as for each of thousands, where a join would depend on the
    planner's guess of how many there are.

    :param invoice: the invoice's id, a column of the statement around
    """
    return SQL(
        """(SELECT COALESCE(
            (SELECT MAX(match.max_date)
               FROM account_move_line line
               JOIN account_account account
                 ON account.id = line.account_id AND account.account_type = 'asset_receivable'
               JOIN account_partial_reconcile match ON match.debit_move_id = line.id
              WHERE line.move_id = %(invoice)s),
            (SELECT MAX(payment.date)
               FROM account_move__account_payment link
               JOIN account_payment payment ON payment.id = link.payment_id
              WHERE link.invoice_id = %(invoice)s AND payment.state IN ('in_process', 'paid'))
        ) AS date
          -- else it is looked up again wherever the statement around names it
          OFFSET 0)""",
        invoice=invoice,
    )
