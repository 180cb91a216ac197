from odoo import models
from odoo.addons.crm_plus.relationship import Figure
from odoo.fields import Domain

#: From how much on a rating says that the customer was satisfied: four of five.
SATISFIED = 0.8


class CrmRelationship(models.AbstractModel):
    """What service adds to the relationship models: promises kept, satisfaction, promoters."""

    _inherit = 'crm.relationship'

    def _idic_interact(self, reading):
        return [*super()._idic_interact(reading), *self._promise_figures(reading)]

    def _idic_customise(self, reading):
        return [*super()._idic_customise(reading), *self._satisfaction_figures(reading)]

    def _value_chain_network(self, reading):
        return [*super()._value_chain_network(reading), *self._promoter_figures(reading)]

    def _value_chain_lifecycle(self, reading):
        return [*super()._value_chain_lifecycle(reading), *self._satisfaction_figures(reading)]

    def _value_chain_leadership(self, reading):
        return [*super()._value_chain_leadership(reading), *self._promise_figures(reading)]

    def _processes_channels(self, reading):
        return [*super()._processes_channels(reading), *self._promise_figures(reading)]

    def _processes_performance(self, reading):
        return [
            *super()._processes_performance(reading),
            *self._satisfaction_figures(reading),
            *self._promoter_figures(reading),
        ]

    # ------------------------------------------------------------
    # FIGURES
    # ------------------------------------------------------------

    def _promise_figures(self, reading):
        if not self.env['service.promise.report'].has_access('read'):
            return []
        return [Figure(
            'promises', self.env._('Service promises kept'), 'service.promise.report',
            Domain('outcome', '=', 'kept'),
            of=Domain('outcome', 'in', ['kept', 'missed', 'overdue'])
            & reading.moments('start_date')
            & reading.of_team('commercial_partner_id.purchase_team_ids'),
            others=self.env._('missed or overdue'), dated=True, better='more',
            text=self.env._('%(share)s of what was promised on cases in the period was reached '
                            'in time.'),
            none=self.env._('Nothing that was promised on cases in the period was reached in '
                            'time.'),
            todo=self.env._('Nothing was promised on cases in the period. A team or a policy says '
                            'how soon cases are answered and solved.'),
        )]

    def _satisfaction_figures(self, reading):
        if not self.env['service.case'].has_access('read'):
            return []
        return [Figure(
            'satisfied', self.env._('Satisfied after cases'), 'customer.timeline',
            Domain('satisfaction', '>=', SATISFIED),
            of=Domain('source', '=', 'case_rating') & reading.moments('date')
            & reading.of_team('partner_id.purchase_team_ids'),
            others=self.env._('less than satisfied'), dated=True, better='more',
            text=self.env._('%(share)s of the ratings of cases in the period were four or five '
                            'of five.'),
            none=self.env._('No rating of a case in the period was four or five of five.'),
            todo=self.env._('No case was rated in the period. Have customers asked in the '
                            'settings of the team.'),
        )]

    def _promoter_figures(self, reading):
        if not self.env['service.nps.answer'].has_access('read'):
            return []
        return [Figure(
            'promoters', self.env._('Would recommend us'), 'service.nps.answer',
            Domain('category', '=', 'promoter'),
            of=reading.moments('answered_date')
            & reading.of_team('commercial_partner_id.purchase_team_ids'),
            others=self.env._('passive or detractors'), dated=True, better='more',
            text=self.env._('%(share)s of those who answered in the period gave 9 or 10 of 10.'),
            none=self.env._('Nobody who answered in the period gave 9 or 10 of 10.'),
            todo=self.env._('Nobody has answered in the period how likely they are to recommend '
                            'you. The settings can have customers asked.'),
        )]
