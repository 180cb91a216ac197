from odoo import models

from ..relationship import Step


class CrmRelationshipValueChainMixin(models.AbstractModel):
    """The CRM value chain by Francis Buttle: five primary stages, four supporting conditions.

    F. Buttle, Customer Relationship Management: Concepts and Tools, Butterworth-Heinemann, 2004.
    What the stages lead to is profit with customers.
    """

    _name = 'crm.relationship.value.chain.mixin'
    _inherit = [
        'crm.relationship.accounts.mixin',
        'crm.relationship.customers.mixin',
        'crm.relationship.dealings.mixin',
        'crm.relationship.health.mixin',
        'crm.relationship.leads.mixin',
        'crm.relationship.orders.mixin',
        'crm.relationship.plans.mixin',
    ]
    _description = "Relationship Models: Value Chain"

    def _value_chain(self):
        return {
            'name': self.env._("Value Chain"),
            'summary': self.env._(
                "Five stages that build on each other lead to profit with customers; four "
                "conditions beneath support all of them."),
            'source': self.env._(
                "Francis Buttle, Customer Relationship Management: Concepts and Tools (2004)"),
            'steps': [
                Step('portfolio', self.env._("Customer portfolio analysis"),
                     self.env._("Whom do we want to serve, and how much are they worth?"),
                     self._value_chain_portfolio),
                Step('intimacy', self.env._("Customer intimacy"),
                     self.env._("How well do we know those we have chosen?"),
                     self._value_chain_intimacy),
                Step('network', self.env._("Network development"),
                     self.env._("Who around us helps to serve them, or stands in between?"),
                     self._value_chain_network),
                Step('proposition', self.env._("Value proposition development"),
                     self.env._("Do we offer what solves their problems, better than others?"),
                     self._value_chain_proposition),
                Step('lifecycle', self.env._("Managing the customer lifecycle"),
                     self.env._("Do we win customers, keep them and let them grow?"),
                     self._value_chain_lifecycle),
                Step('leadership', self.env._("Leadership and culture"),
                     self.env._("Does somebody stand for customers, and keep our word?"),
                     self._value_chain_leadership, part='support'),
                Step('data', self.env._("Data and IT"),
                     self.env._("Can what we know be relied upon?"),
                     self._value_chain_data, part='support'),
                Step('people', self.env._("People"),
                     self.env._("Do our people look after what they are responsible for?"),
                     self._value_chain_people, part='support'),
                Step('process', self.env._("Process"),
                     self.env._("Does our selling go the way that we have agreed upon?"),
                     self._value_chain_process, part='support'),
            ],
        }

    # ------------------------------------------------------------
    # PRIMARY STAGES
    # ------------------------------------------------------------

    def _value_chain_portfolio(self, reading):
        return [
            *self._tier_figures(reading),
            *self._tier_order_figures(reading),
            *self._account_tier_figures(reading),
            *self._key_account_order_figures(reading),
        ]

    def _value_chain_intimacy(self, reading):
        return [
            *self._need_figures(reading),
            *self._preference_figures(reading),
            *self._decider_figures(reading),
            *self._stance_figures(reading),
            *self._first_touch_figures(reading),
        ]

    def _value_chain_network(self, reading):
        return [
            *self._own_person_figures(reading),
            *self._supporter_figures(reading),
            *self._referral_figures(reading),
            *self._supplier_figures(reading),
            *self._competitor_figures(reading),
        ]

    def _value_chain_proposition(self, reading):
        return [
            *self._problem_figures(reading),
            *self._project_offer_figures(reading),
            *self._sample_figures(reading),
            *self._offer_figures(reading),
            *self._win_figures(reading),
            *self._reason_figures(reading),
        ]

    def _value_chain_lifecycle(self, reading):
        return [
            *self._new_lead_figures(reading),
            *self._new_customer_figures(reading),
            *self._kept_customer_figures(reading),
            *self._wallet_figures(reading),
            *self._health_figures(reading),
            *self._agreement_figures(reading),
            *self._revenue_figures(reading),
        ]

    # ------------------------------------------------------------
    # SUPPORTING CONDITIONS
    # ------------------------------------------------------------

    def _value_chain_leadership(self, reading):
        return [
            *self._account_manager_figures(reading),
            *self._plan_figures(reading),
            *self._response_figures(reading),
        ]

    def _value_chain_data(self, reading):
        return [
            *self._quality_figures(reading),
            *self._duplicate_figures(reading),
            *self._origin_figures(reading),
        ]

    def _value_chain_people(self, reading):
        return [
            *self._responsible_figures(reading),
            *self._plan_action_figures(reading),
            *self._cadence_figures(reading),
            *self._next_step_figures(reading),
            *self._relation_figures(reading),
        ]

    def _value_chain_process(self, reading):
        return [
            *self._gate_figures(reading),
            *self._pace_figures(reading),
        ]
