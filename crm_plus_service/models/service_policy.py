from odoo import api, fields, models
from odoo.exceptions import ValidationError


class ServicePolicy(models.Model):
    """What is promised to whom: on which cases, and which targets they get.

    A case gets the targets of every policy that fits it. An empty criterion fits every case; of
    several values in one criterion, one must fit. Changing a policy plans the open cases anew.
    """

    _name = 'service.policy'
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
        companies = self.company_id
        res = super().unlink()
        self._replan_open_cases(companies)
        return res

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
        companies = (companies or self.company_id) | self.exists().company_id
        # sudo: targets follow from the policy, which the user was allowed to change; cases that
        # the user cannot see are planned with the same policy and nothing of them is shown
        self.env['service.case'].sudo().search(
            [('company_id', 'in', companies.ids), ('closed_date', '=', False)]
        )._sync_targets(self.env._('A service policy was changed.'))

    # ------------------------------------------------------------
    # MATCHING
    # ------------------------------------------------------------

    @api.model
    def _of_companies(self, companies):
        """Return the policies of the companies, all of them whoever asks."""
        # sudo: what is promised to a customer does not depend on who opens the case
        return self.sudo().search([('company_id', 'in', companies.ids)])

    def _fits(self, case):
        """Tell whether the policy promises something on the case."""
        self.ensure_one()
        category = case.product_id.categ_id
        return (
            self.company_id == case.company_id
            and (not self.team_ids or case.team_id in self.team_ids)
            and (not self.type_ids or case.type_id in self.type_ids)
            and (self.priority or '') <= case.priority <= (self.highest_priority or '9')
            and (not self.tag_ids or bool(case.tag_ids._origin & self.tag_ids))
            and (not self.tier_ids or case._get_customer_tier() in self.tier_ids)
            and (
                not self.response_class_ids
                or case._get_response_class() in self.response_class_ids
            )
            and (
                not self.contract_product_ids
                or case.contract_line_id.product_id.product_tmpl_id in self.contract_product_ids
            )
            and (
                not self.product_category_ids
                or any(
                    (category.parent_path or '').startswith(wanted.parent_path)
                    for wanted in self.product_category_ids
                )
            )
        )
