"""Where customers came from, and what was dealt with them beside the sales."""

from odoo.tools import SQL

from ..measures import Scope


def source_of_acquisition(scope: Scope) -> SQL:
    """Select the source of each customer's first won lead, or else of the first lead, order or
    invoice that has one.
    """
    return SQL(
        """
        SELECT DISTINCT ON (partner_id) partner_id, source_id
          FROM (
                SELECT contact.commercial_partner_id AS partner_id, lead.source_id,
                       CASE WHEN lead.won_status = 'won' THEN 1 ELSE 2 END AS priority,
                       lead.create_date AS date
                  FROM crm_lead AS lead
                  JOIN res_partner AS contact ON contact.id = lead.partner_id
                 WHERE lead.source_id IS NOT NULL
                   AND COALESCE(lead.company_id, %(company_id)s) = %(company_id)s
                   AND lead.create_date < %(end)s
                 UNION ALL
                SELECT contact.commercial_partner_id, sale.source_id, 3, sale.date_order
                  FROM sale_order AS sale
                  JOIN res_partner AS contact ON contact.id = sale.partner_id
                 WHERE sale.source_id IS NOT NULL AND sale.state = 'sale'
                   AND sale.company_id = %(company_id)s AND sale.date_order < %(end)s
                 UNION ALL
                SELECT contact.commercial_partner_id, move.source_id, 4, move.invoice_date
                  FROM account_move AS move
                  JOIN res_partner AS contact ON contact.id = move.partner_id
                 WHERE move.source_id IS NOT NULL AND move.state = 'posted'
                   AND move.move_type IN ('out_invoice', 'out_receipt')
                   AND move.company_id = %(company_id)s AND move.invoice_date < %(end)s
               ) AS found
         ORDER BY partner_id, priority, date
        """,
        company_id=scope.company_id, end=scope.end,
    )


def dealings(scope: Scope, entries: SQL) -> SQL:
    """Select the open pipeline, the win rate, the cases, the satisfaction and the cost of serving
    each customer.

    Satisfaction is the mean of what the customer said. Costs are of whatever tells one; how
    many of the cases do is counted, since for the others one has to be supposed.

    :param entries: timeline entries up to the date: those of the kinds lead, won, lost and case,
        and those that tell a satisfaction or a cost
    """
    return SQL(
        """
        SELECT partner_id,
               COALESCE(sum(amount) FILTER (WHERE is_lead AND NOT is_closed), 0)::float8
                   AS open_pipeline,
               count(*) FILTER (WHERE is_won)::float8
                   / NULLIF(count(*) FILTER (WHERE is_closed), 0) AS win_rate,
               sum(cases)::bigint AS cases,
               sum(satisfaction) / NULLIF(sum(answers), 0) AS satisfaction,
               GREATEST(COALESCE(sum(cost), 0), 0)::float8 AS known_cost,
               sum(costed_cases)::bigint AS costed_cases
          FROM (
                SELECT partner_id, max(amount) AS amount,
                       bool_or(kind = 'lead') AS is_lead,
                       bool_or(kind = 'won') AS is_won,
                       bool_or(kind IN ('won', 'lost')) AS is_closed,
                       count(*) FILTER (WHERE kind = 'case' AND date > %(after)s) AS cases,
                       sum(satisfaction) FILTER (WHERE date > %(after)s) AS satisfaction,
                       count(satisfaction) FILTER (WHERE date > %(after)s) AS answers,
                       sum(cost) FILTER (WHERE date > %(after)s) AS cost,
                       count(cost) FILTER (WHERE kind = 'case' AND date > %(after)s)
                           AS costed_cases
                  FROM (%(entries)s) AS entry
                 GROUP BY partner_id, res_model, res_id
               ) AS matter
         GROUP BY partner_id
         ORDER BY partner_id
        """, after=scope.after, entries=entries)
