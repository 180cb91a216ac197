from odoo import models
from odoo.fields import Domain


class BasePartnerMergeAutomaticWizard(models.TransientModel):
    _inherit = 'base.partner.merge.automatic.wizard'

    def _update_foreign_keys(self, src_partners, dst_partner):
        """Unite the customers' key accounts first: each company has one of a customer."""
        self.env['crm.contact.due']._forget(src_partners)
        # sudo: whoever may merge customers merges what is kept about them
        self.env['crm.key.account'].sudo()._merge_customers(src_partners, dst_partner)
        result = super()._update_foreign_keys(src_partners, dst_partner)
        dst_partner.invalidate_recordset(['group_parent_id'])
        if dst_partner.group_parent_id == dst_partner:
            # a company and the one above it have become one
            dst_partner.group_parent_id = False
        return result

    def _update_values(self, src_partners, dst_partner):
        """Leave the tier to Odoo's merge of company-dependent values.

        It fills the destination's tier, company by company, with the sources'. Whoever merges
        need not be allowed to decide on tiers for that. The log moves with the sources.
        """
        result = super()._update_values(
            src_partners, dst_partner.with_context(merging_customers=True)
        )
        dst_partner.invalidate_recordset(['customer_tier_id'])
        # sudo: contacts have their company's tier, whoever merges, in every company
        companies = self.env['res.company'].sudo().search(Domain.TRUE)
        for company in companies:
            customer = dst_partner.sudo().with_company(company)
            if customer.commercial_partner_id == customer:
                customer._commercial_sync_to_descendants(['customer_tier_id'])
            else:
                customer.customer_tier_id = customer.commercial_partner_id.customer_tier_id
        return result
