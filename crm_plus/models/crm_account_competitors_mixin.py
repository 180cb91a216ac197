from odoo import api, fields, models


class CrmAccountCompetitorsMixin(models.AbstractModel):
    """Who else sells to a key account: what is known of them at the customer, in its company."""

    _name = 'crm.account.competitors.mixin'
    _description = "Competitors at a Key Account"

    account_competitor_ids = fields.One2many(
        'crm.account.competitor', string="Competitors", compute='_compute_account_competitor_ids',
        inverse='_inverse_account_competitor_ids', groups='sales_team.group_sale_salesman',
        help="Who else sells to this customer: which product they use, how much of the need it "
             "covers, at which price.",
    )

    @api.depends('partner_id.account_competitor_ids.company_id', 'company_id')
    def _compute_account_competitor_ids(self):
        for account in self:
            account.account_competitor_ids = account.partner_id.account_competitor_ids.filtered(
                lambda competitor, account=account: competitor.company_id == account.company_id)

    def _inverse_account_competitor_ids(self):
        """Keep the competitors that were added with the customer, where they belong."""
        Competitor = self.env['crm.account.competitor']
        for account in self:
            added = account.account_competitor_ids.filtered(lambda line: not line._origin)
            Competitor.create([
                {
                    **line._convert_to_write(line._cache),
                    'partner_id': account.partner_id.id,
                    'company_id': account.company_id.id,
                }
                for line in added
            ])

    def action_view_account_competitors(self):
        """Open the competitors at the customer, to compare them."""
        self.ensure_one()
        return self.partner_id.action_view_account_competitors()
