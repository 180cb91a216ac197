from odoo import fields, models
from odoo.fields import Domain

from ..relationship import Figure
from .crm_relationship_orders_mixin import ORDERED

#: Who has bought: companies and private persons, not the contacts below them.
CUSTOMERS = Domain('first_purchase_date', '!=', False) & (
    Domain('parent_id', '=', False) | Domain('is_company', '=', True))
FIRST_TOUCH_KNOWN = Domain.OR(
    Domain(field, '!=', False) for field in (
        'first_source_id', 'first_medium_id', 'first_campaign_id', 'first_referrer'))


class CrmRelationshipCustomersMixin(models.AbstractModel):
    """Figures about customers: who they are, what they are worth to us, whether they stay."""

    _name = 'crm.relationship.customers.mixin'
    _description = "Relationship Models: Customers"

    def _customers(self, reading) -> Domain:
        """Return who has bought, from the team, as far as the reader may see it."""
        return CUSTOMERS & reading.of_team('purchase_team_ids')

    def _no_customers(self):
        return self.env._(
            "Nobody has bought yet, as far as you may see. Whoever has a confirmed order or a "
            "posted invoice is counted here.")

    # ------------------------------------------------------------
    # WHO THEY ARE
    # ------------------------------------------------------------

    def _reachable_figures(self, reading):
        customers = self._customers(reading)
        return [
            Figure(
                'email', self.env._("Reachable by e-mail"), 'res.partner',
                Domain('email_normalized', '!=', False)
                | Domain('child_ids.email_normalized', '!=', False),
                of=customers, others=self.env._("without a valid address"),
                text=self.env._(
                    "%(share)s of the customers, or one of their contacts, have a valid e-mail "
                    "address."),
                none=self.env._("No customer has a valid e-mail address, nor has a contact of "
                                "theirs."),
                todo=self._no_customers(),
            ),
            Figure(
                'phone', self.env._("Reachable by phone"), 'res.partner',
                Domain('phone_sanitized', '!=', False)
                | Domain('child_ids.phone_sanitized', '!=', False),
                of=customers, others=self.env._("without a valid number"),
                text=self.env._(
                    "%(share)s of the customers, or one of their contacts, have a phone number "
                    "that is valid in their country."),
                none=self.env._("No customer has a valid phone number, nor has a contact of "
                                "theirs."),
                todo=self._no_customers(),
            ),
            Figure(
                'vat', self.env._("VAT number known"), 'res.partner',
                Domain('vat', 'not in', [False, '', '/']),
                of=customers & Domain('is_company', '=', True),
                others=self.env._("without a VAT number"),
                text=self.env._("The VAT number is known of %(share)s of the companies that buy."),
                none=self.env._("No company that buys has its VAT number here."),
                todo=self.env._("No company has bought yet, as far as you may see."),
            ),
        ]

    def _quality_figures(self, reading):
        customers = self._customers(reading)
        return [
            Figure(
                'complete', self.env._("Complete and valid"), 'res.partner',
                ~Domain('is_incomplete', '=', True),
                of=customers, others=self.env._("incomplete"),
                text=self.env._("What is known of %(share)s of the customers is as complete and "
                                "valid as your company asks for."),
                none=self.env._("No customer is as complete as your company asks for."),
                todo=self._no_customers(),
            ),
            Figure(
                'contradictory', self.env._("Contradictory"), 'res.partner',
                customers & Domain('is_contradictory', '=', True), better='fewer',
                text=self.env._("Customers of whom something is written down that does not go "
                                "together, such as a number of another country."),
                none=self.env._("Nothing contradicts itself in what is written down of customers."),
            ),
        ]

    def _duplicate_figures(self, reading):
        if not self.env['crm.duplicate'].has_access('read'):
            return []
        return [Figure(
            'duplicates', self.env._("Possible duplicates"), 'crm.duplicate',
            Domain('state', '=', 'open') & reading.of_team(
                'lead_id.team_id', 'partner_id.purchase_team_ids'),
            better='fewer',
            text=self.env._("Pairs of leads and contacts that may be the same, waiting for "
                            "somebody to merge them or say that they differ."),
            none=self.env._("No two leads or contacts are waiting to be compared."),
        )]

    def _first_touch_figures(self, reading):
        return [Figure(
            'first_touch', self.env._("First touch known"), 'res.partner',
            FIRST_TOUCH_KNOWN | Domain('child_ids', 'any', FIRST_TOUCH_KNOWN),
            of=self._customers(reading), others=self.env._("of unknown origin"),
            text=self.env._("Of %(share)s of the customers it is known what brought them here "
                            "first."),
            none=self.env._("Of no customer it is known what brought them here first. Give new "
                            "leads a source: it stays with the customer."),
            todo=self._no_customers(),
        )]

    def _consent_figures(self, reading):
        return [Figure(
            'consent', self.env._("Consent recorded"), 'res.partner',
            Domain('consented_purpose_ids', '!=', False),
            of=Domain('is_company', '=', False) & Domain('type', '=', 'contact') & Domain(
                'commercial_partner_id', 'any', self._customers(reading)),
            others=self.env._("without a consent"),
            text=self.env._("%(share)s of the people at customers have agreed to be approached "
                            "for at least one purpose."),
            none=self.env._("Nobody at customers has a recorded consent. Record it on the person, "
                            "or let the web form ask for it."),
            todo=self.env._("Add the people of your customers as contacts below the company."),
        )]

    # ------------------------------------------------------------
    # WHAT THEY ARE WORTH TO US
    # ------------------------------------------------------------

    def _tier_figures(self, reading):
        """How many customers there are of each tier, as the current company treats them."""
        customers = self._customers(reading)
        return [
            Figure(
                'with_tier', self.env._("Customers with a tier"), 'res.partner',
                Domain('customer_tier_id', '!=', False),
                of=customers, others=self.env._("without a tier"),
                text=self.env._("For %(share)s of the customers it is decided how to treat them."),
                none=self.env._("No customer has a tier. Choose customers in their list and "
                                "assign one."),
                todo=self._no_customers(),
            ),
            *(
                Figure(
                    f'tier_{tier.id}', tier.name, 'res.partner',
                    Domain('customer_tier_id', '=', tier.id), of=customers,
                    group=self.env._("Customers by tier"), todo=self.env._("no customers yet"),
                )
                for tier in self._tiers()
            ),
        ]

    def _tier_order_figures(self, reading):
        """What each tier ordered in the period."""
        if not self.env['sale.order'].has_access('read'):
            return []
        return [
            Figure(
                f'tier_orders_{tier.id}', tier.name, 'sale.order',
                Domain('partner_id.customer_tier_id', '=', tier.id), of=self._orders(reading),
                amount=ORDERED, group=self.env._("Orders by tier"), dated=True,
                todo=self.env._("no orders yet"),
            )
            for tier in self._tiers()
        ]

    def _tiers(self):
        return self.env['crm.customer.tier'].search(Domain.TRUE)

    # ------------------------------------------------------------
    # WHETHER THEY STAY
    # ------------------------------------------------------------

    def _new_customer_figures(self, reading):
        return [Figure(
            'new_customers', self.env._("New customers"), 'res.partner',
            self._customers(reading) & reading.days('first_purchase_date'),
            dated=True, better='more',
            text=self.env._("Customers whose first order or invoice is of the period."),
            none=self.env._("Nobody bought for the first time in the period."),
        )]

    def _kept_customer_figures(self, reading):
        first = fields.Date.to_string(reading.first)
        customers = self._customers(reading)
        return [
            Figure(
                'kept_customers', self.env._("Customers kept"), 'res.partner',
                Domain('last_purchase_date', '>=', first),
                of=customers & Domain('first_purchase_date', '<', first) & Domain(
                    'last_purchase_date', '>=', fields.Date.to_string(reading.earlier.first)),
                others=self.env._("did not buy again"),
                text=self.env._("Of the customers from before who were buying in this period or "
                                "in the one before it, %(share)s bought in this one."),
                none=self.env._("None of the customers of the period before has bought again."),
                todo=self.env._("Nobody bought before the period. Choose a shorter one."),
            ),
            Figure(
                'silent_customers', self.env._("Silent customers"), 'res.partner',
                Domain('last_purchase_date', '<', first), of=customers, better='fewer',
                text=self.env._("%(share)s of all customers have bought nothing in the period."),
                none=self.env._("Every customer has bought something in the period."),
                todo=self._no_customers(),
            ),
        ] if reading.earlier else []

    def _supplier_figures(self, reading):
        return [Figure(
            'suppliers', self.env._("Customers who also supply us"), 'res.partner',
            Domain('supplier_rank', '>', 0), of=self._customers(reading),
            text=self.env._("From %(share)s of the customers you also buy."),
            none=self.env._("You buy from no customer."),
            todo=self._no_customers(),
        )]
