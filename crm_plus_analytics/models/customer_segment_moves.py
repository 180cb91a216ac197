from datetime import date

from odoo import api, fields, models
from odoo.exceptions import AccessError
from odoo.fields import Domain
from odoo.tools import SQL, format_date


class CustomerScoreHistory(models.Model):
    """The matrix of moves between segments from one month to the next."""
    _inherit = 'customer.score.history'

    @api.model
    @api.readonly
    def get_segment_moves(self, month: str | None = None, company_id: int | None = None) -> dict:
        """Return how many customers went from which segment to which.

        Counts what the reader may see, in a fixed number of queries.

        :param month: the month that they came to, as a date; the last one if empty
        :param company_id: one of the reader's companies, the current one if empty
        """
        self.check_access('read')
        company = self._moves_company(company_id)
        months = self._scored_months(company)
        chosen = fields.Date.to_date(month)
        if chosen not in months:
            chosen = months[0] if months else None
        before = next((m for m in months if m < chosen), False) if chosen else False
        return {
            'company_id': company.id,
            'companies': [{'id': c.id, 'name': c.name} for c in self.env.companies],
            'month': chosen and fields.Date.to_string(chosen),
            'months': [
                {'id': fields.Date.to_string(m), 'name': self._month_name(m)} for m in months],
            'previous': before and self._month_name(before),
            'previous_month': before and fields.Date.to_string(before),
            **self._moves_of(company, chosen, before),
        }

    @api.model
    def _scored_months(self, company) -> list[date]:
        """Return the months of which there is a history of the company, the latest first.

        Each is looked up in the index: to go through millions of rows for them takes seconds.
        Which months were scored is the same for everybody who may read the company's history.
        """
        self.flush_model(['company_id', 'month'])
        return [month for month, in self.env.execute_query(SQL(
            """
            WITH RECURSIVE scored (month) AS (
                SELECT max(month) FROM customer_score_history WHERE company_id = %(company_id)s
                 UNION ALL
                SELECT (SELECT max(month) FROM customer_score_history
                         WHERE company_id = %(company_id)s AND month < scored.month)
                  FROM scored
                 WHERE scored.month IS NOT NULL
            )
            SELECT month FROM scored WHERE month IS NOT NULL ORDER BY month DESC
            """, company_id=company.id))]

    def _moves_company(self, company_id: int | None):
        company = self.env['res.company'].browse(company_id) or self.env.company
        if company not in self.env.companies:
            raise AccessError(self.env._("Choose one of the companies that you work in."))
        return company

    def _month_name(self, month: date) -> str:
        return format_date(self.env, month, date_format='LLLL yyyy')

    def _moves_of(self, company, month: date | None, before: date | None) -> dict:
        domain = (
            Domain('company_id', '=', company.id) & Domain('month', '=', month)
            & Domain('movement', '!=', 'start'))
        groups = month and self._read_group(
            domain, ['previous_segment_id', 'segment_id', 'movement'], ['__count'])
        cells = {}
        for origin, target, movement, count in groups or []:
            key = ('new' if movement == 'new' else origin.id or 'none', target.id or 'none')
            cells[key] = cells.get(key, 0) + count
        if before:
            cells.update(
                ((segment or 'none', 'left'), count)
                for segment, count in self._count_left(company, month, before))
        used = {key for cell in cells for key in cell}
        segments = self.env['customer.segment'].with_context(active_test=False).search(
            Domain('id', 'in', [key for key in used if isinstance(key, int)]))
        axis = [{'key': s.id, 'name': s.name, 'color': s.color} for s in segments]
        gone = [{'key': 'none', 'name': self.env._("A segment that is gone"), 'color': 0}]
        new = [{'key': 'new', 'name': self.env._("New customers"), 'color': 0}]
        left = [{'key': 'left', 'name': self.env._("No longer customers"), 'color': 0}]
        origins, targets = ({cell[side] for cell in cells} for side in (0, 1))
        return {
            'rows': [line for line in axis + gone + new if line['key'] in origins],
            'columns': [line for line in axis + gone + left if line['key'] in targets],
            'cells': [
                {'from': origin, 'to': target, 'count': count}
                for (origin, target), count in cells.items()
            ],
        }

    # -- who left: their purchases have gone from what is counted, or they may not be scored

    def _left(self, company, month: date, before: date):
        """Return the query of who was a customer in a month and is not in the one scored next."""
        query = self._search(
            Domain('company_id', '=', company.id) & Domain('month', '=', before))
        query.add_where(SQL(
            """
            NOT EXISTS (SELECT FROM customer_score_history AS later
                         WHERE later.partner_id = %s
                           AND later.company_id = %s AND later.month = %s)
            """, SQL.identifier(query.table, 'partner_id'), company.id, month))
        return query

    def _count_left(self, company, month: date, before: date) -> list[tuple]:
        """Return how many left each segment, by its id."""
        query = self._left(company, month, before)
        segment = self._field_to_sql(query.table, 'segment_id', query)
        query.groupby = segment
        return self.env.execute_query(query.select(segment, SQL("count(*)")))

    @api.model
    def action_open_left(
        self, month: str, previous_month: str, company_id: int | None = None,
        segment: int | str | None = None,
    ) -> dict:
        """Open, as they were before, the customers of a month who are none in the next one.

        :param segment: the id of the one that they left, 'none' for one that is gone, all if empty
        """
        rows = self.browse(self._left(
            self._moves_company(company_id), fields.Date.to_date(month),
            fields.Date.to_date(previous_month)).get_result_ids())
        if segment:
            wanted = self.env['customer.segment'].browse(segment if segment != 'none' else ())
            rows = rows.filtered(lambda row: row.segment_id == wanted)
        return {
            **self.env['ir.actions.act_window']._for_xml_id(
                'crm_plus_analytics.customer_score_history_action'),
            'name': self.env._("No longer customers"),
            'views': [(False, 'list'), (False, 'kanban'), (False, 'pivot')],
            'domain': [('id', 'in', rows.ids)],
            'context': {},
        }
