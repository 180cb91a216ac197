from typing import NamedTuple

from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.tools import SQL


class Rule(NamedTuple):
    """A policy as plain values: which cases it fits, and what it promises on them."""

    team_ids: list[int]
    type_ids: list[int]
    tag_ids: list[int]
    tier_ids: list[int]
    class_ids: list[int]
    contract_ids: list[int]
    category_ids: list[int]
    lowest: str
    highest: str
    promises: list[dict]  #: the values of targets

    def fits(self, case):
        """Tell whether something is promised on the case; an empty criterion fits every one."""
        category = case.product_id.categ_id
        return (
            self.lowest <= case.priority <= self.highest
            and (not self.team_ids or case.team_id.id in self.team_ids)
            and (not self.type_ids or case.type_id.id in self.type_ids)
            and (not self.tag_ids or not set(self.tag_ids).isdisjoint(case.tag_ids._origin.ids))
            and (not self.tier_ids or case._get_customer_tier().id in self.tier_ids)
            and (not self.class_ids or case._get_response_class().id in self.class_ids)
            and (
                not self.contract_ids
                or case.contract_line_id.product_id.product_tmpl_id.id in self.contract_ids
            )
            and (
                not self.category_ids
                # or a category above it
                or any(
                    int(id_) in self.category_ids
                    for id_ in (category.parent_path or '').split('/')[:-1]
                )
            )
        )


