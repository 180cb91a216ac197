"""What the account plan tells of an account's health, and health on the page for a visit."""

from datetime import timedelta

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import format_date

#: How many reasons stand on the page, and for how many days ahead agreements.
PAGE_REASONS = 4
PAGE_DAYS = 120
ON_TRACK = ('on_track', 'reached')
MEASURED = (*ON_TRACK, 'behind', 'missed')


class CrmAccountHealthPlanMixin(models.AbstractModel):
    """Plan and page in account health, for ``crm.key.account``, which inherits from this."""

    _name = 'crm.account.health.plan.mixin'
    _description = "Key Account: Plan and Page in Account Health"

    # ------------------------------------------------------------
    # THE PLAN AS A PART OF HEALTH
    # ------------------------------------------------------------

    @api.model
    def _health_pieces(self, accounts, day):
        return super()._health_pieces(accounts, day) | {'plan': self._health_plan(accounts)}

    @api.model
    def _health_plan(self, accounts):
        """How many goals of running plans are on track, of those that are measured."""
        goals = self.env['crm.account.plan.goal'].search([
            ('plan_id.account_id', 'in', accounts.ids), ('plan_id.state', '=', 'running'),
            ('plan_id.active', '=', True)])
        figures = {}
        for account, own in goals.grouped(lambda goal: goal.plan_id.account_id).items():
            measured = own.filtered(lambda goal: goal.status in MEASURED)
            if measured:
                on_track = measured.filtered(lambda goal: goal.status in ON_TRACK)
                figures[account.id] = {
                    'value': 100 * len(on_track) / len(measured), 'count': len(measured),
                    'behind': len(measured) - len(on_track)}
        return figures

    def _health_missing_words(self):
        return super()._health_missing_words() | {
            'plan': self.env._("No plan is running, or none of its goals can be measured yet.")}

    def _health_words_plan(self, figure, amounts):
        if not figure['behind']:
            return self.env._("All goals of the account plan are on track.")
        return self.env._(
            "%(behind)s of %(count)s goals of the account plan are behind.",
            behind=figure['behind'], count=figure['count'])

    def _health_records_plan(self):
        return self.action_view_plans()

    # ------------------------------------------------------------
    # HEALTH ON THE PAGE FOR A VISIT
    # ------------------------------------------------------------

    def _page_values(self):
        return super()._page_values() | {
            'health': self._page_health(),
            'contact_due': self._page_contact_due(),
            'agreements': self._page_agreements(),
        }

    def _page_health(self):
        """The health with the reasons that cost the most points."""
        health = self.get_account_health()
        if not health['band']:
            return None
        lost = [part for part in health['parts'] if part['points'] < part['possible']]
        return {
            'score': health['score'], 'band': health['band'],
            'label': health['bands'][health['band']],
            'date': health['date'],
            'reasons': [part['text'] for part in lost[:PAGE_REASONS]],
        }

    def _page_contact_due(self):
        if not self.contact_due_date:
            return None
        return {
            'date': format_date(self.env, self.contact_due_date),
            'overdue': self.contact_is_overdue,
            'last': format_date(self.env, fields.Datetime.context_timestamp(
                self, self.last_human_contact).date()) if self.last_human_contact else '',
        }

    def _page_agreements(self):
        """The agreements on which somebody must act soon."""
        soon = fields.Date.context_today(self) + timedelta(days=PAGE_DAYS)
        agreements = self.env['crm.agreement'].search(
            Domain('account_id', '=', self.id) & Domain('state', '=', 'active')
            & Domain('is_followed', '=', False) & Domain('act_date', '<=', soon))
        return [
            {'name': agreement.name, 'date': format_date(self.env, agreement.act_date),
             'ends': format_date(self.env, agreement.date_end)}
            for agreement in agreements
        ]
