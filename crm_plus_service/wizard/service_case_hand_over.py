from odoo import api, fields, models


class ServiceCaseHandOver(models.TransientModel):
    """Choose the team that is asked to take cases, and say why."""

    _name = 'service.case.hand.over'
    _description = 'Hand Over Cases'

    case_ids = fields.Many2many('service.case', required=True)
    offered_team_ids = fields.Many2many('service.team', compute='_compute_offered_team_ids')
    team_id = fields.Many2one(
        'service.team', string='To', required=True, domain="[('id', 'in', offered_team_ids)]",
        help='Until it accepts, the case stays with its team, and what that team promised goes '
        'on.')
    reason = fields.Char(required=True, help='The members of the other team read it.')

    @api.depends('case_ids')
    def _compute_offered_team_ids(self):
        teams = self.env['service.team']
        for wizard in self:
            wizard.offered_team_ids = teams.search([
                ('company_id', 'in', wizard.case_ids.company_id.ids),
                ('id', 'not in', wizard.case_ids.team_id.ids)])

    def action_hand_over(self):
        """Ask the team."""
        self.ensure_one()
        self.case_ids._hand_over(self.team_id, self.reason)
        return {'type': 'ir.actions.act_window_close'}
