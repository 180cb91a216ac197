from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL

#: Fields of the customer that show a field of their score, and can be grouped by.
SCORE_FIELDS = {
    'customer_segment_id': 'segment_id',
    'customer_abc_class': 'abc_class',
    'customer_outlook': 'outlook',
}


class ResPartner(models.Model):
    _inherit = 'res.partner'

    customer_score_id = fields.Many2one(
        'customer.score', compute='_compute_customer_score',
        search='_search_customer_score_id', groups='crm_plus_analytics.group_user',
        help="The score in the current company. Contacts have the score of their company.")
    customer_segment_id = fields.Many2one(
        'customer.segment', string="Segment", compute='_compute_customer_score',
        search='_search_customer_segment_id', groups='crm_plus_analytics.group_user',
        help="Which customers they resemble, by how lately, how often and for how much they "
             "buy from the current company.")
    customer_segment_color = fields.Integer(
        string="Segment Colour", compute='_compute_customer_score',
        groups='crm_plus_analytics.group_user', export_string_translation=False)
    customer_abc_class = fields.Selection(
        [('A', "A"), ('B', "B"), ('C', "C")], string="ABC Class",
        compute='_compute_customer_score', search='_search_customer_abc_class',
        groups='crm_plus_analytics.group_user',
        help="A: the customers who together bring most of the revenue of the current company.")
    customer_outlook = fields.Selection(
        lambda self: self.env['customer.score']._fields['outlook'].selection,
        string="Outlook", compute='_compute_customer_score',
        search='_search_customer_outlook', groups='crm_plus_analytics.group_user',
        help="Whether they will go on buying from the current company.")

    customer_tier_manual = fields.Boolean(
        string="Tier Set by Hand", company_dependent=True, copy=False,
        groups='crm_plus_analytics.group_user',
        help="The rules do not change a tier that somebody has set, until it is released.")

    @api.depends('commercial_partner_id')
    @api.depends_context('company', 'uid')
    def _compute_customer_score(self):
        scores = {
            score.partner_id: score
            for score in self.env['customer.score'].search_fetch(
                Domain('partner_id', 'in', self.commercial_partner_id.ids)
                & Domain('company_id', '=', self.env.company.id),
                ['partner_id', 'segment_id', 'abc_class', 'outlook'],
            )
        }
        none = self.env['customer.score']
        for partner in self:
            score = scores.get(partner.commercial_partner_id, none)
            partner.customer_score_id = score
            partner.customer_segment_id = score.segment_id
            partner.customer_segment_color = score.segment_id.color
            partner.customer_abc_class = score.abc_class
            partner.customer_outlook = score.outlook

    # -- a tier that a person has set

    def _has_field_access(self, field, operation):
        """Who may not decide on the tier may not release it either."""
        return super()._has_field_access(field, operation) and (
            field.name != 'customer_tier_manual'
            or operation == 'read'
            or self._has_field_access(self._fields['customer_tier_id'], 'write')
        )

    @api.model_create_multi
    def create(self, vals_list):
        partners = super().create(vals_list)
        partners.browse(
            partner.id for partner, vals in zip(partners, vals_list, strict=True)
            if vals.get('customer_tier_id')
        )._on_customer_tier_set()
        return partners

    def write(self, vals):
        if self.env.context.get('merging_customers'):
            # Odoo has merged it already, in SQL, as the tiers: see base.partner.merge
            vals = {name: value for name, value in vals.items() if name != 'customer_tier_manual'}
        result = super().write(vals)
        if 'customer_tier_id' in vals:
            self._on_customer_tier_set()
        return result

    def _on_customer_tier_set(self):
        """Let the rules leave a tier alone that was not set by them."""
        context = self.env.context
        if not context.get('customer_tier_by_rule') and not context.get('merging_customers'):
            self._customers_only()._pin_customer_tier()

    def _pin_customer_tier(self):
        """Let the customers' tiers in the current company stay as they are."""
        if not self:
            return
        # sudo: a consequence of a tier that the user was allowed to set
        customers = self.sudo()
        customers.filtered(lambda customer: not customer.customer_tier_manual).write(
            {'customer_tier_manual': True})
        customers.env['customer.tier.proposal'].search([
            ('partner_id', 'in', customers.ids), ('company_id', '=', self.env.company.id),
        ]).unlink()

    def action_release_customer_tier(self):
        """Let the rules propose a tier again, from the next scoring on."""
        self.commercial_partner_id.filtered('customer_tier_manual').write(
            {'customer_tier_manual': False})

    # -- searching and grouping

    def _search_customer_score_id(self, operator, value):
        return self._search_by_score('id', operator, value)

    def _search_customer_segment_id(self, operator, value):
        return self._search_by_score('segment_id', operator, value)

    def _search_customer_abc_class(self, operator, value):
        return self._search_by_score('abc_class', operator, value)

    def _search_customer_outlook(self, operator, value):
        return self._search_by_score('outlook', operator, value)

    def _search_by_score(self, name, operator, value):
        """Find the customers, and their contacts, by a field of their score.

        No score counts as no value.
        """
        if operator in Domain.NEGATIVE_OPERATORS:
            return NotImplemented
        found = self._scored_partners(Domain(name, operator, value))
        domain = Domain('commercial_partner_id', 'in', found)
        if operator == 'in' and False in value:
            filled = self._scored_partners(Domain(name, '!=', False))
            domain |= Domain('commercial_partner_id', 'not in', filled)
        return domain

    def _scored_partners(self, domain) -> SQL:
        """Select the customers with such a score in the current company."""
        scores = self.env['customer.score']._search(
            domain & Domain('company_id', '=', self.env.company.id))
        return scores.subselect(SQL.identifier(scores.table, 'partner_id'))

    def _field_to_sql(self, alias, field_expr, query=None):
        """Take fields of the score from its table, to sort and group customers by them."""
        if field_expr not in SCORE_FIELDS or query is None:
            return super()._field_to_sql(alias, field_expr, query)
        self._check_field_access(self._fields[field_expr], 'read')
        # The score table is written by SQL, there is nothing of it to flush. A customer that
        # is in the query may be read, and so may their score in the current company.
        score_alias = query.make_alias(alias, 'customer_score')
        query.add_join(
            'LEFT JOIN', score_alias, 'customer_score',
            SQL("%s = %s AND %s = %s",
                SQL.identifier(score_alias, 'partner_id'),
                SQL.identifier(alias, 'commercial_partner_id'),
                SQL.identifier(score_alias, 'company_id'), self.env.company.id),
        )
        return SQL.identifier(score_alias, SCORE_FIELDS[field_expr])
