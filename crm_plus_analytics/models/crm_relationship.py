from odoo import models
from odoo.addons.crm_plus.relationship import Figure
from odoo.fields import Domain
from odoo.tools import SQL

VALUE = SQL("customer_score.customer_value")


class CrmRelationship(models.AbstractModel):
    """What the scores add to the relationship models: segments, expected value, who stays."""
    _inherit = 'crm.relationship'

    def _idic_differentiate(self, reading):
        return [*super()._idic_differentiate(reading), *self._segment_figures(reading)]

    def _value_chain_portfolio(self, reading):
        return [
            *super()._value_chain_portfolio(reading),
            *self._segment_figures(reading),
            *self._value_figures(reading),
        ]

    def _value_chain_lifecycle(self, reading):
        return [*super()._value_chain_lifecycle(reading), *self._outlook_figures(reading)]

    def _processes_strategy(self, reading):
        return [*super()._processes_strategy(reading), *self._segment_figures(reading)]

    def _processes_value(self, reading):
        return [*super()._processes_value(reading), *self._value_figures(reading)]

    def _processes_performance(self, reading):
        return [*super()._processes_performance(reading), *self._outlook_figures(reading)]

    # ------------------------------------------------------------
    # FIGURES, as of the last scoring
    # ------------------------------------------------------------

    def _scores(self, reading) -> Domain:
        """Return the scores of who has bought."""
        return Domain('purchases', '>', 0) & reading.of_team('partner_id.purchase_team_ids')

    def _segment_figures(self, reading):
        if not self.env['customer.score'].has_access('read'):
            return []
        segments = self.env['customer.segment'].search(
            Domain('company_id', 'in', [*self.env.companies.ids, False]))
        return [
            Figure(
                f'segment_{segment.id}', segment.name, 'customer.score',
                Domain('segment_id', '=', segment.id), of=self._scores(reading),
                group=self.env._("Customers by segment"), todo=self.env._("no scores yet"),
            )
            for segment in segments
        ]

    def _value_figures(self, reading):
        scores = self.env['customer.score']
        if not scores.has_access('read') or not scores._has_field_access(
                scores._fields['customer_value'], 'read'):
            return []
        return [Figure(
            'class_a_value', self.env._("Expected from the best customers"), 'customer.score',
            Domain('abc_class', '=', 'A'),
            of=self._scores(reading) & Domain('customer_value', '>', 0), amount=VALUE,
            text=self.env._("%(share)s of what customers are expected to be worth comes from "
                            "those of class A, who bring most of the revenue."),
            none=self.env._("Nothing is expected of customers of class A."),
            todo=self.env._("No customer has an expected value yet. Run a scoring under Customer "
                            "Value."),
        )]

    def _outlook_figures(self, reading):
        if not self.env['customer.score'].has_access('read'):
            return []
        return [Figure(
            'staying', self.env._("Expected to stay"), 'customer.score',
            Domain('outlook', 'in', ['active', 'likely']),
            of=self._scores(reading) & Domain(
                'outlook', 'in', ['active', 'likely', 'leaving', 'lost']),
            others=self.env._("probably leaving or lost"),
            text=self.env._("%(share)s of the customers with a habit of buying are probably still "
                            "customers, judged by how long they usually wait."),
            none=self.env._("No customer with a habit of buying is probably still one."),
            todo=self.env._("Nothing is known yet of who stays. Run a scoring under Customer "
                            "Value."),
        )]
