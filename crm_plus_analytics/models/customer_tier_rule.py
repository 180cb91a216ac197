from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.fields import Domain


class CustomerTierRule(models.Model):
    """Which tier a customer should have, by their score.

    The first rule, by order, whose conditions a customer fulfils decides. Whom no rule takes
    keeps the tier that they have.
    """
    _name = 'customer.tier.rule'
    _inherit = 'customer.condition.mixin'
    _description = 'Customer Tier Rule'
    _order = 'sequence, id'
    _decided_fields = frozenset({'customer_tier_id', 'customer_tier_manual'})

    name = fields.Char(
        required=True, translate=True,
        help="Kept in the log of tier changes as the reason, so say why.")
    sequence = fields.Integer(
        default=10, help="A customer whom several rules would take gets the tier of the first.")
    active = fields.Boolean(default=True)
    company_id = fields.Many2one(
        'res.company', index=True, ondelete='cascade',
        help="Empty: for the customers of all companies.")
    tier_id = fields.Many2one(
        'crm.customer.tier', required=True, ondelete='cascade', index=True,
        help="The tier to propose.")
    segment_ids = fields.Many2many(
        'customer.segment', string="Segments", help="In one of these segments. Empty: in any.")
    abc_class = fields.Selection(
        [('A', "A"), ('B', "B"), ('C', "C")], string="ABC Class", help="Empty: any.")
    proposal_count = fields.Integer(compute='_compute_proposal_count', string="Proposals")

    def _compute_proposal_count(self):
        counts = dict(self.env['customer.tier.proposal']._read_group(
            [('rule_id', 'in', self.ids)], ['rule_id'], ['__count']))
        for rule in self:
            rule.proposal_count = counts.get(rule._origin, 0)

    @api.constrains('domain', 'segment_ids', 'abc_class')
    def _check_conditions(self):
        for rule in self:
            rule._check_domain()

    @api.constrains('tier_id', 'company_id')
    def _check_tier_company(self):
        for rule in self:
            owner = rule.tier_id.company_id
            if owner and owner != rule.company_id:
                raise ValidationError(self.env._(
                    "The tier %(tier)s is used in %(company)s only: let the rule “%(rule)s” be "
                    "for that company, or choose another tier.",
                    tier=rule.tier_id.name, company=owner.name, rule=rule.name))

    def _conditions(self) -> Domain:
        domain = super()._conditions()
        if self.segment_ids:
            domain &= Domain('segment_id', 'in', self.segment_ids.ids)
        if self.abc_class:
            domain &= Domain('abc_class', '=', self.abc_class)
        return domain

    @api.model
    def _of_company(self, company):
        """Return the rules for the customers of a company, in order."""
        return self.search(Domain('company_id', 'in', [company.id, False])).filtered(
            'tier_id.active')

    def action_open_proposals(self):
        """Open what this rule proposes."""
        self.ensure_one()
        return {
            **self.env['ir.actions.act_window']._for_xml_id(
                'crm_plus_analytics.customer_tier_proposal_action'),
            'domain': [('rule_id', '=', self.id)],
        }
