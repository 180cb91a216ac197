"""When a plan is reviewed, and how it is evaluated in the end."""

from dateutil.relativedelta import relativedelta

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import is_html_empty

TODO = 'mail.mail_activity_data_todo'


class CrmAccountPlanReviewMixin(models.AbstractModel):
    """The reviews and the evaluation of ``crm.account.plan``, which inherits from this."""

    _name = 'crm.account.plan.review.mixin'
    _description = "Account Plan: Reviews"

    review_ids = fields.One2many('crm.account.plan.review', 'plan_id', "Reviews")
    review_count = fields.Integer("Number of Reviews", compute='_compute_review_count')
    review_months = fields.Integer(
        "Months between Reviews", default=3, required=True,
        help="How often the plan is looked at together. 3: each quarter.",
    )
    next_review_date = fields.Date(
        compute='_compute_next_review_date', store=True,
        help="When the figures are to be looked at and frozen next; the evaluation, once it "
             "is the end of the plan.",
    )
    is_review_due = fields.Boolean(
        "Review Due", compute='_compute_is_review_due', search='_search_is_review_due',
        help="The day of the next review, or of the evaluation, has come.",
    )
    lessons = fields.Html(
        "What We Have Learned", sanitize=True, copy=False,
        help="What went well, what did not and why, what we do otherwise next time.",
    )
    rating = fields.Selection(
        [
            ('0', "Not rated"), ('1', "Failed"), ('2', "Poor"), ('3', "Fair"), ('4', "Good"),
            ('5', "Excellent"),
        ],
        default='0', copy=False, tracking=True,
        help="How satisfied we are with the plan as a whole, beside what its goals say.",
    )
    reached = fields.Float(
        "Reached (%)", readonly=True, copy=False, aggregator='avg', tracking=True,
        help="How much of the way to its goals the plan had made when it was evaluated, by the "
             "weight of each goal.",
    )
    evaluation_date = fields.Date("Evaluated on", readonly=True, copy=False)
    evaluator_id = fields.Many2one(
        'res.users', "Evaluated by", readonly=True, copy=False, ondelete='set null')

    _check_review_months = models.Constraint(
        'CHECK (review_months BETWEEN 1 AND 12)',
        "Plans are reviewed every 1 to 12 months.",
    )

    @api.depends('review_ids.state')
    def _compute_review_count(self):
        counts = dict(self.env['crm.account.plan.review']._read_group(
            [('plan_id', 'in', self.ids)], ['plan_id'], ['__count']))
        for plan in self:
            plan.review_count = counts.get(plan._origin, 0)

    @api.depends(
        'state', 'date_start', 'date_end', 'review_months', 'review_ids.state', 'review_ids.date')
    def _compute_next_review_date(self):
        """The first of the plan's review days after the last review; in the end, its last day."""
        for plan in self:
            if plan.state != 'running' or plan.review_months < 1:
                plan.next_review_date = False
                continue
            done = max((
                review.date for review in plan.review_ids if review.state == 'frozen'
            ), default=plan.date_start)
            # who looks a little early has looked: the next time is the one after
            done += relativedelta(days=plan.review_months * 15)
            number = 1
            day = plan.date_start
            while day <= done:
                day = plan.date_start + relativedelta(months=number * plan.review_months)
                number += 1
            plan.next_review_date = min(day, plan.date_end)

    @api.depends('next_review_date')
    def _compute_is_review_due(self):
        today = fields.Date.context_today(self)
        for plan in self:
            plan.is_review_due = bool(plan.next_review_date) and plan.next_review_date <= today

    def _search_is_review_due(self, operator, value):
        if operator != 'in':
            return NotImplemented
        due = Domain('next_review_date', '<=', fields.Date.context_today(self))
        if set(value) == {True, False}:
            return Domain.TRUE
        return due if True in value else ~due

    def _is_reviewed(self):
        return any(review.state == 'frozen' for review in self.review_ids)

    def _check_not_evaluated(self):
        for plan in self:
            if plan.state == 'evaluated':
                raise UserError(self.env._(
                    "%s has been evaluated: its goals stay as they were.", plan.display_name))

    # ------------------------------------------------------------
    # REMINDERS
    # ------------------------------------------------------------

    def _reviewer(self):
        """Who is reminded of a review: the account's manager, else who answers for the plan."""
        return self.account_id.user_id or self.user_id

    def _schedule_review(self):
        """Keep one activity for the next review of each running plan."""
        # sudo: the reminders of these plans alone, whoever they are assigned to
        plans = self.sudo()
        reminders = plans.activity_search([TODO]).grouped('res_id')
        for plan in plans:
            reminder = reminders.get(plan.id, self.env['mail.activity'])
            user, day = plan._reviewer(), plan.next_review_date
            if not (plan.active and plan.state == 'running' and user and day):
                reminder.unlink()
                continue
            summary = plan._review_summary(user)
            if not reminder:
                plan.activity_schedule(
                    TODO, user_id=user.id, date_deadline=day, summary=summary)
            elif (reminder.user_id, reminder[:1].date_deadline) != (user, day):
                reminder.write({'user_id': user.id, 'date_deadline': day, 'summary': summary})

    def _review_summary(self, user):
        env = self.with_context(lang=user.lang).env
        if self.next_review_date == self.date_end:
            return env._("Evaluate the account plan")
        return env._("Review the account plan")

    # ------------------------------------------------------------
    # ACTIONS
    # ------------------------------------------------------------

    def action_review(self):
        """Look at the goals as they stand today: the review that is begun, or a new one."""
        self.ensure_one()
        if self.state != 'running':
            raise UserError(self.env._("Only a running plan is reviewed."))
        reviews = self.env['crm.account.plan.review']
        review = reviews.search([('plan_id', '=', self.id), ('state', '=', 'draft')], limit=1)
        return {
            'type': 'ir.actions.act_window',
            'name': self.env._("Review"),
            'res_model': reviews._name,
            'res_id': (review or reviews.create({'plan_id': self.id})).id,
            'views': [(False, 'form')],
        }

    def action_view_reviews(self):
        """Open the reviews of the plan."""
        self.ensure_one()
        return {
            **self.env['ir.actions.act_window']._for_xml_id(
                'crm_plus.crm_account_plan_review_action'),
            'domain': [('plan_id', '=', self.id)],
            'context': {'default_plan_id': self.id},
        }

    def action_evaluate(self):
        """Close the plan: freeze what was reached, with what was learned and how it is rated."""
        for plan in self:
            if plan.state != 'running':
                raise UserError(self.env._("Only a running plan is evaluated."))
            if is_html_empty(plan.lessons) or plan.rating in (False, '0'):
                raise UserError(self.env._(
                    "Write on the page Evaluation of %s what was learned, and rate the plan.",
                    plan.display_name))
        for plan in self:
            plan.review_ids.filtered(lambda review: review.state == 'draft').unlink()
            review = self.env['crm.account.plan.review'].create({'plan_id': plan.id})
            review._write_sealed({'is_final': True})
            review._freeze()
            plan._write_sealed({
                'state': 'evaluated',
                'reached': review.progress,
                'evaluation_date': review.date,
                'evaluator_id': self.env.uid,
            })
        return True

    def action_reopen(self):
        """Let an evaluated plan go on: what was frozen stays as a review among the others."""
        if not self.env.user.has_group('crm_plus.group_manager'):
            raise UserError(self.env._("Only an administrator of CRM+ opens plans again."))
        self.filtered(lambda plan: plan.state == 'evaluated')._write_sealed({
            'state': 'running', 'reached': 0, 'evaluation_date': False, 'evaluator_id': False,
        })
        return True
