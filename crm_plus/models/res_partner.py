from odoo import api, fields, models
from odoo.exceptions import ValidationError


class ResPartner(models.Model):
    _name = 'res.partner'
    _inherit = [
        'res.partner.key.account.mixin',
        'res.partner.duplicates.mixin',
        'res.partner.personal.profile.mixin',
        'res.partner',
        'customer.360.mixin',
        'customer.figures.mixin',
        'res.partner.competitor.mixin',
        'res.partner.finding.mixin',
        'res.partner.purchases.mixin',
        'res.partner.quality.mixin',
        'res.partner.consent.mixin',
        'res.partner.touch.mixin',
        'res.partner.cadence.mixin',
        'res.partner.group.mixin',
        'res.partner.group.figures.mixin',
    ]

    customer_tier_id = fields.Many2one(
        'crm.customer.tier', "Tier", company_dependent=True, copy=False,
        groups='crm_plus.group_user',
        help="How your company has decided to treat this customer. Contacts have the tier of "
             "their company.",
    )
    customer_tier_color = fields.Integer(
        related='customer_tier_id.color', string="Tier Color", groups='crm_plus.group_user',
        export_string_translation=False,
    )

    @api.constrains('customer_tier_id')
    def _check_customer_tier_company(self):
        for partner in self:
            # sudo: the constraint also runs for those who may not see tiers
            tier = partner.sudo().customer_tier_id
            if tier.company_id and tier.company_id != self.env.company:
                raise ValidationError(self.env._(
                    "The tier %(tier)s belongs to %(owner)s. Choose a tier of %(company)s, or one "
                    "without a company.",
                    tier=tier.name,
                    owner=tier.company_id.name,
                    company=self.env.company.name,
                ))

    # ------------------------------------------------------------
    # ACCESS
    # ------------------------------------------------------------

    def _has_field_access(self, field, operation):
        """Salespersons see the tier; managers (and other modules) decide on it."""
        return super()._has_field_access(field, operation) and (
            field.name != 'customer_tier_id'
            or operation == 'read'
            or self.env.su
            or self.env.user.has_group('crm_plus.group_manager')
        )

    # ------------------------------------------------------------
    # CRUD
    # ------------------------------------------------------------

    @api.model_create_multi
    def create(self, vals_list):
        partners = super().create(vals_list)
        partners_with_tier = partners.browse(
            partner.id
            for partner, vals in zip(partners, vals_list, strict=True)
            if vals.get('customer_tier_id')
        )
        if partners_with_tier:
            no_tier = self.env['crm.customer.tier']
            self.env['crm.customer.tier.change']._log(
                dict.fromkeys(partners_with_tier._customers_only(), no_tier)
            )
        return partners

    def write(self, vals):
        if 'customer_tier_id' not in vals:
            return super().write(vals)
        if self.env.context.get('merging_customers'):
            # Odoo has merged the tiers already, in SQL: see base.partner.merge
            return super().write({
                fname: value for fname, value in vals.items() if fname != 'customer_tier_id'
            })
        if 'parent_id' not in vals:
            self._write_tier_on_company(vals['customer_tier_id'])
        old_tiers = {
            # sudo: the write below checks whether the user may change the tier
            partner: partner.sudo().customer_tier_id
            for partner in self._customers_only()
        }
        result = super().write(vals)
        self.env['crm.customer.tier.change']._log(old_tiers)
        return result

    def _customers_only(self):
        """The commercial entities among the partners, without the contacts below them."""
        return self.filtered(lambda partner: partner.commercial_partner_id == partner)

    def _write_tier_on_company(self, tier_id):
        """Give the company of the contacts the tier that is being set on them."""
        companies = (self - self._customers_only()).commercial_partner_id - self
        # Odoo copies the tier from the company to its contacts: then there is nothing to do
        companies = companies.filtered(
            # sudo: the write checks whether the user may change the tier
            lambda company: company.sudo().customer_tier_id.id != (tier_id or False)
        )
        if companies:
            companies.write({'customer_tier_id': tier_id})

    # ------------------------------------------------------------
    # SYNCHRONISATION WITH CONTACTS
    # ------------------------------------------------------------

    @api.model
    def _commercial_fields(self):
        return super()._commercial_fields() + ['customer_tier_id']

    def _commercial_sync_from_company(self):
        """Take the company's tier also when it has none."""
        result = super()._commercial_sync_from_company()
        tier = self.commercial_partner_id.customer_tier_id
        if self.customer_tier_id != tier:
            self.customer_tier_id = tier
        return result

    def _convert_fields_to_values(self, field_names):
        """Copy the tier to contacts also on behalf of users who may not see it."""
        field_names = list(field_names)
        if self.env.su or 'customer_tier_id' not in field_names:
            return super()._convert_fields_to_values(field_names)
        field_names.remove('customer_tier_id')
        return {
            **super()._convert_fields_to_values(field_names),
            # sudo: the value goes from the company to its own contacts, the user gets none of it
            'customer_tier_id': self.sudo().customer_tier_id.id,
        }

    # ------------------------------------------------------------
    # BUSINESS
    # ------------------------------------------------------------

    def _set_customer_tier(self, tier, reason):
        """Move the customers to ``tier`` in the current company; how other modules do it.

        Contacts stand for their company. Customers that have the tier already stay untouched,
        in the log too.

        :param tier: a ``crm.customer.tier``, empty to take the tier away
        :param str reason: why, in words that a salesperson reads; kept in the log
        """
        # sudo: a private method; whoever calls it has decided that the tier is to change
        customers = self.commercial_partner_id.sudo().with_context(customer_tier_reason=reason)
        customers.filtered(
            lambda customer: customer.customer_tier_id != tier
        ).write({'customer_tier_id': tier.id})

    def action_view_tier_changes(self):
        """Open the log of the customer's tiers."""
        self.ensure_one()
        return {
            **self.env['ir.actions.act_window']._for_xml_id(
                'crm_plus.crm_customer_tier_change_action'
            ),
            'domain': [('partner_id', '=', self.commercial_partner_id.id)],
        }
