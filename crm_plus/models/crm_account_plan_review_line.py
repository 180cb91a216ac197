from odoo import api, fields, models
from odoo.exceptions import UserError


class CrmAccountPlanReviewLine(models.Model):
    """How a goal stood at a review, in numbers. Written once, when the review is frozen."""

    _name = 'crm.account.plan.review.line'
    _description = "Goal at a Review"
    _inherit = ['crm.account.plan.amount.mixin']
    _order = 'date desc, review_id desc, id'

    review_id = fields.Many2one(
        'crm.account.plan.review', required=True, index=True, ondelete='cascade', readonly=True)
    goal_id = fields.Many2one(
        'crm.account.plan.goal', required=True, index=True, ondelete='cascade', readonly=True)
    plan_id = fields.Many2one(
        related='review_id.plan_id', string="Account Plan", store=True, precompute=True,
        index=True, ondelete='cascade')
    account_id = fields.Many2one(
        related='review_id.account_id', string="Key Account", store=True, precompute=True,
        ondelete='cascade')
    partner_id = fields.Many2one(
        related='review_id.partner_id', string="Customer", store=True, precompute=True)
    company_id = fields.Many2one(
        related='review_id.company_id', store=True, precompute=True, index=True)
    date = fields.Date(related='review_id.date', string="Figures of", store=True, index=True)
    name = fields.Char(required=True, readonly=True, help="What the goal was called then.")
    measure = fields.Char("Measure Key", required=True, readonly=True)
    unit = fields.Char("Kind of Unit", readonly=True)
    unit_name = fields.Char("Unit", readonly=True)
    lower = fields.Boolean("Less Is Better", readonly=True)
    start_value = fields.Float("At the Start", readonly=True, aggregator=None)
    start_known = fields.Boolean(readonly=True)
    value = fields.Float(readonly=True, aggregator=None)
    value_known = fields.Boolean("Measured", readonly=True)
    target_value = fields.Float("Target", readonly=True, aggregator=None)
    progress = fields.Float(
        "Reached (%)", readonly=True, aggregator='avg',
        help="How much of the way from the start to the target was made.",
    )
    time_progress = fields.Float("Time Gone (%)", readonly=True, aggregator=None)
    status = fields.Selection(
        lambda self: self.env['crm.account.plan.goal']._fields['status'].selection,
        readonly=True)

    def write(self, vals):
        """Refuse: frozen is frozen, for everybody."""
        if vals:
            raise UserError(self.env._("Figures of a review cannot be changed any more."))
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_never(self):
        raise UserError(self.env._("Figures of a review cannot be deleted."))
