from markupsafe import Markup

from odoo import api, fields, models
from odoo.fields import Command
from odoo.tools.mail import is_html_empty


class CrmLeadWon(models.TransientModel):
    """Ask why an opportunity was won: against whom, at which price, what decided."""

    _name = 'crm.lead.won'
    _description = "Mark as Won"

    lead_id = fields.Many2one('crm.lead', required=True, ondelete='cascade')
    currency_id = fields.Many2one(related='lead_id.company_currency')
    company_id = fields.Many2one(related='lead_id.company_id')
    competitor_ids = fields.Many2many(
        'crm.competitor', string="Won against",
        domain="[('company_id', 'in', (False, company_id))]",
    )
    competitor_price = fields.Monetary(
        "Best Competitor's Price", help="Untaxed price of the best of them, where you know it.")
    decision_factor_ids = fields.Many2many(
        'crm.decision.factor', string="What Decided",
        domain="[('company_id', 'in', (False, company_id))]",
    )
    note = fields.Html("Closing Note", sanitize=True)

    @api.model
    def default_get(self, fields):
        """Begin with what the opportunity tells already."""
        values = super().default_get(fields)
        lead = self.env['crm.lead'].browse(values.get('lead_id'))
        if lead:
            values |= {
                'competitor_ids': [Command.set(lead.competitor_ids.ids)],
                'competitor_price': lead.competitor_price,
                'decision_factor_ids': [Command.set(lead.decision_factor_ids.ids)],
            }
        return values

    def action_won(self):
        """Keep what was told, then mark the opportunity as won, unless it is already."""
        self.ensure_one()
        self.lead_id.write({
            'competitor_ids': [Command.set(self.competitor_ids.ids)],
            'competitor_price': self.competitor_price,
            'decision_factor_ids': [Command.set(self.decision_factor_ids.ids)],
        })
        if not is_html_empty(self.note):
            self.lead_id._track_set_log_message(
                Markup('<div class="mb-1"><p>%s:</p>%s</div>') % (
                    self.env._("Why it was won"), self.note))
        close = {'type': 'ir.actions.act_window_close'}
        if self.lead_id.won_status == 'won':
            return close
        result = self.lead_id.with_context(why_won_told=True).action_set_won_rainbowman()
        return close | result if isinstance(result, dict) else close
