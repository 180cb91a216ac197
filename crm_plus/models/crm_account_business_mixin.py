"""What the customer makes, uses and buys, and how much of it we sell to them."""

from odoo import api, fields, models

LATEST = (
    'annual_output', 'output_uom_id', 'annual_consumption', 'consumption_uom_id',
    'annual_purchases',
)


class CrmAccountBusinessMixin(models.AbstractModel):
    """The customer's business, for ``crm.key.account``, which inherits from this.

    Numbers that people compare are fields, with their history in ``crm.account.figure``; what
    matters in one industry only are properties, defined on its profile. What we sold is read
    from the orders: see ``crm.key.account.report``.
    """

    _name = 'crm.account.business.mixin'
    _description = "Key Account: the Customer's Business"

    # here, because the currency of the amounts below is read through it
    company_id = fields.Many2one(
        'res.company', required=True, index=True, ondelete='cascade',
        default=lambda self: self.env.company,
        help="The company that treats the customer as a key account: each company has its own.",
    )
    currency_id = fields.Many2one(related='company_id.currency_id')
    profile_id = fields.Many2one(
        'crm.account.profile', "Industry Profile", compute='_compute_profile_id', store=True,
        readonly=False, precompute=True, index='btree_not_null', ondelete='set null',
        check_company=True,
        help="Decides which facts are asked about the customer's business.",
    )
    properties = fields.Properties(
        "Industry Facts", definition='profile_id.properties_definition', copy=True,
    )
    products_made = fields.Char(
        "What They Make", help="The customer's own products or services.",
    )
    market_country_ids = fields.Many2many(
        'res.country', string="Markets", help="Where the customer sells what they make.",
    )
    market_note = fields.Char(
        "Buyers and Channels", help="To whom the customer sells, and on which ways.",
    )
    sales_price = fields.Monetary(
        "Their Price", currency_field='sales_currency_id',
        help="What the customer gets for one unit of what they make.",
    )
    sales_currency_id = fields.Many2one(
        'res.currency', "Currency of Their Price",
        default=lambda self: self.env.company.currency_id, ondelete='restrict',
    )
    product_usage = fields.Text(
        "How They Use Our Product", help="Where in their process, for what, in which amounts.",
    )
    habits = fields.Text(
        "Habits and Preferences",
        help="How the company likes to work: order sizes, packaging, deadlines, documents. What "
             "concerns a person belongs into the personal profile.",
    )
    consumed_categ_id = fields.Many2one(
        'product.category', "Product Category Counted", ondelete='set null',
        help="Only what we sell of this category counts in the shares below. Leave empty to "
             "count everything.",
    )
    figure_ids = fields.One2many('crm.account.figure', 'account_id', "Yearly Figures")
    figure_date = fields.Date(
        "Figures of", compute='_compute_latest_figures', store=True,
        help="The day for which the latest yearly figures hold.",
    )
    annual_output = fields.Float(
        "Yearly Output", compute='_compute_latest_figures', store=True, digits='Product Unit',
        help="How much the customer makes in a year. Group by unit before comparing sums.",
    )
    output_uom_id = fields.Many2one(
        'uom.uom', "Unit of Output", compute='_compute_latest_figures', store=True,
    )
    annual_consumption = fields.Float(
        "Yearly Consumption", compute='_compute_latest_figures', store=True,
        digits='Product Unit',
        help="How much of products like ours the customer uses in a year, whoever supplies it. "
             "Group by unit before comparing sums.",
    )
    consumption_uom_id = fields.Many2one(
        'uom.uom', "Unit of Consumption", compute='_compute_latest_figures', store=True,
    )
    annual_purchases = fields.Monetary(
        "Yearly Purchases", compute='_compute_latest_figures', store=True,
        help="What the customer spends in a year on products like ours, whoever supplies them, "
             "in the company's currency.",
    )
    sold_amount = fields.Monetary(
        "Sold in 12 Months", compute='_compute_shares',
        help="Confirmed orders of the last 12 months without taxes, as far as you may see them, "
             "in the company's currency.",
    )
    sold_quantity = fields.Float(
        "Quantity Sold in 12 Months", compute='_compute_shares', digits='Product Unit',
        help="Ordered in the last 12 months, in the unit of the customer's consumption. What is "
             "sold in units that cannot be converted is left out.",
    )
    share_of_wallet = fields.Float(
        "Share of Wallet", compute='_compute_shares', aggregator=None,
        help="What we sold in 12 months as a part of what the customer spends in a year.",
    )
    share_of_consumption = fields.Float(
        "Share of Consumption", compute='_compute_shares', aggregator=None,
        help="The quantity we sold in 12 months as a part of what the customer uses in a year.",
    )

    @api.depends('partner_id', 'company_id')
    def _compute_profile_id(self):
        """The profile of the customer's industry, where none has been chosen."""
        industries = self.partner_id.industry_id
        profiles = self.env['crm.account.profile']
        if industries:
            profiles = profiles.search([('industry_ids', 'in', industries.ids)])
        for account in self:
            account.profile_id = account.profile_id or next((
                profile for profile in profiles
                if account.partner_id.industry_id in profile.industry_ids
                and profile.company_id in (profile.company_id.browse(), account.company_id)
            ), False)

    @api.depends('figure_ids.date', *(f'figure_ids.{name}' for name in LATEST))
    def _compute_latest_figures(self):
        """The latest of each figure: one that is not known anew keeps its older value."""
        for account in self:
            known = account.figure_ids.sorted(lambda figure: (
                figure.date or fields.Date.context_today(figure), figure._origin.id or 0,
            ), reverse=True)
            account.figure_date = known[:1].date
            output = known.filtered('annual_output')[:1]
            account.annual_output = output.annual_output
            account.output_uom_id = output.output_uom_id
            consumption = known.filtered('annual_consumption')[:1]
            account.annual_consumption = consumption.annual_consumption
            account.consumption_uom_id = consumption.consumption_uom_id
            account.annual_purchases = known.filtered('annual_purchases')[:1].annual_purchases

    def _recompute_latest_figures(self):
        """Read the figures anew after something went past the ORM."""
        self.invalidate_recordset(['figure_ids'])
        for name in ('figure_date', *LATEST):
            self.env.add_to_compute(self._fields[name], self)

    @api.depends(
        'partner_id', 'consumed_categ_id', 'annual_consumption', 'consumption_uom_id',
        'annual_purchases',
    )
    @api.depends_context('uid', 'tz', 'allowed_company_ids')
    def _compute_shares(self):
        names = ('sold_amount', 'sold_quantity', 'share_of_wallet', 'share_of_consumption')
        # grouped, because what is read of the report's rows would stay in memory for others
        report = self.env['crm.key.account.report'].with_context(active_test=False)
        sums = {
            account.id: values for account, *values in report._read_group(
                [('account_id', 'in', self._origin.ids)], ['account_id'],
                ['sold_amount:sum', 'sold_quantity:sum', 'share_of_wallet:avg',
                 'share_of_consumption:avg'],
            )
        }
        for account in self:
            values = sums.get(account._origin.id, (0,) * len(names))
            for name, value in zip(names, values, strict=True):
                account[name] = float(value or 0)
