from datetime import date
from itertools import chain

import numpy as np

from odoo import models
from odoo.tools import SQL

from ..measures import Measures

#: Rows per fetch: bounds what is in memory as Python objects.
BATCH = 20_000
#: `date - DATE '0001-01-01'` is one less than `date.toordinal()`.
ORDINAL_OFFSET = 1


class CustomerMeasures(models.AbstractModel):
    """Reads from the posted invoices what each customer of a company has bought.

    A *purchase* is a day on which the customer was invoiced, by however many invoices or
    receipts. Money is the documents' own amount in company currency without taxes, converted
    at the document's date by the ERP. A credit note reduces the money of the purchase it
    reverses, or of its own day when it reverses none, and never counts as a purchase.
    A *customer* is the commercial entity to which the invoiced contact belongs today.
    """
    _name = 'customer.measures'
    _description = 'Customer Measures'

    def _measure(self, company, as_of: date) -> Measures:
        """Return the measures of the company's customers, from documents dated up to `as_of`.

        One statement, however many customers.
        """
        self._flush()
        self.env.cr.execute(self._query(company, as_of))
        columns = self._fetch_columns()
        bought = columns['purchases'] > 0
        kept = {name: column[bought] for name, column in columns.items()}
        return Measures(
            as_of=as_of,
            partner_id=kept['partner_id'],
            purchases=kept['purchases'],
            first_day=kept['first_day'],
            last_day=kept['last_day'],
            revenue=kept['revenue'],
            repeat_revenue=kept['repeat_revenue'],
            invoices=int(columns['invoices'].sum()),
            credit_notes=int(columns['credit_notes'].sum()),
            without_purchase=int((~bought).sum()),
        )

    def _flush(self):
        self.env['account.move'].flush_model([
            'amount_untaxed_signed', 'company_id', 'invoice_date', 'move_type', 'partner_id',
            'reversed_entry_id', 'state',
        ])
        self.env['res.partner'].flush_model(['commercial_partner_id'])
        self.env['res.company'].flush_model(['partner_id'])

    def _fetch_columns(self) -> dict[str, np.ndarray]:
        """Return the result of the query as one array per column."""
        types = {
            'partner_id': np.int64, 'purchases': np.int64, 'first_day': np.int64,
            'last_day': np.int64, 'revenue': np.float64, 'repeat_revenue': np.float64,
            'invoices': np.int64, 'credit_notes': np.int64,
        }
        count = self.env.cr.rowcount
        rows = chain.from_iterable(iter(lambda: self.env.cr.fetchmany(BATCH), []))
        table = np.fromiter(rows, dtype=list(types.items()), count=count)
        return {name: np.ascontiguousarray(table[name]) for name in types}

    def _query(self, company, as_of: date) -> SQL:
        """Select one row per customer, in one pass over the company's documents."""
        return SQL(
            """
            SELECT partner_id,
                   count(DISTINCT date) FILTER (WHERE is_purchase) AS purchases,
                   COALESCE(first_date - DATE '0001-01-01' + %(offset)s, 0) AS first_day,
                   COALESCE(max(date) FILTER (WHERE is_purchase)
                            - DATE '0001-01-01' + %(offset)s, 0) AS last_day,
                   sum(amount)::float8 AS revenue,
                   COALESCE(sum(amount) FILTER (WHERE date > first_date), 0)::float8
                       AS repeat_revenue,
                   count(*) FILTER (WHERE is_purchase) AS invoices,
                   count(*) FILTER (WHERE NOT is_purchase) AS credit_notes
              FROM (
                    SELECT document.*,
                           min(date) FILTER (WHERE is_purchase)
                               OVER (PARTITION BY partner_id) AS first_date
                      FROM (%(documents)s) AS document
                   ) AS dated
             GROUP BY partner_id, first_date
             ORDER BY partner_id
            """,
            offset=ORDINAL_OFFSET,
            documents=self._documents_query(company, as_of),
        )

    def _documents_query(self, company, as_of: date) -> SQL:
        """Select the documents that count: partner_id, is_purchase, date, amount."""
        return SQL(
            """
            SELECT partner.commercial_partner_id AS partner_id,
                   move.move_type <> 'out_refund' AS is_purchase,
                   COALESCE(origin.invoice_date, move.invoice_date) AS date,
                   COALESCE(move.amount_untaxed_signed, 0) AS amount
              FROM account_move AS move
              JOIN res_partner AS partner ON partner.id = move.partner_id
              LEFT JOIN account_move AS origin
                     ON origin.id = move.reversed_entry_id
                    AND move.move_type = 'out_refund'
                    AND origin.state = 'posted'
                    AND origin.invoice_date <= %(as_of)s
             WHERE move.company_id = %(company_id)s
               AND move.state = 'posted'
               AND move.move_type IN ('out_invoice', 'out_receipt', 'out_refund')
               AND move.invoice_date <= %(as_of)s
               AND partner.commercial_partner_id NOT IN (
                       SELECT own.commercial_partner_id
                         FROM res_company AS sister
                         JOIN res_partner AS own ON own.id = sister.partner_id
                        WHERE own.commercial_partner_id IS NOT NULL
                   )
            """,
            as_of=as_of,
            company_id=company.id,
        )