class ServicePolicy(models.Model):
    """What is promised to whom: on which cases, and which targets they get.

    A case gets the targets of every policy that fits it. An empty criterion fits every case; of
    several values in one criterion, one must fit. Changing a policy plans the open cases anew.
    """

    _name = 'service.policy'
    _inherit = ['service.replanned.mixin']
    _description = 'Service Policy'
    _order = 'sequence, name, id'
    _check_company_auto = True

    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    company_id = fields.Many2one(
        'res.company', required=True, index=True, default=lambda self: self.env.company
    )
    target_ids = fields.One2many(
        'service.policy.target', 'policy_id', string='Promises', copy=True
    )
    escalation_ids = fields.One2many('service.escalation', 'policy_id', string='Escalations')

    # which cases
    team_ids = fields.Many2many(
        'service.team', string='Teams', check_company=True, help='Empty: every team.'
    )
    type_ids = fields.Many2many('service.case.type', string='Types', help='Empty: every type.')
    priority = fields.Selection(
        lambda self: self.env['service.case']._fields['priority'].selection,
        string='Priority From',
        help='Cases of this priority or a higher one. Empty: every priority.',
    )
    highest_priority = fields.Selection(
        lambda self: self.env['service.case']._fields['priority'].selection,
        string='Priority Up To',
        help='Cases of this priority or a lower one. Empty: no upper limit.',
    )
    tag_ids = fields.Many2many(
        'service.case.tag', string='Tags', help='Cases with one of these tags. Empty: all cases.'
    )
    tier_ids = fields.Many2many(
        'crm.customer.tier',
        string='Customer Tiers',
        check_company=True,
        help='Customers of one of these tiers. Empty: every customer.',
    )
    product_category_ids = fields.Many2many(
        'product.category',
        string='Product Categories',
        help='Cases about a product of one of these categories or of one below them. '
        'Empty: every product, and cases without one.',
    )
    response_class_ids = fields.Many2many(
        'service.response.class',
        string='Response Classes',
        help='Customers with a running service contract of one of these classes. Empty: with or '
        'without a contract.',
    )
    contract_product_ids = fields.Many2many(
        'product.template',
        string='Service Contracts',
        domain=[('is_service_contract', '=', True)],
        help='Customers with a running contract of one of these products. Of several contracts '
        'of a customer, the one of the best response class decides. Empty: with or without a '
        'contract.',
    )

    @api.constrains('priority', 'highest_priority')
    def _check_priorities(self):
        for policy in self:
            if (policy.highest_priority or '9') < (policy.priority or ''):
                raise ValidationError(
                    self.env._(
                        'No case can have the priorities of “%s”: the highest priority lies '
                        'below the lowest.',
                        policy.name,
                    )
                )

    # ------------------------------------------------------------
    # CRUD: what is promised on open cases follows
    # ------------------------------------------------------------

    @api.model_create_multi
    def create(self, vals_list):
        # its promises come before all of its criteria do: planned is once it is complete
        policies = super(
            ServicePolicy, self.with_context(service_policy_in_change=True)).create(vals_list)
        policies = policies.with_env(self.env)
        policies.filtered('target_ids')._replan_open_cases()
        return policies

    def write(self, vals):
        companies = self.company_id
        res = super(
            ServicePolicy, self.with_context(service_policy_in_change=True)).write(vals)
        if vals.keys() - {'name', 'sequence'}:
            self._replan_open_cases(companies)
        return res

    def unlink(self):
        # what runs by them ends while it is known by whom it was promised
        self.filtered('active').active = False
        self.target_ids._withdraw_from_cases()
        return super().unlink()

    def copy_data(self, default=None):
        return [
            {**vals, 'name': self.env._('%s (copy)', policy.name)}
            for policy, vals in zip(self, super().copy_data(default=default), strict=True)
        ]

    def _replan_after_promises(self):
        """Plan anew because promises came or went, unless the policy itself is being changed."""
        if not self.env.context.get('service_policy_in_change'):
            self._replan_open_cases()

    def _replan_open_cases(self, companies=None):
        """Give the open cases of the policies' companies the targets of the policies as they are."""
        for company in (companies or self.company_id) | self.exists().company_id:
            self.env['service.replanning']._plan_anew(
                company, self.env._('A service policy was changed.'))

    # ------------------------------------------------------------
    # MATCHING
    # ------------------------------------------------------------

    #: the criterion of a rule by the field that holds it
    RULED_FIELDS = {
        'team_ids': 'team_ids',
        'type_ids': 'type_ids',
        'tag_ids': 'tag_ids',
        'tier_ids': 'tier_ids',
        'response_class_ids': 'class_ids',
        'contract_product_ids': 'contract_ids',
        'product_category_ids': 'category_ids',
    }

    @api.model
    def _read_rules(self, company):
        """Return the rules of a company, all of them whoever asks: one statement for all they say.

        What is promised to a customer does not depend on who opens the case, so no access is
        asked for; nothing but the targets that follow is shown.

        :return: list of :class:`Rule`
        """
        return self._select_rules(SQL('active AND company_id = %s', company.id))

    @api.model
    def _select_rules(self, condition):
        self.env['service.policy.target'].flush_model()
        self.flush_model()
        criteria = [
            SQL('ARRAY(SELECT %s FROM %s WHERE %s = policy.id) AS %s',
                SQL.identifier(field.column2), SQL.identifier(field.relation),
                SQL.identifier(field.column1), SQL.identifier(name))
            for field, name in ((self._fields[it], name) for it, name in self.RULED_FIELDS.items())
        ]
        self.env.cr.execute(SQL(
            """
            SELECT %s, COALESCE(priority, '') AS lowest, COALESCE(highest_priority, '9') AS highest,
                   ARRAY(SELECT json_build_object(
                                'kind', kind, 'stage_id', stage_id, 'policy_target_id', id,
                                'hours', hours, 'warning_hours', COALESCE(warning_hours, 0),
                                'pausable', COALESCE(pausable, FALSE))
                           FROM service_policy_target
                          WHERE policy_id = policy.id
                          ORDER BY sequence, id) AS promises
              FROM service_policy policy
             WHERE %s
             ORDER BY sequence, id
            """,
            SQL(', ').join(criteria), condition,
        ))
        return [Rule(**row) for row in self.env.cr.dictfetchall()]

    @api.model
    def _get_promised(self, case, rules):
        """Return the values of the targets that the rules promise on the case."""
        return [
            # only that of a stage names one
            {**promise, 'stage_id': promise['kind'] == 'stage' and promise['stage_id']}
            for rule in rules
            if rule.fits(case)
            for promise in rule.promises
        ]
