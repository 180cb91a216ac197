from dateutil.relativedelta import relativedelta

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain

from ..planning import time_elapsed

STATES = [
    ('draft', "Draft"), ('running', "Running"), ('evaluated', "Evaluated"),
    ('cancelled', "Given Up"),
]


class CrmAccountPlan(models.Model):
    """What we want to achieve with a key account in a span of time, and how it went.

    How a goal stands is read live from the customer's records; reviews freeze it, so that one
    sees afterwards how it went. The end is an evaluation, which is the last review.
    """

    _name = 'crm.account.plan'
    _description = "Account Plan"
    _inherit = [
        'crm.account.plan.sealed.mixin', 'mail.thread', 'mail.activity.mixin',
        'crm.account.plan.review.mixin',
    ]
    _order = 'date_start desc, id desc'
    _check_company_auto = True

    name = fields.Char(
        compute='_compute_name', store=True, readonly=False, required=True, precompute=True,
        tracking=True, copy=False,
    )
    account_id = fields.Many2one(
        'crm.key.account', "Key Account", required=True, index=True, ondelete='cascade',
        tracking=True,
    )
    partner_id = fields.Many2one(
        related='account_id.partner_id', string="Customer", store=True, precompute=True,
        index=True,
    )
    company_id = fields.Many2one(
        related='account_id.company_id', store=True, precompute=True, index=True,
    )
    active = fields.Boolean(default=True)
    user_id = fields.Many2one(
        'res.users', "Responsible", index=True, tracking=True, check_company=True,
        compute='_compute_user_id', store=True, readonly=False, precompute=True,
        domain="[('share', '=', False)]",
        help="Who sees to it that the plan is carried out, and is reminded of its reviews.",
    )
    state = fields.Selection(
        STATES, default='draft', required=True, index=True, readonly=True, copy=False,
        tracking=True, group_expand='_group_expand_state',
        help="A draft can be changed at will. When the plan starts, each goal keeps the value "
             "of its start. The evaluation freezes what was reached.",
    )
    date_start = fields.Date(
        "Start", required=True, tracking=True,
        default=lambda self: self._default_period()['date_from'],
    )
    date_end = fields.Date(
        "End", required=True, tracking=True,
        default=lambda self: self._default_period()['date_to'], help="The last day of the plan.",
    )
    time_progress = fields.Float(
        "Time Gone (%)", compute='_compute_time_progress', aggregator=None,
        help="How much of the plan's time has passed.",
    )
    vision = fields.Html(
        sanitize=True, help="What we want to be for this customer in a few years.",
    )
    strategy = fields.Html(
        sanitize=True, help="How we get there: what we do, and what we leave alone.",
    )
    goal_ids = fields.One2many('crm.account.plan.goal', 'plan_id', "Goals", copy=True)
    phase_ids = fields.One2many('crm.account.plan.phase', 'plan_id', "Phases", copy=True)
    action_ids = fields.One2many('crm.account.plan.action', 'plan_id', "Actions")
    goal_count = fields.Integer("Number of Goals", compute='_compute_standing')
    reached_count = fields.Integer("Goals Reached", compute='_compute_standing')
    on_track_count = fields.Integer("Goals on Track", compute='_compute_standing')
    behind_count = fields.Integer(
        "Goals Behind", compute='_compute_standing',
        help="Goals that lag behind the time that has passed, or were missed.",
    )
    progress = fields.Float(
        "Reached Now (%)", compute='_compute_standing', aggregator=None,
        help="How much of the way to its goals the plan has made, by the weight of each goal. "
             "Read live, as far as you may see the records behind it.",
    )
    action_count = fields.Integer("Actions Planned", compute='_compute_action_counts')
    open_action_count = fields.Integer("Open Actions", compute='_compute_action_counts')
    late_action_count = fields.Integer("Overdue Actions", compute='_compute_action_counts')

    _check_dates = models.Constraint(
        'CHECK (date_end > date_start)',
        "A plan ends after it has started. Check its dates.",
    )

    @api.model
    def _default_period(self):
        """The fiscal year of the company in which we are."""
        return self.env.company.compute_fiscalyear_dates(fields.Date.context_today(self))

    @api.model
    def _group_expand_state(self, states, domain):
        return [key for key, _label in STATES]

    @api.depends('account_id', 'date_start', 'date_end')
    def _compute_name(self):
        for plan in self:
            if plan.name or not (plan.account_id and plan.date_start and plan.date_end):
                plan.name = plan.name
                continue
            years = f"{plan.date_start.year}"
            if plan.date_end.year != plan.date_start.year:
                years += f"–{plan.date_end.year}"
            plan.name = self.env._("Account plan %s", years)

    @api.depends('name', 'partner_id')
    def _compute_display_name(self):
        for plan in self:
            # sudo: the name alone, of the customer of a plan that the reader may read
            customer = plan.partner_id.sudo().name
            plan.display_name = f"{customer}: {plan.name}" if customer else plan.name

    @api.depends('account_id')
    def _compute_user_id(self):
        for plan in self:
            plan.user_id = plan.user_id or plan.account_id.user_id

    @api.depends('date_start', 'date_end', 'state')
    def _compute_time_progress(self):
        today = fields.Date.context_today(self)
        for plan in self:
            plan.time_progress = 100 * time_elapsed(
                plan.date_start or today, plan.date_end or today, today)

    @api.depends('goal_ids.status', 'goal_ids.progress', 'goal_ids.weight')
    def _compute_standing(self):
        for plan in self:
            goals = plan.goal_ids
            statuses = goals.mapped('status')
            plan.goal_count = len(goals)
            plan.reached_count = statuses.count('reached')
            plan.on_track_count = statuses.count('on_track')
            plan.behind_count = statuses.count('behind') + statuses.count('missed')
            plan.progress = 100 * (goals._overall_progress() or 0)

    @api.depends('action_ids.state', 'action_ids.date_deadline')
    def _compute_action_counts(self):
        rows = {}
        today = fields.Date.context_today(self)
        for plan, state, deadline, count in self.env['crm.account.plan.action']._read_group(
            [('plan_id', 'in', self.ids), ('state', '!=', 'cancelled')],
            ['plan_id', 'state', 'date_deadline:day'], ['__count'],
        ):
            row = rows.setdefault(plan.id, [0, 0, 0])
            row[0] += count
            if state != 'done':
                row[1] += count
                row[2] += count if deadline and deadline < today else 0
        for plan in self:
            (
                plan.action_count, plan.open_action_count, plan.late_action_count,
            ) = rows.get(plan._origin.id, (0, 0, 0))

    @api.constrains('date_start', 'date_end', 'phase_ids', 'goal_ids')
    def _check_period(self):
        """What belongs to the plan happens in its time."""
        for plan in self:
            for phase in plan.phase_ids:
                phase._check_dates_in_plan()
            for goal in plan.goal_ids:
                goal._check_date_in_plan()

    # ------------------------------------------------------------
    # CRUD
    # ------------------------------------------------------------

    @api.model
    def _sealed_fields(self):
        return super()._sealed_fields() | {
            'state', 'reached', 'evaluation_date', 'evaluator_id'}

    def write(self, vals):
        if vals.get('account_id') and any(
            plan.account_id.id != vals['account_id'] and plan.review_ids for plan in self
        ):
            raise UserError(self.env._(
                "What has been reviewed stays with its key account. Copy the plan instead."))
        result = super().write(vals)
        if {'user_id', 'review_months', 'date_start', 'date_end', 'state', 'active'} & vals.keys():
            self._schedule_review()
        if {'state', 'active'} & vals.keys():
            self.action_ids._sync_activities()
        return result

    @api.ondelete(at_uninstall=False)
    def _unlink_except_reviewed(self):
        for plan in self:
            if plan._is_reviewed():
                raise UserError(self.env._(
                    "%s has been reviewed: its figures are kept. Archive it instead.",
                    plan.display_name))

    def copy_data(self, default=None):
        """The copy is the plan of the time that follows."""
        default = dict(default or {})
        vals_list = super().copy_data(default=default)
        for plan, vals in zip(self, vals_list, strict=True):
            if 'date_start' in default or 'date_end' in default:
                continue
            start = plan.date_end + relativedelta(days=1)
            move = relativedelta(start, plan.date_start)
            end = start + move - relativedelta(days=1)
            vals.update(date_start=start, date_end=end)
            for _command, _id, phase in vals.get('phase_ids', ()):
                for name in ('date_start', 'date_end'):
                    phase[name] = min(max(phase[name] + move, start), end)
        return vals_list

    # ------------------------------------------------------------
    # STATES
    # ------------------------------------------------------------

    def action_start(self):
        """Begin: every goal keeps its value of today's start, owners get their activities."""
        for plan in self:
            if plan.state != 'draft':
                raise UserError(self.env._("%s has been started already.", plan.display_name))
            if not plan.goal_ids:
                raise UserError(self.env._(
                    "Set at least one goal before you start %s.", plan.display_name))
        self.goal_ids._freeze_start()
        self._write_sealed({'state': 'running'})
        return True

    def action_back_to_draft(self):
        """Take a start back, or take up a plan that was given up, as long as nothing is frozen."""
        for plan in self:
            if plan._is_reviewed():
                raise UserError(self.env._(
                    "%s has been reviewed, so it is no draft any more.", plan.display_name))
        self.goal_ids._forget_start()
        self._write_sealed({'state': 'draft'})
        return True

    def action_cancel(self):
        """Give the plan up."""
        self._write_sealed({'state': 'cancelled'})
        return True

    # ------------------------------------------------------------
    # PAGE
    # ------------------------------------------------------------

    def get_progress_chart(self) -> dict:
        """How far each goal was at the reviews and is now, for a chart; in percent of its way.

        A fixed number of queries, whatever the number of goals and reviews.

        :return: dict with ``series`` (a goal's ``points`` by date) and ``expected``, the line on
            which goals would be that keep pace with time
        """
        self.ensure_one()
        self.check_access('read')
        lines = self.env['crm.account.plan.review.line'].search(
            Domain('plan_id', '=', self.id) & Domain('value_known', '=', True),
            order='date, id').grouped('goal_id')
        return {
            'series': [
                {'id': goal.id, 'name': goal.name, 'points': points}
                for goal in self.goal_ids
                if (points := goal._progress_points(lines.get(goal, ())))
            ],
            'expected': [
                {'date': fields.Date.to_string(self.date_start), 'progress': 0},
                {'date': fields.Date.to_string(self.date_end), 'progress': 100},
            ],
        }

    # ------------------------------------------------------------
    # ACTIONS
    # ------------------------------------------------------------

    def action_open_account(self):
        """Open the key account."""
        self.ensure_one()
        return {
            'type': 'ir.actions.act_window',
            'res_model': 'crm.key.account',
            'res_id': self.account_id.id,
            'views': [(False, 'form')],
        }

    def action_view_actions(self):
        """Open the plan's actions."""
        self.ensure_one()
        return {
            **self.env['ir.actions.act_window']._for_xml_id(
                'crm_plus.crm_account_plan_action_action'),
            'domain': [('plan_id', '=', self.id)],
            'context': {'default_plan_id': self.id},
        }

    def action_print_page(self):
        """Print the page about the customer, this plan on it."""
        self.ensure_one()
        return self.account_id.action_print_page()
