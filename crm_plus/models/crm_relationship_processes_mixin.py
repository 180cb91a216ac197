from odoo import models

from ..relationship import Step


class CrmRelationshipProcessesMixin(models.AbstractModel):
    """The five processes by Adrian Payne and Pennie Frow, which form a loop.

    A. Payne, P. Frow, A Strategic Framework for Customer Relationship Management, Journal of
    Marketing 69 (4), 2005. Information management serves the other four; what is measured at the
    end shapes the strategy.
    """

    _name = 'crm.relationship.processes.mixin'
    _inherit = [
        'crm.relationship.accounts.mixin',
        'crm.relationship.customers.mixin',
        'crm.relationship.dealings.mixin',
        'crm.relationship.health.mixin',
        'crm.relationship.leads.mixin',
        'crm.relationship.orders.mixin',
        'crm.relationship.plans.mixin',
    ]
    _description = "Relationship Models: Five Processes"

    def _processes(self):
        return {
            'name': self.env._("Five Processes"),
            'summary': self.env._(
                "The strategy says whom to serve, value is created for both sides, over all "
                "channels, and measured; information serves all of them, and what is measured "
                "shapes the next strategy."),
            'source': self.env._(
                "Adrian Payne and Pennie Frow, A Strategic Framework for Customer Relationship "
                "Management (Journal of Marketing, 2005)"),
            'steps': [
                Step('strategy', self.env._("Strategy development"),
                     self.env._("Whom do we want as customers, and how do we treat them?"),
                     self._processes_strategy),
                Step('value', self.env._("Value creation"),
                     self.env._("What do customers get from us, and we from them?"),
                     self._processes_value),
                Step('channels', self.env._("Multichannel integration"),
                     self.env._("Do all ways to us lead to the same good experience?"),
                     self._processes_channels),
                Step('performance', self.env._("Performance assessment"),
                     self.env._("What has come of it?"), self._processes_performance),
                Step('information', self.env._("Information management"),
                     self.env._("Does everybody have what is known of the customer?"),
                     self._processes_information, part='support'),
            ],
        }

    def _processes_strategy(self, reading):
        return [
            *self._tier_figures(reading),
            *self._account_tier_figures(reading),
            *self._account_manager_figures(reading),
            *self._plan_figures(reading),
            *self._plan_action_figures(reading),
            *self._key_account_order_figures(reading),
            *self._score_figures(reading),
        ]

    def _processes_value(self, reading):
        return [
            *self._problem_figures(reading),
            *self._need_figures(reading),
            *self._offer_figures(reading),
            *self._reason_figures(reading),
            *self._wallet_figures(reading),
        ]

    def _processes_channels(self, reading):
        return [
            *self._channel_figures(reading),
            *self._touch_figures(reading),
            *self._cadence_figures(reading),
            *self._response_figures(reading),
            *self._consent_figures(reading),
        ]

    def _processes_performance(self, reading):
        return [
            *self._revenue_figures(reading),
            *self._win_figures(reading),
            *self._new_customer_figures(reading),
            *self._kept_customer_figures(reading),
            *self._health_figures(reading),
            *self._pipeline_figures(reading),
            *self._overdue_figures(reading),
        ]

    def _processes_information(self, reading):
        return [
            *self._reachable_figures(reading),
            *self._quality_figures(reading),
            *self._duplicate_figures(reading),
            *self._first_touch_figures(reading),
            *self._origin_figures(reading),
        ]
