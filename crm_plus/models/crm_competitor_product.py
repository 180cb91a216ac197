from odoo import fields, models


class CrmCompetitorProduct(models.Model):
    """What a competitor sells, beside what we would sell in its place."""

    _name = 'crm.competitor.product'
    _description = "Competitor's Product"
    _order = 'competitor_id, sequence, name, id'

    name = fields.Char(required=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    competitor_id = fields.Many2one(
        'crm.competitor', required=True, index=True, ondelete='cascade')
    company_id = fields.Many2one(
        related='competitor_id.company_id', store=True, index=True)
    product_tmpl_id = fields.Many2one(
        'product.template', "Our Product", index='btree_not_null', ondelete='set null',
        domain="[('sale_ok', '=', True)]", help="What we offer in its place.",
    )
    uom_id = fields.Many2one(
        'uom.uom', "Priced per", ondelete='set null',
        help="The unit for which prices of this product are written down.",
    )
    comparison = fields.Text(
        help="What it does better than ours, what worse, and what to answer.")
