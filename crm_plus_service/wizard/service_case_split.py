from odoo import api, fields, models


class ServiceCaseSplit(models.TransientModel):
    """Choose messages of a case that become a case of their own, and say what that is about."""

    _name = 'service.case.split'
    _description = 'Split a Case'

    case_id = fields.Many2one('service.case', required=True)
    company_id = fields.Many2one(related='case_id.company_id')
    message_ids = fields.Many2many(
        'mail.message', string='Messages', required=True,
        domain="[('model', '=', 'service.case'), ('res_id', '=', case_id),"
        " ('message_type', '!=', 'notification')]",
        help='They stay in the case in which they were written; the new case gets copies.',
    )
    name = fields.Char(
        string='Subject', required=True,
        compute='_compute_name', store=True, precompute=True, readonly=False)
    team_id = fields.Many2one(
        'service.team', required=True,
        compute='_compute_team_id', store=True, precompute=True, readonly=False,
        domain="[('company_id', '=', company_id)]")
    type_id = fields.Many2one('service.case.type')

    @api.depends('message_ids')
    def _compute_name(self):
        for wizard in self:
            message = wizard.message_ids[:1]
            wizard.name = wizard.name or message.subject or message.preview or ''

    @api.depends('case_id')
    def _compute_team_id(self):
        for wizard in self:
            wizard.team_id = wizard.case_id.team_id

    def action_split(self):
        """Open the new case."""
        self.ensure_one()
        values = {'name': self.name, 'type_id': self.type_id.id}
        if self.team_id != self.case_id.team_id:
            # the agent of one team need not work for the other, which gives the case to its own
            values |= {'team_id': self.team_id.id, 'user_id': False}
        case = self.case_id._split(self.message_ids, values)
        return {
            'type': 'ir.actions.act_window',
            'res_model': 'service.case',
            'res_id': case.id,
            'views': [(False, 'form')],
        }
