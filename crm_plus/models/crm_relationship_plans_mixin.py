from odoo import fields, models
from odoo.fields import Domain

from ..relationship import Figure

RUNNING = [('state', '=', 'running')]


class CrmRelationshipPlansMixin(models.AbstractModel):
    """Figures about account plans: what we have set out to do with key accounts."""

    _name = 'crm.relationship.plans.mixin'
    _description = "Relationship Models: Account Plans"

    def _plan_figures(self, reading):
        return [
            Figure(
                'planned', self.env._("Key accounts with a plan"), 'crm.key.account',
                Domain('plan_ids', 'any', RUNNING), of=reading.of_team('team_id'),
                others=self.env._("without a running plan"),
                text=self.env._("For %(share)s of the key accounts a plan is running, with goals "
                                "that are measured."),
                none=self.env._("For no key account a plan is running. Make one on its page and "
                                "start it."),
                todo=self.env._("No customer is a key account yet. Make one under Key Accounts."),
            ),
            Figure(
                'reviews', self.env._("Plan reviews held"), 'crm.account.plan.review',
                Domain('state', '=', 'frozen') & reading.days('date')
                & reading.of_team('account_id.team_id'),
                dated=True, better='more',
                text=self.env._("Reviews and evaluations of plans whose figures were frozen in "
                                "the period."),
                none=self.env._("No plan was reviewed in the period."),
            ),
        ]

    def _plan_action_figures(self, reading):
        today = fields.Date.to_string(fields.Date.context_today(self))
        return [Figure(
            'plan_actions', self.env._("Planned actions on time"), 'crm.account.plan.action',
            Domain('date_deadline', '>=', today),
            of=Domain('state', 'in', ['todo', 'doing']) & Domain('plan_id', 'any', RUNNING)
            & reading.of_team('account_id.team_id'),
            others=self.env._("overdue"),
            text=self.env._("%(share)s of the open actions of running plans are not overdue."),
            none=self.env._("Every open action of the running plans is overdue."),
            todo=self.env._("No running plan has an open action. Add actions with an owner and a "
                            "deadline to the plans."),
        )]
