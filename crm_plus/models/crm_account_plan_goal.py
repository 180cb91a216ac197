from collections import defaultdict

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.fields import Domain
from odoo.tools import format_date

from ..planning import goal_standing, overall_progress, time_elapsed
from .crm_account_measure_mixin import MeasureRequest
from .crm_account_plan_goal_history_mixin import MANUAL

STATUSES = [
    ('planned', "Not Begun"), ('unknown', "Not Measured"), ('behind', "Behind"),
    ('on_track', "On Track"), ('reached', "Reached"), ('missed', "Missed"),
]


class CrmAccountPlanGoal(models.Model):
    """A goal of an account plan: what is measured, from where to where, until when.

    What it is now is read live, for all goals of a measure at once; what it was when the plan
    began is kept. See :func:`goal_standing` for when a goal is on track.
    """

    _name = 'crm.account.plan.goal'
    _description = "Goal of an Account Plan"
    _inherit = [
        'crm.account.plan.goal.history.mixin', 'crm.account.plan.amount.mixin', 'mail.thread',
    ]
    _order = 'plan_id, sequence, id'

    sequence = fields.Integer(default=10)
    name = fields.Char(
        "Goal", compute='_compute_name', store=True, readonly=False, required=True,
        precompute=True, tracking=True,
    )
    plan_id = fields.Many2one(
        'crm.account.plan', "Account Plan", required=True, index=True, ondelete='cascade')
    plan_state = fields.Selection(related='plan_id.state', string="State of the Plan")
    account_id = fields.Many2one(
        related='plan_id.account_id', string="Key Account", store=True, precompute=True,
        ondelete='cascade')
    partner_id = fields.Many2one(
        related='plan_id.partner_id', string="Customer", store=True, precompute=True)
    user_id = fields.Many2one(related='plan_id.user_id', store=True, precompute=True)
    company_id = fields.Many2one(
        related='plan_id.company_id', store=True, precompute=True, index=True)
    active = fields.Boolean(
        default=True, help="Archive a goal that has been reviewed and counts no more.")
    measure = fields.Selection(
        '_selection_measure', required=True, default='revenue', tracking=True,
        help="What is measured. It is read from the customer's documents whenever one looks.",
    )
    measure_help = fields.Char(
        "How It Is Measured", compute='_compute_measure', help="What counts, and what does not.")
    measure_note = fields.Char(
        "Why Nothing Is Measured", compute='_compute_standing',
        help="Why there is no present value.",
    )
    unit = fields.Char("Kind of Unit", compute='_compute_measure')
    unit_sign = fields.Char("Unit", compute='_compute_measure')
    unit_name = fields.Char(
        "Counted in", help="What a number entered by hand counts, e.g. listed articles.")
    lower = fields.Boolean(
        "Less Is Better", compute='_compute_lower',
        help="The goal is to stay below the target or come down to it.",
    )
    period = fields.Selection(
        [('plan', "Since the plan began"), ('year', "Last 12 months")],
        compute='_compute_period', store=True, readonly=False, required=True, precompute=True,
        tracking=True,
        help="Which documents count: those of the plan's time, which begin at nothing, or "
             "always those of the last 12 months.",
    )
    weight = fields.Integer(
        default=1, required=True, tracking=True,
        help="How much the goal counts in what the whole plan has reached.",
    )
    date_target = fields.Date(
        "Until", compute='_compute_date_target', store=True, readonly=False, required=True,
        precompute=True, copy=False, tracking=True, help="The day on which it is to be reached.",
    )
    target_value = fields.Float("Target", required=True, tracking=True)
    manual_value = fields.Float(
        "Value Entered", tracking=True, copy=False, help="What it is today.")
    value = fields.Float(
        "Present Value", compute='_compute_standing', aggregator=None,
        help="Read live, as far as you may see the documents; of an evaluated plan what was "
             "frozen at its end.",
    )
    value_known = fields.Boolean("Measured", compute='_compute_standing')
    progress = fields.Float(
        "Reached (%)", compute='_compute_standing', aggregator=None,
        help="How much of the way from the start to the target is made.",
    )
    time_progress = fields.Float(
        "Time Gone (%)", compute='_compute_standing', aggregator=None,
        help="How much of the time until the target date has passed.",
    )
    status = fields.Selection(
        STATUSES, compute='_compute_standing', search='_search_status',
        help="On track: as much of the way is made as time has passed, 5 per cent of grace "
             "included. Behind: less. Missed: the time is over, or a limit is used up.",
    )

    _check_weight = models.Constraint('CHECK (weight > 0)', "A goal weighs 1 at least.")

    @api.model
    def _selection_measure(self):
        measures = self.env['crm.account.measure']._measures()
        return [
            *((key, measure.label) for key, measure in measures.items()),
            (MANUAL, self.env._("Entered by Hand")),
        ]

    # ------------------------------------------------------------
    # WHAT IS MEASURED
    # ------------------------------------------------------------

    @api.depends('measure')
    def _compute_name(self):
        """What is measured, as long as nobody has called it otherwise."""
        labels = dict(self._selection_measure())
        for goal in self:
            if not goal.name or goal.name in labels.values():
                goal.name = labels.get(goal.measure) if goal.measure != MANUAL else goal.name

    @api.depends('measure', 'currency_id')
    @api.depends_context('lang')
    def _compute_measure(self):
        measures = self.env['crm.account.measure']._measures()
        signs = {'percent': "%", 'days': self.env._("days")}
        for goal in self:
            measure = measures.get(goal.measure)
            goal.unit = measure.unit if measure else 'number'
            goal.unit_sign = goal.currency_id.symbol if goal.unit == 'money' else signs.get(
                goal.unit, '')
            goal.measure_help = measure.help if measure else ''

    @api.depends('measure', 'target_value', 'start_value', 'start_known', 'manual_value')
    def _compute_lower(self):
        measures = self.env['crm.account.measure']._measures()
        for goal in self:
            if measure := measures.get(goal.measure):
                goal.lower = measure.lower
            else:
                start = goal.start_value if goal.start_known else goal.manual_value
                goal.lower = goal.target_value < start

    @api.depends('measure')
    def _compute_period(self):
        """What adds up counts from the beginning of the plan, all else over twelve months."""
        measures = self.env['crm.account.measure']._measures()
        for goal in self:
            measure = measures.get(goal.measure)
            goal.period = 'plan' if measure and measure.adds_up else 'year'

    @api.depends('plan_id.date_end')
    def _compute_date_target(self):
        for goal in self:
            end = goal.plan_id.date_end
            goal.date_target = min(goal.date_target or end, end) if end else goal.date_target

    # ------------------------------------------------------------
    # HOW IT STANDS
    # ------------------------------------------------------------

    @api.depends(
        'measure', 'period', 'target_value', 'manual_value', 'start_value', 'start_known',
        'date_target', 'lower', 'plan_id.date_start', 'plan_id.state', 'partner_id',
    )
    @api.depends_context('uid', 'tz', 'lang', 'allowed_company_ids')
    def _compute_standing(self):
        today = fields.Date.context_today(self)
        measures = self.env['crm.account.measure']._measures()
        closed = self._closing_lines()
        values = self._measured_values({
            goal: goal._request(today) for goal in self if goal not in closed
        })
        for goal in self:
            if line := closed.get(goal):
                for name in ('value', 'value_known', 'progress', 'time_progress', 'status'):
                    goal[name] = line[name]
                goal.measure_note = ''
                continue
            value, measure = values[goal], measures.get(goal.measure)
            goal.value = value or 0
            goal.value_known = value is not None
            goal.measure_note = '' if goal.value_known else goal._missing_reason(measure)
            elapsed = goal._elapsed(today)
            standing = goal._standing(value, elapsed, measure)
            goal.time_progress = 100 * elapsed
            goal.status, goal.progress = standing.status, 100 * standing.progress

    def _standing(self, value, elapsed, measure):
        standing = goal_standing(
            value, self.start_value if self.start_known else None, self.target_value, elapsed,
            lower=self.lower, adds_up=self._adds_up(measure))
        if self.plan_id.state == 'draft':
            return standing._replace(status='planned', progress=0.0)
        return standing

    def _closing_lines(self):
        """What was frozen at the end of evaluated plans, by goal."""
        evaluated = self.filtered(lambda goal: goal.plan_id.state == 'evaluated')._origin
        if not evaluated:
            return {}
        lines = self.env['crm.account.plan.review.line'].search(
            Domain('goal_id', 'in', evaluated.ids) & Domain('review_id.is_final', '=', True),
            order='id')
        closing = {line.goal_id.id: line for line in lines}  # the last one counts
        return {
            goal: closing[goal._origin.id] for goal in self
            if goal.plan_id.state == 'evaluated' and goal._origin.id in closing
        }

    def _measured_values(self, asked) -> dict:
        """What each goal is, read at once for all goals of a measure; ``None``: not known.

        :param asked: the request, or ``None``, by goal
        """
        wanted = defaultdict(list)
        for goal, request in asked.items():
            if request and goal.measure != MANUAL:
                wanted[goal.measure].append(request)
        values = self.env['crm.account.measure']._read_measures(wanted)
        return {
            goal: goal.manual_value if goal.measure == MANUAL
            else values.get((goal.measure, request))
            for goal, request in asked.items()
        }

    def _adds_up(self, measure) -> bool:
        return bool(measure) and measure.adds_up and self.period == 'plan'

    def _elapsed(self, day) -> float:
        start = self.plan_id.date_start
        return time_elapsed(start, self.date_target or day, day) if start else 0.0

    def _request(self, day) -> MeasureRequest | None:
        """What is to be read of the customer to know how the goal stands on a day."""
        plan = self.plan_id
        if not (plan.account_id and plan.date_start and self.date_target):
            return None
        last = min(day, self.date_target)
        first = self.env['crm.account.measure']._twelve_months(last)[0]
        if self.period == 'plan':
            # before the plan begins nothing of its time can be known: an empty span
            first = plan.date_start
        return MeasureRequest(plan.partner_id.id, plan.company_id.id, first, last)

    def _missing_reason(self, measure) -> str:
        if not measure:
            return self.env._("Nothing that is installed measures this any more.")
        return measure.missing or self.env._("There is nothing yet of which it could be told.")

    def _search_status(self, operator, value):
        if operator != 'in':
            return NotImplemented
        # there are as many goals as one can keep: all that the reader sees are measured at once
        goals = self.search(Domain.TRUE)
        return Domain('id', 'in', goals.filtered(lambda goal: goal.status in value).ids)

    def _overall_progress(self) -> float | None:
        """How far the goals are together, 0 to 1, those that nobody can measure left out."""
        return overall_progress(
            (goal.progress / 100, goal.weight) for goal in self if goal.value_known)

    # ------------------------------------------------------------
    # CONSTRAINTS
    # ------------------------------------------------------------

    @api.constrains('date_target')
    def _check_date_in_plan(self):
        for goal in self:
            plan = goal.plan_id
            if not plan.date_start <= goal.date_target <= plan.date_end:
                raise ValidationError(self.env._(
                    "%(goal)s is to be reached in the time of its plan, between %(start)s and "
                    "%(end)s.",
                    goal=goal.name, start=format_date(self.env, plan.date_start),
                    end=format_date(self.env, plan.date_end)))

    @api.constrains('target_value', 'measure')
    def _check_target_value(self):
        for goal in self:
            if goal.unit == 'percent' and not 0 <= goal.target_value <= 100:
                raise ValidationError(self.env._(
                    "The target of %s is between 0 and 100 per cent.", goal.name))
            if goal.target_value < 0:
                raise ValidationError(self.env._(
                    "The target of %s cannot be negative.", goal.name))

    # ------------------------------------------------------------
    # CRUD
    # ------------------------------------------------------------

    @api.model_create_multi
    def create(self, vals_list):
        goals = super().create(vals_list)
        goals.plan_id._check_not_evaluated()
        goals.filtered(lambda goal: goal.plan_id.state == 'running')._freeze_start()
        return goals

    def write(self, vals):
        if {'measure', 'period', 'target_value', 'date_target', 'weight', 'manual_value'} & (
            vals.keys()
        ):
            self.plan_id._check_not_evaluated()
        result = super().write(vals)
        if {'measure', 'period'} & vals.keys():
            self.filtered(lambda goal: goal.plan_id.state == 'running')._freeze_start()
        return result

    @api.ondelete(at_uninstall=False)
    def _unlink_except_reviewed(self):
        self.plan_id._check_not_evaluated()
        for goal in self:
            if goal.line_ids:
                raise UserError(self.env._(
                    "%s has been reviewed: its figures are kept. Archive it instead.",
                    goal.name))

    # ------------------------------------------------------------
    # ACTIONS
    # ------------------------------------------------------------

    def action_open_records(self):
        """Open what was counted for the present value."""
        self.ensure_one()
        if self.measure == MANUAL:
            raise UserError(self.env._(
                "%s is entered by hand: no records stand behind it.", self.name))
        measure = self.env['crm.account.measure']._measures().get(self.measure)
        if not measure or measure.missing:
            raise UserError(self._missing_reason(measure))
        return measure.action(self._request(fields.Date.context_today(self)))

    def action_open_goal(self):
        """Open the goal with its history."""
        self.ensure_one()
        return {
            'type': 'ir.actions.act_window',
            'res_model': self._name,
            'res_id': self.id,
            'views': [(False, 'form')],
        }
