from odoo import api, fields, models
from odoo.exceptions import UserError


class CrmLeadHandOut(models.TransientModel):
    """Give many leads to a salesperson, a team or both at once."""

    _name = 'crm.lead.hand.out'
    _description = "Assign Leads"

    lead_ids = fields.Many2many('crm.lead', string="Leads", required=True)
    company_ids = fields.Many2many(
        'res.company', compute='_compute_company_ids', export_string_translation=False)
    user_id = fields.Many2one(
        'res.users', "Salesperson",
        domain="[('share', '=', False), ('company_ids', 'in', company_ids)]",
        help="Leave empty to change the team alone.",
    )
    team_id = fields.Many2one(
        'crm.team', "Sales Team", domain="[('company_id', 'in', [False] + company_ids)]",
        help="Leave empty to let the leads go to the salesperson's own team.",
    )

    @api.depends('lead_ids')
    def _compute_company_ids(self):
        for dialog in self:
            dialog.company_ids = dialog.lead_ids.company_id or self.env.companies

    def action_hand_out(self):
        """Assign the leads; open nothing."""
        self.ensure_one()
        vals = {
            name: self[name].id for name in ('user_id', 'team_id') if self[name]
        }
        if not vals:
            raise UserError(self.env._("Choose a salesperson or a team."))
        self.lead_ids.write(vals)
        return {'type': 'ir.actions.act_window_close'}
