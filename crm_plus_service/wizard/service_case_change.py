from odoo import Command, api, fields, models
from odoo.exceptions import UserError

from .chosen_cases import chosen_cases


class ServiceCaseChange(models.TransientModel):
    """Change many cases together: what is filled in, on all of them, in one transaction."""

    _name = 'service.case.change'
    _description = 'Change Cases'

    case_ids = fields.Many2many(
        'service.case', string='Cases', required=True, default=chosen_cases)
    case_count = fields.Integer(compute='_compute_cases', string='Number of Cases')
    company_id = fields.Many2one('res.company', compute='_compute_cases')
    team_id = fields.Many2one(
        'service.team', domain="[('company_id', '=', company_id)]",
        help='Only offered when the cases are of one company.')
    assign = fields.Selection(
        [('agent', 'Give to'), ('nobody', 'Take from their agents')], string='Agent')
    user_id = fields.Many2one(
        'res.users', string='To',
        domain=lambda self: [
            ('all_group_ids', 'in', self.env.ref('crm_plus_service.group_agent').ids)])
    priority = fields.Selection(
        lambda self: self.env['service.case']._fields['priority']._description_selection(self.env))
    type_id = fields.Many2one('service.case.type')
    add_tag_ids = fields.Many2many(
        'service.case.tag', 'service_case_change_add_rel', string='Add Tags')
    remove_tag_ids = fields.Many2many(
        'service.case.tag', 'service_case_change_remove_rel', string='Remove Tags')
    close = fields.Boolean(help='Close the cases that are still open.')

    @api.depends('case_ids')
    def _compute_cases(self):
        for wizard in self:
            wizard.case_count = len(wizard.case_ids)
            companies = wizard.case_ids.company_id
            wizard.company_id = companies if len(companies) == 1 else False

    def _get_values(self):
        """Return what is to be written on the cases."""
        self.ensure_one()
        values = {
            name: self[name].id for name in ('team_id', 'type_id') if self[name]
        }
        if self.assign:
            values['user_id'] = self.assign == 'agent' and self.user_id.id
        if self.priority:
            values['priority'] = self.priority
        tags = [Command.link(tag.id) for tag in self.add_tag_ids]
        tags += [Command.unlink(tag.id) for tag in self.remove_tag_ids]
        if tags:
            values['tag_ids'] = tags
        return values

    def action_change(self):
        """Change the cases."""
        self.ensure_one()
        values = self._get_values()
        if not values and not self.close:
            raise UserError(self.env._('Fill in what is to be changed.'))
        if self.assign == 'agent' and not self.user_id:
            raise UserError(self.env._('Choose the agent to whom the cases are given.'))
        if values:
            self.case_ids._change_together(values)
        if self.close:
            for team, cases in self.case_ids.filtered(
                lambda case: not case.closed_date
            ).grouped('team_id').items():
                cases._change_together({'stage_id': team._get_closing_stage().id})
        return {'type': 'ir.actions.act_window_close'}
