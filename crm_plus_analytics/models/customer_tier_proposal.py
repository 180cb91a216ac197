from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL, format_date

from .customer_score import AMOUNT_GROUPS


class CustomerTierProposal(models.Model):
    """A customer whose tier, by the rules, should be another than it is.

    Made anew by each scoring. Confirmed by a manager, or at once where the company wants it
    so; a tier that was set by hand is left alone until it is released.
    """
    _name = 'customer.tier.proposal'
    _description = 'Customer Tier Proposal'
    _order = 'id'
    _rec_name = 'partner_id'
    _log_access = False

    score_id = fields.Many2one(
        'customer.score', required=True, readonly=True, index=True, ondelete='cascade')
    partner_id = fields.Many2one(
        'res.partner', string="Customer", required=True, readonly=True, ondelete='cascade')
    company_id = fields.Many2one(
        'res.company', required=True, readonly=True, index=True, ondelete='cascade')
    currency_id = fields.Many2one(related='company_id.currency_id')
    tier_id = fields.Many2one(
        'crm.customer.tier', string="Present Tier", readonly=True, ondelete='cascade',
        index='btree_not_null')
    tier_color = fields.Integer(related='tier_id.color', string="Colour of the Present Tier")
    proposed_tier_id = fields.Many2one(
        'crm.customer.tier', required=True, readonly=True, ondelete='cascade', index=True)
    proposed_tier_color = fields.Integer(
        related='proposed_tier_id.color', string="Colour of the Proposed Tier")
    rule_id = fields.Many2one(
        'customer.tier.rule', string="Reason", required=True, readonly=True, index=True,
        ondelete='cascade', help="The first rule whose conditions the customer fulfils.")
    segment_id = fields.Many2one(related='score_id.segment_id')
    segment_color = fields.Integer(related='score_id.segment_color', string="Segment Colour")
    abc_class = fields.Selection(related='score_id.abc_class')
    customer_value = fields.Monetary(related='score_id.customer_value', groups=AMOUNT_GROUPS)
    explanation = fields.Char(related='score_id.explanation')

    _unique_partner_company = models.Constraint(
        'UNIQUE (partner_id, company_id)', "A customer has one proposal in each company.")

    @api.model
    def _propose(self, run):
        """Replace a company's proposals by those from its new scores.

        Two statements; a company that wants it so has them assigned at once.

        :param run: a ``customer.score.run`` that has just written its scores
        """
        company = run.company_id
        self.env.cr.execute(SQL(
            "DELETE FROM customer_tier_proposal WHERE company_id = %s", company.id))
        # sudo: the rules of the run's company are the same for everybody
        rules = self.env['customer.tier.rule'].sudo()._of_company(company)
        if rules:
            self._insert_proposals(company, rules)
        self.invalidate_model()
        if company.customer_tier_automatic:
            # sudo: the company has decided that its rules assign tiers
            self.sudo().search([('company_id', '=', company.id)])._assign()

    def _insert_proposals(self, company, rules):
        # sudo: the tier that each customer has, whoever scores; proposals have rules of their own
        partners = self.env['res.partner'].sudo().with_company(company)
        partners.flush_model(['customer_tier_id', 'customer_tier_manual'])
        matches = []
        for position, rule in enumerate(rules):
            scores = rule._scores_by_conditions(company)
            self.env.flush_query(scores)
            matches.append(SQL(
                "SELECT taken.id, %s AS position, %s AS rule_id, %s AS tier_id FROM %s taken",
                position, rule.id, rule.tier_id.id, scores))
        self.env.cr.execute(SQL(
            """
            INSERT INTO customer_tier_proposal (
                        score_id, partner_id, company_id, tier_id, proposed_tier_id, rule_id)
                 SELECT score.id, score.partner_id, score.company_id, %(tier)s, first.tier_id,
                        first.rule_id
                   FROM (SELECT DISTINCT ON (id) id, rule_id, tier_id
                           FROM (%(matches)s) matching
                       ORDER BY id, position) first
                   JOIN customer_score score ON score.id = first.id
                   JOIN res_partner customer ON customer.id = score.partner_id
                  WHERE %(tier)s IS DISTINCT FROM first.tier_id
                    AND %(manual)s IS NOT TRUE
               ORDER BY score.rank
            """,
            matches=SQL(" UNION ALL ").join(matches),
            tier=partners._field_to_sql('customer', 'customer_tier_id'),
            manual=partners._field_to_sql('customer', 'customer_tier_manual'),
        ))

    def _assign(self):
        """Give the customers the tiers that are proposed, and log by which rule."""
        for (company, rule, tier), proposals in self.grouped(
            lambda proposal: (proposal.company_id, proposal.rule_id, proposal.proposed_tier_id)
        ).items():
            as_of = format_date(self.env, max(proposals.score_id.mapped('as_of')))
            proposals.partner_id.with_company(company).with_context(
                customer_tier_by_rule=True,
            )._set_customer_tier(tier, self.env._(
                "%(rule)s (by rule, scores as of %(date)s)", rule=rule.name, date=as_of))
        self.unlink()

    # -- actions

    def _check_may_decide(self):
        """Deciding on a tier takes the right to change the customer, as by hand."""
        self.check_access('unlink')
        if not self.env['res.partner'].has_access('write'):
            raise UserError(self.env._("You need the right to change contacts to set their tier."))
        self.partner_id.check_access('write')

    def action_confirm(self):
        """Give the customers the tiers that are proposed."""
        self._check_may_decide()
        count = len(self)
        self._assign()
        return self._done(self.env._("Tiers assigned: %s.", count))

    def action_keep(self):
        """Keep the present tiers, until they are released."""
        self._check_may_decide()
        count = len(self)
        for company, proposals in self.grouped('company_id').items():
            proposals.partner_id.with_company(company)._pin_customer_tier()
        return self._done(self.env._(
            "Tiers kept until they are released on the customer's page: %s.", count))

    def _done(self, message: str) -> dict:
        return {
            'type': 'ir.actions.client',
            'tag': 'display_notification',
            'params': {
                'type': 'success',
                'message': message,
                'next': {'type': 'ir.actions.client', 'tag': 'soft_reload'},
            },
        }

    def action_open_score(self):
        """Open the score from which the tier follows."""
        self.ensure_one()
        return {
            'type': 'ir.actions.act_window',
            'res_model': 'customer.score',
            'res_id': self.score_id.id,
            'views': [(False, 'form')],
        }
