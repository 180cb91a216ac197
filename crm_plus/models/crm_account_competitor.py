from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.tools import float_compare

#: What is written down with its date whenever it changes.
DATED = {'price', 'currency_id', 'share', 'satisfaction', 'product_id'}


class CrmAccountCompetitor(models.Model):
    """What is known of a competitor at one customer."""

    _name = 'crm.account.competitor'
    _inherit = ['mail.thread']
    _description = "Competitor at an Account"
    _order = 'partner_id, share desc, id'

    partner_id = fields.Many2one(
        'res.partner', "Customer", required=True, index=True, ondelete='cascade', tracking=True)
    competitor_id = fields.Many2one(
        'crm.competitor', required=True, index=True, ondelete='cascade', tracking=True,
        domain="[('company_id', 'in', (False, company_id))]",
    )
    company_id = fields.Many2one(
        'res.company', required=True, index=True, ondelete='cascade',
        default=lambda self: self.env.company,
    )
    active = fields.Boolean(
        default=True, tracking=True, help="Archive it when the competitor has left the customer.")
    product_id = fields.Many2one(
        'crm.competitor.product', "Product in Use", index='btree_not_null', ondelete='set null',
        domain="[('competitor_id', '=', competitor_id)]", tracking=True,
        help="Which of the competitor's products the customer uses.",
    )
    uom_id = fields.Many2one(related='product_id.uom_id', string="Per")
    share = fields.Float(
        "Share (%)", aggregator='avg', tracking=True,
        help="How much of what the customer needs they buy from this competitor. All competitors "
             "of a customer together have 100 per cent at most.",
    )
    satisfaction = fields.Selection(
        [
            ('1', "Very unhappy"),
            ('2', "Unhappy"),
            ('3', "Neither nor"),
            ('4', "Happy"),
            ('5', "Very happy"),
        ],
        tracking=True, help="How satisfied the customer is with this competitor.",
    )
    price = fields.Monetary(tracking=True, help="Untaxed price of one unit that the customer pays.")
    currency_id = fields.Many2one(
        'res.currency', default=lambda self: self.env.company.currency_id, ondelete='restrict',
        required=True,
    )
    known_date = fields.Date(
        "Known on", default=fields.Date.context_today, tracking=True,
        help="Of which day price, share and satisfaction are. What they were before stays in the "
             "history.",
    )
    since = fields.Date("Supplies since", tracking=True)
    salesperson = fields.Char(
        "Their Salesperson", tracking=True,
        help="Who looks after this customer for the competitor.",
    )
    ways = fields.Text(
        "How They Sell", tracking=True,
        help="What they do at this customer: visits, terms, favours, promises.",
    )
    strengths = fields.Text(tracking=True)
    weaknesses = fields.Text(tracking=True)
    sample_ids = fields.One2many(
        'crm.competitor.sample', 'account_competitor_id', "Samples and Analyses")
    observation_ids = fields.One2many(
        'crm.competitor.observation', 'account_competitor_id', "History")

    @api.depends('competitor_id', 'partner_id')
    def _compute_display_name(self):
        for account in self:
            account.display_name = self.env._(
                "%(competitor)s at %(customer)s",
                competitor=account.competitor_id.name or '',
                customer=account.partner_id.display_name or '',
            )

    @api.onchange('price', 'share', 'satisfaction', 'product_id')
    def _onchange_values(self):
        """Who tells a new value knows it today, unless they say otherwise."""
        if self._origin:
            self.known_date = fields.Date.context_today(self)

    # ------------------------------------------------------------
    # CONSTRAINTS
    # ------------------------------------------------------------

    @api.constrains('share', 'partner_id', 'company_id', 'active')
    def _check_share(self):
        for account in self:
            if not 0 <= account.share <= 100:
                raise ValidationError(self.env._(
                    "The share of %s is between 0 and 100 per cent.", account.display_name))
        totals = self._read_group(
            [
                ('partner_id', 'in', self.partner_id.ids),
                ('company_id', 'in', self.company_id.ids),
            ],
            ['partner_id', 'company_id'], ['share:sum'])
        for partner, _company, total in totals:
            if float_compare(total, 100, precision_digits=2) > 0:
                raise ValidationError(self.env._(
                    "The competitors at %(customer)s would have %(total).0f per cent together. "
                    "They can have 100 per cent at most: lower the share of one of them.",
                    customer=partner.display_name,
                    total=total,
                ))

    @api.constrains('price')
    def _check_price(self):
        for account in self:
            if account.price < 0:
                raise ValidationError(self.env._("A competitor's price cannot be negative."))

    @api.constrains('competitor_id', 'product_id', 'company_id')
    def _check_competitor(self):
        for account in self:
            competitor, owner = account.competitor_id, account.product_id.competitor_id
            if owner and owner != competitor:
                raise ValidationError(self.env._(
                    "%(product)s is a product of %(owner)s, not of %(competitor)s.",
                    product=account.product_id.name, owner=owner.name, competitor=competitor.name,
                ))
            if competitor.company_id and competitor.company_id != account.company_id:
                raise ValidationError(self.env._(
                    "The file of %(competitor)s belongs to %(owner)s. Choose a competitor of "
                    "%(company)s, or share the file with every company.",
                    competitor=competitor.name,
                    owner=competitor.company_id.name,
                    company=account.company_id.name,
                ))

    # ------------------------------------------------------------
    # CRUD
    # ------------------------------------------------------------

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            self._to_customer(vals)
        accounts = super().create(vals_list)
        accounts._note_values()
        return accounts

    def write(self, vals):
        vals = dict(vals)
        self._to_customer(vals)
        before = {account: account._dated_values() for account in self} if DATED & set(vals) else {}
        result = super().write(vals)
        self.browse(
            account.id for account, values in before.items() if values != account._dated_values()
        )._note_values()
        return result

    def _to_customer(self, vals):
        """What is known of a contact's company is known of the company."""
        if vals.get('partner_id'):
            partner = self.env['res.partner'].browse(vals['partner_id'])
            vals['partner_id'] = partner.commercial_partner_id.id

    def _dated_values(self) -> dict:
        return {
            'product_id': self.product_id.id,
            'price': self.price,
            'currency_id': self.currency_id.id,
            'share': self.share,
            'satisfaction': self.satisfaction,
        }

    def _note_values(self):
        """Write the values into the history, those of one day once."""
        accounts = self.filtered(
            lambda account: account.price or account.share or account.satisfaction)
        if not accounts:
            return
        today = fields.Date.context_today(self)
        Observation = self.env['crm.competitor.observation']
        noted = {
            (observation.account_competitor_id, observation.date): observation
            for observation in Observation.search([
                ('account_competitor_id', 'in', accounts.ids),
                ('date', 'in', [account.known_date or today for account in accounts]),
            ])
        }
        news = []
        for account in accounts:
            date, values = account.known_date or today, account._dated_values()
            if observation := noted.get((account, date)):
                observation.write(values)
            else:
                news.append({**values, 'account_competitor_id': account.id, 'date': date})
        Observation.create(news)
