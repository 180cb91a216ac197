from datetime import timedelta

from odoo import fields, models
from odoo.fields import Domain

from ..relationship import Figure

#: So many days ahead somebody has to know that an agreement must be decided on.
SOON = 90


class CrmRelationshipHealthMixin(models.AbstractModel):
    """Figures about how key accounts are, with whom contact is due, and what is agreed."""

    _name = 'crm.relationship.health.mixin'
    _description = "Relationship Models: Health, Contact and Agreements"

    def _health_figures(self, reading):
        return [Figure(
            'healthy', self.env._("Healthy key accounts"), 'crm.key.account',
            Domain('health_band', '=', 'green'),
            of=reading.of_team('team_id') & Domain('health_band', '!=', False),
            others=self.env._("amber or red"),
            text=self.env._("The light of %(share)s of the key accounts of known health is "
                            "green."),
            none=self.env._("The light of no key account is green."),
            todo=self.env._("The health of no key account is known yet. It is computed every "
                            "night, from orders, payments, contacts and the like."),
        )]

    def _cadence_figures(self, reading):
        today = fields.Date.to_string(fields.Date.context_today(self))
        return [Figure(
            'cadence', self.env._("Contact as often as agreed"), 'crm.contact.due',
            Domain('due_date', '>=', today),
            of=reading.of_team('account_id.team_id', 'partner_id.purchase_team_ids'),
            others=self.env._("overdue"),
            text=self.env._("With %(share)s of the customers and people who have a cadence the "
                            "last contact was not too long ago."),
            none=self.env._("With everybody who has a cadence contact is overdue."),
            todo=self.env._("It is not known yet when contact is due. A manager says in the "
                            "configuration how often the customers of a tier are to be contacted; "
                            "the days are worked out every night."),
        )]

    def _agreement_figures(self, reading):
        today = fields.Date.context_today(self)
        agreements = Domain('state', '=', 'active') & reading.of_team(
            'account_id.team_id', 'partner_id.purchase_team_ids')
        return [
            Figure(
                'agreements', self.env._("Key accounts with an agreement"), 'crm.key.account',
                Domain('agreement_ids', 'any', [('state', '=', 'active')]),
                of=reading.of_team('team_id'), others=self.env._("without an agreement"),
                text=self.env._("With %(share)s of the key accounts something is agreed that is "
                                "in force: prices, quantities, service."),
                none=self.env._("With no key account an agreement is in force."),
                todo=self.env._("No customer is a key account yet. Make one under Key Accounts."),
            ),
            Figure(
                'agreements_due', self.env._("Agreements to decide on"), 'crm.agreement',
                agreements & Domain(
                    'act_date', '<=', fields.Date.to_string(today + timedelta(days=SOON))),
                text=self.env._("Agreements in force that end, or of which notice must be given, "
                                "within three months."),
                none=self.env._("No agreement in force has to be decided on within three months."),
            ),
        ]
