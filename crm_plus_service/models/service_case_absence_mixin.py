from odoo import models


class ServiceCaseAbsenceMixin(models.AbstractModel):
    """What becomes of cases whose agent is absent: somebody else goes on with them.

    When the absence begins, open cases that wait for nobody are passed on
    (:meth:`service.agent._give_back`). Those that wait stay where they are, until the customer
    writes.
    """

    _name = 'service.case.absence.mixin'
    _description = 'Case: Absence of the Agent'

    def _note_customer_message(self):
        res = super()._note_customer_message()
        self._leave_absent_agents()
        return res

    def _leave_absent_agents(self):
        """Give the open cases of agents who are absent to others, where their teams want it."""
        # sudo: customers write, and neither see agents nor change cases; nothing is returned
        cases = self.sudo().filtered(
            lambda case: case.user_id and not case.closed_date and not case.waiting_for
            and case.team_id.reassign_absent
        )
        if not cases:
            return
        absent = {
            (agent.user_id, agent.company_id)
            for agent in self.env['service.agent']._get_absent(cases.user_id, cases.company_id)
        }
        cases.filtered(
            lambda case: (case.user_id, case.company_id) in absent or not case.user_id.active
        )._pass_on()

    def _pass_on(self):
        """Take the cases from their agents, and give them to others or back to the queue."""
        self.user_id = False
        self._route(reason='absent')
        # sudo: the ledger is written by what happens, not by hand
        self.env['service.assignment'].sudo().create([
            {'case_id': case.id, 'team_id': case.team_id.id, 'reason': 'queued',
             'because_absent': True}
            for case in self if case.team_id.strategy in ('manual', 'pull')
        ])
