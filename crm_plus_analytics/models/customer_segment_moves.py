from datetime import date

from odoo import api, fields, models
from odoo.exceptions import AccessError
from odoo.fields import Domain
from odoo.tools import format_date


class CustomerScoreHistory(models.Model):
    """The matrix of moves between segments from one month to the next."""
    _inherit = 'customer.score.history'

    @api.model
    def get_segment_moves(self, month: str | None = None, company_id: int | None = None) -> dict:
        """Return how many customers went from which segment to which.

        Counts what the reader may see, in a fixed number of queries.

        :param month: the month that they came to, as a date; the last one if empty
        :param company_id: one of the reader's companies, the current one if empty
        """
        company = self.env['res.company'].browse(company_id) or self.env.company
        if company not in self.env.companies:
            raise AccessError(self.env._("Choose one of the companies that you work in."))
        # newest first
        months = [first_day for first_day, in self._read_group(
            [('company_id', '=', company.id)], ['month:month'], order='month:month DESC')]
        chosen = fields.Date.to_date(month)
        if chosen not in months:
            chosen = months[0] if months else None
        return {
            'company_id': company.id,
            'companies': [{'id': c.id, 'name': c.name} for c in self.env.companies],
            'month': chosen and fields.Date.to_string(chosen),
            'months': [
                {'id': fields.Date.to_string(m), 'name': self._month_name(m)} for m in months],
            'previous': next((self._month_name(m) for m in months if m < chosen), False)
            if chosen else False,
            **self._moves_of(company, chosen),
        }

    def _month_name(self, month: date) -> str:
        return format_date(self.env, month, date_format='LLLL yyyy')

    def _moves_of(self, company, month: date | None) -> dict:
        domain = (
            Domain('company_id', '=', company.id) & Domain('month', '=', month)
            & Domain('movement', '!=', 'start'))
        groups = month and self._read_group(
            domain, ['previous_segment_id', 'segment_id', 'movement'], ['__count'])
        cells = {}
        for origin, target, movement, count in groups or []:
            key = ('new' if movement == 'new' else origin.id or 'none', target.id or 'none')
            cells[key] = cells.get(key, 0) + count
        used = {key for cell in cells for key in cell}
        segments = self.env['customer.segment'].with_context(active_test=False).search(
            Domain('id', 'in', [key for key in used if isinstance(key, int)]))
        axis = [{'key': s.id, 'name': s.name, 'color': s.color} for s in segments]
        gone = [{'key': 'none', 'name': self.env._("A segment that is gone"), 'color': 0}]
        new = [{'key': 'new', 'name': self.env._("New customers"), 'color': 0}]
        origins, targets = ({cell[side] for cell in cells} for side in (0, 1))
        return {
            'rows': [line for line in axis + gone + new if line['key'] in origins],
            'columns': [line for line in axis + gone if line['key'] in targets],
            'cells': [
                {'from': origin, 'to': target, 'count': count}
                for (origin, target), count in cells.items()
            ],
        }
