from odoo import api, fields, models
from odoo.exceptions import ValidationError


class CrmAccountFigure(models.Model):
    """What was known of a key account's yearly output and consumption on a day.

    Each day's knowledge stays, so that the growth of a customer can be told.
    """

    _name = 'crm.account.figure'
    _description = "Yearly Figures of a Key Account"
    _order = 'date desc, id desc'
    _rec_name = 'date'

    account_id = fields.Many2one(
        'crm.key.account', "Key Account", required=True, index=True, ondelete='cascade',
    )
    partner_id = fields.Many2one(related='account_id.partner_id', store=True, precompute=True)
    profile_id = fields.Many2one(related='account_id.profile_id', store=True, precompute=True)
    company_id = fields.Many2one(
        related='account_id.company_id', store=True, precompute=True, index=True,
    )
    currency_id = fields.Many2one(related='company_id.currency_id')
    date = fields.Date(
        "As of", required=True, default=fields.Date.context_today,
        help="The day for which the figures hold: the end of the year that they tell of.",
    )
    annual_output = fields.Float(
        "Yearly Output", digits='Product Unit', help="How much the customer makes in a year.",
    )
    output_uom_id = fields.Many2one('uom.uom', "Unit of Output", ondelete='restrict')
    annual_consumption = fields.Float(
        "Yearly Consumption", digits='Product Unit',
        help="How much of products like ours the customer uses in a year, whoever supplies it.",
    )
    consumption_uom_id = fields.Many2one('uom.uom', "Unit of Consumption", ondelete='restrict')
    annual_purchases = fields.Monetary(
        "Yearly Purchases",
        help="What the customer spends in a year on products like ours, whoever supplies them.",
    )
    source = fields.Char(help="Where the figures come from, e.g. annual report 2025, visit.")

    @api.constrains('annual_output', 'annual_consumption', 'annual_purchases')
    def _check_not_negative(self):
        for figure in self:
            if min(figure.annual_output, figure.annual_consumption, figure.annual_purchases) < 0:
                raise ValidationError(self.env._("Yearly figures cannot be negative."))

    @api.constrains('annual_output', 'output_uom_id', 'annual_consumption', 'consumption_uom_id')
    def _check_units(self):
        for figure in self:
            if figure.annual_output and not figure.output_uom_id:
                raise ValidationError(self.env._("Choose the unit of the yearly output."))
            if figure.annual_consumption and not figure.consumption_uom_id:
                raise ValidationError(self.env._("Choose the unit of the yearly consumption."))
