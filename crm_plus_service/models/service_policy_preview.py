from odoo import api, fields, models
from odoo.fields import Domain


class ServicePolicy(models.Model):
    """Which open cases a policy fits, counted while it is written and before it promises anything.

    The same as :meth:`Rule.fits` says of one case, as a domain for all of them.
    """

    _inherit = 'service.policy'

    fitting_case_count = fields.Integer(
        string='Open Cases',
        compute='_compute_fitting_case_count',
        help='Open cases that the policy fits as it stands here, also while it is archived.',
    )

    @api.depends(
        'company_id', 'team_ids', 'type_ids', 'priority', 'highest_priority', 'tag_ids',
        'tier_ids', 'product_category_ids', 'response_class_ids', 'contract_product_ids',
    )
    def _compute_fitting_case_count(self):
        for policy in self:
            policy.fitting_case_count = self.env['service.case'].search_count(
                policy._get_case_domain())

    def action_open_fitting_cases(self):
        """Open the list of the open cases that the policy fits."""
        self.ensure_one()
        action = self.env['ir.actions.act_window']._for_xml_id(
            'crm_plus_service.service_case_action')
        return {
            **action,
            'display_name': self.env._('Open cases of “%s”', self.name),
            'domain': list(self._get_case_domain()),
            'context': {},
            'views': [(False, 'list'), (False, 'kanban'), (False, 'form')],
        }

    def _get_case_domain(self):
        """Return the domain of the open cases that the policy fits."""
        self.ensure_one()
        wanted = {
            'company_id': self.company_id,
            'team_id': self.team_ids,
            'type_id': self.type_ids,
            'tag_ids': self.tag_ids,
        }
        domain = Domain.AND(
            Domain(name, 'in', records._origin.ids) for name, records in wanted.items() if records)
        domain &= Domain('closed_date', '=', False)
        if self.priority or self.highest_priority:
            domain &= Domain('priority', 'in', [
                priority for priority in self._fields['priority'].get_values(self.env)
                if (self.priority or '') <= priority <= (self.highest_priority or '9')
            ])
        if self.product_category_ids:
            domain &= Domain(
                'product_id.categ_id', 'child_of', self.product_category_ids._origin.ids)
        if self.tier_ids:
            domain &= Domain('commercial_partner_id', 'in', self._get_customers_of_tiers())
        if self.response_class_ids or self.contract_product_ids:
            domain &= Domain('commercial_partner_id', 'in', self._get_customers_of_contracts())
        return domain

    def _get_customers_of_tiers(self):
        # sudo: which customers have the tier decides which cases fit; only cases are shown
        return self.env['res.partner'].sudo().with_company(self.company_id).with_context(
            active_test=False,
        ).search([('customer_tier_id', 'in', self.tier_ids._origin.ids)]).ids

    def _get_customers_of_contracts(self):
        """Return the customers whose best running contract is one that the policy asks for."""
        # sudo: as above
        lines = self.env['sale.order.line'].sudo().search([
            ('product_id.is_service_contract', '=', True), ('state', '=', 'sale'),
            ('company_id', '=', self.company_id.id),
        ])
        running = self.env['service.entitlement']._read_running_contracts(
            lines.order_partner_id.commercial_partner_id, self.company_id)
        classes, products = self.response_class_ids._origin, self.contract_product_ids._origin
        return [
            customer.id for (customer, _company), own in running.items()
            for product in own[:1].product_id
            if (not classes or product.contract_response_class_id in classes)
            and (not products or product.product_tmpl_id in products)
        ]
