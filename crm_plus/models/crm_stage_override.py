from markupsafe import Markup

from odoo import api, fields, models


class CrmStageOverride(models.Model):
    """The log of opportunities that a manager moved although criteria were not met."""

    _name = 'crm.stage.override'
    _inherit = ['crm.stage.log.mixin']
    _description = "Overridden Exit Criteria"
    _order = 'date desc, id desc'
    _rec_name = 'lead_id'

    lead_id = fields.Many2one(
        'crm.lead', "Opportunity", required=True, readonly=True, index=True, ondelete='cascade')
    # as they were then; a stored link to the lead would cost its every change a query
    company_id = fields.Many2one('res.company', readonly=True, index=True)
    team_id = fields.Many2one('crm.team', "Sales Team", readonly=True, ondelete='set null')
    salesperson_id = fields.Many2one('res.users', readonly=True, ondelete='set null')
    origin_id = fields.Many2one('crm.stage', "From", readonly=True, ondelete='set null')
    target_id = fields.Many2one('crm.stage', "To", readonly=True, ondelete='set null')
    missing = fields.Text(readonly=True, help="The criteria that were not met.")
    reason = fields.Char(required=True, readonly=True)
    user_id = fields.Many2one('res.users', "Overridden by", required=True, readonly=True)
    date = fields.Datetime(required=True, readonly=True, default=fields.Datetime.now)

    @api.model
    def _log(self, missing, origins, reasons):
        """Write down whose criteria were overridden, here and on each opportunity.

        :param dict missing: criteria that are not met, by lead
        :param dict origins: id of the stage from which each lead comes, by id
        :param dict reasons: why, by id
        """
        # sudo: the log is written by the system alone, on behalf of the manager who overrides
        self.sudo().create([
            {
                'lead_id': lead.id,
                'company_id': lead.company_id.id,
                'team_id': lead.team_id.id,
                'salesperson_id': lead.user_id.id,
                'origin_id': origins[lead.id],
                'target_id': lead.stage_id.id,
                'missing': '\n'.join(criteria.mapped('name')),
                'reason': reasons[lead.id],
                'user_id': self.env.uid,
            }
            for lead, criteria in missing.items()
        ])
        self.env['crm.lead'].browse([lead.id for lead in missing])._message_log_batch(bodies={
            lead.id: Markup('<p>%s</p><ul>%s</ul><p>%s</p>') % (
                self.env._("Moved on although this was missing:"),
                Markup().join(Markup('<li>%s</li>') % name for name in criteria.mapped('name')),
                self.env._("Reason: %s", reasons[lead.id]),
            )
            for lead, criteria in missing.items()
        })

    def action_open_lead(self):
        """Open the opportunity."""
        self.ensure_one()
        return self.lead_id.get_formview_action()
