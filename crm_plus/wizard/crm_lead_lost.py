from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Command


class CrmLeadLost(models.TransientModel):
    """Ask, beside the reason, who won, at which price and what decided."""

    _inherit = 'crm.lead.lost'

    is_single = fields.Boolean(compute='_compute_lead')
    currency_id = fields.Many2one('res.currency', compute='_compute_lead')
    expected_revenue = fields.Monetary(
        compute='_compute_lead', help="What the price of the competitor is compared with.")
    company_id = fields.Many2one('res.company', compute='_compute_lead')
    lost_to_id = fields.Many2one(
        'crm.competitor', "Who Won", domain="[('company_id', 'in', (False, company_id))]",
        help="The competitor who got the order. Leave empty when nobody did.",
    )
    competitor_price = fields.Monetary(
        "Their Price", help="Untaxed price at which the competitor won.")
    price_gap = fields.Monetary(compute='_compute_price_gap')
    price_gap_percent = fields.Float("Gap (%)", compute='_compute_price_gap')
    decision_factor_ids = fields.Many2many(
        'crm.decision.factor', string="What Decided",
        domain="[('company_id', 'in', (False, company_id))]",
    )
    competitor_required = fields.Boolean(related='lost_reason_id.competitor_required')
    competitor_price_required = fields.Boolean(related='lost_reason_id.competitor_price_required')
    lost_reason_required = fields.Boolean(compute='_compute_lead')

    @api.depends('lead_ids')
    def _compute_lead(self):
        for dialog in self:
            lead = dialog.lead_ids if len(dialog.lead_ids) == 1 else dialog.lead_ids.browse()
            company = dialog.lead_ids.company_id[:1] or self.env.company
            dialog.is_single = bool(lead)
            dialog.company_id = company
            dialog.currency_id = company.currency_id
            dialog.expected_revenue = lead.expected_revenue
            dialog.lost_reason_required = any(
                (of_lead.company_id or self.env.company).crm_lost_reason_required
                for of_lead in dialog.lead_ids
            )

    @api.depends('competitor_price', 'expected_revenue')
    def _compute_price_gap(self):
        for dialog in self:
            price = dialog.competitor_price
            dialog.price_gap = dialog.expected_revenue - price if price else 0
            dialog.price_gap_percent = dialog.price_gap / price if price else 0

    def action_lost_reason_apply(self):
        """Keep what was told, then mark the opportunities as lost."""
        self._check_told()
        values = {}
        if self.lost_to_id:
            values['lost_to_id'] = self.lost_to_id.id
        if self.competitor_price and self.is_single:
            values['competitor_price'] = self.competitor_price
        if self.decision_factor_ids:
            values['decision_factor_ids'] = [Command.set(self.decision_factor_ids.ids)]
        if values:
            self.lead_ids.write(values)
        return super().action_lost_reason_apply()

    def _check_told(self):
        """Say what is missing of what the company or the reason asks for."""
        if self.lost_reason_required and not self.lost_reason_id:
            raise UserError(self.env._("Choose why it was lost: your company wants to know."))
        if self.competitor_required and not self.lost_to_id:
            raise UserError(self.env._(
                "Name the competitor who won: the reason “%s” asks for it.",
                self.lost_reason_id.name))
        if self.competitor_price_required and self.is_single and not self.competitor_price:
            raise UserError(self.env._(
                "Tell the price of the competitor: the reason “%s” asks for it.",
                self.lost_reason_id.name))
