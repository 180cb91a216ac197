import json

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import format_date


class CustomerScoreLineMixin(models.AbstractModel):
    """The line that shows how the score went month by month."""
    _name = 'customer.score.line.mixin'
    _description = 'History Line of a Customer Score'

    history_line = fields.Text(
        compute='_compute_history_line', export_string_translation=False)

    @api.depends('partner_id', 'company_id', 'run_id')
    @api.depends_context('lang')
    def _compute_history_line(self):
        rows_by_customer = {}
        for row in self.env['customer.score.history'].search_fetch(
            Domain('partner_id', 'in', self.partner_id.ids)
            & Domain('company_id', 'in', self.company_id.ids),
            ['partner_id', 'company_id', 'month', 'score', 'p_alive', 'segment_id'],
            order='month',
        ):
            rows_by_customer.setdefault((row.partner_id, row.company_id), []).append(row)
        for score in self:
            rows = rows_by_customer.get((score.partner_id, score.company_id))
            score.history_line = rows and json.dumps(self._history_lines(rows))

    def _history_lines(self, rows) -> list[dict]:
        """Return the lines as the chart wants them, without those that have no point."""
        lines = [
            (self.env._("Score"), [row.score for row in rows]),
            (self.env._("Chance still a customer (%)"),
             # none of those whom the model cannot judge, and never exactly 0 of the others
             [round(100 * row.p_alive) if row.p_alive else None for row in rows]),
        ]
        months = [format_date(self.env, row.month, date_format='MMM yyyy') for row in rows]
        return [
            {'key': label, 'values': [
                {'x': month, 'y': point} for month, point in zip(months, points, strict=True)]}
            for label, points in lines if any(points)
        ]

    def action_open_history(self):
        """Open the former scores of the customer."""
        self.ensure_one()
        return {
            **self.env['ir.actions.act_window']._for_xml_id(
                'crm_plus_analytics.customer_score_history_action'),
            'views': [(False, 'list'), (False, 'kanban')],
            'domain': [('partner_id', '=', self.partner_id.id),
                       ('company_id', '=', self.company_id.id)],
        }
