from odoo import api, fields, models
from odoo.exceptions import ValidationError


class CrmCompetitorObservation(models.Model):
    """What was seen of a competitor on a day: a price, a share, how satisfied a customer is.

    Written by hand into the competitor's file, and by itself whenever such a value changes at
    an account: so the values of then can be told when they have long been others.
    """

    _name = 'crm.competitor.observation'
    _description = "Observation of a Competitor"
    _order = 'date desc, id desc'
    _rec_name = 'note'

    date = fields.Date(required=True, index=True, default=fields.Date.context_today)
    competitor_id = fields.Many2one(
        'crm.competitor', compute='_compute_from_account', store=True, readonly=False,
        precompute=True, required=True, index=True, ondelete='cascade',
    )
    account_competitor_id = fields.Many2one(
        'crm.account.competitor', "At Account", index='btree_not_null', ondelete='cascade')
    partner_id = fields.Many2one(
        'res.partner', "Customer", compute='_compute_from_account', store=True, readonly=False,
        precompute=True, index='btree_not_null', ondelete='cascade',
        help="Empty when it holds for all customers, as a price list does.",
    )
    company_id = fields.Many2one(
        'res.company', compute='_compute_from_account', store=True, precompute=True, index=True,
        ondelete='cascade',
    )
    product_id = fields.Many2one(
        'crm.competitor.product', index='btree_not_null', ondelete='set null',
        domain="[('competitor_id', '=', competitor_id)]",
    )
    uom_id = fields.Many2one(related='product_id.uom_id', string="Per")
    price = fields.Monetary(help="Untaxed price of one unit.")
    currency_id = fields.Many2one(
        'res.currency', default=lambda self: self.env.company.currency_id, ondelete='restrict')
    share = fields.Float(
        "Share (%)", aggregator='avg',
        help="How much of what the customer needs they buy from the competitor.",
    )
    satisfaction = fields.Selection(
        lambda self: self.env['crm.account.competitor']._fields['satisfaction'].selection)
    note = fields.Char(help="Where it is known from, and what else was seen.")
    user_id = fields.Many2one(
        'res.users', "Seen by", default=lambda self: self.env.user, ondelete='set null')

    @api.depends('account_competitor_id')
    def _compute_from_account(self):
        for observation in self:
            account = observation.account_competitor_id
            if account:
                observation.competitor_id = account.competitor_id
                observation.partner_id = account.partner_id
            else:
                observation.competitor_id = observation.competitor_id
                observation.partner_id = observation.partner_id
            observation.company_id = account.company_id or observation.competitor_id.company_id

    @api.constrains('price', 'share')
    def _check_values(self):
        for observation in self:
            if observation.price < 0:
                raise ValidationError(self.env._("A competitor's price cannot be negative."))
            if not 0 <= observation.share <= 100:
                raise ValidationError(self.env._(
                    "The share of a competitor is between 0 and 100 per cent."))

    @api.constrains('product_id', 'competitor_id')
    def _check_product(self):
        for observation in self:
            owner = observation.product_id.competitor_id
            if owner and owner != observation.competitor_id:
                raise ValidationError(self.env._(
                    "%(product)s is a product of %(owner)s, not of %(competitor)s.",
                    product=observation.product_id.name,
                    owner=owner.name,
                    competitor=observation.competitor_id.name,
                ))
