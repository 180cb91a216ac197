"""The plans of a key account."""

from odoo import api, fields, models


class CrmAccountPlanAccountMixin(models.AbstractModel):
    """What account plans add to ``crm.key.account``, which inherits from this."""

    _name = 'crm.account.plan.account.mixin'
    _description = "Key Account: Plans"

    plan_ids = fields.One2many('crm.account.plan', 'account_id', "Account Plans")
    plan_id = fields.Many2one(
        'crm.account.plan', "Current Plan", compute='_compute_plan_id',
        help="The plan that is running; as long as none is, the latest draft.",
    )
    plan_goal_ids = fields.One2many(
        'crm.account.plan.goal', string="Goals of the Current Plan", compute='_compute_plan_id')
    plan_count = fields.Integer("Number of Plans", compute='_compute_plan_count')

    @api.depends(
        'plan_ids.state', 'plan_ids.date_start', 'plan_ids.active', 'plan_ids.goal_ids')
    def _compute_plan_id(self):
        order = {'running': 1, 'draft': 0}
        for account in self:
            plans = account.plan_ids.filtered(lambda plan: plan.state in order)
            account.plan_id = plans.sorted(
                lambda plan: (order[plan.state], plan.date_start, plan._origin.id or 0))[-1:]
            account.plan_goal_ids = account.plan_id.goal_ids

    @api.depends('plan_ids.active')
    def _compute_plan_count(self):
        counts = dict(self.env['crm.account.plan']._read_group(
            [('account_id', 'in', self.ids)], ['account_id'], ['__count']))
        for account in self:
            account.plan_count = counts.get(account._origin, 0)

    def write(self, vals):
        """A new manager is reminded of the reviews instead of the old one."""
        result = super().write(vals)
        if {'user_id', 'active'} & vals.keys():
            self.plan_ids.filtered(lambda plan: plan.state == 'running')._schedule_review()
        return result

    @api.ondelete(at_uninstall=False)
    def _unlink_plan_activities(self):
        """Take along the activities that the database would leave when it deletes the plans."""
        # sudo: what hangs on accounts that the user deletes, as Odoo has checked
        plans = self.sudo().with_context(active_test=False).plan_ids
        plans.activity_ids.unlink()
        plans.action_ids.activity_ids.unlink()

    # ------------------------------------------------------------
    # ACTIONS
    # ------------------------------------------------------------

    def action_view_plans(self):
        """Open the account's plans: the only one at once, or the form for the first."""
        self.ensure_one()
        action = {
            **self.env['ir.actions.act_window']._for_xml_id('crm_plus.crm_account_plan_action'),
            'domain': [('account_id', '=', self.id)],
            'context': {'default_account_id': self.id},
        }
        if self.plan_count > 1:
            return action
        return action | {'res_id': self.plan_ids[:1].id, 'views': [(False, 'form')]}
