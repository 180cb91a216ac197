"""A tier that a person has set stays until it is released."""

from odoo import api, fields, models


class ResCompany(models.Model):
    _inherit = 'res.company'

    customer_tier_automatic = fields.Boolean(
        string="Assign Tiers Automatically",
        help="After each scoring customers get the tier that the rules propose. Otherwise a "
             "manager confirms the proposals. Tiers set by hand stay in both cases.",
    )


class ResConfigSettings(models.TransientModel):
    _inherit = 'res.config.settings'

    customer_tier_automatic = fields.Boolean(
        related='company_id.customer_tier_automatic', readonly=False)


class ResPartner(models.Model):
    _inherit = 'res.partner'

    customer_tier_manual = fields.Boolean(
        string="Tier Set by Hand", company_dependent=True, copy=False,
        groups='crm_plus_analytics.group_user',
        help="The rules do not change a tier that somebody has set, until it is released.")

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
        self.commercial_partner_id.write({'customer_tier_manual': False})
