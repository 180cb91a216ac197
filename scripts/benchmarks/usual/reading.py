"""The documents of customers, as data frames: one query for each kind."""

from types import SimpleNamespace

import pandas as pd

#: Contacts count as their commercial entity; the company itself is no customer.
CUSTOMER = """
    JOIN res_partner AS partner ON partner.id = {table}.partner_id
     AND partner.commercial_partner_id NOT IN (SELECT partner_id FROM res_company)
"""
POSTED = """
    move.company_id = %(company)s AND move.state = 'posted' AND move.invoice_date <= %(as_of)s
"""
INVOICES = f"""
    SELECT move.id, partner.commercial_partner_id AS partner_id, move.invoice_date AS date,
           move.amount_untaxed_signed AS amount, move.move_type = 'out_refund' AS is_refund, move.reversed_entry_id,
           move.source_id
      FROM account_move AS move {CUSTOMER.format(table="move")}
     WHERE {POSTED} AND move.move_type IN ('out_invoice', 'out_receipt', 'out_refund')
"""
LINES = f"""
    SELECT line.id, line.move_id, line.balance, line.quantity, line.discount, line.product_id, template.categ_id,
           sold.purchase_price / COALESCE(NULLIF(sale.currency_rate, 0), 1)
               * COALESCE(unit.factor / NULLIF(sold_unit.factor, 0), 1) AS unit_cost
      FROM account_move AS move
      JOIN account_move_line AS line ON line.move_id = move.id AND line.display_type = 'product'
      LEFT JOIN product_product AS product ON product.id = line.product_id
      LEFT JOIN product_template AS template ON template.id = product.product_tmpl_id
      LEFT JOIN uom_uom AS unit ON unit.id = line.product_uom_id
      LEFT JOIN sale_order_line_invoice_rel AS rel ON rel.invoice_line_id = line.id
      LEFT JOIN sale_order_line AS sold ON sold.id = rel.order_line_id
      LEFT JOIN sale_order AS sale ON sale.id = sold.order_id
      LEFT JOIN uom_uom AS sold_unit ON sold_unit.id = sold.product_uom_id
     WHERE {POSTED} AND move.move_type IN ('out_invoice', 'out_receipt', 'out_refund')
"""
INSTALMENTS = f"""
    SELECT line.id, partner.commercial_partner_id AS partner_id,
           COALESCE(line.date_maturity, move.invoice_date) AS due, line.balance
      FROM account_move AS move {CUSTOMER.format(table="move")}
      JOIN account_move_line AS line ON line.move_id = move.id
      JOIN account_account AS account ON account.id = line.account_id AND account.account_type = 'asset_receivable'
     WHERE {POSTED} AND move.move_type = 'out_invoice'
"""
MATCHES = """
    SELECT match.debit_move_id AS id, match.amount, match.max_date AS date, note.move_type <> 'out_refund' AS is_payment
      FROM account_partial_reconcile AS match
      JOIN account_move_line AS credit ON credit.id = match.credit_move_id
      JOIN account_move AS note ON note.id = credit.move_id
     WHERE match.company_id = %(company)s AND match.max_date <= %(as_of)s
"""
LEADS = f"""
    SELECT partner.commercial_partner_id AS partner_id, lead.source_id, lead.create_date AS date,
           lead.expected_revenue AS amount, lead.won_status
      FROM crm_lead AS lead {CUSTOMER.format(table="lead")}
     WHERE COALESCE(lead.company_id, %(company)s) = %(company)s AND lead.create_date::date <= %(as_of)s
"""
ORDERS = f"""
    SELECT partner.commercial_partner_id AS partner_id, sale.source_id, sale.date_order AS date
      FROM sale_order AS sale {CUSTOMER.format(table="sale")}
     WHERE sale.company_id = %(company)s AND sale.state = 'sale' AND sale.date_order::date <= %(as_of)s
       AND sale.source_id IS NOT NULL
"""


class Reader:
    """Reads queries of one company, up to a date."""

    def __init__(self, connection, as_of: str, company: int):
        self.connection = connection
        self.values = {"as_of": as_of, "company": company, "month": f"{as_of[:7]}-01"}

    def frame(self, query: str, dates=(), **types) -> pd.DataFrame:
        """Return the result of the query; columns without a type of their own are numbers."""
        return pd.read_sql_query(query, self.connection, params=self.values, parse_dates=list(dates), dtype=types)

    def invoices(self) -> pd.DataFrame:
        """Return invoices, receipts and credit notes, by id."""
        return self.frame(INVOICES, ["date"]).set_index("id")

    def rest(self) -> SimpleNamespace:
        """Return what else there is of customers beside their invoices."""
        return SimpleNamespace(
            lines=self.frame(LINES).drop_duplicates("id"),
            instalments=self.frame(INSTALMENTS, ["due"]).set_index("id"),
            matches=self.frame(MATCHES, ["date"]),
            leads=self.frame(LEADS, ["date"], won_status="str"),
            orders=self.frame(ORDERS, ["date"]),
        )
