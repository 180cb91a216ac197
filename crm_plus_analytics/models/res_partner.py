from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL
from odoo.tools.misc import formatLang

#: Fields of the customer that show a field of their score, and can be grouped by.
SCORE_FIELDS = {
    'customer_segment_id': 'segment_id',
    'customer_abc_class': 'abc_class',
    'customer_outlook': 'outlook',
}
#: Days for which what a scoring expects may be called "next".
SCORED_LATELY = 31
TONES = {'active': 'success', 'likely': False, 'leaving': 'warning', 'lost': 'danger'}


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

    # -- the Customer 360 page

    def _customer_360_scores(self):
        """The customer's scores in the ticked companies, the current one's first."""
        self.ensure_one()
        Score = self.env['customer.score']
        if not Score.has_access('read'):
            return Score
        scores = Score.search(
            Domain('partner_id', '=', self.id) & Domain('company_id', 'in', self.env.companies.ids))
        return scores.sorted(lambda score: (score.company_id != self.env.company, score.rank))

    def _customer_360_figures(self):
        figures = super()._customer_360_figures()
        scores = self._customer_360_scores()
        if not scores:
            return figures
        return [
            *figures,
            self._customer_360_segment_figure(scores),
            *self._customer_360_composite_figures(scores),
            *self._customer_360_expectation_figures(scores),
            *self._customer_360_next_purchase_figures(scores[0]),
            self._customer_360_abc_figure(scores),
            *self._customer_360_service_figures(scores[0]),
        ]

    def _customer_360_highlights(self):
        highlights = super()._customer_360_highlights()
        score = self._customer_360_scores()[:1]
        if not score:
            return highlights
        return [*highlights, {
            'key': 'customer_score',
            'text': score.explanation,
            'tone': TONES.get(score.outlook, False),
            'action': self._customer_360_score_action(score),
        }]

    def _customer_360_score_action(self, scores) -> dict:
        """Open the scores behind a figure: one as a form, several companies' as a list."""
        if len(scores) > 1:
            return self._customer_360_list_action(
                self.env._("Customer scores"), 'customer.score', [('id', 'in', scores.ids)])
        return {
            'type': 'ir.actions.act_window',
            'name': self.env._("Customer score"),
            'res_model': 'customer.score',
            'res_id': scores.id,
            'views': [(False, 'form')],
        }

    def _customer_360_score_hint(self, score) -> str:
        """What the reader must know of a score that is of one company only."""
        return score.company_id.name if len(self.env.companies) > 1 else ''

    def _customer_360_segment_figure(self, scores):
        score = scores[0]
        segment = score.segment_id
        return self._customer_360_figure(
            'customer_segment', 'value', self.env._("Segment"), segment.name,
            segment.name or self.env._("None"),
            hint=self._customer_360_score_hint(score) or self.env._(
                "RFM %s", score.rfm_code),
            tone=not segment and 'muted',
            action=self._customer_360_score_action(score),
            help=segment.description or self.env._(
                "Customers who behave alike, by how lately, how often and for how much they buy."),
        )

    def _customer_360_composite_figures(self, scores):
        """The score from 0 to 100; none where nothing is known to make it of."""
        score = scores[0]
        if not score.components:
            return []
        stages = dict(score._fields['lifecycle']._description_selection(self.env))
        return [self._customer_360_figure(
            'customer_score', 'value', self.env._("Score"), score.composite_score,
            str(score.composite_score),
            hint=self._customer_360_score_hint(score) or stages.get(score.lifecycle, ''),
            action=self._customer_360_score_action(score),
            help=self.env._(
                "From 0 to 100, out of value, growth, loyalty, payment, service and potential. "
                "It opens with its history and what it is made of."),
        )]

    def _customer_360_next_purchase_figures(self, score):
        """When they should buy next; none of who is lost, or whose scoring is long ago."""
        date, today = score.next_purchase_date, fields.Date.context_today(self)
        if not date or (today - score.as_of).days > SCORED_LATELY:
            return []
        is_late = date < today
        return [self._customer_360_figure(
            'next_purchase', 'value', self.env._("Next purchase"), fields.Date.to_string(date),
            self._customer_360_date(date),
            hint=self._customer_360_score_hint(score) or (is_late and self.env._("late") or ''),
            tone=is_late and 'warning',
            action=self._customer_360_score_action(score),
            help=self.env._(
                "The last purchase and the customer's usual days between purchases; for who "
                "bought once, those of most customers."),
        )]

    def _customer_360_abc_figure(self, scores):
        score = scores[0]
        return self._customer_360_figure(
            'customer_abc', 'value', self.env._("ABC class"), score.abc_class, score.abc_class,
            hint=self._customer_360_score_hint(score),
            tone=score.abc_class == 'C' and 'muted',
            action=self._customer_360_score_action(score),
            help=self.env._(
                "A: the customers who together bring most of the revenue. C: those who bring "
                "least."),
        )

    def _customer_360_service_figures(self, score):
        """What serving the customer cost, as far as that is known.

        How satisfied they are is told live by who asks them; the score says what it counts for.
        """
        readable = score._has_field_access(score._fields['cost_to_serve'], 'read')
        if not readable or not score.cost_to_serve:
            return []
        return [self._customer_360_figure(
            'cost_to_serve', 'service', self.env._("Cost to serve"), score.cost_to_serve,
            formatLang(self.env, score.cost_to_serve, currency_obj=score.currency_id),
            hint=self._customer_360_score_hint(score),
            action=self._customer_360_score_action(score),
            help=self.env._(
                "What dealing with the customer cost, up to the date of the scoring. Cases of "
                "which the cost is not known count as the settings say."),
        )]

    def _customer_360_expectation_figures(self, scores):
        """The figures that come from the models; none where they could not be estimated."""
        valued = scores.filtered('is_valued')
        if not valued:
            return []
        months = self._customer_360_horizon(valued)
        purchases = sum(valued.mapped('expected_purchases'))
        figures = [
            self._customer_360_chance_figure(valued[0]),
            self._customer_360_figure(
                'expected_purchases', 'value', self.env._("Expected purchases"), purchases,
                formatLang(self.env, purchases, digits=1), hint=months,
                action=self._customer_360_score_action(valued),
                help=self.env._("Purchases to expect if everything goes on as it did."),
            ),
        ]
        if valued._has_field_access(valued._fields['customer_value'], 'read'):
            value = self._customer_360_sum(
                [{'company_id': score.company_id.id, 'value': score.customer_value}
                 for score in valued], 'value')
            figures.insert(0, self._customer_360_figure(
                'customer_value', 'value', self.env._("Expected value"), value,
                self._customer_360_amount(value), hint=months,
                action=self._customer_360_score_action(valued),
                help=self.env._(
                    "What the expected purchases are worth today, without taxes: later money "
                    "counts less."),
            ))
        return figures

    def _customer_360_horizon(self, scores) -> str:
        """The time that an expectation is about, in words."""
        months, as_of = max(scores.run_id.mapped('horizon_months')), min(scores.mapped('as_of'))
        if (fields.Date.context_today(self) - as_of).days <= SCORED_LATELY:
            return self.env._("in the next %s months", months)
        return self.env._(
            "in %(months)s months from %(date)s", months=months, date=self._customer_360_date(as_of))

    def _customer_360_chance_figure(self, score):
        known = score.outlook in TONES
        outlook = dict(score._fields['outlook']._description_selection(self.env))[score.outlook]
        return self._customer_360_figure(
            'customer_chance', 'value', self.env._("Chance still a customer"),
            score.p_alive if known else None,
            f"{score.p_alive:.0%}" if known else outlook,
            hint=self._customer_360_score_hint(score) or (outlook if known else ''),
            tone=TONES.get(score.outlook, 'muted'),
            action=self._customer_360_score_action(score),
            help=self.env._(
                "How likely it is that the customer has not stopped buying, judged by how long "
                "they usually wait between purchases. Who bought once has no habit yet."),
        )
