from odoo import models

from ..relationship import Step


class CrmRelationshipIdicMixin(models.AbstractModel):
    """IDIC, by Don Peppers and Martha Rogers: identify, differentiate, interact, customise.

    D. Peppers, M. Rogers, Managing Customer Relationships: A Strategic Framework, Wiley, 2004.
    The first two steps are insight that a customer does not see, the others are what they live
    through.
    """

    _name = 'crm.relationship.idic.mixin'
    _inherit = [
        'crm.relationship.accounts.mixin',
        'crm.relationship.customers.mixin',
        'crm.relationship.dealings.mixin',
        'crm.relationship.health.mixin',
        'crm.relationship.leads.mixin',
        'crm.relationship.orders.mixin',
        'crm.relationship.plans.mixin',
    ]
    _description = "Relationship Models: IDIC"

    def _idic(self):
        return {
            'name': self.env._("IDIC"),
            'summary': self.env._(
                "Know each customer, know how customers differ, talk with them, and treat them "
                "accordingly: the first two steps happen out of the customer's sight, the other "
                "two are what the customer notices."),
            'source': self.env._(
                "Don Peppers and Martha Rogers, Managing Customer Relationships (2004)"),
            'steps': [
                Step('identify', self.env._("Identify"),
                     self.env._("Do we know who our customers are?"), self._idic_identify),
                Step('differentiate', self.env._("Differentiate"),
                     self.env._("Do we know who is worth what to us, and who needs what?"),
                     self._idic_differentiate),
                Step('interact', self.env._("Interact"),
                     self.env._("Do we talk with them when and where it matters?"),
                     self._idic_interact),
                Step('customise', self.env._("Customise"),
                     self.env._("Do we treat them as what we know tells us to?"),
                     self._idic_customise),
            ],
        }

    def _idic_identify(self, reading):
        return [
            *self._reachable_figures(reading),
            *self._quality_figures(reading),
            *self._duplicate_figures(reading),
            *self._first_touch_figures(reading),
            *self._origin_figures(reading),
            *self._consent_figures(reading),
        ]

    def _idic_differentiate(self, reading):
        return [
            *self._tier_figures(reading),
            *self._tier_order_figures(reading),
            *self._account_tier_figures(reading),
            *self._key_account_order_figures(reading),
            *self._need_figures(reading),
            *self._score_figures(reading),
        ]

    def _idic_interact(self, reading):
        return [
            *self._channel_figures(reading),
            *self._cadence_figures(reading),
            *self._response_figures(reading),
            *self._next_step_figures(reading),
            *self._own_person_figures(reading),
        ]

    def _idic_customise(self, reading):
        return [
            *self._preference_figures(reading),
            *self._plan_figures(reading),
            *self._agreement_figures(reading),
            *self._decider_figures(reading),
            *self._problem_figures(reading),
            *self._project_offer_figures(reading),
            *self._offer_figures(reading),
            *self._win_figures(reading),
        ]
