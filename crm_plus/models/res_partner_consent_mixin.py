from odoo import api, models
from odoo.fields import Domain
from odoo.tools import SQL


class ResPartnerConsentMixin(models.AbstractModel):
    """What a contact has agreed to: on the contact, on its leads, with its address."""

    _name = 'res.partner.consent.mixin'
    _inherit = ['crm.consent.mixin']
    _description = "Contact: Consent"

    @api.model
    def _flush_consent_subjects(self):
        self.env['crm.lead'].flush_model(['partner_id'])
        return super()._flush_consent_subjects()

    @api.model
    def _get_consent_subjects_sql(self):
        return SQL("""
            SELECT id, email_normalized AS email, id AS partner_id, NULL::integer AS lead_id
              FROM res_partner
             UNION ALL
            SELECT partner_id, NULL, NULL, id FROM crm_lead WHERE partner_id IS NOT NULL
        """)

    def _get_consents_domain(self):
        domain = Domain('partner_id', '=', self.id) | Domain('lead_id.partner_id', '=', self.id)
        if self.email_normalized:
            domain |= Domain('email_normalized', '=', self.email_normalized)
        return domain

    def _get_consent_defaults(self):
        return {'default_partner_id': self.id}
