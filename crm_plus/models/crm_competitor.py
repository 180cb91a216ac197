from collections import defaultdict

from odoo import api, fields, models
from odoo.exceptions import ValidationError


class CrmCompetitor(models.Model):
    """The file of a competitor: what they sell, how, at which prices, where; with its history.

    What changes is kept in the chatter, what was seen of them in dated observations.
    """

    _name = 'crm.competitor'
    _inherit = ['mail.thread', 'mail.activity.mixin']
    _description = "Competitor"
    _order = 'name, id'

    name = fields.Char(required=True, index='trigram', tracking=True)
    active = fields.Boolean(default=True, tracking=True)
    color = fields.Integer()
    partner_id = fields.Many2one(
        'res.partner', "Contact", index='btree_not_null', ondelete='set null',
        help="The competitor among the contacts, when they are there: address, people, and what "
             "they may buy from or sell to you.",
    )
    website = fields.Char(
        compute='_compute_website', store=True, readonly=False, tracking=True)
    user_id = fields.Many2one(
        'res.users', "Watched by", tracking=True, ondelete='set null',
        domain="[('share', '=', False)]", help="Who keeps this file up to date.",
    )
    strengths = fields.Text(tracking=True)
    weaknesses = fields.Text(tracking=True)
    ways = fields.Text(
        "How They Sell", tracking=True,
        help="What their salespersons do and say, whom they visit, which terms they offer.",
    )
    company_id = fields.Many2one(
        'res.company', index=True, ondelete='cascade',
        help="Leave empty to share the file with every company.",
    )
    product_ids = fields.One2many('crm.competitor.product', 'competitor_id', "Their Products")
    observation_ids = fields.One2many('crm.competitor.observation', 'competitor_id')
    account_ids = fields.One2many('crm.account.competitor', 'competitor_id')
    account_count = fields.Integer("Accounts", compute='_compute_account_count')
    won_count = fields.Integer(
        "Won against Them", compute='_compute_results',
        help="Opportunities that you won although they competed.",
    )
    lost_count = fields.Integer(
        "Lost to Them", compute='_compute_results', help="Opportunities that they won.")
    win_rate = fields.Float(
        compute='_compute_results',
        help="Share of the opportunities won among those that either you or they won.",
    )

    @api.depends('partner_id')
    def _compute_website(self):
        for competitor in self:
            competitor.website = competitor.website or competitor.partner_id.website

    @api.depends('account_ids.active')
    @api.depends_context('uid', 'allowed_company_ids')
    def _compute_account_count(self):
        counts = dict(self.env['crm.account.competitor']._read_group(
            [('competitor_id', 'in', self.ids)], ['competitor_id'],
            ['partner_id:count_distinct']))
        for competitor in self:
            competitor.account_count = counts.get(competitor._origin, 0)

    @api.depends_context('uid', 'allowed_company_ids')
    def _compute_results(self):
        Lead = self.env['crm.lead'].with_context(active_test=False)
        won = dict(Lead._read_group(
            [('competitor_ids', 'in', self.ids), ('won_status', '=', 'won')],
            ['competitor_ids'], ['__count']))
        lost = dict(Lead._read_group(
            [('lost_to_id', 'in', self.ids), ('won_status', '=', 'lost')],
            ['lost_to_id'], ['__count']))
        for competitor in self:
            competitor.won_count = won.get(competitor._origin, 0)
            competitor.lost_count = lost.get(competitor._origin, 0)
            closed = competitor.won_count + competitor.lost_count
            competitor.win_rate = competitor.won_count / closed if closed else 0

    @api.constrains('company_id')
    def _check_not_used_elsewhere(self):
        """Let no account of another company name a competitor of one company."""
        for competitor in self.filtered('company_id'):
            # sudo: asks only whether somebody else uses the competitor
            other = self.env['crm.account.competitor'].sudo().with_context(
                active_test=False,
            ).search_count([
                ('competitor_id', '=', competitor.id),
                ('company_id', '!=', competitor.company_id.id),
            ], limit=1)
            if other:
                raise ValidationError(self.env._(
                    "%s is a competitor at accounts of other companies, so the file has to stay "
                    "shared.", competitor.name))

    # ------------------------------------------------------------
    # PAGE
    # ------------------------------------------------------------

    def get_price_history(self) -> dict:
        """Return what was seen of the competitor's prices, for a chart, in one query.

        One series per product and currency, prices as they were seen: what an exchange rate
        did is not what the competitor did.
        """
        self.ensure_one()
        observations = self.env['crm.competitor.observation'].search_fetch(
            [('competitor_id', '=', self.id), ('price', '>', 0)],
            ['date', 'price', 'currency_id', 'product_id', 'partner_id'], order='date, id')
        series = defaultdict(list)
        for observation in observations:
            series[observation.product_id, observation.currency_id].append({
                'id': observation.id,
                'date': fields.Date.to_string(observation.date),
                'price': observation.price,
                # sudo: the name alone, of an account whose price may be read
                'account': observation.partner_id.sudo().display_name or '',
            })
        return {
            'series': [
                {
                    'name': product.name or self.env._("Without product"),
                    'currency_id': currency.id,
                    'currency': currency.name,
                    'points': points,
                }
                for (product, currency), points in series.items()
            ],
        }

    # ------------------------------------------------------------
    # ACTIONS
    # ------------------------------------------------------------

    def action_view_accounts(self):
        """Open where the competitor is."""
        self.ensure_one()
        return {
            **self.env['ir.actions.act_window']._for_xml_id(
                'crm_plus.crm_account_competitor_action'),
            'domain': [('competitor_id', '=', self.id)],
            'context': {'default_competitor_id': self.id},
        }

    def action_view_won(self):
        """Open what was won against the competitor."""
        return self._action_view_leads(self.env._("Won against %s", self.name), [
            ('competitor_ids', 'in', self.ids), ('won_status', '=', 'won')])

    def action_view_lost(self):
        """Open what the competitor won."""
        return self._action_view_leads(self.env._("Lost to %s", self.name), [
            ('lost_to_id', 'in', self.ids), ('won_status', '=', 'lost')])

    def _action_view_leads(self, name, domain):
        self.ensure_one()
        return {
            'type': 'ir.actions.act_window',
            'name': name,
            'res_model': 'crm.lead',
            'views': [
                (self.env.ref('crm.crm_case_tree_view_oppor').id, 'list'), (False, 'form')],
            'domain': domain,
            'context': {'active_test': False, 'create': False},
        }

    def action_view_observations(self):
        """Open what was seen of the competitor, and when."""
        self.ensure_one()
        return {
            **self.env['ir.actions.act_window']._for_xml_id(
                'crm_plus.crm_competitor_observation_action'),
            'domain': [('competitor_id', '=', self.id)],
            'context': {'default_competitor_id': self.id},
        }
