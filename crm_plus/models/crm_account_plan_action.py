from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.fields import Domain

from .crm_account_plan_review_mixin import TODO

STATES = [
    ('todo', "To Do"), ('doing', "Under Way"), ('done', "Done"), ('cancelled', "Given Up"),
]
OPEN = ('todo', 'doing')


class CrmAccountPlanAction(models.Model):
    """Something that somebody does by a day, so that a plan reaches its goals.

    As long as it is open in a running plan, its owner has one of Odoo's activities for it:
    whoever does the activity has done the action, and the other way round.
    """

    _name = 'crm.account.plan.action'
    _description = "Action of an Account Plan"
    _inherit = ['mail.thread', 'mail.activity.mixin']
    _order = 'date_deadline, id'
    _check_company_auto = True

    name = fields.Char("Action", required=True, tracking=True)
    plan_id = fields.Many2one(
        'crm.account.plan', "Account Plan", required=True, index=True, ondelete='cascade')
    plan_state = fields.Selection(related='plan_id.state', string="State of the Plan")
    account_id = fields.Many2one(
        related='plan_id.account_id', string="Key Account", store=True, precompute=True,
        ondelete='cascade')
    partner_id = fields.Many2one(
        related='plan_id.partner_id', string="Customer", store=True, precompute=True)
    company_id = fields.Many2one(
        related='plan_id.company_id', store=True, precompute=True, index=True)
    phase_id = fields.Many2one(
        'crm.account.plan.phase', index='btree_not_null', ondelete='set null',
        domain="[('plan_id', '=', plan_id)]",
    )
    goal_id = fields.Many2one(
        'crm.account.plan.goal', "For Goal", index='btree_not_null', ondelete='set null',
        domain="[('plan_id', '=', plan_id)]", help="Which goal it serves.",
    )
    user_id = fields.Many2one(
        'res.users', "Owner", required=True, index=True, tracking=True, check_company=True,
        default=lambda self: self.env.user, domain="[('share', '=', False)]",
        help="Who does it. As soon as the plan runs, the owner has an activity for it.",
    )
    date_deadline = fields.Date("Deadline", required=True, index=True, tracking=True)
    state = fields.Selection(
        STATES, default='todo', required=True, index=True, tracking=True,
        group_expand='_group_expand_state', copy=False,
    )
    date_done = fields.Date(
        "Done on", compute='_compute_date_done', store=True, readonly=False, copy=False)
    is_late = fields.Boolean(
        "Overdue", compute='_compute_is_late', search='_search_is_late',
        help="The deadline has passed, and it is not done.",
    )
    note = fields.Text()

    @api.model
    def _group_expand_state(self, states, domain):
        return [key for key, _label in STATES]

    @api.depends('name', 'partner_id')
    def _compute_display_name(self):
        for action in self:
            # sudo: the name alone, of the customer of an action that the reader may read
            customer = action.partner_id.sudo().name
            action.display_name = f"{customer}: {action.name}" if customer else action.name

    @api.depends('state')
    def _compute_date_done(self):
        """Done today, unless another day is said; not done, no day."""
        today = fields.Date.context_today(self)
        for action in self:
            action.date_done = (action.date_done or today) if action.state == 'done' else False

    @api.depends('date_deadline', 'state')
    def _compute_is_late(self):
        today = fields.Date.context_today(self)
        for action in self:
            action.is_late = bool(
                action.date_deadline and action.date_deadline < today and action.state in OPEN)

    def _search_is_late(self, operator, value):
        if operator != 'in':
            return NotImplemented
        late = Domain('date_deadline', '<', fields.Date.context_today(self)) & (
            Domain('state', 'in', OPEN))
        if set(value) == {True, False}:
            return Domain.TRUE
        return late if True in value else ~late

    @api.constrains('phase_id', 'goal_id', 'plan_id')
    def _check_plan(self):
        for action in self:
            for part in (action.phase_id, action.goal_id):
                if part and part.plan_id != action.plan_id:
                    raise ValidationError(self.env._(
                        "%(part)s belongs to another plan than %(action)s.",
                        part=part.name, action=action.name))

    # ------------------------------------------------------------
    # CRUD
    # ------------------------------------------------------------

    @api.model_create_multi
    def create(self, vals_list):
        actions = super().create(vals_list)
        actions._sync_activities()
        return actions

    def write(self, vals):
        result = super().write(vals)
        if {'name', 'user_id', 'date_deadline', 'state', 'plan_id'} & vals.keys():
            self._sync_activities()
        return result

    # ------------------------------------------------------------
    # ACTIVITIES
    # ------------------------------------------------------------

    def _sync_activities(self):
        """Give the owner of each open action of a running plan one activity, and keep it so."""
        # sudo: the activities of these actions alone, whose owners may be others
        actions = self.sudo()
        activities = actions.activity_search([TODO]).grouped('res_id')
        for action in actions:
            activity = activities.get(action.id, self.env['mail.activity'])
            if not action._is_due_to_somebody():
                if activity and action.state == 'done':
                    activity.action_feedback()
                else:
                    activity.unlink()
            elif not activity:
                action.activity_schedule(
                    TODO, user_id=action.user_id.id, date_deadline=action.date_deadline,
                    summary=action.name)
            elif (activity.user_id, activity[:1].date_deadline, activity[:1].summary) != (
                action.user_id, action.date_deadline, action.name,
            ):
                activity.write({
                    'user_id': action.user_id.id, 'date_deadline': action.date_deadline,
                    'summary': action.name,
                })

    def _is_due_to_somebody(self) -> bool:
        plan = self.plan_id
        return plan.state == 'running' and plan.active and self.state in OPEN

    def _done_by_activity(self):
        """Note that the actions are done, after somebody has done their activities."""
        self.filtered(lambda action: action.state in OPEN).write({'state': 'done'})

    # ------------------------------------------------------------
    # ACTIONS
    # ------------------------------------------------------------

    def action_done(self):
        """Mark as done."""
        self.write({'state': 'done'})
        return True

    def action_open_plan(self):
        """Open the plan."""
        self.ensure_one()
        return {
            'type': 'ir.actions.act_window',
            'res_model': 'crm.account.plan',
            'res_id': self.plan_id.id,
            'views': [(False, 'form')],
        }
