from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import format_date

from .crm_account_plan_review_mixin import TODO

#: What a review that is frozen still takes.
STILL_OPEN = {'comment', 'next_steps'}


class CrmAccountPlanReview(models.Model):
    """A look at the goals of a plan together: their figures of the day, kept as numbers.

    A review that is begun shows the goals as they stand. Once frozen, its figures are what they
    are: nobody changes or deletes them, whatever rights they have.
    """

    _name = 'crm.account.plan.review'
    _description = "Review of an Account Plan"
    _inherit = ['crm.account.plan.sealed.mixin', 'mail.thread']
    _order = 'date desc, id desc'

    name = fields.Char(compute='_compute_name')
    plan_id = fields.Many2one(
        'crm.account.plan', "Account Plan", required=True, index=True, ondelete='cascade')
    account_id = fields.Many2one(
        related='plan_id.account_id', store=True, precompute=True, ondelete='cascade')
    partner_id = fields.Many2one(
        related='plan_id.partner_id', string="Customer", store=True, precompute=True)
    company_id = fields.Many2one(
        related='plan_id.company_id', store=True, precompute=True, index=True)
    state = fields.Selection(
        [('draft', "Begun"), ('frozen', "Frozen")], default='draft', required=True,
        readonly=True, copy=False, index=True,
    )
    is_final = fields.Boolean(
        "Evaluation", readonly=True, copy=False, help="The last review, at the end of the plan.")
    date = fields.Date(
        "Figures of", default=fields.Date.context_today, required=True, readonly=True,
        copy=False, help="The day on which the figures were frozen.",
    )
    user_id = fields.Many2one(
        'res.users', "Reviewed by", default=lambda self: self.env.user, readonly=True,
        ondelete='set null',
        help="Whose rights decided which orders, invoices and so on counted. What they have frozen "
             "belongs to the plan: everybody who reads the plan sees it.",
    )
    time_progress = fields.Float(
        "Time Gone (%)", readonly=True, copy=False, aggregator=None)
    progress = fields.Float(
        "Reached (%)", readonly=True, copy=False, aggregator='avg',
        help="How much of the way to its goals the plan had made, by the weight of each goal.",
    )
    goal_ids = fields.One2many(related='plan_id.goal_ids', string="Goals Today")
    line_ids = fields.One2many(
        'crm.account.plan.review.line', 'review_id', "Frozen Figures", readonly=True)
    comment = fields.Html(
        sanitize=True, help="Why the goals stand as they do: what helped, what is in the way.")
    next_steps = fields.Html(
        sanitize=True, help="What is done until the next review. Who does what until when is "
                            "entered among the actions of the plan.")

    @api.depends('date', 'is_final', 'plan_id')
    def _compute_name(self):
        for review in self:
            date = format_date(self.env, review.date)
            review.name = (
                self.env._("Evaluation of %s", date) if review.is_final
                else self.env._("Review of %s", date)
            )

    @api.depends('name', 'plan_id')
    def _compute_display_name(self):
        for review in self:
            review.display_name = f"{review.plan_id.display_name}, {review.name}"

    # ------------------------------------------------------------
    # CRUD
    # ------------------------------------------------------------

    @api.model
    def _sealed_fields(self):
        return super()._sealed_fields() | {
            'state', 'is_final', 'date', 'user_id', 'time_progress', 'progress', 'line_ids'}

    def write(self, vals):
        if any(name not in STILL_OPEN and not name.startswith('message_') for name in vals):
            self._check_not_frozen()
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_frozen(self):
        self._check_not_frozen()

    def _check_not_frozen(self):
        for review in self:
            if review.state == 'frozen':
                raise UserError(self.env._(
                    "The figures of %s are frozen: they can neither be changed nor deleted. "
                    "Comment and next steps can still be written.", review.display_name))

    # ------------------------------------------------------------
    # FREEZING
    # ------------------------------------------------------------

    def action_freeze(self):
        """Keep the figures as they are now, and remind of the next review."""
        self._check_not_frozen()
        for review in self:
            if review.plan_id.state != 'running':
                raise UserError(self.env._("Only a running plan is reviewed."))
            review._freeze()
        self.plan_id._schedule_review()
        return True

    def _freeze(self):
        """Write each goal's figures as the one who freezes sees them."""
        self.ensure_one()
        self.check_access('write')
        plan = self.plan_id
        goals = plan.goal_ids
        # sudo: nobody may write lines; these are figures that the one who freezes sees
        self.env['crm.account.plan.review.line'].sudo().create([
            {'review_id': self.id, **goal._frozen_values()} for goal in goals
        ])
        self._write_sealed({
            'state': 'frozen',
            'date': fields.Date.context_today(self),
            'user_id': self.env.uid,
            'time_progress': plan.time_progress,
            'progress': 100 * (goals._overall_progress() or 0),
        })
        plan.message_post(body=self.env._("Figures frozen: %s", self.name))
        # the reminder is done, whoever was to be reminded
        plan.activity_feedback([TODO])

    def action_open_plan(self):
        """Open the plan."""
        self.ensure_one()
        return {
            'type': 'ir.actions.act_window',
            'res_model': 'crm.account.plan',
            'res_id': self.plan_id.id,
            'views': [(False, 'form')],
        }
