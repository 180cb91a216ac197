from odoo import api, fields, models


class CrmProcurementStep(models.Model):
    """A step on the customer's way to a decision: tender, trial, approval by the board …"""

    _name = 'crm.procurement.step'
    _description = "Step of a Procurement Project"
    _order = 'project_id, sequence, id'

    project_id = fields.Many2one(
        'crm.procurement.project', required=True, index=True, ondelete='cascade',
    )
    account_id = fields.Many2one(related='project_id.account_id')
    company_id = fields.Many2one(
        related='project_id.company_id', store=True, precompute=True, index=True,
    )
    sequence = fields.Integer(default=10)
    name = fields.Char(required=True)
    state = fields.Selection(
        [('todo', "To Do"), ('doing', "Under Way"), ('done', "Done"), ('skipped', "Left Out")],
        default='todo', required=True,
    )
    date_planned = fields.Date("Planned for")
    date_done = fields.Date(
        "Done on", compute='_compute_date_done', store=True, readonly=False,
    )
    role_id = fields.Many2one(
        'crm.account.role', "In Charge at the Customer", ondelete='set null', index=True,
        domain="[('account_id', '=', account_id)]",
    )
    note = fields.Char()

    @api.depends('state')
    def _compute_date_done(self):
        """Done today, unless another day is said; not done, no day."""
        today = fields.Date.context_today(self)
        for step in self:
            step.date_done = (step.date_done or today) if step.state == 'done' else False
