"""Who has shown interest but never bought."""

from odoo.tools import SQL

from ..measures import Scope
from .dealings import dealings
from .documents import customers


def prospects(scope: Scope, entries: SQL) -> SQL:
    """Select the dealings and the source of each prospect.

    A prospect has a lead, an opportunity (open, won or lost) or a quotation within the window,
    and until the date neither an invoice nor a confirmed order, whatever counts as a purchase:
    who has ordered is no prospect while the invoice is on its way. The source is that of their
    first won lead, or else of the first lead or quotation that has one.

    :param entries: as for `dealings`, and those of the kind quotation
    """
    return SQL(
        """
        WITH entry AS MATERIALIZED (%(entries)s)
        SELECT dealt.*, source.source_id
          FROM (%(dealings)s) AS dealt
          LEFT JOIN LATERAL (%(source)s) AS source ON TRUE
         WHERE dealt.partner_id IN (
               SELECT partner_id
                 FROM entry
                WHERE kind IN ('lead', 'won', 'lost', 'quotation') AND date > %(after)s)
           AND NOT EXISTS (
               SELECT
                 FROM res_partner AS contact
                 JOIN account_move AS move ON move.partner_id = contact.id
                WHERE contact.commercial_partner_id = dealt.partner_id
                  AND move.company_id = %(company_id)s
                  AND move.state = 'posted'
                  AND move.move_type IN ('out_invoice', 'out_receipt')
                  AND move.invoice_date <= %(as_of)s)
           AND NOT EXISTS (
               SELECT
                 FROM res_partner AS contact
                 JOIN sale_order AS sale ON sale.partner_id = contact.id
                WHERE contact.commercial_partner_id = dealt.partner_id
                  AND sale.company_id = %(company_id)s
                  AND sale.state = 'sale'
                  AND sale.date_order < %(end)s)
           AND dealt.partner_id IN (SELECT id FROM (%(customers)s) AS customer)
        """,
        entries=entries, dealings=dealings(scope, SQL("SELECT * FROM entry")),
        source=_source(scope), after=scope.after, end=scope.end,
        as_of=scope.as_of, company_id=scope.company_id,
        customers=customers(scope),
    )


def _source(scope: Scope) -> SQL:
    """Select where the prospect `dealt` comes from."""
    return SQL(
        """
        SELECT found.source_id
          FROM (
                SELECT lead.source_id, lead.create_date AS date,
                       CASE WHEN lead.won_status = 'won' THEN 1 ELSE 2 END AS priority
                  FROM res_partner AS contact
                  JOIN crm_lead AS lead ON lead.partner_id = contact.id
                 WHERE contact.commercial_partner_id = dealt.partner_id
                   AND lead.source_id IS NOT NULL
                   AND COALESCE(lead.company_id, %(company_id)s) = %(company_id)s
                   AND lead.create_date < %(end)s
                 UNION ALL
                SELECT sale.source_id, sale.date_order, 3
                  FROM res_partner AS contact
                  JOIN sale_order AS sale ON sale.partner_id = contact.id
                 WHERE contact.commercial_partner_id = dealt.partner_id
                   AND sale.source_id IS NOT NULL AND sale.state IN ('draft', 'sent')
                   AND sale.company_id = %(company_id)s AND sale.date_order < %(end)s
               ) AS found
         ORDER BY found.priority, found.date
         LIMIT 1
        """, company_id=scope.company_id, end=scope.end)
