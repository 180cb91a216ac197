"""What goals keep: their value at the start of the plan, and at its reviews."""

from datetime import timedelta

from odoo import api, fields, models

from .crm_account_measure_mixin import MeasureRequest

#: The measure of goals whose value nobody can read anywhere.
MANUAL = 'manual'


class CrmAccountPlanGoalHistoryMixin(models.AbstractModel):
    """The past of ``crm.account.plan.goal``, which inherits from this."""

    _name = 'crm.account.plan.goal.history.mixin'
    _inherit = ['crm.account.plan.sealed.mixin']
    _description = "Goal of an Account Plan: History"

    start_value = fields.Float(
        "At the Start", readonly=True, copy=False,
        help="What it was when the plan began: the 12 months before, or for what adds up in the "
             "plan's time a span as long as the plan.",
    )
    start_known = fields.Boolean(readonly=True, copy=False)
    line_ids = fields.One2many('crm.account.plan.review.line', 'goal_id', "At the Reviews")

    @api.model
    def _sealed_fields(self):
        return super()._sealed_fields() | {'start_value', 'start_known', 'line_ids'}

    def _freeze_start(self):
        """Keep what each goal was when its plan began."""
        measures = self.env['crm.account.measure']._measures()
        today = fields.Date.context_today(self)
        values = self._measured_values({
            goal: goal._start_request(measures.get(goal.measure), today) for goal in self
        })
        for goal, value in values.items():
            goal._write_sealed({'start_value': value or 0, 'start_known': value is not None})

    def _start_request(self, measure, today) -> MeasureRequest | None:
        """The span before the plan with which its time is compared."""
        plan = self.plan_id
        if not measure:
            return None
        before = plan.date_start - timedelta(days=1)
        if self._adds_up(measure):
            first = before - (self.date_target - plan.date_start)
            last = before
        else:
            first, last = self.env['crm.account.measure']._twelve_months(
                today if plan.date_start >= today else before)
        return MeasureRequest(plan.partner_id.id, plan.company_id.id, first, last)

    def _forget_start(self):
        self._write_sealed({'start_value': 0, 'start_known': False})

    def _frozen_values(self) -> dict:
        """The goal as numbers, for the line of a review."""
        names = (
            'name', 'measure', 'unit', 'lower', 'start_value', 'start_known', 'value',
            'value_known', 'target_value', 'progress', 'time_progress', 'status',
        )
        return {
            'goal_id': self.id, 'unit_name': self.unit_name or '',
            **{name: self[name] for name in names},
        }

    def _progress_points(self, lines) -> list[dict]:
        """How far the goal was at the start, at the reviews, and is now."""
        plan = self.plan_id
        points = [{
            'date': fields.Date.to_string(line.date), 'progress': line.progress,
            'text': line.value_text, 'review_id': line.review_id.id,
        } for line in lines]
        if plan.state == 'running' and self.value_known:
            today = min(fields.Date.context_today(self), self.date_target)
            points.append({
                'date': fields.Date.to_string(today), 'progress': self.progress,
                'text': self.value_text, 'review_id': False,
            })
        measure = self.env['crm.account.measure']._measures().get(self.measure)
        if points and (self.start_known or self._adds_up(measure)):
            points.insert(0, {
                'date': fields.Date.to_string(plan.date_start), 'progress': 0,
                'text': self.start_text, 'review_id': False,
            })
        return points
