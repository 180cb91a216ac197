from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.tools import format_date


class CrmAccountPlanPhase(models.Model):
    """A part of a plan's time with something of its own to be achieved."""

    _name = 'crm.account.plan.phase'
    _description = "Phase of an Account Plan"
    _order = 'plan_id, date_start, id'

    name = fields.Char("Phase", required=True)
    plan_id = fields.Many2one(
        'crm.account.plan', "Account Plan", required=True, index=True, ondelete='cascade')
    company_id = fields.Many2one(
        related='plan_id.company_id', store=True, precompute=True, index=True)
    date_start = fields.Date("Start", required=True)
    date_end = fields.Date("End", required=True, help="The last day of the phase.")
    outcome = fields.Char(
        "To Be Achieved", help="What is to be there at the end of the phase.")
    action_ids = fields.One2many('crm.account.plan.action', 'phase_id', "Actions")
    action_progress = fields.Float(
        "Actions Done (%)", compute='_compute_action_progress', aggregator=None,
        help="How many of the phase's actions are done, without those given up.",
    )
    moment = fields.Selection(
        [('future', "To Come"), ('now', "Now"), ('past', "Over")], "When",
        compute='_compute_moment',
    )

    _check_dates = models.Constraint(
        'CHECK (date_end >= date_start)', "A phase does not end before it starts.")

    @api.depends('action_ids.state')
    def _compute_action_progress(self):
        for phase in self:
            actions = phase.action_ids.filtered(lambda action: action.state != 'cancelled')
            done = actions.filtered(lambda action: action.state == 'done')
            phase.action_progress = 100 * len(done) / len(actions) if actions else 0

    @api.depends('date_start', 'date_end')
    def _compute_moment(self):
        today = fields.Date.context_today(self)
        for phase in self:
            if phase.date_start and today < phase.date_start:
                phase.moment = 'future'
            elif phase.date_end and today > phase.date_end:
                phase.moment = 'past'
            else:
                phase.moment = 'now'

    @api.constrains('date_start', 'date_end')
    def _check_dates_in_plan(self):
        for phase in self:
            plan = phase.plan_id
            if not plan.date_start <= phase.date_start <= phase.date_end <= plan.date_end:
                raise ValidationError(self.env._(
                    "The phase %(phase)s lies in the time of its plan, between %(start)s and "
                    "%(end)s.",
                    phase=phase.name, start=format_date(self.env, plan.date_start),
                    end=format_date(self.env, plan.date_end)))
