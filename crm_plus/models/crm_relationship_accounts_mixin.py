from odoo import models
from odoo.fields import Domain
from odoo.tools import SQL

from ..relationship import Figure

EMPTY = [False, '']
#: What an editor leaves of a text that was deleted.
EMPTY_HTML = [*EMPTY, '<p></p>', '<p><br></p>', '<br>']
SOLD = SQL("crm_key_account_report.sold_amount")
SPENT = SQL("crm_key_account_report.annual_purchases")


class CrmRelationshipAccountsMixin(models.AbstractModel):
    """Figures about key accounts: the people, their business, what they are about to buy."""

    _name = 'crm.relationship.accounts.mixin'
    _description = "Relationship Models: Key Accounts"

    def _accounts(self, reading) -> Domain:
        return reading.of_team('team_id')

    def _no_accounts(self):
        return self.env._("No customer is a key account yet. Make one under Key Accounts.")

    def _account_tier_figures(self, reading):
        return [Figure(
            'account_tier', self.env._("Key accounts with a tier"), 'crm.key.account',
            Domain('partner_id.customer_tier_id', '!=', False), of=self._accounts(reading),
            others=self.env._("without a tier"),
            text=self.env._("For %(share)s of the key accounts it is decided how to treat them."),
            none=self.env._("No key account has a tier. Assign one on the customer's page."),
            todo=self._no_accounts(),
        )]

    def _account_manager_figures(self, reading):
        return [Figure(
            'account_manager', self.env._("Key accounts with a manager"), 'crm.key.account',
            Domain('user_id', '!=', False), of=self._accounts(reading),
            others=self.env._("that nobody manages"),
            text=self.env._("%(share)s of the key accounts have somebody who answers for them."),
            none=self.env._("Nobody manages a key account. Choose a key account manager on each."),
            todo=self._no_accounts(),
        )]

    def _need_figures(self, reading):
        """Whether it is known what key accounts need."""
        accounts = self._accounts(reading)
        return [
            Figure(
                'need', self.env._("Yearly need known"), 'crm.key.account',
                Domain('annual_purchases', '>', 0) | Domain('annual_consumption', '>', 0),
                of=accounts, others=self.env._("of unknown need"),
                text=self.env._("Of %(share)s of the key accounts it is known how much they use "
                                "or spend in a year."),
                none=self.env._("Of no key account it is known how much they need. Enter yearly "
                                "figures on the page Business of a key account."),
                todo=self._no_accounts(),
            ),
            Figure(
                'usage', self.env._("Use of our product known"), 'crm.key.account',
                Domain('product_usage', 'not in', EMPTY), of=accounts,
                others=self.env._("of unknown use"),
                text=self.env._("Of %(share)s of the key accounts it is written down how they use "
                                "what we sell."),
                none=self.env._("Of no key account it is written down how they use what we sell."),
                todo=self._no_accounts(),
            ),
        ]

    def _preference_figures(self, reading):
        return [Figure(
            'habits', self.env._("Preferences recorded"), 'crm.key.account',
            Domain('habits', 'not in', EMPTY), of=self._accounts(reading),
            others=self.env._("of unknown preferences"),
            text=self.env._("Of %(share)s of the key accounts habits and preferences are written "
                            "down, so that everybody can serve them as they like it."),
            none=self.env._("Of no key account preferences are written down. Do it on the page "
                            "Business of a key account."),
            todo=self._no_accounts(),
        )]

    def _wallet_figures(self, reading):
        return [Figure(
            'wallet', self.env._("Share of wallet"), 'crm.key.account.report', Domain.TRUE,
            of=Domain('active', '=', True) & Domain('annual_purchases', '>', 0)
            & reading.of_team('team_id'),
            amount=SOLD, of_amount=SPENT,
            text=self.env._("In 12 months, key accounts spent %(share)s of what they spend on "
                            "products like ours with us, where it is known."),
            none=self.env._("Nothing was sold in 12 months to key accounts of known spending."),
            todo=self.env._("Enter what key accounts spend in a year, on their page Business."),
        )]

    # ------------------------------------------------------------
    # PEOPLE
    # ------------------------------------------------------------

    def _decider_figures(self, reading):
        return [Figure(
            'deciders', self.env._("Deciders known"), 'crm.key.account',
            Domain('role_ids', 'any', [('role_ids', 'any', [('is_decider', '=', True)])]),
            of=self._accounts(reading), others=self.env._("of unknown deciders"),
            text=self.env._("Of %(share)s of the key accounts it is known who has the last word."),
            none=self.env._("Of no key account it is known who decides. Draw its buying centre."),
            todo=self._no_accounts(),
        )]

    def _people(self, reading) -> Domain:
        return reading.of_team('account_id.team_id')

    def _no_people(self):
        return self.env._("No buying centre is drawn yet. Add its people on a key account.")

    def _stance_figures(self, reading):
        return [Figure(
            'stance', self.env._("Stance known"), 'crm.account.role',
            Domain('stance', '!=', False), of=self._people(reading),
            others=self.env._("of unknown stance"),
            text=self.env._("Of %(share)s of the people in buying centres it is known where they "
                            "stand towards us."),
            none=self.env._("Of nobody in a buying centre it is known where they stand."),
            todo=self._no_people(),
        )]

    def _supporter_figures(self, reading):
        return [Figure(
            'supporters', self.env._("On our side"), 'crm.account.role',
            Domain('stance', 'in', ['1', '2']),
            of=self._people(reading) & Domain('stance', '!=', False),
            others=self.env._("neutral or against us"),
            text=self.env._("%(share)s of the people whose stance is known support us."),
            none=self.env._("Nobody whose stance is known supports us."),
            todo=self._no_people(),
        )]

    def _own_person_figures(self, reading):
        return [Figure(
            'own_person', self.env._("Looked after by one of us"), 'crm.account.role',
            Domain('user_id', '!=', False), of=self._people(reading),
            others=self.env._("looked after by nobody"),
            text=self.env._("%(share)s of the people in buying centres have one of us who knows "
                            "them."),
            none=self.env._("Nobody in a buying centre is looked after by one of us."),
            todo=self._no_people(),
        )]

    def _relation_figures(self, reading):
        return [Figure(
            'relation', self.env._("Strong relations"), 'crm.account.role',
            Domain('relation', 'in', ['4', '5']), of=self._people(reading),
            others=self.env._("weak, or of unknown strength"),
            text=self.env._("With %(share)s of the people in buying centres the relation is "
                            "strong."),
            none=self.env._("With nobody in a buying centre the relation is strong yet."),
            todo=self._no_people(),
        )]

    # ------------------------------------------------------------
    # WHAT THEY ARE ABOUT TO BUY
    # ------------------------------------------------------------

    def _projects(self, reading) -> Domain:
        return Domain('state', 'in', ['planned', 'open']) & reading.of_team('account_id.team_id')

    def _no_projects(self):
        return self.env._("No procurement project is under way. Add what key accounts are about "
                          "to buy on their page Procurement Projects.")

    def _problem_figures(self, reading):
        return [Figure(
            'problem', self.env._("Problem to solve known"), 'crm.procurement.project',
            Domain('problem', 'not in', EMPTY_HTML), of=self._projects(reading),
            others=self.env._("of unknown problem"),
            text=self.env._("Of %(share)s of the projects under way the customer's problem is "
                            "written down."),
            none=self.env._("Of no project under way the customer's problem is written down."),
            todo=self._no_projects(),
        )]

    def _project_offer_figures(self, reading):
        if not self.env['crm.lead'].has_access('read'):
            return []
        return [Figure(
            'in_project', self.env._("Projects in which we take part"), 'crm.procurement.project',
            Domain('lead_ids', 'any', [('type', '=', 'opportunity')]),
            of=self._projects(reading),
            others=self.env._("without us"),
            text=self.env._("In %(share)s of the projects under way we have an opportunity."),
            none=self.env._("In no project under way we have an opportunity. Create one from the "
                            "project."),
            todo=self._no_projects(),
        )]

    # ------------------------------------------------------------
    # WHO ELSE SELLS TO THEM
    # ------------------------------------------------------------

    def _competitor_figures(self, reading):
        if not self.env['crm.account.competitor'].has_access('read'):
            return []
        return [Figure(
            'competitors', self.env._("Competitors known"), 'crm.key.account',
            Domain('partner_id', 'any', [('account_competitor_ids', 'any', [('active', '=', True)])]),
            of=self._accounts(reading),
            others=self.env._("with nobody known"),
            text=self.env._("Of %(share)s of the key accounts it is known who else sells to them."),
            none=self.env._("Of no key account it is known who else sells to them. Write it down "
                            "on their page Competitors."),
            todo=self._no_accounts(),
        )]

    def _sample_figures(self, reading):
        if not self.env['crm.competitor.sample'].has_access('read'):
            return []
        return [Figure(
            'samples', self.env._("Ours was better"), 'crm.competitor.sample',
            Domain('verdict', '=', 'worse'),
            of=Domain('verdict', '!=', False) & reading.days('date')
            & reading.of_team('partner_id.purchase_team_ids'),
            others=self.env._("equal or better than ours"), dated=True, better='more',
            text=self.env._("In %(share)s of the samples and analyses of the period, ours was "
                            "better than the competitor's."),
            none=self.env._("In no sample or analysis of the period ours was better."),
            todo=self.env._("No competitor's sample was judged in the period. Note samples and "
                            "analyses with the competitors at an account."),
        )]
